"""A second way to cut out a garment: the closed contour of least cost around it.

Cloth of the backdrop's own colour has an outline with gaps; whatever flows in from the backdrop gets through them. A
contour that must close and pays for every pixel of its way bridges a gap by the shortest line and otherwise keeps to
sharp edges. It is the minimum cut of a graph of pixels (Boykov and Jolly 2001), small: some 250 pixels a side.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8
from tryon_app.garments.backdrop import Evidence, Mask, connected_to, measure

SIDE = 256
"""Pixels a side at which the contour is usually looked for."""
_LEAST_SHARE, _MOST_SHARE = 0.04, 0.85
_GAP = 0.012
"""Gaps in what differs from the backdrop that are closed, in sides of the picture."""
_BEYOND = 0.05
"""How far cloth may go beyond what differs, in sides of the picture."""
_CORE = 0.5
"""What is this much of the greatest depth from the outline is garment for certain."""
# Costs of a pixel of contour without an edge, of one along the sharpest edge, and of a pixel on the wrong side.
_FLAT, _SHARP = 0.6, 0.02
_LEFT_OUT, _TAKEN_IN, _EVIDENT, CERTAIN = 0.06, 0.02, 1.0, 1000.0
_SOFT_RIM = 1.1
_UNITS = 1000.0
_WAYS = ((0, 1, 1.0), (1, 0, 1.0), (1, 1, 0.7), (1, -1, 0.7))
"""Neighbours (down, right) and their share of the length of a contour between them."""


@dataclass(frozen=True, slots=True, eq=False)
class Contoured:
    """What lies within the contour.

    Attributes:
        mask: bool h x w, inside.
        differing: bool h x w, what is not bare backdrop.
        evident: bool h x w, what is neither backdrop nor shadow.
        cost: float32 h x w, what a pixel of contour costs here: little along sharp edges.
        evidence: What it was found by.
    """

    mask: Mask
    differing: Mask
    evident: Mask
    cost: Float32
    evidence: Evidence


def closed_contour(rgb: UInt8, side: int = SIDE) -> Contoured | None:
    """The largest thing that differs from the backdrop, within its sharpest closed outline.

    Args:
        rgb: uint8 H x W x 3.
        side: Pixels a side at most.

    Returns:
        At that many pixels a side, or None where too little, or nearly everything, differs.

    Raises:
        GarmentError: The border is not one plain colour.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8) if scale < 1 else rgb
    evidence = measure(small.astype(np.float32) / np.float32(255))
    differing, evident = _differing(evidence)
    whole = _whole(differing, size)
    if not _LEAST_SHARE < float(whole.mean()) < _MOST_SHARE:
        return None
    depth = cv2.distanceTransform(whole.astype(np.uint8), cv2.DIST_L2, 5)
    cloth = np.where(whole & differing, _LEFT_OUT, 0.0)
    cloth[evident & whole] = _EVIDENT
    cloth[depth > _CORE * depth.max()] = CERTAIN
    ground = np.where(differing, 0.0, _TAKEN_IN)
    ground[depth > _CORE * depth.max()] = 0.0
    ground[~_reach(whole)] = CERTAIN
    return Contoured(minimum_cut(evidence, cloth, ground), differing, evident, _cost(evidence), evidence)


def _differing(evidence: Evidence) -> tuple[Mask, Mask]:
    """Pixels that are not bare backdrop, and those that are no shadow either."""
    light = np.abs(evidence.light) > 4 * evidence.light_noise + 0.004
    tint = evidence.tint > 4 * evidence.tint_noise + 0.004
    evident = (evidence.tint > max(6 * evidence.tint_noise, 0.05)) | (evidence.light < -0.42)
    return np.asarray(light | tint, dtype=bool), np.asarray(evident, dtype=bool)


def _whole(differing: Mask, size: tuple[int, int]) -> Mask:
    """The largest piece of what differs, small gaps and all holes closed."""
    radius = max(1, round(_GAP * max(size)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    closed = cv2.morphologyEx(differing.astype(np.uint8), cv2.MORPH_CLOSE, disc)
    closed = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    if count < 2:
        return np.zeros(differing.shape, bool)
    piece = labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    rim = np.ones(piece.shape, bool)
    rim[1:-1, 1:-1] = False
    return np.asarray(~connected_to(~piece, rim & ~piece), dtype=bool)


def _reach(whole: Mask) -> Mask:
    """Where garment may be: cloth of the backdrop's colour lies between what differs, not far beyond it."""
    height, width = whole.shape
    hull = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.argwhere(whole)[:, ::-1].astype(np.int32)), 1)
    radius = round(_BEYOND * max(height, width))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    near = hull & cv2.dilate(whole.astype(np.uint8), disc)
    return np.asarray(cv2.dilate(near, np.ones((5, 5), np.uint8)), dtype=bool)


def minimum_cut(evidence: Evidence, cloth: NDArray[np.float64], ground: NDArray[np.float64]) -> Mask:
    """The pixels inside the cheapest contour.

    Args:
        evidence: The picture, in which a pixel of contour costs .02 along sharp edges and .62 across plain cloth.
        cloth: H x W, what leaving a pixel out costs.
        ground: H x W, what taking it in costs.

    Returns:
        bool H x W.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    height, width = cloth.shape
    inside, outside = cloth >= CERTAIN, ground >= CERTAIN
    asked = ~(inside | outside)
    source, sink = int(asked.sum()), int(asked.sum()) + 1
    # What is certain is one with the graph's ends: only the rest has to be searched.
    node = np.where(inside, source, sink)
    node[asked] = np.arange(source)
    node, index = node.ravel(), np.arange(height * width).reshape(height, width)
    rows, columns, capacities = [], [], []
    for down, right, length in _WAYS:
        one = index[: height - down, max(0, -right) : width - max(0, right)].ravel()
        other = index[down:, max(0, right) : width + min(0, right)].ravel()
        cost = np.round(_UNITS * length * _contour_cost(evidence, one, other)).astype(np.int32)
        open_ways = (node[one] < source) | (node[other] < source)
        one, other, cost = node[one[open_ways]], node[other[open_ways]], cost[open_ways]
        rows += [one, other]
        columns += [other, one]
        capacities += [cost, cost]
    for costs, from_source in ((cloth, True), (ground, False)):
        charged = asked & (costs > 0)
        pixels = node[charged.ravel()]
        terminal = np.full(pixels.size, source if from_source else sink)
        rows.append(terminal if from_source else pixels)
        columns.append(pixels if from_source else terminal)
        capacities.append(np.round(_UNITS * costs[charged]).astype(np.int32))
    graph = coo_matrix(
        (np.concatenate(capacities), (np.concatenate(rows), np.concatenate(columns))), shape=(sink + 1, sink + 1)
    ).tocsr()
    rest = graph - maximum_flow(graph, source, sink).flow
    rest.data[rest.data < 0] = 0
    rest.eliminate_zeros()
    reached, _ = breadth_first_order(rest, source, directed=True)
    found = np.zeros(sink + 1, bool)
    found[reached] = True
    return np.asarray(found[node].reshape(height, width), dtype=bool)


def _contour_cost(evidence: Evidence, one: NDArray[np.intp], other: NDArray[np.intp]) -> Float32:
    """What a contour between neighbours costs: little where they differ more than their surroundings do."""
    features = evidence.features.reshape(-1, 3)
    step = np.zeros(evidence.light.size, np.float32)
    step[one] = np.abs(features[one] - features[other]).max(axis=1)
    return _priced(step.reshape(evidence.light.shape), evidence).ravel()[one]


def _cost(evidence: Evidence) -> Float32:
    """float32 h x w, what a contour through a pixel costs in the direction in which it is cheapest."""
    cheapest = np.full(evidence.light.shape, _FLAT + _SHARP, np.float32)
    for axis in (0, 1):
        step = np.zeros(evidence.light.shape, np.float32)
        difference = np.abs(np.diff(evidence.features, axis=axis)).max(axis=2)
        step[tuple(slice(None, length) for length in difference.shape)] = difference
        cheapest = np.minimum(cheapest, _priced(step, evidence))
    return cheapest


def _priced(step: Float32, evidence: Evidence) -> Float32:
    # A soft rim of a shadow is as steep around as it is here.
    around = cv2.GaussianBlur(step, (0, 0), 3.0 * max(step.shape) / SIDE)
    sharp = np.maximum(0, step - _SOFT_RIM * around)
    scale = max(0.006, 2 * evidence.light_noise, 2 * evidence.tint_noise)
    return np.asarray(_FLAT * np.exp(-((sharp / scale) ** 2)) + _SHARP, dtype=np.float32)
