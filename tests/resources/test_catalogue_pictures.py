"""The built-in catalogue: complete, wearable, big enough, and not too big to ship."""

import numpy as np
import pytest

from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Category, KeyPoint, Slot
from tryon_app.garments.catalogue import Catalogue
from tryon_app.garments.checking import problems

FOLDER = resources_dir() / "garments"
IDS = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    return Catalogue((FOLDER,), tmp_path_factory.mktemp("thumbnails"))


def test_there_is_something_for_every_part_of_the_body(catalogue):
    entries = catalogue.entries()
    assert len(entries) >= 14
    assert {entry.slot for entry in entries} == set(Slot)
    assert {entry.category for entry in entries} >= set(Category) - {Category.OVERALLS}


def test_names_are_told_apart_in_both_languages(catalogue):
    for language in ("en", "zh_CN"):
        names = [entry.name[language] for entry in catalogue.entries()]
        assert len(set(names)) == len(names)


def test_the_pictures_are_small_enough_to_ship():
    sizes = [path.stat().st_size for path in FOLDER.glob("*/*.png")]
    assert max(sizes) < 1_300_000
    assert sum(sizes) < 25_000_000


@pytest.mark.parametrize("garment_id", IDS)
def test_a_garment_can_be_worn(catalogue, garment_id):
    garment = catalogue.load(garment_id)
    assert problems(garment) == []
    assert garment.licence == "Apache-2.0"
    assert [size.name for size in garment.sizes] == ["S", "M", "L", "XL"]
    lengths = [size.length for size in garment.sizes]
    assert lengths == sorted(lengths)
    assert lengths[0] > 0


@pytest.mark.parametrize("garment_id", IDS)
def test_views_are_cut_out_and_key_points_lie_on_the_cloth(catalogue, garment_id):
    garment = catalogue.load(garment_id)
    assert garment.back is not None
    for view in (garment.front, garment.back):
        alpha = view.rgba[..., 3]
        assert max(alpha.shape) >= 1024
        assert not alpha[0].any()
        assert not alpha[:, 0].any()
        assert 0.25 < (alpha == 255).mean() < 0.95
        assert ((alpha > 0) & (alpha < 255)).any()
        for name, (x, y) in view.keypoints.items():
            near = alpha[max(round(y) - 14, 0) : round(y) + 15, max(round(x) - 14, 0) : round(x) + 15]
            assert near.max(initial=0) > 128, name
            edge = name not in {KeyPoint.NECK_BACK, KeyPoint.NECK_FRONT}
            assert not edge or near.min(initial=255) < 128 or name.startswith(("shoulder", "collar", "armpit")), name


@pytest.mark.parametrize("garment_id", IDS)
def test_cloth_is_textured_and_coloured_as_declared(catalogue, garment_id):
    garment = catalogue.load(garment_id)
    rgba = garment.front.rgba
    cloth = rgba[rgba[..., 3] == 255][:, :3].astype(float)
    assert cloth.std(0).mean() > 3
    wanted = np.array([int(garment.colour[i : i + 2], 16) for i in (1, 3, 5)])
    assert np.abs(np.median(cloth, 0) - wanted).max() < 48
