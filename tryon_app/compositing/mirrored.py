"""The surroundings continued into what they surround: leaves, bricks and curtains instead of a blur."""

import cv2
import numpy as np

from tryon_app.compositing.maps import Grid
from tryon_app.core.types import Float32

_SMOOTH = 1.5
"""Cells over which the way to what is copied is evened out."""
_INTO = 1.5
"""Cells beyond the edge in which the person's own edge would still be copied."""


def mirrored(around: Float32, reach: float, grid: Grid) -> tuple[Float32, Float32]:
    """Mirrors the surroundings at their edge.

    Args:
        around: float32 h x w, 0..1: the surroundings.
        reach: How far they are continued, cells.
        grid: Where the map lies.

    Returns:
        How well that can be done in a place, float32 h x w, 0..1, and which pixel of the frame to copy there, float32
        h x w x 2.
    """
    free = around > 0.5
    if not free.any():
        return np.zeros_like(around), np.zeros((*around.shape, 2), np.float32)
    distance, labels = cv2.distanceTransformWithLabels(
        (~free).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    edge = np.flatnonzero(free)[labels - 1]
    down, across = np.divmod(edge, grid.width)
    rows, columns = np.mgrid[: grid.height, : grid.width]
    beyond = 1.0 + _INTO / np.maximum(distance, 1.0)
    place = np.stack([across + (across - columns) * beyond, down + (down - rows) * beyond], axis=2).astype(np.float32)
    place = cv2.GaussianBlur(place, (0, 0), _SMOOTH)
    there = cv2.remap(around, place, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    share = np.clip(4.0 * there - 3.0, 0.0, 1.0) * np.clip(2.0 - distance / np.float32(reach), 0.0, 1.0)
    step = np.array([grid.box.width / grid.width, grid.box.height / grid.height], np.float32)
    corner = np.array([grid.box.x0, grid.box.y0], np.float32)
    way = corner + (place + np.float32(grid.centre)) * step - np.float32(grid.centre)
    return np.asarray(cv2.GaussianBlur(share, (0, 0), 1.0), np.float32), np.asarray(way, np.float32)
