"""The lower garment continued upwards to the new hem, where the old top hung lower."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import Grid, box_mean
from tryon_app.core.types import Float32, UInt8

_HIPS = 0.5
"""How far down the torso what shows below the new hem is taken for the lower garment."""
_LONGEST = 0.5
"""Most that is continued, in shoulder widths."""
_SHADOW = 0.05
"""Just below the old hem the lower garment is in its shadow: left out, in shoulder widths."""
_TRUNK = 0.45
"""Half its width, in shoulder widths."""
_SPARE = 3
"""Cells more of it that must be seen to be copied."""
_IN_SIGHT = 0.85
"""Share of the columns in which as much of the lower garment must be seen as is wanted."""
_LEANING = 0.4


def continued(seen: Labelled, left: Float32, grid: Grid) -> tuple[Float32, Float32] | None:
    """Mirrors the lower garment at the old hem.

    Args:
        seen: What the network says.
        left: float32 h x w, 0..1: old top that shows.
        grid: Where the maps lie.

    Returns:
        Where, float32 h x w, 0..1; and which pixel of the frame to copy, float32 h x w x 2. None when nowhere.
    """
    body = seen.body
    axis, length = body.spine
    if abs(float(axis[0])) > _LEANING:
        return None
    along = body.along_axis(body.middle, axis) / np.float32(length)
    old = np.where((along > _HIPS) & (seen.dress < 0.4), left, 0.0).astype(np.float32)
    lower = (seen.lower > 0.5).astype(np.uint8)
    reach = _LONGEST * body.unit / grid.pixel
    if float(old.sum()) < 6.0 or not lower.any():
        return None
    rows = np.arange(grid.height, dtype=np.float32)[:, None]
    shown = old > 0.5
    shadow = _SHADOW * body.unit / grid.pixel
    start, taken, known = _columns(seen, shown, lower, round(float(shown.sum(axis=0).max()) + 2.0 * shadow) + _SPARE)
    if known.sum() < 3.0:
        return None
    smooth = max(round(0.1 * body.unit / grid.pixel), 1)
    weight = box_mean(known[None], smooth)
    edge = box_mean((known * start)[None], smooth) / np.maximum(weight, 1e-3)
    edge = edge + shadow
    above = edge - rows
    fits = np.clip(reach - above, 0.0, 1.0) * np.clip(3.0 * weight - 0.5, 0.0, 1.0)
    where = cv2.dilate(old, np.ones((3, 3), np.uint8)) * fits * (above > -1.0)
    painted = where > 0.5
    filled = painted.any(axis=0)
    # The highest place copies the lowest: it must still be in the picture, and be lower garment.
    lowest = np.clip(2.0 * edge[0] - np.argmax(painted, axis=0), 0, 2 * grid.height).astype(int)
    there = lower[np.minimum(lowest, grid.height - 1), taken] > 0
    if not filled.any() or float(((lowest < grid.height - 1) & there)[filled].mean()) < _IN_SIGHT:
        return None
    x, y = grid.axes()
    down = grid.box.height / grid.height
    source = np.empty((grid.height, grid.width, 2), np.float32)
    source[..., 0] = x[:, taken]
    source[..., 1] = y + np.maximum(2.0 * above, 0.0) * down
    return cv2.GaussianBlur(where.astype(np.float32), (0, 0), 0.7), source


def _columns(
    seen: Labelled, shown: NDArray[np.bool_], lower: UInt8, deep: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Float32]:
    """For each column the first row of the lower garment below the old top; the column to copy, another where a hand is
    in front; and whether there is any, 1 or 0.

    Args:
        seen: What the network says.
        shown: h x w: the old top.
        lower: h x w, 1 where the lower garment is seen.
        deep: Rows that will be copied.
    """
    height, width = shown.shape
    rows, body = np.arange(height)[:, None], seen.body
    columns = shown.any(axis=0)
    bottom = np.where(columns, height - 1 - np.argmax(shown[::-1], axis=0), 0)
    below = (lower > 0) & (rows >= bottom - 1)
    start = np.argmax(below, axis=0)
    known = columns & below.any(axis=0) & (start - bottom < 5)
    # It goes on behind a hand; but it is the trunk's cloth, not a sleeve's that hangs beside it.
    axis, _ = body.spine
    across = np.abs(body.along_axis(body.middle, np.array([-axis[1], axis[0]], np.float32)))
    trunk = (seen.torso > 0.5) & (across < np.float32(_TRUNK * body.unit))
    trunks = columns & ((shown & trunk).sum(axis=0) > 0.5 * shown.sum(axis=0))
    hands = (seen.hands > 0.4) & (rows > bottom)
    behind = trunks & ~known & (hands & (rows < bottom + 5)).any(axis=0)
    blocked = behind | (trunks & known & (hands & (rows < start + deep)).any(axis=0))
    taken = np.where(blocked, _beside(lower, start, deep), np.arange(width))
    start = np.where(behind, np.maximum(start[taken], bottom + 1), start)
    return start, taken, (known | behind).astype(np.float32)


def _beside(lower: UInt8, start: NDArray[np.intp], deep: int) -> NDArray[np.intp]:
    """For each column itself where enough of the lower garment is seen, else one that mirrors it at the nearest such.

    Args:
        lower: h x w, 1 where the lower garment is seen.
        start: w: its first row.
        deep: Rows below that are wanted.
    """
    own = np.arange(lower.shape[1])
    sums = np.vstack([np.zeros_like(own)[None], np.cumsum(lower, axis=0, dtype=int)])
    end = np.minimum(start + deep, lower.shape[0])
    good = (sums[end, own] - sums[start, own] >= deep).astype(np.uint8)
    # Not right beside what is in front of it.
    good = np.flatnonzero(cv2.erode(good[None], np.ones((1, 2 * _SPARE + 1), np.uint8))[0])
    if not len(good):
        return own
    nearest = good[np.abs(own[:, None] - good).argmin(axis=1)]
    mirrored = np.clip(2 * nearest - own, 0, len(own) - 1)
    taken: NDArray[np.intp] = good[np.abs(mirrored[:, None] - good).argmin(axis=1)]
    return taken
