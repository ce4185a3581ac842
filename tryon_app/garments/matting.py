"""Soft edges for a garment's outline, and colours that hold beyond it."""

import cv2
import numpy as np

from tryon_app.core.types import Float32, UInt8

_TRUST = 12.0
"""Distance between the colours of garment and backdrop at which they tell as much as the soft mask, grey levels."""
_VARIED = 4.0
"""What their variance counts beside that."""

_MOST_ENLARGED = 4.0
_STEPS, _STEEP = 0.9, 1.4
"""Width of the steps along an outline that are smoothed, in pixels, and how much steeper than that it becomes."""
_BLEEDS = 24.0
"""Pixels beyond the edge in which colours matter, also when the photo is drawn at an eighth of its size."""


def refine_alpha(rgb: UInt8, soft: Float32) -> UInt8:
    """Alpha at full size from a soft mask of any size.

    In a narrow band around the outline each pixel is a mixture of the colour some pixels further in and the one some
    pixels further out; its place between the two is its alpha.

    Args:
        rgb: uint8 H x W x 3.
        soft: float32 h x w, 0..1, same field of view.

    Returns:
        uint8 H x W.
    """
    height, width = rgb.shape[:2]
    step = max(1.0, max(height, width) / max(soft.shape))
    coarse = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    hard = (coarse > 0.5).astype(np.uint8)
    within = cv2.distanceTransform(hard, cv2.DIST_L2, 3)
    without = cv2.distanceTransform(1 - hard, cv2.DIST_L2, 3)
    band_width = 1.0 + 1.6 * step
    band = (within <= band_width) & (without <= band_width)
    picture = rgb.astype(np.float32)
    # The mixture's ends are taken just beyond the band, so that no mixed pixel is among them.
    inner = _local_mean(picture, within > band_width, 1.5 * band_width)
    outer = _local_mean(picture, without > band_width, 1.5 * band_width)
    apart = inner - outer
    contrast = (apart * apart).sum(axis=2)
    prior = np.clip(0.5 + (within - without) / (2 * 0.75 * step), 0, 1)
    # Beside stripes and shadows colours tell little: either side varies as much as the two are apart.
    varied = _local_mean((picture - inner) ** 2, within > band_width, 1.5 * band_width)
    varied += _local_mean((picture - outer) ** 2, without > band_width, 1.5 * band_width)
    trust = _TRUST**2 + _VARIED * varied.sum(axis=2)
    alpha = (((picture - outer) * apart).sum(axis=2) + trust * prior) / (contrast + trust)
    alpha = np.where(band, np.clip(alpha, 0, 1), hard)
    alpha = np.where(band, np.clip((alpha - 0.06) / 0.88, 0, 1), alpha)
    return np.asarray(alpha * 255 + 0.5, dtype=np.uint8)


def enlarged(rgba: UInt8, least: int) -> UInt8:
    """A small cut-out at a size at which its outline is smooth: on a person each of its pixels is many.

    Args:
        rgba: uint8 H x W x 4.
        least: Pixels of the longer side that are enough.

    Returns:
        uint8 h x w x 4, at most `_MOST_ENLARGED` times as large.
    """
    height, width = rgba.shape[:2]
    scale = min(least / max(height, width), _MOST_ENLARGED)
    if scale <= 1.0:
        return rgba
    size = (round(width * scale), round(height * scale))
    rgb = cv2.resize(rgba[..., :3], size, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(rgba[..., 3].astype(np.float32), (0, 0), _STEPS)
    soft = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC)
    # As steep as it was, now over smaller pixels.
    alpha = np.clip((soft - 127.5) * max(1.0, _STEEP * scale) + 127.5, 0, 255)
    return bleed(rgb, np.asarray(alpha + 0.5, dtype=np.uint8))


def bleed(rgb: UInt8, alpha: UInt8) -> UInt8:
    """Replace colours at and beyond the edge by the garment's own, so that no backdrop shines through.

    Args:
        rgb: uint8 H x W x 3.
        alpha: uint8 H x W.

    Returns:
        uint8 H x W x 4, straight alpha.
    """
    solid = alpha >= 250
    if not solid.any():
        return np.dstack((rgb, alpha))
    distance, labels = cv2.distanceTransformWithLabels(
        (~solid).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    # OpenCV numbers the solid pixels in their order.
    rim = np.flatnonzero((distance > 0.0) & (distance < _BLEEDS))
    source = np.flatnonzero(solid)[labels.ravel()[rim] - 1]
    mean = np.array(cv2.mean(rgb, solid.view(np.uint8))[:3]).round().astype(np.uint8)
    colour = np.where(solid[..., None], rgb, mean)
    colour.reshape(-1, 3)[rim] = rgb.reshape(-1, 3)[source]
    colour.reshape(-1, 3)[rim] = cv2.GaussianBlur(colour, (0, 0), 2.0).reshape(-1, 3)[rim]
    return cv2.merge([*cv2.split(colour), alpha])


def _local_mean(picture: Float32, chosen: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", sigma: float) -> Float32:
    """Mean of the chosen pixels nearby; from further away where there are none near."""
    weight = chosen.astype(np.float32)
    total = np.zeros_like(picture)
    mass = np.zeros_like(weight)
    for factor, share in ((1.0, 1.0), (4.0, 1e-3)):
        total += share * cv2.GaussianBlur(picture * weight[..., None], (0, 0), sigma * factor)
        mass += share * cv2.GaussianBlur(weight, (0, 0), sigma * factor)
    return np.asarray(total / np.maximum(mass, 1e-7)[..., None], dtype=np.float32)
