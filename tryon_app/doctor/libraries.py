"""Shared libraries of the system that packages lean on (Linux; wheels for other systems bring their own)."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tryon_app.doctor.report import Finding, Level


@dataclass(frozen=True, slots=True)
class LibraryGroup:
    """Binaries of one package that need system libraries.

    Attributes:
        id: Of the finding.
        title: Of the finding.
        module: Import name of the package.
        patterns: Glob patterns below the package's folder.
        purpose: What does not work without them.
        level: What a missing library means.
        when: Environment variable without which the group does not matter; "" = it always does.
    """

    id: str
    title: str
    module: str
    patterns: Sequence[str]
    purpose: str
    level: Level = Level.FAIL
    when: str = ""


GROUPS = (
    LibraryGroup(
        "qt.libraries",
        "Qt libraries",
        "PySide6",
        (
            "Qt/plugins/platforms/libqxcb.so",
            "Qt/plugins/xcbglintegrations/*.so",
            "Qt/lib/libQt6Quick.so.*",
            "Qt/lib/libQt6QuickControls2.so.*",
            "Qt/lib/libQt6Multimedia.so.*",
        ),
        "the window cannot open",
    ),
    LibraryGroup(
        "qt.wayland",
        "Qt on Wayland",
        "PySide6",
        ("Qt/plugins/platforms/libqwayland*.so",),
        "the window uses X11 instead",
        Level.WARN,
        when="WAYLAND_DISPLAY",
    ),
    LibraryGroup(
        "qt.multimedia",
        "Qt multimedia",
        "PySide6",
        ("Qt/plugins/multimedia/libffmpegmediaplugin.so",),
        "Qt prints warnings",
        Level.WARN,
    ),
    LibraryGroup(
        "mediapipe.libraries", "MediaPipe libraries", "mediapipe", ("tasks/c/libmediapipe.so",), "nobody can be found"
    ),
    LibraryGroup("opencv.libraries", "OpenCV libraries", "cv2", ("cv2*.so",), "no camera can be opened"),
    LibraryGroup(
        "onnxruntime.libraries",
        "ONNX Runtime libraries",
        "onnxruntime",
        ("capi/onnxruntime_pybind11_state*.so",),
        "networks cannot run",
    ),
)

# Library -> Debian package where the name does not follow Debian's own rule.
_PACKAGES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libGLESv2.so.2": "libgles2",
    "libbrotlidec.so.1": "libbrotli1",
    "libbrotlicommon.so.1": "libbrotli1",
}
_EGL_VENDORS = (Path("/usr/share/glvnd/egl_vendor.d"), Path("/etc/glvnd/egl_vendor.d"))


def check_libraries() -> Iterator[Finding]:
    """Missing system libraries, group by group."""
    if not sys.platform.startswith("linux"):
        return
    if shutil.which("ldd") is None:
        message = "The program ldd is missing, so system libraries cannot be looked at."
        yield Finding("libraries", Level.WARN, "System libraries", message, "Install your system's libc-bin package.")
        return
    for group in GROUPS:
        if group.when and not os.environ.get(group.when):
            continue
        folder = _package_folder(group.module)
        if folder is None:
            continue  # `check_packages` says that
        binaries = sorted(path for pattern in group.patterns for path in folder.glob(pattern))
        yield _finding(group, binaries, missing_libraries(binaries))


def check_opengl(folders: Iterable[Path] = _EGL_VENDORS) -> Iterator[Finding]:
    """A driver behind libEGL: without one the window stays blank."""
    if not sys.platform.startswith("linux"):
        return
    drivers = sorted(path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.json"))
    if drivers:
        yield Finding("opengl", Level.OK, "OpenGL driver", ", ".join(drivers), "", {"drivers": drivers})
    else:
        yield Finding(
            "opengl",
            Level.WARN,
            "OpenGL driver",
            "No EGL driver is registered; the window may stay blank.",
            install_line(["libegl-mesa0", "libgl1-mesa-dri"]),
        )


def missing_libraries(binaries: Sequence[Path]) -> list[str]:
    """Names of shared libraries that the loader does not find for these binaries."""
    missing: set[str] = set()
    for binary in binaries:
        # ldd asks the real loader, so that run paths inside of wheels count.
        result = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603, S607
        missing |= set(re.findall(r"^\s*(\S+) => not found", result.stdout, re.MULTILINE))
    return sorted(missing)


def debian_package(library: str) -> str:
    """The Debian package of a shared library, by Debian's rule: name, then version, a dash between two digits."""
    if library in _PACKAGES:
        return _PACKAGES[library]
    name, _, version = library.partition(".so")
    name, version = name.lower().replace("_", "-"), version.lstrip(".").split(".")[0]
    return f"{name}-{version}" if name[-1:].isdigit() and version else f"{name}{version}"


def install_line(packages: Iterable[str]) -> str:
    """What to run for these Debian packages; elsewhere, what to look for."""
    names = " ".join(sorted(set(packages)))
    if shutil.which("apt-get"):
        return f"sudo apt-get install -y {names}"
    return f"Install what your system calls these (Debian's names): {names}"


def _finding(group: LibraryGroup, binaries: Sequence[Path], missing: list[str]) -> Finding:
    if not binaries:
        message = f"{group.module} is installed without its libraries."
        return Finding(group.id, Level.FAIL, group.title, message, "Install the app again.")
    if not missing:
        return Finding(group.id, Level.OK, group.title, "all found")
    message = f"Missing: {', '.join(missing)}: {group.purpose}."
    remedy = install_line(debian_package(library) for library in missing)
    return Finding(group.id, group.level, group.title, message, remedy, {"missing": missing})


def _package_folder(module: str) -> Path | None:
    spec = importlib.util.find_spec(module)
    return Path(spec.origin).parent if spec is not None and spec.origin else None
