"""Small pictures are dressed enlarged and brought back: finding people and bending cloth both need pixels."""

from dataclasses import replace

import cv2
import numpy as np

from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Composite, Float32, Frame, Outfit, Rect

_MOST = 4


def process(pipeline: Pipeline, frame: Frame, outfit: Outfit, least: int) -> Composite:
    """Dress the person in a frame, at a whole multiple of its size where it is small.

    Pixels that the garment does not touch stay exactly what they were.

    Args:
        pipeline: Opened.
        frame: The picture, of any size.
        outfit: What to wear.
        least: Pixels that the shorter side should have while working.

    Returns:
        A composite of the frame's own size.
    """
    scale = min(_MOST, round(least / min(frame.width, frame.height)))
    if scale <= 1:
        return pipeline.process(frame, outfit)
    size = (frame.width * scale, frame.height * scale)
    large = np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    large.flags.writeable = False
    composite = pipeline.process(replace(frame, image=large), outfit)
    if composite.roi.empty:
        return replace(composite, image=frame.image, roi=Rect(0, 0, 0, 0), layer_roi=None)
    roi = Rect(
        composite.roi.x0 // scale,
        composite.roi.y0 // scale,
        -(-composite.roi.x1 // scale),
        -(-composite.roi.y1 // scale),
    ).clipped(frame.width, frame.height)
    wide = Rect(roi.x0 * scale, roi.y0 * scale, roi.x1 * scale, roi.y1 * scale)
    layer = _shrunk(_padded_layer(composite, wide), roi)
    dressed = composite.image[wide.slices].astype(np.float32)
    # Around the garment only what was changed is brought back: enlarging and shrinking would blur the picture.
    around = frame.image[roi.slices] + _shrunk(dressed - large[wide.slices], roi)
    cover = layer[..., 3:] / 255
    image = frame.image.copy()
    mixed = _shrunk(dressed, roi) * cover + around * (1 - cover)
    image[roi.slices] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    image.flags.writeable = False
    return replace(composite, image=image, roi=roi, layer_roi=np.clip(np.rint(layer), 0, 255).astype(np.uint8))


def _shrunk(values: Float32, roi: Rect) -> Float32:
    return np.asarray(cv2.resize(values, (roi.width, roi.height), interpolation=cv2.INTER_AREA), np.float32)


def _padded_layer(composite: Composite, wide: Rect) -> Float32:
    """The premultiplied layer over a box around its own."""
    padded = np.zeros((wide.height, wide.width, 4), np.float32)
    if composite.layer_roi is not None:
        top, left = composite.roi.y0 - wide.y0, composite.roi.x0 - wide.x0
        padded[top : top + composite.roi.height, left : left + composite.roi.width] = composite.layer_roi
    return padded
