"""What weeks of running consist of, many times over: nothing may be left of any of it."""

import gc
import threading

import numpy as np
import psutil
import pytest

from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Composite, Fit, Frame, Parsing, Perception, Pose
from tryon_app.runtime.states import LiveFrame
from tryon_app.runtime.still import StillMaker

TIMES = 60


def handles() -> int:
    process = psutil.Process()
    return process.num_fds() if hasattr(process, "num_fds") else process.num_handles()


def held(kind: type) -> int:
    gc.collect()
    return sum(issubclass(type(entry), kind) for entry in gc.get_objects())


@pytest.fixture
def counts():
    return lambda: (threading.active_count(), handles())


def test_switching_the_source_again_and_again_leaves_no_thread_handle_or_frame(bench, make_camera, counts) -> None:
    one = bench(adaptive=False)
    cameras = [make_camera(rate=400.0) for _ in range(3)]
    one.session.start(cameras[0])
    one.until(one.session.take)
    before, frames = counts(), held(Frame)
    for index in range(TIMES):
        one.session.switch(cameras[index % 3])
        one.until(one.session.take)
    one.until(lambda: counts()[0] <= before[0])
    assert counts()[1] <= before[1]
    assert held(Frame) <= frames + 6
    assert sum(camera.opened for camera in cameras) == TIMES + 1
    one.until(lambda: sum(camera.closed for camera in cameras) >= 2 * TIMES)  # each at its end and once more


def test_faults_again_and_again_leave_no_thread_or_handle(bench, make_camera, counts) -> None:
    one, camera = bench(adaptive=False), make_camera(rate=400.0)
    one.session.start(camera)
    one.until(one.session.take)
    before = counts()
    for _ in range(6):
        camera.unplugged = True
        one.until(lambda: one.statuses[-1].state == "reconnecting")
        camera.unplugged = False
        one.until(lambda: one.statuses[-1].state == "running")
    assert counts() <= before


def test_starting_and_stopping_again_and_again_leaves_nothing(bench, make_camera, counts) -> None:
    before, frames = counts(), held(Frame)
    for _ in range(10):
        one = bench(adaptive=False)
        one.session.start(make_camera(rate=400.0))
        one.until(one.session.take)
        one.session.stop()
    del one
    assert counts() <= before
    assert held(Frame) <= frames + 30  # the sessions that the fixture keeps hold their last frames at most


def test_pictures_at_full_size_again_and_again_leave_nothing() -> None:
    class Tailor:
        def reset(self) -> None:
            pass

        def fit(self, *_: object) -> Fit:
            return Fit()

        def watch(self, frame: Frame) -> None:
            pass

        def composite(self, frame: Frame, *_: object) -> Composite:
            return Composite(frame.image.copy())

    built = []

    def build() -> Pipeline:
        built.append(1)
        return Pipeline(*[Tailor()] * 4)  # type: ignore[arg-type]

    stills, flat = StillMaker(build), np.zeros(33, np.float32)
    pose = Pose(np.zeros((33, 2), np.float32), flat, np.zeros((33, 3), np.float32), flat, flat)
    seen = Perception(pose, Parsing(np.zeros((4, 4), np.float32)))
    frames = held(Frame)
    for _ in range(TIMES):
        small = Frame(np.zeros((9, 16, 3), np.uint8))
        live = LiveFrame(small, Composite(small.image), perception=seen)
        stills.make(live, Frame(np.zeros((36, 64, 3), np.uint8)))
    del small, live
    assert held(Frame) <= frames + 1
    assert built == [1]
