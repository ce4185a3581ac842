// A page over the window, for the keyboard shortcuts.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

Popup {
    id: sheet
    objectName: "shortcutsSheet"
    modal: true
    focus: true
    anchors.centerIn: Overlay.overlay
    width: Math.min(560, parent.width - 48)
    padding: Theme.xl
    Overlay.modal: Rectangle { color: "#80101112" }
    background: Rectangle { radius: Theme.radiusL; color: Theme.surface }
    readonly property var keys: [
        [T.key_space, T.sc_snapshot], ["R", T.sc_record], ["B", T.sc_compare], ["← →", T.sc_garments],
        ["↑ ↓", T.sc_sizes], ["W", T.sc_way], ["/", T.sc_search], ["M", T.sc_mirror], ["F", T.sc_fullscreen], ["D", T.sc_diagnostics],
        ["T", T.sc_theme], ["C", T.sc_source], [",", T.sc_settings], ["Esc", T.sc_escape], ["?", T.sc_help]
    ]
    contentItem: ColumnLayout {
        spacing: Theme.l
        RowLayout {
            Words { text: T.shortcuts; font.pixelSize: Theme.heading; font.weight: Font.DemiBold; Layout.fillWidth: true }
            IconButton { objectName: "closeShortcuts"; icon_: "close"; hint: T.close; onClicked: sheet.close() }
        }
        GridLayout {
            columns: sheet.width > 480 ? 2 : 1
            columnSpacing: Theme.xl
            rowSpacing: Theme.s
            Repeater {
                model: sheet.keys
                delegate: RowLayout {
                    id: line
                    required property var modelData
                    Layout.fillWidth: true
                    Layout.preferredWidth: 1
                    spacing: Theme.m
                    Words { text: line.modelData[1]; color: Theme.soft; Layout.fillWidth: true }
                    Rectangle {
                        Layout.preferredWidth: Math.max(36, cap.implicitWidth + 20)
                        Layout.preferredHeight: 32
                        radius: 7
                        color: Theme.sunken
                        border.color: Theme.line
                        Words { id: cap; anchors.centerIn: parent; text: line.modelData[0]; font.pixelSize: 13; font.weight: Font.DemiBold; wrapMode: Text.NoWrap }
                    }
                }
            }
        }
    }
}
