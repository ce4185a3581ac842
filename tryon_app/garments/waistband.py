"""Whether a top ends in a waistband or rib: a seam runs all across, some way above the hem and along it."""

import cv2
import numpy as np

from tryon_app.garments.landmarks_top import TopShape
from tryon_app.garments.outline import Outline

_ACROSS = 0.76
"""How much of the hem is looked at: its corners are rounded, and sleeves lie over them."""
_HEIGHT = (0.06, 0.125)
"""How far the seam lies above the hem, in lengths of the top. Measured: .07 to .115; hem stitches up to .05."""
_ABOVE = 0.3
"""How far up the cloth is looked at that it must stand out from: stripes and prints go on there."""
_STANDS_OUT = 3.0
"""How much stronger it is than any line above it.

Measured: waistbands and ribs 4.7 to 32, prints and stripes .9 to 1.7, frayed or overhung hems 1.2 to 1.4.
"""
_LEAST_STEP = 0.008
_EVEN = 21
"""Columns over which the hem's edge is averaged: frayed threads are not its line."""


def has_waistband(outline: Outline, shape: TopShape) -> bool:
    """Whether every quarter of the hem shows the seam at one height.

    Args:
        outline: The front of a top.
        shape: Its points.
    """
    left, right = sorted(half.hem[0] for half in shape.halves)
    rim = 0.5 * (1 - _ACROSS) * (right - left)
    columns = np.arange(round(left + rim), round(right - rim))
    if len(columns) < _EVEN:
        return False
    lowest = outline.mask.shape[0] - 1 - outline.mask[::-1, columns].argmax(axis=0)
    padded = np.pad(lowest.astype(np.float64), _EVEN // 2, mode="edge")
    hem = np.round(np.convolve(padded, np.ones(_EVEN) / _EVEN, "valid")).astype(int)
    step = cv2.Sobel(cv2.GaussianBlur(outline.grey, (0, 0), 1.0), cv2.CV_32F, 0, 1) / 8

    def line(height: int) -> float:
        quarters = np.array_split(step[np.maximum(0, hem - height), columns], 4)
        return float(min(abs(quarter.mean()) for quarter in quarters))

    low, high, above = (round(share * shape.length) for share in (*_HEIGHT, _ABOVE))
    seam = max((line(height) for height in range(low, high)), default=0.0)
    beyond = max((line(height) for height in range(high + 3, above)), default=0.0)
    return seam > max(_STANDS_OUT * beyond, _LEAST_STEP)
