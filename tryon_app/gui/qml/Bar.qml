import QtQuick
import QtQuick.Controls.Basic

ScrollBar {
    id: bar
    policy: ScrollBar.AsNeeded
    implicitWidth: 8
    padding: 2
    contentItem: Rectangle {
        radius: 2
        color: Theme.faint
        opacity: bar.active ? 0.7 : 0.3
        Behavior on opacity { NumberAnimation { duration: Theme.calm } }
    }
}
