"""The glTF document that trimesh gets: positions, faces, places on textures, colours, nodes, and nothing else."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tryon_app.garments.mesh.container import Container
from tryon_app.garments.mesh.document import Mesh, Primitive
from tryon_app.garments.mesh.files import damaged
from tryon_app.garments.mesh.materials import placed_uv
from tryon_app.garments.mesh.skin import bound

TRIANGLES, _STRIP = 4, 5
_FLOAT, _WHOLE = 5126, 5125


def triangular(mesh: Mesh) -> list[Primitive]:
    """The primitives of a mesh that are made of triangles or strips of them."""
    return [primitive for primitive in mesh.primitives if primitive.mode in (TRIANGLES, _STRIP)]


def reduced(container: Container, placed: list[int]) -> tuple[bytes, dict[str, bytes]]:
    """The part of a document that makes a surface, anew.

    Args:
        container: The file; ranges and counts of positions and faces were checked.
        placed: The nodes that have a mesh, in the scene that is shown.

    Returns:
        The text, and what the names in it stand for. A material is called after its number; those of primitives without
        one are the two numbers that follow: plain cloth, cloth of coloured points.

    Raises:
        GarmentError: It is damaged.
    """
    document, arrays = container.document, _Arrays()
    meshes = list(dict.fromkeys(mesh for node in placed if (mesh := document.nodes[node].mesh) is not None))
    made = {n: [_primitive(container, each, arrays) for each in triangular(document.meshes[n])] for n in meshes}
    kept = [index for index in meshes if made[index]]
    nodes = [node.model_dump(by_alias=True, exclude_none=True, exclude={"mesh", "skin"}) for node in document.nodes]
    bones = []
    for index in placed:
        node = document.nodes[index]
        if node.mesh in kept and node.skin is None:
            nodes[index]["mesh"] = kept.index(node.mesh)
        elif node.mesh in kept and node.skin is not None:
            matrix = bound(container, node.skin).T.ravel().tolist()
            bones.append({"mesh": kept.index(node.mesh), "matrix": matrix})
    children = {child for node in document.nodes for child in node.children or ()}
    roots = [index for index in range(len(nodes)) if index not in children]
    if document.scenes:
        roots = document.scenes[document.scene].nodes
    text = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [*roots, *range(len(nodes), len(nodes) + len(bones))]}],
        "nodes": nodes + bones,
        "meshes": [{"name": str(index), "primitives": made[index]} for index in kept],
        "materials": [{"name": str(index)} for index in range(len(document.materials) + 2)],
        **arrays.described(),
    }
    return json.dumps(text).encode(), arrays.known


class _Arrays:
    """Arrays as buffers, views and accessors: one of each for one array."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}
        self._accessors: list[dict[str, Any]] = []
        self._views: list[dict[str, int]] = []
        self._buffers: list[dict[str, Any]] = []

    def add(self, array: NDArray[Any]) -> int:
        """The number of the accessor for a float32 or uint32 array, count x columns."""
        number = len(self._accessors)
        name, data = f"buffer{number}", np.ascontiguousarray(array).tobytes()
        self.known[name] = data
        self._buffers.append({"uri": name, "byteLength": len(data)})
        self._views.append({"buffer": number, "byteLength": len(data)})
        kind = _FLOAT if array.dtype.kind == "f" else _WHOLE
        columns = array.shape[1]
        shape = "SCALAR" if columns == 1 else f"VEC{columns}"
        self._accessors.append({"bufferView": number, "componentType": kind, "count": len(array), "type": shape})
        return number

    def described(self) -> dict[str, Any]:
        """Their part of the document."""
        return {"accessors": self._accessors, "bufferViews": self._views, "buffers": self._buffers}


def _primitive(container: Container, primitive: Primitive, arrays: _Arrays) -> dict[str, Any]:
    materials = container.document.materials
    number = primitive.material
    if number is not None and number >= len(materials):
        raise damaged(container.path, f"there is no material {number}")
    positions = container.numbers(primitive.attributes["POSITION"])
    attributes = {"POSITION": arrays.add(positions)}
    colours = _columns(container, primitive, "COLOR_0", len(positions), 3)
    if colours is not None:
        attributes["COLOR_0"] = arrays.add(colours[:, :3])
    info = None if number is None else materials[number].base_texture
    if info is not None:
        uv = _columns(container, primitive, f"TEXCOORD_{info.uv_set}", len(positions), 2)
        if uv is not None:
            attributes["TEXCOORD_0"] = arrays.add(placed_uv(uv[:, :2], info))
    made: dict[str, Any] = {"attributes": attributes, "mode": primitive.mode}
    made["material"] = len(materials) + int(colours is not None) if number is None else number
    if primitive.indices is not None:
        indices = container.whole(primitive.indices)
        if primitive.mode == TRIANGLES:
            indices = indices[: len(indices) // 3 * 3]
        if int(indices.max(initial=0)) >= len(positions):
            raise damaged(container.path, "faces name points that are not there")
        made["indices"] = arrays.add(indices[:, None])
    return made


def _columns(
    container: Container, primitive: Primitive, name: str, count: int, least: int
) -> NDArray[np.float32] | None:
    """An attribute, one row for each point; None where there is none, or one that does not fit."""
    index = primitive.attributes.get(name)
    if index is None or index >= len(container.document.accessors):
        return None
    if container.document.accessors[index].count != count:
        return None
    values = container.numbers(index)
    return values if values.shape[1] >= least else None
