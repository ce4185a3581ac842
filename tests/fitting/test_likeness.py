"""Who wears the very garment gets it as large as it is seen to be; others get it as it is cut."""

import numpy as np
import pytest

from tests.fitting.conftest import HEIGHT, UNIT, WIDTH, figure
from tests.fitting.test_worn import CATALOGUE, SHOULDERS_Y, TORSO, drawn, labels
from tryon_app.core.types import Category
from tryon_app.fitting.body import Body
from tryon_app.fitting.labelled import Labelled
from tryon_app.fitting.likeness import likeness, swatch, worn_swatch
from tryon_app.fitting.worn import WornNow

BRETON = CATALOGUE.load("tee-breton").front
WHITE = CATALOGUE.load("tee-white").front


def whole(view):
    return np.ones(view.rgba.shape[:2], np.float32)


def picture(view, light=1.0):
    """A frame in whose middle the cloth of a photo is seen."""
    tile = view.rgba[200:400, 200:400, :3]
    rows, columns = -(-HEIGHT // 200), -(-WIDTH // 200)
    seen = np.tile(tile, (rows, columns, 1))[:HEIGHT, :WIDTH]
    return np.clip(seen * light, 0, 255).astype(np.uint8)


def spread(image, hem=0.9):
    pose = figure()
    return worn_swatch(image, Labelled(labels(pose, hem)), Body(pose))


@pytest.mark.parametrize("light", [0.8, 1.0])
def test_the_same_cloth_in_another_light_is_alike(light):
    assert likeness(swatch(BRETON.rgba, whole(BRETON)), spread(picture(BRETON, light))) > 0.6


def test_other_cloth_is_not():
    navy = CATALOGUE.load("longsleeve-navy").front
    worn = spread(picture(WHITE))
    assert likeness(swatch(navy.rgba, whole(navy)), worn) == 0.0
    assert likeness(swatch(WHITE.rgba, whole(WHITE)), worn) > 0.9


def test_too_little_cloth_in_sight_says_nothing():
    assert spread(picture(WHITE), hem=0.05) is None
    nothing = np.zeros((40, 40, 4), np.uint8)
    assert likeness(swatch(nothing, np.ones((40, 40), np.float32)), spread(picture(WHITE))) == 0.0


def test_ends_far_from_the_usual_are_believed_of_the_same_garment_alone():
    body = Body(figure())
    for alike, hem in ((0.0, 0.8), (1.0, 1.3)):
        worn = WornNow(hem=1.3 * TORSO, alike=alike)
        assert worn.hem_for(0.8 * TORSO, body, Category.TEE) == pytest.approx(hem * TORSO)
    cuffs = {1: 1.4 * UNIT}
    plain, same = (WornNow(cuffs=cuffs, alike=alike).cuff_for(0.9 * UNIT, body.arms[1], UNIT) for alike in (0.0, 1.0))
    assert plain == pytest.approx(0.9 * UNIT)
    assert same == pytest.approx(1.4 * UNIT, rel=0.02)


def test_a_long_tee_on_who_wears_it_is_drawn_to_its_hem():
    pose = figure()
    found = labels(pose, 1.45)
    ends = [drawn(pose, found, "tee-white", image) for image in (picture(BRETON), picture(WHITE))]
    assert ends[1] == pytest.approx(SHOULDERS_Y + 1.45 * TORSO, abs=0.06 * TORSO)
    assert ends[0] < ends[1] - 0.1 * TORSO
