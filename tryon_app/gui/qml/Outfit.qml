// What is worn: picture, name, size chips, and a way to take it off.
import QtQuick
import QtQuick.Layouts

GridLayout {
    id: outfit
    property bool wide: false
    readonly property var worn: app.wardrobe.worn
    // Rows are made anew when something is chosen: whoever came to a chip with Tab finds themselves on it again.
    property string tabbedTo: ""
    columns: wide ? Math.max(1, Math.min(2, worn.length)) : 1
    columnSpacing: Theme.xl
    rowSpacing: Theme.s
    Words {
        visible: outfit.worn.length === 0
        objectName: "wearingNothing"
        text: T.wearing_nothing
        color: Theme.soft
        Layout.fillWidth: true
        Layout.minimumHeight: Theme.target
        horizontalAlignment: Text.AlignHCenter
    }
    Repeater {
        model: outfit.worn
        delegate: ColumnLayout {
            id: row
            required property var modelData
            spacing: 0
            Layout.fillWidth: true
            Layout.alignment: Qt.AlignTop
            RowLayout {
                spacing: Theme.m
                Layout.fillWidth: true
                Rectangle {
                    id: plate
                    visible: outfit.width > (row.modelData.kept ? 300 : 380) // sizes before the picture
                    Layout.preferredWidth: 52
                    Layout.preferredHeight: 60
                    radius: Theme.radiusS
                    color: Theme.plate
                    Image {
                        anchors.fill: parent
                        anchors.margins: 4
                        source: plate.visible ? row.modelData.thumbnail : "" // Qt makes no mipmaps of what is hidden at first
                        sourceSize: Qt.size(120, 120)
                        fillMode: Image.PreserveAspectFit
                        mipmap: true
                    }
                }
                ColumnLayout {
                    Layout.fillWidth: true
                    spacing: 0
                    Words {
                        text: row.modelData.name
                        font.weight: Font.DemiBold
                        wrapMode: Text.NoWrap
                        Layout.fillWidth: true
                    }
                    ListView {
                        visible: row.modelData.sizes.length > 0
                        orientation: ListView.Horizontal
                        boundsBehavior: Flickable.StopAtBounds
                        clip: true
                        Layout.fillWidth: true
                        Layout.leftMargin: -2
                        Layout.preferredHeight: Theme.target
                        model: row.modelData.sizes
                        delegate: OutfitChip {
                            required property string modelData
                            objectName: "size_" + row.modelData.garmentId + "_" + modelData
                            list: outfit
                            text: modelData
                            chosen: row.modelData.size === modelData
                            onChose: app.wardrobe.setSize(row.modelData.garmentId, modelData)
                        }
                    }
                    Words {
                        visible: row.modelData.sizes.length === 0
                        text: T.size_unknown
                        font.pixelSize: Theme.caption
                        color: Theme.faint
                        Layout.fillWidth: true
                    }
                }
                IconButton {
                    visible: !row.modelData.kept
                    objectName: "keep_" + row.modelData.garmentId
                    icon_: "bookmark"
                    hint: T.keep
                    onClicked: app.wardrobe.keep(row.modelData.garmentId)
                }
                IconButton {
                    objectName: "takeOff_" + row.modelData.garmentId
                    icon_: "close"
                    iconSize: 18
                    hint: T.take_off
                    onClicked: app.wardrobe.takeOff(row.modelData.garmentId)
                }
            }
            RowLayout { // of a model or photo that can be worn in more than one way
                visible: row.modelData.ways.length > 0
                spacing: Theme.s
                Layout.fillWidth: true
                Words {
                    visible: outfit.width > 300
                    text: T.worn_as
                    font.pixelSize: Theme.caption
                    color: Theme.soft
                    wrapMode: Text.NoWrap
                }
                ListView {
                    objectName: "ways"
                    orientation: ListView.Horizontal
                    boundsBehavior: Flickable.StopAtBounds
                    clip: true
                    Layout.fillWidth: true
                    Layout.preferredHeight: Theme.target
                    model: row.modelData.ways
                    delegate: OutfitChip {
                        required property var modelData
                        objectName: "way_" + row.modelData.file + "_" + modelData.way
                        list: outfit
                        text: modelData.name
                        chosen: modelData.chosen
                        onChose: app.wardrobe.wearAs(row.modelData.garmentId, modelData.way)
                    }
                }
            }
        }
    }
}
