"""The front neckline: an edge inside the silhouette, between the two collar points, below the back collar's inside."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Point
from tryon_app.garments.outline import Outline

_SHAPES = ((2.0, 0.45, 0.45), (1.0, 0.8, 0.7))
"""Exponent of the curve, its usual depth and how much that varies, in widths of the neck: a round neck, a V."""
_LEAST_DEPTH, _MOST_DEPTH = 0.12, 1.6


def front_neck(outline: Outline, left: Point, right: Point, back: float) -> Point | None:
    """The lowest point of the front neckline.

    A curve from collar to collar is lowered step by step; the one along which brightness changes most is the
    neckline. A round neck and a V are both tried.

    Args:
        outline: The garment.
        left: One collar point, working pixels.
        right: The other.
        back: y of the back neckline on the axis.

    Returns:
        The point, or None where no edge stands out (a closed high collar).
    """
    span = abs(left[0] - right[0])
    if span < 12:
        return None
    middle = 0.5 * (left[0] + right[0])
    base = 0.5 * (left[1] + right[1])
    blurred = cv2.GaussianBlur(outline.grey, (0, 0), 1.2)
    steep = np.hypot(cv2.Sobel(blurred, cv2.CV_32F, 1, 0), cv2.Sobel(blurred, cv2.CV_32F, 0, 1)) / 8
    inside = cv2.erode(outline.mask, np.ones((5, 5), np.uint8))
    # No neckline is exactly a curve of a formula.
    steep = cv2.dilate(np.where(inside > 0, steep, 0).astype(np.float32), np.ones((5, 5), np.uint8))
    lowest = base + _MOST_DEPTH * span
    depths = np.arange(max(back + 4, base + _LEAST_DEPTH * span), min(lowest, outline.y1 - 3))
    if not len(depths):
        return None
    across = np.linspace(-0.85, 0.85, 41)
    best_score, best_depth, scores = 0.0, None, []
    for power, usual, spread in _SHAPES:
        shape = 1 - np.abs(across) ** power if power == 1.0 else np.sqrt(1 - across**2)
        for depth in depths:
            x = middle + across * span / 2
            y = base + (depth - base) * shape
            score = _along(steep, x, y) * _prior((depth - base) / span, usual, spread)
            scores.append(score)
            if score > best_score:
                best_score, best_depth = score, float(depth)
    if best_depth is None or best_score < 1.3 * float(np.median(scores)) or best_score < 0.004:
        return None
    return (middle, best_depth)


def _along(steep: NDArray[np.float32], x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Median-like strength along a curve: an edge that is there all the way counts, a bright spot does not."""
    height, width = steep.shape
    columns = np.clip(np.round(x).astype(int), 0, width - 1)
    rows = np.clip(np.round(y).astype(int), 0, height - 1)
    return float(np.sqrt(np.minimum(steep[rows, columns], 0.2)).mean() ** 2)


def _prior(depth: float, usual: float, spread: float) -> float:
    """Round necklines are mostly a third to two thirds as deep as wide, pointed ones deeper."""
    return float(np.exp(-0.5 * ((depth - usual) / spread) ** 2))
