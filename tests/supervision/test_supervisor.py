"""The supervisor with real processes that crash, freeze and stop as they are told."""

import itertools
import logging
import sys
import threading
import time

import pytest

from tryon_app.supervision.supervisor import Supervisor, Timing

APP = """
import os, signal, sys, threading, time
from tryon_app.supervision.heart import Heart
import faulthandler
heart = Heart.of_this_process()
faulthandler.enable()
heart.start()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
def live(*parts, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for part in parts:
            heart.beat(part)
        time.sleep(0.02)
"""
ALL = '"gui", "perceive", "dress"'
CRASH = f"live({ALL}, seconds=0.1); print('a seam burst', file=sys.stderr, flush=True); os._exit(7)"
ABORT = f"live({ALL}, seconds=0.1); os.abort()"
HANG_ONE = f"live({ALL}, seconds=0.3); live('gui', 'perceive')"
HANG_ALL = f"live({ALL}, seconds=0.3); os.kill(os.getpid(), signal.SIGSTOP)"
GOOD = f"live({ALL}, seconds=0.3)"
FOREVER = f"open('ready', 'w').close(); live({ALL})"
STUBBORN = f"signal.signal(signal.SIGTERM, signal.SIG_IGN); open('ready', 'w').close(); live({ALL})"
USAGE = "os._exit(2)"

QUICK = Timing(frozen_s=1.5, starting_s=20.0, look_s=0.05, asleep_s=5.0, ending_s=1.0)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("tryon_app.supervision.policy.PAUSES_S", (0.0,))


def supervise(*lives, timing=QUICK, clock=time.monotonic):
    """A supervisor of an app that lives these lives, one after the other, and what it was started with."""
    scripts, starts = itertools.chain(lives, itertools.repeat(GOOD)), []

    def command(safe):
        starts.append(safe)
        return [sys.executable, "-c", APP + next(scripts)]

    return Supervisor(command, timing, clock), starts


@pytest.mark.parametrize(
    ("life", "why"),
    [(CRASH, "exit code 7"), (ABORT, "SIGABRT"), (HANG_ONE, "'dress'"), (HANG_ALL, "all of it")],
)
def test_whatever_happens_it_is_started_again_and_the_log_says_why(caplog, life, why):
    caplog.set_level(logging.INFO, "tryon_app.supervision")
    supervisor, starts = supervise(life)
    assert supervisor.run() == 0
    assert starts == [False, False]
    assert why in caplog.text
    assert ("a seam burst" in caplog.text) == (life is CRASH)


def test_a_frozen_app_leaves_word_of_what_its_threads_were_doing(caplog):
    supervise(HANG_ONE)[0].run()
    assert "Current thread" in caplog.text
    assert "in live" in caplog.text


def test_three_crashes_lead_to_safe_mode():
    supervisor, starts = supervise(CRASH, CRASH, CRASH)
    assert supervisor.run() == 0
    assert starts == [False, False, False, True]


def test_what_a_failed_run_left_is_tidied_once_the_next_is_on_its_way(caplog):
    caplog.set_level(logging.INFO, "tryon_app.supervision")
    tidied, started = [], []

    def command(_safe):
        started.append(len(tidied))
        return [sys.executable, "-c", APP + (CRASH if len(started) == 1 else GOOD)]

    def tidy(process):
        assert "Started" in caplog.records[-1].message
        tidied.append(process)

    assert Supervisor(command, QUICK, tidy=tidy).run() == 0
    assert started == [0, 0]
    assert len(tidied) == 1
    assert f"process {tidied[0]}" in caplog.text


def test_a_kiosk_told_to_stop_in_a_pause_is_tidied_too(monkeypatch):
    monkeypatch.setattr("tryon_app.supervision.policy.PAUSES_S", (60.0,))
    tidied = []
    supervisor = Supervisor(lambda _safe: [sys.executable, "-c", APP + CRASH], QUICK, tidy=tidied.append)
    waited = supervisor._stop.wait

    def told_to_stop(seconds):
        supervisor.stop()
        return waited(seconds)

    monkeypatch.setattr(supervisor._stop, "wait", told_to_stop)
    assert supervisor.run() == 0
    assert len(tidied) == 1


def test_tidying_that_fails_stops_nothing(caplog):
    def broken(_process):
        raise PermissionError("not yours")

    starts = itertools.chain([CRASH], itertools.repeat(GOOD))
    supervisor = Supervisor(lambda _safe: [sys.executable, "-c", APP + next(starts)], QUICK, tidy=broken)
    assert supervisor.run() == 0
    assert "could not be removed" in caplog.text


def test_wrong_usage_is_not_tried_again():
    supervisor, starts = supervise(USAGE)
    assert supervisor.run() == 2
    assert starts == [False]


def test_loading_models_is_given_more_time_than_running():
    waits = "heart.beat('gui'); time.sleep(3.0); os._exit(0)"  # one part at work, and silent for longer than a freeze
    supervisor, starts = supervise(waits)
    assert supervisor.run() == 0
    assert starts == [False]


@pytest.mark.parametrize(("life", "killed"), [(FOREVER, False), (STUBBORN, True)])
def test_told_to_stop_the_app_ends_too(caplog, tmp_path, life, killed):
    supervisor, starts = supervise(life)
    codes = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run()))
    thread.start()
    end = time.monotonic() + 60
    while not (tmp_path / "ready").exists():  # its handler stands
        assert time.monotonic() < end
        time.sleep(0.02)
    supervisor.stop()
    thread.join(20.0)
    assert codes == [0]
    assert starts == [False]
    assert ("was killed" in caplog.text) == killed


def test_a_machine_that_slept_is_no_frozen_app(caplog):
    caplog.set_level(logging.INFO, "tryon_app.supervision")
    begin, slept = time.monotonic(), []

    def clock():
        # After a second of running an hour passes at once, as it does for clocks that go on during sleep.
        now = time.monotonic()
        if now - begin > 1.0:
            slept.append(True)
            return now + 3600.0
        return now

    supervisor, starts = supervise(f"live({ALL}, seconds=2.5)", clock=clock)
    assert supervisor.run() == 0
    assert slept
    assert starts == [False]
    assert "slept for 36" in caplog.text
