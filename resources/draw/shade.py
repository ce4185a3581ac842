"""Light on the sheet: a large soft light from above and in front, and the darkness of narrow places."""

import cv2
import numpy as np

from resources.draw.sheet import Float, Sheet

LIGHT = np.array([-0.22, -0.50, 0.84])
# (radius cm, strength) of the occlusion scales
CAVITIES = ((0.25, 0.32), (0.9, 0.42), (2.6, 0.42))


def render(sheet: Sheet, oversample: int) -> np.ndarray:
    """The finished view: uint8 RGBA, straight alpha, `oversample` sheet pixels a side to one of the result."""
    light = LIGHT / np.linalg.norm(LIGHT)
    smooth = _extend(sheet.height, sheet.alpha > 0.02)
    gy, gx = np.gradient(smooth, 1 / sheet.ppc)
    limit = 1.6 / np.sqrt(1 + (gx * gx + gy * gy) / 1.6)
    gx, gy = gx * limit / 1.6, gy * limit / 1.6
    size = np.sqrt(1 + gx * gx + gy * gy)
    facing = (-gx * light[0] - gy * light[1] + light[2]) / size
    wrap = 0.1
    diffuse = np.clip((facing + wrap) / (1 + wrap), 0.05, None) / ((light[2] + wrap) / (1 + wrap))
    shade = diffuse * _openness(smooth, sheet.ppc)
    # Photographers light dark cloth so that its folds show; the same relief would drown in black.
    dark = 1 - np.sqrt(np.clip(sheet.rgb.mean(-1), 0, 1))
    shade = shade ** (1 + 0.85 * dark**1.5)
    half = light + np.array([0, 0, 1])
    half /= np.linalg.norm(half)
    mirror = np.clip((-gx * half[0] - gy * half[1] + half[2]) / size, 0, 1)
    shine = sheet.gloss * (0.10 * mirror**18 + 0.16 * mirror**70 - 0.10 * half[2] ** 18 - 0.16 * half[2] ** 70)
    rgb = sheet.rgb * shade[..., None] + np.clip(shine, -0.02, None)[..., None] * 0.7
    return _develop(rgb.astype(np.float32), sheet.alpha, oversample)


def _extend(field: Float, known: np.ndarray) -> Float:
    """The field continued past the edge from the nearest known pixel: an edge casts neither slope nor halo."""
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    values = np.zeros((int(labels.max()) + 1, *field.shape[2:]), np.float32)
    values[labels[known]] = field[known]
    return values[labels]


def _openness(height: Float, ppc: float) -> Float:
    """How much of the light reaches each point, around 1: places lower than their surroundings are darker."""
    factor = np.ones(height.shape, np.float32)
    for radius, strength in CAVITIES:
        k = max(1, int(radius * ppc / 4))
        small = cv2.resize(height, None, fx=1 / k, fy=1 / k, interpolation=cv2.INTER_AREA) if k > 1 else height
        mean = cv2.GaussianBlur(small, (0, 0), radius * ppc / k)
        if k > 1:
            mean = cv2.resize(mean, height.shape[::-1], interpolation=cv2.INTER_LINEAR)
        sunk = (mean - height) / radius
        factor *= np.exp(-strength * np.clip(sunk, -0.25, 1.6)).astype(np.float32)
    return factor


def _develop(rgb: Float, alpha: Float, oversample: int) -> np.ndarray:
    """Scale down (premultiplied) and encode; colours are bled outwards under alpha 0."""
    weight = alpha[..., None]
    size = (alpha.shape[1] // oversample, alpha.shape[0] // oversample)
    crop = (slice(0, size[1] * oversample), slice(0, size[0] * oversample))
    colour = cv2.resize((rgb * weight)[crop], size, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(alpha[crop], size, interpolation=cv2.INTER_AREA)
    known = cover > 0.004
    colour = colour / np.maximum(cover, 0.004)[..., None]
    linear = np.clip(_extend(colour, known), 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    out = np.dstack([srgb, np.where(known, cover, 0)])
    return np.round(out * 255).astype(np.uint8)
