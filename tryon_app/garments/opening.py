"""Whether a top opens in front over its full length: a straight line down the middle, a zip or a placket."""

import cv2
import numpy as np

from tryon_app.garments.outline import Outline

_REACH = 0.035
"""How far from the axis the line may run, in widths of the garment."""
_BESIDE = (-0.16, -0.1, 0.1, 0.16)
"""Where the cloth it must stand out from is looked at."""
_STANDS_OUT = 1.6
_LEAST_STEP = 0.004
_HEM = 0.04
_SHARE = 0.75


def opens_in_front(outline: Outline, neck: float) -> bool:
    """Whether the line is there in every quarter from the neck to the hem.

    Args:
        outline: The front of a top.
        neck: Row of the front neckline, working pixels.
    """
    blurred = cv2.GaussianBlur(outline.grey, (0, 0), 1.0)
    # A line is long: what changes from row to row (weave, noise) averages out.
    steep = cv2.blur(np.abs(cv2.Sobel(blurred, cv2.CV_32F, 1, 0)) / 8, (1, 9))
    rows = np.arange(round(neck + _HEM * outline.height), round(outline.y1 - _HEM * outline.height))
    if len(rows) < 16:
        return False

    def strongest(offset: float) -> np.ndarray:
        centre, reach = round(outline.middle + offset * outline.width), max(2, round(_REACH * outline.width))
        return np.asarray(steep[rows[0] : rows[-1] + 1, max(0, centre - reach) : centre + reach + 1].max(axis=1))

    usual = np.median([strongest(offset) for offset in _BESIDE], axis=0)
    seen = strongest(0.0) > np.maximum(_STANDS_OUT * usual, _LEAST_STEP)
    return all(float(quarter.mean()) > _SHARE for quarter in np.array_split(seen, 4))
