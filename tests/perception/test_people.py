"""People in photos, and product photos that a pose detector alone takes for people."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tryon_app.core.errors import ModelError
from tryon_app.core.paths import resources_dir
from tryon_app.core.stills import read_image
from tryon_app.core.types import UInt8
from tryon_app.perception.landmarker import Landmarker
from tryon_app.perception.people import PersonFinder


@pytest.fixture
def finder(pose_model: Path, face_model: Path) -> PersonFinder:
    return PersonFinder(pose_model, face_model)


@pytest.mark.parametrize("name", [f"{i}_{kind}" for i in range(1, 5) for kind in ("posture", "selfie")])
def test_a_face_is_found_where_it_is(finder: PersonFinder, person: Callable[[str], UInt8], pose_model: Path, name: str):
    image = person(name)
    box = finder(image)
    assert box is not None
    landmarker = Landmarker(pose_model, "image")
    nose = landmarker.find(image, 0.0, 512)[0].points[0]
    landmarker.close()
    x, y, width, height = box
    assert x < nose[0] < x + width
    assert y < nose[1] < y + height


def test_hands_show_a_person_without_a_head(finder: PersonFinder, person: Callable[[str], UInt8]):
    image = person("3_posture")
    x, y, width, height = finder(image)
    headless = np.ascontiguousarray(image[round(y + 1.3 * height) :])
    box = finder(headless)
    assert box is not None
    assert box[1] + box[3] / 2 < 0.1 * len(headless)
    assert abs(box[0] + box[2] / 2 - x - width / 2) < width


@pytest.mark.parametrize("name", ["hoodie-moss", "jacket-denim", "shirt-oxford", "tee-white", "jeans-indigo"])
def test_garments_are_nobody(finder: PersonFinder, name: str):
    assert finder(read_image(resources_dir() / "garments" / name / "front.png")) is None


def test_product_photos_of_the_sample_pack_are_nobody(finder: PersonFinder, samples: Path):
    photos = sorted((samples / "clothes").rglob("*_front.jpg"))
    assert len(photos) == 12
    assert [photo.name for photo in photos if finder(read_image(photo)) is not None] == []


def test_a_file_that_is_no_model(tmp_path: Path, pose_model: Path):
    (tmp_path / "face.tflite").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"face\.tflite"):
        PersonFinder(pose_model, tmp_path / "face.tflite")(np.zeros((64, 64, 3), np.uint8))
