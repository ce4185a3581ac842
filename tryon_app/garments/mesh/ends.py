"""Ends of tubes: what a camera sees of the inside of cuffs and hems, which arms and legs will fill."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32

_UPPER = 1 / 3
"""Of the garment's height from above: where openings are that a head or waist comes out of."""
_FOLD_CM = 1.0
"""A hem that is folded inwards shows this much of its outside around the opening, at most."""


def without_ends(alpha: Float32, hollow: Float32, scale: float) -> Float32:
    """A cut-out without the inside of cuffs and hems, as in a retouched product photo.

    The inside that is seen through the neck, the waist or an open front stays. Each begins in the upper part of the
    garment, in its middle.

    Args:
        alpha: float32 H x W.
        hollow: float32 H x W, the share of each pixel that shows the inside.
        scale: Pixels a cm.

    Returns:
        float32 H x W.
    """
    ends = _ends(alpha, hollow, scale)
    if not ends.any():
        return alpha
    left = np.where(ends, alpha - hollow, alpha)
    # What remains of a folded hem on the far side of the opening is a thread in the air.
    solid = (left > 0.5).astype(np.uint8)
    disc = _disc(0.5 * _FOLD_CM * scale)
    whole = cv2.dilate(cv2.morphologyEx(solid, cv2.MORPH_OPEN, disc), np.ones((5, 5), np.uint8))
    near = cv2.dilate(ends.astype(np.uint8), _disc(1.5 * _FOLD_CM * scale))
    return np.where((near > 0) & (whole == 0), 0, left).astype(np.float32)


def _ends(alpha: Float32, hollow: Float32, scale: float) -> NDArray[np.bool_]:
    """Where the inside of cuffs and hems is seen."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((hollow > 0).astype(np.uint8), connectivity=8)
    covered = (alpha > 0).astype(np.uint8)
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    if count < 2:
        return np.zeros(alpha.shape, bool)
    upper = stats[:, cv2.CC_STAT_TOP] < rows[0] + _UPPER * len(rows)
    left, middle = stats[:, cv2.CC_STAT_LEFT], (columns[0] + columns[-1]) / 2
    central = (left <= middle) & (middle < left + stats[:, cv2.CC_STAT_WIDTH])
    rim = np.zeros(count, bool)  # what lies amid cloth is a slit or a pocket, no end of a tube
    rim[labels[(cv2.erode(covered, _disc(_FOLD_CM * scale)) == 0) & (covered > 0)]] = True
    ends = rim & ~(upper & central)
    ends[0] = False
    return np.asarray(ends[labels], dtype=bool)


def _disc(radius: float) -> NDArray[np.uint8]:
    side = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), dtype=np.uint8)
