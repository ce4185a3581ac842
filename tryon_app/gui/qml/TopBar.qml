import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

Item {
    id: bar
    property bool fullscreen: false
    readonly property bool tight: width < 640
    signal settingsWanted
    signal shortcutsWanted
    signal fullscreenWanted
    signal sourceWanted
    property alias sourceButton: source
    implicitHeight: 64
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.m
        spacing: Theme.xs
        AbstractButton {
            id: source
            objectName: "sourceButton"
            Layout.preferredHeight: Theme.target
            Layout.maximumWidth: 340
            Layout.fillWidth: true
            Layout.minimumWidth: 120
            implicitWidth: 340
            focusPolicy: Qt.TabFocus
            hoverEnabled: true
            onClicked: bar.sourceWanted()
            background: Rectangle {
                radius: Theme.radius
                color: Theme.surface
                border.width: source.visualFocus ? 2 : 1
                border.color: source.visualFocus ? Theme.accent : Theme.line
                Rectangle {
                    anchors.fill: parent
                    radius: parent.radius
                    color: source.down ? Theme.pressed : source.hovered ? Theme.hover : "transparent"
                }
            }
            contentItem: RowLayout {
                spacing: Theme.s
                Rectangle {
                    Layout.leftMargin: Theme.m
                    Layout.preferredWidth: 8
                    Layout.preferredHeight: 8
                    radius: 4
                    color: app.stage.state === "running" ? (Theme.dark ? "#7FD1B4" : "#2A8C6C")
                         : app.stage.state === "failed" ? Theme.error : Theme.warning
                }
                Words {
                    objectName: "sourceName"
                    Layout.fillWidth: true
                    text: app.stage.sourceName || (app.stage.state === "failed" ? T.choose_source : T.preparing)
                    wrapMode: Text.NoWrap
                    font.weight: Font.DemiBold
                }
                Icon { icon: "chevron-down"; color: Theme.soft; Layout.rightMargin: Theme.m }
            }
        }
        Item { Layout.fillWidth: true; Layout.preferredWidth: 1 }
        IconButton {
            objectName: "mirrorButton"
            icon_: "mirror"
            hint: T.mirror_hint
            active: app.stage.isMirrored
            onClicked: app.stage.toggleMirror()
        }
        IconButton {
            objectName: "diagnosticsButton"
            icon_: "gauge"
            hint: T.diagnostics_hint
            active: app.preferences.diagnostics
            onClicked: app.preferences.toggleDiagnostics()
        }
        IconButton {
            objectName: "themeButton"
            visible: !bar.tight
            icon_: app.preferences.dark ? "sun" : "moon"
            hint: app.preferences.dark ? T.light_hint : T.dark_hint
            onClicked: app.preferences.toggleTheme()
        }
        IconButton {
            objectName: "shortcutsButton"
            visible: !bar.tight
            icon_: "keyboard"
            hint: T.shortcuts_hint
            onClicked: bar.shortcutsWanted()
        }
        IconButton {
            objectName: "fullscreenButton"
            icon_: "fullscreen"
            hint: T.fullscreen_hint
            active: bar.fullscreen
            onClicked: bar.fullscreenWanted()
        }
        IconButton {
            objectName: "settingsButton"
            icon_: "settings"
            hint: T.settings
            onClicked: bar.settingsWanted()
        }
    }
}
