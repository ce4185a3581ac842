"""What is no garment is refused: views without a thing in front of a backdrop, and things nobody can put on."""

import cv2
import numpy as np
import pytest
from PIL import Image

from tryon_app.core.errors import GarmentError
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Category, Slot
from tryon_app.garments.cutout import cut_out
from tryon_app.garments.landmarks import find_keypoints

SIDE = 800
DISC = [(400 + 300 * np.cos(a), 400 + 300 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 90)]
STAR = [(400 + r * np.sin(np.pi * i / 5), 400 - r * np.cos(np.pi * i / 5)) for i, r in enumerate([330, 130] * 5)]
BOARD = [(250, 120), (550, 120), (550, 700), (250, 700)]
SHEET = [(250, 120), (480, 120), (550, 190), (550, 700), (250, 700)]
CROSS = [(x, y) for x, y in [(300, 100), (500, 100), (500, 300), (700, 300), (700, 500), (500, 500)]]
CROSS += [(500, 700), (300, 700), (300, 500), (100, 500), (100, 300), (300, 300)]
SHOE = [(100, 330), (270, 320), (350, 410), (530, 470), (700, 510), (720, 580), (100, 580)]
CHAIR = [(230, 70), (570, 70), (570, 400), (630, 410), (630, 470), (600, 470), (600, 740), (570, 740), (570, 480)]
CHAIR += [(SIDE - x, y) for x, y in reversed(CHAIR)]
LETTER = [(150, 120), (650, 120), (650, 240), (470, 240), (470, 700), (330, 700), (330, 240), (150, 240)]


def thing(outline, handle=None):
    """RGBA, one plain thing."""
    rgba = np.zeros((SIDE, SIDE, 4), np.uint8)
    cv2.fillPoly(rgba, [np.round(np.array(outline)).astype(np.int32)], (150, 60, 50, 255))
    if handle is not None:
        centre, axes = handle
        cv2.ellipse(rgba, centre, axes, 0, 0, 360, (150, 60, 50, 255), 40)
    return rgba


@pytest.mark.parametrize(
    "rgba",
    [
        pytest.param(thing(DISC), id="disc"),
        pytest.param(thing(STAR), id="star"),
        pytest.param(thing(BOARD), id="board"),
        pytest.param(thing(SHEET), id="sheet with a folded corner"),
        pytest.param(thing(CROSS), id="cross"),
        pytest.param(thing(SHOE), id="shoe"),
        pytest.param(thing(CHAIR), id="chair"),
        pytest.param(thing(LETTER), id="letter T"),
        pytest.param(thing([(170, 170), (530, 170), (500, 640), (200, 640)], ((540, 400), (130, 130))), id="mug"),
        pytest.param(thing([(170, 300), (630, 300), (620, 740), (180, 740)], ((400, 300), (130, 230))), id="bag"),
    ],
)
def test_things_are_refused(rgba):
    with pytest.raises(GarmentError, match=r"not that of a garment|not found"):
        find_keypoints(rgba)


def test_who_says_where_it_is_worn_is_believed():
    assert find_keypoints(thing(BOARD), Slot.BOTTOM).category is Category.SKIRT


def test_a_view_is_refused(photograph):
    """Half of it sky, half of it land."""
    land = np.zeros((SIDE, SIDE, 4), np.uint8)
    land[430:] = (60, 110, 50, 255)
    with pytest.raises(GarmentError, match="rim"):
        cut_out(photograph(land, backdrop=(150, 180, 220), shadow=0.0))


def test_no_garment_of_the_catalogue_is_refused():
    paths = sorted((resources_dir() / "garments").glob("*/front.png"))
    assert paths
    for path in paths:
        with Image.open(path) as picture:
            rgba = picture.convert("RGBA")
        rgba.thumbnail((300, 300))
        find_keypoints(np.asarray(rgba))


def test_trousers_whose_waistband_spreads_like_shoulders_stay_trousers(draw_trousers):
    rgba, _ = draw_trousers()
    rgba[60:78, :310, 3] = 0
    rgba[60:78, 490:, 3] = 0
    assert find_keypoints(rgba).category is Category.TROUSERS
