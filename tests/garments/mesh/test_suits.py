"""What belongs together: the garments of a suit, pieces that are sewn."""

import numpy as np
import pytest
import trimesh

from tests.garments.mesh.models import dress, scene_of, suit, trousers, tube
from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Category, Slot
from tryon_app.garments.checking import problems
from tryon_app.garments.importing import examine_photo
from tryon_app.garments.mesh.holding import Holding, holding


def test_of_a_suit_the_slot_chooses(tmp_path):
    scene_of(suit()).export(tmp_path / "suit.glb")
    top = examine_photo(tmp_path / "suit.glb")
    bottom = examine_photo(tmp_path / "suit.glb", slot=Slot.BOTTOM)
    assert (top.garment.category, top.garments) == (Category.TEE, 2)
    assert (bottom.garment.category, bottom.garments) == (Category.TROUSERS, 2)
    assert problems(bottom.garment) == []


def test_sewn_pieces_are_one_garment(tmp_path):
    scene_of(dress()).export(tmp_path / "dress.glb")
    imported = examine_photo(tmp_path / "dress.glb")
    assert (imported.garment.category, imported.garments) == (Category.DRESS, 1)


def pencil_skirt(columns=2):
    """Of so few faces that its middle is the edge between two of them."""
    yield tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.12), (0.2, 0.12)], around=2 * columns)


@pytest.mark.parametrize(
    ("model", "held"),
    [
        (suit, Holding(2, legs=True)),
        (dress, Holding(1, legs=False)),
        (pencil_skirt, Holding(1, legs=False)),
    ],
)
@pytest.mark.parametrize("suffix", ["glb", "obj"])
def test_what_a_model_holds_is_known_without_a_photograph(tmp_path, model, held, suffix):
    scene = scene_of(model())
    (scene if suffix == "glb" else scene.to_mesh()).export(tmp_path / f"a.{suffix}")
    assert holding(tmp_path / f"a.{suffix}") == held


def test_legs_that_stand_apart_off_the_middle_of_the_file_are_legs(tmp_path):
    parts = list(trousers())
    for mesh, _ in parts:
        mesh.apply_translation((3, 1, 2))
    scene_of(parts).export(tmp_path / "a.glb")
    assert holding(tmp_path / "a.glb").legs


def test_a_damaged_model_holds_nothing(tmp_path):
    flat = trimesh.Trimesh(np.zeros((3, 3)), [(0, 1, 2)], process=False)
    flat.export(tmp_path / "a.glb")
    with pytest.raises(GarmentError):
        holding(tmp_path / "a.glb")
