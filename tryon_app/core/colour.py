"""Colour models of what lies under a few seeds: histograms in Lab, compared as log-likelihood ratios."""

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8

_BINS = (16, 24, 24)
_FLOOR = 2e-4


class ColourSpace:
    """The quantised colours of one small picture.

    Args:
        lab: uint8 h x w x 3, CIE Lab as OpenCV stores it in 8 bits.
    """

    def __init__(self, lab: UInt8) -> None:
        lightness = lab[..., 0].astype(np.int32) * _BINS[0] >> 8
        # Skin, cloth and hair fill the middle of a and b only: spread it over the bins.
        a = np.clip((lab[..., 1].astype(np.int32) - 128 + 48) * _BINS[1] // 96, 0, _BINS[1] - 1)
        b = np.clip((lab[..., 2].astype(np.int32) - 128 + 48) * _BINS[2] // 96, 0, _BINS[2] - 1)
        self._index: NDArray[np.int32] = (lightness * _BINS[1] + a) * _BINS[2] + b

    def model(self, weight: Float32) -> Float32 | None:
        """Smoothed histogram of the pixels under a weight.

        Args:
            weight: float32 h x w, 0..1.

        Returns:
            float32 of all bins, sum 1; None when there are too few pixels to tell.
        """
        if float(weight.sum()) < 12.0:
            return None
        counts = np.bincount(self._index.ravel(), weight.ravel(), minlength=_BINS[0] * _BINS[1] * _BINS[2])
        cube = counts.reshape(_BINS).astype(np.float32)
        for axis in range(3):
            cube = _blur(cube, axis)
        flat = cube.ravel()
        result: Float32 = flat / max(float(flat.sum()), 1e-6)
        return result

    def ratio(self, for_it: Float32 | None, against: list[Float32 | None]) -> Float32:
        """How much likelier each pixel's colour is under one model than under the likeliest of others.

        Returns:
            float32 h x w, natural logarithm, about -8..8; 0 where nothing is known.
        """
        others = [model for model in against if model is not None]
        if for_it is None or not others:
            return np.zeros(self._index.shape, np.float32)
        rival = others[0]
        for model in others[1:]:
            rival = np.maximum(rival, model)
        table = np.log((for_it + _FLOOR) / (rival + _FLOOR)).astype(np.float32)
        return table[self._index]


def overlap(a: Float32 | None, b: Float32 | None) -> float:
    """Bhattacharyya coefficient of two models: 1 = the same colours; 1 when one is unknown."""
    if a is None or b is None:
        return 1.0
    return float(np.sqrt(a * b).sum())


def _blur(cube: Float32, axis: int) -> Float32:
    """[1 2 1] along an axis, the ends kept."""
    moved = np.moveaxis(cube, axis, 0)
    result = 2.0 * moved
    result[1:] += moved[:-1]
    result[:-1] += moved[1:]
    return np.moveaxis(result, 0, axis)
