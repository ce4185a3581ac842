"""Processes that make data end with the one that asked for it, however that ends."""

import signal
import subprocess
import sys
import time

import psutil

SCRIPT = """
import os, sys, time
from tryon_app.training.workers import pool_of
if __name__ == "__main__":
    with pool_of(2) as pool:
        found = {pool.submit(os.getpid).result() for _ in range(2)}
        print(*found, flush=True)
        time.sleep(60)
"""


def test_they_end_with_a_process_that_is_killed(tmp_path):
    script = tmp_path / "asks.py"
    script.write_text(SCRIPT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        parent.send_signal(signal.SIGKILL)
    limit = time.monotonic() + 20
    while alive := [pid for pid in pids if _running(pid)]:
        assert time.monotonic() < limit, alive
        time.sleep(0.05)


def _running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
