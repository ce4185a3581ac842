"""Whether a window can open at all, asked before Qt is: Qt itself ends the process where it finds no display."""

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from tryon_app.core.errors import TryOnError

_NO_SCREEN_NEEDED = ("offscreen", "minimal", "vnc", "eglfs", "linuxfb")


def check_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
    """Make sure that a window can open.

    Raises:
        TryOnError: There is no display, or a system library that Qt needs is missing.
    """
    if not platform.startswith("linux"):
        return
    if environment.get("QT_QPA_PLATFORM", "").split(":")[0] in _NO_SCREEN_NEEDED:
        return
    if not (_wayland_answers(environment) or _x11_answers(environment)):
        raise TryOnError(
            "There is no display to open a window on.",
            "Run it in a desktop session, or with a virtual one: xvfb-run -a tryon mirror",
        )
    _check_libraries()


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY")
    if not name:
        return False
    path = Path(environment.get("XDG_RUNTIME_DIR", ""), name)
    return _connects(socket.AF_UNIX, str(path))


def _x11_answers(environment: Mapping[str, str]) -> bool:
    host, colon, number = environment.get("DISPLAY", "").rpartition(":")
    screen = number.split(".")[0]
    if not colon or not screen.isdigit():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{screen}"  # noqa: S108 (the place X itself uses)
        return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)
    return _connects(socket.AF_INET, (host, 6000 + int(screen)))


def _connects(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def _check_libraries() -> None:
    """Load Qt's X11 plugin the way Qt will; the loader names the library that is missing."""
    from PySide6.QtCore import QLibraryInfo

    plugin = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / "libqxcb.so"
    if not plugin.exists():
        return
    try:
        import PySide6.QtGui  # noqa: F401 (brings the Qt libraries that the plugin links to)

        ctypes.CDLL(str(plugin))
    except (ImportError, OSError) as error:
        missing = str(error).split(":")[0]
        raise TryOnError(
            f"A system library that Qt needs is missing: {missing}.",
            "Run `tryon doctor`: it names the packages to install.",
        ) from error
