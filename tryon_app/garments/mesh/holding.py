"""What a model holds, so that somebody can be asked what of it to wear."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tryon_app.core.types import Slot
from tryon_app.garments.mesh.model import Model
from tryon_app.garments.mesh.parts import of_slot
from tryon_app.garments.mesh.photograph import read_welded

_LOWER = 1 / 3
"""Of the height, from below: where legs stand apart."""
_MIDDLE = 0.01
"""Of the width, to each side."""
_ROWS = 64


@dataclass(frozen=True, slots=True)
class Holding:
    """What a model holds.

    Attributes:
        garments: How many garments, as `of_slot` counts them.
        legs: Whether the lowest of them ends in two legs: it is no skirt, and the whole no dress.
    """

    garments: int
    legs: bool


def holding(path: Path) -> Holding:
    """Look at a model without photographing it.

    Args:
        path: GLB, glTF with its data embedded, or OBJ.

    Raises:
        GarmentError: As for `photograph`.
        InputError: It cannot be read.
    """
    whole, place = read_welded(path)
    lowest, garments = of_slot(whole, place, Slot.BOTTOM)
    return Holding(garments, _has_legs(whole.only(lowest)))


def _has_legs(model: Model) -> bool:
    """Whether most rows of the lower third have no cloth in the middle; a skirt has some in front and behind."""
    corners = model.corners
    low, high = corners.reshape(-1, 3).min(axis=0), corners.reshape(-1, 3).max(axis=0)
    reach = _MIDDLE * (high[0] - low[0])
    across = corners[..., 0] - (low[0] + high[0]) / 2
    central = (across.min(axis=1) < reach) & (across.max(axis=1) > -reach)
    rows = (corners[central][..., 1] - low[1]) / max(1e-9, _LOWER * (high[1] - low[1])) * _ROWS
    first = np.clip(np.floor(rows.min(axis=1)), 0, _ROWS).astype(int)
    last = np.clip(np.ceil(rows.max(axis=1)), 0, _ROWS).astype(int)
    begin, end = (np.bincount(edge, minlength=_ROWS + 1) for edge in (first, last))
    covered = np.cumsum(begin - end)[:_ROWS] > 0
    return bool(covered.mean() < 0.5)
