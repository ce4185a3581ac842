import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: card
    required property string garmentId
    required property string name
    required property url thumbnail
    required property bool worn
    required property bool busy
    required property bool mine
    required property bool kept
    objectName: "garment_" + garmentId
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    Accessible.name: name
    onClicked: app.wardrobe.toggle(garmentId)
    background: null
    contentItem: Item {
        Rectangle {
            id: plate
            width: parent.width
            height: parent.height - 28
            radius: Theme.radius
            color: Theme.plate
            Image {
                anchors.fill: parent
                anchors.margins: Theme.s
                source: card.thumbnail
                sourceSize: Qt.size(360, 360)
                fillMode: Image.PreserveAspectFit
                asynchronous: true
                mipmap: true
                scale: card.down ? 0.96 : card.hovered ? 1.03 : 1
                opacity: card.busy ? 0.5 : 1
                Behavior on scale { NumberAnimation { duration: Theme.quick; easing.type: Easing.OutCubic } }
            }
            Rectangle { // ring
                anchors.fill: parent
                radius: parent.radius
                color: "transparent"
                border.width: card.worn ? 3 : card.visualFocus ? 2 : 0
                border.color: card.worn ? (Theme.dark ? "#2E8C70" : Theme.accent) : Theme.ink
            }
            Rectangle {
                visible: card.worn
                width: 24
                height: 24
                radius: 12
                anchors { right: parent.right; top: parent.top; margins: Theme.s }
                color: Theme.dark ? "#2E8C70" : Theme.accent
                Icon { icon: "check"; color: "white"; size: 16; anchors.centerIn: parent }
            }
            Rectangle {
                visible: card.mine && !card.kept
                height: 22
                width: badge.implicitWidth + 16
                radius: 11
                anchors { left: parent.left; top: parent.top; margins: Theme.s }
                color: "#E61B1A17"
                Words { id: badge; anchors.centerIn: parent; text: T.badge_new; color: "white"; font.pixelSize: 11; font.weight: Font.DemiBold; wrapMode: Text.NoWrap }
            }
            Spinner { anchors.centerIn: parent; running: card.busy; visible: card.busy; colour: "#1B1A17" }
        }
        Words {
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom; leftMargin: 2; rightMargin: 2 }
            height: 24
            text: card.name
            wrapMode: Text.NoWrap
            font.pixelSize: 13
            color: card.worn ? Theme.ink : Theme.soft
            font.weight: card.worn ? Font.DemiBold : Font.Normal
        }
    }
    Hint { text: card.name; visible: card.hovered && !card.down; delay: 1000 }
}
