import cv2
import numpy as np

from tryon_app.core.colour import ColourSpace, overlap


def halves() -> np.ndarray:
    rng = np.random.default_rng(3)
    image = np.empty((40, 40, 3), np.float32)
    image[:, :20], image[:, 20:] = (200, 150, 120), (40, 60, 120)
    return np.clip(image + rng.normal(0, 6, image.shape), 0, 255).astype(np.uint8)


def test_each_half_is_likelier_under_its_own_model() -> None:
    space = ColourSpace(cv2.cvtColor(halves(), cv2.COLOR_RGB2LAB))
    left = np.zeros((40, 40), np.float32)
    left[:, :20] = 1
    a, b = space.model(left), space.model(1 - left)
    ratio = space.ratio(a, [b])
    assert (ratio[:, :20] > 1).mean() > 0.98
    assert (ratio[:, 20:] < -1).mean() > 0.98
    assert overlap(a, b) < 0.05
    assert overlap(a, a) > 0.999


def test_what_is_unknown_says_nothing() -> None:
    space = ColourSpace(cv2.cvtColor(halves(), cv2.COLOR_RGB2LAB))
    assert space.model(np.zeros((40, 40), np.float32)) is None
    assert not space.ratio(None, [space.model(np.ones((40, 40), np.float32))]).any()
    assert not space.ratio(space.model(np.ones((40, 40), np.float32)), [None]).any()
    assert overlap(None, None) == 1.0
