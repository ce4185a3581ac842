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
        colour = np.zeros((roi.height, roi.width, 3), np.uint8)
        alpha = np.zeros((roi.height, roi.width), np.float32)
        for item in fit.garments:
            self._draw(colour, alpha, roi, item, front)
        colour = cv2.multiply(colour, self._relight.shade(frame, roi, front), dtype=cv2.CV_8U)
        image = frame.image.copy()
        under = np.ascontiguousarray(image[roi.slices])
        # The garments are premultiplied: they are added to what shows through.
        image[roi.slices] = cv2.add(cv2.multiply(under, cv2.merge([1.0 - alpha] * 3), dtype=cv2.CV_8U), colour)
        image.flags.writeable = False
        layer = np.dstack([colour, cv2.convertScaleAbs(alpha, alpha=255.0)])
        return Composite(image=image, roi=roi, layer_roi=layer, messages=messages)

    def _draw(self, colour: UInt8, alpha: Float32, roi: Rect, item: GarmentFit, front: Front) -> None:
        """Lay the pieces of one garment over what is drawn.

        Args:
            colour: uint8 H x W x 3 of the box, premultiplied; changed.
            alpha: float32 H x W, 0..1; changed.
            roi: The box.
            item: The garment.
            front: What lies in front.
        """
        sides = {"sleeve_left": 1, "sleeve_right": -1}
        sleeves = {sides[piece.name]: piece.reach for piece in item.pieces if piece.name in sides}
        for piece in item.pieces:
            rgba = self._sampler.sample(item.view, piece)
            own = cv2.extractChannel(rgba, 3).astype(np.float32) * np.float32(1.0 / 255.0)
            own *= 1.0 - _enlarged(front.over(piece, sleeves), piece, roi)
            rest = 1.0 - own
            where = _within(piece, roi)
            rgb = cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB)
            colour[where] = cv2.blendLinear(rgb, np.ascontiguousarray(colour[where]), own, rest)
            alpha[where] = alpha[where] * rest + own


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
