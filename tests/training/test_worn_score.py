"""True pairs: what is drawn where the garment is worn counts, and what could not be drawn is told apart."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from tryon_app.core.errors import GarmentError, InputError
from tryon_app.core.types import Material
from tryon_app.training.shards import write_shard
from tryon_app.training.worn_score import score_worn

HEIGHT, WIDTH = 128, 96
WORN = np.s_[40:90, 30:66]


def wearer(key):
    """Somebody in a red square; a thing in front of its corner."""
    image = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    materials = np.zeros((HEIGHT, WIDTH), np.uint8)
    materials[20:40, 40:56], materials[90:110, 30:66], materials[WORN] = Material.FACE, Material.SKIN, Material.UPPER
    materials[40:50, 30:40] = Material.OTHER
    flow = np.zeros((HEIGHT, WIDTH, 3), np.uint16)
    flow[WORN] = (64, 64, 1)
    flat = np.zeros((60, 60, 4), np.uint8)
    flat[10:50, 5:55] = (0, 0, 200, 255)
    pictures = {"after.jpg": image, "after.materials.png": materials, "flat.png": flat, "flow.png": flow}
    return {f"{key:07d}.{name}": cv2.imencode(name[-4:], one)[1].tobytes() for name, one in pictures.items()}


class Painter:
    """A pipeline that draws one and the same rectangle."""

    def __init__(self, place, messages=(), person=True):
        self.place, self.messages, self.person, self.seen = place, messages, person, []

    def reset(self):
        pass

    def process(self, frame, outfit):
        self.seen.append((frame.image.shape, outfit[0].garment))
        layer = np.zeros((*frame.image.shape[:2], 4), np.uint8)
        rows, columns = (slice(2 * one.start, 2 * one.stop) for one in self.place)
        layer[rows, columns, 3] = 255
        return SimpleNamespace(person=self.person, messages=self.messages, layer=lambda: layer)


@pytest.fixture
def folder(tmp_path):
    write_shard(tmp_path / "data" / "shard-00000.tar", [wearer(key) for key in range(3)])
    return tmp_path / "data"


def test_what_lies_where_it_is_worn_counts_and_things_in_front_do_not(folder):
    whole = score_worn(folder, Painter(WORN), lambda _: "garment").figures()
    assert whole["drawn"] == 3
    assert whole["iou_mean"] == pytest.approx((50 * 36 - 100) / (50 * 36), abs=0.01)
    assert whole["at_least_75"] == 1.0
    assert whole["over_hair_and_skin"] == 0.0
    longer = score_worn(folder, Painter(np.s_[40:110, 30:66]), lambda _: "garment").figures()
    assert longer["iou_mean"] == pytest.approx((50 * 36 - 100) / (70 * 36), abs=0.01)
    assert longer["over_hair_and_skin"] == pytest.approx(20 / 70, abs=0.01)


def test_the_photo_is_one_as_shops_take_them(folder):
    shown = []

    def take(photo):
        with Image.open(photo) as picture:
            shown.append(np.asarray(picture))
        return "garment"

    painter = Painter(WORN)
    score_worn(folder, painter, take, width=48)
    assert shown[0].shape == (64, 48, 3)
    assert (shown[0][0, 0] > 240).all()
    assert shown[0][32, 24, 0] > 180
    assert shown[0][32, 24, 2] < 40
    assert painter.seen[0] == ((128, 96, 3), "garment")


def test_refusals_and_people_who_cannot_be_dressed_are_counted_apart(folder):
    def refuse(photo):
        raise GarmentError("It is none.", "Take another.")

    assert score_worn(folder, Painter(WORN), refuse).figures()["refused"] == 3
    for painter in (Painter(WORN, person=False), Painter(WORN, ("the back is turned",))):
        figures = score_worn(folder, painter, lambda _: "garment").figures()
        assert (figures["drawn"], figures["not_drawn"]) == (0, 3)


def test_no_data_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no data"):
        score_worn(tmp_path / "empty", Painter(WORN), lambda _: "garment")
