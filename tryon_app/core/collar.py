"""The upper edge of a collar that stands up, in the silhouette of a garment that lies flat."""

import numpy as np

from tryon_app.core.types import Float32, UInt8

_STANDS = 0.15, 0.5
"""How high a collar stands above its feet, in widths between these; hoods are higher."""
_OPENINGS = 0.35, 0.95
"""How wide its upper edge is."""
_THICK = 0.04
"""How thick its cloth is."""


def opening(solid: UInt8, left: Float32, right: Float32) -> tuple[Float32, Float32] | None:
    """The upper corners of a collar that stands up around the neck; None where none does.

    Its front is seen from the corners down, and lies in front of the neck. A hood is higher, and all of it is inside.

    Args:
        solid: uint8 H x W, 0 or 1.
        left: Where the collar meets the shoulder, float32 2, pixels.
        right: The same of the other side; whichever is further right comes first.

    Returns:
        The corners in the same order, float32 2 each.
    """
    width, base = float(left[0] - right[0]), float(0.5 * (left[1] + right[1]))
    middle = 0.5 * float(left[0] + right[0])
    columns = solid[:, max(round(middle - 0.15 * width), 0) : round(middle + 0.15 * width) + 1]
    if width < 8 or not columns.size or not columns.any(axis=0).all():
        return None
    top = float(np.median(columns.argmax(axis=0)))
    if not _STANDS[0] * width < base - top < _STANDS[1] * width:
        return None
    row = round(top + _THICK * width)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], solid[row], [0]))))
    starts, ends = edges[::2], edges[1::2] - 1
    here = (starts <= middle) & (ends >= middle)
    if not here.any():
        return None
    first, last = float(starts[here][0]), float(ends[here][0])
    if not _OPENINGS[0] * width < last - first < _OPENINGS[1] * width:
        return None
    inner = _THICK * width
    return np.array([last - inner, row], np.float32), np.array([first + inner, row], np.float32)
