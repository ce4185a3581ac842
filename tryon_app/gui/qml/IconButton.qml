import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: button
    property string icon_: ""
    property string hint: ""
    property bool onPicture: false
    property bool active: false
    property int iconSize: 20
    implicitWidth: Theme.target
    implicitHeight: Theme.target
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    Accessible.name: hint
    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            icon: button.icon_
            size: button.iconSize
            color: button.onPicture ? Theme.glassInk : button.active ? Theme.accent : Theme.ink
            opacity: button.enabled ? 1 : 0.4
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: {
            if (button.onPicture)
                return button.active ? "#40FFFFFF" : button.down ? "#38FFFFFF" : button.hovered ? "#20FFFFFF" : "transparent";
            return button.active ? Theme.accentWash : button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent";
        }
        border.width: button.visualFocus ? 2 : 0
        border.color: button.onPicture ? Theme.glassInk : Theme.accent
        Behavior on color { ColorAnimation { duration: Theme.quick } }
    }
    Hint { text: button.hint; visible: button.hovered && button.hint !== "" && !button.down }
}
