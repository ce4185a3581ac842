import QtQuick
import QtQuick.Layouts

Rectangle {
    id: panel
    objectName: "diagnostics"
    readonly property var figures: app.stage.figures
    width: 288
    height: column.height + 2 * Theme.l
    radius: Theme.radius
    color: "#CC151617"
    component Figure: RowLayout {
        property alias label: name.text
        property alias value: number.text
        width: column.width
        Words { id: name; color: Theme.glassSoft; font.pixelSize: 12; Layout.fillWidth: true; wrapMode: Text.NoWrap }
        Words { id: number; color: Theme.glassInk; font.pixelSize: 13; font.weight: Font.DemiBold; wrapMode: Text.NoWrap; horizontalAlignment: Text.AlignRight; Layout.maximumWidth: 186 }
    }
    Column {
        id: column
        x: Theme.l
        y: Theme.l
        width: parent.width - 2 * Theme.l
        spacing: 6
        RowLayout {
            width: parent.width
            Words { objectName: "diagnosticsFps"; text: panel.figures.fps ?? "–"; color: "white"; font.pixelSize: 34; font.weight: Font.DemiBold }
            Words { text: T.fps; color: Theme.glassSoft; font.pixelSize: 13; Layout.alignment: Qt.AlignBottom; Layout.bottomMargin: 6; Layout.fillWidth: true }
            Words { text: T.ms.replace("%1", panel.figures.latency ?? "–"); color: "white"; font.pixelSize: 15; font.weight: Font.DemiBold; Layout.alignment: Qt.AlignBottom; Layout.bottomMargin: 5 }
        }
        Repeater {
            model: panel.figures.stages ?? []
            delegate: Item {
                id: stage
                required property var modelData
                width: column.width
                height: 24
                Words { text: stage.modelData.name; color: Theme.glassSoft; font.pixelSize: 12; width: 78; wrapMode: Text.NoWrap; anchors.verticalCenter: parent.verticalCenter }
                Rectangle {
                    x: 82
                    width: parent.width - 82 - 58
                    height: 6
                    radius: 3
                    color: "#26FFFFFF"
                    anchors.verticalCenter: parent.verticalCenter
                    Rectangle { width: Math.max(6, parent.width * stage.modelData.share); height: 6; radius: 3; color: "#7FD1B4" }
                }
                Words { text: T.ms.replace("%1", stage.modelData.ms); color: Theme.glassInk; font.pixelSize: 12; anchors.right: parent.right; wrapMode: Text.NoWrap; anchors.verticalCenter: parent.verticalCenter }
            }
        }
        Rectangle { width: parent.width; height: 1; color: "#26FFFFFF" }
        Figure { label: T.processing_size; value: panel.figures.size ?? "–" }
        Figure { label: T.quality; value: panel.figures.quality ?? "–" }
        Figure { label: T.dropped; value: panel.figures.dropped ?? "–" }
        Figure { visible: (panel.figures.failures ?? "") !== ""; label: T.failures; value: panel.figures.failures ?? "" }
        Repeater {
            model: panel.figures.providers ?? []
            delegate: Figure {
                required property var modelData
                label: modelData.model
                value: modelData.provider
            }
        }
        Words {
            visible: panel.figures.reduced ?? false
            text: T.reduced
            color: "#F2C26B"
            font.pixelSize: 12
            width: parent.width
        }
    }
}
