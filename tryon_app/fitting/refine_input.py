"""What the warp network is shown: a garment as geometry lays it on a body, and what is known of the picture around it.

All maps are squares of `SIZE` cells, upright about the person, `CELLS` of them to the distance between the shoulders:
people near and far look alike to the network. The same code makes them from a camera and from a synthetic person.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import cv2
import numpy as np

from tryon_app.core.types import BodyPart, FitPiece, Float32, GarmentFit, GarmentView, KeyPoint, Labels, Material
from tryon_app.fitting.body import Body
from tryon_app.fitting.raster import OUTSIDE

SIZE = 112
"""Cells along each side."""
CELLS = 26.0
"""Cells of one unit (see `body.py`)."""
CHANNELS = 20
"""Torso, left and right sleeve, inside of the collar; place in the photo across and down; `_PARTS`; `_MATERIALS`; how
likely this garment is worn already, the same everywhere."""
ABOVE = 0.9
"""Units above the shoulders that are in the picture."""
PIECES = ("torso", "sleeve_left", "sleeve_right")
"""What a top is made of, beside the inside of its collar."""
_PARTS: tuple[tuple[BodyPart, ...], ...] = (
    (BodyPart.HEAD,),
    (BodyPart.TORSO,),
    (BodyPart.LEFT_UPPER_ARM,),
    (BodyPart.RIGHT_UPPER_ARM,),
    (BodyPart.LEFT_FOREARM, BodyPart.LEFT_HAND),
    (BodyPart.RIGHT_FOREARM, BodyPart.RIGHT_HAND),
    tuple(BodyPart)[BodyPart.LEFT_THIGH :],
)
_MATERIALS: tuple[tuple[Material, ...], ...] = (
    (Material.UPPER,),
    (Material.LOWER,),
    (Material.DRESS,),
    (Material.SKIN, Material.FACE),
    (Material.HAIR,),
    (Material.OTHER,),
)

_FARTHEST = 2.0
"""Distance from the armpits, in chest widths, at which places in the photo are all the same."""
_PHOTO_SIDE = 192
"""Longer side of the photo's alpha as it is sampled: about a pixel a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A garment on the cells.

    Attributes:
        alpha: float32 `SIZE` x `SIZE`, 0..1, its pieces together.
        pieces: float32 4 x `SIZE` x `SIZE`, 0..1: what is seen of torso, left and right sleeve, inside of the collar.
        photo: float32 `SIZE` x `SIZE` x 2, the photo pixel that is seen; `OUTSIDE` where none is.
        place: float32 2 x `SIZE` x `SIZE`, -1..1: the same from the armpits on, in chest widths; 0 where none is.
    """

    alpha: Float32
    pieces: Float32
    photo: Float32
    place: Float32


def around(body: Body) -> Float32:
    """From a pixel of the frame to a cell: float32 2 x 3."""
    scale = CELLS / body.unit
    x, y = body.points[[11, 12]].mean(axis=0)
    return np.array([[scale, 0.0, (SIZE - 1) / 2.0 - scale * x], [0.0, scale, ABOVE * CELLS - scale * y]], np.float32)


class Layer:
    """Lays garments on cells; keeps each photo's alpha small."""

    def __init__(self) -> None:
        self._alphas: WeakKeyDictionary[GarmentView, dict[str, tuple[float, Float32]]] = WeakKeyDictionary()

    def lay(self, item: GarmentFit, matrix: Float32, size: int = SIZE) -> Laid:
        """A garment on the cells.

        Args:
            item: The garment as geometry laid it.
            matrix: float32 2 x 3, from a pixel of the frame to a cell.
            size: Cells along each side.
        """
        pieces = np.zeros((len(PIECES) + 1, size, size), np.float32)
        photo = np.full((size, size, 2), OUTSIDE, np.float32)
        alpha = np.zeros((size, size), np.float32)
        back = np.linalg.inv(np.vstack([matrix, [0.0, 0.0, 1.0]]))
        flows: dict[int, Float32] = {}  # pieces may share one
        for piece in item.pieces:
            if id(piece.flow) not in flows:
                flows[id(piece.flow)] = _on_cells(piece, back, size)
            flow = flows[id(piece.flow)]
            scale, own = self._alpha(item.view, piece)
            seen: Float32 = cv2.remap(own, (flow + 0.5) * scale - 0.5, None, cv2.INTER_LINEAR)
            if piece.cut is not None:
                seen *= flow @ np.array(piece.cut[:2], np.float32) <= piece.cut[2]
            pieces *= 1.0 - seen
            pieces[PIECES.index(piece.name) if piece.name in PIECES else -1] += seen
            alpha += seen * (1.0 - alpha)
            inside = (flow[..., 0] > -1.0) & (flow[..., 1] > -1.0)
            where = (seen > 0.5) | (inside & (photo[..., 0] == OUTSIDE))
            cv2.copyTo(flow, where.astype(np.uint8), photo)
        return Laid(alpha, pieces, photo, _placed(item.view, photo) * alpha)

    def _alpha(self, view: GarmentView, piece: FitPiece) -> tuple[float, Float32]:
        """How much smaller, and what of the photo belongs to a piece, 0..1."""
        kept = self._alphas.setdefault(view, {})
        if piece.name not in kept:
            alpha = view.rgba[..., 3].astype(np.float32) * np.float32(1.0 / 255.0)
            if piece.weight is not None:
                alpha *= piece.weight
            scale = min(1.0, _PHOTO_SIDE / max(alpha.shape))
            size = max(round(alpha.shape[1] * scale), 1), max(round(alpha.shape[0] * scale), 1)
            kept[piece.name] = scale, np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
        return kept[piece.name]


def encode(laid: Laid, labels: Labels, matrix: Float32, alike: float) -> Float32:
    """The network's input.

    Args:
        laid: The garment, on the cells of `matrix`.
        labels: What the parsing network says of the picture.
        matrix: float32 2 x 3, from a pixel of the frame to a cell.
        alike: See `GarmentFit`.

    Returns:
        float32 `CHANNELS` x `SIZE` x `SIZE`, -1..1.
    """
    result = np.empty((CHANNELS, SIZE, SIZE), np.float32)
    result[:4], result[4:6], result[-1] = laid.pieces, laid.place, alike
    grouped = [labels.part(*parts) for parts in _PARTS] + [labels.material(*some) for some in _MATERIALS]
    # From a cell to a pixel of the labels' maps.
    back = np.linalg.inv(np.vstack([matrix, [0.0, 0.0, 1.0]]))
    onto = np.asarray(labels.matrix, np.float64) @ back
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for channel, values in zip(result[6:-1], grouped, strict=True):
        cv2.warpAffine(values, onto, (SIZE, SIZE), dst=channel, flags=flags)
    return result


def _on_cells(piece: FitPiece, back: Float32, size: int) -> Float32:
    """The photo pixel seen at each cell, float32 size x size x 2."""
    onto = (back[:2] - [[0.0, 0.0, piece.roi.x0], [0.0, 0.0, piece.roi.y0]]) / piece.step
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flow: Float32 = cv2.warpAffine(
        piece.flow, onto, (size, size), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(OUTSIDE, OUTSIDE)
    )
    return flow


def _placed(view: GarmentView, photo: Float32) -> Float32:
    """Where in the garment a photo pixel lies, 2 x h x w, -1..1."""
    left, right = (np.array(view.keypoints[k]) for k in (KeyPoint.ARMPIT_LEFT, KeyPoint.ARMPIT_RIGHT))
    chest = max(float(np.hypot(*(left - right))), 1.0)
    middle, scale = (left + right) / 2.0, 1.0 / (_FARTHEST * chest)
    place = [(photo[..., axis] - middle[axis]) * scale for axis in (0, 1)]
    return np.clip(place, -1.0, 1.0).astype(np.float32)
