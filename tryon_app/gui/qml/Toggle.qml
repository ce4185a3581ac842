import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: toggle
    checkable: true
    implicitWidth: 52
    implicitHeight: Theme.target
    focusPolicy: Qt.TabFocus
    background: null
    contentItem: Item {
        Rectangle {
            width: 48
            height: 28
            radius: 14
            anchors.centerIn: parent
            color: toggle.checked ? Theme.accent : Theme.dark ? "#55585C" : "#C9C4BB"
            border.width: toggle.visualFocus ? 2 : 0
            border.color: Theme.ink
            Behavior on color { ColorAnimation { duration: Theme.quick } }
            Rectangle {
                width: 22
                height: 22
                radius: 11
                y: 3
                x: toggle.checked ? 23 : 3
                color: "white"
                Behavior on x { NumberAnimation { duration: Theme.quick; easing.type: Easing.OutCubic } }
            }
        }
    }
}
