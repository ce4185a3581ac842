import QtQuick
import QtQuick.Layouts

Rectangle {
    id: toast
    objectName: "toast"
    readonly property var notice: app.notices.toastData
    readonly property bool shown: notice.title !== undefined
    width: Math.min(parent.width - 2 * Theme.l, row.implicitWidth + 2 * Theme.m)
    height: 64
    radius: Theme.radius
    color: "#F01D1E20"
    opacity: shown ? 1 : 0
    visible: opacity > 0
    Behavior on opacity { NumberAnimation { duration: Theme.calm } }
    // Keep what was said readable while it fades.
    property var last: ({ title: "", text: "", picture: "", action: "", actionText: "" })
    onNoticeChanged: if (notice.title !== undefined) { last = notice; leave.restart(); }
    Timer { id: leave; interval: 7000; onTriggered: app.dismissToast() }
    HoverHandler { onHoveredChanged: hovered ? leave.stop() : leave.restart() }
    RowLayout {
        id: row
        anchors.fill: parent
        anchors.leftMargin: Theme.s
        anchors.rightMargin: Theme.xs
        spacing: Theme.m
        Rectangle {
            visible: toast.last.picture !== ""
            Layout.preferredWidth: 48
            Layout.preferredHeight: 48
            radius: 6
            color: "#2F3133"
            clip: true
            Image {
                anchors.fill: parent
                source: toast.last.picture
                sourceSize: Qt.size(120, 120)
                fillMode: Image.PreserveAspectFit
                asynchronous: true
                mipmap: true // as in the outfit's list, which shares its texture
            }
        }
        Icon { visible: toast.last.picture === ""; icon: "check"; color: "#7FD1B4"; size: 22; Layout.leftMargin: Theme.s }
        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true
            Words { text: toast.last.title; color: "white"; font.weight: Font.DemiBold; wrapMode: Text.NoWrap; Layout.fillWidth: true }
            Words { text: toast.last.text; visible: text !== ""; color: Theme.glassSoft; font.pixelSize: 12; wrapMode: Text.NoWrap; Layout.fillWidth: true }
        }
        TextButton {
            objectName: "toastAction"
            visible: toast.last.action !== ""
            text: toast.last.actionText
            quiet: true
            tint: "#8FE0C4"
            onClicked: { app.act(toast.last.action); app.dismissToast(); }
        }
        IconButton { objectName: "toastClose"; icon_: "close"; iconSize: 16; onPicture: true; hint: T.close; onClicked: app.dismissToast() }
    }
}
