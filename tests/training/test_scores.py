"""Counting what overlaps, and the figures of real photos."""

import cv2
import numpy as np
import pytest

from tryon_app.core.errors import InputError
from tryon_app.core.types import Labels, Material, Parsing, Pose
from tryon_app.training.evaluate import score_network
from tryon_app.training.photos import score_photos, sheet
from tryon_app.training.scores import Confusion

NAMES = {"null": 0, "bag": 2, "hair": 19, "jeans": 25, "shirt": 38, "skin": 41}


def test_iou_is_counted_over_all_pixels():
    score = Confusion(["a", "b", "c"])
    score.add(np.array([[0, 0], [1, 1]]), np.array([[0, 1], [1, 1]]))
    score.add(np.array([1]), np.array([2]))
    assert score.iou() == {"a": pytest.approx(1 / 2), "b": pytest.approx(2 / 4)}  # c is never true
    assert score.mean_iou() == pytest.approx(0.5)
    assert Confusion(["a"]).mean_iou() == 0.0


def test_a_network_that_knows_everything_scores_one(shards):
    """And one that says background everywhere gets nothing but that."""
    from tryon_app.training.datasets import PARSE_MEMBERS, SIDES, example, scene
    from tryon_app.training.shards import SampleStore

    store = SampleStore(shards, PARSE_MEMBERS)
    store.refresh()
    answers = iter(example(scene(store[i // 2], SIDES[i % 2])) for i in range(32))

    def knows(picture):
        shown = next(answers)
        assert np.array_equal(picture[0], shown.picture)
        return np.eye(15)[shown.parts].transpose(2, 0, 1)[None], np.eye(9)[shown.materials].transpose(2, 0, 1)[None]

    found = score_network(knows, shards, flawed=False)
    assert found["parts"].mean_iou() == found["materials"].mean_iou() == 1.0
    assert set(found["materials"].iou()) == {"background", "skin", "hair", "face", "upper", "lower", "shoes"}

    calls = []

    def ignorant(picture):
        calls.append(picture.copy())
        return np.eye(15)[np.zeros((1, 128, 96), int)].transpose(0, 3, 1, 2), np.zeros((1, 9, 128, 96))

    scores = score_network(ignorant, shards, most=5)
    assert len(calls) == 5
    assert 0.5 < scores["parts"].iou()["background"] < 1.0
    assert scores["parts"].iou()["torso"] == 0.0
    first = calls.copy()
    score_network(ignorant, shards, most=5)
    assert all(np.array_equal(a, b) for a, b in zip(first, calls[5:], strict=True))  # the same flaws every time


class FakePose:
    """Finds everybody whose picture is not black."""

    def __init__(self):
        self.open_now = False

    def open(self, mode):
        assert mode == "image"
        self.open_now = True

    def close(self):
        self.open_now = False

    def reset(self):
        pass

    def estimate(self, frame):
        blank = np.zeros((33, 2), np.float32)
        ones = np.ones(33, np.float32)
        return Pose(blank, ones, np.zeros((33, 3), np.float32), ones, ones) if frame.image.any() else None


class FakeParser:
    """Reads the labels from the picture's colours, half as fine, in the frame's left half."""

    def __init__(self):
        self.open_now = False

    def open(self):
        self.open_now = True

    def close(self):
        self.open_now = False

    def parse(self, frame, pose):
        height, width = frame.height, frame.width // 2
        small = frame.image[::2, :width:2, 0] // 25
        materials = np.eye(len(Material), dtype=np.float32)[small].transpose(2, 0, 1).copy()
        parts = np.zeros((15, *small.shape), np.float32)
        parts[0] = 1.0
        matrix = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]], np.float32)
        return Parsing(np.ones((height // 4, width // 2), np.float32), Labels(matrix, parts, materials))


@pytest.fixture
def labelled(tmp_path):
    """A photo whose upper left quarter is a shirt, lower left jeans with a bag on them; the right half is skin."""
    folder = tmp_path / "photos"
    folder.mkdir()
    true, image = np.zeros((80, 80), np.uint8), np.zeros((80, 80, 3), np.uint8)
    true[:40, :40], true[40:, :40], true[:, 40:] = NAMES["shirt"], NAMES["jeans"], NAMES["skin"]
    true[60:, :40] = NAMES["bag"]
    image[:40, :40], image[40:, :40], image[:, 40:] = 25 * Material.UPPER, 25 * Material.LOWER, 25 * Material.SKIN
    image += 6
    cv2.imwrite(str(folder / "one.png"), image)
    cv2.imwrite(str(folder / "one_label.png"), true)
    (folder / "one.png").rename(folder / "one.jpg")  # without loss
    (folder / "labels.txt").write_text("\n".join(f"{number}\t{name}" for name, number in NAMES.items()) + "\n")
    return folder


def test_photos_are_scored_by_pixels_of_the_frame(labelled):
    pose, parser = FakePose(), FakeParser()
    found = score_photos(labelled, pose, parser)
    assert not pose.open_now
    assert not parser.open_now
    assert found["found"] == 1.0
    assert found["upper"] > 0.9
    assert found["lower"] == pytest.approx(0.5, abs=0.05)  # the bag on them is no garment
    assert found["skin"] == 0.0  # the network did not look there
    # Of the person (all but the bag) the network sees the left half; the bag is neither right nor wrong.
    assert found["person"] == pytest.approx(2400 / 5600, abs=0.03)
    assert found["person_outline"] == 1.0


def test_nobody_found_counts_as_nothing_said(labelled):
    cv2.imwrite(str(labelled / "one.jpg"), np.zeros((80, 80, 3), np.uint8))
    found = score_photos(labelled, FakePose(), FakeParser())
    assert found["found"] == found["upper"] == found["person"] == found["person_outline"] == 0.0


def test_folders_without_labels_say_so(labelled, tmp_path):
    (labelled / "one_label.png").rename(tmp_path / "elsewhere.png")
    with pytest.raises(InputError, match="no labelled photos"):
        score_photos(labelled, FakePose(), FakeParser())
    (labelled / "labels.txt").write_text("shirt is 38")
    with pytest.raises(InputError, match="not a list"):
        score_photos(labelled, FakePose(), FakeParser())
    (labelled / "labels.txt").unlink()
    with pytest.raises(InputError, match="cannot be read"):
        score_photos(labelled, FakePose(), FakeParser())


def test_the_sheet_shows_each_photo_three_times(labelled):
    drawn = sheet([labelled / "one.jpg", labelled / "one.jpg"], FakePose(), FakeParser())
    assert drawn.shape == (3 * 420, 2 * 420, 3)
    materials = drawn[840:, :420]
    assert materials[100, 100].argmax() == 0  # the shirt is red
    assert materials[250, 100].argmax() == 2  # the trousers are blue
