"""What is behind the person: photographs, walls and floors, clutter, other people."""

import cv2
import numpy as np

from tryon_app.core.types import Float32, UInt8
from tryon_app.training.synth.noise import field
from tryon_app.training.synth.photos import Photos


def background(random: np.random.Generator, photos: Photos, width: int, height: int) -> Float32:
    """float32 h x w x 3, 0..255, red first."""
    kind = float(random.random())
    if kind < 0.45:
        photo = photos.pick(random, width, height).astype(np.float32)
        sigma = float(random.uniform(0.3, 5))
        return np.asarray(cv2.GaussianBlur(photo, (0, 0), sigma), np.float32)
    if kind < 0.70:
        return _wall(random, width, height)
    return _room(random, photos, width, height)


def behind(random: np.random.Generator, scene: Float32, others: list[UInt8]) -> Float32:
    """Other people in the background, from earlier pictures: uint8 h x w x 4 each."""
    height, width = scene.shape[:2]
    result = scene.copy()
    for _ in range(int(random.integers(1, 3))):
        other = others[int(random.integers(len(others)))]
        scale = float(random.uniform(0.4, 0.95))
        shift = np.array([random.uniform(-0.35, 0.65) * width, random.uniform(0.0, 0.4) * height])
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
        placed = cv2.warpAffine(other, matrix, (width, height), flags=cv2.INTER_AREA).astype(np.float32)
        alpha = placed[..., 3:] / 255
        result = result * (1 - alpha) + placed[..., :3] * alpha
    return result


def _wall(random: np.random.Generator, width: int, height: int) -> Float32:
    wall = np.empty((height, width, 3), np.float32)
    wall[:] = float(random.uniform(50, 252)) + random.normal(0, 14, 3)
    wall += field(random, width, height, 250)[..., None] * float(random.uniform(0, 16))
    if random.random() < 0.6:
        edge = int(height * random.uniform(0.7, 0.97))
        wall[edge:] = float(random.uniform(40, 220)) + random.normal(0, 15, 3)
        if random.random() < 0.5:
            wall[edge : edge + 3] *= 0.7
    return np.clip(wall, 0, 255)


def _room(random: np.random.Generator, photos: Photos, width: int, height: int) -> Float32:
    """A wall with pictures, shelves, doors and boxes before it."""
    room = _wall(random, width, height)
    for _ in range(int(random.integers(3, 14))):
        x0, y0 = int(random.integers(-40, width)), int(random.integers(-40, height))
        x1, y1 = x0 + int(random.integers(8, width)), y0 + int(random.integers(8, height))
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        if x1 - x0 < 4 or y1 - y0 < 4:
            continue
        kind = float(random.random())
        if kind < 0.3:
            room[y0:y1, x0:x1] = photos.pick(random, x1 - x0, y1 - y0)
        elif kind < 0.8:
            shade = random.uniform(15, 250) + random.normal(0, 25, 3)
            across = np.linspace(0.85, 1.1, x1 - x0, dtype=np.float32)[None, :, None]
            room[y0:y1, x0:x1] = shade * across
        else:
            period = int(random.integers(6, 40))
            room[y0:y1, x0:x1:period] *= 0.5
    return np.asarray(cv2.GaussianBlur(np.clip(room, 0, 255), (0, 0), float(random.uniform(0.4, 6))), np.float32)
