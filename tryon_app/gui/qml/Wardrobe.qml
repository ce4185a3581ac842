// Garments to choose from, and below them what is worn. A grid beside the picture, a strip under it.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

Rectangle {
    id: wardrobe
    property bool strip: false
    readonly property bool typing: search.activeFocus
    signal addWanted
    color: Theme.surface
    function focusSearch() {
        search.forceActiveFocus();
        search.selectAll();
    }
    Rectangle { // the edge towards the picture
        color: Theme.line
        width: wardrobe.strip ? parent.width : 1
        height: wardrobe.strip ? 1 : parent.height
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        RowLayout {
            Layout.fillWidth: true
            Layout.margins: Theme.l
            Layout.bottomMargin: Theme.s
            spacing: Theme.s
            Words {
                visible: wardrobe.strip
                text: T.wardrobe
                font.pixelSize: Theme.heading
                font.weight: Font.DemiBold
                Layout.fillWidth: true
            }
            FindField {
                id: search
                objectName: "search"
                Layout.fillWidth: !wardrobe.strip
                Layout.preferredWidth: 320
                onTextChanged: app.wardrobe.model.search = text
                Connections {
                    target: app.wardrobe.model
                    function onFilterChanged() {
                        if (search.text !== app.wardrobe.model.search)
                            search.text = app.wardrobe.model.search;
                    }
                }
            }
            IconButton {
                objectName: "addPhoto"
                icon_: "plus"
                hint: T.add_photo
                onClicked: wardrobe.addWanted()
                background: Rectangle { radius: Theme.radius; color: parent.down ? Theme.pressed : Theme.sunken }
            }
        }
        ListView {
            id: categories
            objectName: "categories"
            Layout.fillWidth: true
            Layout.preferredHeight: Theme.target
            orientation: ListView.Horizontal
            spacing: Theme.s
            leftMargin: Theme.l
            rightMargin: Theme.l
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            model: app.wardrobe.model.categories
            delegate: Chip {
                required property var modelData
                objectName: "category_" + modelData.key
                text: modelData.name
                chosen: app.wardrobe.model.category === modelData.key
                onClicked: app.wardrobe.model.category = modelData.key
            }
            Fade { side: "right"; visible: !categories.atXEnd }
            Fade { side: "left"; visible: !categories.atXBeginning }
        }
        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.topMargin: Theme.s
            GridView {
                id: grid
                objectName: "garments"
                readonly property int columns: Math.max(2, Math.floor((wardrobe.width - 20) / 190))
                anchors.fill: parent
                anchors.leftMargin: wardrobe.strip ? Theme.l - 5 : Theme.l - 5
                anchors.rightMargin: wardrobe.strip ? 0 : Theme.l - 5
                flow: wardrobe.strip ? GridView.FlowTopToBottom : GridView.FlowLeftToRight
                cellWidth: wardrobe.strip ? Math.round((height - 30) * 0.84) + 10 : Math.floor(width / columns)
                cellHeight: wardrobe.strip ? height : cellWidth * 1.12 + 30
                clip: true
                boundsBehavior: Flickable.StopAtBounds
                model: app.wardrobe.model
                delegate: Item {
                    id: cell
                    required property string garmentId
                    required property string name
                    required property url thumbnail
                    required property bool worn
                    required property bool busy
                    required property bool mine
                    required property bool kept
                    width: grid.cellWidth
                    height: grid.cellHeight
                    GarmentCard {
                        anchors.fill: parent
                        anchors.margins: 5
                        garmentId: cell.garmentId
                        name: cell.name
                        thumbnail: cell.thumbnail
                        worn: cell.worn
                        busy: cell.busy
                        mine: cell.mine
                        kept: cell.kept
                    }
                }
                ScrollBar.vertical: Bar {
                    parent: grid.parent
                    anchors { top: parent.top; bottom: parent.bottom; right: parent.right }
                    visible: !wardrobe.strip && grid.contentHeight > grid.height
                }
                property string lastShown: ""
                function reveal() {
                    const row = lastShown ? app.wardrobe.model.rowOf(lastShown) : -1;
                    if (row >= 0)
                        positionViewAtIndex(row, GridView.Contain);
                }
                onHeightChanged: Qt.callLater(reveal) // what is worn takes room below
                onMovementStarted: lastShown = "" // somebody looks elsewhere
                Connections {
                    target: app.wardrobe
                    function onShown(garmentId) {
                        grid.lastShown = garmentId;
                        Qt.callLater(grid.reveal);
                    }
                }
            }
            ColumnLayout { // nothing found
                visible: grid.count === 0
                anchors.centerIn: parent
                width: parent.width - 2 * Theme.xl
                spacing: Theme.m
                Icon { icon: "hanger"; size: 36; color: Theme.faint; Layout.alignment: Qt.AlignHCenter }
                Words {
                    objectName: "nothingFound"
                    text: search.text ? T.nothing_found : T.no_garments
                    color: Theme.soft
                    horizontalAlignment: Text.AlignHCenter
                    Layout.fillWidth: true
                }
                TextButton {
                    visible: search.text !== "" || app.wardrobe.model.category !== "all"
                    text: T.show_all
                    Layout.alignment: Qt.AlignHCenter
                    onClicked: {
                        search.clear();
                        app.wardrobe.model.category = "all";
                    }
                }
            }
        }
        Rectangle { Layout.fillWidth: true; Layout.preferredHeight: 1; color: Theme.line }
        Outfit {
            Layout.fillWidth: true
            Layout.margins: Theme.m
            Layout.leftMargin: Theme.l
            wide: wardrobe.strip
        }
    }
}
