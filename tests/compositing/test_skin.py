"""Which colour counts as a person's own skin."""

from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from tryon_app.compositing.skin import Skin

SIZE = 90, 60
SKIN, BLOUSE, HOODIE, CLOTH = (150, 105, 85), (226, 200, 178), (141, 107, 92), (30, 40, 90)


def seen(chest: tuple[int, int, int]) -> Any:
    """A face above, a chest that the network takes for skin, hands below."""
    small = np.full((*SIZE, 3), CLOTH, np.uint8)
    face, skin, torso = (np.zeros(SIZE, np.float32) for _ in range(3))
    small[5:20, 20:40], face[5:20, 20:40] = SKIN, 1.0
    small[30:50, 20:40], skin[30:50, 20:40], torso[25:60, 10:50] = chest, 1.0, 1.0
    small[75:82, 5:15], skin[75:82, 5:15] = SKIN, 1.0
    body = SimpleNamespace(unit=40.0, face=lambda _: np.ones(SIZE, np.float32))
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    return SimpleNamespace(small=small, lab=lab, skin=skin, face=face, torso=torso, body=body)


def tone(chest: tuple[int, int, int]) -> np.ndarray:
    skin = Skin(seen(chest), 1.0)
    assert skin.known
    return skin.colour().mean(axis=(0, 1))


def test_a_blouse_of_the_hue_of_skin_is_no_skin() -> None:
    assert np.abs(tone(BLOUSE) - SKIN).max() < 4


def test_a_chest_in_other_light_than_the_face_is_skin() -> None:
    lighter = tuple(round(value * 1.15) for value in SKIN)
    assert np.abs(tone(lighter) - SKIN).max() > 8


@pytest.mark.parametrize(
    ("cloth", "unsure", "doubted"), [(SKIN, True, True), (HOODIE, True, False), (CLOTH, False, False)]
)
def test_sleeves_may_be_skin_the_less_the_surer_the_network_is(
    cloth: tuple[int, int, int], unsure: bool, doubted: bool
) -> None:
    evidence = seen(SKIN)
    evidence.small[60:70, 20:40] = cloth
    sleeve = np.zeros(SIZE, np.float32)
    sleeve[60:70, 20:40] = 1.0
    skin = Skin(evidence, 1.0)
    assert skin.resembles(sleeve, doubted=False) is unsure
    assert skin.resembles(sleeve, doubted=True) is doubted
