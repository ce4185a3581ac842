"""What a print has of the backdrop's own colour is no gap: white stripes and patches that reach the outline.

Stripes run across, gaps between sleeves, legs and straps down. And garments are alike on both sides, prints need not
be: what is missing on one side alone, with the garment around most of it, is cloth.
"""

import cv2
import numpy as np

from tryon_app.core.types import Float32
from tryon_app.garments.backdrop import Mask
from tryon_app.garments.outline import mirror_axis

_STRIPE = 0.05
"""Height of the stripes that are closed, in sides of the picture."""
_LONG = 2.5
"""How much longer than high a stripe is, at least."""
_LEAST, _MOST = 0.0005, 0.12
"""Size of patches, in garments."""
_EVEN = 0.72
"""Share of the garment that lies on its own mirror image, at least: what is folded otherwise tells nothing."""
_AROUND = 0.55
"""Share of what borders on a patch that is garment, at least: beside a sleeve it is backdrop."""


def without_patches(soft: Float32) -> Float32:
    """Close the stripes and patches of a cut-out.

    Args:
        soft: float32 h x w, 0..1.

    Returns:
        The same with them, float32 h x w.
    """
    mask = soft > 0.5
    whole = _with_patches(_with_stripes(mask))
    added = whole & ~mask
    if not added.any():
        return soft
    alpha = cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 0.8)
    near = cv2.dilate(added.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(near, np.maximum(soft, alpha), soft).astype(np.float32)


def _with_stripes(mask: Mask) -> Mask:
    tall = np.ones((2 * round(_STRIPE / 2 * max(mask.shape)) + 1, 1), np.uint8)
    padded = np.pad(mask.astype(np.uint8), len(tall))
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, tall)[len(tall) : -len(tall), len(tall) : -len(tall)] > 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats((closed & ~mask).astype(np.uint8), connectivity=4)
    stripes = stats[:, cv2.CC_STAT_WIDTH] > _LONG * stats[:, cv2.CC_STAT_HEIGHT]
    stripes[0] = False
    return np.asarray(mask | stripes[labels], dtype=bool) if count > 1 else mask


def _with_patches(mask: Mask) -> Mask:
    columns = np.flatnonzero(mask.any(axis=0))
    if len(columns) < 2:
        return mask
    axis, evenness = mirror_axis(mask.astype(np.uint8), 0.5 * float(columns[0] + columns[-1]))
    if evenness < _EVEN:
        return mask
    mirrored = cv2.warpAffine(
        mask.astype(np.uint8),
        np.array([[-1.0, 0.0, 2.0 * axis], [0.0, 1.0, 0.0]]),
        mask.shape[::-1],
        flags=cv2.INTER_NEAREST,
    )
    missing = cv2.morphologyEx(((mirrored > 0) & ~mask).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(missing, connectivity=4)
    found = mask.copy()
    area = float(mask.sum())
    for label in range(1, count):
        if not _LEAST * area < stats[label, cv2.CC_STAT_AREA] < _MOST * area:
            continue
        patch = (labels == label).astype(np.uint8)
        rim = (cv2.dilate(patch, np.ones((5, 5), np.uint8)) > 0) & (patch == 0)
        if mask[rim].mean() > _AROUND:
            found |= patch > 0
    return found
