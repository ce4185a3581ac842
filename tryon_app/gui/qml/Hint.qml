// A tooltip in our own dress.
import QtQuick
import QtQuick.Controls.Basic

ToolTip {
    id: hint
    delay: 600
    padding: 8
    contentItem: Words { text: hint.text; color: Theme.glassInk; font.pixelSize: Theme.caption; wrapMode: Text.NoWrap }
    background: Rectangle { color: "#E6202122"; radius: Theme.radiusS }
}
