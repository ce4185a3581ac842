import numpy as np
import pytest

from tryon_app.core.types import BodyPart, Material
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


def body():
    """Torso down to below the hem, then legs."""
    parts = np.zeros((len(BodyPart), *SIZE), np.float32)
    parts[BodyPart.TORSO, :GUESS] = 1.0
    parts[BodyPart.LEFT_THIGH, GUESS:, 48:] = parts[BodyPart.RIGHT_THIGH, GUESS:, :48] = 1.0
    return parts


def dress(share=1.0):
    """A network that sees one dress, or a top with something of a dress below."""
    materials = np.zeros((len(Material), *SIZE), np.float32)
    materials[Material.DRESS] = share
    materials[Material.UPPER] = 1.0 - share
    return materials


def hem(materials):
    return int((materials[Material.UPPER] > 0.5).sum(axis=0).mean().round())


def test_the_hem_moves_to_where_the_colours_change():
    assert hem(guess()) == pytest.approx(GUESS, abs=1)
    assert hem(told_apart(picture(), body(), guess())) == pytest.approx(HEM, abs=3)


def test_clothes_of_one_colour_are_left_to_the_network():
    before = guess()
    after = told_apart(picture(BLUE, BLUE), body(), before)
    assert np.abs(after - before).max() < 0.1


def test_other_materials_keep_their_likelihood_and_the_sum_stays_one():
    before = guess(skin=True)
    after = told_apart(picture(), body(), before)
    assert np.array_equal(after[Material.SKIN], before[Material.SKIN])
    assert np.abs(after.sum(axis=0) - 1.0).max() < 1e-5
    assert after.min() >= 0


def test_without_trousers_in_the_picture_nothing_changes():
    materials = np.zeros((len(Material), *SIZE), np.float32)
    materials[Material.UPPER] = 1.0
    assert told_apart(picture(), body(), materials) is materials


def test_a_dress_of_two_cloths_is_a_top_and_a_skirt():
    after = told_apart(picture(), body(), dress())
    assert hem(after) == pytest.approx(HEM, abs=4)
    assert after[Material.LOWER, HEM + 6 :].min() > 0.8
    assert after[Material.DRESS].max() < 0.05
    assert np.abs(after.sum(axis=0) - 1.0).max() < 1e-5


def test_a_dress_of_one_cloth_stays_one():
    before = dress()
    assert told_apart(picture(RED, RED), body(), before) is before


def test_a_dress_without_a_chest_is_a_skirt():
    before = dress()
    before[Material.UPPER, :HEM], before[Material.DRESS, :HEM] = 1.0, 0.0
    after = told_apart(picture(BLUE, BLUE), body(), before)
    assert after[Material.LOWER, GUESS + 2 :].min() > 0.8
    assert after[Material.UPPER, : HEM - 4].min() > 0.95
    assert after[Material.DRESS].max() < 0.05


def test_where_no_legs_are_seen_a_dress_stays_one():
    parts = body()
    parts[[BodyPart.LEFT_THIGH, BodyPart.RIGHT_THIGH]] = 0.0
    before = dress()
    assert told_apart(picture(), parts, before) is before


TAN = (205, 160, 130)
FACE, ARM = np.s_[:16, 40:56], np.s_[20:60, :16]


def with_an_arm(colour, named=BodyPart.RIGHT_FOREARM):
    """A face, and an arm, or whatever it is named, of some colour that the network takes for skin."""
    image, parts, materials = picture(), body(), guess()
    image[FACE], image[ARM] = TAN, colour
    for place, part, material in (
        (FACE, BodyPart.HEAD, Material.FACE),
        (ARM, named, Material.SKIN),
    ):
        for maps, kind in ((parts, part), (materials, material)):
            maps[:, *place] = 0.0
            maps[kind, *place] = 1.0
    return image, parts, materials


def test_an_arm_of_the_chests_colour_is_a_sleeve():
    after = told_apart(*with_an_arm(RED))
    assert after[Material.UPPER][ARM].mean() > 0.9
    assert np.abs(after.sum(axis=0) - 1.0).max() < 1e-5


def test_a_neck_of_the_chests_colour_is_a_collar():
    after = told_apart(*with_an_arm(RED, BodyPart.TORSO))
    assert after[Material.UPPER][ARM].mean() > 0.8


def test_what_lies_amid_bare_skin_is_no_collar():
    image, parts, materials = with_an_arm(TAN, BodyPart.TORSO)
    amid = np.s_[32:48, 5:11]
    image[amid] = RED
    assert told_apart(image, parts, materials)[Material.SKIN][amid].mean() > 0.95
    image[32:48, 5:16] = RED
    assert told_apart(image, parts, materials)[Material.SKIN][amid].mean() < 0.3


def test_a_shadow_on_the_neck_that_cloth_has_too_stays_skin():
    """A sand-coloured top has shades that a throat has too; the face, in the light, has none of them."""
    image, parts, materials = with_an_arm((180, 138, 112), BodyPart.TORSO)
    image[20:HEM, 30:] = (196, 158, 134)
    image[20:HEM:3, 30:] = (180, 138, 112)
    assert told_apart(image, parts, materials)[Material.SKIN][ARM].mean() > 0.95


@pytest.mark.parametrize("colour", [TAN, (170, 120, 95), (225, 185, 160), (90, 140, 60)])
def test_an_arm_of_another_colour_than_the_chest_stays_bare(colour):
    after = told_apart(*with_an_arm(colour))
    assert after[Material.SKIN][ARM].mean() > 0.95


def test_who_wears_skin_colours_keeps_what_the_network_says():
    image, parts, materials = with_an_arm(TAN)
    image[:HEM][np.abs(image[:HEM].astype(int) - RED).max(axis=2) < 20] = TAN
    assert told_apart(image, parts, materials)[Material.SKIN][ARM].mean() > 0.95
