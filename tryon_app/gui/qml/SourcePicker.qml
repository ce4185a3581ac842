import QtQuick
import QtQuick.Controls.Basic

Popup {
    id: picker
    objectName: "sourcePicker"
    signal fileWanted
    signal folderWanted
    width: 340
    padding: Theme.s
    modal: true
    focus: true
    dim: false
    closePolicy: Popup.CloseOnEscape | Popup.CloseOnPressOutside
    onAboutToShow: app.stage.refreshCameras()
    background: Item {
        Shadow { anchors.fill: parent; radius: Theme.radius }
        Rectangle {
            anchors.fill: parent
            radius: Theme.radius
            color: Theme.raised
            border.color: Theme.line
        }
    }
    component Row_: AbstractButton {
        id: choice
        property string icon_: ""
        property bool chosen: false
        width: picker.availableWidth
        implicitHeight: 48
        hoverEnabled: true
        focusPolicy: Qt.TabFocus
        background: Rectangle {
            radius: Theme.radiusS
            color: choice.down ? Theme.pressed : choice.hovered || choice.visualFocus ? Theme.hover : "transparent"
        }
        contentItem: Item {
            Icon { id: left; x: Theme.m; anchors.verticalCenter: parent.verticalCenter; icon: choice.icon_; color: choice.chosen ? Theme.accent : Theme.soft }
            Words {
                anchors { left: left.right; right: tick.left; leftMargin: Theme.m; rightMargin: Theme.s; verticalCenter: parent.verticalCenter }
                text: choice.text
                wrapMode: Text.NoWrap
                font.weight: choice.chosen ? Font.DemiBold : Font.Normal
            }
            Icon { id: tick; visible: choice.chosen; anchors { right: parent.right; rightMargin: Theme.m; verticalCenter: parent.verticalCenter } icon: "check"; color: Theme.accent }
        }
    }
    component Heading: Words {
        leftPadding: Theme.m
        topPadding: Theme.s
        bottomPadding: Theme.xs
        font.pixelSize: Theme.caption
        font.weight: Font.DemiBold
        color: Theme.faint
    }
    function choose(spec) {
        close();
        app.stage.pick(spec);
    }
    contentItem: Column {
        Heading { text: T.cameras }
        Repeater {
            model: app.stage.cameras
            delegate: Row_ {
                required property var modelData
                objectName: "source_" + modelData.spec
                text: modelData.name
                icon_: "webcam"
                chosen: app.stage.sourceSpec === modelData.spec
                onClicked: picker.choose(modelData.spec)
            }
        }
        Words {
            visible: app.stage.cameras.length === 0
            text: T.no_cameras
            color: Theme.soft
            leftPadding: Theme.m
            height: 40
            width: parent.width
        }
        Rectangle { width: parent.width; height: 1; color: Theme.line }
        Heading { text: T.without_camera }
        Row_ {
            objectName: "source_samples"
            text: T.source_samples
            icon_: "people"
            chosen: app.stage.sourceSpec === "samples"
            onClicked: picker.choose("samples")
        }
        Row_ {
            objectName: "source_synthetic"
            text: T.source_synthetic
            icon_: "figure"
            chosen: app.stage.sourceSpec === "synthetic"
            onClicked: picker.choose("synthetic")
        }
        Row_ {
            objectName: "source_file"
            text: T.open_file
            icon_: "film"
            onClicked: { picker.close(); picker.fileWanted(); }
        }
        Row_ {
            objectName: "source_folder"
            text: T.open_photo_folder
            icon_: "folder"
            onClicked: { picker.close(); picker.folderWanted(); }
        }
    }
}
