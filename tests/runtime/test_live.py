import threading
import time

import cv2
import numpy as np

from tryon_app.cameras.discovery import CameraDevice
from tryon_app.cameras.opencv import OpenCVCamera
from tryon_app.core.errors import ModelError
from tryon_app.core.types import Frame, Notice
from tryon_app.runtime.live import LiveState, LiveStatus


def test_frames_are_dressed_in_the_outfit_of_the_moment(bench, make_camera) -> None:
    one = bench()
    one.session.start(make_camera())
    frame = one.until(one.session.take)
    assert frame.composite.image[0, 0, 0] == 10
    one.session.set_outfit((object(), object()))
    one.until(lambda: (f := one.session.take()) and f.composite.image[0, 0, 0] == 12)
    assert one.said(LiveState.PREPARING)
    assert one.said(LiveState.RUNNING)
    assert one.pipeline.threads == {"perceive", "dress"}


def test_while_it_runs_opencv_starts_no_threads_of_its_own(bench, make_camera) -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        one = bench()
        one.session.start(make_camera())
        one.until(one.session.take)
        assert cv2.getNumThreads() == 1
        one.session.stop()
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)


def test_the_window_is_told_once_until_it_takes(bench, make_camera) -> None:
    one = bench()
    one.session.start(make_camera())
    one.until(lambda: one.session.stats().frames > 20)
    assert one.signals == 1
    assert one.session.take() is not None
    one.until(lambda: one.signals == 2)


def test_slow_processing_drops_frames_and_never_queues_them(bench, make_camera) -> None:
    one = bench(adaptive=False)
    one.pipeline.slow_s = 0.05
    one.session.start(make_camera(rate=300.0))
    one.until(lambda: one.session.stats().frames > 15)
    stats = one.session.stats()
    assert stats.dropped > 30
    assert stats.latency_ms < 400


def test_unpaced_files_lose_no_frame(bench, make_camera) -> None:
    seen: list[int] = []
    one = bench(adaptive=False, paced=False, observer=lambda frame, stages: seen.append(frame.frame.index))
    one.pipeline.slow_s = 0.01
    one.session.start(make_camera(live=False, rate=2000.0, length=40))
    one.until(lambda: one.said(LiveState.STOPPED))
    one.until(lambda: len(seen) >= 39)
    assert seen[:39] == list(range(1, 40))
    assert one.session.stats().dropped == 0


def test_an_unplugged_camera_is_said_at_once_and_comes_back_by_itself(bench, make_camera) -> None:
    one, camera = bench(), make_camera()
    one.session.start(camera)
    one.until(one.session.take)
    mark = len(one.statuses)
    camera.unplugged = True
    one.until(lambda: one.said(LiveState.RECONNECTING, mark), 2.0)
    lost = next(s for s in one.statuses[mark:] if s.state is LiveState.RECONNECTING)
    assert "pulled out" in lost.message
    assert lost.remedy
    camera.unplugged = False
    mark = len(one.statuses)
    one.until(lambda: one.said(LiveState.RUNNING, mark))
    assert camera.opened == 2


def test_a_camera_that_hangs_in_a_read_is_noticed_within_two_seconds_and_opened_anew(bench, make_camera) -> None:
    one, camera = bench(), make_camera()
    one.session.start(camera)
    one.until(one.session.take)
    mark, begin = len(one.statuses), time.monotonic()
    camera.hang.set()
    one.until(lambda: one.said(LiveState.RECONNECTING, mark))
    assert time.monotonic() - begin < 3.0
    camera.hang.clear()
    frames = one.session.stats().frames
    one.until(lambda: one.session.stats().frames > frames + 5)
    one.until(lambda: one.said(LiveState.RUNNING, mark))


def test_a_camera_that_opens_slowly_is_given_the_time_also_when_it_comes_back(bench, make_camera) -> None:
    one, camera = bench(), make_camera()
    one.session.start(camera)
    one.until(one.session.take)
    camera.opening_s, camera.unplugged = 2.2, True  # longer than a frame may be late
    one.until(lambda: one.said(LiveState.RECONNECTING))
    mark = len(one.statuses)
    camera.unplugged = False
    one.until(lambda: one.said(LiveState.RUNNING, mark))
    assert camera.opened == 2


def test_a_read_that_comes_back_late_leaves_the_new_stream_alone(bench) -> None:
    class Driver:
        """Hangs after a few pictures when it is the first, works when it is another."""

        opened, back = 0, threading.Event()

        def __init__(self, *_: object) -> None:
            Driver.opened += 1
            self.left = 20 if Driver.opened == 1 else 10**9
            self.released = 0

        def isOpened(self) -> bool:  # noqa: N802
            return True

        def read(self) -> tuple[bool, np.ndarray]:
            time.sleep(0.005)
            self.left -= 1
            if self.left < 0:
                Driver.back.wait(60.0)
            return True, np.full((90, 160, 3), 120, np.uint8)

        def release(self) -> None:
            self.released += 1

    device = CameraDevice("046d-0825-aaaaaa", "Logi", "", ((200, 0),))
    grabbers: list[Driver] = []

    def open_grabber(*_: object) -> Driver:
        grabbers.append(Driver())
        return grabbers[-1]

    one = bench()
    one.session.start(OpenCVCamera(open_grabber=open_grabber, devices=lambda: (device,)))
    one.until(lambda: one.said(LiveState.RECONNECTING))
    mark = len(one.statuses)
    one.until(lambda: one.said(LiveState.RUNNING, mark), 30.0)
    mark = len(one.statuses)
    Driver.back.set()
    one.until(lambda: grabbers[0].released)
    frames = one.session.stats().frames
    one.until(lambda: one.session.stats().frames > frames + 50)
    assert one.statuses[mark:] == []
    assert len(grabbers) == 2
    one.session.stop()
    assert [grabber.released for grabber in grabbers] == [1, 1]


def test_a_black_stream_is_reopened(bench, make_camera) -> None:
    one, camera = bench(), make_camera()
    one.session.start(camera)
    one.until(one.session.take)
    mark = len(one.statuses)
    camera.black = True
    one.until(lambda: one.said(LiveState.RECONNECTING, mark))
    assert "black" in next(s.message for s in one.statuses[mark:] if s.message)
    camera.black = False
    mark = len(one.statuses)
    one.until(lambda: one.said(LiveState.RUNNING, mark))


def test_a_camera_that_can_scale_is_asked_to_before_it_opens(bench, make_camera) -> None:
    class Scaling(make_camera):
        asked: tuple[int, int] | None = None

        def fit_within(self, size: tuple[int, int]) -> None:
            assert not self.opened
            self.asked = size

    one, camera = bench(within=(80, 45)), Scaling()
    one.session.start(camera)
    frame = one.until(one.session.take)
    assert camera.asked == (80, 45)
    assert (frame.frame.width, frame.frame.height) == (80, 44)  # even, by whom ever it is scaled


def test_switching_shows_nothing_of_the_old_source_afterwards(bench, make_camera) -> None:
    one, first, second = bench(), make_camera(), make_camera()
    one.session.start(first)
    one.until(one.session.take)
    one.session.switch(second)
    frame = one.until(one.session.take)
    assert frame.epoch == 1
    one.until(lambda: first.closed)
    assert one.pipeline.resets == 2


def test_a_stage_that_fails_shows_the_plain_picture_says_so_and_recovers(bench, make_camera) -> None:
    one = bench()
    one.session.start(make_camera())
    one.until(one.session.take)
    mark = len(one.statuses)
    one.pipeline.fail_dress = True
    one.until(lambda: any("seam burst" in s.message for s in one.statuses[mark:]))
    frame = one.until(lambda: (f := one.session.take()) and f.composite.image[0, 0, 0] == 120 and f)
    assert frame is not None
    assert one.session.stats().failures >= 3
    one.pipeline.fail_dress = False
    mark = len(one.statuses)
    one.until(lambda: any(s.state is LiveState.RUNNING and not s.message for s in one.statuses[mark:]))


def test_models_that_cannot_be_opened_end_in_failed_with_the_remedy(bench, make_camera) -> None:
    one = bench()
    one.pipeline.fail_open = ModelError("The pose model is damaged.", "Fetch it again.")
    one.session.start(make_camera())
    one.until(lambda: one.said(LiveState.FAILED))
    failed = next(s for s in one.statuses if s.state is LiveState.FAILED)
    assert failed.remedy == "Fetch it again."


def test_stopping_is_clean_in_every_state(bench, make_camera) -> None:
    never = bench()
    never.session.stop()
    early = bench()
    early.session.start(make_camera())
    early.session.stop()
    early.session.stop()
    lost, camera = bench(), make_camera()
    camera.unplugged = True
    lost.session.start(camera)
    lost.until(lambda: lost.said(LiveState.RECONNECTING))
    lost.session.stop()
    for one in (early, lost):
        assert one.statuses[-1].state is LiveState.STOPPED
        assert one.pipeline.closed == one.pipeline.opened
    assert camera.closed


def test_a_camera_that_never_returns_does_not_hold_up_the_end(bench, make_camera) -> None:
    one, camera = bench(), make_camera()
    one.session.start(camera)
    one.until(one.session.take)
    camera.hang.set()
    begin = time.monotonic()
    one.session.stop(timeout_s=0.5)
    assert time.monotonic() - begin < 2.0
    camera.hang.clear()


def test_without_models_the_plain_picture_goes_on_and_the_remedy_stays(bench, make_camera) -> None:
    one, camera = bench(), make_camera()
    one.pipeline.fail_open = ModelError("The pose model is damaged.", "Fetch it again.")
    one.session.start(camera)
    one.pipeline.notices = (Notice("A network is missing.", "Fetch it."),)
    frame = one.until(one.session.take)
    assert frame.composite.image[0, 0, 0] == 120
    one.until(lambda: one.session.stats().frames > 20)
    assert one.statuses[-1].state is LiveState.FAILED
    assert one.statuses[-1].remedy == "Fetch it again."
    camera.unplugged = True
    one.until(lambda: one.statuses[-1].state is LiveState.RECONNECTING)
    camera.unplugged = False
    one.until(lambda: one.statuses[-1].state is LiveState.FAILED)
    assert one.statuses[-1].message == "The pose model is damaged."


def test_a_file_that_is_gone_ends_with_its_remedy_and_is_not_tried_for_ever(bench, make_camera) -> None:
    one, film = bench(), make_camera(live=False)
    film.unplugged = True
    one.session.start(film)
    one.until(lambda: one.said(LiveState.STOPPED))
    assert one.statuses[-1].remedy == "Plug it in."
    assert not one.said(LiveState.RECONNECTING)
    one.until(lambda: film.closed == 2)  # after the attempt, and at the end of its thread
    assert film.opened == 0
    one.session.switch(make_camera())
    one.until(lambda: one.statuses[-1].state is LiveState.RUNNING)


def test_a_file_that_breaks_while_it_plays_ends_with_its_remedy(bench, make_camera) -> None:
    class Torn(make_camera):
        def read(self):
            if self._index > 5:
                raise RuntimeError("no such block")
            return super().read()

    one = bench()
    one.session.start(Torn(live=False))
    one.until(lambda: one.said(LiveState.STOPPED))
    assert "no such block" in one.statuses[-1].message
    assert one.statuses[-1].remedy


def test_the_pace_of_a_file_may_change_while_it_plays(bench, make_camera) -> None:
    film = make_camera(live=False, rate=1000.0)
    original = film.read

    def slow_film():
        frame = original()
        return Frame(frame.image, frame.index, frame.index / 4.0)  # four frames a second

    film.read = slow_film
    one = bench()
    one.session.start(film)
    one.until(one.session.take)
    one.session.set_paced(False)
    begin, frames = time.monotonic(), one.session.stats().frames
    one.until(lambda: one.session.stats().frames > frames + 40)
    assert time.monotonic() - begin < 5.0  # ten seconds of film
    one.session.set_paced(True)
    one.until(lambda: one.session.stats().frames > frames + 42)  # and on, without waiting for what was run through


def test_what_a_stage_does_without_is_said_as_long_as_it_holds(bench, make_camera) -> None:
    one = bench()
    one.session.start(make_camera())
    one.until(one.session.take)
    mark = len(one.statuses)
    one.pipeline.notices = (Notice("The GPU was lost.", "Start again."),)
    one.until(lambda: any(s.message == "The GPU was lost." for s in one.statuses[mark:]))
    one.session.switch(make_camera())
    said = one.until(lambda: [s for s in one.statuses if s.epoch == 1 and s.state is LiveState.RUNNING])
    assert {(s.message, s.remedy) for s in said} == {("The GPU was lost.", "Start again.")}
    mark = len(one.statuses)
    one.pipeline.notices = ()
    one.until(lambda: len(one.statuses) > mark)
    assert one.statuses[-1] == LiveStatus(LiveState.RUNNING, epoch=1)


def test_the_parsing_is_done_by_whoever_has_time(bench, make_camera) -> None:
    """A slow dresser never has time for it; one that is quick always has."""
    for slow, thread in (("slow_dress_s", "perceive"), ("slow_s", "dress")):
        one = bench(adaptive=False)
        setattr(one.pipeline, slow, 0.03)
        one.pipeline.slow_read_s = 0.002
        one.session.set_outfit((object(),))
        one.session.start(make_camera())
        one.until(lambda one=one: len(one.pipeline.read_on) > 12)
        one.session.stop()
        assert set(one.pipeline.read_on[2:]) == {thread}
        frames = one.pipeline.read_frames
        assert len(frames) == len(set(frames)), "a frame was parsed twice"
        # Before it has settled who does it, both may be at work.
        assert frames[2:] == sorted(frames[2:])


def test_both_threads_share_a_slow_parsing_in_order(bench, make_camera) -> None:
    one = bench(adaptive=False)
    one.pipeline.slow_s = one.pipeline.slow_dress_s = 0.01
    one.pipeline.slow_read_s = 0.02
    one.session.set_outfit((object(),))
    one.session.start(make_camera())
    one.until(lambda: set(one.pipeline.read_on) == {"perceive", "dress"} and len(one.pipeline.read_on) > 20)
    one.session.stop()
    assert one.pipeline.read_frames == sorted(set(one.pipeline.read_frames))
    assert one.pipeline.closed == 1


def test_a_parsing_that_fails_on_either_thread_shows_the_plain_picture(bench, make_camera) -> None:
    for slow in ("slow_dress_s", "slow_s"):
        one = bench(adaptive=False)
        setattr(one.pipeline, slow, 0.02)
        one.pipeline.fail_read = True
        one.session.set_outfit((object(),))
        one.session.start(make_camera())
        frame = one.until(one.session.take)
        assert frame.composite.image is frame.frame.image
        one.until(lambda one=one: any("the needle broke" in status.message for status in one.statuses))
        one.pipeline.fail_read = False
        one.until(lambda one=one: (f := one.session.take()) and f.composite.image[0, 0, 0] == 11)
        one.session.stop()
