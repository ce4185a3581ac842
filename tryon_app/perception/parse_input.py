"""What the parsing network is shown: the part of a frame around a person, their mask, and their limbs as lines.

The same code makes the network's input from a camera and from a synthetic person, so that training sees what use sees.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from tryon_app.core.types import Float32, UInt8
from tryon_app.perception.cropping import cropped

WIDTH, HEIGHT = 192, 256
CHANNELS = 15
"""Red, green, blue, person, and the eleven limbs of `_LIMBS` and the head."""

_LIMBS: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((11, 12, 24, 23, 11),),
    ((11, 13),),
    ((12, 14),),
    ((13, 15),),
    ((14, 16),),
    ((15, 17), (15, 19), (15, 21)),
    ((16, 18), (16, 20), (16, 22)),
    ((23, 25),),
    ((24, 26),),
    ((25, 27, 31), (26, 28, 32)),
)
"""Torso; left and right upper arm, forearm, hand, thigh; both shins and feet. MediaPipe's landmark numbers."""
SIDES = [0, 1, 2, 3, 4, 6, 5, 8, 7, 10, 9, 12, 11, 13, 14]
"""The channels in which a mirror shows them."""
_HEAD = (7, 3, 0, 6, 8)
_FAR_OUT = 2.0
_PRESENT = 0.3
_MARGIN = 0.16
_BODY = 1.15
"""Least length of what is looked at below the shoulders."""
_LEAST = 0.5
"""Smallest width of a crop as a share of the shoulders-to-hips length times 2."""
_FIXED = 4
_LINE = 5
_VALUES = np.linspace(-0.5, 0.5, 256, dtype=np.float32)
"""What the network is shown for each of 8 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """Where the network looks.

    Attributes:
        matrix: float32 2 x 3, from a pixel of the frame to a pixel of the network's input.
    """

    matrix: Float32

    @property
    def scale(self) -> float:
        """Pixels of the input for one of the frame."""
        return float(self.matrix[0, 0])


def crop_around(points: Float32, presence: Float32, width: int, height: int) -> Crop:
    """The upright box around a person that is inside the frame, with a margin, in the network's proportions.

    Args:
        points: 33 x 2, landmarks in pixels of the frame.
        presence: 33, 0..1; what is not in the picture does not widen the box.
        width: Of the frame.
        height: Of the frame.
    """
    shoulders, hips = points[[11, 12]].mean(axis=0), points[[23, 24]].mean(axis=0)
    torso = max(float(np.hypot(*(shoulders - hips))), float(np.hypot(*(points[11] - points[12]))), 8.0)
    seen = (presence > _PRESENT) & (points > -torso).all(axis=1)
    seen &= (points[:, 0] < width + torso) & (points[:, 1] < height + torso)
    seen[[11, 12]] = True
    kept = np.clip(points[seen], 0.0, np.array([width, height], np.float32))
    low, high = kept.min(axis=0), kept.max(axis=0)
    # The landmarks end at the eyes and ears: the rest of the head is above. And where the frame cuts the body, what is
    # left of it goes down to there, though no landmark says so.
    low[1] = max(min(low[1], shoulders[1] - 0.62 * torso), 0.0)
    high[1] = max(high[1], min(shoulders[1] + _BODY * torso, height))
    margin = _MARGIN * torso + 0.06 * float((high - low).max())
    low, high = low - margin, high + margin
    low, high = np.maximum(low, -margin), np.minimum(high, np.array([width, height]) + margin)
    centre, size = (low + high) / 2.0, np.maximum(high - low, torso * _LEAST * 2.0)
    scale = min(WIDTH / float(size[0]), HEIGHT / float(size[1]))
    shift = np.array([WIDTH, HEIGHT]) / 2.0 - scale * centre
    return Crop(np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]], np.float32))


def encode(image: UInt8, person: Float32 | None, points: Float32, presence: Float32, crop: Crop) -> Float32:
    """The network's input.

    Args:
        image: uint8 RGB, the frame.
        person: float32 h x w, 0..1, over the whole frame at any resolution; None where no mask is to be had.
        points: 33 x 2, landmarks in pixels of the frame.
        presence: 33, 0..1.
        crop: Where to look.

    Returns:
        float32 `CHANNELS` x `HEIGHT` x `WIDTH`, -0.5..0.5.
    """
    planes = np.empty((CHANNELS, HEIGHT, WIDTH), np.uint8)
    planes[:3] = cropped(image, crop.matrix, WIDTH, HEIGHT).transpose(2, 0, 1)
    planes[3] = 128 if person is None else _mask(person, image.shape[1], image.shape[0], crop)
    planes[_FIXED:] = limbs(points, presence, crop)
    values: Float32 = cv2.LUT(planes.reshape(-1, WIDTH), _VALUES)
    return values.reshape(planes.shape)


def limbs(points: Float32, presence: Float32, crop: Crop) -> UInt8:
    """The pose as pictures: one map for each entry of `_LIMBS`, then the head.

    Returns:
        uint8 (`CHANNELS` - 4) x `HEIGHT` x `WIDTH`, 0 or 255 with smooth edges.
    """
    maps = np.zeros((CHANNELS - _FIXED, HEIGHT, WIDTH), np.uint8)
    placed = points @ crop.matrix[:, :2].T + crop.matrix[:, 2]
    limit = np.array([WIDTH, HEIGHT], np.float32) * _FAR_OUT
    known = (presence > _PRESENT) & (placed > -limit).all(axis=1) & (placed < 2.0 * limit).all(axis=1)
    known[[11, 12]] = True
    fixed = np.round(np.clip(placed, -limit, 2.0 * limit) * 8.0).astype(np.int32)
    for index, chains in enumerate(_LIMBS):
        for chain in chains:
            for start, end in pairwise(chain):
                if known[start] and known[end]:
                    _line(maps[index], fixed[start], fixed[end])
    for start, end in pairwise(_HEAD):
        if known[start] and known[end]:
            _line(maps[-1], fixed[start], fixed[end])
    return maps


def _line(target: UInt8, start: np.ndarray, end: np.ndarray) -> None:
    cv2.line(target, start.tolist(), end.tolist(), 255, _LINE, cv2.LINE_AA, 3)


def _mask(person: Float32, width: int, height: int, crop: Crop) -> UInt8:
    across, down = person.shape[1] / width, person.shape[0] / height
    inner = np.array([[1 / across, 0.0, 0.5 / across - 0.5], [0.0, 1 / down, 0.5 / down - 0.5], [0.0, 0.0, 1.0]])
    matrix = crop.matrix.astype(np.float64) @ inner
    bits: UInt8 = cv2.convertScaleAbs(
        cv2.warpAffine(person, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR), None, 255.0
    )
    return bits
