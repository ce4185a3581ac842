"""What both readers of video files say alike."""

from pathlib import Path

from tryon_app.core.errors import CameraError

USE_ANOTHER = "Use an MP4, MOV, MKV or WebM file, or save it again with another program."
MOST_RATE = 240.0
"""Frames a second; files that claim more are not believed."""


def refuse_missing_or_empty(path: Path) -> None:
    """Before a decoder is asked, whose words would be less clear.

    Raises:
        CameraError: There is no such file, or nothing in it.
    """
    if not path.exists():
        raise CameraError(f"{path} does not exist.", "Check the spelling of the path.")
    if path.is_file() and path.stat().st_size == 0:
        raise CameraError(f"{path.name} is empty (0 bytes).", "Copy it again from where it came from.")
