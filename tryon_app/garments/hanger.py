"""Hangers that were photographed along: the hook above the collar, the bar between straps, the piece in the neck.

Only a hook tells that there is a hanger: a thin thing that rises from the middle of the upper edge. Without one nothing
is touched.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.core.types import UInt8
from tryon_app.garments.backdrop import Mask, connected_to
from tryon_app.garments.matting import bleed

_SIDE = 512
# All in widths of the garment. A hook or bar is at most twice as thick as `_THIN`.
_THIN = 0.03
_STEM = 0.06
"""Half the width of the middle, where the hook comes out."""
_RISE = 0.05
"""How far a hook rises above everything else, at least."""
_CLOTH = 0.16
"""A row this wide across the middle is cloth, not the stem of a hook."""
_OPEN_BELOW = 0.04
_NECK_WIDTH, _NECK_DEPTH = 0.17, 0.2
_BESIDE = 0.07
_LABEL = 0.012
"""Area of the largest label, in squares of the garment's width."""
_OTHER_COLOUR = 14.0
"""Distance in Lab between the hanger and the cloth behind it."""
_SAME_COLOUR = 12
_MOST_OF_NECK = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """The silhouette at working size.

    Attributes:
        solid: All of it.
        thin: What is as thin as a hook or a bar; straps too.
        rest: What hangs together with the massive parts even without the thin things in the middle.
        middle: Column of the axis.
        width: Of the garment, pixels.
        top: First row of `rest`.
    """

    solid: Mask
    thin: Mask
    rest: Mask
    middle: int
    width: float
    top: int


def without_hanger(rgba: UInt8) -> UInt8:
    """Take a hanger out of a cut-out.

    Args:
        rgba: uint8 H x W x 4, straight alpha.

    Returns:
        The same picture where there is no hanger. Otherwise one in which it is transparent, and painted over with the
        cloth around it where it lies in front of the inside of the collar.
    """
    height, width = rgba.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    alpha = cv2.resize(rgba[..., 3], size, interpolation=cv2.INTER_AREA)
    shape = _shape(np.asarray(alpha > 127, dtype=bool))
    if shape is None:
        return rgba
    hook = _hook(shape)
    if not hook.any():
        return rgba
    gone = hook | _bar(shape, hook)
    left = connected_to(shape.solid & ~gone, shape.rest & ~shape.thin)
    gone |= shape.solid & ~left
    # The soft edge goes too; where cloth is next to it, the cloth stays.
    gone |= cv2.dilate(gone.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~left
    kept = np.asarray(rgba[..., 3]).copy()
    kept[_enlarged(gone, width, height)] = 0
    # Of a wire only traces of alpha are there, too faint for the silhouette.
    kept[: max(0, int(np.flatnonzero(left.any(axis=1))[0] / scale) - 2)] = 0
    label = _label(left, shape)
    kept[_enlarged(label, width, height)] = 255
    rgb = np.ascontiguousarray(rgba[..., :3])
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    piece = _piece_in_neck(small, left | label, shape)
    if piece.any():
        rgb = np.asarray(cv2.inpaint(rgb, _enlarged(piece, width, height).astype(np.uint8), 5, cv2.INPAINT_TELEA))
    return bleed(rgb, kept)


def _shape(solid: Mask) -> _Shape | None:
    columns = np.flatnonzero(solid.any(axis=0))
    if len(columns) < 16:
        return None
    width = float(np.ptp(columns) + 1)
    body = cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_OPEN, _disc(_THIN * width)).astype(bool)
    if not body.any():
        return None
    spread = np.flatnonzero(body.any(axis=0))
    middle = round(0.5 * float(spread[0] + spread[-1]))
    thin = solid & ~body
    stem = thin & (np.abs(np.arange(solid.shape[1]) - middle) <= _STEM * width)
    rest = connected_to(solid & ~stem, body)
    return _Shape(solid, thin, rest, middle, width, int(np.flatnonzero(rest.any(axis=1))[0]))


def _hook(shape: _Shape) -> Mask:
    """The thin thing in the middle, from its upper end down to the cloth; empty where it does not rise high enough."""
    hook = shape.solid & ~shape.rest
    high = hook.copy()
    high[max(0, round(shape.top - _RISE * shape.width)) :] = False
    if not high.any():
        return high
    hook = connected_to(hook, high)
    for row in range(shape.top, hook.shape[0]):
        gaps = np.flatnonzero(~shape.solid[row])
        place = int(np.searchsorted(gaps, shape.middle))
        left = gaps[place - 1] if place else -1
        right = gaps[place] if place < len(gaps) else shape.solid.shape[1]
        if shape.solid[row, shape.middle] and right - left - 1 > _CLOTH * shape.width:
            hook[row:] = False
            break
    return hook


def _bar(shape: _Shape, hook: Mask) -> Mask:
    """The bar between straps, with the backdrop above and below it."""
    nothing = np.zeros_like(hook)
    ends = np.flatnonzero(hook.any(axis=1))[-1] + 1
    column = shape.solid[ends:, shape.middle]
    if not column.any():
        return nothing
    first = int(column.argmax())
    empty = np.flatnonzero(~column[first:])
    if not len(empty) or empty[0] > 2 * _THIN * shape.width + 2:
        return nothing
    below = column[first + empty[0] :]
    gap = int(below.argmax()) if below.any() else len(below)
    if gap < _OPEN_BELOW * shape.width:
        return nothing
    bottom = ends + first + int(empty[0])
    # The inner sides of the straps, looked for in the open gap.
    row = shape.solid[min(bottom + gap // 2, shape.solid.shape[0] - 1)]
    left, right = np.flatnonzero(row[: shape.middle]), np.flatnonzero(row[shape.middle :])
    if not len(left) or not len(right):
        return nothing
    between = nothing.copy()
    between[:bottom, left[-1] + 1 : shape.middle + right[0]] = True
    return np.asarray(
        connected_to(shape.thin & between, between & cv2.dilate(hook.astype(np.uint8), _disc(3)).astype(bool))
    )


def _label(left: Mask, shape: _Shape) -> Mask:
    """A white label in the neck, taken for a hole because the hook hid how high it lies."""
    rim = np.ones(left.shape, bool)
    rim[1:-1, 1:-1] = False
    holes = ~left & ~connected_to(~left, rim & ~left)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(holes.astype(np.uint8), connectivity=4)
    label = np.zeros_like(left)
    for index in range(1, count):
        x, y, wide, high, area = (int(value) for value in stats[index])
        central = abs(x + wide / 2 - shape.middle) < _STEM * shape.width
        upper = y + high - shape.top < 2 * _NECK_DEPTH * shape.width
        if central and upper and wide > 1.3 * high and area < _LABEL * shape.width**2:
            label |= labels == index
    return label


def _piece_in_neck(rgb: UInt8, solid: Mask, shape: _Shape) -> Mask:
    """What runs on below the hook in front of the inside of the collar, and has another colour than that."""
    height, width = solid.shape
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0), cv2.COLOR_RGB2LAB)
    neck = np.zeros((height, width), bool)
    reach = round(_NECK_WIDTH * shape.width)
    low = shape.top + round(_NECK_DEPTH * shape.width)
    neck[shape.top : low, max(0, shape.middle - reach) : shape.middle + reach + 1] = True
    neck &= solid
    beside = round(_BESIDE * shape.width)
    sides = [int(np.clip(shape.middle + way * beside, 0, width - 1)) for way in (-1, 1)]
    away = np.linalg.norm(
        lab[:, shape.middle].astype(np.float32) - lab[:, sides].astype(np.float32).mean(axis=1), axis=1
    )
    rows = np.flatnonzero(neck[:, shape.middle] & (away > _OTHER_COLOUR))
    if not len(rows):
        return np.zeros_like(neck)
    row = int(rows[min(2, len(rows) - 1)])
    frame = np.zeros((height + 2, width + 2), np.uint8)
    frame[1:-1, 1:-1] = ~neck
    tolerance = (_SAME_COLOUR,) * 3
    cv2.floodFill(
        lab, frame, (shape.middle, row), (0, 0, 0), tolerance, tolerance, 4 | (2 << 8) | cv2.FLOODFILL_MASK_ONLY
    )
    piece = frame[1:-1, 1:-1] == 2
    if piece.sum() > _MOST_OF_NECK * neck.sum():
        return np.zeros_like(neck)
    return np.asarray(cv2.dilate(piece.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & neck, dtype=bool)


def _enlarged(mask: Mask, width: int, height: int) -> Mask:
    large = cv2.resize(mask.astype(np.uint8) * 255, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large > 127, dtype=bool)


def _disc(radius: float) -> UInt8:
    side = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), dtype=np.uint8)
