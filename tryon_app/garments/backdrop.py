"""What lies behind the garment in a product photo: a model of the plain backdrop, and how far each pixel is from it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32

Mask = NDArray[np.bool_]

# A bare backdrop varies by a grey level or two (rounding, JPEG); below this nothing can be told apart.
_LEAST_NOISE = 1.2 / 255
_BORDER = 0.03
_LEAST_SHARE = 0.35
_REMEDY = "Use a photo of one garment, lying flat or hanging alone, in front of one plain, evenly lit colour."


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """How each pixel differs from the backdrop.

    Attributes:
        light: float32 H x W, brightness over the backdrop's, less 1: negative is darker, perhaps a shadow.
        tint: float32 H x W, difference in colour at equal brightness: a shadow has none.
        light_noise: Robust standard deviation of `light` on the bare backdrop.
        tint_noise: The same of `tint`.
        features: float32 H x W x 3, picture over backdrop, less 1.
    """

    light: Float32
    tint: Float32
    light_noise: float
    tint_noise: float
    features: Float32


def measure(rgb: Float32) -> Evidence:
    """Model the backdrop from the picture's border and compare every pixel with it.

    Args:
        rgb: float32 H x W x 3, 0..1; a few hundred pixels a side are enough.

    Returns:
        The evidence.

    Raises:
        GarmentError: The border is not one plain colour.
    """
    height, width = rgb.shape[:2]
    design = _design(height, width)
    flat = rgb.reshape(-1, 3)
    band = _border_band(height, width).ravel()
    chosen = band & _near_mode(flat, band)
    if chosen.sum() < _LEAST_SHARE * band.sum():
        raise GarmentError("The background of the photo is too busy to find the garment.", _REMEDY)
    model = _fit(design[:, :3], flat, chosen)
    noise = _LEAST_NOISE
    for terms in (3, 6, 6):
        error = np.abs(flat - model).max(axis=1)
        noise = max(_LEAST_NOISE, 1.48 * float(np.median(error[chosen])))
        # From the border inwards: what is like the backdrop and hangs together with the border also teaches it.
        near = (error < 3.5 * noise).reshape(height, width)
        reached = connected_to(near, band.reshape(height, width) & near).ravel()
        if reached.sum() < _LEAST_SHARE * band.sum():
            break
        chosen = reached
        model = _fit(design[:, :terms], flat, chosen)
    bare = chosen.reshape(height, width)
    backdrop = np.clip(_follow(rgb, model.reshape(rgb.shape), bare), 0.02, None)
    features = (rgb / backdrop - 1).astype(np.float32)
    # Noise is not colour: a blur that keeps edges.
    features = cv2.bilateralFilter(features, 7, 5 * noise, 2.0)
    light = features.mean(axis=2)
    tint = np.linalg.norm((1 + features) / np.maximum(1 + light, 0.08)[..., None] - 1, axis=2).astype(np.float32)
    tint *= np.minimum(1, 4 * (1 + light))  # near black, colour is noise
    return Evidence(
        light=light,
        tint=tint,
        light_noise=max(_LEAST_NOISE / 2, 1.48 * float(np.median(np.abs(light[bare])))),
        tint_noise=max(_LEAST_NOISE / 2, 1.48 * float(np.median(tint[bare]))),
        features=features,
    )


def _follow(rgb: Float32, model: NDArray[np.float64], bare: Mask) -> Float32:
    """The model, corrected nearby by what is left over on the bare backdrop."""
    sigma = 0.05 * max(bare.shape)
    weight = bare.astype(np.float32)
    rest = cv2.GaussianBlur((rgb - model).astype(np.float32) * weight[..., None], (0, 0), sigma)
    # The constant lets the correction fade out where no bare backdrop is near.
    mass = cv2.GaussianBlur(weight, (0, 0), sigma) + 0.02
    return np.asarray(model + rest / mass[..., None], dtype=np.float32)


def connected_to(mask: Mask, seeds: Mask) -> Mask:
    """The parts of `mask` that hold at least one seed (8-connected)."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    kept = np.unique(labels[seeds & mask])
    table = np.zeros(int(labels.max()) + 1, bool)
    table[kept] = True
    table[0] = False
    return np.asarray(table[labels], dtype=bool)


def _design(height: int, width: int) -> NDArray[np.float64]:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    x, y = x.ravel(), y.ravel()
    return np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)


def _border_band(height: int, width: int) -> Mask:
    band = np.ones((height, width), bool)
    margin = max(2, round(_BORDER * min(height, width)))
    band[margin:-margin, margin:-margin] = False
    return band


def _near_mode(flat: Float32, band: Mask) -> Mask:
    """Pixels near the border's most frequent colour, with room for a gradient."""
    colours = flat[band]
    bins = np.minimum((colours * 12).astype(int), 11)
    codes = bins @ np.array([144, 12, 1])
    values, counts = np.unique(codes, return_counts=True)
    mode = np.median(colours[codes == values[counts.argmax()]], axis=0)
    return np.asarray(np.abs(flat - mode).max(axis=1) < 0.12, dtype=bool)


def _fit(design: NDArray[np.float64], flat: Float32, chosen: Mask) -> NDArray[np.float64]:
    """Least squares with outliers dropped twice; evaluated everywhere."""
    rows = np.flatnonzero(chosen)
    rows = rows[:: max(1, len(rows) // 20000)]
    for _ in range(3):
        coefficients = np.linalg.lstsq(design[rows], flat[rows], rcond=None)[0]
        error = np.abs(flat[rows] - design[rows] @ coefficients).max(axis=1)
        keep = error <= max(2.5 * float(np.median(error)), _LEAST_NOISE)
        if keep.sum() < 100:
            break
        rows = rows[keep]
    return np.asarray(design @ coefficients)
