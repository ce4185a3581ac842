"""Disks that fill up while something is written."""

import time
from contextlib import suppress

import numpy as np
import pytest

from tryon_app.core.errors import OutputError
from tryon_app.core.settings import Settings, load_settings, save_settings
from tryon_app.gui.recording import Recording
from tryon_app.outputs.recorder import VideoRecorder
from tryon_app.outputs.snapshot import save_snapshot

NOISE = np.random.default_rng(0).integers(0, 255, (360, 640, 3), np.uint8)


def fill(folder) -> None:
    """Leave no room."""
    with (folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


def others(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "filler")


def test_a_recording_ends_with_its_remedy_and_leaves_no_half_film(mounted) -> None:
    folder = mounted("size=1m")
    ended = []
    recording = Recording(
        folder / "tryon.mp4",
        30.0,
        False,
        lambda path, size, rate: VideoRecorder(path, size, rate, realtime=True),
        lambda path, error: ended.append(error),
    )
    end = time.monotonic() + 60
    while not ended and time.monotonic() < end:
        recording.offer(np.roll(NOISE, int(time.monotonic() * 1000) % 640, axis=1), (640, 360))
        time.sleep(0.005)
    recording.finish()
    recording.join()
    assert isinstance(ended[0], OutputError)
    assert "disk is full" in ended[0].remedy
    assert others(folder) == []


def test_a_snapshot_fails_with_its_remedy_and_leaves_earlier_ones_whole(mounted) -> None:
    folder = mounted("size=2m")
    first = save_snapshot(NOISE, folder)
    before = first.read_bytes()
    fill(folder)
    with pytest.raises(OutputError) as caught:
        save_snapshot(NOISE, folder)
    assert "disk is full" in caught.value.remedy
    assert others(folder) == [first.name]
    assert first.read_bytes() == before


def test_settings_stay_as_they_were(mounted) -> None:
    folder = mounted("size=1m")
    path = folder / "settings.toml"
    save_settings(Settings().changed("view", language="zh_CN"), path)
    fill(folder)
    long = "/films/" + "x" * 5000
    with pytest.raises(OutputError) as caught:
        save_settings(Settings().changed("camera", source=long), path)
    assert caught.value.remedy
    assert load_settings(path).view.language == "zh_CN"
    assert others(folder) == ["settings.toml"]
