import QtQuick
import QtQuick.Shapes

Item {
    id: spinner
    property bool running: true
    property color colour: Theme.accent
    property real thickness: 3
    implicitWidth: 32
    implicitHeight: 32
    Shape {
        anchors.fill: parent
        ShapePath {
            fillColor: "transparent"
            strokeColor: spinner.colour
            strokeWidth: spinner.thickness
            capStyle: ShapePath.RoundCap
            PathAngleArc {
                centerX: spinner.width / 2
                centerY: spinner.height / 2
                radiusX: spinner.width / 2 - 3
                radiusY: spinner.height / 2 - 3
                startAngle: 0
                sweepAngle: 270
            }
        }
        RotationAnimation on rotation {
            running: spinner.running && spinner.visible
            from: 0
            to: 360
            duration: 900
            loops: Animation.Infinite
        }
    }
}
