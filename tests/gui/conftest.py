"""An open window on fakes; whatever Qt or QML complains of fails the test."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str) -> ModuleType:
    """A helper module beside this file (the tests are no package)."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


fakes = _load("fakes")
driver = _load("driver")

# Said by Qt about the machine, not about the window.
EXPECTED = ("qt.multimedia.ffmpeg", "Using Qt multimedia", "libva", "pipewire", "PipeWire", "No GL implementation")


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    said: list[str] = []

    def listen(kind: QtMsgType, context: object, message: str) -> None:
        category = getattr(context, "category", "") or ""
        known = any(part in message or part in category for part in EXPECTED)
        if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) and not known:
            said.append(message)

    before = qInstallMessageHandler(listen)
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: said.append(repr(error)))
    yield said
    qInstallMessageHandler(before)


@pytest.fixture
def world(tmp_path: Path) -> "fakes.FakeWorld":
    folder = tmp_path / "world"
    folder.mkdir()
    settings = fakes.Settings().changed("view", language="en", theme="light").changed("capture", countdown_s=1)
    return fakes.FakeWorld(folder, settings=settings)


@pytest.fixture
def open_window(world: "fakes.FakeWorld", complaints: list[str]) -> Iterator[Callable[..., "driver.Driver"]]:
    """`open_window(source=..., garments=...)` -> a driver; the window is closed at the end of the test."""
    from PySide6.QtTest import QTest

    from tryon_app.gui.services import Start
    from tryon_app.gui.window import make_application
    from tryon_app.gui.window import open_window as opened

    make_application()
    with ExitStack() as stack:

        def start(**options: object) -> "driver.Driver":
            window, app = stack.enter_context(opened(world.services(), Start(**options)))
            window.requestActivate()
            assert QTest.qWaitForWindowActive(window, 10_000)
            return driver.Driver(window, app)

        yield start
    assert not complaints


@pytest.fixture
def mirror(open_window: Callable[..., "driver.Driver"]) -> "driver.Driver":
    """The window with the fake camera running and the first garment worn."""
    window = open_window()
    window.until(lambda: window.app.pump.hasPicture, "the first picture")
    window.until(lambda: window.app.wardrobe.worn, "the first garment")
    return window
