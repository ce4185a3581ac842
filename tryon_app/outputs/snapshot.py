"""Snapshots: named by date and time, never in place of another."""

from datetime import datetime
from pathlib import Path

import numpy as np

from tryon_app.core.files import make_folder, output_error
from tryon_app.core.types import UInt8
from tryon_app.outputs.images import save_image


def save_snapshot(image: UInt8, folder: Path, mirrored: bool = False, suffix: str = ".png") -> Path:
    """Keep a picture.

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
    path = _reserve(folder, f"tryon {datetime.now().astimezone():%Y-%m-%d %H.%M.%S}", suffix)
    try:
        save_image(path, np.ascontiguousarray(image[:, ::-1]) if mirrored else image)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _reserve(folder: Path, stem: str, suffix: str) -> Path:
    """An empty file of a name that was free: two snapshots within a second, or two windows, never meet."""
    make_folder(folder)
    count = 1
    while True:
        path = folder / (f"{stem}{suffix}" if count == 1 else f"{stem} ({count}){suffix}")
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            count += 1
        except OSError as error:
            raise output_error(path, error) from error
        else:
            return path
