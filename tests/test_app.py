"""The composition root: which parsing network takes its place, and what happens when it cannot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.inference.declared import FILE, declare_parsing
from tryon_app import app
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.settings import Settings, load_settings
from tryon_app.core.types import Category, Frame, Garment, GarmentView, Labels, Outfit, Slot, Worn
from tryon_app.inference.manifest import Manifest
from tryon_app.inference.store import ModelStore
from tryon_app.perception.scripted import ScriptedPose


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return tmp_path / "shipped"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, shipped: Path, tmp_path: Path) -> Callable[[Manifest], None]:
    """Put a manifest in the place of the one that ships; the pose is played."""
    monkeypatch.setattr("tryon_app.perception.mediapipe_pose.MediaPipePose", lambda *_, **__: ScriptedPose())

    def put(manifest: Manifest) -> None:
        store = ModelStore(manifest, tmp_path / "cache", bundled=(shipped,))
        monkeypatch.setattr(app, "model_store", lambda: store)

    return put


OUTFIT: Outfit = (Worn(Garment("tee", {}, Slot.TOP, Category.TEE, GarmentView(np.zeros((8, 8, 4), np.uint8), {}))),)


@contextmanager
def opened(settings: Settings | None = None, networks: bool = True) -> Iterator[Pipeline]:
    pipeline = app.build_pipeline(settings or Settings(), networks=networks)
    pipeline.open("image")
    try:
        yield pipeline
    finally:
        pipeline.close()


def labels(pipeline: Pipeline) -> Labels | None:
    perception = pipeline.perceive(Frame(np.full((120, 160, 3), 90, np.uint8)), OUTFIT)
    assert perception.parsing is not None
    return perception.parsing.labels


def test_the_network_of_the_manifest_gives_labels(use: Callable[[Manifest], None], shipped: Path) -> None:
    use(declare_parsing(shipped))
    with opened() as pipeline:
        assert labels(pipeline) is not None
        assert pipeline.providers["parsing"].startswith("ONNX Runtime")
        assert pipeline.notices == ()


def test_what_was_read_is_not_read_again(use: Callable[[Manifest], None], shipped: Path) -> None:
    use(declare_parsing(shipped))
    frame = Frame(np.full((120, 160, 3), 90, np.uint8))
    with opened() as pipeline:
        found = pipeline.find(frame)
        assert found.pose is not None
        assert found.parsing is None
        assert pipeline.read(frame, found, ()) is found
        read = pipeline.read(frame, found, OUTFIT)
        assert read.parsing is not None
        assert list(read.stages) == ["pose", "parse"]
        assert pipeline.read(frame, read, OUTFIT) is read


def test_a_manifest_without_one_is_nothing_to_talk_about(use: Callable[[Manifest], None]) -> None:
    use(Manifest(version=1, downloads={}, models={}))
    with opened() as pipeline:
        assert labels(pipeline) is None
        assert pipeline.providers == {}
        assert pipeline.notices == ()


def test_it_is_left_out_when_told_so(use: Callable[[Manifest], None], shipped: Path) -> None:
    use(declare_parsing(shipped))
    without = Settings().changed("live", networks=False)
    for settings, networks in ((Settings(), False), (without, True), (without, False)):
        with opened(settings, networks) as pipeline:
            assert labels(pipeline) is None
            assert pipeline.notices == ()


@pytest.mark.parametrize("content", [None, b"damaged"])
def test_a_broken_one_is_done_without_and_said(
    use: Callable[[Manifest], None], shipped: Path, content: bytes | None
) -> None:
    use(declare_parsing(shipped))
    (shipped / FILE).unlink()
    if content is not None:
        (shipped / FILE).write_bytes(content)
    with opened() as pipeline:
        assert labels(pipeline) is None
        (notice,) = pipeline.notices
        assert FILE in notice.message
        assert "install the app again" in notice.remedy


def test_the_setting_is_on_for_files_of_before_it_was_there(tmp_path: Path) -> None:
    old = tmp_path / "settings.toml"
    old.write_text("version = 1\n[live]\ntarget_fps = 24\n")
    problems: list[str] = []
    settings = load_settings(old, report=problems.append)
    assert (settings.live.networks, settings.live.target_fps, problems) == (True, 24, [])
    old.write_text("version = 1\n[live]\nnetworks = false\n")
    assert not load_settings(old).live.networks
