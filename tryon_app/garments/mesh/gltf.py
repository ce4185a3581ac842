"""glTF 2.0 models: checked against the bytes there are before anything is made of them.

Counts, ranges, the tree of nodes and what would have to be decoded are looked at first. Then only the part of the
document that a garment needs goes on to trimesh, with the bytes of this one file; textures are decoded here.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from tryon_app.core.errors import GarmentError
from tryon_app.garments.mesh.container import Container, opened
from tryon_app.garments.mesh.files import compressed, damaged, linear_colours, load_scene, read_bytes
from tryon_app.garments.mesh.materials import surfaces_of
from tryon_app.garments.mesh.model import EXPORT_AGAIN, Model, Part, assembled, check_counts
from tryon_app.garments.mesh.reduced import TRIANGLES, reduced, triangular

_MOST_INSTANCES = 1000
_DEEPEST = 100
_INDEX_TYPES = (5121, 5123, 5125)
_UNDERSTOOD = re.compile(r"KHR_(materials_\w+|texture_transform|lights_punctual|xmp\w*)|EXT_texture_webp")


def read_gltf(path: Path) -> Model:
    """The surface in a GLB or glTF file.

    Raises:
        GarmentError: Damaged, too large in some way, or in need of what is not understood.
        InputError: It cannot be read.
    """
    container = opened(path, read_bytes(path))
    _refuse_extensions(container)
    placed = _placed(container)
    meshes = [mesh for node in placed if (mesh := container.document.nodes[node].mesh) is not None]
    counts = {index: _counts(container, index) for index in dict.fromkeys(meshes)}
    triangles, points = (sum(counts[index][kind] for index in meshes) for kind in (0, 1))
    if not triangles:
        raise GarmentError(f"{path.name} has no faces.", "Export the garment as a mesh, not as points or curves.")
    check_counts(path, triangles, points)
    surfaces = surfaces_of(container)
    text, known = reduced(container, placed)
    scene = load_scene(path, text, "gltf", known)
    try:
        parts = _parts(scene, len(surfaces))
    except Exception as error:  # what trimesh makes of a damaged file shows when it is asked for
        raise damaged(path, error) from error
    return assembled(path, parts, surfaces)


def _refuse_extensions(container: Container) -> None:
    for name in container.document.extensions_required:
        if not _UNDERSTOOD.fullmatch(name):
            raise GarmentError(
                f"{container.path.name} is compressed or extended ({name[:40]}) in a way that is not supported.",
                EXPORT_AGAIN,
            )


def _placed(container: Container) -> list[int]:
    """The nodes that have a mesh, in the scene that is shown.

    Raises:
        GarmentError: The nodes are no tree, or there are too many.
    """
    document, path = container.document, container.path
    waiting = [(root, 0) for root in _roots(container)]
    seen: set[int] = set()
    found, instances = [], 0
    while waiting:
        index, depth = waiting.pop()
        if index >= len(document.nodes) or index in seen or depth > _DEEPEST:
            raise damaged(path, f"node {index} is not there, or there twice")
        seen.add(index)
        node = document.nodes[index]
        waiting += [(child, depth + 1) for child in node.children or ()]
        if node.mesh is not None:
            if node.mesh >= len(document.meshes):
                raise damaged(path, f"there is no mesh {node.mesh}")
            found.append(index)
            instances += len(document.meshes[node.mesh].primitives)
    if instances > _MOST_INSTANCES:
        raise GarmentError(f"{path.name} has more than {_MOST_INSTANCES} meshes.", "Join them before exporting.")
    return found


def _roots(container: Container) -> list[int]:
    document = container.document
    if not document.scenes:
        children = {child for node in document.nodes for child in node.children or ()}
        return [index for index in range(len(document.nodes)) if index not in children]
    if document.scene >= len(document.scenes):
        raise damaged(container.path, f"there is no scene {document.scene}")
    return document.scenes[document.scene].nodes


def _counts(container: Container, mesh: int) -> tuple[int, int]:
    """Triangles and points of a mesh, whose ranges are all within the file.

    Raises:
        GarmentError: They are not, or are of a kind that cannot be read.
    """
    document, triangles, points = container.document, 0, 0
    for primitive in triangular(document.meshes[mesh]):
        if "POSITION" not in primitive.attributes or "KHR_draco_mesh_compression" in primitive.extensions:
            raise compressed(container.path)
        used = [primitive.attributes["POSITION"], *([] if primitive.indices is None else [primitive.indices])]
        for index in used:
            container.rows(index)
        position, corners = document.accessors[used[0]], document.accessors[used[-1]]
        if (position.type, position.component_type) != ("VEC3", 5126):
            raise compressed(container.path)
        if primitive.indices is not None and (corners.type != "SCALAR" or corners.component_type not in _INDEX_TYPES):
            raise damaged(container.path, f"accessor {primitive.indices} holds no faces")
        triangles += corners.count // 3 if primitive.mode == TRIANGLES else max(0, corners.count - 2)
        points += position.count
    return triangles, points


def _parts(scene: Any, surfaces: int) -> list[Part]:
    """The meshes of a scene where its nodes put them."""
    parts = []
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        mesh = scene.geometry[name]
        if not hasattr(mesh, "faces"):
            continue
        count, visual = len(mesh.vertices), mesh.visual
        faces = np.asarray(mesh.faces, np.int64)
        if np.linalg.det(matrix[:3, :3]) < 0:  # a mirror turns faces over
            faces = faces[:, ::-1]
        colours = getattr(visual, "vertex_attributes", {}).get("color")
        uv = visual.uv
        parts.append(
            Part(
                np.asarray(mesh.vertices, np.float64) @ matrix[:3, :3].T + matrix[:3, 3],
                faces,
                min(int(visual.material.name), surfaces - 1),
                None if uv is None else np.asarray(uv, np.float32),
                None if colours is None else linear_colours(colours, count),
            )
        )
    return parts
