"""From a bent grid to a flow: which photo pixel is seen at each frame pixel."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, Rect

OUTSIDE = -3.0e7
"""Photo coordinate of flow samples on which nothing lands: so far out that hardly any interpolation between it and a
sample inside the photo falls into the photo again. Farther out OpenCV's fixed-point coordinates would overflow."""


_SLACK = 1e-4
"""Shares of a corner, and rows, by which triangles are larger, so that no sample falls between two."""
_NEXT, _LAST = [1, 2, 0], [2, 0, 1]
"""The other two corners of a triangle, seen from each of the three."""


def bounds(target: Float32, width: int, height: int, margin: int = 2) -> Rect:
    """Box of the frame that a grid may touch, clipped to the frame.

    Args:
        target: float32 rows x columns x 2, frame pixels.
        width: Of the frame.
        height: Of the frame.
        margin: Pixels around.

    Returns:
        The box; empty when the grid lies outside the frame or is not finite.
    """
    points = target.reshape(-1, 2)
    x0, y0, x1, y1 = (float(end) for end in (*points.min(axis=0), *points.max(axis=0)))
    if not all(map(math.isfinite, (x0, y0, x1, y1))):
        return Rect(0, 0, 0, 0)
    box = Rect(math.floor(x0) - margin, math.floor(y0) - margin, math.ceil(x1) + margin + 1, math.ceil(y1) + margin + 1)
    return box.clipped(width, height)


def rasterise(target: Float32, source: Float32, roi: Rect, step: int) -> Float32:
    """Fill a flow map from a structured grid.

    Each cell is cut into two triangles; inside a triangle photo coordinates are linear. Triangles that turned over are
    left out, so a fold shows its front only. Where triangles overlap, the later row and column win; the grid's border,
    where pieces end and little more than nothing is shown, never wins.

    Args:
        target: float32 rows x columns x 2, frame pixels of the grid points.
        source: float32 rows x columns x 2, photo pixels of the same points.
        roi: Box of the frame to fill.
        step: Frame pixels between samples.

    Returns:
        float32 h x w x 2 with h = ceil(roi.height / step), `OUTSIDE` where no triangle lies.
    """
    h, w = -(-roi.height // step), -(-roi.width // step)
    flow = np.full((h, w, 2), OUTSIDE, np.float32)
    index = _triangles(*target.shape[:2])
    corners = target.reshape(-1, 2).T.astype(np.float64)
    x, y = ((corners[0] - roi.x0) / step)[index], ((corners[1] - roi.y0) / step)[index]
    photo = np.ascontiguousarray(source, np.float32).view(np.complex64).ravel()[index]
    area = _area(x, y)
    top = np.maximum(np.ceil(y.min(axis=0) - _SLACK), 0).astype(np.intp)
    rows = np.minimum(np.floor(y.max(axis=0) + _SLACK), h - 1).astype(np.intp) - top + 1
    usable = np.flatnonzero((area * np.sign(_area(photo.real, photo.imag)) > 1e-6) & (rows > 0))
    area, top, rows, photo = area[usable], top[usable], rows[usable], photo.take(usable, axis=1)
    x, y = x.take(usable, axis=1), y.take(usable, axis=1) - top
    # The share a corner has in a place is linear, counted from the left end of the top row; inside all are positive.
    next_x, next_y = x[_NEXT], y[_NEXT]
    right, down = (next_y - y[_LAST]) / area, (x[_LAST] - next_x) / area
    share = -right * next_x - down * next_y
    # The part of each row that lies inside.
    owner, row = _counted(rows)
    steep = np.where(np.abs(right) < 1e-9, 1e-9, right)
    at_top, by_row = ((-_SLACK - share) / steep).astype(np.float32), (-down / steep).astype(np.float32)
    crossing = at_top.take(owner, axis=1) + by_row.take(owner, axis=1) * row.astype(np.float32)
    rising = (steep > 0).take(owner, axis=1)
    first = np.ceil(np.where(rising, crossing, np.float32(0.0)).max(axis=0))
    width = np.floor(np.where(rising, np.float32(w - 1), crossing).min(axis=0)) - first + 1
    seen = np.flatnonzero(width > 0)
    owner, row, first, width = owner[seen], row[seen], first[seen].astype(np.intp), width[seen].astype(np.intp)
    # Photo coordinates are linear in the place too.
    across, below, start = ((part * photo).sum(axis=0) for part in (right, down, share))
    begin = (start[owner] + below[owner] * row + across[owner] * first).astype(np.complex64)
    place = (top[owner] + row) * w + first
    run, column = _counted(width)
    shown = begin[run] + across.astype(np.complex64)[owner[run]] * column.astype(np.float32)
    flow.view(np.complex64).ravel()[place[run] + column] = shown
    return flow


@cache
def _triangles(rows: int, columns: int) -> NDArray[np.intp]:
    """Where in a grid the corners of its triangles are: 3 x n, two a cell; the border's, then all others by rows."""
    place = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = place[:-1, :-1], place[:-1, 1:], place[1:, :-1], place[1:, 1:]
    cells = np.stack([a, b, c, b, d, c], axis=2).reshape(-1, 6)
    border = np.ones(a.shape, bool)
    border[1:-1, 1:-1] = False
    order = np.argsort(~border.ravel(), kind="stable")
    return cells[order].reshape(-1, 3).T.copy()


def _area(x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.floating]:
    """Twice the area of triangles (3 x n), negative where they run the other way round."""
    return np.asarray((x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0]))


def _counted(lengths: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For runs of these lengths one after the other: the run each item is in, and its number within."""
    run = np.repeat(np.arange(len(lengths)), lengths)
    return run, np.arange(len(run)) - (np.cumsum(lengths) - lengths)[run]
