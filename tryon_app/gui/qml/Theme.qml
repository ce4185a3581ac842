// Design tokens: the only place with colours, sizes and durations.
pragma Singleton
import QtQuick

QtObject {
    property bool dark: false

    // Surfaces, from the back to the front.
    readonly property color backdrop: dark ? "#121314" : "#F2EFEA"
    readonly property color stage: dark ? "#1A1B1D" : "#E6E2DB"
    readonly property color surface: dark ? "#1C1D1F" : "#FFFFFF"
    readonly property color raised: dark ? "#26282A" : "#FFFFFF"
    readonly property color sunken: dark ? "#2A2C2F" : "#F4F2EE"
    readonly property color plate: dark ? "#D8D5CF" : "#F3F1ED"
    readonly property color line: dark ? "#34373A" : "#E3DFD8"
    readonly property color hover: dark ? "#14FFFFFF" : "#0D1B1A17"
    readonly property color pressed: dark ? "#24FFFFFF" : "#1A1B1A17"

    // Text.
    readonly property color ink: dark ? "#F4F2EE" : "#1B1A17"
    readonly property color soft: dark ? "#B4B1AA" : "#5F5B54"
    readonly property color faint: dark ? "#8D8A84" : "#767169"

    // Meaning.
    readonly property color accent: dark ? "#7FD1B4" : "#17614C"
    readonly property color accentInk: dark ? "#0D2B22" : "#FFFFFF"
    readonly property color accentWash: dark ? "#233A33" : "#E2EFE9"
    readonly property color error: dark ? "#FF8A7A" : "#B3291B"
    readonly property color errorWash: dark ? "#3A2321" : "#FBEAE7"
    readonly property color warning: dark ? "#F2C26B" : "#8A5A00"
    readonly property color warningWash: dark ? "#382F1E" : "#FBF1DC"
    readonly property color record: "#E0352B"
    // Over the picture, which is neither light nor dark.
    readonly property color glass: "#B3151617"
    readonly property color glassInk: "#FFFFFF"
    readonly property color glassSoft: "#D0FFFFFF"

    // Spacing, radii, type.
    readonly property int xs: 4
    readonly property int s: 8
    readonly property int m: 12
    readonly property int l: 16
    readonly property int xl: 24
    readonly property int xxl: 32
    readonly property int radiusS: 8
    readonly property int radius: 12
    readonly property int radiusL: 18
    readonly property int target: 44
    readonly property int caption: 12
    readonly property int body: 14
    readonly property int title: 16
    readonly property int heading: 20
    readonly property int display: 28

    // Motion.
    readonly property int quick: 120
    readonly property int calm: 220
}
