// The controls over the picture: before/after, shutter, record.
import QtQuick
import QtQuick.Controls.Basic

Rectangle {
    id: dock
    property bool upright: false // beside a tall picture rather than over its feet
    enabled: app.pump.hasPicture
    width: upright ? 80 : row.width + 2 * Theme.m
    height: upright ? row.height + 2 * Theme.m : 80
    radius: 40
    color: Theme.glass
    border.color: "#1FFFFFFF"
    Grid {
        id: row
        anchors.centerIn: parent
        columns: dock.upright ? 1 : 3
        spacing: Theme.l
        horizontalItemAlignment: Grid.AlignHCenter
        verticalItemAlignment: Grid.AlignVCenter
        IconButton {
            objectName: "compareButton"
            onPicture: true
            width: 56
            height: 56
            iconSize: 24
            icon_: "compare"
            hint: T.compare_hint
            active: app.pump.comparing
            onClicked: app.pump.comparing = !app.pump.comparing
        }
        AbstractButton {
            id: shutter
            objectName: "snapshotButton"
            implicitWidth: 64
            implicitHeight: 64
            focusPolicy: Qt.TabFocus
            hoverEnabled: true
            Accessible.name: T.snapshot
            onClicked: app.capture.snapshot()
            background: Rectangle {
                radius: 32
                color: "transparent"
                border.width: 3
                border.color: shutter.enabled ? "white" : "#80FFFFFF"
                Rectangle {
                    anchors.fill: parent
                    anchors.margins: shutter.down ? 9 : 7
                    radius: width / 2
                    color: shutter.enabled ? (shutter.hovered ? "#F1F1F1" : "white") : "#80FFFFFF"
                    Behavior on anchors.margins { NumberAnimation { duration: Theme.quick } }
                }
            }
            contentItem: Item {
                Icon { anchors.centerIn: parent; icon: app.capture.countdown > 0 ? "close" : "camera"; color: "#1B1A17"; size: 24 }
            }
            Hint { text: T.snapshot_hint; visible: shutter.hovered && !shutter.down }
        }
        AbstractButton {
            id: record
            objectName: "recordButton"
            implicitWidth: 56
            implicitHeight: 56
            focusPolicy: Qt.TabFocus
            hoverEnabled: true
            Accessible.name: T.record
            onClicked: app.capture.toggleRecording()
            background: Rectangle {
                radius: Theme.radius
                color: record.down ? "#38FFFFFF" : record.hovered ? "#20FFFFFF" : "transparent"
                border.width: record.visualFocus ? 2 : 0
                border.color: "white"
            }
            contentItem: Item {
                Rectangle {
                    anchors.centerIn: parent
                    width: 30
                    height: 30
                    radius: 15
                    color: "transparent"
                    border.color: record.enabled ? "white" : "#80FFFFFF"
                    border.width: 2
                }
                Rectangle {
                    anchors.centerIn: parent
                    width: app.capture.recording ? 13 : 20
                    height: width
                    radius: app.capture.recording ? 3 : 10
                    color: Theme.record
                    opacity: record.enabled ? 1 : 0.5
                    Behavior on width { NumberAnimation { duration: Theme.quick } }
                }
            }
            Hint { text: app.capture.recording ? T.stop_recording_hint : T.record_hint; visible: record.hovered && !record.down }
        }
    }
}
