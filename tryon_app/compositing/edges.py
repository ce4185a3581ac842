"""Coarse maps brought onto the edges of the picture."""

import cv2
import numpy as np

from tryon_app.compositing.maps import box_mean
from tryon_app.core.types import Float32, UInt8

_EPSILON = 1.5e-3
_CRISP = 1.8
_COARSER = 3
"""Edges that may be moved so far are moved by what half as many cells say."""


class Edges:
    """Guided filter (He, Sun, Tang 2013) by colour: skin before cloth of the same lightness has an edge too. Its slopes
    are smooth, so they are found on fewer cells (He, Sun 2015).

    Args:
        small: uint8 h x w x 3, the picture at the size of the maps.
        radius: How far an edge may be moved, pixels.
    """

    def __init__(self, small: UInt8, radius: int) -> None:
        factor = 2 if radius >= _COARSER else 1
        self._radius = max(round(radius / factor), 1)
        self._size = small.shape[1], small.shape[0]
        self._coarse_size = max(small.shape[1] // factor, 1), max(small.shape[0] // factor, 1)
        guide = small.astype(np.float32) * np.float32(1.0 / 255.0)
        self._fine = cv2.split(guide)
        coarse = self._channels = cv2.split(cv2.resize(guide, self._coarse_size, interpolation=cv2.INTER_LINEAR))
        red, green, blue = coarse
        mean = self._means = self._averaged(*coarse)
        squares = self._averaged(red * red, green * green, blue * blue)
        rr, gg, bb = (square - m * m + np.float32(_EPSILON) for square, m in zip(squares, mean, strict=True))
        products = self._averaged(red * green, red * blue, green * blue)
        rg, rb, gb = (
            product - mean[i] * mean[j] for product, (i, j) in zip(products, ((0, 1), (0, 2), (1, 2)), strict=True)
        )
        # Inverse of the symmetric 3 x 3 covariance, by cofactors.
        first, second, third = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
        scale = np.float32(1.0) / (rr * first + rg * second + rb * third)
        mixed = (rg * rb - rr * gb) * scale
        second, third = second * scale, third * scale
        self._inverse = (
            (first * scale, second, third),
            (second, (rr * bb - rb * rb) * scale, mixed),
            (third, mixed, (rr * gg - rg * rg) * scale),
        )

    def snapped(self, mask: Float32) -> Float32:
        """A mask with its edges on those of the picture; what is clearly inside or outside stays.

        Args:
            mask: float32 h x w, 0..1.
        """
        coarse = cv2.resize(mask, self._coarse_size, interpolation=cv2.INTER_LINEAR)
        offset, *shared = self._averaged(coarse, *(channel * coarse for channel in self._channels))
        for product, mean in zip(shared, self._means, strict=True):
            product -= mean * offset
        slopes = [row[0] * shared[0] + row[1] * shared[1] + row[2] * shared[2] for row in self._inverse]
        for slope, mean in zip(slopes, self._means, strict=True):
            offset -= slope * mean
        smooth = box_mean(cv2.merge([*slopes, offset]), self._radius)
        *slopes, filtered = cv2.split(cv2.resize(smooth, self._size, interpolation=cv2.INTER_LINEAR))
        for slope, channel in zip(slopes, self._fine, strict=True):
            slope *= channel
            filtered += slope
        clear = mask * np.float32(2.0) - np.float32(1.0)
        clear *= clear
        mixed = filtered + clear * (mask - filtered)
        crisp = mixed * np.float32(_CRISP) + np.float32(0.5 - 0.5 * _CRISP)
        return np.asarray(crisp.clip(0.0, 1.0, out=crisp), np.float32)

    def _averaged(self, *values: Float32) -> list[Float32]:
        """Up to four maps, their means around each cell."""
        return list(cv2.split(box_mean(cv2.merge(values), self._radius)))
