"""How a model is seen: light, edges, what is inside, cloth that lets light through."""

import numpy as np
import pytest
import trimesh
from PIL import Image

from tests.garments.mesh.models import SIDE, parts_of_tee, scene_of, solid, tube
from tryon_app.core.types import Category, KeyPoint
from tryon_app.garments.importing import import_photo
from tryon_app.garments.mesh.photograph import photograph


def test_alpha_is_soft_at_the_edge_and_closed_inside(tee_glb):
    shot = photograph(tee_glb).front
    alpha = shot.rgba[..., 3]
    assert {0, 255} <= set(np.unique(alpha))
    assert len(np.unique(alpha)) > 6
    filled = alpha[:, alpha.shape[1] // 2]
    inner = filled[np.flatnonzero(filled)[0] + 4 : np.flatnonzero(filled)[-1] - 4]
    assert inner.min() == 255


def test_folds_show_and_light_is_even(tmp_path):
    """A cylinder of one colour: bright in front, darker at its sides, never burnt out."""
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2, around=96)
    mesh.export(tmp_path / "tube.glb")
    shot = photograph(tmp_path / "tube.glb").front
    row = shot.rgba[SIDE // 2, :, 0][solid(shot)[SIDE // 2]].astype(int)
    assert row.max() < 215
    assert row.max() - row[[3, -3]].max() > 25


def test_the_picture_is_the_same_each_time(tee_glb):
    first, second = (photograph(tee_glb) for _ in range(2))
    assert (first.front.rgba == second.front.rgba).all()
    assert (first.back.rgba == second.back.rgba).all()


def test_inside_of_cuffs_and_hem_is_cut_away(tmp_path):
    """Seen from a little below, a skirt shows its inside at the hem: legs will be there."""
    skirt, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.35, 0.2), (0.17, 0.12)])
    skirt.vertices[:, 1] += 0.1 * skirt.vertices[:, 2] * (skirt.vertices[:, 1] < 0.3)  # the hem's back hangs lower
    skirt.export(tmp_path / "skirt.glb")
    shot = photograph(tmp_path / "skirt.glb").front
    column = shot.rgba[:, shot.rgba.shape[1] // 2, 3]
    assert np.flatnonzero(column)[-1] < shot.rgba.shape[0] - 12 - 0.02 * shot.scale * 100 + 6


def test_a_mesh_that_is_inside_out_is_lit_as_any_other(tmp_path, tee_glb):
    scene = trimesh.load_scene(tee_glb)
    for mesh in scene.geometry.values():
        mesh.invert()
    scene.export(tmp_path / "out.glb")
    one, other = photograph(tee_glb).front.rgba, photograph(tmp_path / "out.glb").front.rgba
    assert np.abs(one.astype(int) - other).mean() < 1


def test_faces_that_are_there_twice_are_there_once(tmp_path):
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2)
    doubled = trimesh.Trimesh(mesh.vertices, np.concatenate((mesh.faces, mesh.faces[:, ::-1])), process=False)
    mesh.export(tmp_path / "once.glb")
    doubled.export(tmp_path / "twice.glb")
    once, twice = (photograph(tmp_path / f"{name}.glb").front.rgba for name in ("once", "twice"))
    assert np.abs(once.astype(int) - twice).mean() < 1


def test_lace_has_holes(tmp_path):
    holes = np.full((64, 64, 4), 255, np.uint8)
    holes[16:48, 16:48, 3] = 0
    material = trimesh.visual.material.PBRMaterial(
        baseColorTexture=Image.fromarray(holes), alphaMode="MASK", alphaCutoff=0.5
    )
    flat = trimesh.Trimesh(
        [(0, 0, 0), (0.5, 0, 0), (0.5, 0.5, 0.01), (0, 0.5, 0.01)], [(0, 1, 2), (0, 2, 3)], process=False
    )
    flat.visual = trimesh.visual.TextureVisuals(uv=[(0, 0), (1, 0), (1, 1), (0, 1)], material=material)
    flat.export(tmp_path / "lace.glb")
    alpha = photograph(tmp_path / "lace.glb").front.rgba[..., 3]
    assert alpha[alpha.shape[0] // 2, alpha.shape[1] // 2] == 0
    assert (alpha > 127).sum() / SIDE**2 == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("opacity", [60, 130, 255])
def test_sheer_cloth_has_an_outline(tmp_path, opacity):
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=[200, 60, 60, opacity], alphaMode="BLEND")
    (tmp_path / "tee.glb").write_bytes(scene_of(parts_of_tee(), material=material).export(file_type="glb"))
    garment = import_photo(tmp_path / "tee.glb")
    assert garment.category is Category.TEE
    x, y = garment.front.keypoints[KeyPoint.NECK_FRONT]
    alpha = garment.front.rgba[int(y) + 60 : int(y) + 100, int(x) - 20 : int(x) + 20, 3]
    assert alpha.mean() == pytest.approx(255 if opacity == 255 else 191, abs=3)


def test_vertex_colours_and_factors(tmp_path):
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2)
    mesh.visual.vertex_colors = (0, 255, 0, 255)
    mesh.export(tmp_path / "green.glb")
    mesh.export(tmp_path / "green.obj")
    for name in ("green.glb", "green.obj"):
        rgb = photograph(tmp_path / name).front.rgba[200, 140, :3].astype(int)
        assert rgb[1] > 180 > 20 > max(rgb[0], rgb[2])
