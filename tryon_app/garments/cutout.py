"""Cutting a garment out of a product photo: photo in, the same picture with a soft alpha out.

First, small: pixels that can only be garment and pixels that can only be backdrop; what lies between (soft shadows,
white cloth on white) goes where the smoother way leads, by a random walk over the picture's edges (Grady 2006). Then,
at full size, alpha in a narrow band around that outline from the colours on either side.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32, UInt8
from tryon_app.garments.agreement import agreed, mostly_evident
from tryon_app.garments.backdrop import Evidence, Mask, connected_to, measure
from tryon_app.garments.contour import closed_contour
from tryon_app.garments.either_side import between_neighbours
from tryon_app.garments.gaps import with_gaps
from tryon_app.garments.matting import bleed, refine_alpha
from tryon_app.garments.patches import without_patches

_WORK_SIDE = 512
_DEEPEST_SHADOW = 0.42
_LEAST_AREA = 0.012
_ON_RIM = 0.15
"""A product photo shows its garment in full: what lies along more of the photo's rim is a view, not a thing."""
_NOTCH = 0.016
"""Height of the notches that are closed, in sides of the picture."""
_EDGE = 0.02
_PULL = 0.015
_EDGE_LEANING = 12.0
_LIGHT_BINS = 70
_TINT_BINS = 64
_REMEDY = "Use a photo that shows one garment in full, in front of one plain colour."


def cut_out(rgb: UInt8) -> UInt8:
    """Find the garment in a product photo.

    Args:
        rgb: uint8 H x W x 3: one garment, flat or on an invisible mannequin, in front of a plain backdrop.

    Returns:
        uint8 H x W x 4, straight alpha; colours are bled outwards under alpha 0.

    Raises:
        GarmentError: There is no garment, or the background is too busy to tell.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, _WORK_SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8) if scale < 1 else rgb
    alpha = refine_alpha(rgb, without_patches(_outlined(small)))
    if (alpha[_border(height, width)] > 127).mean() > _ON_RIM:
        raise GarmentError("No garment was found in the photo: what it shows goes on beyond its rim.", _REMEDY)
    return bleed(rgb, alpha)


def _outlined(rgb: UInt8) -> Float32:
    """The garment's soft mask on which both ways of cutting agree, or the only one there is; of pale cloth a third.

    Args:
        rgb: uint8 H x W x 3, at most `_WORK_SIDE` pixels a side.

    Returns:
        float32 h x w, 0..1; it may be larger than the picture.
    """
    contoured = closed_contour(rgb)
    if contoured is None:
        return _with_gaps(rgb, find_garment(rgb))
    try:
        first = _with_gaps(rgb, agreed(find_garment(rgb), contoured))
    except GarmentError:
        soft = cv2.GaussianBlur(contoured.mask.astype(np.float32), (0, 0), 0.8)
        first = np.asarray(cv2.resize(soft, (rgb.shape[1], rgb.shape[0])), dtype=np.float32)
    return first if mostly_evident(first, contoured) else between_neighbours(rgb, first)


def _with_gaps(rgb: UInt8, mask: Float32) -> Float32:
    """See `with_gaps`; the mask may be larger than the picture."""
    size = mask.shape[1], mask.shape[0]
    fitting = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR), np.float32)
    return with_gaps(mask, measure(fitting / np.float32(255)))


def find_garment(rgb: UInt8) -> Float32:
    """The garment's soft mask at the picture's own size (meant for some 500 px).

    Args:
        rgb: uint8 H x W x 3.

    Returns:
        float32 H x W, 0..1.

    Raises:
        GarmentError: There is no garment, or the background is too busy to tell.
    """
    evidence = measure(np.asarray(rgb, dtype=np.float32) / np.float32(255))
    inside, outside, leaning = _seeds(evidence)
    if inside.mean() < _LEAST_AREA / 4:
        raise GarmentError("No garment was found in the photo.", _REMEDY)
    soft = _walk(evidence.features, inside, outside, leaning)
    mask = _tidy(soft > 0.5, evidence)
    if mask.mean() < _LEAST_AREA:
        raise GarmentError("No garment was found in the photo.", _REMEDY)
    return np.where(mask, np.maximum(soft, 0.51), np.minimum(soft, 0.49)).astype(np.float32)


def _sharp_edges(evidence: Evidence) -> Mask:
    """Lines where the picture changes abruptly: outlines, seams, prints; not the soft rims of shadows."""
    fine = _steepness(evidence.features, 0.8)
    around = cv2.GaussianBlur(fine, (0, 0), 3.0)  # a soft rim is as steep around as it is here
    least = max(0.004, 5 * float(np.median(fine[np.abs(evidence.light) < 3 * evidence.light_noise])))
    edges = (fine - 1.1 * around > least).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    lines = extent >= 0.015 * max(edges.shape)
    lines[0] = False
    return np.asarray(lines[labels], dtype=bool)


def _steepness(features: Float32, sigma: float) -> Float32:
    """Length of the gradient a pixel, over all channels."""
    blurred = cv2.GaussianBlur(features, (0, 0), sigma)
    across, down = (cv2.Sobel(blurred, cv2.CV_32F, x, 1 - x, scale=1 / 8) for x in (1, 0))
    return np.asarray(np.sqrt((across**2 + down**2).mean(axis=2)), dtype=np.float32)


def _seeds(evidence: Evidence) -> tuple[Mask, Mask, Float32]:
    """What can only be garment, what can only be backdrop or its shadow, and what speaks for the rest."""
    light = evidence.light
    side = max(light.shape)
    tinted, dark = _evident(evidence)
    lighter = light > max(5 * evidence.light_noise, 0.012)
    # Sharpening leaves a bright rim around dark things, a pixel or three wide: it is not cloth.
    inside = _opened(tinted | dark, 1) | _opened(lighter, max(2, round(0.008 * side)))
    edges = _sharp_edges(evidence)
    # From the border inwards, through backdrop and shadow, up to sharp edges. Only wide ways count: the outline of a
    # garment of the backdrop's own colour has gaps.
    free = ~cv2.dilate(edges.astype(np.uint8), _disc(1)).astype(bool) & ~inside & (light > -_DEEPEST_SHADOW)
    near, far = (_flood(free, max(1, round(share * side))) for share in (0.005, 0.02))
    near |= _pockets(_flood(free, 1) & ~near, near, 0.012 * side)
    kept = ~near
    if (kept & _closed(_opened(tinted | dark, 1), round(0.015 * side))).sum() > 0.6 * kept.sum():
        inside &= ~far
        leaning = _leaning(evidence, inside, far)
        return inside, far, np.where(near, np.minimum(leaning, -1), leaning).astype(np.float32)
    # A garment as colourless as backdrop or shadow: what the edges enclose is certain, but for its rim.
    inside = (inside | _eroded(kept, max(2, round(0.012 * side)))) & ~far
    return inside, far, np.where(near, -_EDGE_LEANING, _EDGE_LEANING).astype(np.float32)


def _evident(evidence: Evidence) -> tuple[Mask, Mask]:
    """Pixels that no shadow explains: of a tint of their own, or too dark; measured by what the garment mostly is."""
    light, tint = evidence.light, evidence.tint
    dark = light < -_DEEPEST_SHADOW
    # A slight tint tells white cloth from a white backdrop; beside dark cloth it may as well be reflected light.
    least = 0.03 if dark.mean() > 0.01 else 0.013
    tinted = tint > max(5 * evidence.tint_noise, least)
    if tinted.any():  # light from a coloured garment tints its shadow a little
        tinted &= tint > 0.3 * float(np.median(tint[tinted]))
    if dark.any():  # beneath a black garment shadows get deeper than elsewhere
        dark &= light < 0.6 * float(np.median(light[dark]))
    return tinted, dark


def _pockets(mask: Mask, near: Mask, most: float) -> Mask:
    """The narrow parts of a mask: gaps under sleeves and between legs.

    A garment that was entered through a gap of its outline is wide inside, or its mouth is small for its size.
    """
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    touching = labels[cv2.dilate(near.astype(np.uint8), _disc(2)).astype(bool)]
    mouth = np.bincount(touching, minlength=count) / 2  # two pixels deep
    gaps = (deepest <= most) & (mouth > 0.35 * np.sqrt(stats[:, cv2.CC_STAT_AREA]))
    return np.asarray(gaps[labels] & mask, dtype=bool)


def _flood(free: Mask, reach: int) -> Mask:
    """What a disc can reach from the border through `free` pixels."""
    wide = cv2.erode(free.astype(np.uint8), _disc(reach), borderValue=1).astype(bool)
    wide = connected_to(wide, _border(*free.shape) & wide)
    return np.asarray(cv2.dilate(wide.astype(np.uint8), _disc(reach)).astype(bool) & free, dtype=bool)


def _leaning(evidence: Evidence, inside: Mask, outside: Mask) -> Float32:
    """Log-likelihood ratio, garment over backdrop in light or shadow, from brightness and tint, within -4..4."""
    from scipy.ndimage import gaussian_filter

    light = np.clip(((evidence.light + 1) / 0.02).astype(int), 0, _LIGHT_BINS - 1)
    tint = np.clip((evidence.tint / 0.006).astype(int), 0, _TINT_BINS - 1)
    code = light * _TINT_BINS + tint

    def density(chosen: Mask) -> NDArray[np.float64]:
        counts = np.bincount(code[chosen], minlength=_LIGHT_BINS * _TINT_BINS).reshape(_LIGHT_BINS, _TINT_BINS)
        smooth = gaussian_filter(counts.astype(float), 1.5, mode="nearest")
        return np.asarray(smooth / max(1.0, smooth.sum()))

    depth = np.clip(-((np.arange(_LIGHT_BINS) + 0.5) * 0.02 - 1), 0, None)
    sigma = max(2 * evidence.tint_noise, 0.008)
    shadow = np.where(depth < _DEEPEST_SHADOW + 0.1, np.exp(-depth / 0.12), 0)[:, None] * np.exp(
        -0.5 * ((np.arange(_TINT_BINS) + 0.5) * 0.006 / sigma) ** 2
    )
    shadow[depth == 0] *= density(outside).sum(axis=1)[depth == 0, None] > 1e-3
    cloth = density(inside) + 1e-5
    ground = 0.5 * density(outside) + 0.5 * shadow / shadow.sum() + 1e-5
    return np.asarray(np.clip(np.log(cloth / ground), -4, 4)[light, tint], dtype=np.float32)


def _walk(features: Float32, inside: Mask, outside: Mask, leaning: Float32) -> Float32:
    """Probability of being garment: a random walk from the undecided pixels, slowed by edges, ends inside."""
    from scipy import sparse
    from scipy.sparse.linalg import cg

    known = inside | outside
    index = np.full(known.shape, -1, np.int64)
    index[~known] = np.arange(int((~known).sum()))
    count = int((~known).sum())
    value = inside.astype(np.float32)
    if count == 0:
        return value
    rows, cols, weights = [], [], []
    diagonal = np.zeros(count)
    right = np.zeros(count)
    lean = leaning[~known]
    pull = _PULL * np.abs(lean) + 1e-4
    diagonal += pull
    right += pull / (1 + np.exp(-lean))
    for axis in (0, 1):
        difference = np.abs(np.diff(features, axis=axis)).max(axis=2)
        weight = np.exp(-((difference / _EDGE) ** 2)) + 1e-4
        first = [slice(None)] * 2
        second = [slice(None)] * 2
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        a, b = index[tuple(first)].ravel(), index[tuple(second)].ravel()
        va, vb = value[tuple(first)].ravel(), value[tuple(second)].ravel()
        w = weight.ravel()
        for one, other, other_value in ((a, b, vb), (b, a, va)):
            free = one >= 0
            np.add.at(diagonal, one[free], w[free])
            fixed = free & (other < 0)
            np.add.at(right, one[fixed], w[fixed] * other_value[fixed])
            both = free & (other >= 0)
            rows.append(one[both])
            cols.append(other[both])
            weights.append(-w[both])
    matrix = sparse.coo_matrix(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(cols))), shape=(count, count)
    ).tocsr() + sparse.diags(diagonal)
    solution, _ = cg(matrix, right, x0=np.full(count, 0.5), rtol=1e-3, maxiter=400, M=sparse.diags(1 / diagonal))
    value[~known] = solution.astype(np.float32)
    return np.clip(value, 0, 1)


def _tidy(mask: Mask, evidence: Evidence) -> Mask:
    """One garment: specks dropped, holes closed unless the backdrop shows through between straps, sleeves or legs."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count <= 1:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    large = 1 + np.flatnonzero(areas >= 0.04 * areas.max())
    mask = np.isin(labels, large)
    # White stripes run across, gaps between sleeves, legs and straps down: low notches are stripes.
    notch = np.ones((2 * round(_NOTCH / 2 * max(mask.shape)) + 1, 1), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, notch), dtype=bool)
    filled = ~connected_to(~mask, _border(*mask.shape) & ~mask)
    area, span = float(filled.sum()), float(np.ptp(np.flatnonzero(filled.any(axis=0))) + 1)
    depth = cv2.distanceTransform(filled.astype(np.uint8), cv2.DIST_L2, 3)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((filled & ~mask).astype(np.uint8), connectivity=4)
    for label in range(1, count):
        hole = labels == label
        bare = hole & (np.abs(evidence.light) < 5 * evidence.light_noise)
        near = float(depth[hole].min()) < 0.16 * span
        if _is_label(stats[label], filled):
            continue
        if stats[label, cv2.CC_STAT_AREA] > 0.002 * area and bare.sum() > 0.3 * hole.sum() and near:
            filled &= ~hole
    return filled


def _is_label(stats: NDArray[np.int32], filled: Mask) -> bool:
    """Whether a patch of the backdrop's colour is a label: wide, in the middle of the neck."""
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    centre = stats[cv2.CC_STAT_LEFT] + stats[cv2.CC_STAT_WIDTH] / 2
    off = abs(centre - (columns[0] + columns[-1]) / 2)
    low = stats[cv2.CC_STAT_TOP] + stats[cv2.CC_STAT_HEIGHT] - rows[0]
    wide = stats[cv2.CC_STAT_WIDTH] > 1.3 * stats[cv2.CC_STAT_HEIGHT]
    return bool(wide and off < 0.06 * len(columns) and low < 0.2 * len(rows))


def _border(height: int, width: int) -> Mask:
    border = np.ones((height, width), bool)
    border[1:-1, 1:-1] = False
    return border


def _closed(mask: Mask, radius: int) -> Mask:
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, _disc(radius)), dtype=bool)


def _eroded(mask: Mask, radius: int) -> Mask:
    return np.asarray(cv2.erode(mask.astype(np.uint8), _disc(radius)), dtype=bool)


def _opened(mask: Mask, radius: int) -> Mask:
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _disc(radius)), dtype=bool)


def _disc(radius: int) -> UInt8:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), dtype=np.uint8)
