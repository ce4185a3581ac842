"""What the old garment leaves showing around the new one: skin where a limb or the neck is, the lower garment below a
hem, the surroundings along narrow rims. What would not look natural is left as it is.

Everything is painted below the new garment, at the size of the small maps; only the lower garment's cloth is copied
from the frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.compositing.bare import bare_body, can_bare, old_sleeve
from tryon_app.compositing.hem import continued
from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import Grid, strongest
from tryon_app.compositing.skin import Skin, spread
from tryon_app.core.types import BodyPart, Fit, Float32, Frame, Labels, Material, Rect, Slot, UInt8

_WHOLE_SLEEVE = 1.8
"""A new sleeve that goes so far leaves no arm to bare."""
_BESIDE = 0.04
"""How near the colours beside a rim are taken from, in shoulder widths."""
_LEAST = 6.0
"""Cells of leftovers worth the work."""
_RIM = 0.12
"""Rims are repaired up to that width, in shoulder widths."""
_LEGS = tuple(BodyPart[f"{side}_{name}"] for side in ("LEFT", "RIGHT") for name in ("THIGH", "SHIN", "FOOT"))


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What to paint over the frame before the garments are laid on.

    Attributes:
        grid: Where the maps lie.
        colour: float32 h x w x 3, 0..255.
        alpha: float32 h x w, 0..1.
        copied: Where the frame is copied, float32 h x w, 0..1, and from which pixel, float32 h x w x 2; or None.
        box: What is touched, a box of the frame.
    """

    grid: Grid
    colour: Float32
    alpha: Float32
    copied: tuple[Float32, Float32] | None
    box: Rect

    def paint(self, image: UInt8, original: UInt8) -> None:
        """Lay it over a picture.

        Args:
            image: uint8 H x W x 3, changed.
            original: The frame.
        """
        target = np.ascontiguousarray(image[self.box.slices])
        alpha = self.grid.enlarged(self.alpha, self.box)
        colour = cv2.convertScaleAbs(self.grid.enlarged(self.colour, self.box))
        target = cv2.blendLinear(colour, target, alpha, 1.0 - alpha)
        if self.copied is not None:
            share = self.grid.enlarged(self.copied[0], self.box)
            way = self.grid.enlarged(self.copied[1], self.box)
            cloth = cv2.remap(original, way, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            target = cv2.blendLinear(cloth, target, share, 1.0 - share)
        image[self.box.slices] = target


class Fill:
    """Plans the painting. Remembers which arms it bared, so that nothing flickers at a limit."""

    def __init__(self) -> None:
        self._before: dict[int, bool] = {}

    def reset(self) -> None:
        """Forget the past."""
        self._before.clear()

    def bare(self, seen: Labelled, fit: Fit, sleeves: Mapping[int, float], grid: Grid) -> "Bared":
        """Decide which arms can be bared, and tell the evidence, so that the garment closes in around them.

        Args:
            seen: What the network says; changed.
            fit: The new garments.
            sleeves: Side, +1 left, -1 right -> how far down the arm the new sleeves go.
            grid: Where the maps lie.
        """
        skin = Skin(seen, grid.pixel) if replaces_top(fit) else None
        arms = {}
        for side in (1, -1):
            reach = sleeves.get(side, 0.0)
            bared = skin is not None and skin.known and reach < _WHOLE_SLEEVE
            bared = bared and can_bare(seen, side, reach, grid, self._before.get(side, False))
            self._before[side] = bared
            if bared:
                seen.bare_arm(side)
                arms[side] = reach
        return Bared(skin, arms)


@dataclass(frozen=True, slots=True, eq=False)
class Bared:
    """What was decided about the old top.

    Attributes:
        skin: The person's; None where no top is replaced.
        arms: Side, +1 left, -1 right -> from where on the arm is bared, 0 the shoulder, 1 the elbow, 2 the wrist.
    """

    skin: Skin | None
    arms: Mapping[int, float]

    def patch(self, seen: Labelled, cover: Float32, grid: Grid) -> Patch | None:
        """What to paint, or None when nothing is left over.

        Args:
            seen: What the network says.
            cover: float32 h x w, 0..1: where the new garments lie.
            grid: Where the maps lie.
        """
        if self.skin is None:
            return None
        keep = 1.0 - _untouched(seen)
        left = np.asarray(seen.upper * (1.0 - cover) * keep, np.float32)
        if float(left.sum()) < _LEAST:
            return None
        cells = seen.body.unit / grid.pixel
        hem = continued(seen, left, grid)
        below = np.zeros_like(left) if hem is None else hem[0]
        shape, shade = bare_body(seen, self.arms, grid)
        if not self.skin.known:
            shape = np.zeros_like(left)
        clothed = [seen.sleeve(side, 0.0) for side in (1, -1) if side not in self.arms]
        elsewhere = left * (1.0 - strongest([shape, below, *clothed]))
        sleeves = [old_sleeve(seen, side, reach) for side, reach in self.arms.items()]
        wanted = strongest([left * shape, _narrow(elsewhere, _RIM * cells), *sleeves])
        # The edge of the old cloth is soft: without a cell more, a thin line of it stays around what is painted.
        alpha = cv2.dilate(wanted, np.ones((3, 3), np.uint8))
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.6) * keep, np.float32)
        box = _box_of(np.maximum(alpha, below), grid)
        if box.empty:
            return None
        colour = spread(seen.small, _surroundings(seen), max(round(_BESIDE * cells), 1))
        if self.skin.known:
            bare = np.minimum(shape, seen.person)[..., None]
            painted = np.minimum(self.skin.colour() * shade[..., None], np.float32(255.0))
            colour = np.asarray(painted * bare + colour * (np.float32(1.0) - bare), np.float32)
        return Patch(grid, colour, alpha, hem, box)


def replaces_top(fit: Fit) -> bool:
    """Whether a top or dress is put on: a jacket is worn over what the person has on."""
    return any(item.pieces and item.worn.garment.slot in {Slot.TOP, Slot.DRESS} for item in fit.garments)


def with_old_top(roi: Rect, labels: Labels, frame: Frame, fit: Fit) -> Rect:
    """The garments' box, widened to hold the old top on arms and trunk where it is replaced."""
    if not replaces_top(fit):
        return roi
    mask = (labels.material(Material.UPPER, Material.DRESS) > 0.3) & (labels.part(*_LEGS) < 0.5)
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if not width or not height:
        return roi
    back = cv2.invertAffineTransform(labels.matrix.astype(np.float64))
    corners = np.array([[x - 2, y - 2], [x + width + 1, y + height + 1]]) @ back[:, :2].T + back[:, 2]
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    # Below an old hem as much again is looked at: it is continued upwards.
    y1 += max(min(y1 - roi.y1, roi.height), 0)
    return Rect(int(x0), int(y0), int(x1), int(y1)).union(roi).clipped(frame.width, frame.height)


def _untouched(seen: Labelled) -> Float32:
    """Hands, head and things carried; the line where a cuff ends on a hand may be painted."""
    hands = cv2.erode(strongest([seen.hand(1), seen.hand(-1)]) * (1.0 - seen.upper), np.ones((3, 3), np.uint8))
    return strongest([np.asarray(hands, np.float32), seen.head(), seen.objects])


def _surroundings(seen: Labelled) -> Float32:
    """What neither is nor borders on the old top or the arms: its colours may be carried on."""
    taken = strongest([seen.upper, seen.whole_arm(1), seen.whole_arm(-1), seen.head()])
    near = cv2.dilate(taken, np.ones((5, 5), np.uint8))
    return np.where(near < 0.3, np.clip(seen.background + seen.lower, 0.0, 1.0), 0.0).astype(np.float32)


def _narrow(left: Float32, width: float) -> Float32:
    """What of some leftovers is narrow; wide patches stay whole."""
    radius = max(round(0.5 * width), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    mask = (left > 0.4).astype(np.uint8)
    wide = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
    near_wide = cv2.dilate(wide, kernel)
    return np.where(near_wide > 0, 0.0, left).astype(np.float32)


def _box_of(touched: Float32, grid: Grid) -> Rect:
    """The box of the frame around what is touched."""
    x, y, width, height = cv2.boundingRect((touched > 0.02).astype(np.uint8))
    if not width or not height:
        return Rect(0, 0, 0, 0)
    across, down, box = grid.box.width / grid.width, grid.box.height / grid.height, grid.box
    return Rect(
        max(int(box.x0 + (x - 1) * across), box.x0),
        max(int(box.y0 + (y - 1) * down), box.y0),
        min(int(box.x0 + (x + width + 1) * across) + 1, box.x1),
        min(int(box.y0 + (y + height + 1) * down) + 1, box.y1),
    )
