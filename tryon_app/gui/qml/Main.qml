import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Dialogs
import QtQuick.Layouts

ApplicationWindow {
    id: window
    objectName: "window"
    width: 1280
    height: 800
    minimumWidth: 640
    minimumHeight: 520
    visible: true
    visibility: app.fullscreen ? Window.FullScreen : Window.Windowed
    title: "Tryon"
    color: Theme.backdrop
    // For the file dialogs, which bring their own controls.
    palette {
        window: Theme.surface
        windowText: Theme.ink
        base: Theme.sunken
        alternateBase: Theme.surface
        text: Theme.ink
        button: Theme.sunken
        buttonText: Theme.ink
        brightText: Theme.ink
        placeholderText: Theme.faint
        highlight: Theme.accent
        highlightedText: Theme.accentInk
        light: Theme.hover
        midlight: Theme.line
        mid: Theme.line
        dark: Theme.faint
    }

    readonly property bool portrait: width < height * 1.05
    readonly property bool fullscreen: visibility === Window.FullScreen
    // Letters are shortcuts unless somebody writes; Space belongs to a control that was reached with Tab.
    readonly property bool typing: activeFocusItem instanceof TextInput
    readonly property bool busy: typing || settings.opened || picker.opened || sheet.opened
    readonly property bool tabbed: activeFocusItem instanceof AbstractButton && activeFocusItem.visualFocus

    Binding { target: Theme; property: "dark"; value: app.preferences.dark }

    function toggleFullscreen() {
        visibility = fullscreen ? Window.Windowed : Window.FullScreen;
    }
    function stepSize(step) {
        const worn = app.wardrobe.worn;
        const item = worn.find(one => one.garmentId === app.wardrobe.current) ?? worn[0];
        if (!item || item.sizes.length === 0)
            return;
        const next = Math.max(0, Math.min(item.sizes.length - 1, item.sizes.indexOf(item.size) + step));
        app.wardrobe.setSize(item.garmentId, item.sizes[next]);
    }

    GridLayout {
        anchors.fill: parent
        columns: window.portrait ? 1 : 2
        columnSpacing: 0
        rowSpacing: 0
        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            TopBar {
                id: bar
                Layout.fillWidth: true
                fullscreen: window.fullscreen
                onSourceWanted: picker.open()
                onSettingsWanted: settings.open()
                onShortcutsWanted: sheet.open()
                onFullscreenWanted: window.toggleFullscreen()
            }
            Item {
                id: stage
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.leftMargin: Theme.l
                Layout.rightMargin: Theme.l
                Layout.bottomMargin: Theme.l
                // Where what floats above the controls ends.
                readonly property real floor: !dock.visible ? height : dock.upright ? over.y + over.height : dock.y
                LiveView { id: view; anchors.fill: parent }
                Preparing { anchors.fill: parent }
                Item { // everything that lies over the picture
                    id: over
                    x: app.pump.hasPicture ? view.picture.x : 0
                    y: app.pump.hasPicture ? view.picture.y : 0
                    width: app.pump.hasPicture ? view.picture.width : stage.width
                    height: app.pump.hasPicture ? view.picture.height : stage.height
                    StanceGuide {
                        anchors.fill: parent
                        bottomRoom: Math.max(Theme.l, over.y + over.height - stage.floor + Theme.m)
                    }
                    Countdown { anchors.centerIn: parent }
                }
                Rectangle { // red timer
                    objectName: "recordTimer"
                    visible: app.capture.recording
                    anchors { top: parent.top; horizontalCenter: parent.horizontalCenter }
                    anchors.topMargin: Math.max(over.y + Theme.l, banners.height > 0 ? banners.height + 2 * Theme.m : 0)
                    width: timer.width + 2 * Theme.m
                    height: 36
                    radius: 18
                    color: Theme.record
                    Row {
                        id: timer
                        anchors.centerIn: parent
                        spacing: Theme.s
                        Rectangle {
                            width: 10
                            height: 10
                            radius: 5
                            color: "white"
                            anchors.verticalCenter: parent.verticalCenter
                            SequentialAnimation on opacity {
                                running: app.capture.recording
                                loops: Animation.Infinite
                                NumberAnimation { to: 0.25; duration: 600 }
                                NumberAnimation { to: 1; duration: 600 }
                            }
                        }
                        Words { objectName: "recordTime"; text: app.capture.elapsed; color: "white"; font.weight: Font.DemiBold; wrapMode: Text.NoWrap }
                    }
                }
                Diagnostics {
                    visible: app.preferences.diagnostics
                    // Beside the picture as far as there is room.
                    x: over.x > 60 ? Math.max(0, over.x - width - Theme.m) : over.x + Theme.m
                    y: Math.max(0, Math.min(over.y + Theme.m, stage.height - height - Theme.m))
                }
                Column { // what the picture's stages say, e.g. that the legs are not in view
                    objectName: "hints"
                    spacing: Theme.s
                    anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter }
                    anchors.bottomMargin: stage.height - stage.floor + Theme.m
                    visible: !app.pump.nobody && app.stage.state === "running"
                    Repeater {
                        model: app.hints
                        delegate: Rectangle {
                            required property string modelData
                            width: Math.min(stage.width - 2 * Theme.l, hint.implicitWidth + 28)
                            height: 34
                            radius: 17
                            color: Theme.glass
                            anchors.horizontalCenter: parent.horizontalCenter
                            Words { id: hint; anchors.centerIn: parent; width: Math.min(implicitWidth, parent.width - 20); text: parent.modelData; color: "white"; font.pixelSize: 13; wrapMode: Text.NoWrap }
                        }
                    }
                }
                Dock {
                    id: dock
                    visible: app.pump.hasPicture
                    upright: stage.width - view.picture.width > 2 * (80 + 2 * Theme.m)
                    x: upright ? view.picture.x + view.picture.width + Theme.m : (stage.width - width) / 2
                    y: upright ? (stage.height - height) / 2 : stage.height - height - Theme.m
                }
                Column { // banners
                    id: banners
                    objectName: "banners"
                    width: Math.min(720, parent.width - 2 * Theme.m)
                    spacing: Theme.s
                    anchors { top: parent.top; horizontalCenter: parent.horizontalCenter; topMargin: Theme.m }
                    Repeater {
                        model: app.notices.banners.slice(0, 3)
                        delegate: Banner {
                            required property var modelData
                            notice: modelData
                            width: banners.width
                        }
                    }
                }
                Toast {
                    id: toast
                    anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter }
                    anchors.bottomMargin: stage.height - stage.floor + Theme.m
                }
                Rectangle { // a photo is being turned into a garment
                    objectName: "importing"
                    visible: app.wardrobe.importing !== ""
                    anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter }
                    anchors.bottomMargin: stage.height - stage.floor + Theme.m + (toast.visible ? toast.height + Theme.s : 0)
                    width: Math.min(parent.width - 2 * Theme.l, cutting.implicitWidth + 84)
                    height: 64
                    radius: Theme.radius
                    color: "#F01D1E20"
                    Spinner { x: Theme.l; anchors.verticalCenter: parent.verticalCenter; colour: "#7FD1B4"; running: parent.visible }
                    Column {
                        id: cutting
                        x: 64
                        width: parent.width - 84
                        anchors.verticalCenter: parent.verticalCenter
                        Words { id: importTitle; text: T.importing; color: "white"; font.weight: Font.DemiBold; wrapMode: Text.NoWrap }
                        Words { text: app.wardrobe.importing; width: Math.min(implicitWidth, cutting.width); color: Theme.glassSoft; font.pixelSize: 12; wrapMode: Text.NoWrap; elide: Text.ElideMiddle }
                    }
                }
            }
        }
        Wardrobe {
            id: wardrobe
            objectName: "wardrobe"
            strip: window.portrait
            Layout.fillHeight: !strip
            Layout.fillWidth: strip
            Layout.preferredWidth: strip ? -1 : Math.round(Math.max(280, Math.min(420, window.width * 0.28)))
            Layout.preferredHeight: strip ? Math.round(Math.max(360, window.height * 0.3)) : -1
            onAddWanted: photoDialog.open()
        }
    }

    DropArea {
        id: drop
        objectName: "dropArea"
        anchors.fill: parent
        onEntered: drag => drag.accepted = drag.hasUrls
        onDropped: drag => {
            if (drag.hasUrls) {
                app.drop(drag.urls);
                drag.acceptProposedAction();
            }
        }
    }
    DropOverlay { anchors.fill: parent; shown: drop.containsDrag }

    SourcePicker {
        id: picker
        x: Theme.l
        y: 60
        onFileWanted: sourceDialog.open()
        onFolderWanted: sourceFolderDialog.open()
    }
    SettingsDrawer {
        id: settings
        onFolderWanted: (section, key) => {
            settingFolderDialog.section = section;
            settingFolderDialog.key = key;
            settingFolderDialog.open();
        }
    }
    Sheet { id: sheet }

    FileDialog {
        id: photoDialog
        title: T.add_photo
        fileMode: FileDialog.OpenFiles
        nameFilters: [T.photos + " (*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff *.glb *.gltf *.obj)"]
        onAccepted: app.wardrobe.importPhotos(selectedFiles)
    }
    FileDialog {
        id: sourceDialog
        title: T.open_file
        nameFilters: [T.photos_and_videos + " (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.jpg *.jpeg *.png *.webp *.bmp)", T.all_files + " (*)"]
        onAccepted: app.stage.openFile(selectedFile)
    }
    FolderDialog {
        id: sourceFolderDialog
        title: T.open_photo_folder
        onAccepted: app.stage.openFile(selectedFolder)
    }
    FolderDialog {
        id: settingFolderDialog
        property string section
        property string key
        title: T.choose
        onAccepted: app.preferences.put(section, key, decodeURIComponent(String(selectedFolder).replace(/^file:\/\/(\/[A-Za-z]:)?/, (all, drive) => drive ? drive.slice(1) : "")))
    }

    Connections {
        target: app
        function onSourcePickerWanted() { picker.open(); }
    }

    Shortcut { sequence: "Space"; enabled: !window.busy && !window.tabbed; onActivated: app.capture.snapshot() }
    Shortcut { sequence: "R"; enabled: !window.busy; onActivated: app.capture.toggleRecording() }
    Shortcut { sequence: "B"; enabled: !window.busy; onActivated: app.pump.comparing = !app.pump.comparing }
    Shortcut { sequences: ["Left"]; enabled: !window.busy; onActivated: app.wardrobe.step(-1) }
    Shortcut { sequences: ["Right"]; enabled: !window.busy; onActivated: app.wardrobe.step(1) }
    Shortcut { sequence: "Up"; enabled: !window.busy; onActivated: window.stepSize(1) }
    Shortcut { sequence: "Down"; enabled: !window.busy; onActivated: window.stepSize(-1) }
    Shortcut { sequence: "W"; enabled: !window.busy; onActivated: app.wardrobe.stepWay() }
    Shortcut { sequence: "/"; enabled: !window.busy; onActivated: wardrobe.focusSearch() }
    Shortcut { sequences: ["F", "F11"]; enabled: !window.busy; onActivated: window.toggleFullscreen() }
    Shortcut { sequence: "D"; enabled: !window.busy; onActivated: app.preferences.toggleDiagnostics() }
    Shortcut { sequence: "M"; enabled: !window.busy; onActivated: app.stage.toggleMirror() }
    Shortcut { sequence: "T"; enabled: !window.busy; onActivated: app.preferences.toggleTheme() }
    Shortcut { sequence: "C"; enabled: !window.busy; onActivated: picker.open() }
    Shortcut { sequence: ","; enabled: !window.busy; onActivated: settings.open() }
    Shortcut { sequence: "?"; enabled: !window.busy; onActivated: sheet.open() }
    Shortcut { sequences: [StandardKey.Quit]; onActivated: window.close() }
    Shortcut {
        sequence: "Esc"
        enabled: !window.busy
        onActivated: {
            if (app.capture.countdown > 0)
                app.capture.cancel();
            else if (app.pump.comparing)
                app.pump.comparing = false;
            else if (app.notices.banners.length > 0)
                app.dismiss(app.notices.banners[0].key);
            else if (window.fullscreen)
                window.toggleFullscreen();
        }
    }
}
