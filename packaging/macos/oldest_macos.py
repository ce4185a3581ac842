"""The oldest macOS that the app starts on: the newest that one of its packages was built for, as their wheels say."""

import re
from pathlib import Path

_TAG = re.compile(r"^Tag: \S+-macosx_(\d+)_(\d+)_(\w+)$", re.MULTILINE)


def oldest_macos(site: Path, machine: str) -> tuple[int, int]:
    """Version of macOS that all packages of an environment run on.

    Args:
        site: The folder that packages are installed in.
        machine: "arm64" or "x86_64".

    Returns:
        Such as (14, 0); (0, 0) where no package asks for any.
    """
    needed = (0, 0)
    for wheel in site.glob("*.dist-info/WHEEL"):
        # One wheel may serve several systems: the oldest of them counts.
        served = [
            (int(major), int(minor))
            for major, minor, kind in _TAG.findall(wheel.read_text("utf-8"))
            if kind in (machine, "universal2")
        ]
        needed = max(needed, min(served, default=(0, 0)))
    return needed
