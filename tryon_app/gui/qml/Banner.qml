import QtQuick
import QtQuick.Layouts

Item {
    id: banner
    required property var notice
    readonly property bool info: notice.kind === "info"
    readonly property color tint: info ? Theme.accent : notice.kind === "warning" ? Theme.warning : Theme.error
    objectName: "banner_" + notice.key
    // News that needs no action does not stand in the way for long.
    Timer { running: banner.info; interval: 15000; onTriggered: app.dismiss(banner.notice.key) }
    implicitHeight: row.implicitHeight + 2 * Theme.m
    Shadow { anchors.fill: parent; radius: Theme.radius }
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: banner.info ? Theme.raised : banner.notice.kind === "warning" ? Theme.warningWash : Theme.errorWash
        border.color: banner.info ? Theme.line : Qt.alpha(banner.tint, 0.3)
    }
    RowLayout {
        id: row
        anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter; leftMargin: Theme.l; rightMargin: Theme.xs }
        spacing: Theme.m
        Icon {
            icon: banner.info ? "info" : "warning"
            color: banner.tint
            size: 22
            Layout.alignment: Qt.AlignTop
            Layout.topMargin: 3
        }
        ColumnLayout {
            spacing: 2
            Layout.fillWidth: true
            Words { text: banner.notice.title; font.weight: Font.DemiBold; Layout.fillWidth: true }
            Words {
                visible: text !== ""
                text: [banner.notice.text, banner.notice.remedy].filter(part => part).join(" ")
                color: Theme.soft
                font.pixelSize: 13
                Layout.fillWidth: true
            }
        }
        TextButton {
            objectName: "bannerAction"
            visible: banner.notice.action !== ""
            text: banner.notice.actionText
            quiet: true
            tint: banner.tint
            onClicked: app.act(banner.notice.action)
        }
        IconButton {
            objectName: "bannerClose"
            icon_: "close"
            iconSize: 18
            hint: T.close
            onClicked: app.dismiss(banner.notice.key)
        }
    }
}
