"""Smaller frames."""

from dataclasses import replace

import cv2
import numpy as np

from tryon_app.core.types import Frame


def scaled(frame: Frame, scale: float) -> Frame:
    """The frame, scaled down to even sizes, as video codecs want them; unchanged from a scale of 1 on."""
    if scale >= 1.0:
        return frame
    size = max(2, round(frame.width * scale / 2) * 2), max(2, round(frame.height * scale / 2) * 2)
    image = np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    image.flags.writeable = False
    return replace(frame, image=image)
