"""Photographs for backgrounds and prints: what wallpaper packages and scikit-image put on a machine.

On Debian: lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers gnome-backgrounds
mate-backgrounds ukui-wallpapers. Without them only scikit-image's pictures are used, and the data differs.
"""

import hashlib
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.types import UInt8

_FOLDERS = (Path("/usr/share/backgrounds"), Path("/usr/share/wallpapers"))
_SKIMAGE = (
    "chelsea",
    "coffee",
    "rocket",
    "brick",
    "grass",
    "gravel",
    "camera",
    "coins",
    "page",
    "moon",
    "text",
    "clock",
)
_LONGEST = 900
_LARGE = 1_000_000
_HELD_OUT = 5
"""Every so many photographs is kept for the hold-out."""


class Photos:
    """A stock of photographs, in an order that is the same everywhere.

    Args:
        held_out: Whether the hold-out's share is wanted, or all others.
    """

    def __init__(self, held_out: bool) -> None:
        self._held_out = held_out

    def pick(self, random: np.random.Generator, width: int, height: int) -> UInt8:
        """Some part of some photograph, uint8 RGB."""
        stock = _stock(self._held_out)
        photo = stock[int(random.integers(len(stock)))]
        scale = max(height / photo.shape[0], width / photo.shape[1]) * float(random.uniform(1.0, 2.2))
        size = max(width, round(photo.shape[1] * scale)), max(height, round(photo.shape[0] * scale))
        scaled = cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        y, x = int(random.integers(size[1] - height + 1)), int(random.integers(size[0] - width + 1))
        return np.ascontiguousarray(scaled[y : y + height, x : x + width])

    @property
    def fingerprint(self) -> str:
        """Says which photographs there are: data made with others has another hash."""
        digest = hashlib.sha256()
        for photo in _stock(self._held_out):
            digest.update(photo.tobytes())
        return digest.hexdigest()


@cache
def _stock(held_out: bool) -> tuple[UInt8, ...]:
    """All photographs there are of one share, read once: some packages bring hundreds, as large as screens."""
    found = [photo for path in _files() if (photo := _read(path)) is not None] + _from_skimage()
    return tuple(photo for number, photo in enumerate(found) if (number % _HELD_OUT == 0) == held_out)


def _files() -> list[Path]:
    """One file of each picture: packages bring the same one in many sizes."""
    best: dict[str, Path] = {}
    for folder in _FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp"} or path.stat().st_size < 20_000:
                continue
            name = str(path.parents[2].name) if path.parent.name.startswith("images") else path.stem
            if name not in best or path.stat().st_size < best[name].stat().st_size:
                best[name] = path
    return [best[name] for name in sorted(best)]


def _read(path: Path) -> UInt8 | None:
    # Decoded at a quarter where that still leaves enough: some are as large as screens.
    quick = cv2.IMREAD_REDUCED_COLOR_4 if path.stat().st_size > _LARGE else cv2.IMREAD_COLOR
    photo = cv2.imdecode(np.fromfile(path, np.uint8), quick)
    if photo is None:
        return None
    scale = min(1.0, _LONGEST / max(photo.shape[:2]))
    photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(photo[..., ::-1])


def _from_skimage() -> list[UInt8]:
    from skimage import data

    found = []
    for name in _SKIMAGE:
        try:
            photo = np.asarray(getattr(data, name)())
        except (OSError, ImportError, AttributeError):  # some are fetched on demand, which may not be possible
            continue
        photo = np.repeat(photo[..., None], 3, axis=2) if photo.ndim == 2 else photo[..., :3]
        found.append(np.ascontiguousarray(photo.astype(np.uint8)))
    return found
