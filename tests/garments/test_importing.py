"""From a photo to a garment."""

import numpy as np
import pytest
from PIL import Image

from tryon_app.core.errors import GarmentError, InputError
from tryon_app.core.types import Category, KeyPoint, Slot
from tryon_app.garments.checking import problems
from tryon_app.garments.importing import import_photo, main_colour, save_new, slug
from tryon_app.garments.storage import load_garment


@pytest.fixture
def tee_photo(draw_top, photograph, tmp_path):
    path = tmp_path / "Blue Tee_01.jpg"
    Image.fromarray(photograph(draw_top()[0])).save(path, quality=92)
    return path


def test_a_photo_becomes_a_garment(tee_photo):
    garment = import_photo(tee_photo)
    assert (garment.id, garment.name["en"]) == ("blue-tee-01", "Blue Tee 01")
    assert (garment.slot, garment.category, garment.default_size) == (Slot.TOP, Category.TEE, "M")
    assert problems(garment) == []
    assert garment.front.rgba[0, 0, 3] == 0


def test_front_and_back(tee_photo):
    garment = import_photo(tee_photo, back=tee_photo)
    assert garment.back is not None
    assert KeyPoint.NECK_FRONT not in garment.back.keypoints
    assert problems(garment) == []


def test_the_alpha_of_a_png_is_its_cut_out(draw_top, tmp_path):
    rgba, points = draw_top(colour=(255, 255, 255))
    Image.fromarray(rgba).save(tmp_path / "white.png")
    garment = import_photo(tmp_path / "white.png")
    share = (garment.front.rgba[..., 3] > 127).sum() / (rgba[..., 3] > 127).sum()
    assert share == pytest.approx(1, abs=0.005)
    assert len(garment.front.keypoints) == len(points)


def test_a_given_slot_is_kept(tee_photo):
    garment = import_photo(tee_photo, slot=Slot.OUTER)
    assert (garment.slot, garment.category) == (Slot.OUTER, Category.JACKET)


def test_what_is_no_garment_is_refused_by_name(tmp_path):
    Image.new("RGB", (300, 300), (240, 240, 240)).save(tmp_path / "blank.png")
    with pytest.raises(GarmentError, match=r"blank\.png"):
        import_photo(tmp_path / "blank.png")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match=r"text\.png"):
        import_photo(tmp_path / "text.png")


def test_a_person_is_refused(tee_photo):
    """The face is where the head of somebody would be who wears the tee."""
    with pytest.raises(GarmentError, match=r"Blue Tee_01\.jpg: This photo shows a person"):
        import_photo(tee_photo, find_person=lambda image: (360.0, 10.0, 80.0, 80.0))


def test_people_before_a_busy_wall_are_refused_as_people(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / "street.png")
    with pytest.raises(GarmentError, match="shows a person"):
        import_photo(tmp_path / "street.png", find_person=lambda image: (100.0, 10.0, 80.0, 80.0))


def test_a_printed_face_is_no_person(tee_photo):
    garment = import_photo(tee_photo, find_person=lambda image: (350.0, 350.0, 100.0, 100.0))
    assert garment.category is Category.TEE


def test_ids_that_are_taken_get_a_number(tee_photo, tmp_path):
    garment = import_photo(tee_photo)
    first, second = (save_new(garment, tmp_path / "own") for _ in range(2))
    assert (first.name, second.name) == ("blue-tee-01", "blue-tee-01-2")
    assert load_garment(second).category is Category.TEE
    with pytest.raises(GarmentError, match="already"):
        save_new(garment, tmp_path / "own", exact=True)


def test_names_and_colours():
    assert slug("Ärmel & Co!") == "ärmel-co"
    assert slug("???") == "garment"
    red = np.zeros((50, 50, 4), np.uint8)
    red[10:40, 10:40] = (200, 10, 20, 255)
    assert main_colour(red) == "#c80a14"
