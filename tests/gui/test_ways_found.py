"""Which ways are offered for a file, and a real suit that is dropped on the window."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QUrl

from tests.garments.mesh.models import SIDE, dress, parts_of_tee, scene_of, suit, tube
from tryon_app.core import paths
from tryon_app.core.types import Category, Slot
from tryon_app.core.types import KeyPoint as K
from tryon_app.garments.importing import import_photo
from tryon_app.garments.mesh import camera
from tryon_app.gui.ways import Way, ways_of


@pytest.fixture(autouse=True)
def _small_views(monkeypatch):
    monkeypatch.setattr(camera, "_SIDE", SIDE)


def skirted_suit():
    """A tee over a skirt, in metres."""
    yield tube([(0, y, 0) for y in (0, 0.4, 0.8)], [(0.4, 0.3), (0.28, 0.2), (0.18, 0.12)])
    for mesh, uv in parts_of_tee():
        mesh.apply_translation((0, 0.85, 0))
        yield mesh, uv


@pytest.mark.parametrize(
    ("model", "ways"),
    [
        (suit, (Way.TOP, Way.BOTTOM, Way.BOTH, Way.OUTER)),
        (skirted_suit, (Way.TOP, Way.BOTTOM, Way.BOTH, Way.DRESS, Way.OUTER)),
        (parts_of_tee, (Way.TOP, Way.OUTER)),
        (dress, (Way.DRESS, Way.OUTER)),
    ],
)
def test_ways_to_wear_a_model(tmp_path, model, ways):
    path = tmp_path / "model.glb"
    scene_of(model()).export(path)
    assert ways_of(path, import_photo(path)) == ways


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("tee-white", ()),
        ("jeans-indigo", ()),
        ("shirt-oxford", (Way.TOP, Way.OUTER)),
        ("jacket-denim", (Way.TOP, Way.OUTER)),
        ("skirt-camel", (Way.BOTTOM, Way.DRESS)),
    ],
)
def test_photos_ask_where_their_shape_leaves_more_than_one(name, ways):
    photo = paths.resources_dir() / "garments" / name / "front.png"
    garment = import_photo(photo)
    assert ways_of(photo, garment) == ways
    for way in ways:
        assert import_photo(photo, slot=way.slots[0]).slot is way.slots[0]


@pytest.mark.parametrize(("length", "ways"), [(1.7, ()), (1.8, (Way.TOP, Way.DRESS))])
def test_a_long_top_may_be_a_short_dress(tmp_path, length, ways):
    garment = import_photo(paths.resources_dir() / "garments" / "tank-terracotta" / "front.png")
    points = dict(garment.front.keypoints)
    chest = points[K.ARMPIT_LEFT][0] - points[K.ARMPIT_RIGHT][0]
    for hem, collar in ((K.HEM_LEFT, K.COLLAR_LEFT), (K.HEM_RIGHT, K.COLLAR_RIGHT)):
        points[hem] = (points[hem][0], points[collar][1] + length * chest)
    longer = replace(garment, front=replace(garment.front, keypoints=points))
    assert ways_of(tmp_path / "tank.png", longer) == ways


def test_a_real_suit_is_dropped_and_worn_whole(open_window, world, tmp_path, monkeypatch):
    services = replace(world.services(), import_photo=lambda path, slot: import_photo(path, slot=slot), ways=ways_of)
    monkeypatch.setattr(world, "services", lambda: services)
    window = open_window()
    window.until(lambda: window.app.pump.hasPicture, "the first picture")
    scene_of(suit()).export(tmp_path / "My suit.glb")
    window.app.drop([QUrl.fromLocalFile(str(tmp_path / "My suit.glb"))])
    window.click("way_My suit_both")
    window.until(lambda: len(world.session.outfit) == 2, "top and trousers")
    kinds = {worn.garment.slot: worn.garment.category for worn in world.session.outfit}
    assert kinds == {Slot.BOTTOM: Category.TROUSERS, Slot.TOP: Category.TEE}
