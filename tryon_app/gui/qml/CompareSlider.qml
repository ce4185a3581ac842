import QtQuick

Item {
    id: slider
    property real position: 0.5
    signal moved(real position)
    readonly property real at: width * position
    component Tag: Rectangle {
        property alias text: words.text
        width: words.implicitWidth + 24
        height: 30
        radius: 15
        color: Theme.glass
        Words { id: words; anchors.centerIn: parent; color: Theme.glassInk; font.pixelSize: 13; font.weight: Font.DemiBold; wrapMode: Text.NoWrap }
    }
    Tag {
        text: T.before
        anchors { left: parent.left; bottom: parent.bottom; margins: Theme.l }
        opacity: slider.at > width + 2 * Theme.l ? 1 : 0
        Behavior on opacity { NumberAnimation { duration: Theme.quick } }
    }
    Tag {
        text: T.after
        anchors { right: parent.right; bottom: parent.bottom; margins: Theme.l }
        opacity: slider.width - slider.at > width + 2 * Theme.l ? 1 : 0
        Behavior on opacity { NumberAnimation { duration: Theme.quick } }
    }
    Rectangle {
        x: slider.at - 1.5
        width: 3
        height: parent.height
        color: "white"
    }
    Rectangle {
        id: knob
        objectName: "compareHandle"
        width: 52
        height: 52
        radius: 26
        x: Math.max(0, Math.min(slider.width - width, slider.at - width / 2))
        anchors.verticalCenter: parent.verticalCenter
        color: "white"
        border.color: "#26000000"
        scale: area.pressed ? 1.08 : 1
        Behavior on scale { NumberAnimation { duration: Theme.quick } }
        Row {
            anchors.centerIn: parent
            spacing: -4
            Icon { icon: "chevron-left"; color: "#1B1A17"; size: 22 }
            Icon { icon: "chevron-right"; color: "#1B1A17"; size: 22 }
        }
    }
    MouseArea {
        id: area
        anchors.fill: parent
        cursorShape: Qt.SplitHCursor
        preventStealing: true
        onPressed: mouse => slider.moved(Math.max(0, Math.min(1, mouse.x / width)))
        onPositionChanged: mouse => slider.moved(Math.max(0, Math.min(1, mouse.x / width)))
    }
}
