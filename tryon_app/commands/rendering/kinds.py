"""Photo or video, and whether source and output go together."""

import mimetypes
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from tryon_app.core.errors import InputError, UsageError
from tryon_app.core.stills import STILL_SUFFIXES
from tryon_app.outputs.images import IMAGE_SUFFIXES
from tryon_app.outputs.recorder import VIDEO_SUFFIXES


class Kind(StrEnum):
    """What a file is."""

    PHOTO = "photo"
    VIDEO = "video"


def source_kind(path: Path) -> Kind:
    """What a source is: by its name where that says it, else by its first bytes.

    Raises:
        InputError: There is no such file.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder.", "Give one photo or video; for many photos use --pairs.")
    if not path.exists():
        raise InputError(f"{path} does not exist.", "Check the spelling of the path.")
    if path.suffix.lower() in STILL_SUFFIXES:
        return Kind.PHOTO
    if (mimetypes.guess_type(path.name)[0] or "").startswith("video/"):
        return Kind.VIDEO
    return Kind.PHOTO if _looks_like_picture(path) else Kind.VIDEO


def check_output(kind: Kind, source: Path, garments: Sequence[str], output: Path) -> None:
    """Refuse an output that cannot hold the result or would destroy what it is made from.

    Raises:
        UsageError: It does.
    """
    suffixes = IMAGE_SUFFIXES if kind is Kind.PHOTO else VIDEO_SUFFIXES
    if output.suffix.lower() not in suffixes:
        known = ", ".join(sorted(suffixes))
        raise UsageError(
            f"A {kind} cannot be written to {output.name!r}.", f"Give --output a name that ends in {known}."
        )
    for given in (source, *map(Path, garments)):
        if output.exists() and given.exists() and output.samefile(given):
            raise UsageError(f"--output would overwrite {given}.", "Choose another name.")


def _looks_like_picture(path: Path) -> bool:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return image.format not in {None, "MPEG"}
    except UnidentifiedImageError:
        return False
    except Exception:  # a picture all the same, if a damaged or huge one: the decoder will say so
        return True
