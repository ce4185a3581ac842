"""Which triangle a camera sees at each sample: an orthographic z-buffer in numpy."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keep = Callable[[Ints, Ints, Ints], NDArray[np.bool_]]
"""(triangles, columns, rows) of samples -> those where there is cloth: lace has holes that only its texture knows."""

_CHUNK = 1_500_000
"""Samples at a time: some 150 MB."""
_DEPTHS = 2**32 - 1


def visible(corners: Floats, size: tuple[int, int], keep: Keep) -> Ints:
    """The nearest triangle at each sample.

    A row of samples enters and leaves a triangle where it crosses two of its edges. Depth and number share one 64-bit
    word, so that the largest is the nearest, whatever the order: the picture is the same each time.

    Args:
        corners: float64 N x 3 x 3: per triangle and corner x (right), y (down), both in samples, and z towards the
            camera. Sample (column, row) lies at (column + .5, row + .5).
        size: Width and height in samples; all corners lie within.
        keep: Asked which samples are cloth.

    Returns:
        int64 height x width, -1 where there is nothing.
    """
    width, height = size
    nearest = np.zeros(width * height, np.uint64)
    low, high = float(corners[..., 2].min()), float(corners[..., 2].max())
    scale = _DEPTHS / max(high - low, 1e-9)
    slope, start = _planes(corners)
    for triangles, rows, first, last in _spans(corners):
        counts = last - first
        triangle, row = np.repeat(triangles, counts), np.repeat(rows, counts)
        column = np.arange(len(triangle)) - np.repeat(np.cumsum(counts) - counts - first, counts)
        kept = keep(triangle, column, row)
        if not kept.all():
            triangle, row, column = triangle[kept], row[kept], column[kept]
        depth = slope[triangle, 0] * (column + 0.5) + slope[triangle, 1] * (row + 0.5) + start[triangle]
        code = np.clip((depth - low) * scale, 0, _DEPTHS).astype(np.uint64) << np.uint64(32)
        np.maximum.at(nearest, row * width + column, code | (triangle + 1).astype(np.uint64))
    return ((nearest & np.uint64(_DEPTHS)).astype(np.int64) - 1).reshape(height, width)


def work(corners: Floats) -> int:
    """About how many samples `visible` will look at."""
    a, b, c = corners[:, 0, :2], corners[:, 1, :2], corners[:, 2, :2]
    areas = np.abs((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])) / 2
    return int(areas.sum() + np.ptp(corners[..., 1], axis=1).sum() + len(corners))


class Weights:
    """What the corners of triangles count at samples within them.

    Args:
        corners: As for `visible`.
    """

    def __init__(self, corners: Floats) -> None:
        a, to_b, to_c = corners[:, 0, :2], corners[:, 1, :2] - corners[:, 0, :2], corners[:, 2, :2] - corners[:, 0, :2]
        twice = to_b[:, 0] * to_c[:, 1] - to_b[:, 1] * to_c[:, 0]
        twice = np.where(np.abs(twice) < 1e-12, 1e-12, twice)
        self._of_b = (to_c[:, 1] / twice, -to_c[:, 0] / twice)
        self._of_c = (-to_b[:, 1] / twice, to_b[:, 0] / twice)
        self._x, self._y = a[:, 0] - 0.5, a[:, 1] - 0.5

    def at(self, triangle: Ints, column: Ints, row: Ints) -> Float32:
        """float32 3 x N: of each corner, in all 1, none negative."""
        x, y = column - self._x[triangle], row - self._y[triangle]
        of_b = np.clip(self._of_b[0][triangle] * x + self._of_b[1][triangle] * y, 0, 1)
        of_c = np.clip(self._of_c[0][triangle] * x + self._of_c[1][triangle] * y, 0, 1 - of_b)
        return np.stack((1 - of_b - of_c, of_b, of_c)).astype(np.float32)


def _planes(corners: Floats) -> tuple[Floats, Floats]:
    """Depth over the picture, per triangle: its change a sample right and down, and its value at the origin."""
    a, to_b, to_c = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    twice = to_b[:, 0] * to_c[:, 1] - to_b[:, 1] * to_c[:, 0]
    edge_on = np.abs(twice) < 1e-9  # seen from its edge: no plane, and next to no samples
    twice = np.where(edge_on, 1.0, twice)
    across = (to_b[:, 2] * to_c[:, 1] - to_c[:, 2] * to_b[:, 1]) / twice
    down = (to_c[:, 2] * to_b[:, 0] - to_b[:, 2] * to_c[:, 0]) / twice
    slope = np.where(edge_on[:, None], 0.0, np.stack((across, down), axis=1))
    return slope, a[:, 2] - (slope * a[:, :2]).sum(axis=1)


def _spans(corners: Floats) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """Rows of samples inside triangles, so many at a time: triangle, row, first column, column after the last."""
    top = np.ceil(corners[..., 1].min(axis=1) - 0.5).astype(np.int64)
    bottom = np.ceil(corners[..., 1].max(axis=1) - 0.5).astype(np.int64)
    heights = bottom - top
    ends = np.cumsum(heights)
    begin = 0
    while begin < len(corners):
        before = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, before + _CHUNK // 8, side="right")))
        some = np.arange(begin, end)
        triangle = np.repeat(some, heights[begin:end])
        skipped = ends[begin:end] - heights[begin:end] - before
        row = np.arange(len(triangle)) + np.repeat(top[begin:end] - skipped, heights[begin:end])
        first, last = _crossed(corners, triangle, row)
        wide = last > first
        found = triangle[wide], row[wide], first[wide], last[wide]
        total = np.cumsum(found[3] - found[2])
        cuts = np.searchsorted(total, np.arange(_CHUNK, total.max(initial=0), _CHUNK))
        for part in np.split(np.arange(len(total)), cuts):
            yield found[0][part], found[1][part], found[2][part], found[3][part]
        begin = end


def _crossed(corners: Floats, triangle: Ints, row: Ints) -> tuple[Ints, Ints]:
    """Where rows of samples enter and leave their triangles: first column, column after the last."""
    y = row + 0.5
    left, right = np.full(len(row), np.inf), np.full(len(row), -np.inf)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        a, b = corners[triangle, one], corners[triangle, other]
        # From the upper end down, whichever triangle asks: neighbours agree on where their edge is.
        swap = ((a[:, 1] > b[:, 1]) | ((a[:, 1] == b[:, 1]) & (a[:, 0] > b[:, 0])))[:, None]
        a, b = np.where(swap, b, a), np.where(swap, a, b)
        crossing = (a[:, 1] <= y) & (y < b[:, 1])
        share = (y - a[:, 1]) / np.where(crossing, b[:, 1] - a[:, 1], 1.0)
        x = a[:, 0] + share * (b[:, 0] - a[:, 0])
        left = np.where(crossing, np.minimum(left, x), left)
        right = np.where(crossing, np.maximum(right, x), right)
    none = right < left
    first = np.ceil(np.where(none, 0, left) - 0.5).astype(np.int64)
    last = np.ceil(np.where(none, 0, right) - 0.5).astype(np.int64)
    return first, last
