"""A pretended `cv2.VideoCapture` and pretended devices: no test needs hardware."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tryon_app.cameras.discovery import CameraDevice

V4L2, OTHER = 200, 700


def picture(bgr: tuple[int, int, int] = (10, 20, 200), size: tuple[int, int] = (64, 48)) -> np.ndarray:
    image = np.empty((size[1], size[0], 3), np.uint8)
    image[:] = bgr
    return image


@dataclass
class FakeGrabber:
    """Plays what its desk tells it to."""

    desk: "Desk"
    route: tuple[int, int]
    opened: bool
    released: int = 0

    def isOpened(self) -> bool:  # noqa: N802
        return self.opened

    def read(self) -> tuple[bool, Any]:
        assert not self.released, "read after release"
        return self.desk.read(self.route)

    def release(self) -> None:
        self.released += 1


@dataclass
class Desk:
    """What is plugged in: `devices` as listed, `plays` (backend, index) -> what a read gives."""

    devices: tuple[CameraDevice, ...] = ()
    plays: dict[tuple[int, int], Callable[[], tuple[bool, Any]]] = field(default_factory=dict)
    accepts: Callable[[Sequence[int]], bool] = lambda wishes: True
    opened: list[tuple[int, int, list[int]]] = field(default_factory=list)
    grabbers: list[FakeGrabber] = field(default_factory=list)

    def plug(self, identity: str, name: str, *routes: tuple[int, int], play: Callable[[], tuple[bool, Any]]) -> None:
        self.devices += (CameraDevice(identity, name, "", routes),)
        self.plays.update(dict.fromkeys(routes, play))

    def unplug(self) -> None:
        self.devices, self.plays = (), {}

    def listing(self) -> tuple[CameraDevice, ...]:
        return self.devices

    def open_grabber(self, index: int, backend: int, wishes: Sequence[int]) -> FakeGrabber:
        self.opened.append((backend, index, list(wishes)))
        route = (backend, index)
        grabber = FakeGrabber(self, route, route in self.plays and self.accepts(wishes))
        self.grabbers.append(grabber)
        return grabber

    def read(self, route: tuple[int, int]) -> tuple[bool, Any]:
        play = self.plays.get(route)
        return (False, None) if play is None else play()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def good() -> Callable[[], tuple[bool, Any]]:
    return lambda: (True, picture())


@dataclass
class Hanging:
    """A driver that blocks in a read until it is let go."""

    entered: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> tuple[bool, Any]:
        self.entered.set()
        assert self.let_go.wait(20)
        return True, picture()


@pytest.fixture
def hanging():
    driver = Hanging()
    yield driver
    driver.let_go.set()


@pytest.fixture
def info() -> Callable[..., SimpleNamespace]:
    """Makes what `cv2_enumerate_cameras` lists."""

    def make(index: int, name: str | None = "HD Webcam", path: str | None = None, usb: tuple[int, int] | None = None):
        vid, pid = usb or (None, None)
        return SimpleNamespace(index=index, name=name, path=path, vid=vid, pid=pid, backend=V4L2)

    return make


@pytest.fixture
def paint() -> Callable[..., np.ndarray]:
    return picture
