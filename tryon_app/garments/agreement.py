"""Where two cut-outs of one photo differ, the sharpness of the outline decides, piece by piece.

The careful cut-out loses cloth of the backdrop's own colour; the closed contour fills narrow gaps and takes in shadows.
Each is right where its outline runs along an edge of the picture, and the other's through plain cloth or shadow.
"""

import cv2
import numpy as np

from tryon_app.core.types import Float32
from tryon_app.garments.backdrop import Mask
from tryon_app.garments.contour import Contoured

_LEAST_PIECE = 0.0004
"""Pieces smaller than this share of the picture are left as the careful cut-out has them."""
_SHARP_ENOUGH = 0.345
"""Mean cost of a pixel of outline. Measured: around cloth .02 to .34, around shadows and gaps' mouths .33 to .62."""
_GREAT, _FAIRLY_SHARP = 0.25, 0.5
"""A piece of this share of the garment is no gap, and less of its outline needs to be seen."""
_MOUTH = 0.2
"""A piece of whose rim less than this lies in the open is enclosed: a stripe, a hole, a gap under a sleeve."""
_MOSTLY_EVIDENT = 0.6
"""A garment of which so much cannot be backdrop or shadow does not lose parts of itself."""
_MOSTLY = 0.5


def agreed(careful: Float32, contoured: Contoured) -> Float32:
    """The careful cut-out, corrected by pieces: what has a sharp outline against the open backdrop is garment.

    Args:
        careful: float32 h x w, 0..1.
        contoured: The closed contour in the same photo, at any size.

    Returns:
        float32 h x w, 0..1.
    """
    height, width = contoured.mask.shape
    first = cv2.resize(careful, (width, height), interpolation=cv2.INTER_AREA) > 0.5
    second = contoured.mask
    # A rim a pixel wide is no difference of opinion.
    pieces = cv2.morphologyEx((first ^ second).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(pieces, connectivity=4)
    changed = np.zeros((height, width), np.uint8)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < _LEAST_PIECE * height * width:
            continue
        piece = labels == label
        had = bool(first[piece].mean() > 0.5)
        wide = bool(stats[label, cv2.CC_STAT_WIDTH] > stats[label, cv2.CC_STAT_HEIGHT])
        if _belongs(piece, first, contoured, had, wide) != had:
            changed |= piece.astype(np.uint8)
    if not changed.any():
        return careful
    # With their rim of one pixel, which belongs to the difference too.
    changed = cv2.dilate(changed, np.ones((3, 3), np.uint8)) & (first ^ second)
    size = careful.shape[::-1]
    other = cv2.resize(cv2.GaussianBlur(second.astype(np.float32), (0, 0), 0.8), size, interpolation=cv2.INTER_LINEAR)
    near = cv2.dilate(changed, np.ones((3, 3), np.uint8)).astype(np.float32)
    share = cv2.resize(cv2.GaussianBlur(near, (0, 0), 0.7), size, interpolation=cv2.INTER_LINEAR)
    mixed = np.where(share > 0.5, other, careful)
    return np.asarray(mixed, dtype=np.float32)


def mostly_evident(first: Float32, contoured: Contoured) -> bool:
    """Whether most of a cut-out cannot be backdrop or shadow.

    Args:
        first: float32 h x w, 0..1, the cut-out.
        contoured: The closed contour in the same photo, at any size.
    """
    height, width = contoured.mask.shape
    mask = np.asarray(cv2.resize(first, (width, height), interpolation=cv2.INTER_AREA) > 0.5, dtype=bool)
    return _evident_share(mask, contoured) > _MOSTLY_EVIDENT


def _evident_share(mask: Mask, contoured: Contoured) -> float:
    return float(contoured.evident[mask].mean()) if mask.any() else 0.0


def _belongs(piece: Mask, first: Mask, contoured: Contoured, had: bool, wide: bool) -> bool:
    """Whether a piece that one of the cut-outs has is garment.

    Args:
        piece: The piece.
        first: The careful cut-out.
        contoured: The other one.
        had: Whether the careful one has it.
        wide: It is wider than high.
    """
    grown = cv2.dilate(piece.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~piece
    beyond, next_to = grown & ~first & ~contoured.mask, grown & first & contoured.mask
    if _evident_share(first, contoured) > _MOSTLY_EVIDENT and contoured.evident[piece].mean() < _MOSTLY:
        return had  # beside cloth of a colour of its own, what has none is shadow
    # The sharpest place within a pixel or two: neither outline is exact.
    nearest = cv2.erode(contoured.cost, np.ones((3, 3), np.uint8))
    if piece.sum() > _GREAT * first.sum() and beyond.any():
        return bool(nearest[beyond].mean() < _FAIRLY_SHARP)
    if beyond.sum() < _MOUTH * next_to.sum():
        # Gaps under sleeves and between legs are high, or bare.
        return had or (wide and bool(contoured.differing[piece].mean() > _MOSTLY))
    return bool(nearest[beyond].mean() < _SHARP_ENOUGH)
