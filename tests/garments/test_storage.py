"""Garments on disk: what is written comes back, what is wrong is named."""

import tomllib

import numpy as np
import pytest
import tomli_w

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Category, Garment, GarmentView, KeyPoint, Size, Slot
from tryon_app.garments.catalogue import Catalogue
from tryon_app.garments.checking import problems
from tryon_app.garments.sizes import usual_sizes
from tryon_app.garments.storage import load_garment, save_garment


@pytest.fixture
def garment(draw_top):
    rgba, points = draw_top()
    mirrored = {
        KeyPoint(n.replace("left", "?").replace("right", "left").replace("?", "right")): p for n, p in points.items()
    }
    return Garment(
        "tee",
        {"en": "Tee", "zh_CN": "T恤"},
        Slot.TOP,
        Category.TEE,
        GarmentView(rgba, points),
        GarmentView(rgba, mirrored),
        sizes=(Size("S", chest=49), Size("M", chest=52, length=71)),
        default_size="M",
        licence="CC0-1.0",
        colour="#3c5a96",
    )


def rewritten(folder, **changes):
    path = folder / "garment.toml"
    data = tomllib.loads(path.read_text("utf-8"))
    data.update(changes)
    path.write_text(tomli_w.dumps(data), "utf-8")


def test_a_garment_comes_back_as_it_was(garment, tmp_path):
    loaded = load_garment(save_garment(garment, tmp_path / "tee"))
    for name in ("id", "name", "slot", "category", "layer", "sizes", "default_size", "licence", "colour"):
        assert getattr(loaded, name) == getattr(garment, name)
    for view, wanted in ((loaded.front, garment.front), (loaded.back, garment.back)):
        assert np.array_equal(view.rgba[..., 3], wanted.rgba[..., 3])
        assert set(view.keypoints) == set(wanted.keypoints)
        for name, point in view.keypoints.items():
            assert point == pytest.approx(wanted.keypoints[name], abs=0.06)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slot": "hat"}, "slot"),
        ({"colour": "blue"}, "colour"),
        ({"default_size": "XXL"}, "default_size"),
        ({"slot": "bottom"}, "worn as bottom"),
        ({"front": {"image": "../front.png", "keypoints": {}}}, "front"),
        ({"colours": []}, "colours"),
        ({"sizes": [{"name": "M", "chest": -1.0}]}, "sizes.0.chest"),
    ],
)
def test_a_wrong_field_is_named(garment, tmp_path, changes, field):
    folder = save_garment(garment, tmp_path / "tee")
    rewritten(folder, **changes)
    with pytest.raises(GarmentError, match=field) as caught:
        load_garment(folder)
    assert "garment.toml" in caught.value.message
    assert caught.value.remedy


def test_missing_and_damaged_files_are_named(garment, tmp_path):
    with pytest.raises(GarmentError, match=r"garment\.toml"):
        load_garment(tmp_path)
    folder = save_garment(garment, tmp_path / "tee")
    (folder / "back.png").unlink()
    with pytest.raises(GarmentError, match=r"back\.png"):
        load_garment(folder)
    (folder / "garment.toml").write_text("slot = ", "utf-8")
    with pytest.raises(GarmentError, match="TOML"):
        load_garment(folder)


def test_key_points_outside_the_picture_are_refused(garment, tmp_path):
    folder = save_garment(garment, tmp_path / "tee")
    data = tomllib.loads((folder / "garment.toml").read_text("utf-8"))
    data["front"]["keypoints"]["hem_left"] = [5000.0, 1.0]
    rewritten(folder, front=data["front"])
    with pytest.raises(GarmentError, match=r"front\.keypoints\.hem_left"):
        load_garment(folder)


def test_the_catalogue_lists_loads_and_lets_own_garments_win(garment, tmp_path):
    builtin, own, thumbnails = tmp_path / "builtin", tmp_path / "own", tmp_path / "thumbnails"
    save_garment(garment, builtin / "tee")
    save_garment(garment, builtin / "tee-two")
    save_garment(garment, own / "tee")
    (own / "damaged").mkdir()
    (own / "damaged" / "garment.toml").write_text("?", "utf-8")
    catalogue = Catalogue((builtin, own, tmp_path / "missing"), thumbnails)
    assert set(catalogue.ids()) == {"tee", "tee-two", "damaged"}
    entries = {entry.id: entry for entry in catalogue.entries()}
    assert set(entries) == {"tee", "tee-two"}
    assert entries["tee"].folder == own / "tee"
    assert entries["tee"].name["zh_CN"] == "T恤"
    assert entries["tee"].sizes == ("S", "M")
    assert entries["tee"].thumbnail.is_file()
    assert catalogue.load("tee").category is Category.TEE
    with pytest.raises(GarmentError, match="no garment called"):
        catalogue.load("hat")


def test_thumbnails_are_made_once(garment, tmp_path):
    save_garment(garment, tmp_path / "own" / "tee")
    catalogue = Catalogue((tmp_path / "own",), tmp_path / "thumbnails")
    (first,) = catalogue.entries()
    made = first.thumbnail.stat().st_mtime_ns
    (second,) = catalogue.entries()
    assert second.thumbnail == first.thumbnail
    assert second.thumbnail.stat().st_mtime_ns == made


def test_a_sound_garment_has_no_problems_and_a_twisted_one_has(garment):
    assert problems(garment) == []
    points = dict(garment.front.keypoints)
    points[KeyPoint.HEM_LEFT], points[KeyPoint.HEM_RIGHT] = points[KeyPoint.HEM_RIGHT], points[KeyPoint.HEM_LEFT]
    twisted = Garment("x", {"en": "X"}, Slot.TOP, Category.TEE, GarmentView(garment.front.rgba, points))
    assert any("hem_left" in text for text in problems(twisted))
    del points[KeyPoint.COLLAR_LEFT]
    assert any("collar_left" in text for text in problems(twisted))


@pytest.mark.parametrize("category", list(Category))
def test_every_category_has_rising_sizes(category):
    sizes = usual_sizes(category)
    assert [size.name for size in sizes] == ["S", "M", "L", "XL"]
    widths = [size.chest or size.waist for size in sizes]
    assert widths == sorted(widths)
    assert all(size.length > 0 for size in sizes)
