// The picture: as large as fits, mirrored where a mirror is expected, with before and after on either side of a divider.
import QtQuick
import QtMultimedia

Item {
    id: view
    objectName: "liveView"
    property bool comparing: app.pump.comparing
    property real divider: 0.5 // share of the picture's width that shows the plain frame
    readonly property bool mirrored: app.stage.isMirrored
    readonly property bool dimmed: app.stage.state === "reconnecting"
    readonly property alias picture: picture
    Item {
        id: picture
        objectName: "picture"
        readonly property real aspect: app.pump.aspect
        readonly property bool tall: view.width / view.height < aspect
        width: Math.round(tall ? view.width : view.height * aspect)
        height: Math.round(tall ? view.width / aspect : view.height)
        anchors.centerIn: parent
        visible: app.pump.hasPicture
        clip: true
        VideoOutput {
            id: composite
            objectName: "compositeOutput"
            anchors.fill: parent
            fillMode: VideoOutput.Stretch
            transform: Scale { origin.x: composite.width / 2; xScale: view.mirrored ? -1 : 1 }
        }
        Item {
            visible: view.comparing
            width: parent.width * view.divider
            height: parent.height
            clip: true
            VideoOutput {
                id: plain
                objectName: "plainOutput"
                width: picture.width
                height: picture.height
                fillMode: VideoOutput.Stretch
                transform: Scale { origin.x: plain.width / 2; xScale: view.mirrored ? -1 : 1 }
            }
        }
        CompareSlider {
            anchors.fill: parent
            visible: view.comparing
            position: view.divider
            onMoved: position => view.divider = position
        }
        Rectangle { // calm while there is no fresh picture
            anchors.fill: parent
            color: "#121314"
            opacity: view.dimmed ? 0.55 : 0
            Behavior on opacity { NumberAnimation { duration: Theme.calm } }
        }
        Rectangle { // flash of a snapshot
            id: flash
            objectName: "flash"
            anchors.fill: parent
            color: "white"
            opacity: 0
            NumberAnimation { id: fading; target: flash; property: "opacity"; from: 0.9; to: 0; duration: 380; easing.type: Easing.OutQuad }
            Connections {
                target: app.capture
                function onFlashed() { fading.restart(); }
            }
        }
        Rectangle { // rounded corners, in the colour of what is behind
            anchors.fill: parent
            anchors.margins: -Theme.radiusL
            color: "transparent"
            radius: 2 * Theme.radiusL
            border.width: Theme.radiusL
            border.color: Theme.backdrop
        }
    }
    Component.onCompleted: app.pump.attach(composite.videoSink, plain.videoSink)
    Component.onDestruction: app.pump.detach()
}
