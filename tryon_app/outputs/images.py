"""Writes still pictures: the suffix says how."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tryon_app.core.errors import UsageError
from tryon_app.core.files import atomic_write
from tryon_app.core.stills import flatten
from tryon_app.core.types import UInt8

# Suffix -> (Pillow's name, whether it keeps transparency, options). PNG: 6 takes three times as long for 5 % less.
_FORMATS: Mapping[str, tuple[str, bool, Mapping[str, Any]]] = MappingProxyType(
    {
        ".png": ("PNG", True, {"compress_level": 3}),
        ".jpg": ("JPEG", False, {"quality": 95, "subsampling": "4:4:4"}),
        ".jpeg": ("JPEG", False, {"quality": 95, "subsampling": "4:4:4"}),
        ".webp": ("WEBP", True, {"quality": 95, "method": 2}),
        ".tif": ("TIFF", True, {"compression": "tiff_deflate"}),
        ".tiff": ("TIFF", True, {"compression": "tiff_deflate"}),
        ".bmp": ("BMP", False, {}),
    }
)
IMAGE_SUFFIXES = frozenset(_FORMATS)


def keeps_alpha(path: Path) -> bool:
    """Whether a picture of that name can be transparent."""
    return _format(path)[1]


def save_image(path: Path, image: UInt8) -> None:
    """Write a picture; it appears under its name complete or not at all.

    Args:
        path: The file; the suffix chooses the format. Missing folders are made.
        image: uint8 RGB (H x W x 3) or RGBA with straight alpha (H x W x 4); laid on white where the format has no
            transparency.

    Raises:
        UsageError: A suffix of no known format.
        OutputError: It cannot be written.
    """
    from PIL import Image

    name, alpha, options = _format(path)
    if image.shape[2] == 4 and not alpha:
        image = flatten(image)
    with atomic_write(path) as part:
        Image.fromarray(image).save(part, format=name, **options)


def _format(path: Path) -> tuple[str, bool, Mapping[str, Any]]:
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(sorted(IMAGE_SUFFIXES))
        raise UsageError(f"{path.name} has no suffix of a picture.", f"Use one of {known}.") from None
