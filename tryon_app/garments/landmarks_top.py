"""Key points of tops and dresses, from the outline."""

from dataclasses import dataclass

import numpy as np

from tryon_app.core.types import KeyPoint, Point
from tryon_app.garments.outline import Ints, Outline, Pocket
from tryon_app.garments.sleeve_gap import opening

# Proportions of usual tops, measured flat: armpit below the shoulder tip, in widths of the chest.
_ARMHOLE = 0.42
_MOST_ARMHOLE = 0.62
_NARROW, _WIDE = 35.0, 50.0
"""Degrees. The gap beside a sleeve that hangs is narrow, and starts below the armpit; a batwing's is wide."""
_ABOVE_HEM = 0.12
"""A batwing's gap ends this far above the hem, in heights of the garment."""
_HIDDEN = 0.3
"""An inner corner this near to the gap's end, in widths of the cuff, is hidden behind the body with the armpit."""
_STUBBY, _BEND = 0.14, 0.015
"""Cuffs narrower than this, in halves of the chest, are corners; the lower one bends at least so, in widths."""
_STRAIGHT = 0.01
"""How far a straight edge may fall, in widths of the garment."""
_LEGS, _LEG_CUT = 0.6, 0.12
"""A bodysuit's lower end is at most this wide, in widths of its hips, and this much lower, in heights."""


@dataclass(frozen=True, slots=True)
class Side:
    """One half of a top, working pixels. `sign` is +1 on the picture's right."""

    sign: int
    collar: Point
    shoulder: Point
    armpit: Point
    hem: Point
    cuff_outer: Point | None
    cuff_inner: Point | None


@dataclass(frozen=True, slots=True)
class TopShape:
    """Both halves of a top and what they tell about it."""

    halves: tuple[Side, Side]
    strap: bool
    collar_rise: float
    guessed: float

    @property
    def chest(self) -> float:
        """Distance between the armpits."""
        return abs(self.halves[0].armpit[0] - self.halves[1].armpit[0])

    @property
    def length(self) -> float:
        """From the collar points to the hem."""
        first, second = self.halves
        return 0.5 * (first.hem[1] + second.hem[1] - first.collar[1] - second.collar[1])

    @property
    def sleeve(self) -> float:
        """Length of the sleeves, shoulder tip to the middle of the cuff; 0 without sleeves."""
        lengths = [
            float(np.hypot(half.cuff_outer[0] - half.shoulder[0], half.cuff_outer[1] - half.shoulder[1]))
            for half in self.halves
            if half.cuff_outer is not None
        ]
        return float(np.mean(lengths)) if lengths else 0.0


def find_top(outline: Outline, pockets: dict[int, Pocket | None]) -> TopShape:
    """All points of a top.

    Args:
        outline: The garment.
        pockets: Side sign -> gap between sleeve and body.

    Returns:
        The shape.
    """
    collars, rise, strap = _collars(outline, sleeves=any(pockets.values()))
    halves: dict[int, Side] = {}
    guessed = 0.0
    for sign, pocket in pockets.items():
        sleeve = None if pocket is None else _sleeved(outline, sign, collars[sign], pocket)
        if sleeve is not None:
            halves[sign] = sleeve[0]
            guessed = max(guessed, sleeve[1])
    for sign in (-1, 1):
        if sign not in halves:
            other = halves.get(-sign)
            # One sleeve shows its gap, the other lies against the body: garments have two sleeves alike.
            sleeved = other is not None and other.cuff_outer is not None
            halves[sign] = _mirrored(outline, other) if sleeved and other else _sleeveless(outline, sign, collars[sign])
    return TopShape((halves[-1], halves[1]), strap, rise, guessed)


def _mirrored(outline: Outline, half: Side) -> Side:
    """The other half of a top, moved onto the outline where the outline is near."""

    def mirror(point: Point, reach: float = 0.06) -> Point:
        flipped = (2.0 * outline.middle - point[0], point[1])
        near = outline.at(outline.nearest(flipped))
        close = float(np.hypot(near[0] - flipped[0], near[1] - flipped[1])) < reach * outline.width
        return near if close else flipped

    return Side(
        sign=-half.sign,
        collar=mirror(half.collar),
        shoulder=mirror(half.shoulder),
        # An armpit under a hanging sleeve is inside the outline.
        armpit=mirror(half.armpit, 0.02),
        hem=mirror(half.hem),
        cuff_outer=None if half.cuff_outer is None else mirror(half.cuff_outer),
        cuff_inner=None if half.cuff_inner is None else mirror(half.cuff_inner),
    )


def _profile(outline: Outline) -> tuple[np.ndarray, np.ndarray]:
    """Columns and the first garment row in each, smoothed a little."""
    columns = np.arange(outline.x0, outline.x1 + 1)
    tops = np.array([outline.top(float(x)) for x in columns])
    valid = ~np.isnan(tops)
    tops = np.interp(columns, columns[valid], tops[valid])
    return columns, tops


def _collars(outline: Outline, sleeves: bool) -> tuple[dict[int, Point], float, bool]:
    """Collar points by side, how far a collar or hood rises above them, and whether the top hangs on straps."""
    columns, tops = _profile(outline)
    half = 0.5 * outline.width
    step = max(3, round(0.02 * outline.width))
    found: dict[int, Point] = {}
    rises = []
    strap = False
    for sign in (-1, 1):
        x = outline.middle + sign * np.arange(0, half)
        y = np.interp(x, columns, tops)
        limit = round((0.42 if sleeves else 0.85) * half)
        peak = int(y[: max(step, limit)].argmin())
        # Inside the peak the contour dips: a neckline. Outside it falls: gently over a shoulder, steeply at a collar.
        falls = (y[step:] - y[:-step]) / step
        corner = peak
        steep = np.flatnonzero(falls[peak : limit + step] > 0.9)
        dips = y[0] - y[peak] > 0.015 * outline.height
        if len(steep) and sleeves and peak + steep[0] < 0.34 * half + step:
            end = peak + int(steep[0])
            while end < len(falls) - 1 and falls[end] > 0.62:
                end += 1
            if y[end] - y[peak] > 0.02 * outline.height and end < 0.5 * half:
                corner = end
        if corner == peak and dips:
            # The plateau of a seam's width: its middle.
            level = np.flatnonzero(y[: limit + step] < y[peak] + 0.004 * outline.height)
            corner = int(np.median(level[np.abs(level - peak) < 2 * step]))
        elif corner == peak:
            # A straight upper edge, closed by the back: where it ends.
            beyond = np.flatnonzero(y[peak : limit + 1] > y[peak] + _STRAIGHT * outline.width)
            corner = max(peak + int(beyond[0]) - 1 if len(beyond) else peak, round(0.16 * half))
        rises.append((y[corner] - y.min()) / outline.width)
        found[sign] = (float(x[corner]), float(y[corner]))
        strap |= not sleeves and dips
    return found, float(np.mean(rises)), strap


def _sleeved(outline: Outline, sign: int, collar: Point, pocket: Pocket) -> tuple[Side, float] | None:
    """One half with its sleeve, and how much of it is guessed; None where nothing stands out beyond the gap."""
    start = outline.nearest(collar)
    path = outline.path(start, pocket.index) if sign > 0 else outline.path(pocket.index, start)
    tip = outline.contour[outline.farthest(path, (sign * 1.0, 0.6))]
    origin = np.array([pocket.bottom[0], 0.5 * (outline.top(pocket.bottom[0]) + pocket.bottom[1])])
    for _ in range(3):
        axis = tip - origin
        axis = axis / max(1e-6, float(np.hypot(*axis)))
        outwards = np.array([axis[1], -axis[0]]) * sign
        along = (outline.contour[path] - origin) @ axis
        if along.max() <= 0:
            return None
        end = path[along > 0.55 * along.max()]  # of a stubby sleeve the armpit would pass for the inner corner
        outer = outline.farthest(end, _direction(axis + 0.8 * outwards))
        inner = outline.farthest(end, _direction(axis - 0.8 * outwards))
        tip = 0.5 * (outline.contour[outer] + outline.contour[inner])
    cuff_outer, cuff_inner = outline.at(outer), outline.at(inner)
    if _distance(cuff_inner, cuff_outer) < _STUBBY * abs(pocket.bottom[0] - outline.middle):
        cuff_inner = _lower_corner(outline, sign, inner, pocket)
    torso = outline.path(pocket.index, outline.nearest((outline.middle, outline.y1)))
    if sign < 0:
        torso = outline.path(outline.nearest((outline.middle, outline.y1)), pocket.index)
    hem = outline.at(_hem(outline, sign, torso, pocket.bottom[1]))
    hidden = _distance(cuff_inner, pocket.bottom) < _HIDDEN * _distance(cuff_inner, cuff_outer)
    armpit, guess = _armpit(outline, sign, pocket, hem, hidden)
    shoulder = _shoulder(outline, sign, collar, cuff_outer, armpit)
    if _distance(shoulder, cuff_outer) < _STUBBY * abs(armpit[0] - outline.middle) * 2 and cuff_inner != pocket.bottom:
        # What was taken for the cuff is the upper edge of a cap sleeve: its cuff goes on from its tip to the gap.
        cuff_outer, cuff_inner = cuff_inner, _lower_corner(outline, sign, inner, pocket)
        shoulder = _shoulder(outline, sign, collar, cuff_outer, armpit)
    return Side(sign, collar, shoulder, armpit, hem, cuff_outer, cuff_inner), guess


def _lower_corner(outline: Outline, sign: int, tip: int, pocket: Pocket) -> Point:
    """Where the cuff of a cap sleeve ends, whose edge slants from its tip to the gap: the bend between, or the gap."""
    path = outline.path(tip, pocket.index) if sign > 0 else outline.path(pocket.index, tip)[::-1]
    points = outline.contour[path]
    chord = points[-1] - points[0]
    bend = np.abs((points - points[0]) @ np.array([chord[1], -chord[0]])) / max(1e-6, float(np.hypot(*chord)))
    best = int(bend.argmax())
    return outline.at(int(path[best])) if bend[best] > _BEND * outline.width else pocket.bottom


def _distance(first: Point, second: Point) -> float:
    return float(np.hypot(first[0] - second[0], first[1] - second[1]))


def _hem(outline: Outline, sign: int, path: Ints, armpit: float) -> int:
    """The corner of the hem on a path along the torso; of a bodysuit, whose legs are cut out, that of the hips."""
    corner = outline.farthest(path, (sign * 1.0, 1.15))
    lower = path[outline.contour[path, 1] > armpit + 0.35 * (outline.y1 - armpit)]
    if not len(lower):
        return corner
    hips = outline.farthest(lower, (sign * 1.0, 0.3))
    half, end = (sign * (outline.contour[index, 0] - outline.middle) for index in (hips, corner))
    below = outline.contour[corner, 1] - outline.contour[hips, 1]
    return hips if end < _LEGS * half and below > _LEG_CUT * outline.height else corner


def _direction(vector: np.ndarray) -> Point:
    return (float(vector[0]), float(vector[1]))


def _shoulder(outline: Outline, sign: int, collar: Point, cuff: Point, armpit: Point) -> Point:
    """The bend between shoulder seam and sleeve: farthest from the chord collar-cuff, near above the armpit."""
    half = abs(armpit[0] - outline.middle)
    start, end = outline.nearest(collar), outline.nearest(cuff)
    path = outline.path(start, end) if sign > 0 else outline.path(end, start)
    points = outline.contour[path]
    out = sign * (points[:, 0] - outline.middle)
    # Only the sleeve's upper part: over its whole length the farthest point slides down a bent sleeve.
    near = points[np.hypot(points[:, 0] - collar[0], points[:, 1] - collar[1]) < 1.35 * half]
    cuff_like = near[int((near @ np.array([sign * 1.0, 1.0], np.float32)).argmax())]
    chord = cuff_like - np.array(collar)
    normal = np.array([chord[1], -chord[0]]) * sign / max(1e-6, float(np.hypot(*chord)))
    bend = (points - np.array(collar)) @ normal
    # A soft pull to the usual place decides on raglan and dropped shoulders, where the bend is slight.
    usual = 0.9 * half
    score = bend - 0.35 * np.abs(out - usual) * (np.abs(out - usual) > 0.08 * half)
    score[(out < 0.6 * half) | (out > 1.15 * half) | (points[:, 1] > armpit[1])] = -np.inf
    if not np.isfinite(score).any():
        x = outline.middle + sign * usual
        return (x, outline.top(x))
    best = points[int(score.argmax())]
    return (float(best[0]), float(best[1]))


def _armpit(outline: Outline, sign: int, pocket: Pocket, hem: Point, hidden: bool) -> tuple[Point, float]:
    """The pocket's bottom, or further up where the sleeve lies against the body and hides the gap.

    Args:
        outline: The garment.
        sign: The side.
        pocket: The gap.
        hem: The hem's corner.
        hidden: The sleeve's inner corner lies behind the body, and the armpit with it.

    Returns:
        The point, and 0..1: how much of it is guessed.
    """
    x, y = pocket.bottom
    half = abs(x - outline.middle)
    tip = outline.top(outline.middle + sign * 0.92 * half)
    wide = opening(outline, pocket)
    wanted = tip + _ARMHOLE * 2 * half
    deepest = wanted if hidden or wide < _NARROW else tip + _MOST_ARMHOLE * 2 * half
    above_hem = y < hem[1] - _ABOVE_HEM * outline.height
    if y <= deepest or (wide > _WIDE and above_hem and not hidden):
        return (x, y), 0.0
    # Up along the fold between sleeve and body: a dark line that starts at the pocket.
    grey = outline.grey
    position = x
    for row in range(int(y), int(wanted), -1):
        low, high = int(position) - 2, int(position) + 3
        piece = grey[row, max(low, 0) : high] + 0.01 * np.abs(np.arange(max(low, 0), high) - position)
        position = 0.7 * position + 0.3 * float(max(low, 0) + int(piece.argmin()))
    limit = 0.06 * 2 * half
    return (float(np.clip(position, x - limit, x + limit)), float(wanted)), min(
        1.0, (y - wanted) / max(1.0, hem[1] - wanted)
    )


def _sleeveless(outline: Outline, sign: int, collar: Point) -> Side:
    middle = outline.nearest((outline.middle, outline.y1))
    start = outline.nearest(collar)
    path = outline.path(start, middle) if sign > 0 else outline.path(middle, start)
    hem_index = _hem(outline, sign, path, collar[1] + 0.35 * outline.height)
    side = outline.path(start, hem_index) if sign > 0 else outline.path(hem_index, start)
    points = outline.contour[side]
    high = points[:, 1] < collar[1] + 0.12 * outline.height
    shoulder_index = outline.farthest(side[high] if high.any() else side, (sign * 1.0, -1.2))
    shoulder = outline.at(shoulder_index)
    below = points[:, 1] > shoulder[1] + 0.04 * outline.height
    above = points[:, 1] < outline.y0 + min(0.6 * outline.height, 0.9 * outline.width)
    among = side[below & above] if (below & above).any() else side
    # The corner that stands out most from the straight line between shoulder and hem.
    hem = outline.at(hem_index)
    across = (hem[1] - shoulder[1], shoulder[0] - hem[0])
    armpit = outline.at(outline.farthest(among, (sign * across[0], sign * across[1])))
    return Side(sign, collar, shoulder, armpit, hem, None, None)


def waist(outline: Outline, shape: TopShape) -> dict[int, Point]:
    """The narrowest place of a dress, below the armpits."""
    first, second = shape.halves
    top = 0.5 * (first.armpit[1] + second.armpit[1])
    bottom = 0.5 * (first.hem[1] + second.hem[1])
    rows = np.arange(top + 0.12 * (bottom - top), top + 0.5 * (bottom - top))
    spans = [outline.run(y, outline.middle) for y in rows]
    usual = top + 0.24 * (bottom - top)
    widths = np.array([b - a for a, b in spans]) + 0.05 * np.abs(rows - usual)
    best = int(widths.argmin())
    return {-1: (spans[best][0], float(rows[best])), 1: (spans[best][1], float(rows[best]))}


def name_top(shape: TopShape, back: bool) -> dict[KeyPoint, Point]:
    """Key points by name; the wearer's left is the picture's right, on a photo of the back the picture's left."""
    named: dict[KeyPoint, Point] = {}
    for half in shape.halves:
        side = "left" if (half.sign > 0) != back else "right"
        named[KeyPoint(f"collar_{side}")] = half.collar
        named[KeyPoint(f"shoulder_{side}")] = half.shoulder
        named[KeyPoint(f"armpit_{side}")] = half.armpit
        named[KeyPoint(f"hem_{side}")] = half.hem
        if half.cuff_outer is not None and half.cuff_inner is not None:
            named[KeyPoint(f"cuff_outer_{side}")] = half.cuff_outer
            named[KeyPoint(f"cuff_inner_{side}")] = half.cuff_inner
    return named
