// One setting; its control follows from its kind.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

Item {
    id: row
    property var setting: ({})
    readonly property bool heading: setting.kind === "heading"
    readonly property bool below: setting.kind === "choice" || setting.kind === "folder" || setting.kind === "text"
    signal folderWanted(string section, string key)
    objectName: "setting_" + setting.section + "_" + setting.key
    implicitHeight: heading ? 56 : layout.implicitHeight + Theme.l
    function put(value) {
        return app.preferences.put(setting.section, setting.key, value);
    }
    Words {
        visible: row.heading
        anchors { left: parent.left; bottom: parent.bottom; leftMargin: Theme.xl; bottomMargin: Theme.s }
        text: row.setting.label ?? ""
        font.pixelSize: 13
        font.weight: Font.DemiBold
        color: Theme.accent
    }
    GridLayout {
        id: layout
        visible: !row.heading
        columns: row.below ? 1 : 2
        rowSpacing: Theme.s
        columnSpacing: Theme.l
        anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter; leftMargin: Theme.xl; rightMargin: Theme.xl }
        ColumnLayout {
            spacing: 1
            Layout.fillWidth: true
            Words { text: row.setting.label ?? ""; Layout.fillWidth: true }
            Words { text: row.setting.help ?? ""; visible: text !== ""; color: Theme.faint; font.pixelSize: Theme.caption; Layout.fillWidth: true }
        }
        Loader {
            Layout.fillWidth: row.below
            sourceComponent: {
                switch (row.setting.kind) {
                case "switch": return switchControl;
                case "choice": return choiceControl;
                case "number": return numberControl;
                case "folder": return folderControl;
                case "text": return textControl;
                }
                return null;
            }
        }
    }
    Component {
        id: switchControl
        Toggle {
            objectName: "control"
            checked: row.setting.value ?? false
            onClicked: {
                row.put(checked);
                checked = Qt.binding(() => row.setting.value ?? false);
            }
        }
    }
    Component {
        id: choiceControl
        Rectangle { // segments
            id: segments
            readonly property var options: row.setting.options ?? []
            implicitHeight: Theme.target
            radius: Theme.radius
            color: Theme.sunken
            Row {
                anchors.fill: parent
                Repeater {
                    model: segments.options
                    delegate: AbstractButton {
                        id: segment
                        required property var modelData
                        readonly property bool chosen: row.setting.value === modelData.value
                        objectName: "option_" + modelData.value
                        width: segments.width / segments.options.length
                        height: segments.height
                        focusPolicy: Qt.TabFocus
                        hoverEnabled: true
                        onClicked: row.put(modelData.value)
                        background: Rectangle {
                            anchors.fill: parent
                            anchors.margins: 4
                            radius: Theme.radiusS
                            color: segment.chosen ? (Theme.dark ? "#45484C" : "white") : segment.hovered ? Theme.hover : "transparent"
                            border.width: segment.visualFocus ? 2 : segment.chosen && !Theme.dark ? 1 : 0
                            border.color: segment.visualFocus ? Theme.accent : Theme.line
                        }
                        contentItem: Words {
                            text: segment.modelData.name
                            wrapMode: Text.NoWrap
                            horizontalAlignment: Text.AlignHCenter
                            font.pixelSize: 13
                            font.weight: segment.chosen ? Font.DemiBold : Font.Normal
                        }
                    }
                }
            }
        }
    }
    Component {
        id: numberControl
        Row {
            id: stepper
            readonly property real value: row.setting.value ?? 0
            readonly property real step: row.setting.step * (row.setting.maximum > 500 ? 20 : 1)
            function change(by) {
                const next = Math.max(row.setting.minimum, Math.min(row.setting.maximum, value + by * step));
                row.put(Number(next.toFixed(row.setting.decimals)));
            }
            IconButton { objectName: "less_" + row.setting.key; enabled: stepper.value > row.setting.minimum; autoRepeat: true; onClicked: stepper.change(-1)
                contentItem: Words { text: "−"; font.pixelSize: 20; horizontalAlignment: Text.AlignHCenter; color: parent.enabled ? Theme.ink : Theme.faint } }
            TextInput {
                id: input
                objectName: "control"
                width: 56
                height: Theme.target
                text: Number(stepper.value).toFixed(row.setting.decimals ?? 0)
                color: Theme.ink
                font.pixelSize: Theme.body
                font.weight: Font.DemiBold
                selectByMouse: true
                selectionColor: Theme.accent
                horizontalAlignment: TextInput.AlignHCenter
                verticalAlignment: TextInput.AlignVCenter
                inputMethodHints: Qt.ImhFormattedNumbersOnly
                onEditingFinished: {
                    const typed = Number(text.replace(",", "."));
                    if (!isNaN(typed))
                        row.put(typed);
                    text = Qt.binding(() => Number(stepper.value).toFixed(row.setting.decimals ?? 0));
                }
            }
            IconButton { objectName: "more_" + row.setting.key; enabled: stepper.value < row.setting.maximum; autoRepeat: true; onClicked: stepper.change(1)
                contentItem: Words { text: "+"; font.pixelSize: 20; horizontalAlignment: Text.AlignHCenter; color: parent.enabled ? Theme.ink : Theme.faint } }
        }
    }
    Component {
        id: folderControl
        RowLayout {
            spacing: Theme.s
            Rectangle {
                Layout.fillWidth: true
                Layout.preferredHeight: Theme.target
                radius: Theme.radius
                color: Theme.sunken
                Words {
                    anchors.fill: parent
                    anchors.leftMargin: Theme.m
                    anchors.rightMargin: Theme.m
                    text: row.setting.value || T.usual_folder
                    color: row.setting.value ? Theme.ink : Theme.soft
                    wrapMode: Text.NoWrap
                    elide: Text.ElideMiddle
                }
            }
            IconButton { icon_: "close"; iconSize: 16; hint: T.usual_folder; visible: row.setting.value !== ""; onClicked: row.put("") }
            TextButton { text: T.choose; onClicked: row.folderWanted(row.setting.section, row.setting.key) }
        }
    }
    Component {
        id: textControl
        TextField {
            id: field
            objectName: "control"
            implicitHeight: Theme.target
            leftPadding: Theme.m
            text: row.setting.value ?? ""
            color: Theme.ink
            font.pixelSize: Theme.body
            selectionColor: Theme.accent
            verticalAlignment: TextInput.AlignVCenter
            background: Rectangle { radius: Theme.radius; color: Theme.sunken; border.width: field.activeFocus ? 2 : 0; border.color: Theme.accent }
            onEditingFinished: {
                row.put(text);
                text = Qt.binding(() => row.setting.value ?? "");
            }
        }
    }
}
