"""Measuring along the edge of the person's mask."""

import cv2
import numpy as np

from tryon_app.core.types import Float32

_STEPS = np.linspace(0.0, 1.0, 40, dtype=np.float32)
"""Samples along a ray."""


class Silhouette:
    """The person's soft mask, asked for distances in frame pixels.

    Args:
        mask: float32 h x w, 0..1, over the whole frame at a resolution of its own.
        width: Of the frame.
        height: Of the frame.
    """

    def __init__(self, mask: Float32, width: int, height: int) -> None:
        self._mask = mask
        self._size = np.array([width, height], np.float32)
        self._scale = np.array([mask.shape[1] / width, mask.shape[0] / height], np.float32)
        self._shift = 0.5 * self._scale - 0.5

    def at(self, points: Float32) -> Float32:
        """Mask values.

        Args:
            points: float32 ... x 2, frame pixels.

        Returns:
            float32 ..., 0..1; 1 outside the frame: what is not seen is not an edge.
        """
        flat = np.asarray(points * self._scale + self._shift, np.float32).reshape(1, -1, 2)
        values: Float32 = cv2.remap(
            self._mask, flat, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=1.0
        )
        return values.reshape(points.shape[:-1])

    def outside(self, point: Float32, margin: float = 0.0) -> bool:
        """Whether a point lies outside the frame, or less than `margin` pixels inside."""
        return bool(((point < margin) | (point > self._size - 1 - margin)).any())

    def reach(self, origin: Float32, direction: Float32, limit: Float32) -> Float32:
        """How far the person goes on along rays.

        Args:
            origin: float32 ... x 2, frame pixels.
            direction: float32 ... x 2, unit vectors.
            limit: float32 ..., pixels at which to stop.

        Returns:
            float32 ..., pixels to the first place outside the person; `limit` where there is none.
        """
        whole = limit.reshape(-1)
        values = self.at(along_rays(origin, direction, limit, _STEPS)).reshape(-1, len(_STEPS))
        outside = values < 0.5
        first = outside.argmax(axis=1)
        rows = np.arange(len(whole))
        before = np.maximum(first - 1, 0)
        inner, outer = values[rows, before], values[rows, before + 1]
        # Where the half level is crossed between two samples.
        part = np.minimum(np.maximum((inner - 0.5) / np.maximum(inner - outer, 1e-3), 0.0), 1.0)
        found = whole * (before + part) / np.float32(len(_STEPS) - 1)
        # A ray that begins outside ends at once; one that is nowhere outside does not end.
        found = np.where(first > 0, found, np.where(outside[:, 0], 0.0, whole))
        return found.astype(np.float32).reshape(limit.shape)


def along_rays(origin: Float32, direction: Float32, limit: Float32, steps: Float32) -> Float32:
    """Points on rays: float32 ... x m x 2.

    Args:
        origin: float32 ... x 2, frame pixels.
        direction: float32 ... x 2, unit vectors.
        limit: float32 ..., pixels.
        steps: float32 m, shares of the limit.
    """
    distance = limit[..., None] * steps
    return origin[..., None, :] + direction[..., None, :] * distance[..., None]
