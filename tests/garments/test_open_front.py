"""Tops that hang open in their photo, drawn."""

import cv2
import numpy as np
import pytest

from tryon_app.core.types import Category, KeyPoint, Slot
from tryon_app.garments.importing import import_photo
from tryon_app.garments.open_front import open_front

INSIDE = (60, 40, 45)
MIDDLE, HALF = 400, 55


def opened(draw_top, lean=0.0, colour=INSIDE, first=0):
    """A top with another colour between its fronts, from a row down to the hem; the fronts may lean apart."""
    rgba, points = draw_top(angle=55, length=380, cuff=70)
    for row in range(first, rgba.shape[0]):
        half = round(HALF + lean * (row - 150))
        rgba[row, MIDDLE - half : MIDDLE + half + 1, :3] = colour
    noise = np.random.default_rng(0).normal(0, 4, rgba.shape[:2])[..., None]
    rgba[..., :3] = np.clip(rgba[..., :3] + noise, 0, 255).astype(np.uint8)
    return rgba, points


@pytest.mark.parametrize("lean", [-0.05, 0.0, 0.08])
def test_the_gap_between_two_fronts_is_found(draw_top, lean):
    rgba, points = opened(draw_top, lean)
    found = open_front(rgba, points)
    assert found is not None
    for row in (300, 450, 600):
        gap = np.flatnonzero(found.gap[row] > 0.5)
        half = HALF + lean * (row - 150)
        assert abs(gap[0] - (MIDDLE - half)) < 7
        assert abs(gap[-1] - (MIDDLE + half)) < 7
    collar = 0.5 * (points[KeyPoint.COLLAR_LEFT][1] + points[KeyPoint.COLLAR_RIGHT][1])
    assert found.gap[: round(collar) + 4].max() < 0.5, "the inside of the collar stays"
    assert collar < found.neck[1] < collar + 60


def test_a_panel_below_a_neckline_is_none(draw_top):
    rgba, points = opened(draw_top, first=190)
    assert open_front(rgba, points) is None


def test_a_print_is_none(draw_top):
    rgba, points = opened(draw_top)
    inside = (np.abs(np.arange(rgba.shape[1]) - MIDDLE) <= HALF)[None] & (np.arange(rgba.shape[0]) // 12 % 2 > 0)[
        :, None
    ]
    rgba[inside, :3] = (230, 230, 90)
    assert open_front(rgba, points) is None


@pytest.mark.parametrize("beside", [(60, 90, 180), (150, 60, 60)])
def test_fronts_of_two_cloths_are_none(draw_top, beside):
    """Half red, half blue with a stripe between: a sports shirt."""
    rgba, points = opened(draw_top)
    rgba[:, MIDDLE + HALF + 1 :, :3] = beside
    assert open_front(rgba, points) is None


def test_a_plain_top_and_one_with_a_zip_are_none(draw_top):
    rgba, points = draw_top(angle=55, length=380, cuff=70)
    assert open_front(rgba, points) is None
    rgba[170:690, 397:404, :3] = (230, 220, 180)
    assert open_front(rgba, points) is None


def test_imported_it_is_a_jacket_that_lets_see_what_is_worn_beneath(draw_top, tmp_path):
    rgba, _ = opened(draw_top)
    path = tmp_path / "cardigan.png"
    cv2.imwrite(str(path), rgba[..., [2, 1, 0, 3]])
    garment = import_photo(path)
    assert (garment.slot, garment.category) == (Slot.OUTER, Category.JACKET)
    alpha = garment.front.rgba[..., 3]
    column = alpha[:, round(garment.front.keypoints[KeyPoint.NECK_FRONT][0])]
    assert (column[len(column) // 3 :] == 0).all()
    assert (column > 200).any(), "the inside of the collar"
    assert import_photo(path, slot=Slot.TOP).category is Category.JACKET
