"""In which ways a garment that was dropped in may be worn, where that is not for its shape alone to say."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path

from tryon_app.core.types import Category, Garment, Slot
from tryon_app.core.types import KeyPoint as K

_OPENS = frozenset({Category.LONGSLEEVE, Category.SHIRT, Category.HOODIE, Category.SWEATER})
"""Tops of a photo that may be jackets: whether they open in front is not always to be seen."""
_TUNIC, _MINI = 1.75, 2.35
"""Lengths, in widths of the chest, between which a long top and a short dress look alike.

Measured: tops 1.3 to 1.6, dresses 2.4 to 3.
"""


class Way(StrEnum):
    """How a file is worn: as one garment, or as a top and a bottom that go together."""

    TOP = "top"
    BOTTOM = "bottom"
    BOTH = "both"
    DRESS = "dress"
    OUTER = "outer"

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Where its garments go, inner layers first."""
        return (Slot.BOTTOM, Slot.TOP) if self is Way.BOTH else (Slot(self.value),)

    @classmethod
    def of(cls, slots: Collection[Slot]) -> "Way | None":
        """The way that is worn in these places, None where no way is."""
        return next((way for way in cls if set(way.slots) == set(slots)), None)


def ways_of(path: Path, garment: Garment) -> tuple[Way, ...]:
    """The ways to offer for a file; slow.

    Args:
        path: A photo or a model.
        garment: What it was taken for.

    Returns:
        In the order of `Way`; empty where only one comes into question.

    Raises:
        GarmentError: The model is damaged.
        InputError: The file cannot be read any more.
    """
    from tryon_app.garments.mesh.holding import holding
    from tryon_app.garments.mesh.photograph import is_mesh

    if not is_mesh(path):
        found = _of_shape(garment, layered=garment.category in _OPENS)
    else:
        held = holding(path)
        found = _of_suit(held.legs) if held.garments > 1 else _of_shape(garment, layered=True, legs=held.legs)
    return tuple(way for way in Way if way in found) if len(found) > 1 else ()


def _of_suit(legs: bool) -> set[Way]:
    """Legs drawn together under a dress look like nothing that is worn: the whole suit is top and bottom."""
    return {Way.TOP, Way.BOTTOM, Way.BOTH, Way.OUTER} | (set() if legs else {Way.DRESS})


def _of_shape(garment: Garment, *, layered: bool, legs: bool = False) -> set[Way]:
    """Of one garment: what it was taken for, and what looks alike."""
    length = _length(garment)
    alike: Mapping[Slot, set[Way]] = {
        Slot.TOP: ({Way.OUTER} if layered else set()) | ({Way.DRESS} if length > _TUNIC else set()),
        Slot.OUTER: {Way.TOP} | ({Way.DRESS} if length > _TUNIC else set()),
        Slot.DRESS: {Way.OUTER} | ({Way.TOP} if length < _MINI else set()) | ({Way.BOTTOM} if legs else set()),
        Slot.BOTTOM: {Way.DRESS} if garment.category is Category.SKIRT else set(),
    }
    return {Way(garment.slot.value)} | alike[garment.slot]


def _length(garment: Garment) -> float:
    """From the collar to the hem, in widths of the chest; 0 where that is not known."""
    points = garment.front.keypoints
    ends = (K.COLLAR_LEFT, K.COLLAR_RIGHT, K.HEM_LEFT, K.HEM_RIGHT, K.ARMPIT_LEFT, K.ARMPIT_RIGHT)
    if not all(name in points for name in ends):
        return 0.0
    (_, a), (_, b), (_, c), (_, d), (left, _), (right, _) = (points[name] for name in ends)
    return (c + d - a - b) / 2 / max(1.0, abs(left - right))
