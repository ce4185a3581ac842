"""The window as a process of its own: Ctrl-C and a polite kill end it cleanly."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

OPEN = """
import importlib.util, pathlib, sys, tempfile
spec = importlib.util.spec_from_file_location("fakes", sys.argv[1])
fakes = importlib.util.module_from_spec(spec)
sys.modules["fakes"] = fakes
spec.loader.exec_module(fakes)
from PySide6.QtCore import QTimer
from tryon_app.gui import window
from tryon_app.gui.services import Start
world = fakes.FakeWorld(pathlib.Path(sys.argv[2]))
window.make_application()
timer = QTimer()
timer.timeout.connect(lambda: world.session and world.session.outfit and (timer.stop(), print("open", flush=True)))
timer.start(100)
code = window.run(world.services(), Start())
print("outfit", world.saved[-1].last.garment, flush=True)
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_saves(tmp_path, number):
    fakes = Path(__file__).with_name("fakes.py")
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", OPEN, str(fakes), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "QT_LOGGING_RULES"},
    )
    try:
        assert process.stdout.readline() == "open\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert out == "outfit navy-tee\n"
    assert "Traceback" not in err
    assert "QThread" not in err
    assert "qt." not in err  # no word of what Qt did or did not find
