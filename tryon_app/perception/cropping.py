"""The part of a picture that a network is shown, made smaller without shimmering."""

import cv2
import numpy as np

from tryon_app.core.types import Float32, UInt8

_OUTSIDE = (128, 128, 128)


def shrunk(image: UInt8, step: int) -> UInt8:
    """A picture with `step` x `step` pixels averaged to one; what is left over at the right and below is cut off.

    OpenCV averages two by two pixels ten times as fast as two and a half by two and a half.

    Args:
        image: uint8 h x w x 3, both sides at least `step`.
        step: At least 1.
    """
    height, width = image.shape[0] // step, image.shape[1] // step
    whole = image[: height * step, : width * step]
    smaller: UInt8 = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return smaller


def cropped(image: UInt8, matrix: Float32, width: int, height: int) -> UInt8:
    """What a network sees of a frame; shrunk by whole steps first, so that nothing shimmers: warping does the rest.

    Args:
        image: uint8 h x w x 3.
        matrix: float32 2 x 3, from a pixel of the frame to one of the result, without turning.
        width: Of the result.
        height: Of the result.

    Returns:
        uint8 height x width x 3; grey outside the frame.
    """
    matrix, scale = matrix.astype(np.float64), float(matrix[0, 0])
    step = int(1.0 / scale)
    if step > 1:
        corner = (np.array([[0.0, 0.0], [width, height]]) - matrix[:, 2]) / scale
        x0, y0 = np.maximum(np.floor(corner[0]).astype(int) - step, 0)
        x1, y1 = np.minimum(np.ceil(corner[1]).astype(int) + step, [image.shape[1], image.shape[0]])
        if min(x1 - x0, y1 - y0) >= step:
            image = shrunk(image[y0:y1, x0:x1], step)
            # Pixel centres: x of the frame = step * x + (step - 1) / 2 + x0.
            middle = (step - 1) / 2.0
            matrix = matrix @ np.array([[step, 0.0, middle + x0], [0.0, step, middle + y0], [0.0, 0.0, 1.0]])
    warped: UInt8 = cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=_OUTSIDE
    )
    return warped
