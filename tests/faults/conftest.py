"""A live session on a camera that breaks, with a pipeline that paints."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tryon_app.cameras.faulty import FaultyCamera
from tryon_app.cameras.synthetic import SyntheticCamera

_NAME = "runtime_fakes"
if _NAME not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location(_NAME, Path(__file__).parents[1] / "runtime" / "conftest.py")
    assert _SPEC is not None
    assert _SPEC.loader is not None
    _MODULE = importlib.util.module_from_spec(_SPEC)
    sys.modules[_NAME] = _MODULE
    _SPEC.loader.exec_module(_MODULE)
bench = sys.modules[_NAME].bench


@pytest.fixture
def camera() -> Iterator[FaultyCamera]:
    """A webcam of 160x90 that can be broken."""
    made = FaultyCamera(SyntheticCamera((160, 90)), rate=60.0)
    yield made
    made.release()


@pytest.fixture
def running(bench, camera):
    """The session, showing its camera."""
    one = bench(adaptive=False)
    one.session.start(camera)
    one.until(one.session.take)
    return one
