"""Video files through OpenCV, for installations without PyAV (the installers): upright, in the right shape, with the
file's own times.

What PyAV's reader adds is missing: true colours of HDR films, and scaling while decoding. Frames come as large as they
are in the file, so that whoever scales them down still has them at full size.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tryon_app.cameras.aspects import LEAST_ASPECT, MOST_ASPECT
from tryon_app.cameras.film import MOST_RATE, USE_ANOTHER, FilmCamera
from tryon_app.core.errors import CameraError
from tryon_app.core.types import UInt8


class CvVideoFileCamera(FilmCamera):
    """A video file as a source of frames.

    Args:
        path: The file.
        loop: Start again at the end, for ever; each time is a new scene.
    """

    def __init__(self, path: Path, *, loop: bool = True) -> None:
        super().__init__(path, loop=loop)
        self._capture: Any = None
        self._aspect = 1.0

    @property
    def frame_count(self) -> int | None:
        """Frames in the file, as it says; None = not known. Known after `open`."""
        count = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)) if self._capture is not None else 0
        return count if count > 0 else None

    def _start(self) -> None:
        # The loader is named: others would take "%" in a name for a series of pictures.
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture.release()
            raise CameraError(f"{self.name} is not a video that can be read.", USE_ANOTHER)
        rate = float(capture.get(cv2.CAP_PROP_FPS))
        self._rate = rate if 0 < rate <= MOST_RATE else 0.0
        self._aspect = _pixel_aspect(capture)
        self._capture = capture

    def _stop(self) -> None:
        if self._capture is not None:
            self._capture.release()
        self._capture = None

    def _next(self) -> tuple[UInt8, float | None] | None:
        good, image_bgr = self._capture.read()
        if not good:
            if self._index == 0:
                raise CameraError(f"{self.name} is damaged: no picture in it can be decoded.", USE_ANOTHER)
            return None
        shown_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
        # Nought at a later picture: the file says nothing of times.
        return image_bgr, shown_s if shown_s > 0 or self._index == self._scene_start else None

    def _upright_rgb(self, picture: UInt8) -> UInt8:
        image = np.ascontiguousarray(picture[:, :, ::-1])
        height, width = image.shape[:2]
        if self._aspect == 1.0:
            return image
        across = max(2, round(width * self._aspect / 2) * 2)  # never smaller than the file has it
        return np.asarray(cv2.resize(image, (across, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _pixel_aspect(capture: Any) -> float:
    """Width of a pixel over its height, of the upright picture; 1 where the file says nothing or nonsense."""
    across, down = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    aspect = across / down if across > 0 and down > 0 else 1.0
    if round(capture.get(cv2.CAP_PROP_ORIENTATION_META)) % 180 == 90:  # OpenCV has turned the picture
        aspect = 1 / aspect
    return float(aspect) if LEAST_ASPECT <= aspect <= MOST_ASPECT else 1.0
