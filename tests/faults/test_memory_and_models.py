"""No memory, and models that are deleted or damaged under a running app."""

import shutil
import time

import pytest

from tryon_app.app import build_pipeline, load_garment
from tryon_app.cameras.faulty import Fault, FaultyCamera
from tryon_app.cameras.synthetic import SyntheticCamera
from tryon_app.core.errors import ModelError
from tryon_app.core.settings import Settings
from tryon_app.core.types import Worn
from tryon_app.runtime.live import LiveSession, LiveState

MODEL = "pose_landmarker_full.task"


def test_a_stage_without_memory_shows_the_plain_picture_and_goes_on(running, caplog) -> None:
    def no_memory(*_):
        raise MemoryError

    mark = len(running.statuses)
    dress, running.pipeline.dress = running.pipeline.dress, no_memory
    running.until(lambda: any(status.remedy for status in running.statuses[mark:]))
    running.until(running.session.take)
    running.pipeline.dress = dress
    running.until(lambda: running.statuses[-1].state is LiveState.RUNNING and not running.statuses[-1].message)
    said = [record.message for record in caplog.records if record.exc_info and record.exc_info[0] is MemoryError]
    assert said == ["Stage fit failed", "Stage fit keeps failing"]  # each once, however many frames it cost


@pytest.fixture
def own_models(models_cache, needs, tmp_path, monkeypatch):
    """A copy of the pose model that may be spoilt, and no way to fetch another."""
    needs((models_cache / MODEL).is_file(), "the pose model")
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(models_cache / MODEL, folder)
    monkeypatch.setenv("TRYON_MODELS", str(folder))

    def offline(*_args, **_options):
        raise ModelError("The download failed.", "Connect to the internet.")

    monkeypatch.setattr("tryon_app.inference.store.ModelStore._fetch_download", offline)
    return folder


def until(one, what, seconds=60.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, one
        time.sleep(0.02)


@pytest.mark.parametrize("spoilt", ["deleted", "cut short", "overwritten"])
def test_a_model_spoilt_while_it_runs_is_found_at_the_next_start_alone(own_models, spoilt) -> None:
    def session():
        said = []
        made = LiveSession(
            build_pipeline(Settings()), on_frame=lambda: None, on_status=said.append, within=(320, 180), adaptive=False
        )
        return made, said

    first, said = session()
    first.start(SyntheticCamera((320, 180)))
    try:
        until(said, lambda: first.stats().frames > 3)
        file = own_models / MODEL
        if spoilt == "deleted":
            file.unlink()
        elif spoilt == "cut short":
            with file.open("r+b") as opened:
                opened.truncate(100_000)
        else:
            file.write_bytes(b"\0" * file.stat().st_size)
        frames = first.stats().frames
        until(said, lambda: first.stats().frames > frames + 20)
        assert said[-1].state is LiveState.RUNNING
        assert first.stats().failures == 0
    finally:
        first.stop()
    second, said = session()
    second.start(SyntheticCamera((320, 180)))
    try:
        until(said, lambda: any(status.state is LiveState.FAILED for status in said))
        until(said, lambda: second.stats().frames > 3)  # the plain picture
        assert said[-1].state is LiveState.FAILED
        assert said[-1].remedy
    finally:
        second.stop()


def test_the_real_stages_take_whatever_a_camera_sends(models_cache, needs) -> None:
    needs((models_cache / MODEL).is_file(), "the pose model")
    said = []
    camera = FaultyCamera(SyntheticCamera((320, 180)))
    session = LiveSession(
        build_pipeline(Settings()), on_frame=lambda: None, on_status=said.append, within=(320, 180), adaptive=False
    )
    session.set_outfit((Worn(load_garment("tee-white")),))
    session.start(camera)
    try:
        for fault in (Fault.NONE, Fault.RESIZED, Fault.GARBAGE, Fault.NOBODY, Fault.RESIZED, Fault.NONE):
            camera.set_fault(fault)
            frames = session.stats().frames
            until(said, lambda frames=frames: session.stats().frames > frames + 8)
        assert session.stats().failures == 0
        assert {status.state for status in said} == {LiveState.PREPARING, LiveState.RUNNING}
    finally:
        session.stop()
        camera.release()
