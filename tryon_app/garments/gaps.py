"""Gaps between legs and below sleeves that are too narrow for a cut-out: opened as far as backdrop is seen in them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32
from tryon_app.garments.backdrop import Evidence, Mask

_NEAR = 0.02
"""How far around a place its cloth is looked at, in sides of the picture (one sigma)."""
_DARK, _LIGHTER, _DEEPEST = 0.22, 1.6, 0.75
"""How much darker than the backdrop cloth is beside which a gap can be told, how many times as light as that the gap
is, and how deep its shadow gets."""
_TINT = 0.11
"""Colour that a shadow may have from the cloth beside it."""
_WIDEST, _MOUTH = 0.04, 0.25
"""How wide what is opened may be, and the gap that it goes on from, in sides of the picture."""
_UPRIGHT, _SOLID = 1.2, 0.9
"""How much higher than wide it is at least, and how much of what lies between its sides is of it."""
_DEEP = 0.03
"""How far down the gap goes on at least, in sides of the picture."""


def with_gaps(mask: Float32, evidence: Evidence) -> Float32:
    """A garment's mask, its gaps opened to their ends.

    Backdrop in deep shadow, narrow, between dark cloth: no colour tells it from a stripe. A gap goes on from a wider
    one, which a stripe does not.

    Args:
        mask: float32 H x W, 0..1.
        evidence: Of the picture, of the same size.

    Returns:
        float32 H x W, 0..1.
    """
    solid = mask > 0.5
    side = max(mask.shape)
    cloth = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    light = evidence.light
    dark = cloth * (light < -_DARK)
    near = cv2.GaussianBlur(light * dark, (0, 0), _NEAR * side)
    mass = cv2.GaussianBlur(dark, (0, 0), _NEAR * side)
    beside = 1.0 + near / np.maximum(mass, 1e-3)
    shadow = solid & (mass > 0.05) & (1.0 + light > _LIGHTER * beside) & (light > -_DEEPEST)
    shadow &= light < 3.0 * evidence.light_noise
    shadow &= evidence.tint < max(5.0 * evidence.tint_noise, _TINT)
    shadow &= _between(~shadow & solid, shadow, _WIDEST * side)
    mouth = _high(_between(solid, ~solid, _MOUTH * side), _DEEP * side)
    # Upwards, a row of the mouth's own edge in between.
    below = cv2.dilate(mouth.astype(np.uint8), np.ones((5, 3), np.uint8)) > 0
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(shadow.astype(np.uint8), connectivity=4)
    # Gaps go down, stripes across, and what is between the dots of a print in all directions.
    upright = stats[:, cv2.CC_STAT_HEIGHT] > _UPRIGHT * stats[:, cv2.CC_STAT_WIDTH]
    goes_on = [
        piece for piece in np.unique(pieces[below & shadow]) if piece and upright[piece] and _one_run(pieces == piece)
    ]
    return np.where(np.isin(pieces, goes_on), np.float32(0.0), mask)


def _high(mask: Mask, least: float) -> Mask:
    """The pieces of a mask that go on so far down."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    high = stats[:, cv2.CC_STAT_HEIGHT] >= least
    high[0] = False
    return np.asarray(high[pieces], bool)


def _one_run(mask: Mask) -> bool:
    """Whether a piece is one stretch in nearly each of its rows."""
    rows = mask[mask.any(axis=1)]
    ends = mask.shape[1] - rows[:, ::-1].argmax(axis=1) - rows.argmax(axis=1)
    return float(rows.sum()) > _SOLID * float(ends.sum())


def _between(ends: Mask, inner: Mask, widest: float) -> Mask:
    """The runs of `inner` in each row that are at most so wide and have `ends` on both sides."""
    result = np.zeros_like(inner)
    for row in np.flatnonzero(inner.any(axis=1)):
        edges: NDArray[np.intp] = np.flatnonzero(np.diff(np.concatenate(([False], inner[row], [False]))))
        for start, end in edges.reshape(-1, 2):
            inside = start > 0 and end < len(inner[row])
            if inside and end - start <= widest and ends[row, start - 1] and ends[row, end]:
                result[row, start:end] = True
    return result
