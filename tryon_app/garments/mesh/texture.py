"""Pictures on cloth: decoded within bounds that are known from their headers, sampled at any place."""

import io
import warnings
from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32, UInt8
from tryon_app.garments.mesh.model import Surface

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "TGA")
_MOST_PIXELS = 70_000_000
_MOST_SIDE = 2048
"""Finer ones have nothing to show in a view of 1400 pixels."""
_ROW = 2048
_STEPS = 8191
_SMALLER = "Export it with textures of at most 4096 x 4096 pixels."


class Textures:
    """Decodes the textures of one file; all of them together stay within a bound.

    Args:
        path: The model, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = _MOST_PIXELS

    def decode(self, data: bytes) -> UInt8:
        """A texture as uint8 H x W x 4, sRGB, straight alpha.

        Raises:
            GarmentError: Damaged, of an unknown kind, or too large.
        """
        from PIL import Image

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                    self._take(*image.size)
                    image.draft("RGB", (_MOST_SIDE, _MOST_SIDE))
                    factor = max(1, -(-max(image.size) // _MOST_SIDE))
                    small = image.convert("RGBA") if factor == 1 else image.convert("RGBA").reduce(factor)
                    return np.array(small, dtype=np.uint8)
        except GarmentError:
            raise
        except Image.DecompressionBombError as error:
            raise self._too_large() from error
        except Exception as error:  # decoders raise whatever a damaged file leads them to
            raise GarmentError(
                f"{self._path.name} has a texture that cannot be read.", "Export it with PNG or JPEG textures."
            ) from error

    def _take(self, width: int, height: int) -> None:
        self._left -= width * height
        if self._left < 0 or min(width, height) < 1:
            raise self._too_large()

    def _too_large(self) -> GarmentError:
        return GarmentError(
            f"{self._path.name} has textures of more than {_MOST_PIXELS // 1_000_000} megapixels in all.", _SMALLER
        )


def sampled(surface: Surface, uv: Float32, tint: Float32 | None) -> tuple[Float32, Float32]:
    """Colour and alpha of cloth at places of its texture, which repeats beyond its edges.

    Args:
        surface: The cloth.
        uv: float32 N x 2, v upwards.
        tint: float32 N x 3, linear colours to multiply by.

    Returns:
        float32 N x 3 linear colours and float32 N alphas, 0..1.
    """
    factor = np.asarray(surface.factor, np.float32)
    if surface.texture is None:
        colours, alpha = np.tile(factor[:3], (len(uv), 1)), np.full(len(uv), factor[3], np.float32)
    else:
        texels = _texels(surface.texture, uv)
        colours, alpha = linear(texels[:, :3]) * factor[:3], texels[:, 3] * np.float32(factor[3] / 255)
    return (colours if tint is None else np.clip(colours * tint, 0, 1)), alpha


def _texels(texture: UInt8, uv: Float32) -> UInt8:
    """uint8 N x 4, between four texels each."""
    height, width = texture.shape[:2]
    wrapped = uv - np.floor(uv)
    places = np.stack((wrapped[:, 0] * width - 0.5, (1 - wrapped[:, 1]) * height - 0.5), axis=1).astype(np.float32)
    rows = -(-len(places) // _ROW)  # the sampler wants a picture of places, neither side beyond 32767
    padded = np.zeros((rows * _ROW, 2), np.float32)
    padded[: len(places)] = places
    where = padded.reshape(rows, _ROW, 2)
    taken = cv2.remap(texture, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(taken.reshape(-1, 4)[: len(places)], dtype=np.uint8)


def linear(srgb: UInt8) -> Float32:
    """sRGB bytes as light, float32 0..1."""
    steps = np.arange(256) / 255
    table = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return table[srgb]


def to_srgb(light: Float32) -> UInt8:
    """Light 0..1 as sRGB bytes."""
    steps = np.arange(_STEPS + 1) / _STEPS
    coded = np.where(steps <= 0.0031308, 12.92 * steps, 1.055 * np.maximum(steps, 1e-9) ** (1 / 2.4) - 0.055)
    table = (coded * 255 + 0.5).astype(np.uint8)
    return table[(np.clip(light, 0, 1) * _STEPS + 0.5).astype(np.int32)]
