"""A camera that does what it is told, and a pipeline that paints."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tryon_app.core.errors import CameraError
from tryon_app.core.types import Composite, Frame, Parsing, Perception, Pose, Rect
from tryon_app.runtime.live import LiveSession
from tryon_app.runtime.states import LiveState, LiveStatus


class ScriptedCamera:
    """Counts frames; may be unplugged, hang, go black or end."""

    def __init__(self, *, live: bool = True, rate: float = 200.0, length: int = 10**9) -> None:
        self.name, self.live, self.mirrored, self.rate = "Scripted camera", live, False, rate
        self.length = length
        self.unplugged = False
        self.black = self.stuck = False
        self.hang = threading.Event()
        self.opening_s = 0.0
        self.opened = self.closed = 0
        self._index = 0
        self._origin = time.monotonic()

    def open(self) -> None:
        if self.unplugged:
            raise CameraError("The scripted camera is gone.", "Plug it in.")
        self.opened += 1
        time.sleep(self.opening_s)

    def read(self) -> Frame | None:
        if self.hang.is_set():
            while self.hang.is_set():
                time.sleep(0.01)
            return None
        if self.unplugged:
            raise CameraError("The scripted camera was pulled out.", "Plug it in.")
        if self._index >= self.length:
            return None
        time.sleep(1.0 / self.rate)
        self._index += 1
        image = np.full((90, 160, 3), 0 if self.black else 120, np.uint8)
        if not self.black and not self.stuck:
            image[-10, 0, 1] = self._index % 256  # a sensor's noise
        return Frame(image, self._index, self._index / self.rate)

    def close(self) -> None:
        self.closed += 1


_FLAT = np.zeros(33, np.float32)
STANDING = Pose(np.zeros((33, 2), np.float32), _FLAT, np.zeros((33, 3), np.float32), _FLAT, _FLAT)


class PaintingPipeline:
    """The calls of `Pipeline` that a session makes; fails when told to."""

    def __init__(self) -> None:
        self.opened = self.closed = self.resets = 0
        self.fail_open: Exception | None = None
        self.fail_dress = False
        self.slow_s = self.slow_read_s = self.slow_dress_s = 0.0
        self.fail_read = False
        self.reading = False
        self.read_on: list[str] = []
        self.read_frames: list[int] = []
        self.threads: set[str] = set()
        self.providers = {"pose": "paint"}
        self.notices: tuple[Any, ...] = ()

    def open(self, mode: str) -> None:
        assert mode == "video"
        if self.fail_open:
            raise self.fail_open
        self.opened += 1

    def close(self) -> None:
        self.closed += 1

    def reset_perception(self) -> None:
        self.resets += 1

    def reset_dressing(self) -> None:
        pass

    def find(self, frame: Frame) -> Perception:
        self.threads.add(threading.current_thread().name)
        time.sleep(self.slow_s)
        return Perception(pose=STANDING)

    def read(self, frame: Frame, found: Perception, outfit: tuple[Any, ...]) -> Perception:
        if found.parsing is not None or not outfit:
            return found
        assert not self.reading, "never for two frames at once"
        self.reading = True
        self.read_on.append(threading.current_thread().name)
        self.read_frames.append(frame.index)
        time.sleep(self.slow_read_s)
        self.reading = False
        if self.fail_read:
            raise ValueError("the needle broke")
        return replace(found, parsing=Parsing(np.ones((2, 2), np.float32)))

    def dress(self, frame: Frame, perception: Any, outfit: tuple[Any, ...]) -> Composite:
        self.threads.add(threading.current_thread().name)
        time.sleep(self.slow_dress_s)
        if self.fail_dress:
            raise ValueError("a seam burst")
        image = frame.image.copy()
        image[:] = 10 + len(outfit)
        return Composite(image, Rect(0, 0, 4, 4), stages={"pose": 0.001, "composite": 0.001}, person=True)


class Bench:
    """A session with everything it said."""

    def __init__(self, **options: Any) -> None:
        self.pipeline = PaintingPipeline()
        self.statuses: list[LiveStatus] = []
        self.signals = 0
        self.session = LiveSession(
            self.pipeline,  # type: ignore[arg-type]
            on_frame=self._count,
            on_status=self.statuses.append,
            **options,
        )

    def _count(self) -> None:
        self.signals += 1

    def until(self, what: Callable[[], Any], seconds: float = 8.0) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = what()
            if found:
                return found
            time.sleep(0.005)
        raise AssertionError(f"did not happen; said {self.statuses}")

    def said(self, state: LiveState, after: int = 0) -> bool:
        return any(status.state is state for status in self.statuses[after:])


@pytest.fixture
def make_camera() -> type[ScriptedCamera]:
    return ScriptedCamera


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        made.append(Bench(**options))
        return made[-1]

    yield make
    for one in made:
        one.session.stop()
