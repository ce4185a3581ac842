"""Coarse maps brought onto the edges of the picture."""

import cv2
import numpy as np

from tryon_app.compositing.maps import box_mean
from tryon_app.core.types import Float32, UInt8

_EPSILON = 1.5e-3
_CRISP = 1.8
_LEAST = 0.02
"""What of a map is noise."""


class Edges:
    """Guided filter (He, Sun, Tang 2013) by colour: skin before cloth of the same lightness has an edge too.

    Args:
        small: uint8 h x w x 3, the picture at the size of the maps.
        radius: How far an edge may be moved, pixels.
    """

    def __init__(self, small: UInt8, radius: int) -> None:
        self._radius = max(radius, 1)
        guide = small.astype(np.float32) * np.float32(1.0 / 255.0)
        self._channels = [np.ascontiguousarray(guide[..., channel]) for channel in range(3)]
        red, green, blue = self._channels
        mean = self._means = [self._mean(channel) for channel in self._channels]
        rr = self._mean(red * red) - mean[0] * mean[0] + np.float32(_EPSILON)
        rg = self._mean(red * green) - mean[0] * mean[1]
        rb = self._mean(red * blue) - mean[0] * mean[2]
        gg = self._mean(green * green) - mean[1] * mean[1] + np.float32(_EPSILON)
        gb = self._mean(green * blue) - mean[1] * mean[2]
        bb = self._mean(blue * blue) - mean[2] * mean[2] + np.float32(_EPSILON)
        # Inverse of the symmetric 3 x 3 covariance, by cofactors.
        first, second, third = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
        scale = np.float32(1.0) / (rr * first + rg * second + rb * third)
        self._inverse = (
            (first * scale, second * scale, third * scale),
            (second * scale, (rr * bb - rb * rb) * scale, (rg * rb - rr * gb) * scale),
            (third * scale, (rg * rb - rr * gb) * scale, (rr * gg - rg * rg) * scale),
        )

    def snapped(self, mask: Float32) -> Float32:
        """A mask with its edges on those of the picture; what is clearly inside or outside stays.

        Args:
            mask: float32 h x w, 0..1.
        """
        x, y, width, height = cv2.boundingRect((mask > _LEAST).astype(np.uint8))
        margin = 2 * self._radius
        box = slice(max(y - margin, 0), y + height + margin), slice(max(x - margin, 0), x + width + margin)
        result = mask.copy()
        if width and height:
            result[box] = self._snapped(mask[box], box)
        return result

    def _snapped(self, mask: Float32, box: tuple[slice, slice]) -> Float32:
        mean_mask = self._mean(mask)
        filtered = np.zeros_like(mask)
        offset = mean_mask.copy()
        shared = [
            self._mean(channel[box] * mask) - mean[box] * mean_mask
            for channel, mean in zip(self._channels, self._means, strict=True)
        ]
        for row, channel, mean in zip(self._inverse, self._channels, self._means, strict=True):
            slope = row[0][box] * shared[0] + row[1][box] * shared[1] + row[2][box] * shared[2]
            offset -= slope * mean[box]
            filtered += self._mean(slope) * channel[box]
        filtered += self._mean(offset)
        clear = np.abs(mask - np.float32(0.5)) * np.float32(2.0)
        clear *= clear
        mixed = mask * clear + filtered * (np.float32(1.0) - clear)
        crisp = (mixed - np.float32(0.5)) * np.float32(_CRISP) + np.float32(0.5)
        return np.asarray(cv2.min(cv2.max(crisp, 0.0), 1.0), np.float32)

    def _mean(self, values: Float32) -> Float32:
        return box_mean(values, self._radius)
