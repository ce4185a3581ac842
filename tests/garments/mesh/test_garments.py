"""A model becomes a garment with a front, a back and sizes of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
import trimesh

from tests.garments.mesh.models import HALF_GIRTH, SIDE, parts_of_tee, scene_of
from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Category, KeyPoint, Slot
from tryon_app.garments.checking import problems
from tryon_app.garments.importing import examine_photo, import_photo
from tryon_app.garments.storage import load_garment, save_garment


def test_a_model_becomes_a_garment_with_front_and_back(tee_glb):
    imported = examine_photo(tee_glb)
    garment = imported.garment
    assert (garment.id, garment.slot, garment.category) == ("red-tee-01", Slot.TOP, Category.TEE)
    assert problems(garment) == []
    assert garment.back is not None
    assert KeyPoint.NECK_FRONT in garment.front.keypoints
    assert KeyPoint.NECK_FRONT not in garment.back.keypoints
    assert (imported.garments, imported.confidence > 0.8) == (1, True)
    assert SIDE < max(garment.front.rgba.shape) < SIDE + 40


def test_the_texture_is_where_it_belongs(tee_glb):
    """The front is blue, the back is red, and what is seen of the back through the neck is a darker red."""
    garment = import_photo(tee_glb)
    front, back = garment.front, garment.back
    chest = front.keypoints[KeyPoint.NECK_FRONT]
    x, y = int(chest[0]), int(chest[1])
    red, _, blue = front.rgba[y + 40, x, :3].astype(int)
    assert blue > 150 > 60 > red
    inside = front.rgba[(y + int(front.keypoints[KeyPoint.NECK_BACK][1])) // 2, x].astype(int)
    assert inside[3] == 255
    behind = back.rgba[100, back.rgba.shape[1] // 2, :3].astype(int)
    assert behind[0] > 150 > 60 > behind[2]
    assert 2 * inside[2] < inside[0] < 0.8 * behind[0]


@pytest.mark.parametrize("scale", [1.0, 10.0, 100.0, 1000.0])
def test_sizes_are_the_models_own_whatever_its_unit(tmp_path, scale):
    mesh = scene_of(parts_of_tee(), scale).to_mesh()
    mesh.export(tmp_path / "tee.obj")
    garment = import_photo(tmp_path / "tee.obj")
    size = garment.size(None)
    assert size.chest == pytest.approx(HALF_GIRTH, abs=1.5)
    assert size.length == pytest.approx(63.5, abs=2)
    assert size.sleeve == pytest.approx(34, abs=2)
    chests = [each.chest for each in garment.sizes]
    assert chests == sorted(chests)
    assert [each.name for each in garment.sizes] == ["S", "M", "L", "XL"]


def test_a_model_of_no_human_size_gets_the_usual_sizes(tmp_path):
    mesh = scene_of(parts_of_tee(), 1e-6).to_mesh()
    mesh.export(tmp_path / "tee.glb")
    assert import_photo(tmp_path / "tee.glb").size("M").chest == 52


def test_a_saved_garment_holds_views_and_no_mesh(tee_glb, tmp_path):
    folder = save_garment(import_photo(tee_glb), tmp_path / "red-tee-01")
    assert {path.name for path in folder.iterdir()} == {"garment.toml", "front.png", "back.png"}
    assert load_garment(folder).size("M").chest == pytest.approx(HALF_GIRTH, abs=1.5)


def test_a_model_shows_its_own_back(tee_glb):
    with pytest.raises(GarmentError, match="own back"):
        import_photo(tee_glb, back=tee_glb)


def test_what_is_no_garment_is_refused_by_name(tmp_path):
    trimesh.creation.box((2, 0.05, 0.05)).export(tmp_path / "rod.glb")
    with pytest.raises(GarmentError, match=r"rod\.glb") as caught:
        import_photo(tmp_path / "rod.glb")
    assert "+Y up" in caught.value.remedy


def test_a_frozen_app_can_read_models(tee_glb):
    """What installers leave out is not asked for."""
    packaging = Path(__file__).parents[3] / "packaging"
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from contents import EXCLUDED_MODULES\n"
        "for name in EXCLUDED_MODULES: sys.modules[name] = None\n"
        "from pathlib import Path; from tryon_app.garments.mesh.gltf import read_gltf\n"
        "print(len(read_gltf(Path(sys.argv[2])).faces))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, packaging, tee_glb], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    assert int(done.stdout) > 500
