"""Whether a top opens in front over its full length: a straight line down the middle, a zip or a placket."""

import cv2
import numpy as np

from tryon_app.garments.outline import Outline

_REACH = 0.035
"""How far from the axis the line may run, in widths of the garment."""
_BESIDE = (-0.2, -0.16, -0.12, -0.08, 0.08, 0.12, 0.16, 0.2)
"""Where the cloth it must stand out from is looked at."""
_STANDS_OUT = 2.0
"""How much straighter and stronger it is than what is beside it.

Measured: zips 11 to 50, shirts 5 to 18, denim jackets 1.8 to 4; without an opening .3 to 1.5.
"""
_LEAST_STEP = 0.004
_STRAIGHT = 25
"""Rows over which a step is averaged with its sign: folds, weave and prints change theirs, a line does not."""
_HEM = 0.04


def opens_in_front(outline: Outline, neck: float) -> bool:
    """Whether one column shows the line in every quarter from the neck to the hem.

    Args:
        outline: The front of a top.
        neck: Row of the front neckline, working pixels.
    """
    blurred = cv2.GaussianBlur(outline.grey, (0, 0), 1.0)
    step = cv2.blur(cv2.Sobel(blurred, cv2.CV_32F, 1, 0) / 8, (1, _STRAIGHT))
    first, last = round(neck + _HEM * outline.height), round(outline.y1 - _HEM * outline.height)
    if last - first < 16:
        return False

    def line(offset: float) -> float:
        centre, reach = round(outline.middle + offset * outline.width), max(2, round(_REACH * outline.width))
        columns = np.abs(step[first:last, max(0, centre - reach) : centre + reach + 1])
        quarters = [np.median(quarter, axis=0) for quarter in np.array_split(columns, 4)]
        return float(np.min(quarters, axis=0).max(initial=0.0))

    usual = float(np.median([line(offset) for offset in _BESIDE]))
    return line(0.0) > max(_STANDS_OUT * usual, _LEAST_STEP)
