"""Cloth around a body: where the columns of a flat photo are seen on a torso that is round and may be turned.

A body is taken for an ellipse 0.68 as deep as wide, and cloth lies on it by its length along the surface: a print in
the middle keeps its size, columns crowd towards the sides, and on a turned body the middle moves to the far side.
"""

import numpy as np

from tryon_app.core.types import Float32

COLUMNS: Float32 = np.linspace(0.0, 1.0, 13, dtype=np.float32)
"""Positions across the photo that are placed."""
_DEPTH = 0.68
_ANGLES = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 65)
_STEPS = np.hypot(np.cos(_ANGLES), _DEPTH * np.sin(_ANGLES))
_LENGTHS = np.append(0.0, np.cumsum(0.5 * (_STEPS[1:] + _STEPS[:-1]))) * (_ANGLES[1] - _ANGLES[0])
_QUARTER = 0.5 * float(_LENGTHS[-1])
"""A quarter of the ellipse's length, for half a width of 1."""
_MOST_TURN = 1.1
_LEAST = 0.1
"""Share of an even spread that is kept, so that no column closes."""
_SHRINKS = 0.92
"""Where less of the torso is seen than the cloth is wide, its sides are hidden; no narrower is it drawn."""


def spread_round(flat: Float32, chest: float, left: Float32, right: Float32, turn: float) -> Float32:
    """Where columns of the photo lie between the edges of a torso.

    Args:
        flat: float32 n, half widths of the cloth as it lies flat, pixels.
        chest: Half the width of the cloth at the armpits, pixels: narrower rungs lie on the same body.
        left: float32 n, from the body's middle to the edge that the first column belongs to, pixels.
        right: float32 n, to the other edge.
        turn: Radians by which the body is turned so that its middle moves towards the first column's edge.

    Returns:
        float32 n x `COLUMNS`, 0 at the first and 1 at the second edge, rising.
    """
    turn = float(np.clip(turn, -_MOST_TURN, _MOST_TURN))
    towards, deep = np.cos(turn), _DEPTH * np.sin(turn)
    half = np.maximum(flat, chest)[:, None] / _QUARTER
    angle = np.interp((2.0 * COLUMNS - 1.0) * flat[:, None] / half, _LENGTHS - _QUARTER, _ANGLES)
    # The ellipse seen from where the body is turned away from; what is on its far side stays at the edge.
    seen = np.clip(angle - np.arctan2(deep, towards), -0.5 * np.pi, 0.5 * np.pi)
    place = half * np.hypot(towards, deep) * np.sin(seen)
    width = left + right
    ratio = width / np.maximum(place[:, -1] - place[:, 0], 1e-6)
    # On a wider body all of it is wider, the sides more than the middle.
    place *= np.maximum(np.minimum(ratio, np.sqrt(ratio)), _SHRINKS)[:, None]
    # The photo has no back: where that would come into view, the front is stretched to the edge.
    before, after = (np.square(np.clip(1.0 - 2.0 * ends, 0.0, 1.0)) for ends in (COLUMNS, COLUMNS[::-1]))
    place = place - before * np.maximum(place[:, :1] + left[:, None], 0.0)
    place = place + after * np.maximum(right[:, None] - place[:, -1:], 0.0)
    share = np.clip((place + left[:, None]) / np.maximum(width, 1e-6)[:, None], 0.0, 1.0)
    return (share + _LEAST * (COLUMNS - share)).astype(np.float32)
