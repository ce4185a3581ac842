"""The gap between a sleeve and the body: where it is in the outline, and how much of it can be seen."""

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Point
from tryon_app.garments.outline import Outline, Pocket

_BLUNTEST = -0.87  # cosine of 150 degrees: a waist is a blunter dent, the corner of a sleeve a sharper one
_INWARDS = 0.6  # what a pixel inwards counts against a pixel up, on the way from cuff to armpit
_CRACK = 0.01
"""How high a step between cuff and hem is at least, in heights of the garment."""
_CORNER_STEP, _STANDS_OUT = 0.04, 0.03
"""The arms of a corner and how far a sleeve stands out beyond it, in widths of the garment."""
_SHARPEST = 40.0
"""Degrees by which the outline turns inwards below a sleeve, at least."""
_STEP = 0.012
"""Within how many widths of the garment a step in the lower edge is."""
_ALONE = 0.5
"""How much of a step's height the edge may fall or rise beside it."""
_LOWEST = 0.8
"""Cuffs of long sleeves hang this far down, in heights of the garment, at least."""
_UNDERARM, _OUTWARDS = 0.12, 0.55
"""How far below an armhole the armpit is looked for, in widths, and how steeply the side goes out to it."""
_CUT_IN, _SLOPE, _NECK = 0.02, 0.035, (0.4, 0.55, 0.7)
"""How far an armhole is cut in, how far the shoulder falls to it, and where the neck is, in halves of the shoulders."""
_DEEPEST, _TO_ARMPIT, _BEYOND = 1.8, 1.1, 1.12
"""Where an armhole is narrowest, how far below that it ends, and how far out from the middle, in the same."""
_CRACK_NEAREST, _CRACK_FARTHEST = 0.5, 0.93
"""Where it may be, in halves of the garment's width from the axis."""
_CRACK_EVEN = 0.08
"""How differently the two sides may lie, in halves of the width."""


def sleeve_pocket(outline: Outline, sign: int) -> Pocket | None:
    """The gap between sleeve and body on one side: None on a sleeveless garment.

    Followed from the top over the shoulder and down, the outline of a garment with a sleeve turns at the cuff and comes
    back, inwards and mostly upwards, to the armpit; without a sleeve it only goes down, bending in slowly at most.
    """
    found = _gap(outline, sign)
    return None if found is None or _is_armhole(outline, sign, found) else found


def has_armholes(outline: Outline) -> bool:
    """Whether it is cut as a top without sleeves: in below shoulders that slope, and out to the armpits.

    A waistband does not slope, and below it a skirt goes out at once.
    """
    return all(_armhole(outline, sign) for sign in (-1, 1))


def _armhole(outline: Outline, sign: int) -> bool:
    points = outline.contour[_down(outline, sign)]
    out = sign * (points[:, 0] - outline.middle)
    out = out[: int(out.argmax()) + 1]
    row = points[: len(out), 1] - outline.y0
    reached = np.maximum.accumulate(out)
    cut_in = np.where(row < _DEEPEST * np.maximum(reached, 1.0), reached - out, 0.0)
    narrowest = int(cut_in.argmax())
    shoulder = reached[narrowest]
    tip = int(out[: narrowest + 1].argmax())
    neck = min(outline.top(outline.middle + sign * share * shoulder) for share in _NECK)
    near = out[narrowest:][row[narrowest:] < row[narrowest] + _TO_ARMPIT * shoulder]
    return bool(
        cut_in[narrowest] > _CUT_IN * shoulder
        and points[tip, 1] - neck > _SLOPE * shoulder
        and near.max() > _BEYOND * shoulder
    )


def _is_armhole(outline: Outline, sign: int, pocket: Pocket) -> bool:
    """Whether it is cut out of a top without sleeves: the side goes out to the armpit at once, past the strap."""
    path = _down(outline, sign)
    place = int(np.flatnonzero(path == pocket.index)[0]) if pocket.index in path else 0
    out = sign * (outline.contour[path, 0] - outline.middle)
    near = outline.contour[path, 1] < pocket.bottom[1] + _UNDERARM * outline.width
    below = out[place:][near[place:]]
    if place == 0 or not len(below):
        return False
    steep = out[place] + _OUTWARDS * _UNDERARM * outline.width
    return float(below.max()) > max(steep, float(out[:place].max()))


def _gap(outline: Outline, sign: int) -> Pocket | None:
    path = _down(outline, sign)
    points = outline.contour[path]
    out = sign * (points[:, 0] - outline.middle)
    progress = points[:, 1] + _INWARDS * out
    back = np.maximum.accumulate(progress) - progress
    # An armpit lies off the middle and has the body below it: it is no wave of the hem.
    rows = np.minimum(points[:, 1].astype(int) + round(0.06 * outline.height), outline.mask.shape[0] - 1)
    filled = np.cumsum(outline.mask, axis=1)
    column = np.clip(np.round(points[:, 0]), 0, outline.mask.shape[1] - 1).astype(int)
    central = filled[rows, round(outline.middle)]
    inwards = np.abs(filled[rows, column] - central)
    back[(out < 0.12 * outline.width) | (inwards < 0.5 * out)] = 0
    best = int(back.argmax())
    if back[best] < 0.03 * outline.height:
        return _notch(outline, sign)
    cuff = int(progress[: best + 1].argmax())
    if out[: best + 1].max() < out[best] + 0.05 * outline.width:
        return None
    return Pocket(outline.at(int(path[best])), int(path[best]), float(back[best]), (outline.at(int(path[cuff])),) * 2)


def _down(outline: Outline, sign: int) -> NDArray[np.intp]:
    """The outline on one side from the top over the shoulder to the middle of the hem: indices of its points."""
    start = outline.farthest(np.arange(len(outline.contour)), (sign * 0.05, -1.0))
    end = outline.nearest((outline.middle, outline.y1))
    return outline.path(start, end) if sign > 0 else outline.path(end, start)[::-1]


def _notch(outline: Outline, sign: int) -> Pocket | None:
    """The corner below a wide sleeve that lies on the body, so that the outline never comes back."""
    step = round(0.06 * outline.width)
    count = len(outline.contour)
    for pocket in outline.pockets(0.04 * outline.width):
        x, y = pocket.bottom
        out = sign * (x - outline.middle)
        upper = min(pocket.mouth, key=lambda point: point[1])
        if out < 0.12 * outline.width or sign * (upper[0] - outline.middle) < 1.15 * out or upper[1] > y:
            continue
        if not outline.y0 + 0.15 * outline.height < y < outline.y1 - 0.12 * outline.height:
            continue
        here = outline.contour[pocket.index]
        arms = [outline.contour[(pocket.index + way * step) % count] - here for way in (-1, 1)]
        cosine = float(arms[0] @ arms[1]) / max(1e-6, float(np.hypot(*arms[0]) * np.hypot(*arms[1])))
        if cosine > _BLUNTEST:
            return pocket
    return _corner(outline, sign)


def _corner(outline: Outline, sign: int) -> Pocket | None:
    """The sharpest corner inwards below a part that stands out: where a waist or a flared hem is the deeper dent."""
    step = round(_CORNER_STEP * outline.width)
    path = _down(outline, sign)
    if len(path) < 4 * step:
        return None
    points = outline.contour[path]
    before, after = points[step:-step] - points[: -2 * step], points[2 * step :] - points[step:-step]
    turn = -sign * np.degrees(
        np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(axis=1))
    )
    here = points[step:-step]
    out = sign * (here[:, 0] - outline.middle)
    stands_out = np.maximum.accumulate(sign * (points[:-step, 0] - outline.middle))[: len(out)] - out
    row = (here[:, 1] - outline.y0) / outline.height
    turn[(out < 0.12 * outline.width) | (stands_out < _STANDS_OUT * outline.width)] = 0
    turn[(row < 0.12) | (row > 0.6)] = 0
    best = int(turn.argmax())
    if turn[best] < _SHARPEST:
        return None
    tip = int(np.argmax(sign * points[: best + step, 0]))
    place = outline.at(int(path[best + step]))
    return Pocket(place, int(path[best + step]), float(stands_out[best]), (outline.at(int(path[tip])),) * 2)


def opening(outline: Outline, pocket: Pocket) -> float:
    """How wide the gap opens, degrees between its two sides."""
    count, step = len(outline.contour), round(0.1 * outline.width)
    here = outline.contour[pocket.index]
    first, second = (outline.contour[(pocket.index + way * step) % count] - here for way in (-1, 1))
    lengths = max(1e-6, float(np.hypot(*first)) * float(np.hypot(*second)))
    return float(np.degrees(np.arccos(np.clip(float(first @ second) / lengths, -1, 1))))


def cracks(outline: Outline) -> dict[int, Pocket | None]:
    """The steps between cuffs and hem where long sleeves lie against the body all the way down.

    Nothing but a notch or step in the lower edge, one on either side at the same distance from the axis, tells such a
    top from one without sleeves.

    Returns:
        Side sign -> the place, or None; both or none.
    """
    depths = {sign: _crack(outline, sign) for sign in (-1, 1)}
    left, right = depths[-1], depths[1]
    half = 0.5 * outline.width
    if left is None or right is None or abs(left[0] - right[0]) > _CRACK_EVEN * half:
        return {-1: None, 1: None}
    found: dict[int, Pocket | None] = {}
    for sign, (out, y, depth) in ((-1, left), (1, right)):
        bottom: Point = (outline.middle + sign * out, y)
        index = outline.nearest(bottom)
        found[sign] = Pocket(outline.at(index), index, depth, (bottom, bottom))
    return found


def _crack(outline: Outline, sign: int) -> tuple[float, float, float] | None:
    """Distance from the axis, row and height of the sharpest step in one half of the lower edge."""
    half = 0.5 * outline.width
    out = np.arange(0, round(half))
    columns = np.clip(np.round(outline.middle + sign * out).astype(int), 0, outline.mask.shape[1] - 1)
    columns = columns[outline.mask[:, columns].any(axis=0)]
    reach = max(2, round(_STEP * outline.width))
    if len(columns) < 16:
        return None
    rows = (outline.mask.shape[0] - 1 - outline.mask[::-1, columns].argmax(axis=0)).astype(float)
    lowest = outline.y0 + _LOWEST * outline.height
    steps = np.zeros(len(rows))
    steps[reach:-reach] = np.abs(rows[2 * reach :] - rows[: -2 * reach])
    # A step stands alone: a slanting edge goes on beside it.
    beside = np.zeros(len(rows))
    beside[3 * reach : -3 * reach] = np.maximum(
        np.abs(rows[4 * reach : -2 * reach] - rows[6 * reach :]),
        np.abs(rows[2 * reach : -4 * reach] - rows[: -6 * reach]),
    )
    steps[beside > _ALONE * steps] = 0
    steps[:-reach][rows[reach:] < lowest] = 0
    steps[reach:][rows[:-reach] < lowest] = 0
    place = np.arange(len(steps)) / half
    steps[(place < _CRACK_NEAREST) | (place > _CRACK_FARTHEST)] = 0
    best = int(steps.argmax())
    if steps[best] < max(3.0, _CRACK * outline.height):
        return None
    return float(best), float(rows[best - reach : best + reach + 1].min()), float(steps[best])
