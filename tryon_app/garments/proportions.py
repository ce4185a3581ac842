"""Whether a shape can be a garment: garments are cut to bodies, so their proportions lie within what bodies have.

Key points are found in whatever has an outline: a mug has an armpit under its handle. What gives it away is that no
arm fits through its sleeve, or that its neck is as wide as its shoulders.
"""

from collections.abc import Mapping

import cv2
import numpy as np

from tryon_app.core.types import KeyPoint, Point, Slot
from tryon_app.garments.outline import Outline
from tryon_app.garments.sleeve_gap import has_armholes

Limits = Mapping[str, tuple[float, float]]

_SPANNED = 0.7
"""What the key points span is this much like the shape, at least: a garment is laid between them.

Measured: .78 and more for garments, whose sleeves may hide their armpits.
"""
_EVEN = 0.92
"""Share of the shape that lies on its own mirror image. Measured: garments .96 and more."""
_ONE_PIECE = 0.7
"""A garment is one piece; crumbs beside it are shadows and labels."""
_MOST_CONVEX = 0.955
"""Armholes and necks are cut out of a sleeveless top: it fills less of its convex hull. Measured: .83 to .91."""
_ASKEW = 0.08
"""How far the middles of neck, waist and hem lie off the axis, in widths of the garment, at most."""
_BELOW_WAIST = 0.3
"""Where the sides of a skirt must still be closer than at the hips, on the way there: rounded corners are not."""

# Least and most of each measure; those of the catalogue and of product photos lie well within.
_TOP = {
    "shoulders": (0.35, 1.25),  # in widths of the chest, like all that follow but the neck
    "hem": (0.66, 3.2),
    "length": (0.6, 3.8),
    "armhole": (0.2, 1.15),
    "slope": (-0.3, 0.8),  # how far the shoulders fall, by how far they reach out
}
_SLEEVED = _TOP | {
    "neck": (0.15, 0.85),  # in widths of the shoulders
    "slope": (0.03, 0.8),
    "cuff": (0.07, 0.95),  # a hand goes through it
    "sleeve": (0.12, 2.3),
    "full": (0.55, 1.0),
}
_SLEEVELESS = _TOP | {"neck": (0.33, 1.03), "full": (0.5, _MOST_CONVEX)}
_LEGS = {"waist": (0.45, 1.0), "crotch": (0.3, 1.4), "leg": (0.1, 3.0), "ankle": (0.1, 0.95)}
"""In widths of the hips."""
_SKIRT = {"waist": (0.25, 0.96), "below waist": (0.25, 0.965), "hem": (0.8, 4.0), "length": (0.35, 4.5)}


def looks_worn(points: Mapping[KeyPoint, Point], slot: Slot, outline: Outline) -> bool:
    """Whether somebody could put it on.

    Args:
        points: Key points of one view, working pixels.
        slot: Where it goes.
        outline: The shape.
    """
    if outline.evenness < _EVEN or outline.share < _ONE_PIECE or _spanned(points, outline) < _SPANNED:
        return False
    if any(_off(points, name, outline) > _ASKEW for name in ("collar", "waist", "hem")):
        return False
    measures, limits = (_of_bottom if slot is Slot.BOTTOM else _of_top)(points, outline)
    return all(least <= measures[name] <= most for name, (least, most) in limits.items())


def _of_top(points: Mapping[KeyPoint, Point], outline: Outline) -> tuple[dict[str, float], Limits]:
    chest, shoulders, neck = (_width(points, name) for name in ("armpit", "shoulder", "collar"))
    collar, tip, armpit, hem = (_row(points, name) for name in ("collar", "shoulder", "armpit", "hem"))
    measures = {
        "neck": neck / max(1.0, shoulders),
        "shoulders": shoulders / chest,
        "hem": _width(points, "hem") / chest,
        "length": (hem - collar) / chest,
        "armhole": (armpit - tip) / chest,
        "slope": 2 * (tip - collar) / max(0.05 * chest, shoulders - neck),
        "full": _fullness(outline),
    }
    if KeyPoint.CUFF_OUTER_LEFT not in points:
        if has_armholes(outline):
            return measures, _SLEEVELESS | {"full": (0.5, 1.0)}
        return measures, _SLEEVELESS
    measures["cuff"] = _length(points, "cuff_outer", "cuff_inner") / chest
    measures["sleeve"] = _length(points, "shoulder", "cuff_outer") / chest
    return measures, _SLEEVED


def _of_bottom(points: Mapping[KeyPoint, Point], outline: Outline) -> tuple[dict[str, float], Limits]:
    hips, waist, hip = _width(points, "hip"), _row(points, "waist"), _row(points, "hip")
    measures = {"waist": _width(points, "waist") / hips}
    if KeyPoint.CROTCH in points:
        crotch = points[KeyPoint.CROTCH][1]
        measures["crotch"] = (crotch - waist) / hips
        measures["leg"] = (_row(points, "ankle_outer") - crotch) / hips
        measures["ankle"] = _length(points, "ankle_outer", "ankle_inner") / hips
        return measures, _LEGS
    measures["below waist"] = float(np.ptp(outline.span(waist + _BELOW_WAIST * (hip - waist)))) / hips
    measures["hem"] = _width(points, "hem") / hips
    measures["length"] = (_row(points, "hem") - waist) / hips
    return measures, _SKIRT


def _sides(points: Mapping[KeyPoint, Point], name: str) -> tuple[Point, Point]:
    return points[KeyPoint(f"{name}_left")], points[KeyPoint(f"{name}_right")]


def _width(points: Mapping[KeyPoint, Point], name: str) -> float:
    left, right = _sides(points, name)
    return max(1.0, float(np.hypot(left[0] - right[0], left[1] - right[1])))


def _off(points: Mapping[KeyPoint, Point], name: str, outline: Outline) -> float:
    if KeyPoint(f"{name}_left") not in points:
        return 0.0
    left, right = _sides(points, name)
    return abs(0.5 * (left[0] + right[0]) - outline.middle) / outline.width


def _row(points: Mapping[KeyPoint, Point], name: str) -> float:
    return float(np.mean([point[1] for point in _sides(points, name)]))


def _length(points: Mapping[KeyPoint, Point], first: str, second: str) -> float:
    """From one point to another, mean of both sides."""
    ends = zip(_sides(points, first), _sides(points, second), strict=True)
    return float(np.mean([np.hypot(a[0] - b[0], a[1] - b[1]) for a, b in ends]))


def _fullness(outline: Outline) -> float:
    """Share of its convex hull that the shape fills, its holes counted as filled."""
    hull = cv2.contourArea(cv2.convexHull(outline.contour))
    return float(cv2.contourArea(outline.contour) / max(1.0, hull))


_WAYS = (
    ("collar", "shoulder", "cuff_outer", "cuff_inner", "armpit", "waist", "hem"),
    ("waist", "hip", "ankle_outer", "ankle_inner", "hem"),
)
"""The outline from the top down one side, of a top or dress and of a bottom."""


def _spanned(points: Mapping[KeyPoint, Point], outline: Outline) -> float:
    """Overlap (intersection over union) of the shape with the polygon of its key points, from the upper one down.

    Above them are hoods, collars and bibs.
    """
    way = _WAYS[0] if KeyPoint.COLLAR_LEFT in points else _WAYS[1]
    left, right = (
        [points[key] for name in way for key in KeyPoint if key == f"{name}_{side}" and key in points]
        for side in ("left", "right")
    )
    middle = [points[KeyPoint.CROTCH]] if KeyPoint.CROTCH in points else []
    corners = np.array(left + middle + right[::-1])
    polygon = np.zeros_like(outline.mask)
    cv2.fillPoly(polygon, [np.round(corners).astype(np.int32)], 1)
    below = slice(max(0, int(corners[:, 1].min())), None)
    shape, spanned = outline.mask[below] > 0, polygon[below] > 0
    return float((shape & spanned).sum() / max(1, (shape | spanned).sum()))
