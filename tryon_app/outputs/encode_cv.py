"""Encoding through OpenCV, for installations without PyAV: no sound, and frames at an even pace."""

import errno
from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.errors import OutputError
from tryon_app.core.types import UInt8

_CODES = {"mp4": ("vp09", "mp4v"), "mov": ("mp4v",), "matroska": ("VP90", "mp4v"), "webm": ("VP90", "VP80")}


class CvEncoder:
    """One file being encoded. Uneven frame times become repeated and left-out frames.

    Args:
        part: The file to write.
        container: "mp4", "mov", "matroska" or "webm".
        size: Width and height.
        rate: Frames a second.

    Raises:
        OutputError: OpenCV has no encoder for the container.
    """

    def __init__(self, part: Path, container: str, size: tuple[int, int], rate: float) -> None:
        self.messages: tuple[str, ...] = ("The file has no sound: PyAV is not installed.",)
        self._part = part
        self._rate = rate
        self._written = 0
        self._origin_s: float | None = None
        self._last: UInt8 | None = None
        for code in _CODES[container]:
            self._writer = cv2.VideoWriter(str(part), cv2.VideoWriter.fourcc(*code), rate, size)
            if self._writer.isOpened():
                return
            self._writer.release()
        # OpenCV does not say why; a folder that cannot be written is found by trying.
        with part.open("wb"):
            pass
        raise OutputError(f"OpenCV has no encoder for {container} here.", "Install PyAV: pip install av.")

    def write(self, image: UInt8, timestamp_s: float) -> None:
        """Add a picture as often as its time asks for."""
        if self._origin_s is None:
            self._origin_s = timestamp_s
        due = round((timestamp_s - self._origin_s) * self._rate)
        while self._last is not None and self._written < due:
            self._put(self._last)
        self._last = np.ascontiguousarray(image[:, :, ::-1])

    def finish(self) -> None:
        """Write the last picture and the index."""
        if self._last is not None:
            self._put(self._last)
        self._writer.release()
        if not self._part.exists() or self._part.stat().st_size == 0:
            raise OSError(errno.EIO, "the encoder wrote nothing")

    def release(self) -> None:
        """Close the file."""
        self._writer.release()

    def _put(self, image_bgr: UInt8) -> None:
        self._writer.write(image_bgr)
        self._written += 1
