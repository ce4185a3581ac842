"""A garment as it lies flat: the picture a shop would show, and the cloth's own picture for the worn garment."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8
from tryon_app.training.synth.details import Lines, decorate
from tryon_app.training.synth.fabric import fabric
from tryon_app.training.synth.noise import field
from tryon_app.training.synth.photos import Photos
from tryon_app.training.synth.wardrobe import Piece

WIDTH, HEIGHT = 384, 512
_FILLED = 0.92


@dataclass(frozen=True, slots=True, eq=False)
class FlatLay:
    """One garment, painted.

    Attributes:
        points: float32 F x 2, `Sewn.flat` in pixels of the pictures.
        front, back: float32 `HEIGHT` x `WIDTH` x 3, the cloth's colour, 0..255, both seen from the front.
        cut: uint8 `HEIGHT` x `WIDTH`, 0 where the front is open.
        front_mask, back_mask: uint8 `HEIGHT` x `WIDTH`, where the panels are.
    """

    points: Float32
    front: Float32
    back: Float32
    cut: UInt8
    front_mask: UInt8
    back_mask: UInt8

    def photo(self, random: np.random.Generator) -> UInt8:
        """The product photo: uint8 `HEIGHT` x `WIDTH` x 4, straight alpha, red first."""
        shaded = self.front * wrinkles(random, WIDTH, HEIGHT, float(random.uniform(0.2, 1.1)))[..., None]
        edge = cv2.GaussianBlur(self.front_mask, (0, 0), 5).astype(np.float32)[..., None] / 255
        shaded *= 0.75 + 0.25 * np.clip(edge * 2 - 0.6, 0, 1)
        over = cv2.GaussianBlur(self.front_mask, (0, 0), 0.7).astype(np.float32)[..., None] / 255
        under = cv2.GaussianBlur(self.back_mask, (0, 0), 0.7).astype(np.float32)[..., None] / 255
        colours = shaded * over + self.back * 0.6 * (1 - over)
        alpha = np.maximum(over, under) * 255
        return np.clip(np.concatenate([colours, alpha], axis=2), 0, 255).astype(np.uint8)


def lay_flat(piece: Piece, random: np.random.Generator, photos: Photos) -> FlatLay:
    """Paint a garment."""
    cloth = piece.cloth
    low, high = cloth.flat.min(axis=0), cloth.flat.max(axis=0)
    span, centre = high - low, (low + high) / 2
    per_metre = float(min(WIDTH * _FILLED / span[0], HEIGHT * _FILLED / span[1]))
    scale, shift = np.array([per_metre, -per_metre]), np.array([WIDTH, HEIGHT]) / 2

    def placed(points: NDArray[np.floating]) -> Float32:
        return ((points - centre) * scale + shift).astype(np.float32)

    points = placed(cloth.flat)
    front_mask = _mask(points, cloth.corners[: cloth.front_faces])
    back_mask = _mask(points, cloth.corners[cloth.front_faces :])
    front = fabric(random, photos, WIDTH, HEIGHT, per_metre)
    shade = np.median(front[::8, ::8].reshape(-1, 3), axis=0).astype(np.float32)
    back = front.copy()
    if random.random() < 0.4:
        back[:] = shade
    cut = np.full((HEIGHT, WIDTH), 255, np.uint8)
    neck = placed(piece.pattern.closing["front"].flat)
    decorate(random, piece.style, front, cut, Lines(neck, float(points[:, 1].max()), per_metre, shade))
    return FlatLay(points, front, back, cut, cv2.min(front_mask, cut), back_mask)


def _mask(points: Float32, corners: NDArray[np.int32]) -> UInt8:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, list(np.round(points[corners] * 16).astype(np.int32)), 255, cv2.LINE_8, 4)
    closed: UInt8 = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return closed


def wrinkles(random: np.random.Generator, width: int, height: int, strength: float) -> Float32:
    """Light and shade of small folds: float32 h x w around 1."""
    relief = field(random, width, height, width / float(random.uniform(3, 7))) * 0.6
    relief += field(random, width, height, width / 14) * 0.25
    relief = cv2.GaussianBlur(relief, (0, 0), 3)
    slope = cv2.Sobel(relief, cv2.CV_32F, 1, 0) + cv2.Sobel(relief, cv2.CV_32F, 0, 1)
    return np.asarray(np.clip(1 - strength * slope * 0.7, 0.6, 1.25), np.float32)
