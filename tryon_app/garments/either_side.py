"""A third look at cloth that could be backdrop, white before a white wall: what lies on either side nearby decides.

No single limit tells white cloth from its shadow: here the one is darker, there the other. But on either side of any
stretch of the outline both can be seen, and there they differ: a little in brightness, in tint, in how much the weave
and the folds vary. So both are measured beside the outline that is known so far, and the outline is drawn anew between
them, a few times over.
"""

from dataclasses import replace

import cv2
import numpy as np

from tryon_app.core.types import Float32, UInt8
from tryon_app.garments.backdrop import Evidence, Mask, connected_to
from tryon_app.garments.contour import CERTAIN, closed_contour, minimum_cut

_SIDE = 512
_MOST_ENLARGED = 2.0
"""Small photos are enlarged: an outline between pixels is nearer to the truth than one along them."""
_ROUNDS = 3
_BAND = 0.06
"""How far the outline may move in one round, in sides of the picture."""
_MARGIN = 2
"""Pixels beside the outline that are mixed, and teach nothing."""
_NEAR_CLOTH, _NEAR_BACKDROP = 0.04, 0.06
"""How far "nearby" reaches, in sides of the picture; shadows vary more slowly than folds."""
_FURTHER = ((1.0, 1.0), (3.0, 0.02), (9.0, 4e-4))
"""Where there is nothing near, what lies further away counts: times as far, and its weight."""
_COARSE = 4
"""What varies slowly is measured in pixels this large."""
_LEAST_DEVIATION = (0.003, 0.003, 0.003, 0.3)
_BROAD_DEVIATION = (0.15, 0.05, 0.05, 1.0)
_ODD = 0.02
"""Share of pixels on either side that look like nothing nearby; where both would be odd, only edges decide.

The dark line of shadow under a hem is neither like white cloth nor like a white wall.
"""
_DEEPEST, _SHADED = 0.42, 0.05
"""How dark a shadow gets, and its share of the backdrop, also where none was seen nearby."""
_SURE = 4.0
"""Logarithm of a likelihood ratio beyond which more is not believed: neighbours are no independent witnesses."""
_WEIGHT = 0.03
"""What a pixel on the wrong side costs for each unit of it; a pixel of outline costs .02 to .6."""
_COLOURFUL = 0.5
"""What edges in colour count beside those in brightness: JPEG keeps colours in blocks twice as coarse."""
_FAINTEST = 0.001
"""A pattern weaker than this cannot be told from none."""
_WEAVE = 1.5
"""Width in pixels of the pattern whose strength tells cloth from a bare wall."""
_CORE = 0.5
"""What is this much of the greatest depth from the outline is garment for certain, at first."""
_SMOOTH = 1.6
"""Steps of a pixel or two are the search's, not the garment's."""
_LEAST_PIECE = 0.04
"""Pieces smaller than this share of the largest are specks."""


def between_neighbours(rgb: UInt8, first: Float32) -> Float32:
    """Draw the outline of pale cloth anew.

    Args:
        rgb: uint8 H x W x 3, at most some 500 pixels a side.
        first: float32 H x W, 0..1, the cut-out so far.

    Returns:
        float32 h x w, 0..1, twice as large where the photo is small.
    """
    height, width = rgb.shape[:2]
    scale = float(np.clip(_SIDE / max(height, width), 1.0, _MOST_ENLARGED))
    size = (round(width * scale), round(height * scale))
    large = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8) if scale > 1 else rgb
    contoured = closed_contour(large, _SIDE)
    if contoured is None:
        return first
    evidence = contoured.evidence
    mask = _redrawn(_looks(evidence, rgb, size), evidence, _filled(contoured.mask), _filled(_enlarged(first, size)))
    if not mask.any():
        return first
    return np.asarray(cv2.GaussianBlur(_tidy(mask, first, size).astype(np.float32), (0, 0), _SMOOTH), dtype=np.float32)


def _redrawn(looks: Float32, evidence: Evidence, one: Mask, other: Mask) -> Mask:
    """The garment, from two opinions: what they agree on teaches first, then each round's outline the next one's."""
    depth = cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5)
    core = np.asarray(depth > _CORE * depth.max(), dtype=bool)
    cloth, backdrop = (one & other) | core, ~(one | other)
    least = np.array(_LEAST_DEVIATION, np.float32)
    least[:3] = np.maximum(least[:3], (evidence.light_noise, evidence.tint_noise, evidence.tint_noise))
    reach = _BAND * max(cloth.shape)
    shadow = _shadow(looks, backdrop, least)
    light = evidence.light[..., None]
    edges = replace(evidence, features=light + _COLOURFUL * (evidence.features - light))
    certain = core
    for _ in range(_ROUNDS):
        certain = certain | _deep(cloth, reach)
        outside = _deep(backdrop, reach) & ~certain
        behind = np.logaddexp(_likelihood(looks, backdrop, _NEAR_BACKDROP, least), shadow)
        spoken = _likelihood(looks, cloth, _NEAR_CLOTH, least) - behind
        spoken = _WEIGHT * cv2.GaussianBlur(np.clip(spoken, -_SURE, _SURE), (0, 0), 0.7)
        spoken[certain], spoken[outside] = CERTAIN, -CERTAIN
        spoken = spoken.astype(np.float64)
        cloth = minimum_cut(edges, np.maximum(spoken, 0), np.maximum(-spoken, 0))
        backdrop, certain = ~cloth, np.zeros_like(core)
    return cloth


def _deep(mask: Mask, reach: float) -> Mask:
    """What lies further inside than `reach` pixels."""
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5) > reach, dtype=bool)


def _looks(evidence: Evidence, rgb: UInt8, size: tuple[int, int]) -> Float32:
    """What a pixel looks like: float32 h x w x 4, brightness, two tints, and how strongly the fine pattern varies."""
    red, green, blue = cv2.split(evidence.features)
    grey = rgb.astype(np.float32).mean(axis=2) / np.float32(255)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), _WEAVE)
    strength = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _WEAVE))
    pattern = np.log(cv2.resize(strength, size, interpolation=cv2.INTER_AREA) + _FAINTEST)
    return np.dstack((evidence.light, red - blue, green - 0.5 * (red + blue), pattern)).astype(np.float32)


def _likelihood(looks: Float32, side: Mask, near: float, least: Float32) -> Float32:
    """float32 h x w, log-likelihood of every pixel among those of one side nearby, but for a constant.

    Args:
        looks: float32 h x w x 4.
        side: bool h x w, the pixels of that side.
        near: How far nearby reaches, in sides of the picture.
        least: float32 4, the least standard deviation.
    """
    height, width = side.shape
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _MARGIN + 1, 2 * _MARGIN + 1))
    weight = cv2.erode(side.astype(np.float32), disc, borderValue=1)
    coarse = (max(1, width // _COARSE), max(1, height // _COARSE))
    moments = [weight, *cv2.split(looks * weight[..., None]), *cv2.split(looks**2 * weight[..., None])]
    small = [cv2.resize(moment, coarse, interpolation=cv2.INTER_AREA) for moment in moments]
    sigma = near * max(coarse)
    gathered = [
        np.sum([share * cv2.GaussianBlur(one, (0, 0), times * sigma) for times, share in _FURTHER], axis=0)
        for one in small
    ]
    mass = np.maximum(gathered[0], 1e-7)
    mean, square = (np.dstack(part) / mass[..., None] for part in (gathered[1:5], gathered[5:]))
    variance = np.maximum(square - mean**2, 0) + least**2
    mean, variance = (
        cv2.resize(part.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        for part in (mean, variance)
    )
    usual = -0.5 * ((looks - mean) ** 2 / variance + np.log(variance)).sum(axis=2)
    odd = float(np.log(_ODD) - np.log(_BROAD_DEVIATION).sum())
    return np.asarray(np.logaddexp(usual, np.float32(odd)), dtype=np.float32)


def _shadow(looks: Float32, backdrop: Mask, least: Float32) -> Float32:
    """float32 h x w, log-likelihood of every pixel as a shadow of any depth, as even and colourless as the backdrop.

    Args:
        looks: float32 h x w x 4.
        backdrop: bool h x w.
        least: float32 4, the least standard deviation.
    """
    bare = looks[backdrop][:, 1:]
    deviation = np.maximum(bare.std(axis=0), least[1:])
    apart = (((looks[..., 1:] - bare.mean(axis=0)) / deviation) ** 2).sum(axis=2)
    likely = np.log(_SHADED * np.sqrt(2 * np.pi) / _DEEPEST) - 0.5 * apart - np.log(deviation).sum()
    light = looks[..., 0]
    return np.where((light < 0) & (light > -_DEEPEST), likely, -np.inf).astype(np.float32)


def _tidy(mask: Mask, first: Float32, size: tuple[int, int]) -> Mask:
    """Without specks, and without holes where the first cut-out had none: labels and buttons look like nothing near."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    mask = np.isin(labels, 1 + np.flatnonzero(areas >= _LEAST_PIECE * areas.max()))
    return np.asarray(mask | (_filled(mask) & _enlarged(first, size)), dtype=bool)


def _filled(mask: Mask) -> Mask:
    """Without holes."""
    rim = np.ones(mask.shape, bool)
    rim[1:-1, 1:-1] = False
    return ~connected_to(~mask, rim & ~mask)


def _enlarged(soft: Float32, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR) > 0.5, dtype=bool)
