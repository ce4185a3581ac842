// A choice for what is worn: a size, a way to wear it.
import QtQuick

Chip {
    id: chip
    required property Item list // remembers which of its chips the keyboard is on
    // Where the focus is when a row with it is made anew, and when somebody works elsewhere.
    readonly property bool nowhere: !Window.activeFocusItem || Window.activeFocusItem === Window.contentItem
    signal chose
    small: true
    onClicked: {
        list.tabbedTo = visualFocus ? objectName : "";
        chose();
    }
    onActiveFocusChanged: {
        if (!activeFocus && !nowhere)
            list.tabbedTo = "";
    }
    Component.onCompleted: {
        if (objectName === list.tabbedTo && nowhere)
            forceActiveFocus(Qt.TabFocusReason);
    }
}
