"""Still pictures into arrays: one decoder for people and garments, so that both see the same colours.

Whatever a camera, a shop or an office program writes (EXIF rotation, grey, CMYK, 16 bits, palettes, colour profiles)
comes out as 8-bit sRGB. Size limits are checked from the header, before a single pixel is decoded.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tryon_app.core.errors import InputError
from tryon_app.core.reading import damaged, expect_file, one_line, read_at_most, too_much
from tryon_app.core.types import UInt8

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 100_000_000
MIN_SIDE = 16
STILL_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif"})

_READABLE = "Use a JPEG, PNG, WebP, TIFF or BMP picture."
_SAVE_AGAIN = "Open it in a picture viewer and save it again as JPEG or PNG, or use another picture."
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})


def read_image(path: Path) -> UInt8:
    """Decode a picture as people see it, lying on white paper where it is transparent.

    Args:
        path: The file.

    Returns:
        uint8 RGB, H x W x 3, sRGB, upright.

    Raises:
        InputError: Missing, unreadable, damaged, too small or too large.
    """
    rgb, alpha = _decode(path)
    return rgb if alpha is None else flatten(np.dstack((rgb, alpha)))


def read_rgba(path: Path) -> tuple[UInt8, bool]:
    """Decode a picture with its transparency.

    Args:
        path: The file.

    Returns:
        uint8 RGBA, H x W x 4, straight alpha, sRGB, upright; and whether any of it is transparent.

    Raises:
        InputError: Missing, unreadable, damaged, too small or too large.
    """
    rgb, alpha = _decode(path)
    opaque = np.full(rgb.shape[:2], 255, np.uint8)
    return np.dstack((rgb, opaque if alpha is None else alpha)), alpha is not None


def flatten(rgba: UInt8) -> UInt8:
    """Lay a picture on white paper.

    Args:
        rgba: uint8 H x W x 4, straight alpha.

    Returns:
        uint8 RGB, H x W x 3.
    """
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + 255 * (255 - alpha)
    flat: UInt8 = ((mixed + 127) // 255).astype(np.uint8)
    return flat


def _decode(path: Path) -> tuple[UInt8, UInt8 | None]:
    """Colours (H x W x 3) and alpha (H x W), the latter only where something is transparent."""
    with _warnings_ignored(), _opened(path) as image:
        _check_size(path, *image.size)
        try:
            return _channels(image)
        except MemoryError as error:
            raise too_much(path, "Close other programs or use a smaller picture.", InputError) from error
        except Exception as error:  # decoders raise whatever a damaged file leads them to
            raise damaged(path, one_line(error), _SAVE_AGAIN, InputError) from error


@contextlib.contextmanager
def _warnings_ignored() -> Iterator[None]:
    """Pillow warns of damaged metadata, which costs nothing here, and of a size limit wider than ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _opened(path: Path) -> "Iterator[Image.Image]":
    """The picture with its header read."""
    from PIL import Image, UnidentifiedImageError

    _check_file(path)
    try:
        image = Image.open(path)
    except UnidentifiedImageError as error:
        raise InputError(f"{path.name} is not a picture that can be read.", _READABLE) from error
    except Image.DecompressionBombError as error:
        raise _too_large(path, "more than twice") from error
    except Exception as error:  # headers, too, can be damaged in any way
        raise InputError(f"{path.name} cannot be read ({one_line(error)}).", _SAVE_AGAIN) from error
    with image:
        yield image


def _check_file(path: Path) -> None:
    """Say plainly what is wrong with a path before a decoder says it in its own words."""
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a picture.", _READABLE)
    expect_file(path, _READABLE)
    head = read_at_most(path, 16)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        raise InputError(f"{path.name} is a HEIC photo, which cannot be read here.", "Save it as JPEG or PNG first.")


def _check_size(path: Path, width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise InputError(f"{path.name} is only {width}x{height} pixels.", "Use a picture of at least 192x256 pixels.")
    if width * height > MAX_PIXELS:
        raise _too_large(path, f"{width}x{height} pixels, more than")


def _too_large(path: Path, how_much: str) -> InputError:
    return InputError(
        f"{path.name} is too large: {how_much} the {MAX_PIXELS // 1_000_000} megapixels that are allowed.",
        "Scale it down first.",
    )


def _channels(image: "Image.Image") -> tuple[UInt8, UInt8 | None]:
    image.load()
    # CMYK JPEGs are inverted only when Adobe's marker says so; Pillow takes all of them to be.
    inverted_wrongly = image.format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info
    profile = image.info.get("icc_profile")
    upright = _upright(image)
    alpha: UInt8 | None = None
    if upright.has_transparency_data and not upright.mode.startswith("I"):
        with_alpha = upright.convert("RGBA")
        alpha = np.array(with_alpha.getchannel("A"))
        upright = with_alpha.convert("RGB")
    if inverted_wrongly:
        from PIL import ImageChops

        upright = ImageChops.invert(upright)
    rgb = np.array(_to_srgb(_to_eight_bits(upright), profile))
    return rgb, None if alpha is None or int(alpha.min()) == 255 else alpha


def _upright(image: "Image.Image") -> "Image.Image":
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # a damaged EXIF block must not cost the picture
        return image


def _to_eight_bits(image: "Image.Image") -> "Image.Image":
    """Grey pictures of 16 or 32 bits, whole or floating numbers, scaled to 0..255."""
    from PIL import Image

    if image.mode not in {"I", "F"} and not image.mode.startswith("I;16"):
        return image
    values = np.asarray(image).astype(np.float32)
    if image.mode == "F":
        scale = 255.0 if float(np.nanmax(values)) <= 1.0 else 1.0
    elif image.mode == "I" and float(values.max()) > 65535:
        scale = 255.0 / (2**31 - 1)
    else:
        scale = 255.0 / 65535
    return Image.fromarray(np.clip(np.nan_to_num(values) * scale + 0.5, 0, 255).astype(np.uint8))


def _to_srgb(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """Colours as a screen shows them: the embedded profile applied where it fits the picture."""
    from PIL import ImageCms

    if image.mode not in {"L", "CMYK", "LAB"}:
        image = image.convert("RGB")
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        wanted = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "LAB": "LAB"}.get(source.profile.xcolor_space.strip())
        if wanted == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        already = image.mode == "RGB" and "srgb" in (source.profile.profile_description or "").lower()
        if wanted != image.mode or already:
            return image.convert("RGB")
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a broken profile is as good as none
        return image.convert("RGB")
    return converted if converted is not None else image.convert("RGB")
