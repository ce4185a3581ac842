"""Key points of trousers, shorts, overalls and skirts, from the outline."""

from dataclasses import dataclass

import numpy as np

from tryon_app.core.types import KeyPoint, Point
from tryon_app.garments.outline import Outline, Pocket

_UP, _DOWN = -2.0, 1.4


@dataclass(frozen=True, slots=True)
class BottomShape:
    """Points of a bottom by side sign (+1: the picture's right), working pixels; a skirt has no crotch."""

    waist: dict[int, Point]
    hip: dict[int, Point]
    outer: dict[int, Point]
    inner: dict[int, Point]
    crotch: Point | None
    bib: bool

    @property
    def leg_share(self) -> float:
        """Length of the legs over that of the part above the crotch."""
        if self.crotch is None:
            return 0.0
        top = 0.5 * (self.waist[-1][1] + self.waist[1][1])
        bottom = 0.5 * (self.outer[-1][1] + self.outer[1][1])
        return (bottom - self.crotch[1]) / max(1.0, self.crotch[1] - top)


def leg_pocket(outline: Outline) -> Pocket | None:
    """The gap between two legs, open below; None where there are no legs."""
    for pocket in outline.pockets(0.08 * outline.height):
        x, _ = pocket.bottom
        if abs(x - outline.middle) > 0.16 * outline.width:
            continue
        first, second = pocket.mouth
        if min(first[1], second[1]) < outline.y1 - 0.2 * outline.height:
            continue
        if (first[0] - x) * (second[0] - x) < 0:
            return pocket
    return None


def find_trousers(outline: Outline, pocket: Pocket) -> BottomShape:
    """All points of a bottom with two legs."""
    bib = _has_bib(outline, pocket)
    waist = _bib_waist(outline, pocket) if bib else _waist(outline)
    top = 0.5 * (waist[-1][1] + waist[1][1])
    crotch = _crotch(outline, pocket, top)
    hip_row = top + 0.72 * (crotch[1] - top)
    rows = np.arange(top + 0.35 * (crotch[1] - top), max(top + 2, crotch[1] - 2))
    spans = np.array([outline.span(y) for y in rows])
    if len(spans):
        hip_row = float(rows[int((spans[:, 1] - spans[:, 0] - 0.15 * np.abs(rows - hip_row)).argmax())])
    left, right = outline.span(hip_row)
    outer, inner = {}, {}
    for sign in (-1, 1):
        side = outline.nearest((left if sign < 0 else right, hip_row))
        path = outline.path(side, pocket.index) if sign > 0 else outline.path(pocket.index, side)
        outer[sign] = outline.at(outline.farthest(path, (sign * 1.0, _DOWN)))
        inner[sign] = outline.at(outline.farthest(path, (sign * -1.0, _DOWN)))
    return BottomShape(waist, {-1: (left, hip_row), 1: (right, hip_row)}, outer, inner, crotch, bib)


def find_skirt(outline: Outline) -> BottomShape:
    """All points of a skirt."""
    waist = _waist(outline)
    top = 0.5 * (waist[-1][1] + waist[1][1])
    width = waist[1][0] - waist[-1][0]
    row = min(top + 0.6 * width, top + 0.5 * (outline.y1 - top))
    left, right = outline.span(row)
    everything = np.arange(len(outline.contour))
    hems = {sign: outline.at(outline.farthest(everything, (sign * 1.0, _DOWN))) for sign in (-1, 1)}
    return BottomShape(waist, {-1: (left, row), 1: (right, row)}, hems, {}, None, bib=False)


def name_bottom(shape: BottomShape, back: bool) -> dict[KeyPoint, Point]:
    """Key points by name; the wearer's left is the picture's right, on a photo of the back the picture's left."""
    named: dict[KeyPoint, Point] = {}
    for sign in (-1, 1):
        side = "left" if (sign > 0) != back else "right"
        named[KeyPoint(f"waist_{side}")] = shape.waist[sign]
        named[KeyPoint(f"hip_{side}")] = shape.hip[sign]
        if shape.crotch is None:
            named[KeyPoint(f"hem_{side}")] = shape.outer[sign]
        else:
            named[KeyPoint(f"ankle_outer_{side}")] = shape.outer[sign]
            named[KeyPoint(f"ankle_inner_{side}")] = shape.inner[sign]
    if shape.crotch is not None:
        named[KeyPoint.CROTCH] = shape.crotch
    return named


def _waist(outline: Outline) -> dict[int, Point]:
    points = outline.contour
    upper = np.flatnonzero(points[:, 1] < outline.y0 + 0.18 * outline.height)
    return {sign: outline.at(outline.farthest(upper, (sign * 1.0, _UP))) for sign in (-1, 1)}


def _crotch(outline: Outline, pocket: Pocket, top: float) -> Point:
    """The top of the gap; where the thighs hide it, the place it usually has."""
    x, y = pocket.bottom
    left, right = outline.span(top + 0.5 * (y - top))
    rise = 0.95 * (right - left)
    return (x, min(y, top + rise)) if y - top > 1.15 * (right - left) else (x, y)


def _has_bib(outline: Outline, pocket: Pocket) -> bool:
    """Whether the part above the waist is narrow and starts with straps."""
    hip = outline.span(pocket.bottom[1] - 0.05 * outline.height)
    full = hip[1] - hip[0]
    rows = [outline.y0 + share * outline.height for share in (0.03, 0.08, 0.14)]
    narrow = [outline.span(y)[1] - outline.span(y)[0] < 0.78 * full for y in rows]
    solid = [outline.mask[round(y)].sum() < 0.6 * full for y in rows]
    return all(narrow) and sum(solid) >= 2


def _bib_waist(outline: Outline, pocket: Pocket) -> dict[int, Point]:
    hip = outline.span(pocket.bottom[1] - 0.08 * outline.height)
    full = hip[1] - hip[0]
    for y in range(outline.y0 + round(0.1 * outline.height), round(pocket.bottom[1])):
        left, right = outline.run(y, outline.middle)
        if right - left > 0.88 * full:
            return {-1: (left, float(y)), 1: (right, float(y))}
    return _waist(outline)
