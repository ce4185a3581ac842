"""Draws fitted garments into a frame: only the box they touch is worked on."""

import cv2
import numpy as np

from tryon_app.compositing.occlusion import Front, Occlusion
from tryon_app.compositing.relight import Relight
from tryon_app.compositing.warp import PieceSampler
from tryon_app.core.types import Composite, Fit, FitPiece, Float32, Frame, GarmentFit, Parsing, Pose, Rect, UInt8


class GarmentCompositor:
    """Sampling, order, occlusion, light, edges."""

    def __init__(self) -> None:
        self._sampler = PieceSampler()
        self._occlusion = Occlusion()
        self._relight = Relight()

    def reset(self) -> None:
        """Forget the light of the last frames."""
        self._relight.reset()

    def composite(self, frame: Frame, pose: Pose, parsing: Parsing, fit: Fit) -> Composite:
        """See `core.protocols.Compositor`."""
        messages = tuple(item.message for item in fit.garments if item.message)
        boxes = [piece.roi for item in fit.garments for piece in item.pieces]
        if not boxes:
            return Composite(image=frame.image, messages=messages)
        roi = boxes[0]
        for box in boxes[1:]:
            roi = roi.union(box)
        front = self._occlusion.front(frame, pose, parsing, roi)
        canvas = np.zeros((roi.height, roi.width, 4), np.float32)
        for item in fit.garments:
            self._draw(canvas, roi, item, front)
        canvas[..., :3] *= self._relight.shade(frame, roi, front)
        np.minimum(canvas[..., :3], canvas[..., 3:] * 255.0, out=canvas[..., :3])
        alpha = canvas[..., 3:]
        under = frame.image[roi.slices]
        image = frame.image.copy()
        image[roi.slices] = cv2.convertScaleAbs(under * (1.0 - alpha) + canvas[..., :3])
        image.flags.writeable = False
        return Composite(image=image, roi=roi, layer_roi=_straight(canvas), messages=messages)

    def _draw(self, canvas: Float32, roi: Rect, item: GarmentFit, front: Front) -> None:
        """Lay the pieces of one garment over the canvas (premultiplied float32 RGBA, alpha 0..1)."""
        drawn = [self._sampler.sample(item.view, piece) for piece in item.pieces]
        sides = {"sleeve_left": 1, "sleeve_right": -1}
        sleeves = {sides[piece.name]: piece.reach for piece in item.pieces if piece.name in sides}
        for piece, rgba in zip(item.pieces, drawn, strict=True):
            alpha = rgba[..., 3].astype(np.float32) * (1.0 / 255.0)
            alpha *= 1.0 - _enlarged(front.over(piece, sleeves), piece, roi)
            part = canvas[_within(piece, roi)]
            part *= (1.0 - alpha)[..., None]
            part[..., :3] += rgba[..., :3] * alpha[..., None]
            part[..., 3] += alpha


def _enlarged(small: Float32, piece: FitPiece, roi: Rect) -> Float32:
    """The part of a small map over the composite's box that lies over a piece, at full size."""
    sx, sy = small.shape[1] / roi.width, small.shape[0] / roi.height
    matrix = np.array([[sx, 0, (piece.roi.x0 - roi.x0) * sx], [0, sy, (piece.roi.y0 - roi.y0) * sy]])
    full: Float32 = cv2.warpAffine(
        small,
        matrix,
        (piece.roi.width, piece.roi.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # Half a small pixel of blur became several: steepen the edge again.
    return np.clip((full - 0.5) * 1.6 + 0.5, 0.0, 1.0)


def _within(piece: FitPiece, roi: Rect) -> tuple[slice, slice]:
    box = piece.roi
    return slice(box.y0 - roi.y0, box.y1 - roi.y0), slice(box.x0 - roi.x0, box.x1 - roi.x0)


def _straight(canvas: Float32) -> UInt8:
    """Premultiplied float32 RGBA (alpha 0..1) to straight uint8."""
    layer = np.empty(canvas.shape, np.uint8)
    layer[..., :3] = np.clip(canvas[..., :3] / np.maximum(canvas[..., 3:], 1e-3), 0, 255)
    layer[..., 3] = np.round(canvas[..., 3] * 255.0)
    return layer
