// Says that a row goes on beyond its edge.
import QtQuick

Rectangle {
    property string side: "right"
    width: 28
    height: parent.height
    x: side === "right" ? parent.width - width : 0
    z: 2
    gradient: Gradient {
        orientation: Gradient.Horizontal
        GradientStop { position: 0; color: side === "right" ? Qt.alpha(Theme.surface, 0) : Theme.surface }
        GradientStop { position: 1; color: side === "right" ? Theme.surface : Qt.alpha(Theme.surface, 0) }
    }
}
