"""Measuring along the edge of the person's mask."""

import cv2
import numpy as np

from tryon_app.core.types import Float32

_SAMPLES = 40


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

    def at(self, points: Float32) -> Float32:
        """Mask values.

        Args:
            points: float32 ... x 2, frame pixels.

        Returns:
            float32 ..., 0..1; 1 outside the frame: what is not seen is not an edge.
        """
        flat = np.ascontiguousarray(((points + 0.5) * self._scale - 0.5).reshape(1, -1, 2), np.float32)
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
            origin: float32 n x 2, frame pixels.
            direction: float32 n x 2, unit vectors.
            limit: float32 n, pixels at which to stop.

        Returns:
            float32 n, pixels to the first place outside the person; `limit` where there is none.
        """
        steps = np.linspace(0.0, 1.0, _SAMPLES, dtype=np.float32)
        distance = limit[:, None] * steps
        values = self.at(origin[:, None] + direction[:, None] * distance[..., None])
        outside = values < 0.5
        first = np.where(outside.any(axis=1), outside.argmax(axis=1), _SAMPLES)
        before = np.clip(first - 1, 0, _SAMPLES - 2)
        rows = np.arange(len(origin))
        inner, outer = values[rows, before], values[rows, before + 1]
        # Where the half level is crossed between two samples.
        part = np.clip((inner - 0.5) / np.maximum(inner - outer, 1e-3), 0.0, 1.0)
        found = distance[rows, before] + part * limit / (_SAMPLES - 1)
        result: Float32 = np.where(first == _SAMPLES, limit, np.where(first == 0, 0.0, found)).astype(np.float32)
        return result
