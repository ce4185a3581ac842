"""Whatever a camera does, the view says so within two seconds and comes back by itself."""

import time

import pytest

from tryon_app.cameras.faulty import Fault
from tryon_app.runtime.live import LiveState

NOTICED = (Fault.UNPLUGGED, Fault.FROZEN, Fault.BLACK, Fault.STUCK, Fault.DEVICE_ERROR)


def statuses(one, mark):
    return [status.state for status in one.statuses[mark:]]


@pytest.mark.parametrize("fault", NOTICED)
def test_a_camera_that_stops_is_said_with_a_remedy_and_comes_back(running, camera, fault) -> None:
    mark, begin = len(running.statuses), time.monotonic()
    camera.set_fault(fault)
    running.until(lambda: LiveState.RECONNECTING in statuses(running, mark))
    assert time.monotonic() - begin < 2.5
    lost = next(status for status in running.statuses[mark:] if status.state is LiveState.RECONNECTING)
    assert lost.message
    assert lost.remedy
    camera.set_fault(Fault.NONE)
    mark, frames = len(running.statuses), running.session.stats().frames
    running.until(lambda: running.statuses[-1].state is LiveState.RUNNING)
    running.until(lambda: running.session.stats().frames > frames + 10)
    assert running.session.stats().failures == 0


@pytest.mark.parametrize(("fault", "size"), [(Fault.RESIZED, (80, 88)), (Fault.GARBAGE, (160, 90))])
def test_another_size_and_garbage_are_shown_as_they_come(running, camera, fault, size) -> None:
    mark = len(running.statuses)
    camera.set_fault(fault)
    running.until(lambda: (live := running.session.take()) and (live.frame.width, live.frame.height) == size)
    frames = running.session.stats().frames
    running.until(lambda: running.session.stats().frames > frames + 20)
    camera.set_fault(Fault.NONE)
    running.until(lambda: (live := running.session.take()) and live.frame.width == 160)
    assert running.statuses[mark:] == []
    assert running.session.stats().failures == 0


def test_one_fault_after_the_other(running, camera) -> None:
    for fault in (Fault.UNPLUGGED, Fault.BLACK, Fault.DEVICE_ERROR, Fault.UNPLUGGED):
        mark = len(running.statuses)
        camera.set_fault(fault)
        running.until(lambda mark=mark: LiveState.RECONNECTING in statuses(running, mark))
    camera.set_fault(Fault.NONE)
    running.until(lambda: running.statuses[-1].state is LiveState.RUNNING)


def test_stopping_while_it_is_broken_is_clean(bench, camera) -> None:
    for fault in NOTICED:
        one = bench()
        camera.set_fault(Fault.NONE)
        one.session.start(camera)
        one.until(one.session.take)
        mark = len(one.statuses)
        camera.set_fault(fault)
        one.until(lambda one=one, mark=mark: LiveState.RECONNECTING in statuses(one, mark))
        one.session.stop()
        assert one.statuses[-1].state is LiveState.STOPPED
