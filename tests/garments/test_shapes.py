"""Shapes that are easily taken for others: closed necks for waistbands, sleeves against the body for none."""

import cv2
import numpy as np
import pytest
from PIL import Image

from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Category, KeyPoint, Slot
from tryon_app.garments.cutout import cut_out
from tryon_app.garments.landmarks import find_keypoints

K = KeyPoint
SIDE = 800
CLOTH = (60, 90, 150)


def drawn(half, neck_depth=0.0, pointed=False):
    """A garment given by its outline on the picture's right, from the collar down; the back fills its neck."""
    points = [*half, *[(SIDE - x, y) for x, y in reversed(half)]]
    rgba = np.zeros((SIDE, SIDE, 4), np.uint8)
    cv2.fillPoly(rgba, [np.round(np.array(points)).astype(np.int32)], (*CLOTH, 255))
    inside = np.zeros((SIDE, SIDE), np.uint8)
    (x, y), middle = half[0], SIDE // 2
    if pointed:
        corners = [(SIDE - x, y), (x, y), (middle, y + neck_depth)]
        cv2.fillPoly(inside, [np.round(np.array(corners)).astype(np.int32)], 1)
    elif neck_depth:
        cv2.ellipse(inside, (middle, round(y)), (round(x - middle), round(neck_depth)), 0, 0, 180, 1, -1)
    rgba[..., :3][inside > 0] = (36, 54, 90)
    return rgba


def away(found, name, point):
    return float(np.hypot(*np.subtract(found.keypoints[name], point)))


SHELL = [(470.0, 60.0), (535.0, 85.0), (528.0, 160.0), (560.0, 230.0), (540.0, 420.0), (565.0, 600.0)]


def test_a_sleeveless_top_with_a_closed_neck_is_no_skirt():
    found = find_keypoints(drawn(SHELL, 90))
    assert (found.slot, found.category) == (Slot.TOP, Category.TANK)
    assert away(found, K.SHOULDER_LEFT, SHELL[1]) < 8
    assert away(found, K.ARMPIT_LEFT, SHELL[3]) < 8


@pytest.mark.parametrize("flare", [560.0, 620.0, 700.0])
@pytest.mark.parametrize("cut_in", [6.0, 20.0])
def test_armholes_tell_a_wide_sleeveless_top_from_a_skirt(flare, cut_in):
    """Its neck is closed by the back, and its sides go out to the armpits and on."""
    half = [(470.0, 60.0), (530.0, 75.0), (530.0 - cut_in, 150.0), (600.0, 260.0), (flare + 30.0, 640.0)]
    found = find_keypoints(drawn(half, 70))
    assert found.slot is not Slot.BOTTOM
    assert K.CUFF_OUTER_LEFT not in found.keypoints
    assert away(found, K.SHOULDER_LEFT, half[1]) < 10
    assert away(found, K.ARMPIT_LEFT, half[3]) < 25


def test_a_ruffle_above_a_waist_is_no_shoulder():
    half = [(490.0, 60.0), (494.0, 62.0), (478.0, 130.0), (545.0, 230.0), (590.0, 640.0)]
    assert find_keypoints(drawn(half)).category is Category.SKIRT


@pytest.mark.parametrize("gap", [(0.0, 0.0), (6.0, 18.0)])
def test_a_cap_sleeve_whose_edge_slants_to_its_gap(gap):
    wide, deep = gap
    half = [(470.0, 60.0), (560.0, 90.0), (640.0, 220.0), (560.0, 290.0)]
    half += [(560.0 - wide, 290.0 - deep), (562.0 - wide, 292.0)] if deep else []
    half += [(558.0, 460.0)]
    found = find_keypoints(drawn(half, 70))
    assert (found.slot, found.category) == (Slot.TOP, Category.TEE)
    assert away(found, K.CUFF_OUTER_LEFT, half[2]) < 12
    assert away(found, K.CUFF_INNER_LEFT, half[3]) < 20


@pytest.mark.parametrize("height", [20.0, 45.0])
def test_a_stand_up_collar_above_the_shoulders_is_no_waistband(height):
    assert find_keypoints(drawn([(460.0, 60.0 - height), *SHELL])).slot is not Slot.BOTTOM


def test_a_long_one_is_a_dress():
    long = [*SHELL[:-1], (600.0, 790.0)]
    assert find_keypoints(drawn([(400 + 0.7 * (x - 400), y) for x, y in long], 70)).slot is Slot.DRESS


@pytest.mark.parametrize("flare", [40, 100, 160])
def test_skirts_stay_skirts(flare):
    skirt = [(480.0, 60.0), (480.0 + 0.3 * flare, 250.0), (480.0 + flare, 640.0)]
    assert find_keypoints(drawn(skirt)).category is Category.SKIRT


@pytest.mark.parametrize("cuff", [560.0, 640.0])
def test_sleeves_that_touch_the_body_down_to_the_cuffs(cuff):
    """Only a step between cuff and hem shows them."""
    half = [(470.0, 60.0), (560.0, 100.0), (640.0, cuff), (575.0, cuff), (573.0, 600.0)]
    found = find_keypoints(drawn(half, 70))
    assert found.slot is Slot.TOP
    assert away(found, K.CUFF_OUTER_LEFT, (640, cuff)) < 10
    assert away(found, K.HEM_LEFT, (573, 600)) < 20
    assert found.keypoints[K.ARMPIT_LEFT][1] < 330
    assert found.confidence < 0.8


def test_a_short_sleeve_above_a_flared_hem():
    half = [
        (470.0, 60.0),
        (545.0, 85.0),
        (610.0, 190.0),
        (548.0, 220.0),
        (530.0, 290.0),
        (525.0, 350.0),
        (532.0, 400.0),
        (560.0, 460.0),
    ]
    found = find_keypoints(drawn(half, 70), Slot.TOP)
    assert away(found, K.CUFF_OUTER_LEFT, half[2]) < 10
    assert away(found, K.HEM_LEFT, half[-1]) < 8


def test_a_bodysuit_ends_at_its_hips():
    half = [
        (470.0, 60.0),
        (545.0, 85.0),
        (610.0, 190.0),
        (565.0, 230.0),
        (530.0, 400.0),
        (555.0, 540.0),
        (430.0, 740.0),
    ]
    found = find_keypoints(drawn(half, 90))
    assert found.slot is Slot.TOP
    assert away(found, K.HEM_LEFT, (555, 540)) < 15


def test_the_armpit_of_a_batwing_is_where_its_gap_ends():
    half = [(490.0, 60.0), (560.0, 85.0), (760.0, 330.0), (700.0, 380.0), (560.0, 420.0), (555.0, 640.0)]
    found = find_keypoints(drawn(half, 70))
    assert away(found, K.ARMPIT_LEFT, (560, 420)) < 12


def test_a_deep_pointed_neckline():
    found = find_keypoints(drawn(SHELL, 190, pointed=True))
    assert away(found, K.NECK_FRONT, (400, 250)) < 15


@pytest.mark.parametrize("garment_id", ["sweater-striped", "shirt-white"])
def test_stripes_and_white_cloth_stay_whole_in_small_pictures(garment_id, photograph):
    """White stripes before a white wall are no gaps, a white body is no shadow."""
    picture = np.asarray(Image.open(resources_dir() / "garments" / garment_id / "front.png").convert("RGBA"))
    small = cv2.resize(picture, (170, round(170 * picture.shape[0] / picture.shape[1])), interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(small, 16, 16, 12, 12, cv2.BORDER_CONSTANT)
    cut = cut_out(photograph(small, backdrop=(253, 253, 253), shadow=0.05))[..., 3] > 127
    truth = small[..., 3] > 127
    assert (cut & truth).sum() / (cut | truth).sum() > 0.93
