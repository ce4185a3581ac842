"""Key points against drawings in which they are known."""

import cv2
import numpy as np
import pytest

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Category, KeyPoint, Slot
from tryon_app.garments.landmarks import find_keypoints

K = KeyPoint


def distances(found, points, rgba):
    """Percent of the garment's width, by key point."""
    width = np.ptp(np.flatnonzero((rgba[..., 3] > 127).any(axis=0)))
    return {name: 100 * float(np.hypot(*np.subtract(found[name], point))) / width for name, point in points.items()}


def assert_near(found, points, rgba, most=3.0):
    far = {name: round(value, 1) for name, value in distances(found, points, rgba).items() if value > most}
    assert not far


@pytest.mark.parametrize("angle", [20, 30, 40, 50])
def test_short_sleeves_at_any_angle(draw_top, angle):
    rgba, points = draw_top(angle=angle, cuff=85)
    found = find_keypoints(rgba)
    assert (found.slot, found.category) == (Slot.TOP, Category.TEE)
    assert_near(found.keypoints, points, rgba)


def test_wide_short_sleeves_that_hide_their_inner_corners(draw_top):
    rgba, points = draw_top(angle=65, cuff=115)
    found = find_keypoints(rgba)
    assert (found.slot, found.category) == (Slot.TOP, Category.TEE)
    seen = {name: point for name, point in points.items() if "armpit" not in name and "inner" not in name}
    assert_near(found.keypoints, seen, rgba)
    assert_near(found.keypoints, points, rgba, most=13)


@pytest.mark.parametrize("blunt", [0, 18])
def test_boxy_tees_whose_cuffs_end_at_the_torso(blunt):
    """The underarm is hidden: from its tip, blunt where it was ironed, the cuff goes straight to the gap."""
    collar, shoulder, tip, gap = (90, 8), (237, 45), (383, 200), (243, 365)
    half = [collar, shoulder, tip, (386, 200 + blunt), gap, (250, 372), (304, 362), (330, 780)]
    outline = np.array([(400 + x, y) for x, y in half] + [(400 - x, y) for x, y in half[::-1]] + [(400, 40)])
    alpha = np.zeros((800, 800), np.uint8)
    cv2.fillPoly(alpha, [outline.astype(np.int32)], 255)
    found = find_keypoints(np.dstack([np.full((800, 800, 3), 90, np.uint8), alpha]))
    assert (found.slot, found.category) == (Slot.TOP, Category.TEE)
    outer, inner = (np.subtract(found.keypoints[name], (400, 0)) for name in (K.CUFF_OUTER_LEFT, K.CUFF_INNER_LEFT))
    np.testing.assert_allclose(outer, tip, atol=14)
    np.testing.assert_allclose(inner, gap, atol=14)


@pytest.mark.parametrize("angle", [55, 65, 72])
def test_long_sleeves_at_any_angle(draw_top, angle):
    rgba, points = draw_top(angle=angle, length=380, cuff=70)
    found = find_keypoints(rgba)
    assert (found.slot, found.category) == (Slot.TOP, Category.LONGSLEEVE)
    assert_near(found.keypoints, points, rgba)


@pytest.mark.parametrize(("zipped", "category"), [(True, Category.JACKET), (False, Category.SWEATER)])
def test_a_gathered_hem_makes_a_sweater_and_with_a_zip_a_jacket(draw_top, zipped, category):
    rgba, points = draw_top(angle=55, length=380, cuff=70, flare=150, bottom=560)
    if zipped:
        rgba[170:555, 398:403, :3] = (200, 190, 150)
    found = find_keypoints(rgba)
    assert found.category is category
    assert found.slot is (Slot.OUTER if zipped else Slot.TOP)
    assert_near(found.keypoints, points, rgba)
    assert find_keypoints(rgba, Slot.TOP).slot is Slot.TOP


def test_a_long_top_that_opens_in_front_is_a_shirt_not_a_jacket(draw_top):
    rgba, _ = draw_top(angle=55, length=380, cuff=70)
    rgba[170:690, 390:394, :3] = (40, 60, 100)
    found = find_keypoints(rgba)
    assert (found.slot, found.category) == (Slot.TOP, Category.SHIRT)


def test_a_blouson_whose_sleeves_hide_its_sides_is_a_jacket(draw_top):
    """Its hem is narrower than its shoulders; a shirt's is not."""
    blouson, shirt = (draw_top(angle=78, length=430, cuff=80, flare=flare, bottom=640)[0] for flare in (155, 185))
    for rgba in (blouson, shirt):
        rgba[170:635, 398:403, :3] = (200, 190, 150)
    assert find_keypoints(blouson).slot is Slot.OUTER
    assert find_keypoints(shirt).category is Category.SHIRT


@pytest.mark.parametrize(
    ("opening", "seams", "category"),
    [
        (True, [642], Category.JACKET),
        (False, [642], Category.SWEATER),
        (True, [672], Category.SHIRT),
        (True, range(200, 690, 24), Category.SHIRT),
    ],
    ids=["jacket", "sweater", "hem stitch", "stripes"],
)
def test_a_waistband_tells_straight_jackets_from_shirts(draw_top, opening, seams, category):
    """Denim jackets have a shirt's outline and collar; stripes and the stitches of a hem are no waistband."""
    rgba, _ = draw_top(angle=55, length=380, cuff=70)
    for seam in seams:
        rgba[seam : seam + 3, :, :3] = (20, 30, 60)
    if opening:
        rgba[170:690, 390:394, :3] = (40, 60, 100)
    assert find_keypoints(rgba).category is category


def test_short_sleeves_and_an_opening_make_a_shirt(draw_top):
    """Camp collars lie flat: they do not rise above the shoulders."""
    rgba, _ = draw_top(flare=150)
    rgba[170:690, 398:402, :3] = (40, 60, 100)
    assert find_keypoints(rgba).category is Category.SHIRT


@pytest.mark.parametrize("offset", [0, 0.5])
def test_folds_down_the_middle_are_no_opening(draw_top, offset):
    """They are as strong beside it."""
    rgba, _ = draw_top(angle=55, length=380, cuff=70)
    shade = 1 + 0.12 * np.sin(2 * np.pi * (np.arange(rgba.shape[1]) / 40 + offset))
    rgba[..., :3] = np.clip(rgba[..., :3] * shade[None, :, None], 0, 255).astype(np.uint8)
    assert find_keypoints(rgba).category is Category.LONGSLEEVE


def test_sleeves_that_lie_against_the_body(draw_top):
    """No gap shows where the armpit is: it is estimated, and the confidence says so."""
    rgba, points = draw_top(angle=82, length=440, cuff=80, flare=180)
    found = find_keypoints(rgba)
    assert found.confidence < find_keypoints(draw_top(angle=55, length=380, cuff=80)[0]).confidence
    exact = {name: point for name, point in points.items() if "armpit" not in name and "inner" not in name}
    assert_near(found.keypoints, exact, rgba, most=6)
    assert_near(found.keypoints, {K.ARMPIT_LEFT: points[K.ARMPIT_LEFT]}, rgba, most=12)


def test_a_back_photo_is_mirrored_and_has_no_front_neckline(draw_top):
    rgba, points = draw_top()
    found = find_keypoints(rgba, back=True).keypoints
    assert K.NECK_FRONT not in found
    assert found[K.CUFF_OUTER_LEFT][0] < found[K.CUFF_OUTER_RIGHT][0]
    assert_near(found, {K.CUFF_OUTER_LEFT: points[K.CUFF_OUTER_RIGHT]}, rgba)


def test_a_long_flared_top_is_a_dress_with_a_waist(draw_top):
    rgba, points = draw_top(angle=35, length=140, cuff=85, flare=300, bottom=780)
    found = find_keypoints(rgba)
    assert (found.slot, found.category) == (Slot.DRESS, Category.DRESS)
    assert_near(found.keypoints, points, rgba)
    assert found.keypoints[K.WAIST_LEFT][1] > points[K.ARMPIT_LEFT][1]


@pytest.mark.parametrize(("bottom", "category"), [(760, Category.TROUSERS), (440, Category.SHORTS)])
def test_trousers(draw_trousers, bottom, category):
    rgba, points = draw_trousers(bottom=bottom, apart=120)
    found = find_keypoints(rgba)
    assert (found.slot, found.category) == (Slot.BOTTOM, category)
    assert_near(found.keypoints, points, rgba)


def test_a_skirt(draw_skirt):
    rgba = draw_skirt()
    found = find_keypoints(rgba)
    assert (found.slot, found.category) == (Slot.BOTTOM, Category.SKIRT)
    assert_near(found.keypoints, {K.WAIST_LEFT: (480, 90), K.HEM_LEFT: (620, 700)}, rgba)


def test_a_slot_that_is_given_is_kept(draw_top):
    rgba, _ = draw_top()
    found = find_keypoints(rgba, Slot.OUTER)
    assert (found.slot, found.category) == (Slot.OUTER, Category.JACKET)


def test_the_scale_of_the_picture_does_not_matter(draw_top):
    rgba, points = draw_top()
    small = np.ascontiguousarray(rgba[::3, ::3])
    found = find_keypoints(small).keypoints
    assert_near(found, {name: (x / 3, y / 3) for name, (x, y) in points.items()}, small, most=4)


def test_nothing_and_lopsided_shapes_are_refused():
    with pytest.raises(GarmentError):
        find_keypoints(np.zeros((300, 300, 4), np.uint8))
    corner = np.zeros((400, 400, 4), np.uint8)
    corner[:, :60, 3] = 255
    corner[340:, :, 3] = 255
    with pytest.raises(GarmentError):
        find_keypoints(corner)
