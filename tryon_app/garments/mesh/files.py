"""What trimesh may read: bytes that were checked before, and nothing else: no file of its own choice, no network."""

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tryon_app.core import reading
from tryon_app.core.errors import GarmentError, InputError
from tryon_app.core.types import Float32
from tryon_app.garments.mesh.model import EXPORT_AGAIN

MESH_SUFFIXES = frozenset({".glb", ".gltf", ".obj"})
MOST_BYTES = 128 * 2**20


def is_mesh(path: Path) -> bool:
    """Whether a file is a 3-D model, by its name."""
    return path.suffix.lower() in MESH_SUFFIXES


def check_size(path: Path, most: int) -> None:
    """Refuse what is no file, or one that is too large.

    Raises:
        InputError: It is.
    """
    reading.expect_file(path)
    size = path.stat().st_size
    if size > most:
        raise InputError(
            f"{path.name} is too large: {size / 2**20:.0f} MB, more than the {most // 2**20} MB that are allowed.",
            "Export it with a coarser mesh and smaller textures.",
        )


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of a file of bounded size.

    Raises:
        InputError: Missing, unreadable, empty or too large.
    """
    check_size(path, most)
    return reading.read_at_most(path, most)


def load_scene(path: Path, data: bytes, kind: str, known: Mapping[str, bytes]) -> Any:
    """A `trimesh.Scene` of checked bytes.

    Args:
        path: The file, for messages.
        data: Its content.
        kind: "gltf" or "obj".
        known: What it may refer to, by name: all that trimesh can open.

    Raises:
        GarmentError: Damaged.
    """
    import trimesh  # a second to import: only for those who have a model

    try:
        with warnings.catch_warnings():  # numpy's and trimesh's, about what is checked or refused here
            warnings.simplefilter("ignore")
            return trimesh.load_scene(
                io.BytesIO(data), file_type=kind, resolver=dict(known), allow_remote=False, process=False
            )
    except MemoryError as error:
        raise reading.too_much(path, "Close other programs.", GarmentError) from error
    except Exception as error:  # loaders raise whatever a damaged file leads them to
        raise damaged(path, error) from error


def damaged(path: Path, why: object) -> GarmentError:
    """The refusal of a file that is not what it says it is."""
    return reading.damaged(path, reading.one_line(why, 120), EXPORT_AGAIN, GarmentError)


def compressed(path: Path) -> GarmentError:
    """The refusal of a file whose numbers only a decoder could read."""
    return GarmentError(
        f"{path.name} is compressed (Draco, meshopt or quantised), which is not supported.", EXPORT_AGAIN
    )


def linear_colours(values: Any, count: int) -> Float32 | None:
    """Vertex colours of trimesh, bytes or floats, as float32 count x 3, 0..1; None where they are not one a vertex."""
    colours = np.asarray(values)
    if colours.ndim != 2 or len(colours) != count or colours.shape[1] < 3:
        return None
    scale = 1.0 if colours.dtype.kind == "f" else 255.0
    return np.clip(colours[:, :3] / scale, 0, 1).astype(np.float32)
