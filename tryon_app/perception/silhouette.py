"""Parsing without a parsing network: the person's outline, taken from the pose model and snapped to the picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, Frame, Parsing, Pose

_RADIUS = 5
_EPSILON = 4e-3


class SilhouetteParser:
    """Implements `core.protocols.Parser` from `Pose.person`."""

    def open(self) -> None:
        """Nothing to load."""

    def close(self) -> None:
        """Nothing to free."""

    def parse(self, frame: Frame, pose: Pose) -> Parsing:
        """See `core.protocols.Parser`; without a mask garments follow the landmarks alone."""
        if pose.person is None:
            return Parsing(np.ones((max(1, frame.height // 8), max(1, frame.width // 8)), np.float32))
        height, width = pose.person.shape
        small = cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_AREA)
        guide = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
        return Parsing(_guided(guide, pose.person))


def _guided(guide: Float32, mask: Float32) -> Float32:
    """Guided filter (He, Sun, Tang 2013): the mask's edge moves onto the nearest edge of the picture."""

    def mean(values: NDArray[np.floating]) -> Float32:
        blurred: Float32 = cv2.blur(values, (2 * _RADIUS + 1, 2 * _RADIUS + 1))
        return blurred

    mean_guide, mean_mask = mean(guide), mean(mask)
    variance = mean(guide * guide) - mean_guide * mean_guide
    slope = (mean(guide * mask) - mean_guide * mean_mask) / (variance + _EPSILON)
    offset = mean_mask - slope * mean_guide
    filtered = mean(slope) * guide + mean(offset)
    # What the filter softened inside and outside stays what it was.
    clear = np.abs(mask - 0.5) * 2.0
    return np.clip(mask * clear + filtered * (1.0 - clear), 0.0, 1.0).astype(np.float32)
