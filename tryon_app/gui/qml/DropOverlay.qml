import QtQuick
import QtQuick.Layouts

Rectangle {
    id: overlay
    objectName: "dropOverlay"
    property bool shown: false
    color: Theme.dark ? "#E6121314" : "#E6F2EFEA"
    opacity: shown ? 1 : 0
    visible: opacity > 0
    Behavior on opacity { NumberAnimation { duration: Theme.quick } }
    Rectangle {
        anchors.fill: parent
        anchors.margins: Theme.xl
        radius: Theme.radiusL
        color: "transparent"
        border.width: 3
        border.color: Theme.accent
    }
    ColumnLayout {
        anchors.centerIn: parent
        width: Math.min(440, parent.width - 96)
        spacing: Theme.m
        Icon { icon: "shirt"; size: 72; color: Theme.accent; Layout.alignment: Qt.AlignHCenter }
        Words { text: T.drop_title; font.pixelSize: Theme.display; font.weight: Font.DemiBold; horizontalAlignment: Text.AlignHCenter; Layout.fillWidth: true }
        Words { text: T.drop_text; color: Theme.soft; font.pixelSize: Theme.title; horizontalAlignment: Text.AlignHCenter; Layout.fillWidth: true }
    }
}
