import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from tryon_app.supervision.heart import ENV_SUPERVISED, Heart, read_beat


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)


def until_line(reading, wanted):
    """Lines of a pipe until one fits."""
    text = b""
    while True:
        text += os.read(reading, 4096)
        for line in text.decode().splitlines():
            counts = read_beat(line)
            if counts is not None and wanted(counts):
                return counts


def test_counts_of_parts_at_work_rise_and_resting_parts_are_left_out(pipe):
    reading, writing = pipe
    heart = Heart(writing, lambda: None)
    heart.start()
    try:
        heart.beat("gui")
        heart.beat("dress")
        first = until_line(reading, lambda counts: len(counts) == 2)
        heart.beat("gui")
        until_line(reading, lambda counts: counts.get("gui", 0) > first["gui"] and counts["dress"] == first["dress"])
        heart.rest("dress")
        until_line(reading, lambda counts: set(counts) == {"gui"})
    finally:
        heart.stop()


def test_a_supervisor_that_does_not_read_holds_up_nobody(pipe):
    reading, writing = pipe
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while os.write(writing, b"x" * 4096):
            pass
    os.set_blocking(writing, True)
    heart = Heart(writing, lambda: None)
    heart.start()
    for _ in range(100_000):
        heart.beat("gui")
    while len(os.read(reading, 65536)) == 65536:  # let it go, so that its thread can end
        pass
    heart.stop()


def test_a_supervisor_that_is_gone_is_noticed():
    reading, writing = os.pipe()
    gone = threading.Event()
    heart = Heart(writing, gone.set)
    os.close(reading)
    heart.start()
    assert gone.wait(10.0)
    heart.stop()


@pytest.mark.parametrize("line", ["", "hello\n", "beaten gui=1", "beat gui=much", "beat gui"])
def test_lines_of_others_are_no_heartbeat(line):
    assert read_beat(line) is None


def test_unsupervised_processes_have_no_heart(monkeypatch):
    monkeypatch.delenv(ENV_SUPERVISED, raising=False)
    assert Heart.of_this_process() is None


ORPHAN = """
import sys, threading
from tryon_app.supervision.heart import Heart
heart = Heart.of_this_process()
heart.beat("gui")
heart.start()
print("said by a library", flush=True)
threading.Event().wait(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("end", ["stdin", "stdout"])
def test_an_app_without_its_supervisor_ends_and_prints_stay_out_of_the_heartbeats(end):
    process = subprocess.Popen(
        [sys.executable, "-c", ORPHAN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {ENV_SUPERVISED: "1"},
    )
    try:
        assert read_beat(process.stdout.readline().decode()) == {"gui": 1}
        getattr(process, end).close()  # what the system does when the supervisor dies
        assert process.wait(20) == -signal.SIGTERM
        assert process.stderr.read() == b"said by a library\n"
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
