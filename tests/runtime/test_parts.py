import threading

import pytest

from tryon_app.runtime.latest import LatestSlot
from tryon_app.runtime.quality import Quality


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
