"""The window on the real live session, with a pipeline that only paints."""

import sys
import time

import numpy as np
import pytest

from tryon_app.core.errors import CameraError, ModelError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Composite, Fit, Frame, Parsing, Pose, Rect
from tryon_app.runtime.live import LiveSession

fakes = sys.modules["fakes"]


class PlugCamera(fakes.FakeCamera):
    """A webcam of one flat picture that can be unplugged."""

    count = 0

    def read(self):
        time.sleep(0.02)
        if self.broken:
            raise CameraError(f"{self.name} stopped sending pictures.", "Check its cable.")
        self.count += 1
        image = self.plain()
        image[0, 0, 1] = self.count % 256  # a sensor's noise
        return Frame(image, self.count, time.monotonic())


class Painter:
    """All four stages: somebody is always there, and the outfit is a flat colour."""

    def __init__(self):
        self.broken = False

    def open(self, mode="video"):
        if self.broken:
            raise ModelError("The model 'pose' is damaged: it was cut short.", "Run `tryon models fetch pose`.")

    def reset(self):
        pass

    def close(self):
        pass

    def estimate(self, frame):
        nowhere = np.zeros((33, 2), np.float32)
        flat = np.zeros(33, np.float32)
        return Pose(nowhere, flat, np.zeros((33, 3), np.float32), flat, flat)

    def parse(self, frame, pose):
        return Parsing(np.zeros((2, 2), np.float32))

    def fit(self, frame, pose, parsing, outfit):
        self.outfit = outfit
        return Fit()

    def watch(self, frame):
        pass

    def composite(self, frame, pose, parsing, fit):
        image = np.full_like(frame.image, fakes.colour_of(self.outfit[-1].garment.id))
        return Composite(image, Rect(0, 0, frame.width, frame.height))


@pytest.fixture
def live(world, open_window, monkeypatch):
    painter = Painter()
    world.sources = {"camera:one": PlugCamera(mirrored=True)}

    def prepare(settings, progress):
        pipeline = Pipeline(painter, painter, painter, painter)

        def make(on_frame, on_status):
            return LiveSession(pipeline, on_frame=on_frame, on_status=on_status, target_fps=30, adaptive=False)

        return make

    monkeypatch.setattr(world, "_prepare", prepare)
    return painter, open_window


def test_dressed_frames_reach_the_window(live, world):
    _, open_window = live
    window = open_window()
    window.until_colour("picture", 0.5, 0.3, fakes.colour_of("navy-tee"))
    window.app.preferences.toggleDiagnostics()
    window.until(lambda: window.app.stage.figures.get("size") == "320 × 180", "the figures")
    assert {stage["name"] for stage in window.app.stage.figures["stages"]} >= {"Pose", "Composite"}


def test_unplugged_and_plugged_in_again(live, world):
    _, open_window = live
    window = open_window()
    window.until(lambda: window.app.stage.state == "running", "the picture")
    world.sources["camera:one"].broken = True
    window.until(lambda: window.shows("banner_source"), "the banner")
    world.sources["camera:one"].broken = False
    window.until(lambda: window.app.stage.state == "running", "the picture again")
    window.until(lambda: not window.shows("banner_source"), "no banner")


def test_switching_to_another_camera(live, world):
    _, open_window = live
    world.sources["camera:two"] = PlugCamera("Second camera", size=(240, 320))
    window = open_window()
    window.until(lambda: window.app.stage.state == "running", "the picture")
    window.app.stage.pick("camera:two")
    window.until(lambda: window.app.pump.aspect == pytest.approx(0.75), "the upright picture")


def test_a_damaged_model_is_said_and_another_try_works(live):
    painter, open_window = live
    painter.broken = True
    window = open_window()
    window.until(lambda: window.shows("banner_models"), "the banner")
    assert "tryon models fetch" in window.app.notices.banners[0]["remedy"]
    window.until_colour("picture", 0.5, 0.3, fakes.PLAIN)  # themselves, undressed, rather than nothing
    assert window.shows("banner_models")
    painter.broken = False
    window.click("bannerAction")
    window.until_colour("picture", 0.5, 0.3, fakes.colour_of("navy-tee"))
    assert not window.shows("banner_models")


def test_a_film_that_is_gone_is_said_once_with_its_remedy_and_may_be_tried_again(live, world, tmp_path):
    _, open_window = live
    film = PlugCamera("dance.mp4", live=False, broken=True)
    tries = []
    film.open = lambda: tries.append(1) or fakes.FakeCamera.open(film)
    world.sources["dance.mp4"] = film
    window = open_window(source="dance.mp4")
    window.until(lambda: window.shows("banner_source"), "the banner")
    assert window.app.stage.state == "stopped"
    assert window.app.notices.banners[0]["remedy"]
    assert tries == [1]
    film.broken = False
    window.click("bannerAction")
    window.until(lambda: window.app.stage.state == "running", "the film")
    assert not window.shows("banner_source")
