// A soft shadow from a few rings: cheap on machines without a GPU.
import QtQuick

Item {
    id: shadow
    property real radius: Theme.radius
    Repeater {
        model: 6
        Rectangle {
            required property int index
            anchors.fill: parent
            anchors.margins: -index * 2.5
            anchors.topMargin: -index * 2.5 + 4
            anchors.bottomMargin: -index * 2.5 - 4
            radius: shadow.radius + index * 2.5
            color: Theme.dark ? "#14000000" : "#08201C14"
        }
    }
}
