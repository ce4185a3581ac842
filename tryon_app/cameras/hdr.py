"""High dynamic range films as ordinary pictures.

Sources: SMPTE ST 2084 (PQ) and ITU-R BT.2100 (HLG) for the signal, BT.2408 for reference white (203 cd/m2), BT.2087 for
the primaries. The shoulder is our own: darker than half of reference white all stays as it is, what is
brighter approaches white and never reaches it.
"""

from enum import IntEnum
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8

_REFERENCE_WHITE = 203.0
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2
_BRIGHTEST = 8.0
"""Multiples of reference white that are told apart."""
_KNEE = 0.5
_TO_BT709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32)
_LEVELS = 65536


class Transfer(IntEnum):
    """How a film's numbers stand for light, by FFmpeg's numbers."""

    PQ = 16
    HLG = 18


def to_sdr(signal: NDArray[np.uint16], transfer: Transfer, *, wide: bool) -> UInt8:
    """The picture as an ordinary screen shows it.

    Args:
        signal: uint16 RGB, H x W x 3, full range.
        transfer: What the numbers stand for.
        wide: Whether the primaries are those of BT.2020; else they are BT.709's already.

    Returns:
        uint8 RGB, sRGB.
    """
    light = cv2.LUT(signal, _light(transfer))
    matrix = _TO_BT709 if wide else np.eye(3, dtype=np.float32)
    light = cv2.transform(light, matrix * np.float32((_LEVELS - 1) / _BRIGHTEST))
    steps = cv2.multiply(light, 1.0, dtype=cv2.CV_16U)  # colours that BT.709 does not have end at its border
    return np.asarray(cv2.LUT(steps, _shown()), np.uint8)


@cache
def _light(transfer: Transfer) -> Float32:
    """Signal -> light, 1 = reference white."""
    signal = np.linspace(0.0, 1.0, _LEVELS)
    if transfer is Transfer.PQ:
        root = signal ** (32.0 / 2523.0)
        light = 10000.0 * (np.maximum(root - 3424.0 / 4096, 0) / (2413.0 / 128 - 2392.0 / 128 * root)) ** (
            16384.0 / 2610
        )
    else:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        light = _HLG_PEAK * scene**_HLG_GAMMA
    return (light / _REFERENCE_WHITE).astype(np.float32)


@cache
def _shown() -> UInt8:
    """Light in steps of `_BRIGHTEST` -> sRGB."""
    light = np.linspace(0.0, _BRIGHTEST, _LEVELS)
    over = np.maximum(light - _KNEE, 0.0) / (1.0 - _KNEE)
    toned = np.where(light <= _KNEE, light, _KNEE + (1.0 - _KNEE) * (1.0 - np.exp(-over)))
    encoded = np.where(toned <= 0.0031308, 12.92 * toned, 1.055 * toned ** (1 / 2.4) - 0.055)
    return np.rint(255.0 * np.clip(encoded, 0.0, 1.0)).astype(np.uint8)
