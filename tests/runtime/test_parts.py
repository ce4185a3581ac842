import threading

import numpy as np
import pytest

from tryon_app.runtime.latest import LatestSlot
from tryon_app.runtime.quality import Quality
from tryon_app.runtime.stream_watch import StreamWatch, Verdict


def test_the_newest_wins_and_the_others_are_counted() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.put(1)
    assert not slot.put(2)
    assert not slot.put(3)
    assert slot.take() == 3
    assert slot.take() is None
    assert slot.dropped == 2
    assert slot.put(4)


def test_closing_wakes_who_waits_and_lets_nothing_through() -> None:
    slot: LatestSlot[int] = LatestSlot()
    found: list[int | None] = []
    waiter = threading.Thread(target=lambda: found.append(slot.take(30.0)))
    waiter.start()
    slot.close()
    waiter.join(5.0)
    assert found == [None]
    assert not slot.put(1)
    assert slot.take() is None
    assert not slot.wait_empty(0.01)


def test_waiting_for_room_ends_when_the_item_is_taken() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.wait_empty(0.01)
    slot.put(1)
    assert not slot.wait_empty(0.01)
    taker = threading.Timer(0.05, slot.take)
    taker.start()
    assert slot.wait_empty(10.0)
    taker.join()


def test_a_frame_is_wanted_while_somebody_waits_for_one() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert not slot.wait_wanted(0.01)
    found: list[int | None] = []
    taker = threading.Thread(target=lambda: found.append(slot.take(10.0)))
    taker.start()
    assert slot.wait_wanted(10.0)
    slot.put(7)
    taker.join(10.0)
    assert found == [7]
    assert not slot.wait_wanted(0.01)


def test_quality_steps_down_when_slow_and_up_again_when_there_is_room() -> None:
    quality = Quality(target_fps=30, adaptive=True)
    changes = [quality.scale for _ in range(100) if quality.observe(0.3 * quality.scale, 0.1)]
    assert changes == [0.75, 0.5]
    for _ in range(500):
        quality.observe(0.005, 0.1)
    assert quality.scale == 1.0


def test_quality_is_not_given_away_where_that_saves_no_time() -> None:
    quality = Quality(target_fps=30, adaptive=True)
    scales = []
    for _ in range(600):
        quality.observe(0.045, 0.1)
        scales.append(quality.scale)
    assert min(scales) == 0.75, "it is tried"
    assert sum(scale < 1.0 for scale in scales) < 60, "and taken back"
    assert scales[-1] == 1.0
    for _ in range(700):  # later it may be worth another try
        quality.observe(0.3 * quality.scale, 0.1)
    assert quality.scale == 0.5


def test_quality_keeps_still_between_slow_and_fast_and_when_told_to() -> None:
    quality = Quality(target_fps=30, adaptive=True)
    assert not any(quality.observe(0.030, 0.1) for _ in range(500))
    fixed = Quality(target_fps=30, adaptive=False)
    assert not any(fixed.observe(1.0, 0.1) for _ in range(100))
    assert fixed.scale == pytest.approx(1.0)


def picture(value: int) -> np.ndarray:
    return np.full((90, 160, 3), value, np.uint8)


def looks(watch: StreamWatch, values: list[int], start_s: float = 0.0) -> list[Verdict]:
    """Ten pictures a second."""
    return [watch.look(picture(value), start_s + 0.1 * index) for index, value in enumerate(values)]


def test_black_is_waited_out_for_a_moment_and_then_said() -> None:
    verdicts = looks(StreamWatch(), [90, 0, 0, 0, 91, *[0] * 17])
    assert verdicts[:5] == [Verdict.GOOD, Verdict.DARK, Verdict.DARK, Verdict.DARK, Verdict.GOOD]
    assert verdicts[5:-1] == [Verdict.DARK] * 16
    assert verdicts[-1] is Verdict.BLACK


def test_a_picture_that_stands_still_is_said_once_and_then_believed() -> None:
    watch = StreamWatch()
    assert looks(watch, [*range(50, 80), *[80] * 17])[-1] is Verdict.GOOD
    assert looks(watch, [80], 4.9)[-1] is Verdict.STUCK
    watch.begin()
    assert set(looks(watch, [80] * 100, 5.5)) == {Verdict.GOOD}  # a test picture: that is all there is
    assert set(looks(watch, [81, 82, 80], 20.0)) == {Verdict.GOOD}
    assert Verdict.STUCK in looks(watch, [83] * 30, 21.0)  # another one is another matter


def test_a_still_scene_with_a_sensors_noise_is_not_stuck() -> None:
    watch, noise = StreamWatch(), np.random.default_rng(0)
    for index in range(100):
        image = (picture(90) + noise.integers(0, 2, (90, 160, 3))).astype(np.uint8)
        assert watch.look(image, index * 0.1) is Verdict.GOOD
