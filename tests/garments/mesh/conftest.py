"""Small views, and two models."""

import pytest
import trimesh

from tests.garments.mesh.models import SIDE, Glb, cloth, parts_of_tee, scene_of, tube
from tryon_app.garments.mesh import camera as mesh_camera


@pytest.fixture(autouse=True)
def _small_views(monkeypatch):
    """Views of less than a third of their size: ten times faster."""
    monkeypatch.setattr(mesh_camera, "_SIDE", SIDE)


@pytest.fixture
def tee_glb(tmp_path):
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=cloth(), roughnessFactor=1.0)
    path = tmp_path / "Red Tee_01.glb"
    path.write_bytes(scene_of(parts_of_tee(), material=material).export(file_type="glb"))
    return path


@pytest.fixture
def parts():
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2)
    return Glb.of(trimesh.Scene(mesh).export(file_type="glb"))
