"""What a cut-out shows and where its key points are, found from the silhouette and the edges within it."""

from dataclasses import dataclass, replace

import numpy as np

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import CATEGORY_SLOT, Category, KeyPoint, Point, Slot, UInt8
from tryon_app.garments.landmarks_bottom import find_skirt, find_trousers, leg_pocket, name_bottom
from tryon_app.garments.landmarks_top import TopShape, find_top, name_top, waist
from tryon_app.garments.neckline import front_neck
from tryon_app.garments.opening import opens_in_front
from tryon_app.garments.outline import Outline, Pocket, outline_of
from tryon_app.garments.proportions import looks_worn
from tryon_app.garments.sleeve_gap import cracks, has_armholes, sleeve_pocket
from tryon_app.garments.waistband import has_waistband

_NO_GARMENT = "The shape in the photo is not that of a garment that can be worn."
_REMEDY = (
    "Use a photo of one garment in full, spread out and upright. If this is one, say where it is worn (as with --slot)."
)
_DRESS_LENGTH = 2.0
_COLLAR = 0.035  # how far a collar rises above the collar points, in widths of the garment
_LONG_SLEEVE = 0.62
_GATHERED, _SHORT = 0.93, 1.48  # hem and length of a gathered top, in widths of the chest, at most
_MOST_GUESSED, _SURE = 0.5, 0.15
_DRAWN_IN = 0.99
_SHOULDER_ROWS = (0.0, 0.085, 0.1, 0.185)
_NECK_ENDS = (0.015, 0.06, 0.11, 0.16)
"""Where shoulders are looked for, in widths of the garment below its upper edge."""
_SPREAD, _SLOWING = 1.35, 0.75
_LEGS = 0.6
"""Trousers are legs for more than this share of their height, whatever their waistband spreads like."""
_LEAST_NECK = 0.1
"""Narrower tips are buckles and hooks, no necks."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a cut-out.

    Attributes:
        slot: Where it goes.
        category: What it is, as far as the silhouette tells.
        keypoints: Pixels of the picture.
        confidence: 0..1; below 0.5 somebody should look at the preview.
    """

    slot: Slot
    category: Category
    keypoints: dict[KeyPoint, Point]
    confidence: float


def find_keypoints(rgba: UInt8, slot: Slot | None = None, *, back: bool = False) -> Found:
    """Name the garment and find its key points.

    Args:
        rgba: uint8 H x W x 4, a cut-out garment, upright.
        slot: Where it goes; found out when None.
        back: The photo shows the back: the wearer's left is the picture's left.

    Returns:
        What was found.

    Raises:
        GarmentError: The shape is that of no garment; where the slot is given, hardly anything is refused.
    """
    outline = outline_of(rgba)
    is_bottom = _is_bottom(outline) if slot is None else slot is Slot.BOTTOM
    found = _bottom(outline, back) if is_bottom else _top(outline, slot, back)
    _check(found, outline, proportions=slot is None)
    return replace(found, keypoints={name: outline.to_picture(point) for name, point in found.keypoints.items()})


def _is_bottom(outline: Outline) -> bool:
    legs = leg_pocket(outline)
    tall = outline.height > 1.6 * outline.width  # buckles of overalls pass for sleeves; an open coat is wider
    if legs is not None and tall and legs.depth > _LEGS * outline.height:
        return True
    if _shouldered(outline) or has_armholes(outline):
        return False
    sleeved = all(_sleeve_pockets(outline).values())
    legged = legs is not None and (tall or not sleeved)
    return legged or (not sleeved and _flat_top(outline))


def _sleeve_pockets(outline: Outline) -> dict[int, Pocket | None]:
    pockets = {sign: sleeve_pocket(outline, sign) for sign in (-1, 1)}
    known = any(pockets.values()) or not _shouldered(outline) or has_armholes(outline)
    return pockets if known else cracks(outline)


def _shouldered(outline: Outline) -> bool:
    """Whether the outline spreads from a neck to shoulders at once: below a waistband it goes on spreading, or slowly.

    The back collar fills the neckline of a photo taken from the front, so that the upper edge of many tops is flat.
    Measured: tops whose neck is closed 1.42 to 2.4, with sleeves in sight or not; trousers and skirts 1.0 to 1.24.
    """
    return any(_spreads(outline, start) for start in _NECK_ENDS)


def _spreads(outline: Outline, start: float) -> bool:
    """Whether it does so from a row so many widths below the upper edge: a stand-up collar or roll neck is above it."""
    rows = ((start + row) * outline.width for row in _SHOULDER_ROWS)
    top, upper, first, last = (float(np.ptp(outline.span(outline.y0 + row))) for row in rows)
    if not np.isfinite([top, upper, first, last]).all() or top < _LEAST_NECK * outline.width:
        return False
    return upper > _SPREAD * top and last - first < _SLOWING * (upper - top)


def _bottom(outline: Outline, back: bool) -> Found:
    legs = leg_pocket(outline)
    if legs is None:
        shape = find_skirt(outline)
        category = Category.SKIRT
    else:
        shape = find_trousers(outline, legs)
        category = Category.TROUSERS if shape.leg_share > 1.15 else Category.SHORTS
        if shape.bib:
            category = Category.OVERALLS
    return Found(Slot.BOTTOM, category, name_bottom(shape, back), _symmetry(outline))


def _top(outline: Outline, slot: Slot | None, back: bool) -> Found:
    shape = find_top(outline, _sleeve_pockets(outline))
    named = name_top(shape, back)
    centre = outline.middle
    left, right = shape.halves[0].collar, shape.halves[1].collar
    top = outline.top(centre)
    # Of a stand-up collar or hood the silhouette shows the upper edge; the neckline lies below, inside.
    hidden = 0.6 * max(0.0, 0.5 * (left[1] + right[1]) - top) if shape.collar_rise > _COLLAR else 0.0
    neck_back = (centre, top + hidden)
    named[KeyPoint.NECK_BACK] = neck_back
    if not back:
        front = front_neck(outline, left, right, neck_back[1])
        if front is not None:
            named[KeyPoint.NECK_FRONT] = front
    is_dress = slot is Slot.DRESS or (slot is None and _is_dress(shape))
    if is_dress:
        for sign, point in waist(outline, shape).items():
            named[KeyPoint("waist_left" if (sign > 0) != back else "waist_right")] = point
    category = Category.DRESS if is_dress else _top_category(shape)
    if category in (Category.TEE, Category.LONGSLEEVE, Category.SHIRT):
        opening = not back and opens_in_front(outline, named.get(KeyPoint.NECK_FRONT, neck_back)[1])
        long_sleeved = shape.sleeve >= _LONG_SLEEVE * shape.length
        if _gathered(shape) or (not back and long_sleeved and has_waistband(outline, shape)):
            category = Category.JACKET if opening else Category.SWEATER
        elif opening:
            category = Category.JACKET if _drawn_in(shape) else Category.SHIRT
    found_slot = slot or CATEGORY_SLOT[category]
    if found_slot is Slot.OUTER:
        category = Category.JACKET
    confidence = _symmetry(outline) * (1 - 0.6 * shape.guessed)
    return Found(found_slot, category, named, confidence)


def _is_dress(shape: TopShape) -> bool:
    ratio = shape.length / max(1.0, shape.chest)
    hem = abs(shape.halves[0].hem[0] - shape.halves[1].hem[0])
    # Where sleeves hide the armpits the chest is wider than it seems.
    flared = hem > 1.35 * shape.chest and shape.guessed < _SURE
    return ratio > _DRESS_LENGTH or (ratio > 1.5 and flared)


def _top_category(shape: TopShape) -> Category:
    if shape.sleeve == 0:
        return Category.TANK
    if shape.collar_rise > 0.13:
        return Category.HOODIE
    if shape.sleeve < _LONG_SLEEVE * shape.length:
        return Category.SHIRT if shape.collar_rise > _COLLAR else Category.TEE
    return Category.SHIRT if shape.collar_rise > _COLLAR else Category.LONGSLEEVE


def _gathered(shape: TopShape) -> bool:
    """Whether a waistband or rib draws in the hem of a short, long-sleeved top: knitwear and blousons, no shirts.

    Measured: knitwear, sweatshirts and blousons with their sides in sight .84 to .89 and 1.31 to 1.43; shirts and long
    sleeves .98 to 1.11 and 1.54 to 1.61. Where the sleeves hide the sides the chest is a guess, and nothing is said.
    """
    if shape.guessed > _MOST_GUESSED or shape.sleeve < _LONG_SLEEVE * shape.length:
        return False
    hem = abs(shape.halves[0].hem[0] - shape.halves[1].hem[0])
    return hem < _GATHERED * shape.chest and shape.length < _SHORT * shape.chest


def _drawn_in(shape: TopShape) -> bool:
    """Whether a long-sleeved top's hem is narrower than its shoulders, which can be seen where the chest cannot.

    Measured: blousons .82 to .97; shirts 1.02 to 1.15, and jackets cut straight too, which only a waistband tells.
    """
    hem, shoulders = (abs(a[0] - b[0]) for a, b in zip(*((h.hem, h.shoulder) for h in shape.halves), strict=True))
    return shape.sleeve > _LONG_SLEEVE * shape.length and hem < _DRAWN_IN * shoulders


def _flat_top(outline: Outline) -> bool:
    """Whether the upper edge is a waistband: nearly straight from corner to corner, with no neckline and no straps."""
    everything = np.arange(len(outline.contour))
    left, right = (outline.at(outline.farthest(everything, (sign, -2.0))) for sign in (-1.0, 1.0))
    columns = np.arange(left[0], right[0] + 1)
    if len(columns) < 0.3 * outline.width:
        return False
    tops = np.array([outline.top(float(x)) for x in columns])
    chord = np.interp(columns, [left[0], right[0]], [left[1], right[1]])
    return bool(np.nanmax(tops - chord) < 0.075 * len(columns))


def _symmetry(outline: Outline) -> float:
    """1 for a silhouette that equals its mirror image, 0.3 at half overlap."""
    return float(np.clip(1 - 1.4 * (1 - outline.evenness), 0, 1))


def _check(found: Found, outline: Outline, *, proportions: bool) -> None:
    """Refuse what cannot be worn: points (working pixels) that are missing, a shape without halves, odd proportions."""
    for name, (x, y) in found.keypoints.items():
        if not (np.isfinite(x) and np.isfinite(y)):
            raise GarmentError(f"The garment's {name.replace('_', ' ')} was not found.", _REMEDY)
    if min(outline.width, outline.height) < 0.12 * max(outline.width, outline.height):
        raise GarmentError("The shape in the photo is too narrow for a garment.", _REMEDY)
    if _symmetry(outline) < 0.45 or (proportions and not looks_worn(found.keypoints, found.slot, outline)):
        raise GarmentError(_NO_GARMENT, _REMEDY)
