import os
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from tryon_app.cameras.synthetic import SyntheticCamera
from tryon_app.commands.mirror import services
from tryon_app.core.errors import ModelError
from tryon_app.core.settings import Settings


def tryon(*arguments, **environment):
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    env.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, "-m", "tryon_app", *arguments],
        env=env | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays of Linux")
@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ":1789"}])
def test_without_a_display_one_line_says_what_helps(environment):
    ended = tryon("mirror", **environment)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("error: There is no display")
    assert "xvfb-run -a tryon mirror" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_an_unknown_language_is_wrong_usage():
    ended = tryon("mirror", "--language", "xx")
    assert ended.returncode == 2
    assert "zh_CN" in ended.stderr


@pytest.mark.parametrize(
    ("size", "wanted"), [((300, 400), (540, 720)), ((1600, 900), (1280, 720)), ((100, 900), (404, 720))]
)
def test_a_slideshow_takes_the_shape_of_its_pictures(tmp_path, size, wanted):
    picture = tmp_path / "person.png"
    Image.fromarray(np.full((size[1], size[0], 3), 120, np.uint8)).save(picture)
    for spec in (picture, tmp_path):
        camera = services().open_source(str(spec), Settings(), lambda *_: None)
        camera.open()
        frame = camera.read()
        camera.close()
        assert (frame.width, frame.height) == wanted


def test_a_damaged_first_picture_is_passed_over(tmp_path):
    (tmp_path / "a.png").write_bytes(b"not a picture")
    Image.fromarray(np.full((400, 300, 3), 120, np.uint8)).save(tmp_path / "b.png")
    camera = services().open_source(str(tmp_path), Settings(), lambda *_: None)
    camera.open()
    assert camera.read().width == 540
    camera.close()


def test_without_models_the_window_gets_a_session_that_says_why(monkeypatch):
    error = ModelError("The pose model cannot be fetched.", "Connect to the internet.")

    class Store:
        def ensure(self, *_):
            raise error

    monkeypatch.setattr("tryon_app.app.model_store", Store)
    said, frames = [], []
    session = services().prepare(Settings(), lambda *_: None)(lambda: frames.append(1), said.append)
    session.start(SyntheticCamera((64, 48)))
    try:
        end = time.monotonic() + 10
        while not (frames and any(status.state == "failed" for status in said)) and time.monotonic() < end:
            time.sleep(0.01)
        live = session.take()
    finally:
        session.stop()
    failed = [status for status in said if status.state == "failed"]
    assert {(status.message, status.remedy) for status in failed} == {(error.message, error.remedy)}
    assert live.composite.image is live.frame.image
