import numpy as np
import pytest

from tryon_app.core.types import Material
from tryon_app.perception.appearance import told_apart

RED, BLUE = (190, 40, 40), (40, 50, 160)
SIZE = 128, 96
HEM, GUESS = 60, 72


def picture(above=RED, below=BLUE):
    image = np.empty((*SIZE, 3), np.uint8)
    image[:HEM], image[HEM:] = above, below
    noise = np.random.default_rng(0).integers(-6, 7, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def guess(skin=False):
    """A network that believes the top goes on to row `GUESS`."""
    materials = np.zeros((len(Material), *SIZE), np.float32)
    upper = 1.0 / (1.0 + np.exp((np.arange(SIZE[0]) - GUESS) / 4.0))[:, None] * np.ones(SIZE[1])
    materials[Material.UPPER], materials[Material.LOWER] = upper, 1.0 - upper
    if skin:
        materials[:, :, :20] = 0.0
        materials[Material.SKIN, :, :20] = 1.0
    return materials


def hem(materials):
    return int((materials[Material.UPPER] > 0.5).sum(axis=0).mean().round())


def test_the_hem_moves_to_where_the_colours_change():
    assert hem(guess()) == pytest.approx(GUESS, abs=1)
    assert hem(told_apart(picture(), guess())) == pytest.approx(HEM, abs=3)


def test_clothes_of_one_colour_are_left_to_the_network():
    before = guess()
    after = told_apart(picture(BLUE, BLUE), before)
    assert np.abs(after - before).max() < 0.1


def test_other_materials_keep_their_likelihood_and_the_sum_stays_one():
    before = guess(skin=True)
    after = told_apart(picture(), before)
    assert np.array_equal(after[Material.SKIN], before[Material.SKIN])
    assert np.abs(after.sum(axis=0) - 1.0).max() < 1e-5
    assert after.min() >= 0


def test_without_trousers_in_the_picture_nothing_changes():
    materials = np.zeros((len(Material), *SIZE), np.float32)
    materials[Material.UPPER] = 1.0
    assert told_apart(picture(), materials) is materials
