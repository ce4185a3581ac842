import numpy as np
import pytest

from tryon_app.core.types import Landmark
from tryon_app.perception.parse_input import CHANNELS, HEIGHT, WIDTH, Crop, crop_around, encode, limbs

FRAME_WIDTH, FRAME_HEIGHT = 1280, 720


@pytest.fixture
def points():
    """Somebody standing in a wide frame, shoulders 100 apart."""
    places = np.full((33, 2), 0.0, np.float32)
    for side, sign in (("LEFT", 1), ("RIGHT", -1)):
        for name, x, y in (
            ("EAR", 18, -75),
            ("EYE", 9, -85),
            ("EYE_INNER", 5, -85),
            ("EYE_OUTER", 12, -85),
            ("SHOULDER", 50, 0),
            ("ELBOW", 66, 84),
            ("WRIST", 70, 160),
            ("PINKY", 72, 180),
            ("INDEX", 68, 184),
            ("THUMB", 64, 175),
            ("HIP", 28, 155),
            ("KNEE", 30, 270),
            ("ANKLE", 30, 380),
            ("HEEL", 30, 395),
            ("FOOT_INDEX", 36, 405),
        ):
            places[Landmark[f"{side}_{name}"]] = sign * x, y
    places[Landmark.MOUTH_LEFT], places[Landmark.MOUTH_RIGHT], places[Landmark.NOSE] = (7, -62), (-7, -62), (0, -75)
    return places + np.array([700, 200], np.float32)


ALL = np.ones(33, np.float32)


def placed(points, crop):
    return points @ crop.matrix[:, :2].T + crop.matrix[:, 2]


def test_the_crop_holds_the_person_and_little_else(points):
    inside = placed(points, crop_around(points, ALL, FRAME_WIDTH, FRAME_HEIGHT))
    assert (inside > 4).all()
    assert (inside < (WIDTH - 4, HEIGHT - 4)).all()
    assert np.ptp(inside[:, 1]) > 0.7 * HEIGHT
    # Room for the top of the head, which has no landmark.
    assert inside[Landmark.LEFT_EYE, 1] > 0.05 * HEIGHT


def test_the_crop_is_the_same_for_a_person_elsewhere_and_nearer(points):
    first = placed(points, crop_around(points, ALL, FRAME_WIDTH, FRAME_HEIGHT))
    moved = (points - (700, 200)) * 0.7 + (300, 250)
    second = placed(moved.astype(np.float32), crop_around(moved.astype(np.float32), ALL, FRAME_WIDTH, FRAME_HEIGHT))
    assert np.abs(first - second).max() < 1.0


def test_landmarks_that_are_not_there_do_not_widen_the_crop(points):
    wild = points.copy()
    wild[Landmark.LEFT_WRIST] = 5000, 5000
    presence = ALL.copy()
    presence[Landmark.LEFT_WRIST] = 0.0
    scale = crop_around(points, ALL, FRAME_WIDTH, FRAME_HEIGHT).scale
    assert crop_around(wild, presence, FRAME_WIDTH, FRAME_HEIGHT).scale == pytest.approx(scale, rel=0.05)
    assert crop_around(wild, ALL, FRAME_WIDTH, FRAME_HEIGHT).scale == pytest.approx(scale, rel=0.05)


def test_a_body_that_the_frame_cuts_is_looked_at_down_to_its_edge(points):
    height = 320
    presence = np.where(points[:, 1] < height, 1.0, 0.0).astype(np.float32)
    crop = crop_around(points, presence, FRAME_WIDTH, height)
    bottom = crop.matrix[1, 1] * (height - 1) + crop.matrix[1, 2]
    assert 0.8 * HEIGHT < bottom < HEIGHT


def test_the_picture_is_the_frame_at_the_place_of_the_crop(points):
    y, x = np.mgrid[0:FRAME_HEIGHT, 0:FRAME_WIDTH]
    image = np.stack([x * 255 // FRAME_WIDTH, y * 255 // FRAME_HEIGHT, np.full_like(x, 7)], axis=2).astype(np.uint8)
    crop = crop_around(points, ALL, FRAME_WIDTH, FRAME_HEIGHT)
    picture = (encode(image, None, points, ALL, crop) + 0.5) * 255
    assert picture.shape == (CHANNELS, HEIGHT, WIDTH)
    for column, row in ((60, 60), (96, 128), (120, 200)):
        frame = (np.array([column, row]) - crop.matrix[:, 2]) / crop.scale
        wanted = frame * (255 / FRAME_WIDTH, 255 / FRAME_HEIGHT)
        assert picture[:2, row, column] == pytest.approx(wanted, abs=1.6)
        assert picture[2, row, column] == pytest.approx(7, abs=0.6)


def test_the_mask_lands_where_the_person_is_and_no_mask_says_nothing(points):
    crop = crop_around(points, ALL, FRAME_WIDTH, FRAME_HEIGHT)
    image = np.zeros((FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
    mask = np.zeros((FRAME_HEIGHT // 4, FRAME_WIDTH // 4), np.float32)
    x, y = points[Landmark.LEFT_HIP] / 4
    mask[int(y) - 4 : int(y) + 5, int(x) - 4 : int(x) + 5] = 1.0
    channel = encode(image, mask, points, ALL, crop)[3]
    column, row = placed(points, crop)[Landmark.LEFT_HIP].round().astype(int)
    assert channel[row, column] == pytest.approx(0.5, abs=0.02)
    assert channel[5, 5] == pytest.approx(-0.5, abs=0.02)
    assert np.abs(encode(image, None, points, ALL, crop)[3]).max() < 0.01


def test_each_limb_has_its_own_map_and_hidden_ones_none(points):
    crop = crop_around(points, ALL, FRAME_WIDTH, FRAME_HEIGHT)
    maps = limbs(points, ALL, crop)
    assert maps.shape == (CHANNELS - 4, HEIGHT, WIDTH)
    middle = placed((points[[13]] + points[[15]]) / 2, crop)[0].round().astype(int)
    lit = {index for index in range(len(maps)) if maps[index, middle[1], middle[0]] > 200}
    assert lit == {3}, "the left forearm, and nothing else there"
    presence = ALL.copy()
    presence[Landmark.LEFT_WRIST] = 0.1
    assert limbs(points, presence, crop)[3].max() == 0


def test_wild_landmarks_are_survived(points):
    wild = points.copy()
    wild[Landmark.LEFT_WRIST] = 1e9, -1e9
    maps = limbs(wild, ALL, Crop(np.array([[0.3, 0, 0], [0, 0.3, 0]], np.float32)))
    assert maps[3].max() == 0
