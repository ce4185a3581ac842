"""The front neckline: an edge inside the silhouette, between the two collar points, below the back collar's inside."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.collar import opening
from tryon_app.core.types import Float32, Point
from tryon_app.garments.outline import Outline

_SHAPES = ((2.0, 0.45, 0.45), (1.0, 0.8, 0.7))
"""Exponent of the curve, its usual depth and how much that varies, in widths of the neck: a round neck, a V."""
_LEAST_DEPTH, _MOST_DEPTH = 0.12, 1.6
_DIPS = 0.03
"""How far the back neckline hangs below the collar points, in widths of the neck, where one sees into the garment."""
_BANDS = 0.06, 0.26
"""How wide the back's band may be, in widths of the neck."""
_STANDS_OUT = 1.7
"""How much stronger its seam is than what lies between it and the back neckline."""
_PEAK = 0.03
"""To either side of a seam nothing is stronger, in widths of the neck."""
_IN_FRONT = 0.7, 1.1
"""Width of the band in front, in widths of the back's: it hangs at a slant."""
_BOTH = 0.4
"""How strong both edges of a band must be for their place to count, in strengths of the strongest edge."""
_LABEL = 0.22
"""Where a label may hang, in half widths of the neck to either side of the middle."""
_STANDING, _STANDING_SHAPES = (0.4, 2.2), (1.0, 1.35, 1.7, 2.1)
"""The same of collars that stand: depths in widths of their upper edge, and exponents."""
_Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def front_neck(outline: Outline, left: Point, right: Point, back: float) -> Point | None:
    """The lowest point of the front neckline.

    A curve from collar to collar is lowered step by step; the one along which brightness changes most is the
    neckline. A round neck and a V are both tried. The seam of the back's band, seen inside the neck, is none; where
    the back has a band, so has the front, and its other edge tells too.

    Args:
        outline: The garment.
        left: One collar point, working pixels.
        right: The other.
        back: y of the back neckline on the axis.

    Returns:
        The point, or None where no edge stands out (a closed high collar).
    """
    steep = _steepness(outline)
    ends = sorted((left, right), reverse=True)
    corners = opening(outline.mask, np.array(ends[0], np.float32), np.array(ends[1], np.float32))
    if corners is not None:
        return _below_collar(outline, steep, *corners)
    span = abs(left[0] - right[0])
    if span < 12:
        return None
    middle = 0.5 * (left[0] + right[0])
    base = 0.5 * (left[1] + right[1])
    lowest = base + _MOST_DEPTH * span
    depths = np.arange(max(back + 4, base + _LEAST_DEPTH * span), min(lowest, outline.y1 - 3))
    if not len(depths):
        return None
    across = np.linspace(-0.85, 0.85, 41)

    def curve(power: float, depth: float, beyond: float = 0.0) -> _Curve:
        x = across[np.abs(across) >= beyond]
        shape = 1 - np.abs(x) ** power if power == 1.0 else np.sqrt(1 - x**2)
        return middle + x * span / 2, base + (depth - base) * shape

    band = 0.0
    if back > base + _DIPS * span:
        band = _back_band(outline, steep, middle, span, lambda depth: curve(2.0, depth))
    shares = (depths - base) / span
    scores = []
    for power, usual, spread in _SHAPES:
        edges = np.array([_along(steep, *curve(power, depth, _LABEL if band else 0.0)) for depth in depths])
        scores.append(edges * _prior(shares, usual, spread))
        if band and power != 1.0:
            banded = _banded(edges, band) * _prior(shares, usual, spread)
    best = np.max(scores, axis=0)
    if not _stands_out(best, scores):
        return None
    if band and banded.max() > _BOTH * best.max():
        best = banded
    return (middle, float(depths[best.argmax()]))


def _below_collar(outline: Outline, steep: Float32, left: Float32, right: Float32) -> Point | None:
    """The same of a collar that stands: down from the corners of its upper edge, however far and in whatever curve.

    Args:
        outline: The garment.
        steep: See `_steepness`.
        left: One corner, float32 2, working pixels.
        right: The other.
    """
    span, base, middle = float(left[0] - right[0]), float(left[1]), float(0.5 * (left[0] + right[0]))
    across = np.linspace(-0.95, 0.95, 41)
    depths = np.arange(base + _STANDING[0] * span, min(base + _STANDING[1] * span, outline.y1 - 3))
    if span < 12 or not len(depths):
        return None
    scores = [
        np.array([_along(steep, middle + across * span / 2, base + (depth - base) * shape) for depth in depths])
        for shape in ((1 - np.abs(across) ** power) ** (1 / power) for power in _STANDING_SHAPES)
    ]
    best = np.max(scores, axis=0)
    if not _stands_out(best, scores):
        return None
    return (middle, float(depths[best.argmax()]))


def _steepness(outline: Outline) -> Float32:
    """How much brightness changes at each place inside the garment."""
    blurred = cv2.GaussianBlur(outline.grey, (0, 0), 1.2)
    steep = np.hypot(cv2.Sobel(blurred, cv2.CV_32F, 1, 0), cv2.Sobel(blurred, cv2.CV_32F, 0, 1)) / 8
    inside = cv2.erode(outline.mask, np.ones((5, 5), np.uint8))
    # No neckline is exactly a curve of a formula.
    wide: Float32 = cv2.dilate(np.where(inside > 0, steep, 0).astype(np.float32), np.ones((5, 5), np.uint8))
    return wide


def _back_band(outline: Outline, steep: Float32, middle: float, span: float, front: Callable[[float], _Curve]) -> float:
    """Width of the band at the back neckline, whose seam is then wiped out of `steep`; 0 where there is none.

    Its seam goes along with the back neckline, which is the outline there, and not from collar to collar.
    """
    x = middle + np.linspace(-0.7, 0.7, 33) * span / 2
    top = np.array([outline.top(column) for column in x])
    if not np.isfinite(top).all():
        return 0.0
    bands = np.arange(_BANDS[0] * span, _BANDS[1] * span)
    found = np.array([_along(steep, x, top + band) for band in bands])
    around = max(2, round(_PEAK * span))
    for place in range(1, len(bands) - around):
        if found[place] < found[max(0, place - around) : place + around + 1].max():
            continue
        as_front = _along(steep, *front(float(np.median(top) + bands[place])))
        if found[place] > max(_STANDS_OUT * found[:place].min(), as_front):
            band = float(bands[place])
            break
    else:
        return 0.0
    places = np.round(np.stack([x, top + band], axis=1)).astype(np.int32)
    cv2.polylines(steep, [places], False, 0.0, thickness=9)
    return band


def _banded(edges: NDArray[np.float64], band: float) -> NDArray[np.float64]:
    """How much there is at each depth of an edge with another one where the band would end.

    Both as far as they are more than is usual: stripes have edges everywhere.
    """
    excess = np.maximum(edges - np.median(edges), 0.0)
    first, last = (round(share * band) for share in _IN_FRONT)
    ahead = np.concatenate([excess, np.zeros(last + 1)])
    ends = np.array([ahead[place + first : place + last + 1].max() for place in range(len(edges))])
    result: NDArray[np.float64] = np.sqrt(excess * ends)
    return result


def _stands_out(best: NDArray[np.float64], scores: list[NDArray[np.float64]]) -> bool:
    """Whether an edge is stronger than what is found along any curve."""
    return bool(best.max() >= max(1.3 * float(np.median(scores)), 0.004))


def _along(steep: Float32, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Median-like strength along a curve: an edge that is there all the way counts, a bright spot does not."""
    height, width = steep.shape
    columns = np.clip(np.round(x).astype(int), 0, width - 1)
    rows = np.clip(np.round(y).astype(int), 0, height - 1)
    return float(np.sqrt(np.minimum(steep[rows, columns], 0.2)).mean() ** 2)


def _prior(depth: NDArray[np.float64], usual: float, spread: float) -> NDArray[np.float64]:
    """Round necklines are mostly a third to two thirds as deep as wide, pointed ones deeper."""
    result: NDArray[np.float64] = np.exp(-0.5 * ((depth - usual) / spread) ** 2)
    return result
