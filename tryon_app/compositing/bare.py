"""The body without its old top: which arms can be bared, where skin would be, and how light it would be there."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.compositing.anatomy import Anatomy
from tryon_app.compositing.girth import girth_seen
from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.limbs import Clothed
from tryon_app.compositing.maps import Grid, strongest
from tryon_app.compositing.skin import draped_light, roundness
from tryon_app.core.types import Float32

_MOSTLY = 0.6
_LEAST_SLEEVE = 0.012
"""Old sleeve worth the work, in square shoulder widths."""
_NO_DOUBT = 0.8
"""Mean likelihood of cloth on a limb from which on it is surely cloth."""
_CHEST = 0.62
"""How far down the torso what shows is taken for skin."""
_NECK = 0.175
"""Radius in shoulder widths."""
_TRAPEZIUS, _LAIN_ON, _CLOTHED = np.array([0.19, 0.14]), 0.12, np.array([0.17, 0.17])
"""The same of what leads from the neck to the shoulder: at both ends; with the new garment on it; with the old one."""
_RIBS = 0.06, 0.2
"""How much nearer to the spine than the shoulder joints the trunk's sides are, at the armpits and below the chest, in
shoulder widths."""
_OUTER = 0.45
"""Share of the way to the shoulder from which on a garment that lies there lies on the shoulder."""
_NOTCH = 0.15
"""How far around the corner between neck and shoulder is filled, in shoulder widths."""
_BESIDE_NECK = 0.55
"""Share of the way to the shoulder that a wide neckline may bare."""
_BESIDE_JAW = 0.3
"""Share of its girth that the neck lacks at the height of the jaw."""
_CHIN_SHADOW = 0.25


def worn_on(clothed: Clothed, unit: float, grid: Grid) -> bool:
    """Whether there is enough old cloth on a limb to be seen; see `slack_of`."""
    return float(clothed.cloth.sum()) >= _LEAST_SLEEVE * (unit / grid.pixel) ** 2


def surely_cloth(clothed: Clothed) -> bool:
    """Whether the network has no doubt that what is on a limb is cloth, whatever its colour."""
    return float((clothed.near * clothed.cloth).sum()) > _NO_DOUBT * float(clothed.cloth.sum())


def slack_of(clothed: Clothed, unit: float, grid: Grid, hidden: Float32) -> float:
    """How loose the old cloth on a limb is: what of it lies beside the bare limb, before nothing known, as a share of
    what lies on it; infinite where the limb cannot be shown bare at all.

    Args:
        clothed: The limb.
        unit: Shoulder width, frame pixels.
        grid: Where the maps lie.
        hidden: float32 h x w, 0..1: where nothing is known of what is behind the person.
    """
    if not clothed.limb.certain(grid.box) or not worn_on(clothed, unit, grid):
        return math.inf
    cloth = clothed.cloth
    shape = (clothed.limb.field() < 1.05) * clothed.beyond
    inside = float(shape.sum())
    if inside < 1.0 or float((shape * clothed.whole).sum()) < _MOSTLY * inside:
        return math.inf
    return float((cloth * (1.0 - shape) * hidden).sum()) / max(float((cloth * shape).sum()), 1e-3)


def old_cloth(clothed: Clothed) -> Float32:
    """All of the old cloth on a limb, rather too much than too little: around it lies what surrounds it anyway."""
    likely = np.clip((clothed.near - 0.25) * 3.0, 0.0, 1.0) * np.clip((2.6 - clothed.limb.field()) * 2.0, 0.0, 1.0)
    around = cv2.dilate(clothed.whole, np.ones((5, 5), np.uint8)) * clothed.beyond
    all_of_it = np.maximum(clothed.cloth, likely * around)
    return np.asarray(cv2.dilate(all_of_it, np.ones((3, 3), np.uint8)), np.float32)


def bare_limb(seen: Labelled, clothed: Clothed, grid: Grid) -> tuple[Float32, Float32]:
    """Where a limb's skin would be without the old cloth, 0..1, and how light it would be there, as a factor."""
    cells = seen.body.unit / grid.pixel
    light = draped_light(seen.small, clothed.cloth, max(round(0.04 * cells), 1), max(round(0.3 * cells), 3))
    girth = girth_seen(seen.small, seen.skin, clothed, grid.pixel)
    if girth is None:
        field = clothed.limb.field_to_hand()
        light = roundness(field) * light
    else:
        field, own, share = girth.field(clothed)
        light = roundness(field) * light * (1.0 - share) + own * share
    return _inside(field, clothed.radius * cells) * clothed.beyond, np.asarray(light, np.float32)


def lies_on(body: Anatomy, joint: Float32, cover: Float32) -> float:
    """How much of the new garments lies on a shoulder, 0..1.

    Args:
        body: Whose.
        joint: The shoulder's, float32 2, frame pixels.
        cover: float32 h x w, 0..1: where the new garments lie.
    """
    high = _neck_foot(body)
    on = body.capsule(high + np.float32(_OUTER) * (joint - high), joint) < 0.06 * body.unit
    return float(np.clip(float(cover[on].mean()) / 0.3 - 1.2, 0.0, 1.0)) if on.any() else 0.0


def _neck_foot(body: Anatomy) -> Float32:
    """Where neck and shoulders meet, float32 2, frame pixels."""
    axis, _ = body.spine
    return np.asarray(body.neck_base - 0.14 * body.unit * axis, np.float32)


def bare_trunk(
    seen: Labelled, shoulders: Sequence[int], beside: bool, cover: Float32, grid: Grid
) -> tuple[Float32, Float32]:
    """Where skin of neck, shoulders and chest would be, 0..1, and how light it would be there, as a factor.

    Args:
        seen: What the network says.
        shoulders: Sides that are bared with the arm: +1 left, -1 right.
        beside: Whether a wide neckline may bare what is beside the neck.
        cover: float32 h x w, 0..1: where the new garments lie.
        grid: Where the maps lie.
    """
    body = seen.body
    unit, cells = body.unit, body.unit / grid.pixel
    base = body.neck_base
    # With the head turned, the chin is not above the neck, but the ears are.
    ears = body.ears + 0.55 * body.face_unit * body.face_down
    to_neck: Float32 = np.minimum(body.to_neck, body.capsule(ears, base))
    # Beside the jaw it is slimmer than below it.
    slim = 1.0 - np.float32(_BESIDE_JAW) * np.clip(body.above_chin() / np.float32(0.12 * unit) + 1.0, 0.0, 1.0)
    neck = np.asarray(to_neck / (body.neck_girth() * slim), np.float32)
    # How far inside, cells; the neck runs out into the shoulders without a notch.
    deep: Float32 = (1.0 - neck) * np.float32(_NECK * cells)
    shapes = []
    under_chin = np.clip(1.0 + body.above_chin() / np.float32(0.22 * unit), 0.0, 1.0)
    shade: Float32 = roundness(neck * np.float32(0.8)) * (1.0 - np.float32(_CHIN_SHADOW) * under_chin)
    axis, length = body.spine
    down = _CHEST * length * axis
    high = _neck_foot(body)
    for side in (1, -1) if beside else shoulders:
        # From the neck over the shoulder, as far as a wide neckline may bare it.
        joint = seen.arms[side].points[0]
        end = joint if side in shoulders else high + np.float32(_BESIDE_NECK) * (joint - high)
        radii = _CLOTHED
        if side in shoulders:
            # What lies on the shoulder lies on all of it: no skin shows above it.
            radii = _TRAPEZIUS + (_LAIN_ON - _TRAPEZIUS) * lies_on(body, joint, cover)
        over = _shoulder(body, high, end, radii * unit) / np.float32(grid.pixel)
        deep = _joined(deep, over, _NOTCH * cells)
        flat = _soft(over)
        if side in shoulders:
            # And the trunk down to where garments cover it, slimmer from the armpits on: one light.
            inwards = (body.middle - joint) / max(float(np.linalg.norm(body.middle - joint)), 1e-3) * unit
            pit, waist = joint + 0.5 * down + _RIBS[0] * inwards, joint + down + _RIBS[1] * inwards
            corners = [base - 0.1 * unit * axis, joint, pit, waist, body.middle + down]
            flat = np.maximum(flat, _polygon(np.stack(corners), grid))
            shapes.append(flat)
        shade = np.asarray(np.where(flat > 0.5, np.maximum(shade, 0.98), shade), np.float32)
    return strongest([_soft(deep), *shapes]), shade


def _shoulder(body: Anatomy, neck: Float32, end: Float32, radii: NDArray[np.floating]) -> Float32:
    """How deep a place is inside of what leads from the neck to the shoulder, pixels.

    Args:
        body: Whose.
        neck: Where it begins, float32 2, frame pixels.
        end: Where it ends.
        radii: At both, pixels.
    """
    line = end - neck
    length = max(float(np.linalg.norm(line)), 1e-3)
    share = np.clip(body.along_axis(neck, line / length) / np.float32(length), 0.0, 1.0)
    return np.asarray(np.float32(radii[0]) + np.float32(radii[1] - radii[0]) * share - body.capsule(neck, end))


def _inside(field: Float32, radius: float) -> Float32:
    """1 inside a shape, 0 outside, two cells of soft edge between: of less, steps are seen once it is enlarged.

    Args:
        field: Below 1 inside.
        radius: Of the shape, cells.
    """
    return _soft((1.0 - field) * np.float32(radius))


def _soft(deep: Float32) -> Float32:
    """The same of how deep inside a place is, cells."""
    return np.clip(deep * np.float32(0.5) + np.float32(0.5), 0.0, 1.0).astype(np.float32)


def _joined(one: Float32, other: Float32, width: float) -> Float32:
    """How deep a place is inside of either of two shapes, the corner between them rounded.

    Args:
        one: Positive inside, cells.
        other: The same of the other shape.
        width: Of what is rounded, cells.
    """
    share = np.clip(0.5 + (one - other) * np.float32(0.5 / width), 0.0, 1.0)
    return np.asarray(other + (one - other) * share + np.float32(width) * share * (1.0 - share), np.float32)


def _polygon(corners: Float32, grid: Grid) -> Float32:
    """1 inside a polygon whose corners are frame pixels, 0 outside."""
    scale = np.array([grid.width / grid.box.width, grid.height / grid.box.height])
    cells = (corners - np.array([grid.box.x0, grid.box.y0]) + 0.5) * scale - 0.5
    mask = np.zeros((grid.height, grid.width), np.uint8)
    cv2.fillPoly(mask, [np.round(cells * 16.0).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) * np.float32(1.0 / 255.0)
