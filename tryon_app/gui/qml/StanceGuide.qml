// Nobody is in the picture: where to stand.
import QtQuick
import QtQuick.Shapes

Item {
    id: guide
    objectName: "stanceGuide"
    property real bottomRoom: Theme.l // taken by what lies over the picture's lower edge
    readonly property bool wanted: app.pump.nobody && app.stage.state === "running"
    opacity: wanted ? 1 : 0
    visible: opacity > 0
    Behavior on opacity { NumberAnimation { duration: Theme.calm } }
    Shape {
        id: figure
        readonly property real unit: Math.max(60, Math.min(620, label.y - 2 * Theme.l)) / 100
        width: 60 * unit
        height: 100 * unit
        anchors.horizontalCenter: parent.horizontalCenter
        y: label.y - Theme.m - height
        preferredRendererType: Shape.CurveRenderer
        SequentialAnimation on opacity {
            running: guide.visible
            loops: Animation.Infinite
            NumberAnimation { from: 0.9; to: 0.45; duration: 1100; easing.type: Easing.InOutSine }
            NumberAnimation { from: 0.45; to: 0.9; duration: 1100; easing.type: Easing.InOutSine }
        }
        ShapePath {
            strokeColor: "white"
            strokeWidth: 3
            strokeStyle: ShapePath.DashLine
            dashPattern: [4, 3]
            capStyle: ShapePath.RoundCap
            joinStyle: ShapePath.RoundJoin
            fillColor: "#1FFFFFFF"
            scale: Qt.size(figure.unit, figure.unit)
            PathSvg {
                path: "M30 1.500 C35 1.500 38 5.500 38 10 C38 14.500 35.800 17.500 33.500 19 C33.500 21.500 34.500 22.500 37 23.200 L43 25.200 C46.500 26.500 48 29 48.700 33 L52.500 55 C53 58 49.200 59 48.300 56.200 L43.500 38 L43 58 L41 96 C41 99 35 99 34.700 96 L31.500 63 L28.500 63 L25.300 96 C25 99 19 99 19 96 L17 58 L16.500 38 L11.700 56.200 C10.800 59 7 58 7.500 55 L11.300 33 C12 29 13.500 26.500 17 25.200 L23 23.200 C25.500 22.500 26.500 21.500 26.500 19 C24.200 17.500 22 14.500 22 10 C22 5.500 25 1.500 30 1.500 Z"
            }
        }
    }
    Rectangle {
        id: label
        width: Math.min(guide.width - 2 * Theme.l, 480)
        height: words.height + 2 * Theme.m
        anchors.horizontalCenter: parent.horizontalCenter
        y: guide.height - height - guide.bottomRoom
        radius: Theme.radius
        color: Theme.glass
        Column {
            id: words
            width: parent.width - 2 * Theme.l
            anchors.centerIn: parent
            spacing: 2
            Words { text: T.nobody; color: "white"; font.weight: Font.DemiBold; font.pixelSize: Theme.title; width: parent.width; horizontalAlignment: Text.AlignHCenter }
            Words { text: T.nobody_text; color: Theme.glassSoft; width: parent.width; horizontalAlignment: Text.AlignHCenter }
        }
    }
}
