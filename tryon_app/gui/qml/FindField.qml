import QtQuick
import QtQuick.Controls.Basic

TextField {
    id: field
    implicitHeight: Theme.target
    leftPadding: 42
    rightPadding: text ? 44 : Theme.m
    font.pixelSize: Theme.body
    color: Theme.ink
    placeholderText: T.search
    placeholderTextColor: Theme.faint
    selectionColor: Theme.accent
    selectedTextColor: Theme.accentInk
    verticalAlignment: TextInput.AlignVCenter
    background: Rectangle {
        radius: Theme.radius
        color: Theme.sunken
        border.width: field.activeFocus ? 2 : 0
        border.color: Theme.accent
        Icon { icon: "search"; color: Theme.faint; x: 13; anchors.verticalCenter: parent.verticalCenter; size: 19 }
    }
    IconButton {
        objectName: "clearSearch"
        visible: field.text !== ""
        anchors.right: parent.right
        icon_: "close"
        iconSize: 16
        hint: T.clear
        onClicked: field.clear()
    }
    Keys.onEscapePressed: {
        clear();
        focus = false;
    }
    Keys.onReturnPressed: focus = false
}
