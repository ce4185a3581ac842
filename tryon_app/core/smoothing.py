"""The One-Euro filter (Casiez, Roussel, Vogel 2012): calm when still, quick when moving."""

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32

_DERIVATIVE_CUTOFF = 8.0
"""Hz. On webcam clips, 1.5 made wrists lag twice as far without resting any calmer."""


class OneEuro:
    """Filters an array of values sample by sample.

    Args:
        min_cutoff: Hz, cut-off while still; smaller is calmer.
        beta: Hz per unit of speed; larger follows quick movements more closely.
    """

    def __init__(self, min_cutoff: float, beta: float) -> None:
        self._min_cutoff = min_cutoff
        self._beta = beta
        self._value: Float32 | None = None
        self._speed: Float32 | None = None
        self._time = 0.0

    def reset(self) -> None:
        """Forget the past."""
        self._value = None
        self._speed = None

    def __call__(self, values: Float32, time_s: float, scale: float = 1.0) -> Float32:
        """The filtered values.

        Args:
            values: float32 of any shape, the same at every call; the last axis of two or more holds coordinates, which
                are smoothed alike by their common speed.
            time_s: Seconds, rising.
            scale: What counts as 1 of `values` when speed is measured (a person's size in pixels), so that near and far
                people are filtered alike.
        """
        if self._value is None or self._speed is None or self._value.shape != values.shape:
            self._value, self._speed, self._time = values.copy(), np.zeros_like(values), time_s
            return values.copy()
        step = min(max(time_s - self._time, 1e-3), 0.5)
        self._time = time_s
        speed = (values - self._value) / (step * max(scale, 1e-6))
        self._speed = self._speed + _share(_DERIVATIVE_CUTOFF, step) * (speed - self._speed)
        pace = np.abs(self._speed) if values.ndim < 2 else np.linalg.norm(self._speed, axis=-1, keepdims=True)
        cutoff = self._min_cutoff + self._beta * pace
        self._value = (self._value + _share(cutoff, step) * (values - self._value)).astype(np.float32)
        return self._value.copy()


def _share(cutoff: NDArray[np.floating] | float, step: float) -> Float32:
    """How much of a new sample is taken at a cut-off (Hz) and a time step (s)."""
    ratio = np.asarray(2.0 * np.pi * cutoff * step, np.float32)
    share: Float32 = ratio / (1.0 + ratio)
    return share
