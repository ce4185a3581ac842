"""What both readers of video files have in common: the file, its loops and its clock."""

import time
from abc import ABC, abstractmethod
from pathlib import Path
from threading import Lock
from typing import Any

from tryon_app.core.errors import CameraError
from tryon_app.core.types import Frame, UInt8

USE_ANOTHER = "Use an MP4, MOV, MKV or WebM file, or save it again with another program."
MOST_RATE = 240.0
"""Frames a second; files that claim more are not believed."""
_USUAL_RATE = 30.0
_LEAST_STEP_S = 1e-4


class FilmCamera(ABC):
    """A video file as a source of frames. A reader says how the file is opened, decoded and turned into pictures.

    Args:
        path: The file.
        loop: Start again at the end, for ever; each time is a new scene.
    """

    def __init__(self, path: Path, *, loop: bool = True) -> None:
        self._path = path
        self._loop = loop
        self._lock = Lock()
        self._is_open = False
        self._rate = 0.0
        self._index = self._scene = self._scene_start = 0
        self._offset_s = self._next_s = 0.0
        self._last_s = float("-inf")

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def live(self) -> bool:
        """Frames come as fast as they are asked for."""
        return False

    @property
    def mirrored(self) -> bool:
        """A film is shown as it is."""
        return False

    @property
    def rate(self) -> float:
        """Average frames a second, as the file says; known after `open`."""
        return self._rate

    @property
    @abstractmethod
    def frame_count(self) -> int | None:
        """Frames in the file, as it says or by its length; None = not known. Known after `open`."""

    def open(self) -> None:
        """Open the file; an open one starts again.

        Raises:
            CameraError: Missing, empty, no video, or of a kind that nobody here can decode.
        """
        self.close()
        with self._lock:
            self._index = self._scene = self._scene_start = 0
            self._offset_s = self._next_s = 0.0
            self._last_s = float("-inf")
            self._open_file()

    def read(self) -> Frame | None:
        """The next frame; None at the end of the file.

        Raises:
            CameraError: It is not open, or nothing in it can be decoded.
        """
        with self._lock:
            if not self._is_open:
                raise CameraError(f"{self.name} is not open.", "Choose it again.")
            found = self._next()
            if found is None and self._loop and self._index > self._scene_start:
                self._offset_s, self._scene, self._scene_start = self._next_s, self._scene + 1, self._index
                self._stop()
                self._open_file()
                found = self._next()
            return None if found is None else self._publish(*found)

    def close(self) -> None:
        """Release the file; from any thread."""
        with self._lock:
            self._is_open = False
            self._stop()

    @abstractmethod
    def _start(self) -> None:
        """Open the file and learn its rate.

        Raises:
            CameraError: It cannot be read.
        """

    @abstractmethod
    def _stop(self) -> None:
        """Release the file, also when it is not open."""

    @abstractmethod
    def _next(self) -> tuple[Any, float | None] | None:
        """The next picture as it was decoded, and its time in the file in seconds where that is known; None at the end.

        Raises:
            CameraError: Nothing in the file can be decoded.
        """

    @abstractmethod
    def _upright_rgb(self, picture: Any) -> UInt8:
        """A decoded picture as players show it, contiguous and with square pixels."""

    def _open_file(self) -> None:
        self._is_open = False
        _refuse_missing_or_empty(self._path)  # before a decoder is asked, whose words would be less clear
        self._start()
        self._is_open = True

    def _publish(self, picture: Any, shown_s: float | None) -> Frame:
        step = 1.0 / (self._rate or _USUAL_RATE)
        guess = self._last_s + step if self._index else 0.0
        when = guess if shown_s is None else shown_s + self._offset_s
        if when <= self._last_s:  # some files stand still or step back; a frame's time must not
            when = self._last_s + _LEAST_STEP_S
        self._last_s, self._next_s = when, when + step
        image = self._upright_rgb(picture)
        image.flags.writeable = False
        frame = Frame(
            image=image, index=self._index, timestamp_s=when, captured_s=time.perf_counter(), scene=self._scene
        )
        self._index += 1
        return frame


def _refuse_missing_or_empty(path: Path) -> None:
    if not path.exists():
        raise CameraError(f"{path} does not exist.", "Check the spelling of the path.")
    if path.is_file() and path.stat().st_size == 0:
        raise CameraError(f"{path.name} is empty (0 bytes).", "Copy it again from where it came from.")
