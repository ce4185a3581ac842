"""Display, fonts and memory."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from tryon_app.doctor.libraries import install_line
from tryon_app.doctor.report import Finding, Level

_MB = 2**20
_MEMORY_WARN = 2 * 1024 * _MB
_FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"))
_CHINESE_FONTS = ("*[Nn]oto*CJK*", "*[Nn]oto*SC*", "*SourceHan*", "wqy*", "uming*", "ukai*", "Droid*Fallback*")


def check_display(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Whether a window could open (Linux; other systems always have a desktop)."""
    if not sys.platform.startswith("linux"):
        yield Finding("display", Level.OK, "Display", "of the system")
        return
    wayland, display = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    remedy = "Log in to a desktop, or use a virtual display: xvfb-run -a tryon"
    if wayland:
        there = (Path(environment.get("XDG_RUNTIME_DIR", "/")) / wayland).is_socket()
        name = f"Wayland {wayland}"
    elif display:
        there, name = _x_answers(display), f"X11 {display}"
    else:
        message = "There is none (DISPLAY and WAYLAND_DISPLAY are not set): `tryon render` works, the window does not."
        yield Finding("display", Level.WARN, "Display", message, remedy)
        return
    if there:
        yield Finding("display", Level.OK, "Display", name)
    else:
        yield Finding("display", Level.WARN, "Display", f"{name} does not answer.", remedy)


def check_fonts() -> Iterator[Finding]:
    """Fonts that have Chinese letters (Linux; other systems ship them)."""
    if not sys.platform.startswith("linux"):
        yield Finding("fonts.chinese", Level.OK, "Chinese fonts", "of the system")
        return
    found = _chinese_fonts()
    if found:
        yield Finding("fonts.chinese", Level.OK, "Chinese fonts", found[0], "", {"fonts": found})
    else:
        message = "None found: Chinese text shows as boxes."
        yield Finding("fonts.chinese", Level.WARN, "Chinese fonts", message, install_line(["fonts-noto-cjk"]))


def check_memory() -> Iterator[Finding]:
    """Memory and processor cores."""
    total, cores = psutil.virtual_memory().total, os.cpu_count() or 1
    message, details = f"{total / 1024 / _MB:.1f} GB, {cores} cores", {"bytes": total, "cores": cores}
    if total < _MEMORY_WARN:
        remedy = "Close other programs; 2 GB or more are advised."
        yield Finding("memory", Level.WARN, "Memory", message, remedy, details)
    else:
        yield Finding("memory", Level.OK, "Memory", message, "", details)


def _x_answers(display: str) -> bool:
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not number.isdecimal():
        return False
    if host not in ("", "unix"):
        return True  # a forwarded display: asking it could take long
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):  # noqa: S108
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


def _chinese_fonts() -> list[str]:
    if shutil.which("fc-list"):
        command = ["fc-list", ":lang=zh-cn", "family"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
        return sorted({line.split(",")[0].strip() for line in result.stdout.splitlines() if line.strip()})
    folders = [folder.expanduser() for folder in _FONT_FOLDERS]
    return sorted(
        {file.name for folder in folders if folder.is_dir() for name in _CHINESE_FONTS for file in folder.rglob(name)}
    )
