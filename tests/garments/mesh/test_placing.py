"""Where nodes and bones put a mesh."""

import numpy as np
import pytest
import trimesh

from tests.garments.mesh.models import photograph_of, refused, solid, tube
from tryon_app.garments.mesh.photograph import photograph


def test_nodes_move_their_meshes(tmp_path):
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.1)] * 2)
    scene = trimesh.Scene()
    turn = trimesh.transformations.rotation_matrix(np.pi / 2, (0, 1, 0))
    scene.add_geometry(mesh, transform=turn)
    scene.export(tmp_path / "turned.glb")
    shot = photograph(tmp_path / "turned.glb").front
    assert solid(shot).any(axis=0).sum() / shot.scale == pytest.approx(20, abs=0.5)  # its narrow side, cm


def test_bones_put_a_mesh_where_they_say(tmp_path, parts):
    """A game's export: centimetres, z up, turned and scaled by the bones; the mesh's own node leads astray."""
    straight = photograph_of(tmp_path / "a.glb", parts.packed())
    turn = trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0))  # z up in the file
    inverse = np.linalg.inv(trimesh.transformations.translation_matrix((0, 1, 0)))
    position = parts.document["accessors"][parts.document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    start = parts.document["bufferViews"][position["bufferView"]].get("byteOffset", 0)
    points = np.frombuffer(parts.binary, np.float32, 3 * position["count"], start).reshape(-1, 3)
    moved = (100 * points @ turn[:3, :3].T).astype(np.float32).tobytes()
    bind = inverse @ np.diag((0.01, 0.01, 0.01, 1)) @ turn.T
    parts.binary = parts.binary[:start] + moved + parts.binary[start + len(moved) :]
    parts.document["bufferViews"].append({"buffer": 0, "byteOffset": len(parts.binary), "byteLength": 64})
    parts.binary += bind.T.astype(np.float32).tobytes()
    views, accessors = parts.document["bufferViews"], parts.document["accessors"]
    accessors.append({"bufferView": len(views) - 1, "componentType": 5126, "count": 1, "type": "MAT4"})
    parts.document["skins"] = [{"joints": [2], "inverseBindMatrices": len(accessors) - 1}]
    parts.document["nodes"] = [
        {"mesh": 0, "skin": 0, "rotation": [0, 0, 0.7071068, 0.7071068], "scale": [5, 1, 1]},
        {"children": [2], "rotation": [0, 1, 0, 0]},
        {"rotation": [0, -1, 0, 0], "translation": [0, 1, 0]},
    ]
    parts.document["scenes"] = [{"nodes": [0, 1]}]
    boned = photograph_of(tmp_path / "b.glb", parts.packed())
    assert boned.model.to_scale
    assert np.ptp(boned.model.vertices, axis=0) == pytest.approx(np.ptp(straight.model.vertices, axis=0), abs=0.01)
    parts.document["skins"][0]["joints"] = [9]
    refused(tmp_path / "b.glb", "no bones", parts.packed())
