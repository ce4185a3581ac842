"""Ruled strips: the same ladder drawn on the photo and on the person.

A piece of a garment is bounded by two edges. Both edges are sampled at the same rungs on the photo and on the person;
points between them are linear along each rung. Straight prints stay straight, and no rung can cross another unless its
edges do.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import FitPiece, Float32, Rect, UInt8
from tryon_app.fitting.raster import OUTSIDE, bounds, rasterise

EVEN = np.linspace(0.0, 1.0, 9, dtype=np.float32)
"""Even positions across a strip."""
_MARGIN = 0.14
"""How far a strip goes on beyond its edges, as a share of its width, so that soft alpha at the edge is sampled."""
_RIM = np.ones((3, 3), np.uint8)
"""Samples around what is seen that a folded piece keeps, so that its soft edge is sampled."""
_LEAST = 0.05
_SUM = np.ones((1, 2), np.float32)
_LEAP = 4.0
"""Times the usual change from sample to sample."""
_SCRAP = 0.1
"""Share of a piece's area below which what lies apart from it is an error."""
_TORN = 5.0
"""The same, from which on cloth is torn rather than pressed."""


@dataclass(frozen=True, eq=False)
class Ladder:
    """Two edges sampled at the same rungs.

    Attributes:
        first: float32 n x 2.
        second: float32 n x 2.
    """

    first: Float32
    second: Float32

    def grid(self, spread: Float32 = EVEN, margin: float = _MARGIN) -> Float32:
        """float32 n x columns x 2.

        Args:
            spread: float32 columns or n x columns, positions across, 0 at the first and 1 at the second edge.
            margin: Share of the width added beyond each edge.
        """
        across = np.full((len(self.first), spread.shape[-1] + 2), -margin, np.float32)
        across[:, 1:-1], across[:, -1] = spread, 1.0 + margin
        return self.first[:, None] + (self.second - self.first)[:, None] * across[..., None]

    @property
    def widths(self) -> Float32:
        """float32 n, length of each rung."""
        across = self.first - self.second
        return np.hypot(across[:, 0], across[:, 1])


def polyline(points: Float32, positions: Float32) -> Float32:
    """Points along a polyline by arc length.

    Args:
        points: float32 n x 2, n >= 2.
        positions: float32 m, pixels from the start; beyond the ends the last segment goes straight on.

    Returns:
        float32 m x 2.
    """
    steps = points[1:] - points[:-1]
    lengths = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-6)
    starts = np.cumsum(lengths) - lengths
    segment = np.searchsorted(starts[1:], positions, side="right")
    part = (positions - starts[segment]) / lengths[segment]
    return (points[segment] + steps[segment] * part[:, None]).astype(np.float32)


def arc_length(points: Float32) -> float:
    """Of a polyline (float32 n x 2), pixels."""
    steps = points[1:] - points[:-1]
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def normals(points: Float32) -> Float32:
    """Unit normals of a polyline, turned 90 degrees clockwise as seen in the picture (y down)."""
    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-6)[:, None]
    return (tangent[:, ::-1] * (-1.0, 1.0)).astype(np.float32)


def smooth(values: Float32, passes: int = 2) -> Float32:
    """Binomial smoothing along the first axis; the ends stay."""
    for _ in range(passes):
        smoothed = values.copy()
        smoothed[1:-1] = 0.25 * (values[:-2] + values[2:]) + 0.5 * values[1:-1]
        values = smoothed
    return values


def extended(target: Float32, source: Float32) -> tuple[Float32, Float32]:
    """Both grids going on a little before the first and beyond the last rung, so that soft edges are sampled.

    Args:
        target: float32 rows x columns x 2, frame pixels.
        source: float32 rows x columns x 2, photo pixels.
    """
    longer = []
    for grid in (target, source):
        before = grid[:1] + 0.9 * (grid[:1] - grid[1:2])
        after = grid[-1:] + 2.4 * (grid[-1:] - grid[-2:-1])
        longer.append(np.concatenate([before, grid, after]).astype(np.float32))
    return longer[0], longer[1]


def piece(
    name: str,
    target: Float32,
    source: Float32,
    frame_size: tuple[int, int],
    *,
    step: int,
    weight: Float32 | None = None,
    behind: bool = False,
    reach: float = 0.0,
    cut: tuple[float, float, float] | None = None,
    folds: bool = False,
) -> FitPiece | None:
    """A piece from its grids, or None when nothing of it lies in the frame.

    Args:
        name: Of the piece.
        target: float32 rows x columns x 2, frame pixels.
        source: float32 rows x columns x 2, photo pixels.
        frame_size: Width, height.
        step: Frame pixels between flow samples; half as many where it lies on itself.
        weight: See `FitPiece`.
        behind: See `FitPiece`.
        reach: See `FitPiece`.
        cut: See `FitPiece`.
        folds: Whether it may lie on itself, as a sleeve does at a bent elbow.
    """
    roi: Rect = bounds(target, *frame_size)
    if roi.empty or roi.width < 2 or roi.height < 2:
        return None
    flow = rasterise(target, source, roi, step)
    tears = None
    if folds and weight is not None:
        tears = unfold(flow, weight)
        if tears is not None and step > 1:
            # The edge between two layers is as sharp as the samples are dense.
            step //= 2
            flow = rasterise(target, source, roi, step)
            tears = unfold(flow, weight)
    if float(flow[..., 0].max()) == OUTSIDE:
        # Turned over as a whole: a sleeve seen from inside shows nothing.
        return None
    return FitPiece(name, roi, flow, step, weight, behind, reach, cut, tears)


def unfold(flow: Float32, weight: Float32) -> UInt8 | None:
    """Where a piece lies on itself, its empty rims may lie on each other, and the way from one to the other would lead
    across the garment. They become `OUTSIDE`, but for a soft edge; so do scraps apart from the piece.

    Args:
        flow: float32 h x w x 2, changed.
        weight: float32 H x W over the photo, 0..1.

    Returns:
        Where it still lies on itself: see `FitPiece.torn`.
    """
    if min(flow.shape[:2]) < 2:
        return None
    seen = cv2.remap(weight, flow, None, cv2.INTER_NEAREST)
    empty = seen < _LEAST
    across, down, _ = _changes(flow)
    leap = np.zeros(empty.shape, np.float32)
    for part, change in ((leap[:, 1:], across), (leap[:, :-1], across), (leap[1:], down), (leap[:-1], down)):
        np.maximum(part, change, out=part)
    inside = leap[~empty]
    usual = float(np.median(inside)) if len(inside) else 0.0
    flow[(cv2.dilate(seen, _RIM) < _LEAST) | (empty & (leap > _LEAP * usual)) | _scraps(seen)] = OUTSIDE
    return torn(flow)


def _scraps(seen: Float32) -> NDArray[np.bool_]:
    """What lies apart from a piece and is small beside it, with its rim; a bend may leave two large parts of it.

    Args:
        seen: float32 h x w, 0..1: where the piece is.
    """
    count, parts, stats, _ = cv2.connectedComponentsWithStats((seen >= 0.5).astype(np.uint8))
    if count <= 2:
        return np.zeros(seen.shape, bool)
    areas = stats[:, cv2.CC_STAT_AREA]
    small = areas < _SCRAP * areas[1:].max()
    small[0] = False
    rest = cv2.dilate((~small[parts] & (parts > 0)).astype(np.uint8), _RIM) > 0
    return np.asarray((cv2.dilate(small[parts].astype(np.uint8), _RIM, iterations=2) > 0) & ~rest)


def torn(flow: Float32) -> UInt8 | None:
    """Where a piece lies on itself: see `FitPiece.torn`.

    Args:
        flow: float32 h x w x 2.
    """
    if min(flow.shape[:2]) < 2:
        return None
    *changes, both_inside = _changes(flow)
    leaps = []
    for change, both in zip(changes, both_inside, strict=True):
        some = change[both]
        usual = float(np.median(some)) if len(some) else 0.0
        leaps.append(both & (change > _TORN * max(usual, 1e-3)))
    across, down = leaps
    result = np.zeros(flow.shape[:2], np.uint8)
    result[:-1, :-1] = across[1:] | across[:-1] | down[:, 1:] | down[:, :-1]
    return result if result.any() else None


def _changes(flow: Float32) -> tuple[Float32, Float32, tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """How far apart in the photo neighbours lie, across and down, in its pixels along both axes together; 0 where one
    of them is `OUTSIDE`. And where none is.
    """
    inside = flow[..., 0] > 0.5 * OUTSIDE
    both = inside[:, 1:] & inside[:, :-1], inside[1:] & inside[:-1]
    across, down = (
        cv2.transform(cv2.absdiff(*pair), _SUM) * where
        for pair, where in zip(((flow[:, 1:], flow[:, :-1]), (flow[1:], flow[:-1])), both, strict=True)
    )
    return across, down, both
