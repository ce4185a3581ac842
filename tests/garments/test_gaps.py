import cv2
import numpy as np

from tryon_app.garments.backdrop import measure
from tryon_app.garments.gaps import with_gaps

SIDE = 400
DARK, BACKDROP = 0.12, 0.94


def legs(gap: float = 5.0) -> tuple[np.ndarray, np.ndarray]:
    """A photo of dark trousers whose gap ends narrow and in deep shadow, float32 H x W x 3; and where the gap is."""
    photo = np.full((SIDE, SIDE), BACKDROP, np.float32)
    photo[40:360, 120:280] = DARK
    rows = np.arange(SIDE, dtype=np.float32)
    half = np.interp(rows, [140, 200, 360], [gap / 2, gap / 2 + 1, 24.0])
    columns = np.abs(np.arange(SIDE) - 200.0)
    hole = (columns[None] < half[:, None]) & (rows[:, None] >= 140) & (rows[:, None] < 360)
    shade = np.interp(rows, [140, 220], [0.34, 1.0]).astype(np.float32)
    photo = np.where(hole, BACKDROP * shade[:, None], photo)
    noise = np.random.default_rng(1).normal(0.0, 0.004, (SIDE, SIDE, 3))
    return np.clip(cv2.GaussianBlur(photo, (0, 0), 0.7)[..., None] + noise, 0, 1).astype(np.float32), hole


def test_a_gap_in_deep_shadow_is_opened_to_its_end() -> None:
    photo, hole = legs()
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[40:360, 120:280] = 1.0
    closed = np.where(hole & (np.arange(SIDE)[:, None] > 215), 0.0, mask).astype(np.float32)
    opened = with_gaps(closed, measure(photo))
    above = hole & (np.arange(SIDE)[:, None] < 215)
    inner = cv2.erode(above.astype(np.uint8), np.ones((5, 3), np.uint8)) > 0
    assert inner.sum() > 100
    assert (opened[inner] == 0).mean() > 0.95
    assert (opened[mask > 0] < 0.5).sum() < 1.15 * hole.sum()


def test_a_pale_stripe_that_goes_on_from_no_gap_stays() -> None:
    photo, _ = legs()
    # Down to the hem, beside no leg, and another one across.
    photo[40:360, 120:280] = DARK
    photo[60:360, 198:203] = 0.7
    photo[200:205, 120:280] = 0.7
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[40:360, 120:280] = 1.0
    assert np.array_equal(with_gaps(mask, measure(photo)), mask)


def test_white_cloth_has_no_gaps_that_could_be_told() -> None:
    photo, hole = legs()
    photo = np.where(photo < 0.2, 0.9, photo).astype(np.float32)
    mask = np.where(hole, 0.0, 1.0).astype(np.float32)
    assert np.array_equal(with_gaps(mask, measure(photo)), mask)


def test_what_is_between_the_dots_of_a_print_is_no_gap() -> None:
    photo, _ = legs()
    photo[40:360, 120:280] = 0.6
    for row in range(48, 360, 12):
        for column in range(126, 280, 12):
            cv2.circle(photo, (column + (row // 12) % 2 * 6, row), 4, (DARK, DARK, DARK), -1)
    photo[330:360, 196:204] = BACKDROP
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[40:360, 120:280] = 1.0
    mask[330:360, 196:204] = 0.0
    assert (with_gaps(mask, measure(photo)) != mask).sum() < 40
