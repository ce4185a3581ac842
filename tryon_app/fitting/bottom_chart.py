"""The photo of trousers, shorts or a skirt, read once."""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32, GarmentView, KeyPoint, UInt8
from tryon_app.fitting.strip import Ladder
from tryon_app.fitting.top_chart import snap

_BLOCK_RUNGS = 6
_LEG_RUNGS = 11

_BASE = (KeyPoint.WAIST_LEFT, KeyPoint.WAIST_RIGHT)
_LEGS = (
    KeyPoint.CROTCH,
    KeyPoint.ANKLE_OUTER_LEFT,
    KeyPoint.ANKLE_INNER_LEFT,
    KeyPoint.ANKLE_OUTER_RIGHT,
    KeyPoint.ANKLE_INNER_RIGHT,
)
_SKIRT = (KeyPoint.HEM_LEFT, KeyPoint.HEM_RIGHT)


@dataclass(frozen=True, eq=False)
class BottomChart:
    """A bottom.

    Attributes:
        legs: By side, +1 left, -1 right: outer edge (waist to ankle) and inner edge (mid-waist over the crotch
            to the ankle), photo pixels; empty for a skirt.
        skirt: Left and right edge from waist to hem, or None.
        weights: float32 H x W by side: each leg's share of the photo.
        bib: Rectangle above the waist (dungarees), left and right edge from the waist up, or None.
        bib_weight: float32 H x W, its share.
        waist: Width, photo pixels.
        hip: Greatest width above the crotch, photo pixels.
        rise: Waist to crotch (skirt: to a third of the length), photo pixels.
        inseam: Crotch to hem (skirt: waist to hem), photo pixels.
    """

    legs: dict[int, Ladder]
    skirt: Ladder | None
    weights: dict[int, Float32]
    bib: Ladder | None
    bib_weight: Float32 | None
    waist: float
    hip: float
    rise: float
    inseam: float

    @property
    def crotch_rung(self) -> int:
        """Index of the rung at the crotch."""
        return _BLOCK_RUNGS


def read_bottom(view: GarmentView) -> BottomChart:
    """Chart a photo.

    Args:
        view: A bottom's photo with its key points.

    Raises:
        GarmentError: Key points are missing.
    """
    keys = {name: np.array(point, np.float32) for name, point in view.keypoints.items()}
    has_legs = all(name in keys for name in _LEGS)
    if not all(name in keys for name in _BASE) or not (has_legs or all(name in keys for name in _SKIRT)):
        raise GarmentError("The garment lacks key points of waist, crotch or hem.", "Import the photo again.")
    solid = (view.rgba[..., 3] > 127).astype(np.uint8)
    left, right = keys[KeyPoint.WAIST_LEFT], keys[KeyPoint.WAIST_RIGHT]
    waist = float(np.linalg.norm(left - right))
    bib, bib_weight = _bib(solid, left, right)
    if not has_legs:
        ladder = _sides(solid, keys)
        widths = np.linalg.norm(ladder.first - ladder.second, axis=1)
        length = float(np.linalg.norm((ladder.first[-1] + ladder.second[-1] - ladder.first[0] - ladder.second[0]) / 2))
        return BottomChart(
            {}, ladder, {}, bib, bib_weight, waist, float(widths[: len(widths) // 2].max()), length / 3, length
        )
    middle, crotch = 0.5 * (left + right), keys[KeyPoint.CROTCH]
    legs, weights = {}, {}
    split = _split(solid, middle, crotch, keys)
    hips = []
    for side, suffix in ((1, "left"), (-1, "right")):
        outer, inner = keys[KeyPoint(f"ankle_outer_{suffix}")], keys[KeyPoint(f"ankle_inner_{suffix}")]
        region = split[side]
        ladder = _leg(region, keys[KeyPoint(f"waist_{suffix}")], middle, crotch, outer, inner)
        hips.append(float(np.linalg.norm(ladder.first - ladder.second, axis=1)[: _BLOCK_RUNGS + 1].max()))
        legs[side], weights[side] = ladder, _soft(region, solid)
    ankles = np.mean([keys[name] for name in _LEGS[1:]], axis=0)
    return BottomChart(
        legs,
        None,
        weights,
        bib,
        bib_weight,
        waist,
        sum(hips),
        float(np.linalg.norm(crotch - middle)),
        float(np.linalg.norm(ankles - crotch)),
    )


def _leg(region: UInt8, waist: Float32, middle: Float32, crotch: Float32, outer: Float32, inner: Float32) -> Ladder:
    block = np.linspace(0, 1, _BLOCK_RUNGS, endpoint=False, dtype=np.float32)[:, None]
    tube = np.linspace(0, 1, _LEG_RUNGS, dtype=np.float32)[:, None]
    # The outer edge turns at the height of the crotch.
    share = float(np.linalg.norm(crotch - middle)) / max(float(np.linalg.norm(outer - waist)), 1.0)
    turn = waist + (outer - waist) * min(share, 0.9)
    first = np.concatenate([waist + (turn - waist) * block, turn + (outer - turn) * tube]).astype(np.float32)
    second = np.concatenate([middle + (crotch - middle) * block, crotch + (inner - crotch) * tube]).astype(np.float32)
    snapped, inward = snap(region, first[1:-1], second[1:-1])
    first[1:-1] = snapped
    # Above the crotch both legs share the middle line.
    second[_BLOCK_RUNGS + 1 : -1] = inward[_BLOCK_RUNGS:]
    return Ladder(first, second)


def _sides(solid: UInt8, keys: dict[KeyPoint, Float32]) -> Ladder:
    t = np.linspace(0, 1, _BLOCK_RUNGS + _LEG_RUNGS, dtype=np.float32)[:, None]
    edges = []
    for suffix in ("left", "right"):
        waist, hem = keys[KeyPoint(f"waist_{suffix}")], keys[KeyPoint(f"hem_{suffix}")]
        edges.append((waist + (hem - waist) * t).astype(np.float32))
    first, second = edges
    first[1:-1], second[1:-1] = snap(solid, first[1:-1], second[1:-1])
    return Ladder(first, second)


def _split(solid: UInt8, middle: Float32, crotch: Float32, keys: dict[KeyPoint, Float32]) -> dict[int, UInt8]:
    """Which leg each pixel belongs to, parted at the middle and between the inner edges of the legs."""
    height, width = solid.shape
    inner = 0.5 * (keys[KeyPoint.ANKLE_INNER_LEFT] + keys[KeyPoint.ANKLE_INNER_RIGHT])
    end = inner + 0.2 * (inner - crotch)
    top = middle + 0.3 * (middle - crotch)
    rows = np.arange(height, dtype=np.float32)
    line = np.interp(rows, [top[1], middle[1], crotch[1], end[1]], [top[0], middle[0], crotch[0], end[0]])
    left_is_right = keys[KeyPoint.WAIST_LEFT][0] > keys[KeyPoint.WAIST_RIGHT][0]
    beyond = np.arange(width)[None] > line[:, None]
    left = beyond if left_is_right else ~beyond
    return {1: solid * left.astype(np.uint8), -1: solid * (~left).astype(np.uint8)}


def _soft(region: UInt8, solid: UInt8) -> Float32:
    """A leg's region with some overlap at the middle and the soft edge of the garment."""
    size = max(3, round(0.006 * max(region.shape)) * 2 + 1)
    grown = cv2.dilate(region, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    soft: Float32 = cv2.GaussianBlur(grown.astype(np.float32), (0, 0), size / 4)
    return np.maximum(soft, (region & solid).astype(np.float32))


def _bib(solid: UInt8, left: Float32, right: Float32) -> tuple[Ladder | None, Float32 | None]:
    """What stands above the waist of dungarees."""
    line = float(min(left[1], right[1]))
    above = solid.copy()
    above[int(line) :] = 0
    rows = np.flatnonzero(above.any(axis=1))
    width = float(np.linalg.norm(left - right))
    if not len(rows) or line - rows[0] < 0.35 * width:
        return None, None
    t = np.linspace(0, 1, 7, dtype=np.float32)[:, None]
    up = np.array([0.0, rows[0] - line], np.float32)
    weight = np.zeros(solid.shape, np.float32)
    weight[: int(line) + 2] = 1.0
    return Ladder((left + up * t).astype(np.float32), (right + up * t).astype(np.float32)), weight
