"""The room behind the person, as earlier frames of a camera that stands still have shown it.

What an old sleeve hides beside a bare arm cannot be told from one picture; a mirror has seen it a moment before.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.compositing.maps import Grid, shrunk_to
from tryon_app.compositing.skin import spread
from tryon_app.core.types import Float32, Frame, Rect, UInt8

_SIDE = 640
"""Longer side of the plate, pixels: webcams are soft, and what lies behind a person is softer."""
_EVERY = 4
"""Every so many frames are looked at."""
_SETTLED = 5
"""So often a place must have looked the same before it counts: what walks by behind is no room."""
_SAME = 22
"""Difference of colours, 0..255, up to which a place looks the same."""
_FOLLOW = 0.25
"""How fast what stays follows its light."""
_PERSON, _ASIDE = 0.06, 0.018
"""Of a person's mask, what counts as person; and how far from it nothing is room, as a share of the mask's width."""
_ANCHOR_SIDE = 112
"""Longer side of the picture by which a movement of the camera is noticed."""
_MOVED = 0.25
"""Movement in its pixels that spoils the plate."""
_OUTLIER, _CALM = 22.0, 0.8
"""Differences above the first are things that moved, not the camera, unless they are more than this leaves."""
_EXPLAINED = 0.4
"""Share of the differences that a movement of the camera must explain."""
_LEAST_SEEN = 0.06
"""Share of the picture that must be free of people for a movement to be noticed."""
_FIRM = 0.5
"""Squares of slopes per pixel, in mean, without which there is nothing to tell a movement by."""
_NEAR = 3
"""How far light is carried on from what is seen of the room: up to nine times so many cells."""


class Plate:
    """Collects the room while a person moves before it, or before they come.

    A camera that moves, or a picture of another shape, spoils it: then it begins anew.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the room."""
        self._count, self._scene = 0, 0
        self._shape = self._size = (0, 0)
        self._colour: UInt8 | None = None
        self._often: UInt8 = np.zeros((0, 0), np.uint8)
        self._anchor: tuple[Float32, NDArray[np.bool_]] | None = None

    def watch(self, frame: Frame, person: Float32 | None) -> None:
        """See what is room in a frame.

        Args:
            frame: The picture.
            person: float32 h x w, 0..1, over the whole frame at a resolution of its own; None = nobody is there.
        """
        size = _size(frame, _SIDE)
        if self._size != size or self._scene != frame.scene:
            self.reset()
            self._size, self._scene = size, frame.scene
        self._shape = frame.height, frame.width
        self._count += 1
        if (self._count - 1) % _EVERY:
            return
        small = shrunk_to(frame.image, size)
        free = _free(person, (small.shape[1], small.shape[0]))
        if self._camera_moved(small, free, _size(frame, _ANCHOR_SIDE)):
            self._colour = None
        if self._colour is None:
            self._colour = small.copy()
            self._often = free // 255
            return
        apart = cv2.absdiff(small, self._colour)
        red, green, blue = cv2.split(apart)
        same = cv2.compare(cv2.max(cv2.max(red, green), blue), _SAME, cv2.CMP_LE)
        stays = cv2.bitwise_and(free, cv2.min(same, cv2.compare(self._often, 0, cv2.CMP_GT)))
        changed = cv2.bitwise_and(free, cv2.bitwise_not(stays))
        followed = cv2.addWeighted(small, _FOLLOW, self._colour, 1.0 - _FOLLOW, 0.0)
        cv2.copyTo(followed, stays, self._colour)
        cv2.copyTo(small, changed, self._colour)
        cv2.add(self._often, 1, self._often, mask=stays)
        self._often[changed > 0] = 1

    def behind(self, grid: Grid, small: UInt8, background: Float32) -> "Room | None":
        """What is known of the room over a box of the frame that was watched last; None when that is nothing.

        Args:
            grid: Cells over the box.
            small: uint8 h x w x 3, the picture there.
            background: float32 h x w, 0..1: where the room is seen now.
        """
        if self._colour is None:
            return None
        settled = np.asarray(cv2.compare(self._often, _SETTLED, cv2.CMP_GE), np.uint8)
        height, width = self._shape
        known = grid.mask(settled.astype(np.float32) * np.float32(1.0 / 255.0), width, height)
        known = np.clip(2.0 * cv2.erode(known, np.ones((3, 3), np.uint8)) - 1.0, 0.0, 1.0).astype(np.float32)
        if not known.any():
            return None
        colour = grid.mask(self._colour.astype(np.float32), width, height)
        # Light changes while a place is hidden: it is as much lighter there as beside it.
        trusted = known * np.clip(2.0 * background - 1.0, 0.0, 1.0)
        change = cv2.addWeighted(small.astype(np.float32), 0.5, colour, -0.5, 128.0)
        carried = spread(cv2.convertScaleAbs(change), np.asarray(trusted, np.float32), _NEAR)
        change = np.asarray((carried - np.float32(128.0)) * np.float32(2.0), np.float32)
        return Room(self._colour, self._shape, grid, known, np.clip(colour + change, 0.0, 255.0), change)

    def _camera_moved(self, small: UInt8, free: UInt8, size: tuple[int, int]) -> bool:
        """Whether the room lies elsewhere than when it was seen first."""
        grey = cv2.cvtColor(shrunk_to(small, size), cv2.COLOR_RGB2GRAY).astype(np.float32)
        grey = cv2.GaussianBlur(grey, (0, 0), 1.0)
        seen = cv2.resize(free, size, interpolation=cv2.INTER_AREA) == 255
        if self._anchor is None:
            self._anchor = grey, seen
            return False
        first, then = self._anchor
        shift = _shift(first, grey, then & seen)
        if shift is not None and shift > _MOVED:
            self._anchor = grey, seen
            return True
        if shift is not None and seen.sum() > 1.2 * then.sum():
            # More of the room is seen now, at the same place.
            self._anchor = grey, seen
        return False


class Room:
    """What is known of the room over a box of a frame.

    Args:
        plate: uint8, over the whole frame at a resolution of its own.
        shape: Height and width of the frame.
        grid: Cells over the box.
        known: float32 h x w, 0..1: where it is known.
        colour: float32 h x w x 3, 0..255: in the light of this frame.
        change: float32 h x w x 3: by how much its light differs from the plate's.

    Attributes:
        known: As above.
        colour: As above.
    """

    def __init__(
        self, plate: UInt8, shape: tuple[int, int], grid: Grid, known: Float32, colour: Float32, change: Float32
    ) -> None:
        self.known, self.colour = known, colour
        self._plate, self._shape, self._grid, self._change = plate, shape, grid, change

    def picture(self, box: Rect) -> UInt8:
        """The room in a box of the frame at full size: uint8 H x W x 3."""
        down, across = self._plate.shape[0] / self._shape[0], self._plate.shape[1] / self._shape[1]
        matrix = np.array(
            [
                [across, 0.0, (box.x0 + 0.5) * across - 0.5],
                [0.0, down, (box.y0 + 0.5) * down - 0.5],
            ]
        )
        plate = cv2.warpAffine(
            self._plate,
            matrix,
            (box.width, box.height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(cv2.add(plate, self._grid.enlarged(self._change, box), dtype=cv2.CV_8U), np.uint8)


def _size(frame: Frame, side: int) -> tuple[int, int]:
    """Width and height of the frame made so small that its longer side has so many pixels; never larger."""
    scale = min(1.0, side / max(frame.width, frame.height))
    return max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)


def _free(person: Float32 | None, size: tuple[int, int]) -> UInt8:
    """255 where nobody is near, 0 elsewhere."""
    if person is None:
        return np.full((size[1], size[0]), 255, np.uint8)
    radius = max(round(_ASIDE * person.shape[1]), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    near = cv2.dilate(cv2.compare(person, _PERSON, cv2.CMP_GT), kernel)
    return np.asarray(cv2.compare(cv2.resize(near, size, interpolation=cv2.INTER_LINEAR), 0, cv2.CMP_EQ), np.uint8)


def _shift(first: Float32, now: Float32, where: NDArray[np.bool_]) -> float | None:
    """How far a picture has moved or grown since the first one: pixels at its rim; None where nothing tells.

    One step of Lucas and Kanade (1981): exact for what is small, and what is large need not be known exactly.
    """
    y, x = np.nonzero(cv2.erode(where.astype(np.uint8), np.ones((3, 3), np.uint8)))
    if len(x) < _LEAST_SEEN * where.size:
        return None
    height, width = first.shape
    across, down = cv2.Scharr(first, cv2.CV_32F, 1, 0)[y, x] / 32.0, cv2.Scharr(first, cv2.CV_32F, 0, 1)[y, x] / 32.0
    apart = (first - now)[y, x]
    # The exposure may have changed: the middle difference is no movement.
    apart = apart - np.median(apart)
    grows = (across * (x - 0.5 * width) + down * (y - 0.5 * height)) / (0.5 * width)
    steep = np.stack([across, down, grows], axis=1).astype(np.float32)
    calm = np.abs(apart) < _OUTLIER
    if calm.mean() < _CALM:
        return np.inf
    steep, apart = steep[calm], apart[calm]
    normal = steep.T @ steep
    if float(np.trace(normal[:2, :2])) < 2.0 * _FIRM * len(steep):
        return None
    move = np.linalg.solve(normal + 1e-3 * np.eye(3), steep.T @ apart)
    explained = 1.0 - float(((apart - steep @ move) ** 2).sum()) / max(float((apart**2).sum()), 1e-6)
    # Shadows that move, and somebody else, change a picture in other ways than a camera does.
    return float(np.hypot(move[0], move[1]) + abs(move[2])) if explained > _EXPLAINED else 0.0
