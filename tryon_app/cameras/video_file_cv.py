"""Video files through OpenCV, for installations without PyAV (the installers): upright, in the right shape, with the
file's own times.

What PyAV's reader adds is missing: true colours of HDR films, and scaling while decoding. Frames come as large as they
are in the file, so that whoever scales them down still has them at full size.
"""

import time
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np

from tryon_app.cameras.aspects import LEAST_ASPECT, MOST_ASPECT
from tryon_app.cameras.film import MOST_RATE, USE_ANOTHER, refuse_missing_or_empty
from tryon_app.core.errors import CameraError
from tryon_app.core.types import Frame, UInt8


class CvVideoFileCamera:
    """A video file as a source of frames.

    Args:
        path: The file.
        loop: Start again at the end, for ever; each time is a new scene.
    """

    def __init__(self, path: Path, *, loop: bool = True) -> None:
        self._path = path
        self._loop = loop
        self._lock = Lock()
        self._capture: Any = None
        self._aspect = 1.0
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
    def frame_count(self) -> int | None:
        """Frames in the file, as it says; None = not known. Known after `open`."""
        count = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)) if self._capture is not None else 0
        return count if count > 0 else None

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
            self._start()

    def read(self) -> Frame | None:
        """The next frame; None at the end of the file.

        Raises:
            CameraError: It is not open, or nothing in it can be decoded.
        """
        with self._lock:
            if self._capture is None:
                raise CameraError(f"{self.name} is not open.", "Choose it again.")
            picture = self._next()
            if picture is None and self._loop and self._index > self._scene_start:
                self._offset_s, self._scene, self._scene_start = self._next_s, self._scene + 1, self._index
                self._capture.release()
                self._start()
                picture = self._next()
            if picture is None and self._index == 0:
                raise CameraError(f"{self.name} is damaged: no picture in it can be decoded.", USE_ANOTHER)
            return None if picture is None else self._publish(picture)

    def close(self) -> None:
        """Release the file; from any thread."""
        with self._lock:
            if self._capture is not None:
                self._capture.release()
            self._capture = None

    def _start(self) -> None:
        refuse_missing_or_empty(self._path)
        # The loader is named: others would take "%" in a name for a series of pictures.
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture.release()
            raise CameraError(f"{self.name} is not a video that can be read.", USE_ANOTHER)
        rate = float(capture.get(cv2.CAP_PROP_FPS))
        self._rate = rate if 0 < rate <= MOST_RATE else 0.0
        self._aspect = _pixel_aspect(capture)
        self._capture = capture

    def _next(self) -> tuple[UInt8, float] | None:
        """A picture, blue first, and its time in the file in seconds."""
        good, image_bgr = self._capture.read()
        return (image_bgr, self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0) if good else None

    def _publish(self, picture: tuple[UInt8, float]) -> Frame:
        image_bgr, shown_s = picture
        when = shown_s + self._offset_s
        if when <= self._last_s:  # some files say nothing, stand still or step back; a frame's time must not
            when = self._last_s + 1.0 / (self._rate or 30.0)
        self._last_s, self._next_s = when, when + 1.0 / (self._rate or 30.0)
        image = self._in_shape(np.ascontiguousarray(image_bgr[:, :, ::-1]))
        image.flags.writeable = False
        frame = Frame(
            image=image, index=self._index, timestamp_s=when, captured_s=time.perf_counter(), scene=self._scene
        )
        self._index += 1
        return frame

    def _in_shape(self, image: UInt8) -> UInt8:
        """With square pixels: never smaller than the file has it."""
        height, width = image.shape[:2]
        if self._aspect == 1.0:
            return image
        across = max(2, round(width * self._aspect / 2) * 2)
        return np.asarray(cv2.resize(image, (across, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _pixel_aspect(capture: Any) -> float:
    """Width of a pixel over its height, of the upright picture; 1 where the file says nothing or nonsense."""
    across, down = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    aspect = across / down if across > 0 and down > 0 else 1.0
    if round(capture.get(cv2.CAP_PROP_ORIENTATION_META)) % 180 == 90:  # OpenCV has turned the picture
        aspect = 1 / aspect
    return float(aspect) if LEAST_ASPECT <= aspect <= MOST_ASPECT else 1.0
