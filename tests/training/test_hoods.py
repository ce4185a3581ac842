"""Hoods put on people: beside the neck, of the top's cloth, never over face or hands; labels follow the picture."""

import cv2
import numpy as np
import pytest

from tests.training.drawn import drawn, nothing, repeatable, stays
from tryon_app.core.types import BodyPart, Landmark, Material
from tryon_app.training.hoods import hooded

_UNTOUCHED = (BodyPart.LEFT_FOREARM, BodyPart.LEFT_HAND, BodyPart.RIGHT_FOREARM, BodyPart.RIGHT_HAND)


@pytest.fixture
def near(person):
    """Nearer to the camera: a stick person's chest is small."""
    for name in ("image", "parts", "materials"):
        object.__setattr__(person, name, cv2.resize(getattr(person, name), None, fx=3, fy=3, interpolation=0))
    person.points[:] *= 3.0
    return person


def test_a_hood_lies_beside_the_neck_and_is_made_of_the_top(near):
    shoulders = near.points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
    unit = float(np.hypot(*(shoulders[0] - shoulders[1])))
    of_the_top = 0
    for seed in range(12):
        done, image, parts, materials = drawn(hooded, near, seed)
        assert done
        new = (materials == Material.UPPER) & (near.materials != Material.UPPER)
        assert new.sum() > 0.01 * unit * unit
        assert (parts[new] == BodyPart.TORSO).all()
        rows, columns = np.nonzero(new)
        assert np.hypot(columns - shoulders[:, 0].mean(), rows - shoulders[:, 1].mean()).max() < unit
        for side in (columns < shoulders[:, 0].mean(), columns > shoulders[:, 0].mean()):
            assert side.sum() > 20
        shade = image[new].astype(float)
        of_the_top += bool(np.median(shade[:, 1] - shade[:, 0]) > 40)  # the shirt is green
        same = (materials == near.materials) & (materials != Material.UPPER)
        assert np.array_equal(parts[same], near.parts[same])
    assert 4 <= of_the_top < 12  # others are collars of something beneath


def test_face_and_hands_stay_in_front(near):
    front = np.isin(near.parts, _UNTOUCHED) | (near.materials == Material.FACE)
    assert stays(hooded, near, front)


@pytest.mark.parametrize("way", ["turned away", "small", "no top"])
def test_where_none_belongs_there_is_none(near, way):
    if way == "turned away":
        near.points[Landmark.NOSE] += np.float32([20.0, 0.0])
    elif way == "small":
        near.points[:] *= np.float32(0.1)
    else:
        near.materials[near.materials == Material.UPPER] = Material.DRESS
    assert nothing(hooded, near)


def test_the_same_chance_makes_the_same_hood(near):
    assert repeatable(hooded, near)
