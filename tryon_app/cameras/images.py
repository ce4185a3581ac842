"""Pictures as a moving picture: a slideshow with slow pan and zoom."""

import logging
import math
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from tryon_app.core.errors import CameraError, InputError
from tryon_app.core.stills import STILL_SUFFIXES, read_image
from tryon_app.core.types import Frame, Point, UInt8

_log = logging.getLogger(__name__)
_ZOOM = 1.06  # a tall photo loses half of the surplus at its head and half at its feet: 3 per cent
_DRIFT = 0.02  # of the view's width, to either side
_MOST_CROP = 0.16  # a 3:2 photo is cropped, a 4:3 photo, which would lose a quarter of its height, is not
_BACKDROP_LIGHT = 0.45
_KEPT_SLIDES = 24  # about 3.3 MB each
_MOST_PAN = 0.3  # of the view's side in one slide: a panorama is not rushed through


@dataclass(frozen=True, slots=True, eq=False)
class _Slide:
    """A picture made ready: a canvas, and where the centre of the view moves on it while it zooms.

    Attributes:
        canvas: The photo at the scale of the closest view.
        start: Centre of the view at the beginning, pixels of the canvas.
        end: The same at the end.
        backdrop: What is seen beside the canvas, at the view's size; None when the canvas fills the view.
    """

    canvas: UInt8
    start: Point
    end: Point
    backdrop: UInt8 | None = None

    def view(self, progress: float, size: tuple[int, int]) -> UInt8:
        """The part to show at 0..1 of the way, scaled to `size`."""
        step = 1.0 + (_ZOOM - 1.0) * (1.0 - progress)  # canvas pixels to a pixel of the view
        centre = [a + (b - a) * progress for a, b in zip(self.start, self.end, strict=True)]
        left, top = (c - step * (side - 1) / 2 for c, side in zip(centre, size, strict=True))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        if self.backdrop is None:
            placing = np.array([[step, 0.0, left], [0.0, step, top]])
            shown: UInt8 = cv2.warpAffine(self.canvas, placing, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
            return shown
        # Only the columns that the canvas reaches are warped: less than half of the work for a photo from a phone.
        first = min(max(0, math.ceil(-left / step)), size[0] - 1)
        behind = min(max(first + 1, math.floor((self.canvas.shape[1] - 1 - left) / step) + 1), size[0])
        placing = np.array([[step, 0.0, left + step * first], [0.0, step, top]])
        shown = self.backdrop.copy()
        shown[:, first:behind] = cv2.warpAffine(
            self.canvas, placing, (behind - first, size[1]), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return shown


class ImageFolderCamera:
    """A picture, or the pictures of a folder in the order of their names, again and again.

    A wide picture fills the view; a tall one stands in full height before a blurred, darkened copy of itself. A picture
    that cannot be read is left out, unless none is left.

    Args:
        path: A picture or a folder (folders in it are not looked into).
        size: Width and height of the frames, pixels.
        seconds: How long each picture is shown.
        rate: Frames a second; frame i is of the time i / rate.
    """

    def __init__(
        self, path: Path, size: tuple[int, int] = (1280, 720), seconds: float = 6.0, rate: float = 30.0
    ) -> None:
        self._path = path
        self._size = size
        self._rate = rate
        self._frames_each = max(2, round(seconds * rate))
        self._lock = Lock()
        self._pictures: list[Path] = []
        self._slides: OrderedDict[Path, _Slide] = OrderedDict()
        self._slide: _Slide | None = None
        self._index = self._scene = self._shown = self._at = 0

    @property
    def name(self) -> str:
        """The folder's or the picture's name."""
        return self._path.name or str(self._path)

    @property
    def live(self) -> bool:
        """Frames come as fast as they are asked for."""
        return False

    @property
    def mirrored(self) -> bool:
        """Photos are shown as they are."""
        return False

    @property
    def rate(self) -> float:
        """Frames a second as asked for."""
        return self._rate

    def open(self) -> None:
        """List the pictures and read the first; an open one starts again.

        Raises:
            CameraError: Nothing there, no picture in the folder, or none that can be read.
        """
        self.close()
        with self._lock:
            self._pictures = _pictures(self._path)
            self._index = self._scene = self._shown = self._at = 0
            self._slide = self._ready_slide()

    def read(self) -> Frame | None:
        """The next frame; there is always one.

        Raises:
            CameraError: It is not open, or no picture can be read any more.
        """
        with self._lock:
            if self._slide is None:
                raise CameraError(f"{self.name} is not open.", "Choose it again.")
            if self._shown == self._frames_each and len(self._pictures) > 1:
                self._shown, self._scene, self._at = 0, self._scene + 1, self._at + 1
                self._slide = self._ready_slide()
            # A picture on its own goes on for ever, to and fro.
            progress = (1.0 - math.cos(math.pi * self._shown / self._frames_each)) / 2.0
            image = self._slide.view(progress, self._size)
            image.flags.writeable = False
            frame = Frame(
                image=image,
                index=self._index,
                timestamp_s=self._index / self._rate,
                captured_s=time.perf_counter(),
                scene=self._scene,
            )
            self._index += 1
            self._shown += 1
            return frame

    def close(self) -> None:
        """Let go of the pictures; from any thread."""
        with self._lock:
            self._slide = None
            self._slides.clear()

    def _ready_slide(self) -> _Slide:
        """The slide at the present place, or the next one that can be read."""
        while True:
            self._at %= len(self._pictures)
            picture = self._pictures[self._at]
            try:
                slide = self._slides.get(picture) or _make_slide(read_image(picture), self._size, turn=self._at % 2 > 0)
            except InputError as error:
                if len(self._pictures) == 1:
                    raise CameraError(error.message, error.remedy) from error
                _log.warning("%s is left out: %s", picture.name, error.message)
                del self._pictures[self._at]
                continue
            self._slides[picture] = slide
            self._slides.move_to_end(picture)
            if len(self._slides) > _KEPT_SLIDES:
                self._slides.popitem(last=False)
            return slide


def _pictures(path: Path) -> list[Path]:
    try:
        if not path.exists():
            raise CameraError(f"{path} does not exist.", "Check the spelling of the path.")
        if not path.is_dir():
            return [path]
        entries = sorted(path.iterdir(), key=lambda entry: (entry.name.casefold(), entry.name))
        found = [entry for entry in entries if _is_picture(entry)]
    except OSError as error:
        raise CameraError(f"{path} cannot be read ({error.strerror}).", "Check its access rights.") from error
    if not found:
        raise CameraError(f"There are no pictures in {path}.", "Put JPEG, PNG or WebP pictures in it.")
    return found


def _is_picture(entry: Path) -> bool:
    # macOS leaves hidden companions named "._photo.jpg" that hold no picture.
    return entry.suffix.lower() in STILL_SUFFIXES and not entry.name.startswith(".") and entry.is_file()


def _make_slide(photo: UInt8, size: tuple[int, int], *, turn: bool) -> _Slide:
    """Scale a photo for a view of `size` (width, height); `turn`: move the other way round, for variety."""
    height, width = photo.shape[:2]
    fills = width / height >= size[0] / size[1] * (1.0 - _MOST_CROP)
    slide = _filling(photo, size) if fills else _standing(photo, size)
    return replace(slide, start=slide.end, end=slide.start) if turn else slide


def _filling(photo: UInt8, size: tuple[int, int]) -> _Slide:
    """Covers the view, which wanders over what is left at the longer side."""
    height, width = photo.shape[:2]
    view = (size[0] * _ZOOM, size[1] * _ZOOM)
    scale = max(view[0] / width, view[1] / height)
    # No wider than the view will ever see.
    seen = round(view[0] * (1.0 + _MOST_PAN) / scale)
    left = max(0, (width - seen) // 2)
    canvas = _scaled(photo[:, left : left + seen], scale)
    slack_x, slack_y = (max(0.0, side - seen) for side, seen in zip(canvas.shape[1::-1], view, strict=True))
    middle = (canvas.shape[1] - 1) / 2
    # Heads are at the top: the view stays in the upper half of what there is to see.
    upper = (view[1] - 1) / 2
    return _Slide(canvas, (middle - slack_x / 2, upper), (middle + slack_x / 2, upper + slack_y / 2))


def _standing(photo: UInt8, size: tuple[int, int]) -> _Slide:
    """In full height before a blurred, darkened copy."""
    canvas = _scaled(photo, size[1] * _ZOOM / photo.shape[0])
    height, width = canvas.shape[:2]
    drift = min(size[0] * _DRIFT, width / 8)
    middle, across = (height - 1) / 2, (width - 1) / 2
    return _Slide(canvas, (across - drift, middle), (across + drift, middle), _backdrop(photo, *size))


def _backdrop(photo: UInt8, across: int, down: int) -> UInt8:
    """Blurred at a sixteenth of the size: that is quick, and enlarging it smooths it once more."""
    small_size = (max(2, across // 16), max(2, down // 16))
    height, width = photo.shape[:2]
    shown = max(1, min(height, round(width * down / across)))
    top = (height - shown) // 3  # more of what is around the head than of the floor
    small = cv2.resize(photo[top : top + shown], small_size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 2.5)
    dark = cv2.convertScaleAbs(small, alpha=_BACKDROP_LIGHT)
    wide: UInt8 = cv2.resize(dark, (across, down), interpolation=cv2.INTER_CUBIC)
    return wide


def _scaled(photo: UInt8, scale: float) -> UInt8:
    height, width = photo.shape[:2]
    wanted = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    scaled: UInt8 = cv2.resize(photo, wanted, interpolation=way)
    return scaled
