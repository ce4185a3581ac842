"""The parsing network's maps, asked at points of the frame: cloth, arms, and where along a ray they end."""

import cv2
import numpy as np

from tryon_app.core.types import ARM_PARTS, BodyPart, Float32, Labels, Material

_RAY = np.linspace(0.0, 1.0, 32, dtype=np.float32)
_SLACK = 1.5
"""Pixels of the maps by which the mask's edge, which is sharper than theirs, may lie further out."""


class Labelled:
    """Labels of one frame.

    Args:
        labels: Of the frame.
    """

    def __init__(self, labels: Labels) -> None:
        self._matrix = labels.matrix
        self._slack = _SLACK / max(float(np.hypot(*labels.matrix[0, :2])), 1e-6)
        upper, dress, bottom = (labels.material(kind) for kind in (Material.UPPER, Material.DRESS, Material.LOWER))
        self._cloth = np.ascontiguousarray(np.stack([upper, dress, bottom], axis=2))
        nobody = np.maximum(labels.part(BodyPart.BACKGROUND), labels.material(Material.BACKGROUND, Material.OTHER))
        self._body = np.ascontiguousarray(
            np.stack([labels.part(*ARM_PARTS[1]), labels.part(*ARM_PARTS[-1]), nobody], axis=2)
        )

    def cloth(self, points: Float32) -> tuple[Float32, Float32, Float32]:
        """Top, dress and bottom, 0..1, at points (float32 ... x 2); nothing where the maps do not reach."""
        found = self._at(self._cloth, points, (0, 0, 0))
        return found[..., 0], found[..., 1], found[..., 2]

    def body(self, points: Float32) -> tuple[Float32, Float32, Float32]:
        """Left arm, right arm, and background or things, 0..1, at points (float32 ... x 2)."""
        found = self._at(self._body, points, (0, 0, 1))
        return found[..., 0], found[..., 1], found[..., 2]

    def torso_reach(self, origin: Float32, direction: Float32, limit: Float32) -> Float32:
        """How far rays from the spine go until the torso ends for good, across arms in front of it.

        Args:
            origin: float32 n x 2, frame pixels.
            direction: float32 n x 2, unit vectors.
            limit: float32 n, pixels.

        Returns:
            float32 n, pixels; `limit` where the torso goes on as far or is not seen.
        """
        distance = limit[:, None] * _RAY
        left, right, nobody = self.body(origin[:, None] + direction[:, None] * distance[..., None])
        torso = 1.0 - np.maximum(left + right, nobody)
        seen = torso > 0.5
        last = len(_RAY) - 1 - seen[:, ::-1].argmax(axis=1)
        edge = self._crossing(torso, last, distance)
        after = np.minimum(last + 1, len(_RAY) - 1)
        edge += np.where(nobody[np.arange(len(edge)), after] > 0.5, self._slack, 0.0)
        return np.where(seen.any(axis=1), np.minimum(edge, limit), limit).astype(np.float32)

    def arm_reach(self, side: int, origin: Float32, direction: Float32, limit: Float32) -> Float32:
        """How far rays from the bone go until that arm ends.

        Args:
            side: +1 left, -1 right.
            origin: float32 n x 2, frame pixels.
            direction: float32 n x 2, unit vectors.
            limit: float32 n, pixels.

        Returns:
            float32 n, pixels; `limit` where it goes on as far or is not seen.
        """
        distance = limit[:, None] * _RAY
        left, right, nobody = self.body(origin[:, None] + direction[:, None] * distance[..., None])
        arm = left if side > 0 else right
        ended = arm < 0.5
        first = ended.argmax(axis=1)
        edge = self._crossing(arm, np.maximum(first - 1, 0), distance)
        edge += np.where(nobody[np.arange(len(edge)), first] > 0.5, self._slack, 0.0)
        return np.where(ended.any(axis=1) & (first > 0), np.minimum(edge, limit), limit).astype(np.float32)

    def _crossing(self, values: Float32, before: Float32, distance: Float32) -> Float32:
        """Where a map crosses one half between a sample and the next: float32 n, pixels."""
        rows = np.arange(len(values))
        after = np.minimum(before + 1, values.shape[1] - 1)
        inner, outer = values[rows, before], values[rows, after]
        part = np.clip((inner - 0.5) / np.maximum(inner - outer, 1e-3), 0.0, 1.0)
        return np.asarray(distance[rows, before] + part * (distance[rows, after] - distance[rows, before]), np.float32)

    def _at(self, maps: Float32, points: Float32, beyond: tuple[int, int, int]) -> Float32:
        placed = (points.reshape(-1, 2) @ self._matrix[:, :2].T + self._matrix[:, 2]).astype(np.float32)[None]
        found: Float32 = cv2.remap(
            maps, placed, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=beyond
        )
        return found.reshape(*points.shape[:-1], 3)
