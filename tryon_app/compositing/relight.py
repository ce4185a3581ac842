"""The light of the scene on the garment: exposure and colour cast of the picture, large folds of the cloth beneath.

A product photo is lit evenly and exposed for a white background. The scene's exposure is taken from its bright end, or
from the face where that is lit more brightly than a dark room, and its cast from its near-grey pixels, both gently: the
garment's own colour is what a shopper came for.
"""

import cv2
import numpy as np

from tryon_app.compositing.maps import Grid, box_mean
from tryon_app.compositing.occlusion import Front
from tryon_app.core.types import Fit, Float32, Frame, Rect, UInt8

_FOLLOW = 0.15
"""How fast light follows from frame to frame: a passing car must not make a shirt flash."""
_WHITER = 1.4
"""How much lighter white cloth is than the light side of a light face; beside a dark one it is lighter still."""
_LEAST_FACE = 20
"""Cells of a face that tell its light."""
_WHITE = 0.9
"""How light white things in full light are in a picture, 0..1."""
_PRINT = 0.7
"""Natural logarithm of how much darker cloth is than most of it that has another colour; half as much lighter."""
_GREY, _LIT = 40, (52, 246)
"""What counts as grey: difference of its channels up to that, lightness between these."""


class Relight:
    """Estimates light and multiplies garments by it."""

    def __init__(self) -> None:
        self._gain: Float32 | None = None

    def reset(self) -> None:
        """Forget the light of the last frames."""
        self._gain = None

    def shade(self, frame: Frame, roi: Rect, front: Front, fit: Fit) -> Float32:
        """What to multiply the garment by.

        Args:
            frame: The picture.
            roi: The composite's box.
            front: What lies in front, and where the old cloth is.
            fit: The garments, and what is known of how they are shaded.

        Returns:
            float32 `roi.height` x `roi.width` x 3.
        """
        gain = self._scene(frame, _face_light(front))
        self._gain = gain if self._gain is None else self._gain + _FOLLOW * (gain - self._gain)
        full = front.grid.enlarged(_folds(front) * _relief(fit, front.grid), roi)
        shade: Float32 = cv2.merge([full * gain for gain in self._gain])
        return shade

    def _scene(self, frame: Frame, face: float) -> Float32:
        """Gain for R, G, B.

        Args:
            frame: The picture.
            face: How light the face is, 0..255.
        """
        stride = max(1, max(frame.width, frame.height) // 160)
        sample = np.ascontiguousarray(frame.image[::stride, ::stride])
        light = cv2.cvtColor(sample, cv2.COLOR_RGB2GRAY)
        bright = max(_quantile(light, 0.92), _WHITER * face) / 255.0
        exposure = float(np.clip(bright / _WHITE, 0.45, 1.0)) ** 0.75
        red, green, blue = cv2.split(sample)
        spread = cv2.subtract(cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue))
        grey = cv2.min(cv2.inRange(spread, 0, _GREY), cv2.inRange(light, *_LIT))
        cast = np.ones(3, np.float32)
        if cv2.countNonZero(grey) > 0.05 * light.size:
            mean = np.array(cv2.mean(sample, grey)[:3], np.float32)
            cast = np.clip(mean / max(float(mean.mean()), 1e-3), 0.85, 1.15) ** 0.35
        return (exposure * cast).astype(np.float32)


def _relief(fit: Fit, grid: Grid) -> Float32:
    """Light and shade by the way the garments lie, the upper ones over the lower: float32 at the size of the maps."""
    relief = np.ones((grid.height, grid.width), np.float32)
    for item in fit.garments:
        if item.shading is not None:
            maps = np.dstack([item.shading.factor, item.shading.cover])
            factor, cover = cv2.split(grid.sampled(maps, item.shading.matrix))
            relief += cover * (factor - relief)
    return relief


def _face_light(front: Front) -> float:
    """The light side of the face, 0..255; 0 where none is seen."""
    if front.labelled is None:
        return 0.0
    skin = front.small[front.labelled.face > 0.8]
    if len(skin) < _LEAST_FACE:
        return 0.0
    return _quantile(cv2.cvtColor(skin[None], cv2.COLOR_RGB2GRAY), 0.8)


def _quantile(values: UInt8, share: float) -> float:
    """What a share of some values lies below."""
    below = np.cumsum(np.bincount(values.ravel(), minlength=256))
    return float(np.searchsorted(below, share * values.size))


def _folds(front: Front) -> Float32:
    """Light and dark of the old cloth about its own mean, without its print: float32 h x w at the size of the maps.

    Args:
        front: Where the cloth is."""
    light = cv2.cvtColor(front.small, cv2.COLOR_RGB2GRAY).astype(np.float32) + 12.0
    weight = cv2.erode(front.cloth, np.ones((3, 3), np.uint8))
    total = float(weight.sum())
    if total < 60.0:
        return np.ones(weight.shape, np.float32)
    log = np.log(light)
    # A badge or a print is no light: what is much lighter or darker than most of the cloth says nothing.
    middle = float(np.median(log[weight > 0.5])) if (weight > 0.5).any() else 0.0
    weight = np.asarray(weight * (log - middle > -_PRINT) * (log - middle < 0.5 * _PRINT), np.float32)
    total = max(float(weight.sum()), 1.0)
    mean = float((log * weight).sum() / total)
    spread = float(np.sqrt((weight * (log - mean) ** 2).sum() / total))
    scale = front.unit / front.grid.pixel
    fine, coarse = max(round(0.05 * scale), 1), max(round(0.45 * scale), 4)
    band = _mean(log, weight, fine) - _mean(log, weight, coarse)
    # Stripes, checks and prints are no folds: the stronger the pattern, the less is carried over.
    strength = float(np.clip((0.42 - spread) / 0.25, 0.0, 1.0)) * 0.75
    # Fades out well inside the cloth that was measured: no outline of the measured patch may show.
    cover = np.clip(2.2 * box_mean(box_mean(weight, coarse), coarse) - 0.9, 0.0, 1.0) * weight
    cover = box_mean(box_mean(cover, 2 * fine), 2 * fine)
    folded: Float32 = np.exp(strength * np.clip(band, -0.35, 0.25) * cover)
    return folded


def _mean(values: Float32, weight: Float32, radius: int) -> Float32:
    """Mean of the weighted values only, near each pixel (two box blurs: nearly a Gaussian at any radius)."""
    numerator, denominator = (
        box_mean(box_mean(values * weight, radius), radius),
        box_mean(box_mean(weight, radius), radius),
    )
    return np.asarray(numerator / np.maximum(denominator, 1e-3), np.float32)
