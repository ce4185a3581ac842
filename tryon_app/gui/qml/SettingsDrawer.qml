import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

Drawer {
    id: drawer
    objectName: "settingsDrawer"
    signal folderWanted(string section, string key)
    edge: Qt.RightEdge
    focus: true
    width: Math.min(440, parent.width)
    height: parent.height
    dragMargin: 0
    padding: 0
    Overlay.modal: Rectangle { color: "#80101112" }
    background: Rectangle { color: Theme.surface }
    enter: Transition { NumberAnimation { property: "position"; to: 1; duration: Theme.calm; easing.type: Easing.OutCubic } }
    exit: Transition { NumberAnimation { property: "position"; to: 0; duration: Theme.calm; easing.type: Easing.OutCubic } }
    contentItem: ColumnLayout {
        spacing: 0
        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: Theme.xl
            Layout.rightMargin: Theme.m
            Layout.preferredHeight: 64
            Words { text: T.settings; font.pixelSize: Theme.heading; font.weight: Font.DemiBold; Layout.fillWidth: true }
            IconButton { objectName: "closeSettings"; icon_: "close"; hint: T.close; onClicked: drawer.close() }
        }
        Rectangle { Layout.fillWidth: true; Layout.preferredHeight: 1; color: Theme.line }
        ListView {
            id: list
            objectName: "settingsList"
            Layout.fillWidth: true
            Layout.fillHeight: true
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            bottomMargin: Theme.xl
            cacheBuffer: 4000
            // Rows stay while their values change, so that a control under the finger is not replaced.
            model: app.preferences.rows.length
            delegate: SettingRow {
                required property int index
                width: list.width
                setting: app.preferences.rows[index] ?? ({})
                onFolderWanted: (section, key) => drawer.folderWanted(section, key)
            }
            ScrollBar.vertical: Bar {}
        }
    }
}
