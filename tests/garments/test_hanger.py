"""Hangers drawn into cut-outs of which the truth is known."""

import cv2
import numpy as np
import pytest

from tryon_app.garments.hanger import without_hanger
from tryon_app.garments.landmarks import find_keypoints

METAL = (150, 150, 155)


def hook(rgba, base, thick):
    """A stem from `base` upwards with three quarters of a circle on it."""
    x, y = base
    drawn = np.zeros(rgba.shape[:2], np.uint8)
    cv2.line(drawn, base, (x, y - 60), 255, thick, cv2.LINE_AA)
    cv2.ellipse(drawn, (x, y - 95), (35, 35), 0, -200, 90, 255, thick, cv2.LINE_AA)
    return lay(rgba, drawn, METAL)


def lay(rgba, drawn, colour):
    made = rgba.copy()
    made[..., :3][drawn > 60] = colour
    made[..., 3] = np.maximum(made[..., 3], drawn)
    return made


def overlap(rgba, truth):
    mask, wanted = rgba[..., 3] > 127, truth[..., 3] > 127
    return (mask & wanted).sum() / (mask | wanted).sum()


@pytest.fixture
def low_top(draw_top):
    """A tee with room above it."""
    rgba, _ = draw_top()
    moved = np.zeros((960, 800, 4), np.uint8)
    moved[160:] = rgba
    return moved


@pytest.mark.parametrize("thick", [4, 9])
def test_a_hook_above_the_collar_goes(low_top, thick):
    hung = hook(low_top, (400, 272), thick)
    assert overlap(hung, low_top) < 0.995
    freed = without_hanger(hung)
    assert overlap(freed, low_top) > 0.998
    assert freed[:240, 380:420, 3].max() == 0
    wanted = find_keypoints(low_top).keypoints
    for name, point in find_keypoints(freed).keypoints.items():
        assert np.hypot(*np.subtract(point, wanted[name])) < 8, name


def test_the_piece_in_front_of_the_inside_is_painted_over(low_top):
    hung = hook(low_top, (400, 300), 9)
    inside = low_top[295, 380, :3].astype(int)
    assert np.abs(hung[292, 400, :3] - inside).max() > 60
    freed = without_hanger(hung)
    assert freed[292, 400, 3] == 255
    assert np.abs(freed[292, 400, :3] - inside).max() < 25


def test_the_bar_between_straps_goes_and_the_straps_stay(low_top):
    strapped = np.zeros_like(low_top)
    cv2.fillPoly(strapped, [np.array([(270, 420), (530, 420), (560, 900), (240, 900)])], (60, 90, 150, 255))
    for x in (310, 490):
        cv2.line(strapped, (x, 260), (x, 425), (60, 90, 150, 255), 12)
    bar = np.zeros(strapped.shape[:2], np.uint8)
    for x in (310, 490):
        cv2.line(bar, (400, 255), (x, 275), 255, 8, cv2.LINE_AA)
    hung = hook(lay(strapped, bar, METAL), (400, 255), 6)
    freed = without_hanger(hung)
    assert overlap(freed, strapped) > 0.99
    assert freed[280:400, 310, 3].min() == 255


def test_without_a_hook_nothing_is_touched(draw_top, draw_trousers, draw_skirt):
    for rgba in (draw_top()[0], draw_trousers()[0], draw_skirt()):
        assert without_hanger(rgba) is rgba
