"""OBJ files, with the material file and the pictures that lie beside them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tryon_app.core.errors import InputError
from tryon_app.garments.mesh.files import damaged, linear_colours, load_scene, read_bytes
from tryon_app.garments.mesh.model import PLAIN, Model, Part, Surface, assembled, check_counts
from tryon_app.garments.mesh.texture import Textures, linear

_MOST_BYTES = 40 * 2**20
_MOST_BESIDE = 64 * 2**20
_MOST_MATERIALS = 300
_MOST_LINES, _LONGEST_LINE = 3_000_000, 2000
# Possessive throughout: a line that does not match must not cost more than one that does.
_NUMBER = rb"(?:\s++[-+]?+(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][-+]?+\d++)?+)"
_POINT = re.compile(rb"v" + _NUMBER + rb"{3,8}+")
_PLACE = re.compile(rb"vt" + _NUMBER + rb"{2,3}+")
_FACE = re.compile(rb"f(?:\s++-?+\d{1,9}+(?:/(?:-?+\d{1,9}+)?+){0,2}+){3,}+")
_NORMAL = re.compile(rb"/(-?\d*)/-?\d*")
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".tga"})


def read_obj(path: Path) -> Model:
    """The surface in an OBJ file.

    Only its points, texture places, faces and materials are handed on to trimesh, line by line; materials and pictures
    are read here, from the OBJ's own folder.

    Raises:
        GarmentError: Damaged, or too large in some way.
        InputError: It cannot be read.
    """
    lines = _lines(path, read_bytes(path, _MOST_BYTES))
    materials = _materials(path, lines)
    names = {material.name: b"usemtl %d" % index for index, material in enumerate(materials)}
    if _coloured(lines) and not any(material.picture for material in materials):
        names = {}  # trimesh gives either materials or colours of points
    text = b"\n".join([b"mtllib materials", *_checked(path, lines, names)])
    known = b"\n".join(b"newmtl %d\nKd 1 1 1" % index for index in range(len(materials)))
    scene = load_scene(path, text, "obj", {"materials": known})
    parts = []
    try:
        for name in sorted(scene.geometry):
            mesh = scene.geometry[name]
            if hasattr(mesh, "faces"):
                parts.append(_part(mesh, len(materials)))
    except Exception as error:  # what trimesh makes of a damaged file shows when it is asked for
        raise damaged(path, error) from error
    return assembled(path, parts, _surfaces(path, materials))


def beside(path: Path) -> tuple[Path, ...]:
    """The files beside an OBJ that its looks depend on.

    Raises:
        InputError: It cannot be read.
    """
    lines = _lines(path, read_bytes(path, _MOST_BYTES))
    library = _library(path, lines)
    if library is None:
        return ()
    pictures = {material.picture for material in _materials(path, lines)}
    return (library, *(found for name in sorted(pictures) if (found := _neighbour(path, name, _PICTURES))))


@dataclass(slots=True)
class _Material:
    """What a material file says: linear colour, opacity, name of a picture."""

    name: bytes
    colour: tuple[float, float, float] = (0.8, 0.8, 0.8)
    opacity: float = 1.0
    picture: str = ""


def _lines(path: Path, data: bytes) -> list[bytes]:
    joined = data.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ").replace(b"\t", b" ")
    if joined.count(b"\n") + joined.count(b"\r") > _MOST_LINES:
        raise damaged(path, f"more than {_MOST_LINES} lines")
    lines = [line.strip() for line in joined.splitlines()]
    if max(map(len, lines), default=0) > _LONGEST_LINE:
        raise damaged(path, f"a line of more than {_LONGEST_LINE} characters")
    return lines


def _checked(path: Path, lines: Sequence[bytes], names: dict[bytes, bytes]) -> Iterator[bytes]:
    """Points, texture places, faces and uses of known materials: well-formed, counted, without normals."""
    triangles = vertices = places = 0
    for number, line in enumerate(lines, 1):
        kind = line[:2]
        if kind == b"f ":
            if not _FACE.fullmatch(line):
                raise damaged(path, f"line {number}")
            plain = _NORMAL.sub(rb"/\1", line) if b"/" in line else line
            if b"-" in plain:
                plain = _absolute(plain, vertices, places)
            triangles += len(plain.split()) - 3
            yield plain.replace(b"/ ", b" ").rstrip(b"/ \t")
        elif kind in (b"v ", b"vt"):
            if not (_POINT if kind == b"v " else _PLACE).fullmatch(line):
                raise damaged(path, f"line {number}")
            vertices, places = vertices + (kind == b"v "), places + (kind == b"vt")
            yield line
        elif line.startswith(b"usemtl"):
            known = names.get(line[6:].strip())
            if known is not None:
                yield known
    check_counts(path, triangles, max(vertices, places))


def _coloured(lines: Sequence[bytes]) -> bool:
    """Whether points have colours: x y z r g b."""
    first = next((line for line in lines if line.startswith(b"v ")), b"")
    return len(first.split()) > 6


def _absolute(line: bytes, vertices: int, places: int) -> bytes:
    """A face whose negative numbers, which count from the latest backwards, are made positive."""
    counts = (vertices, places)
    words = []
    for word in line.split()[1:]:
        numbers = [int(part or 0) for part in word.split(b"/")]
        absolute = [count + 1 + n if n < 0 else n for n, count in zip(numbers, counts, strict=False)]
        words.append(b"/".join(b"%d" % n if n > 0 else b"" for n in absolute) or b"0")
    return b"f " + b" ".join(words)


def _part(mesh: "object", materials: int) -> Part:
    vertices = np.asarray(mesh.vertices, np.float64)  # type: ignore[attr-defined]
    visual = mesh.visual  # type: ignore[attr-defined]
    name = str(getattr(getattr(visual, "material", None), "name", None))
    uv = getattr(visual, "uv", None)
    colours = linear_colours(visual.vertex_colors, len(vertices)) if visual.kind == "vertex" else None
    if colours is not None:  # programs that write them write what the screen showed
        colours = linear(np.round(colours * 255).astype(np.uint8))
    return Part(
        vertices,
        np.asarray(mesh.faces, np.int64),  # type: ignore[attr-defined]
        2 + int(name) if name.isdigit() and int(name) < materials else int(colours is not None),
        None if uv is None else np.asarray(uv, np.float32),
        colours,
    )


def _library(path: Path, lines: Sequence[bytes]) -> Path | None:
    """The material file that is named first, if it lies beside."""
    named = next((line[6:] for line in lines if line.startswith(b"mtllib")), b"")
    return _neighbour(path, named.decode("utf-8", "replace").strip(), frozenset({".mtl"}))


def _neighbour(path: Path, name: str, suffixes: frozenset[str]) -> Path | None:
    """A file of the same folder by its plain name; None for anything that leads elsewhere, links too."""
    if not name or "\0" in name or name != Path(name).name or "\\" in name or Path(name).suffix.lower() not in suffixes:
        return None
    found = path.parent / name
    try:
        return found if found.is_file() and not found.is_symlink() else None
    except OSError:  # no name that this system can hold
        return None


def _materials(path: Path, lines: Sequence[bytes]) -> list[_Material]:
    """The materials that lie beside; none where the file is missing or unreadable: cloth is then plain."""
    library = _library(path, lines)
    if library is None:
        return []
    try:
        text = read_bytes(library, 2**20)
    except InputError:
        return []
    found: list[_Material] = []
    for line in text.splitlines():
        key, _, value = line.strip().partition(b" ")
        value = value.strip()
        if key == b"newmtl" and len(found) < _MOST_MATERIALS:
            found.append(_Material(value))
        elif found:
            _describe(found[-1], key.lower(), value)
    return found


def _describe(material: _Material, key: bytes, value: bytes) -> None:
    if key == b"map_kd":
        material.picture = value.decode("utf-8", "replace")
        return
    try:
        numbers = [min(1.0, max(0.0, float(word))) for word in value.split()[:3]]
    except ValueError:
        return
    if key == b"kd" and len(numbers) == 3:
        material.colour = (numbers[0], numbers[1], numbers[2])
    elif key in (b"d", b"tr") and numbers:
        material.opacity = numbers[0] if key == b"d" else 1 - numbers[0]


def _surfaces(path: Path, materials: Sequence[_Material]) -> list[Surface]:
    """Plain cloth, cloth of coloured points, then one for each material."""
    textures = Textures(path)
    decoded: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = {}
    left, surfaces = _MOST_BESIDE, [PLAIN, Surface()]
    for material in materials:
        file = _neighbour(path, material.picture, _PICTURES)
        if file is not None and material.picture not in decoded:
            data = read_bytes(file, left)
            left -= len(data)
            decoded[material.picture] = textures.decode(data)
        if file is not None:
            texture = decoded[material.picture]
            surfaces.append(Surface(texture=texture, cutoff=0.0 if texture[..., 3].min() == 255 else None))
        else:
            colour = linear(np.round(np.asarray(material.colour) * 255).astype(np.uint8))
            factor = (float(colour[0]), float(colour[1]), float(colour[2]), material.opacity)
            surfaces.append(Surface(factor, cutoff=0.0 if material.opacity == 1 else None))
    return surfaces
