"""Files to render, and a world without models."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tryon_app.__main__ import main

_SPEC = importlib.util.spec_from_file_location("render_fakes", Path(__file__).with_name("render_fakes.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
render_fakes = importlib.util.module_from_spec(_SPEC)
sys.modules["render_fakes"] = render_fakes
_SPEC.loader.exec_module(render_fakes)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch):
    """The composition root's parts, replaced."""
    made = render_fakes.FakeWorld()
    green = np.full((32, 32, 4), (20, 200, 40, 255), np.uint8)
    made.catalogue["tee-green"] = render_fakes.garment("tee-green", green, sizes=("S", "M", "L"))
    made.catalogue["jeans"] = render_fakes.garment("jeans", green, render_fakes.Slot.BOTTOM)
    monkeypatch.setattr("tryon_app.commands.rendering.enlarged._MOST", 1)  # tiny pictures stay as they are
    monkeypatch.setattr("tryon_app.app.build_pipeline", made.build_pipeline)
    monkeypatch.setattr("tryon_app.app.import_photo", made.import_photo)
    monkeypatch.setattr("tryon_app.app.catalogue", lambda: made)
    return made


@pytest.fixture
def tryon(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run a command: exit code and what was written to stderr."""

    def run(*arguments: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert isinstance(ended.value.code, int)
        return ended.value.code, capsys.readouterr().err

    return run


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    """Write a picture with some structure."""

    def write(name: str, colour: tuple[int, ...] = (120, 90, 70), size: tuple[int, int] = (40, 30), **options) -> Path:
        values = np.zeros((size[1], size[0], len(colour)), np.uint8)
        values[:] = colour
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(path, **options)
        return path

    return write
