// Before the first picture: what is being done, or why there is none.
import QtQuick
import QtQuick.Layouts

Item {
    id: preparing
    objectName: "preparing"
    readonly property bool failed: app.stage.state === "failed" || app.stage.state === "stopped"
    visible: !app.pump.hasPicture
    Rectangle {
        anchors.fill: parent
        radius: Theme.radiusL
        color: Theme.stage
    }
    ColumnLayout {
        anchors.centerIn: parent
        width: Math.min(360, parent.width - 2 * Theme.xl)
        spacing: Theme.m
        Item {
            Layout.alignment: Qt.AlignHCenter
            Layout.preferredWidth: 72
            Layout.preferredHeight: 72
            Spinner { anchors.fill: parent; running: preparing.visible && !preparing.failed; visible: !preparing.failed; thickness: 3 }
            Icon { anchors.centerIn: parent; icon: preparing.failed ? "warning" : "hanger"; size: 32; color: preparing.failed ? Theme.error : Theme.ink }
        }
        Words {
            text: preparing.failed ? T.failed_title : T.preparing_title
            font.pixelSize: Theme.heading
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            Layout.fillWidth: true
        }
        Words {
            objectName: "progressText"
            text: preparing.failed ? T.failed_text : app.stage.progressText || T.preparing_text
            color: Theme.soft
            horizontalAlignment: Text.AlignHCenter
            Layout.fillWidth: true
        }
        Rectangle {
            visible: !preparing.failed && app.stage.progress >= 0
            Layout.fillWidth: true
            Layout.topMargin: Theme.s
            Layout.preferredHeight: 6
            radius: 3
            color: Theme.line
            Rectangle {
                width: Math.max(6, parent.width * Math.min(1, app.stage.progress))
                height: 6
                radius: 3
                color: Theme.accent
            }
        }
        RowLayout {
            visible: preparing.failed
            Layout.alignment: Qt.AlignHCenter
            Layout.topMargin: Theme.s
            spacing: Theme.s
            TextButton { objectName: "retryButton"; text: T.retry; primary: true; onClicked: app.act("retry") }
            TextButton { text: T.choose_source; onClicked: app.act("pick") }
        }
    }
}
