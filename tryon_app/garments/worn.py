"""Product photos show garments, not people: telling a person in a photo from a face that is printed on cloth."""

from collections.abc import Callable

import numpy as np

from tryon_app.core.types import UInt8

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels."""
FindPerson = Callable[[UInt8], Box | None]
"""uint8 RGB -> box of a person's face (perhaps beyond the picture), None where there is nobody."""

_HAIR = 0.5
"""How far above a face the head goes on, in heights of the face."""
_WIDEST_HEAD = 2.2
"""Hair and hats at that height are at most this wide, in widths of the face."""
_ON_RIM = 0.06
"""A cut-out that covers more of the photo's rim is a person together with half of the street."""


def is_print(alpha: UInt8, face: Box) -> bool:
    """Whether a face is printed on the garment: above it there is cloth on either side, not the top of a head.

    Args:
        alpha: uint8 H x W, the cut-out in the photo's own frame.
        face: Where a face is, pixels of the same frame.
    """
    x, y, width, height = face
    row, column = round(y - _HAIR * height), round(x + width / 2)
    if not (0 <= row < alpha.shape[0] and 0 <= column < alpha.shape[1]) or alpha[row, column] <= 127:
        return False
    solid = alpha > 127
    rim = np.concatenate((solid[0], solid[-1], solid[:, 0], solid[:, -1]))
    if rim.mean() > _ON_RIM:
        return False
    gaps = np.flatnonzero(~solid[row])
    place = int(np.searchsorted(gaps, column))
    left = gaps[place - 1] if place else -1
    right = gaps[place] if place < len(gaps) else alpha.shape[1]
    return bool(right - left - 1 > _WIDEST_HEAD * width)
