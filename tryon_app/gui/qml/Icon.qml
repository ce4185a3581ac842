import QtQuick
import QtQuick.Controls.impl

IconImage {
    property string icon: ""
    property int size: 20
    source: icon ? Qt.resolvedUrl("icons/" + icon + ".svg") : ""
    sourceSize: Qt.size(size, size)
    width: size
    height: size
}
