"""3-D garments: a model is photographed from the front and from the back, and goes on as product photos do.

The fit lays photographs, so that views, key points and measures are all of a model that is ever used. The model itself
is not kept with the garment: `garment.toml` stays as it is, nothing of tens of megabytes is read at each start, and a
hostile file is parsed once, when it is brought in, never again.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Slot
from tryon_app.garments.mesh.files import MOST_BYTES, check_size, is_mesh
from tryon_app.garments.mesh.gltf import read_gltf
from tryon_app.garments.mesh.light import Shot, photographed
from tryon_app.garments.mesh.model import Ints, Model
from tryon_app.garments.mesh.obj import beside, read_obj
from tryon_app.garments.mesh.parts import of_slot, welded

__all__ = ["Photographed", "files_of", "is_mesh", "photograph", "read_welded"]


@dataclass(frozen=True, slots=True, eq=False)
class Photographed:
    """A garment of a model.

    Attributes:
        model: Its surface, cm.
        front: Its photograph.
        back: From behind.
        garments: How many garments the file holds.
    """

    model: Model
    front: Shot
    back: Shot
    garments: int


def files_of(path: Path) -> tuple[Path, ...]:
    """A model and the files beside it that its looks depend on.

    Raises:
        InputError: It cannot be read, or is too large.
    """
    if path.suffix.lower() == ".obj":
        return (path, *beside(path))
    check_size(path, MOST_BYTES)
    return (path,)


def photograph(path: Path, slot: Slot | None = None) -> Photographed:
    """Photograph a garment of a 3-D model.

    Args:
        path: GLB, glTF with its data embedded, or OBJ; +Y up, front to +Z.
        slot: Which one of several in the file: the lowest for a bottom, all together for a dress, else the highest.

    Raises:
        GarmentError: The file is damaged, hostile, too large, compressed, or no surface.
        InputError: It cannot be read.
    """
    whole, place = read_welded(path)
    faces, garments = of_slot(whole, place, slot)
    model = whole.only(faces)
    try:
        front, back = photographed(model, place)
    except GarmentError as refusal:
        raise GarmentError(f"{path.name}: {refusal.message}", refusal.remedy) from refusal
    return Photographed(model, front, back, garments)


def read_welded(path: Path) -> tuple[Model, Ints]:
    """The whole surface in a file, and which of its points are one in space; see `welded`.

    Raises:
        GarmentError: The file is damaged, hostile, too large, compressed, or no surface.
        InputError: It cannot be read.
    """
    read = read_obj if path.suffix.lower() == ".obj" else read_gltf
    with np.errstate(invalid="ignore", over="ignore"):  # of hostile numbers; what is not finite is refused in the end
        surface = read(path)
    whole, place = welded(surface)
    if not len(whole.faces):
        raise GarmentError(f"{path.name} has no faces.", "Export the garment as a mesh, not as points or curves.")
    return whole, place
