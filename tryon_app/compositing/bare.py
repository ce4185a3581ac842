"""The body without its old top: which arms can be bared, where skin would be, and how light it would be there."""

from collections.abc import Mapping

import cv2
import numpy as np

from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import Grid, strongest
from tryon_app.compositing.skin import draped_light, roundness
from tryon_app.core.types import Float32

_SLACK_ON, _SLACK_OFF = 0.85, 1.05
"""Old sleeve beside the bare arm, as a share of that on it, up to which an arm is bared; the second once it is."""
_MOSTLY = 0.6
_LEAST_SLEEVE = 0.012
"""Old sleeve worth the work, in square shoulder widths."""
_CHEST = 0.62
"""How far down the torso what shows is taken for skin."""
_NECK, _TRAPEZIUS, _ARM = 0.175, 0.12, 0.12
"""Radii in shoulder widths."""
_CHIN_SHADOW = 0.25


def can_bare(seen: Labelled, side: int, reach: float, grid: Grid, before: bool) -> bool:
    """Whether an arm with an old sleeve can be shown bare.

    Args:
        seen: What the network says.
        side: +1 left, -1 right.
        reach: How far down the arm the new sleeve goes.
        grid: Where the maps lie.
        before: Whether it was bared in the last frame.
    """
    limb = seen.arms[side]
    if not limb.certain(grid.box):
        return False
    sleeve = seen.sleeve(side, reach)
    cells = (seen.body.unit / grid.pixel) ** 2
    if float(sleeve.sum()) < _LEAST_SLEEVE * cells:
        return False
    shape = (limb.field() < 1.05) * seen.beyond(side, reach)
    inside = float(shape.sum())
    agreed = float((shape * seen.whole_arm(side)).sum())
    if inside < 1.0 or agreed < _MOSTLY * inside:
        return False
    on_it = float((sleeve * shape).sum())
    slack = float((sleeve * (1.0 - shape)).sum()) / max(on_it, 1e-3)
    return slack < (_SLACK_OFF if before else _SLACK_ON)


def old_sleeve(seen: Labelled, side: int, reach: float) -> Float32:
    """All of an old sleeve, a little too much rather than too little: around the arm lies what surrounds it anyway."""
    likely = np.clip((seen.upper_near - 0.25) * 3.0, 0.0, 1.0) * np.clip(
        (2.6 - seen.arms[side].field()) * 2.0, 0.0, 1.0
    )
    around = cv2.dilate(seen.whole_arm(side), np.ones((5, 5), np.uint8)) * seen.beyond(side, reach)
    all_of_it = np.maximum(seen.sleeve(side, reach), likely * around)
    return np.asarray(cv2.dilate(all_of_it, np.ones((3, 3), np.uint8)), np.float32)


def bare_body(seen: Labelled, bared: Mapping[int, float], grid: Grid) -> tuple[Float32, Float32]:
    """Where skin would be without the old top, 0..1, and how light it would be there, as a factor.

    Args:
        seen: What the network says.
        bared: Side, +1 left, -1 right -> from where on the arm is bared.
        grid: Where the maps lie.
    """
    body = seen.body
    unit, cells = body.unit, body.unit / grid.pixel
    fine, coarse = max(round(0.04 * cells), 1), max(round(0.3 * cells), 3)
    base = body.middle + 0.02 * (body.hips - body.middle)
    # With the head turned, the chin is not above the neck, but the ears are.
    tops = (body.chin + 0.35 * (body.mouth - body.chin), body.ears + 0.55 * body.face_unit * body.face_down)
    to_neck: Float32 = np.minimum(*(body.capsule(top, base) for top in tops))
    neck = np.asarray(to_neck / (_NECK * unit), np.float32)
    shapes = [_inside(neck, _NECK * cells)]
    under_chin = np.clip(1.0 + body.above_chin() / np.float32(0.22 * unit), 0.0, 1.0)
    shade: Float32 = roundness(neck * np.float32(0.8)) * (1.0 - np.float32(_CHIN_SHADOW) * under_chin)
    axis = body.hips - body.middle
    length = max(float(np.linalg.norm(axis)), 1.0)
    axis = (axis / length).astype(np.float32)
    for side, reach in bared.items():
        limb = seen.arms[side]
        # From the neck over the shoulder, and the trunk down to the armpits: nearly flat, one light.
        joint = limb.points[0]
        slope = body.capsule(base - 0.14 * unit * axis, joint) / np.float32(_TRAPEZIUS * unit)
        down = _CHEST * length * axis
        corners = [base - 0.1 * unit * axis, joint, joint + down, body.middle + down]
        flat = np.maximum(_inside(slope, _TRAPEZIUS * cells), _polygon(np.stack(corners), grid))
        shapes.append(flat)
        field = limb.field()
        arm = _inside(field, _ARM * cells)
        if reach > 0.0:
            arm = arm * seen.beyond(side, reach)
        shapes.append(arm)
        shade = np.where(flat > 0.5, np.maximum(shade, 0.98), shade)
        light = draped_light(seen.small, seen.sleeve(side, reach), fine, coarse)
        # The round of the arm runs out into the flat of the shoulder.
        share = arm * np.clip(0.25 + 1.5 * (limb.axis(0)[0] - 0.1), 0.0, 1.0)
        shade = shade * (1.0 - share) + roundness(field) * light * share
    return strongest(shapes), np.asarray(cv2.GaussianBlur(shade.astype(np.float32), (0, 0), 0.03 * cells), np.float32)


def _inside(field: Float32, radius: float) -> Float32:
    """1 inside a shape, 0 outside, a cell's width of soft edge.

    Args:
        field: Below 1 inside.
        radius: Of the shape, cells.
    """
    return np.clip((1.0 - field) * np.float32(radius) + np.float32(0.5), 0.0, 1.0).astype(np.float32)


def _polygon(corners: Float32, grid: Grid) -> Float32:
    """1 inside a polygon whose corners are frame pixels, 0 outside."""
    scale = np.array([grid.width / grid.box.width, grid.height / grid.box.height])
    cells = (corners - np.array([grid.box.x0, grid.box.y0]) + 0.5) * scale - 0.5
    mask = np.zeros((grid.height, grid.width), np.uint8)
    cv2.fillPoly(mask, [np.round(cells * 16.0).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) * np.float32(1.0 / 255.0)
