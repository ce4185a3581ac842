"""Sampling a garment photo along a flow, at full resolution and without aliasing."""

from dataclasses import replace
from weakref import WeakKeyDictionary

import cv2
import numpy as np

from tryon_app.core.types import FitPiece, Float32, GarmentView, Rect, UInt8

_LEVELS = 4
_COLUMNS = 3
_NOWHERE = -1e6
"""Photo coordinate below which a sample shows nothing (see `FitPiece.flow`)."""


class PieceSampler:
    """Draws pieces of garments into boxes of the frame. Keeps each piece's photo in several sizes."""

    def __init__(self) -> None:
        self._pyramids: WeakKeyDictionary[GarmentView, dict[str, list[UInt8]]] = WeakKeyDictionary()
        self._bounds: WeakKeyDictionary[GarmentView, dict[str, tuple[int, int, int, int]]] = WeakKeyDictionary()

    def trimmed(self, view: GarmentView, piece: FitPiece) -> FitPiece | None:
        """The piece in the box where something of its photo lands; None where nothing does.

        Args:
            view: The photo.
            piece: Where it goes.
        """
        bounds = self._bounds.setdefault(view, {})
        if piece.name not in bounds:
            x, y, across, down = cv2.boundingRect(cv2.extractChannel(self._levels(view, piece)[0], 3))
            bounds[piece.name] = x, y, across, down
        left, top, width, height = bounds[piece.name]
        inside = cv2.inRange(piece.flow, (left - 1.0, top - 1.0), (left + width, top + height))
        if piece.cut is not None:
            inside &= cv2.compare(_beyond(piece.cut, piece.flow), 0.0, cv2.CMP_LE)
        x, y, across, down = cv2.boundingRect(inside)
        if not across:
            return None
        # Between a sample that is outside and one inside, something may be seen already.
        x0, y0, x1, y1 = max(x - 1, 0), max(y - 1, 0), x + across + 1, y + down + 1
        roi, step = piece.roi, piece.step
        box = Rect(
            roi.x0 + x0 * step,
            roi.y0 + y0 * step,
            min(roi.x0 + x1 * step, roi.x1),
            min(roi.y0 + y1 * step, roi.y1),
        )
        tears = None if piece.torn is None else piece.torn[y0 : y1 + 1, x0 : x1 + 1]
        return replace(piece, roi=box, flow=piece.flow[y0 : y1 + 1, x0 : x1 + 1], torn=tears)

    def sample(self, view: GarmentView, piece: FitPiece) -> UInt8:
        """The piece as it stands in the frame.

        Args:
            view: The photo.
            piece: Where it goes.

        Returns:
            uint8 `roi.height` x `roi.width` x 4, straight alpha.
        """
        levels = self._levels(view, piece)
        size = self._pixels(piece)
        level = int(np.clip(np.floor(np.log2(max(size, 1e-3)) + 0.35), 0, len(levels) - 1))
        shrink = 0.5**level
        small = (piece.flow + 0.5) * shrink - 0.5 if level else piece.flow
        flow = _at_every_pixel(small, piece.step, piece.roi.width, piece.roi.height)
        if piece.torn is not None and piece.step > 1:
            _keep_apart(flow, small, piece.torn, piece.step)
        drawn: UInt8 = cv2.remap(levels[level], flow, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        if piece.cut is not None:
            across, down, far = piece.cut
            rest = (far + 0.5 * (across + down)) * shrink - 0.5 * (across + down)
            # One frame pixel of soft edge.
            kept = np.float32(0.5) - _beyond((across, down, rest), flow) / np.float32(max(size * shrink, 1e-3))
            kept = cv2.convertScaleAbs(cv2.max(kept, 0.0), alpha=255.0)
            cv2.insertChannel(cv2.multiply(cv2.extractChannel(drawn, 3), kept, scale=1.0 / 255.0), drawn, 3)
        return drawn

    def _levels(self, view: GarmentView, piece: FitPiece) -> list[UInt8]:
        pieces = self._pyramids.setdefault(view, {})
        levels = pieces.get(piece.name)
        if levels is None:
            own = view.rgba
            if piece.weight is not None:
                own = own.copy()
                own[..., 3] = np.round(own[..., 3] * piece.weight).astype(np.uint8)
            levels = [np.ascontiguousarray(own)]
            while len(levels) < _LEVELS and min(levels[-1].shape[:2]) >= 64:
                levels.append(_half(levels[-1]))
            pieces[piece.name] = levels
        return levels

    def _pixels(self, piece: FitPiece) -> float:
        """Photo pixels to a frame pixel, in the middle of a piece's range."""
        # Some columns are enough to tell.
        some = piece.flow[:, ::_COLUMNS]
        step = cv2.absdiff(some[1:], some[:-1])
        along = (step[..., 0] + step[..., 1]).ravel()
        inside = along[(along > 1e-3) & (along < 64 * piece.step)]
        if not len(inside):
            return 1.0
        middle = len(inside) // 2
        return float(np.partition(inside, middle)[middle]) / piece.step


def _beyond(cut: tuple[float, float, float], flow: Float32) -> Float32:
    """How far photo pixels (float32 h x w x 2) lie beyond a line: see `FitPiece.cut`."""
    across, down, far = cut
    distance: Float32 = cv2.transform(flow, np.array([[across, down, -far]]))
    return distance


def _at_every_pixel(flow: Float32, step: int, width: int, height: int) -> Float32:
    """A flow whose sample (column, row) stands at pixel (step * column, step * row), at every pixel.

    Resizing lays samples on the middles of `step` pixels instead, by half a pixel between two of them where `step` is
    even: their mean is what is wanted, at a third of what an affine warp costs.
    """
    framed = cv2.copyMakeBorder(flow, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    size = framed.shape[1] * step, framed.shape[0] * step
    first, last = step + (step - 1) // 2, step + step // 2
    if first == last:
        dense = cv2.resize(framed, size, interpolation=cv2.INTER_LINEAR)
        return np.ascontiguousarray(dense[first : first + height, first : first + width])
    dense = cv2.resize(framed * np.float32(0.5), size, interpolation=cv2.INTER_LINEAR)
    return cv2.add(
        dense[first : first + height, first : first + width], dense[last : last + height, last : last + width]
    )


def _keep_apart(dense: Float32, flow: Float32, torn: UInt8, step: int) -> None:
    """Where a piece lies on itself each pixel shows one of the layers, what most of the samples around it show.

    Args:
        dense: float32 height x width x 2, the flow at every pixel; changed.
        flow: float32 h x w x 2, its samples.
        torn: See `FitPiece.torn`.
        step: Pixels between samples.
    """
    above, left = (
        np.minimum(np.arange(length) // step, last - 1)
        for length, last in zip(dense.shape[:2], torn.shape, strict=True)
    )
    # The first pixels beyond were mixed as well (see `_at_every_pixel`).
    y, x = np.nonzero(cv2.dilate(torn[above[:, None], left], np.ones((2, 2), np.uint8), anchor=(1, 1)))
    row, column = above[y], left[x]
    down, across = np.minimum((y - step * row) / step, 1.0), np.minimum((x - step * column) / step, 1.0)
    # Float32 4 x pixels (x 2): the samples around each, and what they would weigh.
    rows, columns = (
        (part, np.minimum(part + 1, most - 1)) for part, most in zip((row, column), torn.shape, strict=True)
    )
    around = np.stack([flow[i, j] for i in rows for j in columns])
    weight = np.stack([a * b for a in (1.0 - down, down) for b in (1.0 - across, across)])
    every = np.arange(len(y))
    far = np.abs(around - around[weight.argmax(axis=0), every]).sum(axis=2)
    same = far <= 0.5 * np.where(around[..., 0] < _NOWHERE, np.float32(0.0), far).max(axis=0)
    share = (weight * same).sum(axis=0)
    mean = (around * (weight * same)[..., None]).sum(axis=0) / share[:, None]
    dense[y, x] = np.where((share >= 0.5)[:, None], mean, around[np.where(same, 0.0, weight).argmax(axis=0), every])


def _half(rgba: UInt8) -> UInt8:
    """Half the size. Beyond its edge a photo goes on in the garment's own colours (`matting.bleed`): a plain mean will
    do.
    """
    height, width = rgba.shape[0] // 2 * 2, rgba.shape[1] // 2 * 2
    return cv2.resize(rgba[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
