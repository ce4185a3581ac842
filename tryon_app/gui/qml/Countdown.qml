import QtQuick

Rectangle {
    id: countdown
    objectName: "countdown"
    readonly property int remaining: app.capture.countdown
    visible: remaining > 0
    width: 168
    height: 168
    radius: 84
    color: Theme.glass
    border.color: "#66FFFFFF"
    border.width: 2
    Words {
        id: number
        anchors.centerIn: parent
        text: countdown.remaining > 0 ? countdown.remaining : ""
        color: "white"
        font.pixelSize: 92
        font.weight: Font.DemiBold
    }
    onRemainingChanged: if (remaining > 0) beat.restart()
    NumberAnimation { id: beat; target: number; property: "scale"; from: 1.25; to: 1; duration: 320; easing.type: Easing.OutCubic }
}
