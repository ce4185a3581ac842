"""What goes into an installer and what stays out: lists that the spec, the hooks and the checks share. No imports of
PyInstaller here, so that the tests can ask without it.
"""

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

# -- Python ------------------------------------------------------------------------------------------------------------

EXCLUDED_MODULES = (
    "av",  # bundles x264 and x265 (GPL); OpenCV encodes VP9 instead
    "tryon_app.training",
    "torch",
    "anny",
    "sounddevice",  # MediaPipe's audio recorder, which asks for it and does without
    "_sounddevice",
    "cffi",
    "tensorflow",
    "jax",
    "matplotlib",
    "networkx",
    "pandas",
    "IPython",
    "pytest",
    "setuptools",
    "pip",
    "tkinter",
    "unittest.test",
    "lib2to3",
    "readline",  # GNU readline is GPL
    "_gdbm",  # so is gdbm
    "_dbm",
    "nis",
    "mediapipe.tasks.python.test",
    "mediapipe.tasks.python.benchmark",
    "mediapipe.tasks.python.genai.converter",
    # What the app does not call; a test looks that this stays true.
    "scipy.io",
    "scipy.signal",
    "scipy.stats",
    "scipy.interpolate",
    "scipy.integrate",
    "scipy.cluster",
    "scipy.fft",
    "scipy.fftpack",
    "scipy.datasets",
    "scipy.odr",
    "scipy.optimize",
    "scipy.spatial",
    "PySide6.QtWidgets",
    "PySide6.QtMultimediaWidgets",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtSql",
    "PySide6.QtPdf",
    "PySide6.QtWebEngineCore",
)

# Loaded by name, where no analysis sees it.
HIDDEN_MODULES = ("cv2_enumerate_cameras", "trimesh")

# What pip writes down of an installation: nothing asks for it, and it tells where the app was built.
_INSTALLED = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt", "top_level.txt"})


def metadata_wanted(destination: str) -> bool:
    """Whether a collected file is no left-over of an installation; `METADATA` and licences are wanted.

    Args:
        destination: Its path inside the bundle, with slashes.
    """
    path = PurePosixPath(destination.replace("\\", "/"))
    return not (path.parent.name.endswith(".dist-info") and path.name in _INSTALLED)


# -- Qt ----------------------------------------------------------------------------------------------------------------

# The window is drawn in the Basic style.
_UNUSED_STYLES = re.compile(
    r"^QtQuick/Controls/(Universal|Material|Imagine|Fusion|FluentWinUI3|macOS|iOS|Windows)(/|$)"
)

# Parts of Qt that the window links to, by the name after "Qt6" (Linux, Windows) or "Qt" (macOS).
QT_LIBRARIES = frozenset(
    [
        "Core",
        "Concurrent",
        "Gui",
        "Network",
        "DBus",
        "OpenGL",
        "Svg",
        "Qml",
        "QmlMeta",
        "QmlModels",
        "QmlWorkerScript",
        "QmlNetwork",
        "QmlCore",
        "LabsFolderListModel",
        "Quick",
        "QuickControls2",
        "QuickControls2Impl",
        "QuickControls2Basic",
        "QuickControls2BasicStyleImpl",
        "QuickDialogs2",
        "QuickDialogs2QuickImpl",
        "QuickDialogs2Utils",
        "QuickEffects",
        "QuickLayouts",
        "QuickShapes",
        "QuickTemplates2",
        "Multimedia",
        "MultimediaQuick",
        "XcbQpa",
        "WaylandClient",
        "WlShellIntegration",
        "WaylandEglClientHwIntegration",
    ]
)
# Qt's parts that are GPL or commercial only: named, so that a check can find one that got in some other way.
QT_GPL_ONLY = frozenset(
    [
        "CanvasPainter",
        "Charts",
        "ChartsQml",
        "CoAP",
        "DataVisualization",
        "DataVisualizationQml",
        "Graphs",
        "GraphsWidgets",
        "Grpc",
        "HttpServer",
        "Lottie",
        "LottieVectorImageGenerator",
        "LottieVectorImageHelpers",
        "Mqtt",
        "NetworkAuth",
        "Protobuf",
        "Quick3D",
        "Quick3DPhysics",
        "QuickTimeline",
        "QuickTimelineBlendTrees",
        "ShaderTools",
        "VirtualKeyboard",
        "VirtualKeyboardQml",
        "VirtualKeyboardSettings",
        "WaylandCompositor",
    ]
)

# Folder of plugins -> those kept, by name without "lib", suffix and Windows' debug letter. Others go.
QT_PLUGINS = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qgif", "qicns", "qico", "qjpeg", "qsvg", "qwebp"},
    "multimedia": {"ffmpegmediaplugin", "windowsmediaplugin", "darwinmediaplugin"},
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "platforms": {"qcocoa", "qoffscreen", "qwayland", "qwindows", "qxcb"},
    "platformthemes": {"qxdgdesktopportal"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-graphics-integration-client": {"qt-plugin-wayland-egl"},
    "wayland-shell-integration": {"xdg-shell", "fullscreen-shell-v1"},
    "xcbglintegrations": {"qxcb-egl-integration", "qxcb-glx-integration"},
}

_QT_LIBRARY = re.compile(r"^(?:lib)?Qt6?([A-Za-z0-9]+?)(?:\.so[.\d]*|\.dll|\.framework|\.abi3\.so|\.pyd)?$")


def qml_file_wanted(folder: str, modules: Collection[str], imported: Collection[str]) -> bool:
    """Whether a file of a QML module is needed.

    Args:
        folder: Where it lies below Qt's `qml` folder, with slashes: "QtQuick/Layouts".
        modules: Folders that are modules (hold a `qmldir`).
        imported: Folders that our QML imports, directly or through others (see `qmlimportscanner`).
    """
    parts = folder.split("/")
    # Files of a module may lie in folders below it, and so may other modules.
    owner = next((above for n in range(len(parts), 0, -1) if (above := "/".join(parts[:n])) in modules), "")
    return owner in imported and not _UNUSED_STYLES.match(owner)


def qt_part(file_name: str) -> str | None:
    """Name of the part of Qt a library or framework is: "libQt6Quick.so.6" -> "Quick"; None = it is none."""
    match = _QT_LIBRARY.match(file_name)
    return match[1] if match else None


def qt_wanted(destination: str) -> bool:
    """Whether a collected file below `PySide6/` belongs into the installer.

    Args:
        destination: Its path inside the bundle, with slashes; other files are wanted.
    """
    parts = PurePosixPath(destination.replace("\\", "/")).parts
    if parts[:1] == ("PySide6",) and "plugins" in parts:
        folder, *rest = parts[parts.index("plugins") + 1 :]
        name = _plugin_name(rest[-1]) if rest else ""
        return name in QT_PLUGINS.get(folder, ())
    if "translations" in parts and parts[:1] == ("PySide6",):
        return parts[-1].startswith(("qtbase_en", "qtbase_zh_CN", "qtdeclarative_en", "qtdeclarative_zh_CN"))
    if "qml" in parts and parts[:1] == ("PySide6",):
        return True  # chosen by the hook
    for part in parts:
        found = qt_part(part)
        if found is not None and not part.endswith((".abi3.so", ".pyd")):
            return found in QT_LIBRARIES or part.startswith("libQt6FFmpegStub")
    return True


def _plugin_name(file_name: str) -> str:
    return re.sub(r"^lib|\.(so|dll|dylib)$", "", file_name)


# -- libraries of the machine that builds (Linux) ----------------------------------------------------------------------

# Python's own needs, and the small X11 helpers of Qt that many systems lack and that speak to no driver or daemon.
# Everything else stays the system's: graphics, fonts, sound and D-Bus must fit the machine that runs the app, and expat
# comes everywhere with fontconfig.
HOST_LIBRARIES = re.compile(
    r"^lib(python3\.\d+|ssl|crypto|ffi|z|bz2|lzma|sqlite3|uuid|mpdec"
    r"|xcb-(cursor|icccm|image|keysyms|render-util|util|xkb)|xkbcommon(-x11)?)\.so"
)


def is_host_library(source: str) -> bool:
    """Whether a file comes from the building machine's own system, not from a package or the project.

    Args:
        source: Where the file was collected from.
    """
    folder = str(PurePosixPath(source).parent)
    return folder.startswith(("/lib", "/usr/lib")) and "python3" not in folder


def host_library_wanted(source: str) -> bool:
    """Whether a collected file is bundled, as far as the building machine's libraries go."""
    return not is_host_library(source) or HOST_LIBRARIES.match(PurePosixPath(source).name) is not None


# -- CUDA --------------------------------------------------------------------------------------------------------------

# Stand-ins for other libraries' interfaces, which nothing here calls.
_CUDA_UNUSED = re.compile(r"(lib)?(cufftw|nvblas)")


def cuda_libraries(site: Path) -> list[tuple[str, str]]:
    """NVIDIA's libraries as its wheels lay them out: ONNX Runtime looks for them there and opens them by name.

    Args:
        site: The folder that packages are installed in.

    Returns:
        Pairs of the file and its folder inside the app.
    """
    found = []
    for path in sorted((site / "nvidia").rglob("*")):
        library = path.suffix == ".dll" or ".so" in path.suffixes
        if library and not _CUDA_UNUSED.match(path.name):
            found.append((str(path), path.parent.relative_to(site).as_posix()))
    return found


# -- what must never be inside -----------------------------------------------------------------------------------------

FORBIDDEN_FILES = re.compile(
    r"(lib)?(x264|x265|xvidcore|postproc|fdk[-_]aac|gdbm|readline)\b[-.\d\w]*"
    r"|.*\.(pyi|pdb|qmltypes|prl|a|lib)$",
    re.IGNORECASE,
)
"""GPL-only libraries, and what only developers need."""
