"""Other cloth on the same person: labels and picture agree, shape and light stay, and so does all else."""

import numpy as np
import pytest

from tests.training.conftest import JEANS, SHIRT, SKIN
from tryon_app.core.types import BodyPart, Material
from tryon_app.training import redress
from tryon_app.training.redress import Fabrics, redressed

UPPER, LOWER = Material.UPPER, Material.LOWER


@pytest.fixture(scope="module")
def fabrics():
    return Fabrics(1)


@pytest.fixture
def only(monkeypatch):
    """Nothing is done by chance but what the test asks for."""

    def choose(chances=(), cut=0.0, neck=0.0, sleeves=0.0):
        monkeypatch.setattr(redress, "_CHANCES", dict.fromkeys(redress._CHANCES, 0.0) | dict(chances))
        for name, chance in (("_CUT", cut), ("_OPEN", neck), ("_ROLLED", sleeves)):
            monkeypatch.setattr(redress, name, chance)

    return choose


def dressed(person, fabrics, seed=0):
    image, materials = person.image.copy(), person.materials.copy()
    redressed(np.random.default_rng(seed), fabrics, image, person.parts, materials, person.points)
    return image, materials


def near(image, colour, tolerance=12):
    return (np.abs(image.astype(int) - colour) <= tolerance).all(axis=2)


def test_nothing_happens_where_nothing_is_chosen(person, fabrics, only):
    only()
    for seed in range(4):
        image, materials = dressed(person, fabrics, seed)
        assert np.array_equal(materials, person.materials)
        assert np.abs(image.astype(int) - person.image).mean() < 3  # but for a trace of softness


def test_a_shirt_gets_another_cloth_and_nothing_else_does(person, fabrics, only):
    only({UPPER: 1.0})
    shirt, jeans = person.materials == UPPER, person.materials == LOWER
    looks = []
    for seed in range(12):
        image, materials = dressed(person, fabrics, seed)
        assert np.array_equal(materials, person.materials)
        assert near(image, JEANS)[jeans].mean() > 0.6
        looks.append(image[shirt].mean(axis=0))
    assert (np.abs(np.array(looks) - SHIRT).max(axis=1) > 25).sum() >= 9
    assert np.std(looks, axis=0).min() > 20


def test_a_plain_cloth_keeps_the_light_of_the_old_one(person, fabrics, only, monkeypatch):
    only({UPPER: 1.0})
    monkeypatch.setattr(redress, "_tone", lambda *_: np.array([200.0, 40.0, 40.0], np.float32))
    shirt = person.materials == UPPER
    half = np.argwhere(shirt)[:, 1].mean()
    dark = shirt & (np.arange(shirt.shape[1]) < half)
    person.image[dark] = person.image[dark] // 2
    for seed in range(20):
        image, _ = dressed(person, fabrics, seed)
        red = image[shirt].astype(int)
        if (red[:, 0] > red[:, 1] + 30).mean() > 0.9:  # plain, not a print
            light = shirt & (np.arange(shirt.shape[1]) > half)
            assert image[light].mean() > 1.2 * image[dark].mean()
            return
    pytest.fail("no plain cloth in twenty")


def test_what_hangs_below_the_waist_becomes_the_lower_garment(person, fabrics, only):
    only(cut=1.0)
    hips, shoulders = person.points[[23, 24], 1].mean(), person.points[[11, 12], 1].mean()
    below = np.arange(person.parts.shape[0])[:, None] > hips + 0.3 * (hips - shoulders)
    person.materials[(person.materials == LOWER) & below] = UPPER  # a gown to the feet
    changed = 0
    for seed in range(10):
        image, materials = dressed(person, fabrics, seed)
        moved = (materials == LOWER) & (person.materials == UPPER)
        changed += moved.any()
        if not moved.any():
            continue
        assert (materials == LOWER)[below & (person.materials == UPPER)].mean() > 0.9
        chest = np.arange(person.parts.shape[0])[:, None] < shoulders + 0.35 * (hips - shoulders)
        assert (materials == UPPER)[chest & (person.materials == UPPER)].all()
        # The new skirt has cloth of its own, arms stay what they were.
        assert (~near(image, SHIRT, 8))[moved].mean() > 0.7 or seed % 2
        assert np.array_equal(materials == Material.SKIN, person.materials == Material.SKIN)
    assert changed >= 8


def test_a_dress_that_is_cut_is_a_top_and_a_skirt(person, fabrics, only):
    only(cut=1.0)
    person.materials[np.isin(person.materials, (UPPER, LOWER))] = Material.DRESS
    for seed in range(6):
        _, materials = dressed(person, fabrics, seed)
        if (materials == LOWER).any():
            assert not (materials == Material.DRESS).any()
            assert (materials == UPPER).any()
            return
    pytest.fail("never cut")


def test_an_open_neck_is_skin_below_the_neck(person, fabrics, only):
    only(neck=1.0)
    shoulders, hips = person.points[[11, 12], 1].mean(), person.points[[23, 24], 1].mean()
    opened = 0
    for seed in range(8):
        image, materials = dressed(person, fabrics, seed)
        bare = (materials == Material.SKIN) & (person.materials == UPPER)
        rows = np.argwhere(bare)[:, 0]
        if not len(rows):
            continue
        opened += 1
        assert rows.min() < shoulders + 6
        assert rows.max() < hips
        assert np.abs(image[bare].mean(axis=0) - SKIN).max() < 60
        others = np.abs(image[~bare].astype(int) - person.image[~bare]).mean()
        assert others < 4
    assert opened >= 5


def test_shorter_sleeves_bare_the_end_of_the_arm(person, fabrics, only):
    only(sleeves=1.0)
    arms = np.isin(person.parts, (BodyPart.LEFT_UPPER_ARM, BodyPart.RIGHT_UPPER_ARM))
    bared = 0
    for seed in range(10):
        _, materials = dressed(person, fabrics, seed)
        bare = (materials == Material.SKIN) & (person.materials == UPPER)
        assert not (bare & ~arms).any()
        if bare.any():
            bared += 1
            arm = person.parts == BodyPart.RIGHT_UPPER_ARM
            if (bare & arm).any() and (arm & ~bare).any():
                # The right arm hangs: what is bare is below what is covered.
                assert np.argwhere(bare & arm)[:, 0].mean() > np.argwhere(arm & ~bare)[:, 0].mean()
    assert bared >= 4


def test_a_wall_changes_behind_the_person_only(person, fabrics, only):
    only({Material.BACKGROUND: 1.0})
    behind = person.parts == 0
    for seed in range(6):
        image, _ = dressed(person, fabrics, seed)
        assert near(image, SKIN)[person.materials == Material.SKIN].mean() > 0.5
        assert np.abs(image[behind].astype(int) - 128).mean() > 8


def test_the_same_chance_gives_the_same_look(person, fabrics):
    first, second = dressed(person, fabrics, 5), dressed(person, Fabrics(1), 5)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
