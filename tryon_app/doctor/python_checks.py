"""Python itself and the packages of the app."""

import importlib.util
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from tryon_app.doctor.report import Finding, Level

_SUPPORTED = ((3, 11), (3, 13))  # from, below
_OLDEST_GLIBC = (2, 28)  # what the wheels of Qt and OpenCV are built for

# Distribution -> module. Looked up, not imported: an import may take seconds, or abort in a broken library.
_NEEDED = {
    "av": "av",
    "cv2-enumerate-cameras": "cv2_enumerate_cameras",
    "mediapipe": "mediapipe",
    "numpy": "numpy",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "platformdirs": "platformdirs",
    "psutil": "psutil",
    "pydantic": "pydantic",
    "PySide6": "PySide6",
    "rich": "rich",
    "scipy": "scipy",
    "tomli-w": "tomli_w",
    "trimesh": "trimesh",
    "typer": "typer",
}
# Its builds hold GPL encoders: installers go without and read and write videos through OpenCV.
_NOT_IN_INSTALLERS = frozenset({"av"})
_OPENCV = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
_MEDIAPIPE = "0.10.31"
_REINSTALL = "Run `make run` in the source folder again, or install the app again."


def check_python() -> Iterator[Finding]:
    """Version, word size and, on Linux, the C library."""
    version = platform.python_version()
    details = {"version": version, "executable": sys.executable, "machine": platform.machine()}
    low, high = _SUPPORTED
    if not low <= sys.version_info[:2] < high:
        yield Finding("python", Level.FAIL, "Python", f"{version} is not supported.", "Use 3.11 or 3.12.", details)
    elif sys.maxsize < 2**32:
        yield Finding("python", Level.FAIL, "Python", f"{version} is a 32-bit one.", "Use a 64-bit Python.", details)
    else:
        yield Finding("python", Level.OK, "Python", f"{version}, {sys.executable or 'built in'}", "", details)
    name, libc = platform.libc_ver()
    found = tuple(int(part) for part in re.findall(r"\d+", libc)[:2])
    if sys.platform.startswith("linux") and (name != "glibc" or found < _OLDEST_GLIBC):
        message = f"{name or 'C library'} {libc} is too old or of another kind."
        yield Finding("python.libc", Level.FAIL, "C library", message, "Use a Linux with glibc 2.28 or later.")


def check_packages() -> Iterator[Finding]:
    """Whether all are there, and none that get into each other's way."""
    left_out = _NOT_IN_INSTALLERS if getattr(sys, "frozen", False) else frozenset()
    needed = {name: module for name, module in _NEEDED.items() if name not in left_out}
    versions = {name: _version(name) for name in (*needed, "onnxruntime-gpu", "onnxruntime")}
    missing = [name for name, module in needed.items() if importlib.util.find_spec(module) is None]
    if importlib.util.find_spec("onnxruntime") is None:
        missing.append("onnxruntime" if sys.platform == "darwin" else "onnxruntime-gpu")
    details = {name: version for name, version in versions.items() if version}
    if missing:
        message = f"Missing: {', '.join(missing)}."
        yield Finding("packages", Level.FAIL, "Packages", message, _REINSTALL, details)
    conflicts = list(_conflicts(versions))
    yield from conflicts
    if not missing and not conflicts:
        yield Finding("packages", Level.OK, "Packages", f"all {len(needed) + 1} are there", "", details)


def _conflicts(versions: dict[str, str]) -> Iterator[Finding]:
    if versions["onnxruntime"] and versions["onnxruntime-gpu"]:
        yield Finding(
            "packages.onnxruntime",
            Level.FAIL,
            "Packages",
            "onnxruntime and onnxruntime-gpu are both installed and overwrite each other.",
            "pip uninstall -y onnxruntime onnxruntime-gpu && pip install onnxruntime-gpu",
        )
    others = [name for name in _OPENCV if _version(name)]
    if others:
        yield Finding(
            "packages.opencv",
            Level.FAIL,
            "Packages",
            f"{', '.join(others)} overwrites opencv-python-headless and may break Qt.",
            f"pip uninstall -y {' '.join(others)} && pip install --force-reinstall --no-deps opencv-python-headless",
        )
    if versions["PySide6"] == "6.12.0" and sys.version_info[:2] == (3, 11):
        message = "PySide6 6.12.0 aborts on Python 3.11."
        yield Finding("packages.pyside6", Level.FAIL, "Packages", message, "pip install 'pyside6!=6.12.0'")
    if versions["mediapipe"] not in ("", _MEDIAPIPE):
        message = f"mediapipe {versions['mediapipe']} is not the version that was tested ({_MEDIAPIPE})."
        yield Finding("packages.mediapipe", Level.WARN, "Packages", message, f"pip install mediapipe=={_MEDIAPIPE}")


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
