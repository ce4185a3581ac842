"""What cloth looks like: colours, weaves, prints, letters."""

import cv2
import numpy as np

from tryon_app.core.types import Float32
from tryon_app.training.synth.noise import colour, field
from tryon_app.training.synth.photos import Photos

_LETTERS = list("ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789")
_KINDS = ("plain", "stripes", "checks", "dots", "blotches", "photo", "melange", "tartan")
_WEIGHTS = (0.34, 0.13, 0.08, 0.07, 0.08, 0.12, 0.10, 0.08)
_PRINTED = 0.35


def fabric(random: np.random.Generator, photos: Photos, width: int, height: int, per_metre: float) -> Float32:
    """The cloth of one garment as a picture: float32 h x w x 3, 0..255, red first.

    Args:
        random: Source of chance.
        photos: For prints.
        width: Of the picture.
        height: Of the picture.
        per_metre: Pixels for a metre of cloth.
    """
    cloth = np.empty((height, width, 3), np.float32)
    cloth[:] = colour(random)
    kind = str(random.choice(_KINDS, p=_WEIGHTS))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if kind == "stripes":
        period = float(random.uniform(0.008, 0.12)) * per_metre
        angle = float(random.choice([0.0, np.pi / 2, np.pi / 2, np.pi / 2, 0.8]))
        cloth[((np.cos(angle) * x + np.sin(angle) * y) / period % 1) < random.uniform(0.15, 0.8)] = colour(random)
    elif kind == "checks":
        period = float(random.uniform(0.015, 0.1)) * per_metre
        cloth[(x / period % 1) < 0.5] *= 0.6
        cloth[(y / period % 1) < 0.5] *= 0.7
    elif kind == "tartan":
        for _ in range(int(random.integers(2, 5))):
            period, shade = float(random.uniform(0.04, 0.14)) * per_metre, colour(random)
            for along in (x, y):
                line = (along / period + random.random()) % 1 < random.uniform(0.05, 0.35)
                cloth[line] = 0.5 * cloth[line] + 0.5 * shade
    elif kind == "dots":
        period = float(random.uniform(0.02, 0.1)) * per_metre
        column, row = x / period, y / period
        distance = (column % 1 - 0.5) ** 2 + ((row + 0.5 * (column // 1 % 2)) % 1 - 0.5) ** 2
        cloth[distance < random.uniform(0.02, 0.12)] = colour(random)
    elif kind == "blotches":
        spread = field(random, width, height, float(random.uniform(0.02, 0.15)) * per_metre)
        cloth[spread > 0.3] = colour(random)
        cloth[spread < -0.7] = colour(random)
    elif kind == "photo":
        cloth = photos.pick(random, width, height).astype(np.float32)
    elif kind == "melange":
        cloth *= 1 + float(random.uniform(0.04, 0.16)) * random.normal(0, 1, (height, width, 1)).astype(np.float32)
    if random.random() < _PRINTED:
        cloth = _printed(random, cloth, per_metre)
    return np.clip(cloth, 0, 255).astype(np.float32)


def _printed(random: np.random.Generator, cloth: Float32, per_metre: float) -> Float32:
    """A logo or letters on the chest."""
    height, width = cloth.shape[:2]
    canvas = np.clip(cloth, 0, 255).astype(np.uint8)
    x, y = width / 2 + random.normal(0, 0.04) * per_metre, height * random.uniform(0.25, 0.45)
    size = float(random.uniform(0.03, 0.14)) * per_metre
    for _ in range(int(random.integers(1, 4))):
        ink = tuple(float(value) for value in colour(random))
        kind = int(random.integers(3))
        if kind == 0:
            cv2.circle(canvas, (int(x), int(y)), int(size * random.uniform(0.4, 1)), ink, -1, cv2.LINE_AA)
        elif kind == 1:
            text = "".join(random.choice(_LETTERS, int(random.integers(2, 8))))
            place = int(x - size * 1.3), int(y)
            font = int(random.choice([0, 2, 3, 4]))
            cv2.putText(canvas, text, place, font, size / 30, ink, max(1, int(size / 14)), cv2.LINE_AA)
        else:
            shape = np.stack([x + random.normal(0, size * 0.7, 6), y + random.normal(0, size * 0.7, 6)], axis=1)
            cv2.fillPoly(canvas, [shape.astype(np.int32)], ink, cv2.LINE_AA)
    return canvas.astype(np.float32)
