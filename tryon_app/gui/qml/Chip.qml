// A small choice: a category, a size.
import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: chip
    property bool chosen: false
    property bool small: false
    implicitHeight: Theme.target
    implicitWidth: Math.max(Theme.target, label.implicitWidth + (small ? 16 : 28))
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    contentItem: Words {
        id: label
        text: chip.text
        wrapMode: Text.NoWrap
        horizontalAlignment: Text.AlignHCenter
        font.weight: chip.chosen ? Font.DemiBold : Font.Normal
        font.pixelSize: chip.small ? 13 : Theme.body
        color: chip.chosen ? Theme.accentInk : Theme.ink
    }
    // The touch target is larger than what is drawn.
    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: 5
            anchors.bottomMargin: 5
            anchors.leftMargin: chip.small ? 2 : 0
            anchors.rightMargin: chip.small ? 2 : 0
            radius: height / 2
            color: chip.chosen ? Theme.accent : Theme.sunken
            border.width: chip.visualFocus ? 2 : 0
            border.color: Theme.ink
            Behavior on color { ColorAnimation { duration: Theme.quick } }
            Rectangle {
                anchors.fill: parent
                radius: parent.radius
                color: chip.down ? Theme.pressed : chip.hovered ? Theme.hover : "transparent"
            }
        }
    }
}
