"""`tryon kiosk` as it runs in a shop: the real window on the drawn figure."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tryon_app.core import paths

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

_SOON = 20.0
"""Seconds on a busy machine; `packaging/smoke_test.py` measures the 3 that are promised for a quiet one."""


def until(condition, what, seconds=60.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)
    return found


def lines(name):
    file = paths.log_dir() / name
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def said(name, words):
    return [line for line in lines(name) if words in line["message"]]


@pytest.fixture
def kiosk(models_cache, needs):
    needs((models_cache / "pose_landmarker_full.task").exists(), "the pose model")
    command = [sys.executable, "-m", "tryon_app", "kiosk", "--windowed", "--source", "synthetic"]
    environment = os.environ | {"QT_LOGGING_RULES": "*=false"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def app_of(kiosk):
    return until(lambda: next(iter(kiosk.children()), None), "the app")


def test_killed_and_frozen_it_comes_back_and_on_sigterm_everything_ends(kiosk):
    first = app_of(kiosk)
    until(lambda: said("tryon.log", "Models are ready"), "the models")
    first.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    second = until(lambda: next((child for child in kiosk.children() if child.pid != first.pid), None), "a new app")
    assert time.monotonic() - killed < _SOON
    until(lambda: len(said("tryon.log", "Models are ready")) == 2, "the models again")
    time.sleep(1.0)  # all threads have given a sign of life
    second.send_signal(signal.SIGSTOP)
    frozen = time.monotonic()
    third = until(
        lambda: next((child for child in kiosk.children() if child.pid not in (first.pid, second.pid)), None),
        "a new app",
        seconds=30.0,
    )
    assert time.monotonic() - frozen < _SOON
    until(lambda: len(said("tryon.log", "Models are ready")) == 3, "the models once more")
    kiosk.send_signal(signal.SIGTERM)
    psutil.wait_procs([kiosk, third], timeout=30)
    assert not psutil.pid_exists(third.pid)
    reasons = [line["message"] for line in lines("kiosk.log") if line["level"] == "error"]
    assert any("SIGKILL" in reason for reason in reasons)
    assert any("no sign of life" in reason for reason in reasons)
