"""A garment's surface in space: what all formats are turned into before it is photographed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32, UInt8

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_TRIANGLES = 300_000
MOST_VERTICES = 600_000
EXPORT_AGAIN = "Export the garment again, best as GLB, without compression and with triangles."
UPRIGHT = "A model must stand upright, +Y up and +Z to the front."
_UNITS = ((0.2, 2.0, 100.0), (2.0, 20.0, 10.0), (20.0, 200.0, 1.0), (200.0, 2000.0, 0.1))
"""A garment's height from, its height to, centimetres a unit: metres, decimetres, centimetres, millimetres.
Garments are 20 to 200 cm tall, so that no height can be read in two ways."""
_FARTHEST, _THINNEST = 1e12, 1e-3
"""Units from the origin, and of the longest side: beyond, nothing can be seen."""
_TALL = 100.0
"""cm, for models of no unit: they are looked at all the same, and not measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """How cloth looks.

    Attributes:
        factor: Linear RGBA, 0..1, that texture and vertex colours are multiplied by.
        texture: uint8 H x W x 4, sRGB with straight alpha, first row at v = 1; None for plain cloth.
        cutoff: Alpha below which there is no cloth; 0 when alpha does not count, None when it is shown as it is.
    """

    factor: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    texture: UInt8 | None = None
    cutoff: float | None = 0.0


PLAIN = Surface((0.6, 0.6, 0.6, 1.0))
"""Of meshes that say nothing about their looks: a light grey, in which folds show."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A mesh of a file, with one surface, in the file's units.

    Attributes:
        vertices: float64 N x 3.
        faces: int64 M x 3.
        surface: Index of its surface.
        uv: N x 2, v upwards; None where there are none.
        colours: N x 3, linear, 0..1; None where there are none.
    """

    vertices: Floats
    faces: Ints
    surface: int
    uv: Float32 | None = None
    colours: Float32 | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A garment in space; x to the wearer's left, y up, z to the front.

    Attributes:
        vertices: float64 N x 3, cm.
        faces: int64 M x 3, counter-clockwise from outside.
        uv: float32 N x 2, v upwards.
        colours: float32 N x 3, linear.
        surface: int64 M.
        surfaces: What `surface` counts.
        to_scale: Whether its unit is known, so that centimetres are true.
    """

    vertices: Floats
    faces: Ints
    uv: Float32
    colours: Float32
    surface: Ints
    surfaces: tuple[Surface, ...]
    to_scale: bool

    def only(self, faces: NDArray[np.bool_]) -> "Model":
        """Some of its faces."""
        return replace(self, faces=self.faces[faces], surface=self.surface[faces])

    @property
    def corners(self) -> Floats:
        """float64 M x 3 x 3: the corners of each face."""
        return self.vertices[self.faces]


def assembled(path: Path, parts: Sequence[Part], surfaces: Sequence[Surface]) -> Model:
    """One model of all meshes of a file, in cm.

    Raises:
        GarmentError: There are no faces, too many, or points that are no numbers.
    """
    parts = [part for part in parts if len(part.faces)]
    if not parts:
        raise GarmentError(f"{path.name} has no faces.", "Export the garment as a mesh, not as points or curves.")
    for part in parts:
        shaped = part.vertices.shape[1:] == part.faces.shape[1:] == (3,)
        if not shaped or part.faces.min() < 0 or part.faces.max() >= len(part.vertices):
            raise GarmentError(f"{path.name} is damaged: faces name points that are not there.", EXPORT_AGAIN)
    check_counts(path, sum(len(part.faces) for part in parts), sum(len(part.vertices) for part in parts))
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    vertices = np.concatenate([part.vertices for part in parts])
    faces = np.concatenate([part.faces + offset for part, offset in zip(parts, offsets, strict=False)])
    uv = np.concatenate([_or_constant(part.uv, len(part.vertices), 2, 0.0) for part in parts])
    colours = np.concatenate([_or_constant(part.colours, len(part.vertices), 3, 1.0) for part in parts])
    used, corners = np.unique(faces, return_inverse=True)  # what no face needs may lie anywhere
    vertices = vertices[used]
    if not np.isfinite(vertices).all() or np.abs(vertices).max() > _FARTHEST:
        raise GarmentError(f"{path.name} is damaged: it has points that are nowhere.", EXPORT_AGAIN)
    sizes = np.ptp(vertices, axis=0)
    if min(sizes[0], sizes[1]) <= _THINNEST * float(sizes.max()):
        raise GarmentError(f"{path.name} is flat or empty seen from the front.", UPRIGHT)
    scale = next((cm for least, most, cm in _UNITS if least <= sizes[1] < most), None)
    return Model(
        vertices=vertices * (scale or _TALL / sizes[1]),
        faces=corners.reshape(-1, 3),
        uv=uv[used],
        colours=colours[used],
        surface=np.repeat([part.surface for part in parts], [len(part.faces) for part in parts]),
        surfaces=tuple(surfaces),
        to_scale=scale is not None,
    )


def check_counts(path: Path, triangles: int, vertices: int) -> None:
    """Refuse what would take minutes.

    Raises:
        GarmentError: Too many.
    """
    if triangles > MOST_TRIANGLES or vertices > MOST_VERTICES:
        raise GarmentError(
            f"{path.name} has {triangles} triangles and {vertices} points, more than the "
            f"{MOST_TRIANGLES} and {MOST_VERTICES} that are allowed.",
            "Reduce the mesh before exporting it (decimate, or a larger particle distance).",
        )


def _or_constant(values: Float32 | None, count: int, columns: int, constant: float) -> Float32:
    if values is None or values.shape != (count, columns):
        return np.full((count, columns), constant, np.float32)
    return np.nan_to_num(values.astype(np.float32), nan=constant, posinf=constant, neginf=constant)
