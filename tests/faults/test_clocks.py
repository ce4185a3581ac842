"""The time of day is set back, and the machine sleeps: nothing that runs depends on either."""

import time

import numpy as np

from tryon_app.cameras.faulty import Fault
from tryon_app.gui.recording import Recording
from tryon_app.outputs.snapshot import save_snapshot
from tryon_app.runtime.live import LiveState


def test_a_clock_set_back_changes_nothing(running, camera, monkeypatch) -> None:
    mark, truth = len(running.statuses), time.time
    for shift in (-3600.0, -86400.0 * 400, 7200.0):
        monkeypatch.setattr(time, "time", lambda shift=shift: truth() + shift)
        frames = running.session.stats().frames
        running.until(lambda frames=frames: running.session.stats().frames > frames + 30)
    assert running.statuses[mark:] == []
    assert 0 < running.session.stats().latency_ms < 1000
    camera.set_fault(Fault.UNPLUGGED)  # the watch over the camera goes by another clock
    running.until(lambda: running.statuses[-1].state is LiveState.RECONNECTING)
    camera.set_fault(Fault.NONE)
    running.until(lambda: running.statuses[-1].state is LiveState.RUNNING)


def test_snapshots_of_the_same_second_twice_all_stay(tmp_path, monkeypatch) -> None:
    class SetBack:
        """Always the same moment, as after the clock was set back."""

        @staticmethod
        def now():
            from datetime import UTC, datetime

            return datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)

    monkeypatch.setattr("tryon_app.outputs.snapshot.datetime", SetBack)
    image = np.zeros((8, 8, 3), np.uint8)
    written = [save_snapshot(image + shade, tmp_path / "shots") for shade in range(5)]
    assert len({path.name for path in written}) == 5
    assert len(list((tmp_path / "shots").iterdir())) == 5


def test_a_recordings_times_rise_whatever_the_time_of_day(tmp_path, monkeypatch) -> None:
    times = []

    class Notes:
        def write(self, _image, when):
            times.append(when)

        def close(self):
            pass

    truth = time.time
    recording = Recording(tmp_path / "x.mp4", 30.0, False, lambda *_: Notes(), lambda *_: None)
    for index in range(20):
        monkeypatch.setattr(time, "time", lambda index=index: truth() - 1000.0 * index)
        recording.offer(np.zeros((4, 4, 3), np.uint8), (4, 4))
        time.sleep(0.01)
    recording.finish()
    recording.join()
    assert len(times) > 5
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] < 60


def test_after_an_hour_of_sleep_the_picture_goes_on(running, monkeypatch) -> None:
    """On systems whose clocks go on during sleep all of them jump at once."""
    monotonic, counter = time.monotonic, time.perf_counter
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 3600.0)
    monkeypatch.setattr(time, "perf_counter", lambda: counter() + 3600.0)
    frames = running.session.stats().frames
    running.until(lambda: running.session.stats().frames > frames + 100, seconds=10_000.0)
    running.until(lambda: running.statuses[-1].state is LiveState.RUNNING, seconds=10_000.0)
    assert running.session.stats().failures == 0
    running.until(lambda: running.session.stats().latency_ms < 1000, seconds=10_000.0)
