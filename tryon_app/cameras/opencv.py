"""Webcams through OpenCV."""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import cv2
import numpy as np

from tryon_app.cameras.discovery import CameraDevice, find_camera, list_cameras
from tryon_app.cameras.lease import Lease
from tryon_app.core.errors import CameraError
from tryon_app.core.types import Frame, UInt8

_RETRY_S = 0.02
_RATE_WINDOW = 30
# OpenCV hands out these kinds of picture when it does not convert them itself.
_TO_RGB = {1: cv2.COLOR_GRAY2RGB, 2: cv2.COLOR_YUV2RGB_YUY2, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}


class Grabber(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether the device was opened."""

    def read(self) -> tuple[bool, Any]:
        """Success and the picture, BGR."""

    def release(self) -> None:
        """Close the device."""


OpenGrabber = Callable[[int, int, Sequence[int]], Grabber]


class OpenCVCamera:
    """A webcam, named by an identity rather than an index, so that it is found again after re-plugging.

    Args:
        identity: Id, name or number as understood by `discovery.find_camera`; "" = the first camera.
        size: Width and height in pixels to ask for; the camera may give another.
        rate: Frames a second to ask for.
        open_grabber: Opens (index, backend, parameters); `cv2.VideoCapture` when None.
        devices: Lists what is plugged in.
        patience_s: How long reads may fail before the stream counts as broken; some cameras take a moment to wake.
    """

    def __init__(
        self,
        identity: str = "",
        *,
        size: tuple[int, int] = (1280, 720),
        rate: int = 30,
        open_grabber: OpenGrabber | None = None,
        devices: Callable[[], tuple[CameraDevice, ...]] = list_cameras,
        patience_s: float = 1.0,
    ) -> None:
        self._identity = identity
        self._size = size
        self._asked_rate = rate
        self._open_grabber = open_grabber or cv2.VideoCapture
        self._devices = devices
        self._patience_s = patience_s
        self._name = identity or "Camera"
        self._lock = threading.Lock()
        self._lease: Lease[Grabber] | None = None
        self._opening = 0
        self._index = self._scene = 0
        self._last_s = 0.0
        self._arrivals: deque[float] = deque(maxlen=_RATE_WINDOW)
        self._next_route = 0

    @property
    def name(self) -> str:
        """What the maker calls it, once it was open; before that the identity asked for."""
        return self._name

    @property
    def live(self) -> bool:
        """Frames come at the camera's own pace."""
        return True

    @property
    def mirrored(self) -> bool:
        """People expect a mirror of a webcam."""
        return True

    @property
    def rate(self) -> float:
        """Frames a second as measured over the last 30; 0 until there are enough. `CAP_PROP_FPS` is not believed."""
        arrivals = tuple(self._arrivals)
        if len(arrivals) < _RATE_WINDOW // 3:
            return 0.0
        return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])

    def open(self) -> None:
        """Find the camera by its identity and start it.

        Each further call begins with the next backend that reaches it: where one gives a black picture another may not.

        Raises:
            CameraError: Not plugged in, not allowed, or in use by another program.
        """
        self.close()
        with self._lock:
            self._opening += 1
            opening = self._opening
        device = find_camera(self._identity, self._devices())
        # From now on the very same device is meant, even if the person said "the first one".
        self._identity, self._name = device.id, device.name
        self._arrivals.clear()
        for _ in device.routes:
            route = device.routes[self._next_route % len(device.routes)]
            self._next_route += 1
            grabber = self._start(*route)
            if grabber is not None:
                self._hold(grabber, opening)
                return
        raise CameraError(f"{device.name} cannot be opened.", _remedy(device))

    def read(self) -> Frame | None:
        """The next picture; blocks until the camera has one, which may be for ever.

        Raises:
            CameraError: Closed, unplugged, or it sends what is no picture.
        """
        lease = self._lease
        if lease is None:
            raise CameraError(f"{self._name} is not open.", "Choose it again.")
        deadline = time.monotonic() + self._patience_s
        while True:
            with lease.use() as grabber:
                image = None if grabber is None else _grab(grabber)
            if lease.given_up:
                raise CameraError(f"{self._name} was closed.", "Choose it again.")
            if image is not None:
                return self._publish(image)
            if time.monotonic() >= deadline:
                raise CameraError(f"{self._name} stopped sending pictures.", "Check its cable.")
            time.sleep(_RETRY_S)

    def close(self) -> None:
        """Release the camera; from any thread, also while `read` hangs."""
        with self._lock:
            lease, self._lease = self._lease, None
            self._opening += 1
        if lease is not None:
            lease.give_up()

    def _hold(self, grabber: Grabber, opening: int) -> None:
        """Keep the device, unless it was closed or opened anew while this opening hung in the driver."""
        with self._lock:
            wanted = opening == self._opening
            if wanted:
                if self._index:  # who knows who stands there by now
                    self._scene += 1
                self._lease = Lease(grabber, lambda handle: handle.release())
        if not wanted:
            grabber.release()
            raise CameraError(f"{self._name} was closed.", "Choose it again.")

    def _start(self, backend: int, index: int) -> Grabber | None:
        """Open one route, with fewer wishes each time: cameras without MJPG or without the size refuse as a whole."""
        width, height = self._size
        size = [cv2.CAP_PROP_FRAME_WIDTH, width, cv2.CAP_PROP_FRAME_HEIGHT, height]
        # Uncompressed 1280x720 does not fit through USB 2 at 30 frames a second: MJPG does.
        mjpg = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")]
        rate = [cv2.CAP_PROP_FPS, self._asked_rate]
        for wishes in (mjpg + size + rate, mjpg + size, size, []):
            with contextlib.suppress(cv2.error):
                grabber = self._open_grabber(index, backend, wishes)
                if grabber.isOpened():
                    return grabber
                grabber.release()
        return None

    def _publish(self, image: UInt8) -> Frame:
        # Two reads within one tick of a coarse clock would share a timestamp, which must rise strictly.
        now = max(time.monotonic(), self._last_s + 1e-6)
        self._last_s = now
        self._arrivals.append(now)
        frame = Frame(
            image=image, index=self._index, timestamp_s=now, captured_s=time.perf_counter(), scene=self._scene
        )
        self._index += 1
        return frame


def _grab(grabber: Grabber) -> UInt8 | None:
    """One picture as read-only RGB, None when the camera gave nothing usable."""
    try:
        done, picture = grabber.read()
    except cv2.error:
        return None
    if not done or not isinstance(picture, np.ndarray) or picture.dtype != np.uint8 or picture.size == 0:
        return None
    channels = picture.shape[2] if picture.ndim == 3 else 1
    if picture.ndim not in {2, 3} or channels not in _TO_RGB or min(picture.shape[:2]) < 2:
        return None
    image: UInt8 = np.ascontiguousarray(cv2.cvtColor(picture, _TO_RGB[channels]))
    image.setflags(write=False)
    return image


def _remedy(device: CameraDevice) -> str:
    if device.path.startswith("/dev/") and not os.access(device.path, os.R_OK | os.W_OK):
        return 'You may not use it: run "sudo usermod -aG video $USER", then log in again.'
    return "Close other programs that use it, allow access in the system's privacy settings, or plug it in again."
