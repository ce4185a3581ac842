"""Draws fitted garments into a frame: only the box they touch is worked on."""

from dataclasses import replace

import cv2
import numpy as np

from tryon_app.compositing.contact import cast, contact_shadow
from tryon_app.compositing.fill import Fill, replaced, with_old_clothes
from tryon_app.compositing.occlusion import Front, front_of, sleeves_of
from tryon_app.compositing.plate import Plate
from tryon_app.compositing.relight import Relight
from tryon_app.compositing.warp import PieceSampler
from tryon_app.core.types import (
    CATEGORY_SLOT,
    Category,
    Composite,
    Fit,
    FitPiece,
    Float32,
    Frame,
    GarmentFit,
    Parsing,
    Pose,
    Rect,
    Slot,
    UInt8,
)


class GarmentCompositor:
    """Sampling, order, occlusion, light, edges.

    Args:
        thorough: Nothing waits for the picture.
    """

    def __init__(self, thorough: bool = False) -> None:
        self._thorough = thorough
        self._sampler = PieceSampler()
        self._relight = Relight()
        self._fill = Fill()
        self._plate = Plate()

    def reset(self) -> None:
        """Forget the last frames."""
        self._relight.reset()
        self._fill.reset()
        self._plate.reset()

    def watch(self, frame: Frame) -> None:
        """See `core.protocols.Compositor`."""
        self._plate.watch(frame, None)

    def composite(self, frame: Frame, pose: Pose, parsing: Parsing, fit: Fit) -> Composite:
        """See `core.protocols.Compositor`."""
        if parsing.labels is not None:  # else nothing is taken off, and no room is asked for
            self._plate.watch(frame, parsing.person)
        messages = tuple(item.message for item in fit.garments if item.message)
        fit = self._trimmed(fit)
        boxes = [piece.roi for item in fit.garments for piece in item.pieces]
        if not boxes:
            return Composite(image=frame.image, messages=messages)
        roi = boxes[0]
        for box in boxes[1:]:
            roi = roi.union(box)
        wide = roi if parsing.labels is None else with_old_clothes(roi, parsing.labels, frame, fit)
        front = front_of(frame, pose, parsing, wide, self._thorough)
        seen = front.labelled
        bared = None
        if seen is not None:
            taken_off = any(replaced(fit))
            room = self._plate.behind(front.grid, seen.small, seen.background) if taken_off else None
            bared = self._fill.bare(seen, fit, _longest_sleeves(fit), front.grid, room)
        colour = np.zeros((roi.height, roi.width, 3), np.uint8)
        alpha = np.zeros((roi.height, roi.width), np.float32)
        for item in fit.garments:
            self._draw(colour, alpha, roi, item, front, _below(item, fit))
        colour = cv2.multiply(colour, self._relight.shade(frame, roi, front, fit), dtype=cv2.CV_8U)
        image = frame.image.copy()
        changed = roi
        if seen is not None and bared is not None:
            cover, worn = front.grid.shrunk(alpha, roi), front.grid.shrunk(colour, roi)
            patch = bared.patch(seen, cover, worn, front.grid)
            if patch is not None:
                patch.paint(image, frame.image)
                changed = roi.union(patch.box)
            changed = changed.union(cast(contact_shadow(seen, cover, front.grid), image, front.grid))
        under = np.ascontiguousarray(image[roi.slices])
        # The garments are premultiplied: they are added to what shows through.
        image[roi.slices] = cv2.add(cv2.multiply(under, cv2.merge([1.0 - alpha] * 3), dtype=cv2.CV_8U), colour)
        image.flags.writeable = False
        layer = cv2.merge([*cv2.split(colour), cv2.convertScaleAbs(alpha, alpha=255.0)])
        return Composite(image=image, roi=changed, layer_roi=_padded(layer, roi, changed), messages=messages)

    def _trimmed(self, fit: Fit) -> Fit:
        """The fit in the boxes where something is seen of it."""
        garments = []
        for item in fit.garments:
            pieces = (self._sampler.trimmed(item.view, piece) for piece in item.pieces)
            garments.append(replace(item, pieces=tuple(piece for piece in pieces if piece is not None)))
        return Fit(tuple(garments))

    def _draw(self, colour: UInt8, alpha: Float32, roi: Rect, item: GarmentFit, front: Front, hangs: bool) -> None:
        """Lay the pieces of one garment over what is drawn.

        Args:
            colour: uint8 H x W x 3 of the box, premultiplied; changed.
            alpha: float32 H x W, 0..1; changed.
            roi: The box.
            item: The garment.
            front: What lies in front.
            hangs: Whether the present top hangs over it.
        """
        sleeves = sleeves_of(item.pieces)
        for piece in item.pieces:
            rgba = self._sampler.sample(item.view, piece)
            own = cv2.extractChannel(rgba, 3).astype(np.float32) * np.float32(1.0 / 255.0)
            own *= 1.0 - _enlarged(front, front.over(piece, sleeves, hangs), piece.roi)
            rest = 1.0 - own
            where = _within(piece, roi)
            rgb = cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB)
            colour[where] = cv2.blendLinear(rgb, np.ascontiguousarray(colour[where]), own, rest)
            alpha[where] = alpha[where] * rest + own


def _below(item: GarmentFit, fit: Fit) -> bool:
    """Whether a garment is put on below a top that stays."""
    category = item.worn.garment.category
    return CATEGORY_SLOT[category] is Slot.BOTTOM and category is not Category.OVERALLS and not replaced(fit)[0]


def _enlarged(front: Front, small: Float32, box: Rect) -> Float32:
    """The part of a small map that lies over a box, at full size."""
    # Half a small pixel of blur became several: steepen the edge again.
    return np.clip((front.grid.enlarged(small, box) - 0.5) * 1.6 + 0.5, 0.0, 1.0)


def _longest_sleeves(fit: Fit) -> dict[int, float]:
    """Side -> how far down the arm the longest new sleeve goes."""
    result: dict[int, float] = {}
    for item in fit.garments:
        for side, reach in sleeves_of(item.pieces).items():
            result[side] = max(reach, result.get(side, 0.0))
    return result


def _padded(layer: UInt8, box: Rect, wide: Rect) -> UInt8:
    """A layer over a box, with nothing around it up to a wider box."""
    if box == wide:
        return layer
    padded = np.zeros((wide.height, wide.width, 4), np.uint8)
    top, left = box.y0 - wide.y0, box.x0 - wide.x0
    padded[top : top + box.height, left : left + box.width] = layer
    return padded


def _within(piece: FitPiece, roi: Rect) -> tuple[slice, slice]:
    box = piece.roi
    return slice(box.y0 - roi.y0, box.y1 - roi.y0), slice(box.x0 - roi.x0, box.x1 - roi.x0)
