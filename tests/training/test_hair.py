"""Long hair grown onto people: beside the face, over the shirt, never over hands; labels follow the picture."""

import numpy as np
import pytest

from tests.training.drawn import drawn, nothing, repeatable, stays
from tryon_app.core.types import BodyPart, Landmark, Material
from tryon_app.training.hair import grown


def test_hair_falls_beside_the_face_and_over_the_shirt(person):
    over_shirt = 0
    for seed in range(12):
        done, image, parts, materials = drawn(grown, person, seed)
        assert done
        new = (materials == Material.HAIR) & (person.materials != Material.HAIR)
        assert new.any()
        assert (parts[new] == BodyPart.HEAD).all()
        untouched = (materials == person.materials) & (materials != Material.HAIR)
        assert np.array_equal(parts[untouched], person.parts[untouched])
        changed = np.abs(image.astype(int) - person.image).max(axis=2) > 12
        assert changed[new].mean() > 0.6
        face = tuple(np.round(person.points[Landmark.NOSE]).astype(int)[::-1])
        assert materials[face] == Material.FACE
        over_shirt += bool((person.materials[new] == Material.UPPER).any())
    assert over_shirt >= 4


def test_hands_and_forearms_stay_in_front(person):
    arms = np.isin(person.parts, (BodyPart.LEFT_FOREARM, BodyPart.LEFT_HAND, BodyPart.RIGHT_FOREARM))
    assert stays(grown, person, arms)


@pytest.mark.parametrize("way", ["turned away", "small", "outside"])
def test_without_a_face_to_be_seen_nothing_grows(person, way):
    face = slice(Landmark.NOSE, Landmark.MOUTH_RIGHT + 1)
    centre = person.points[face].mean(axis=0)
    if way == "turned away":
        person.points[Landmark.NOSE] = centre + np.float32([12.0, 0.0])
    elif way == "small":
        person.points[face] = centre + (person.points[face] - centre) * np.float32(0.05)
    else:
        person.points[face] -= np.float32(900.0)
    assert nothing(grown, person)


def test_the_same_chance_grows_the_same_hair(person):
    assert repeatable(grown, person)
