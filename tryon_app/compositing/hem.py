"""The lower garment continued upwards to the new hem, where the old top hung lower."""

import cv2
import numpy as np

from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import Grid, box_mean
from tryon_app.core.types import Float32

_HIPS = 0.5
"""How far down the torso what shows below the new hem is taken for the lower garment."""
_LONGEST = 0.5
"""Most that is continued, in shoulder widths."""
_SHADOW = 0.05
"""Just below the old hem the lower garment is in its shadow: left out, in shoulder widths."""
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
    columns = shown.any(axis=0)
    # In each column: the lowest place of the old top, and the first of the lower garment below it.
    bottom = np.where(columns, grid.height - 1 - np.argmax(shown[::-1], axis=0), 0)
    below = (lower > 0) & (rows >= bottom[None] - 1)
    start = np.argmax(below, axis=0)
    known = (columns & below.any(axis=0) & (start - bottom < 5)).astype(np.float32)
    if float(known.sum()) < 3.0:
        return None
    smooth = max(round(0.1 * body.unit / grid.pixel), 1)
    weight = box_mean(known[None], smooth)
    edge = box_mean((known * start)[None], smooth) / np.maximum(weight, 1e-3)
    edge = edge + _SHADOW * body.unit / grid.pixel
    above = edge - rows
    fits = np.clip(reach - above, 0.0, 1.0) * np.clip(3.0 * weight - 0.5, 0.0, 1.0)
    where = cv2.dilate(old, np.ones((3, 3), np.uint8)) * fits * (above > -1.0)
    painted = where > 0.5
    filled = painted.any(axis=0)
    # The highest place copies the lowest: it must still be in the picture, and be lower garment.
    lowest = np.clip(2.0 * edge[0] - np.argmax(painted, axis=0), 0, 2 * grid.height).astype(int)
    there = lower[np.minimum(lowest, grid.height - 1), np.arange(grid.width)] > 0
    if not filled.any() or float(((lowest < grid.height - 1) & there)[filled].mean()) < _IN_SIGHT:
        return None
    x, y = grid.axes()
    down = grid.box.height / grid.height
    source = np.empty((grid.height, grid.width, 2), np.float32)
    source[..., 0] = x
    source[..., 1] = y + np.maximum(2.0 * above, 0.0) * down
    return cv2.GaussianBlur(where.astype(np.float32), (0, 0), 0.7), source
