"""Smooth chance: fields and colours."""

import cv2
import numpy as np

from tryon_app.core.types import Float32


def field(random: np.random.Generator, width: int, height: int, size: float) -> Float32:
    """Smooth noise of about unit variance, float32 h x w; `size` is its grain in pixels."""
    columns, rows = max(2, int(width / size)), max(2, int(height / size))
    coarse = random.standard_normal((rows, columns), np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def colour(random: np.random.Generator) -> Float32:
    """A colour as cloth has it: float32 3, 0..255, red first."""
    hue, value = float(random.random()) * 360, float(random.uniform(0.06, 1.0))
    saturation = float(random.uniform(0, 0.95) * random.choice([0.1, 0.5, 1.0]))
    return np.asarray(
        cv2.cvtColor(np.array([[[hue, saturation, value]]], np.float32), cv2.COLOR_HSV2RGB)[0, 0] * 255, np.float32
    )
