import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: button
    property string icon_: ""
    property bool primary: false
    property bool quiet: false
    property color tint: Theme.ink
    implicitHeight: Theme.target
    implicitWidth: row.implicitWidth + 2 * Theme.l
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    contentItem: Item {
        implicitWidth: row.implicitWidth
        Row {
            id: row
            anchors.centerIn: parent
            spacing: Theme.s
            Icon {
                visible: button.icon_ !== ""
                icon: button.icon_
                size: 18
                color: label.color
                anchors.verticalCenter: parent.verticalCenter
            }
            Words {
                id: label
                text: button.text
                font.weight: Font.DemiBold
                wrapMode: Text.NoWrap
                color: button.primary ? Theme.accentInk : button.tint
                anchors.verticalCenter: parent.verticalCenter
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: button.primary ? Theme.accent : button.quiet ? "transparent" : Theme.sunken
        border.width: button.visualFocus ? 2 : 0
        border.color: button.primary ? Theme.ink : Theme.accent
        Rectangle {
            anchors.fill: parent
            radius: parent.radius
            color: button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent"
        }
    }
}
