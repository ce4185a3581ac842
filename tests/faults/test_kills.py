"""SIGTERM and SIGKILL at any moment: what was saved is whole, and nothing half-written has a real name."""

import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tryon_app.outputs.leftovers import remove_leftovers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
KILLS = 12

WRITER = """
import sys
from pathlib import Path
import numpy as np
from tryon_app.core.settings import Settings, save_settings
from tryon_app.outputs.recorder import VideoRecorder
from tryon_app.outputs.snapshot import save_snapshot
folder = Path(sys.argv[1])
image = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
save_settings(Settings(), folder / "settings.toml")
print("at work", flush=True)
count = 0
while True:
    count += 1
    save_settings(Settings().changed("capture", countdown_s=count % 30), folder / "settings.toml")
    save_snapshot(image, folder)
    with VideoRecorder(folder / f"film{count % 3}.mp4", (160, 120), 30.0, realtime=True) as film:
        for index in range(6):
            film.write(np.roll(image, index, axis=1), index / 30)
"""


def check_whole(folder: Path) -> None:
    """Every file with a name of its own can be read to its end."""
    tomllib.loads((folder / "settings.toml").read_text("utf-8"))
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.suffix == ".png":
            with Image.open(path) as picture:
                picture.load()
        elif path.suffix == ".mp4":
            with av.open(str(path)) as film:
                assert sum(1 for _ in film.decode(video=0)) == 6


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_at_any_moment_everything_with_a_name_is_whole(tmp_path, number) -> None:
    folder = tmp_path / "out"
    moments = np.random.default_rng(int(number))
    process = None
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE)
        try:
            assert process.stdout.readline() == b"at work\n"
            time.sleep(moments.uniform(0.0, 0.25))
            process.send_signal(number)
            assert process.wait(20) == -number
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        check_whole(folder)
    hidden = [path for path in folder.iterdir() if path.name.startswith(".")]
    for path in hidden:
        os.utime(path, (0, 0))
    assert remove_leftovers([folder]) == len(hidden)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    check_whole(folder)
