"""Where bones put a mesh: its own node does not count then, and files rely on that."""

import numpy as np

from tryon_app.garments.mesh.container import Container
from tryon_app.garments.mesh.document import Node
from tryon_app.garments.mesh.files import damaged
from tryon_app.garments.mesh.model import Floats

_DEEPEST = 100


def bound(container: Container, skin: int) -> Floats:
    """float64 4 x 4: from a mesh to the world, as its first bone has it.

    In the pose that a mesh was made in, all of its bones agree. Other poses are not taken: cloth hangs best as made.

    Raises:
        GarmentError: There is no such skin or bone.
    """
    document, path = container.document, container.path
    if skin >= len(document.skins) or document.skins[skin].joints[0] >= len(document.nodes):
        raise damaged(path, f"there is no skin {skin}, or it has no bones")
    matrix = _world(container, document.skins[skin].joints[0])
    inverse = document.skins[skin].inverse_bind_matrices
    if inverse is None:
        return matrix
    container.rows(inverse)
    accessor = document.accessors[inverse]
    if (accessor.type, accessor.component_type) != ("MAT4", 5126) or accessor.count > len(document.nodes):
        raise damaged(path, f"accessor {inverse} holds no matrices")
    return np.asarray(matrix @ container.numbers(inverse)[0].astype(np.float64).reshape(4, 4).T)


def _world(container: Container, node: int) -> Floats:
    """From a node to the world."""
    nodes = container.document.nodes
    parents = {child: index for index, each in enumerate(nodes) for child in each.children or ()}
    matrix, at = np.eye(4), node
    for _ in range(_DEEPEST):
        matrix = _local(nodes[at]) @ matrix
        if at not in parents:
            return matrix
        at = parents[at]
    raise damaged(container.path, f"node {node} hangs too deep")


def _local(node: Node) -> Floats:
    """From a node to its parent."""
    if node.matrix is not None:
        return np.array(node.matrix).reshape(4, 4).T
    x, y, z, w = node.rotation or (0.0, 0.0, 0.0, 1.0)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * np.array(node.scale or (1.0, 1.0, 1.0))
    matrix[:3, 3] = node.translation or (0.0, 0.0, 0.0)
    return matrix
