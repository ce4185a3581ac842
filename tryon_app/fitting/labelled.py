"""The parsing network's maps, asked at points of the frame: cloth, arms, and where along a ray they end."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import ARM_PARTS, BodyPart, Float32, Labels, Material
from tryon_app.fitting.silhouette import along_rays

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
        self._cloth = cv2.merge([upper, dress, bottom])
        nobody = np.maximum(labels.part(BodyPart.BACKGROUND), labels.material(Material.BACKGROUND, Material.OTHER))
        self._body = cv2.merge([labels.part(*ARM_PARTS[1]), labels.part(*ARM_PARTS[-1]), nobody])

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
            origin: float32 ... x 2, frame pixels.
            direction: float32 ... x 2, unit vectors.
            limit: float32 ..., pixels.

        Returns:
            float32 ..., pixels; `limit` where the torso goes on as far or is not seen.
        """
        left, right, nobody = self._along(origin, direction, limit)
        torso = 1.0 - np.maximum(left + right, nobody)
        seen = torso > 0.5
        last = len(_RAY) - 1 - seen[:, ::-1].argmax(axis=1)
        return self._ended(torso, last, nobody, seen.any(axis=1), limit)

    def arm_reach(self, side: int, origin: Float32, direction: Float32, limit: Float32) -> Float32:
        """How far rays from the bone go until that arm ends.

        Args:
            side: +1 left, -1 right.
            origin: float32 ... x 2, frame pixels.
            direction: float32 ... x 2, unit vectors.
            limit: float32 ..., pixels.

        Returns:
            float32 ..., pixels; `limit` where it goes on as far or is not seen.
        """
        left, right, nobody = self._along(origin, direction, limit)
        arm = left if side > 0 else right
        first = (arm < 0.5).argmax(axis=1)
        return self._ended(arm, np.maximum(first - 1, 0), nobody, first > 0, limit)

    def _along(self, origin: Float32, direction: Float32, limit: Float32) -> tuple[Float32, ...]:
        """`body` at the samples of rays: float32 n x samples each."""
        return tuple(part.reshape(-1, len(_RAY)) for part in self.body(along_rays(origin, direction, limit, _RAY)))

    def _ended(
        self, values: Float32, before: NDArray[np.intp], nobody: Float32, seen: NDArray[np.bool_], limit: Float32
    ) -> Float32:
        """Where rays end: between a sample and the next, at one half.

        Args:
            values: float32 n x samples.
            before: int n, the last sample inside.
            nobody: float32 n x samples, background or things.
            seen: bool n, whether they end there at all.
            limit: float32 ..., pixels.
        """
        rows, whole = np.arange(len(values)), limit.reshape(-1)
        after = np.minimum(before + 1, len(_RAY) - 1)
        inner, outer = values[rows, before], values[rows, after]
        part = np.minimum(np.maximum((inner - 0.5) / np.maximum(inner - outer, 1e-3), 0.0), after - before)
        edge = whole * (before + part) / np.float32(len(_RAY) - 1)
        edge += np.where(nobody[rows, after] > 0.5, self._slack, 0.0)
        return np.where(seen, np.minimum(edge, whole), whole).astype(np.float32).reshape(limit.shape)

    def _at(self, maps: Float32, points: Float32, beyond: tuple[int, int, int]) -> Float32:
        placed = (points.reshape(-1, 2) @ self._matrix[:, :2].T + self._matrix[:, 2]).astype(np.float32)[None]
        found: Float32 = cv2.remap(
            maps, placed, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=beyond
        )
        return found.reshape(*points.shape[:-1], 3)
