"""Snapshots: named by date and time, never in place of another."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import numpy as np

from tryon_app.core.files import atomic_new
from tryon_app.core.types import UInt8
from tryon_app.outputs.images import save_image


def save_snapshot(image: UInt8, folder: Path, mirrored: bool = False, suffix: str = ".png") -> Path:
    """Keep a picture; it appears complete or not at all.

    Args:
        image: uint8 RGB, H x W x 3.
        folder: Where to; made when missing.
        mirrored: Whether to write it left for right.
        suffix: ".png" or ".jpg".

    Returns:
        The file.

    Raises:
        OutputError: It cannot be written.
    """
    stem = f"tryon {datetime.now().astimezone():%Y-%m-%d %H.%M.%S}"
    with atomic_new(_names(folder, stem, suffix)) as place:
        save_image(place[0], np.ascontiguousarray(image[:, ::-1]) if mirrored else image)
    return place[0]


def _names(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{stem}{suffix}"
    yield from (folder / f"{stem} ({number}){suffix}" for number in count(2))
