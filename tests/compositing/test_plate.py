"""The room behind people: a drawn room with texture, people as boxes before it."""

import cv2
import numpy as np
import pytest

from tryon_app.compositing.maps import Grid
from tryon_app.compositing.plate import Plate
from tryon_app.core.types import Float32, Frame, Rect, UInt8

WIDTH, HEIGHT = 640, 360
COAT = (200, 30, 30)


def room(seed: int = 3) -> UInt8:
    """Walls, furniture and grain, smooth enough for a webcam."""
    rng = np.random.default_rng(seed)
    image = np.full((HEIGHT + 40, WIDTH + 40, 3), 150, np.uint8)
    for _ in range(60):
        x, y = int(rng.integers(WIDTH)), int(rng.integers(HEIGHT))
        corner = x + int(rng.integers(20, 140)), y + int(rng.integers(20, 140))
        cv2.rectangle(image, (x, y), corner, rng.integers(60, 230, 3).tolist(), -1)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), np.uint8)


def seen(left: int, *, light: float = 1.0, shift: tuple[int, int] = (0, 0), scene: int = 0) -> tuple[Frame, Float32]:
    """Somebody whose left side is at a column, and their mask."""
    image = room()[shift[1] : shift[1] + HEIGHT, shift[0] : shift[0] + WIDTH].copy()
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    mask[60:, left : left + 120] = 1.0
    image[mask > 0] = COAT
    image = np.clip(image * light, 0, 255).astype(np.uint8)
    return Frame(image, scene=scene), mask


def plain(light: float = 1.0) -> UInt8:
    return np.clip(room()[:HEIGHT, :WIDTH] * light, 0, 255).astype(np.uint8)


def watched(plate: Plate, places: list[int], **changes: object) -> tuple[Frame, Float32]:
    frame, mask = seen(places[0], **changes)  # type: ignore[arg-type]
    for left in places:
        frame, mask = seen(left, **changes)  # type: ignore[arg-type]
        plate.watch(frame, mask)
    return frame, mask


def behind(plate: Plate, frame: Frame, mask: Float32) -> tuple[Float32, UInt8]:
    """How well each pixel is known, and the room as it would be painted; nothing known is zeros."""
    box = Rect(0, 0, WIDTH, HEIGHT)
    grid = Grid.over(box, 160)
    background = cv2.resize(1.0 - mask, (grid.width, grid.height), interpolation=cv2.INTER_AREA)
    found = plate.behind(grid, grid.picture(frame.image), background)
    if found is None:
        return np.zeros((HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    return grid.enlarged(found.known, box), found.picture(box)


WALK = [60] * 24 + [400] * 24


def test_what_somebody_hid_a_moment_ago_is_known_where_they_stand_now_only_what_was_seen_before() -> None:
    plate = Plate()
    known, picture = behind(plate, *watched(plate, WALK))
    assert known[100:340, 75:165].min() > 0.9, "left free long ago"
    there = np.s_[100:340, 410:510]
    assert known[there].min() > 0.9, "seen before they came"
    assert np.abs(picture[there].astype(int) - plain()[there]).mean() < 4.0
    never = Plate()
    known, _ = behind(never, *watched(never, [400] * 30))
    assert known[there].max() == 0.0


def test_a_room_seen_while_nobody_was_there() -> None:
    plate = Plate()
    for _ in range(20):
        plate.watch(Frame(plain()), None)
    frame, mask = seen(250)
    plate.watch(frame, mask)
    known, picture = behind(plate, frame, mask)
    there = np.s_[80:340, 255:365]
    assert known[there].min() > 0.9
    assert np.abs(picture[there].astype(int) - plain()[there]).mean() < 4.0


def test_the_room_has_the_light_of_the_frame_it_is_painted_into() -> None:
    plate = Plate()
    watched(plate, WALK)
    frame, mask = seen(400, light=0.75)
    _, picture = behind(plate, frame, mask)
    there = np.s_[100:340, 410:510]
    error = np.abs(picture[there].astype(int) - plain(0.75)[there]).mean()
    assert error < 0.4 * np.abs(plain()[there].astype(int) - plain(0.75)[there]).mean()


@pytest.mark.parametrize("shift", [(6, 0), (0, 8), (25, 20)])
def test_a_camera_that_moves_spoils_it(shift: tuple[int, int]) -> None:
    plate = Plate()
    watched(plate, WALK)
    known, _ = behind(plate, *watched(plate, [400] * 4, shift=shift))
    assert known[100:340, 410:510].max() == 0.0


def test_a_still_camera_with_noise_spoils_nothing() -> None:
    plate = Plate()
    watched(plate, WALK)
    rng = np.random.default_rng(1)
    for _ in range(60):
        frame, mask = seen(400)
        noisy = np.clip(frame.image + rng.normal(0, 5, frame.image.shape), 0, 255).astype(np.uint8)
        plate.watch(Frame(noisy), mask)
    known, _ = behind(plate, frame, mask)
    assert known[100:340, 410:510].min() > 0.9


def test_what_moves_behind_is_not_the_room() -> None:
    plate = Plate()
    for step in range(60):
        image = plain()
        # Somebody else, whom no mask knows, walks by and does not stop.
        cv2.rectangle(image, (5 * step, 60), (5 * step + 80, 330), (20, 20, 40), -1)
        plate.watch(Frame(image), None)
    frame, mask = seen(250)
    plate.watch(frame, mask)
    known, picture = behind(plate, frame, mask)
    dark = (picture.astype(int).max(axis=2) < 60) & (known > 0.9)
    assert not dark[80:320].any()


@pytest.mark.parametrize("change", ["scene", "size", "reset"])
def test_another_scene_another_size_and_a_reset_forget_it(change: str) -> None:
    plate = Plate()
    frame, mask = watched(plate, WALK)
    if change == "reset":
        plate.reset()
    elif change == "scene":
        plate.watch(*seen(400, scene=1))
    else:
        small = cv2.resize(frame.image, (WIDTH // 2, HEIGHT // 2))
        plate.watch(Frame(small), mask)
    known, _ = behind(plate, frame, mask)
    assert known.max() == 0.0


def test_frames_that_are_processed_larger_or_smaller_show_the_same_room() -> None:
    plate = Plate()
    frame, mask = watched(plate, WALK)
    large = cv2.resize(frame.image, (2 * WIDTH, 2 * HEIGHT), interpolation=cv2.INTER_LINEAR)
    plate.watch(Frame(large), mask)
    box = Rect(0, 0, 2 * WIDTH, 2 * HEIGHT)
    grid = Grid.over(box, 160)
    background = cv2.resize(1.0 - mask, (grid.width, grid.height), interpolation=cv2.INTER_AREA)
    found = plate.behind(grid, grid.picture(large), background)
    assert found is not None
    there = np.s_[200:680, 820:1020]
    assert grid.enlarged(found.known, box)[there].min() > 0.9
    shown = found.picture(box)[there].astype(int)
    truth = cv2.resize(plain(), (2 * WIDTH, 2 * HEIGHT), interpolation=cv2.INTER_LINEAR)[there]
    assert np.abs(shown - truth).mean() < 5.0
