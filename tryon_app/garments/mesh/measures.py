"""What a model measures in centimetres, and the size chart that follows: a model is cut in one size, the middle one."""

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np

from tryon_app.core.types import Category, KeyPoint, Point, Size, Slot
from tryon_app.garments.landmarks import Found
from tryon_app.garments.mesh.light import Shot
from tryon_app.garments.mesh.model import Model
from tryon_app.garments.sizes import DEFAULT_SIZE, usual_sizes

_BELOW_ARMPIT, _ABOVE_HEM, _BELOW_WAIST = 2.0, 1.5, 1.0
"""cm from the key points to where girths are taken: seams gather there."""
_ASIDE = 0.7
"""cm beyond the key points that still are torso, not sleeve."""
_WAISTS = np.linspace(0.3, 0.7, 9)
"""Where between armpit and hem a waist may be."""
_HIP_BELOW_WAIST = 20.0
_PLAUSIBLE = (0.5, 2.0)
"""Times the usual measure: beyond, the model's scale is not that of people, or a key point is off."""


def sizes_of(model: Model, shot: Shot, found: Found) -> tuple[Size, ...]:
    """The size chart of a model: its own measures for the middle size, the others graded as usual.

    Args:
        model: The surface, cm.
        shot: Its front view.
        found: What that shows, key points in its pixels.

    Returns:
        In rising order; the category's usual ones where the model has no scale or one that is not of people.
    """
    usual = usual_sizes(found.category)
    middle = next(size for size in usual if size.name == DEFAULT_SIZE)
    least, most = _PLAUSIBLE
    shifts = {}
    if model.to_scale:
        for name, cm in _measures(model, shot, found).items():
            common = float(getattr(middle, name))
            if common and least * common <= cm <= most * common:
                shifts[name] = cm - common
    if ("hip" if found.slot is Slot.BOTTOM else "chest") not in shifts:
        return usual
    return tuple(_moved(size, shifts) for size in usual)


def _moved(size: Size, shifts: Mapping[str, float]) -> Size:
    measures = {name: getattr(size, name) + shift for name, shift in shifts.items()}
    return replace(size, **{name: round(cm, 1) for name, cm in measures.items()})


def _measures(model: Model, shot: Shot, found: Found) -> dict[str, float]:
    """Name of a measure -> cm, of those that the key points allow."""
    at = {name: (shot.left + x / shot.scale, shot.top - y / shot.scale) for name, (x, y) in found.keypoints.items()}
    if found.slot is Slot.BOTTOM:
        return _of_bottom(model, at, found.category)
    return _of_top(model, at, found.category)


def _of_bottom(model: Model, at: Mapping[KeyPoint, Point], category: Category) -> dict[str, float]:
    waist, hip = _height(at, "waist"), _height(at, "hip")
    end = _height(at, "hem" if category is Category.SKIRT else "ankle_outer")
    return {
        "waist": _half_girth(model, waist - _BELOW_WAIST, (-np.inf, np.inf)),
        "hip": _half_girth(model, hip, (-np.inf, np.inf)),
        "length": waist - end,
    }


def _of_top(model: Model, at: Mapping[KeyPoint, Point], category: Category) -> dict[str, float]:
    armpit, hem = _height(at, "armpit"), _height(at, "hem")

    def torso(height: float) -> float:
        """Half the girth without the sleeves."""
        share = float(np.clip((armpit - height) / max(1e-6, armpit - hem), 0, 1))
        sides = [
            (1 - share) * at[KeyPoint(f"armpit_{side}")][0] + share * at[KeyPoint(f"hem_{side}")][0]
            for side in ("left", "right")
        ]
        return _half_girth(model, height, (min(sides) - _ASIDE, max(sides) + _ASIDE))

    waists = [(torso(armpit - share * (armpit - hem)), armpit - share * (armpit - hem)) for share in _WAISTS]
    waist, waist_height = min(waists)
    end = hem + _ABOVE_HEM
    found = {
        "chest": torso(armpit - _BELOW_ARMPIT),
        "waist": waist,
        "hip": torso(max(end, waist_height - _HIP_BELOW_WAIST) if category is Category.DRESS else end),
        "length": _height(at, "collar") - hem,
        "shoulder": _apart(at[KeyPoint.SHOULDER_LEFT], at[KeyPoint.SHOULDER_RIGHT]),
    }
    if KeyPoint.CUFF_OUTER_LEFT in at:
        lengths = []
        for side in ("left", "right"):
            outer, inner = at[KeyPoint(f"cuff_outer_{side}")], at[KeyPoint(f"cuff_inner_{side}")]
            cuff = (outer[0] + inner[0]) / 2, (outer[1] + inner[1]) / 2
            lengths.append(_apart(at[KeyPoint(f"shoulder_{side}")], cuff))
        found["sleeve"] = float(np.mean(lengths))
    return found


def _height(at: Mapping[KeyPoint, Point], pair: str) -> float:
    return (at[KeyPoint(f"{pair}_left")][1] + at[KeyPoint(f"{pair}_right")][1]) / 2


def _apart(one: Point, other: Point) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _half_girth(model: Model, height: float, between: tuple[float, float]) -> float:
    """Half of what a tape measures around the model at a height, cm; between two x."""
    corners = model.corners
    points = []
    for one, other in ((0, 1), (1, 2), (2, 0)):
        a, b = corners[:, one], corners[:, other]
        crossing = (a[:, 1] <= height) != (b[:, 1] <= height)
        a, b = a[crossing], b[crossing]
        share = (height - a[:, 1]) / (b[:, 1] - a[:, 1])
        points.append((a + share[:, None] * (b - a))[:, [0, 2]])
    ring = np.concatenate(points).astype(np.float32)
    ring = ring[(ring[:, 0] >= between[0]) & (ring[:, 0] <= between[1])]
    if len(ring) < 3:
        return 0.0
    return float(cv2.arcLength(cv2.convexHull(ring), True)) / 2
