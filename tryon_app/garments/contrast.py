"""A second opinion on a cut-out: everything that differs from a plain backdrop.

Blunt where shadows lie (they differ too), but sure where the careful cut-out loses its way: white cloth that fades
into a white wall, and pictures of a few hundred pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8
from tryon_app.garments.matting import bleed

_LEAST_CONTRAST = 2.0
"""Distance in Lab that counts as different, whatever the noise."""


def contrast_cutout(rgb: UInt8) -> UInt8 | None:
    """The largest thing that differs from the backdrop, without holes.

    Args:
        rgb: uint8 H x W x 3.

    Returns:
        uint8 H x W x 4, or None where nothing, or nearly everything, differs.
    """
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    difference = cv2.GaussianBlur(_distance(lab), (0, 0), 0.8)
    border = _border(difference.shape)
    noise = float(np.quantile(difference[border], 0.9))
    mask = (difference > max(_LEAST_CONTRAST, 1.5 * noise)).astype(np.uint8)
    radius = max(1, round(0.006 * max(mask.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    mask = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc), cv2.MORPH_OPEN, disc)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    share = float(stats[largest, cv2.CC_STAT_AREA]) / mask.size
    if not 0.04 < share < 0.85:
        return None
    outlines, _ = cv2.findContours((labels == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, outlines, -1, 255, cv2.FILLED)
    return bleed(rgb, cv2.GaussianBlur(filled, (0, 0), 0.8))


def _distance(lab: Float32) -> Float32:
    """Distance of each pixel from the backdrop, a plane in Lab fitted to the border without its outliers."""
    height, width = lab.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    terms = np.stack([np.ones_like(rows), columns / width - 0.5, rows / height - 0.5], axis=-1)
    border = _border((height, width))
    x, y = terms[border], lab[border]
    keep = np.ones(len(x), bool)
    for _ in range(4):
        plane, *_ = np.linalg.lstsq(x[keep], y[keep], rcond=None)
        residual = np.linalg.norm(y - x @ plane, axis=1)
        keep = residual <= max(float(np.median(residual)) * 3.0, 1.0)
    return np.asarray(np.linalg.norm(lab - terms @ plane.astype(np.float32), axis=-1), np.float32)


def _border(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    edge = max(2, round(0.03 * max(shape[:2])))
    border = np.ones(shape[:2], bool)
    border[edge:-edge, edge:-edge] = False
    return border
