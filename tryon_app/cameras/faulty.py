"""A camera with faults on demand, for soak runs and tests: whatever plays in it comes at a webcam's pace."""

import threading
import time
from enum import StrEnum

import cv2
import numpy as np

from tryon_app.core.errors import CameraError
from tryon_app.core.protocols import Camera
from tryon_app.core.types import Frame, UInt8

_RATE = 30.0
_GREY = 128


class Fault(StrEnum):
    """What is wrong with it."""

    NONE = "none"
    UNPLUGGED = "unplugged"
    FROZEN = "frozen"
    BLACK = "black"
    STUCK = "stuck"
    RESIZED = "resized"
    GARBAGE = "garbage"
    DEVICE_ERROR = "device error"
    NOBODY = "nobody"


class FaultyCamera:
    """Shows what another source shows, as a webcam that can be broken and mended at any time, from any thread.

    Args:
        inner: What it shows.
        rate: Frames a second.
    """

    def __init__(self, inner: Camera, rate: float = _RATE) -> None:
        self._inner = inner
        self._rate = rate
        self._changed = threading.Condition()
        self._fault = Fault.NONE
        self._generation = 0
        self._is_open = False
        self._next_s = self._last_s = 0.0
        self._index = 0
        self._random = np.random.default_rng(0)

    @property
    def name(self) -> str:
        """What it shows."""
        return self._inner.name

    @property
    def live(self) -> bool:
        """It keeps its own pace and is opened again when it fails."""
        return True

    @property
    def mirrored(self) -> bool:
        """As a webcam."""
        return True

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self._rate

    @property
    def fault(self) -> Fault:
        """What is wrong now."""
        return self._fault

    def set_fault(self, fault: Fault) -> None:
        """Break it in another way, or mend it."""
        with self._changed:
            self._fault = fault
            self._changed.notify_all()

    def open(self) -> None:
        """Start; an open one starts again.

        Raises:
            CameraError: It is unplugged.
        """
        with self._changed:
            if self._fault is Fault.UNPLUGGED:
                raise CameraError(f"{self.name} cannot be opened.", "Check its cable.")
            self._generation += 1
            self._changed.notify_all()
            if self._index == 0:
                self._inner.open()
            self._is_open = True
            self._next_s = time.monotonic()

    def read(self) -> Frame | None:
        """The next picture when its time has come; blocks as long as it is frozen.

        Raises:
            CameraError: It is not open, unplugged, or was closed meanwhile.
        """
        with self._changed:
            if not self._is_open:
                raise CameraError(f"{self.name} is not open.", "Choose it again.")
            generation = self._generation
            self._next_s = max(self._next_s + 1.0 / self._rate, time.monotonic())
            self._changed.wait_for(lambda: generation != self._generation, self._next_s - time.monotonic())
            self._changed.wait_for(lambda: generation != self._generation or self._fault is not Fault.FROZEN)
            if generation != self._generation:
                raise CameraError(f"{self.name} was closed.", "Choose it again.")
            if self._fault is Fault.UNPLUGGED:
                raise CameraError(f"{self.name} stopped sending pictures.", "Check its cable.")
            if self._fault is Fault.DEVICE_ERROR:
                raise RuntimeError("the driver returned an error that nobody knows")
            inner = self._inner.read()
            return None if inner is None else self._publish(inner)

    def close(self) -> None:
        """Stop; from any thread, also while `read` is frozen. What it shows goes on where it was when opened again."""
        with self._changed:
            self._generation += 1
            self._is_open = False
            self._changed.notify_all()

    def release(self) -> None:
        """Close what it shows, too."""
        self.close()
        self._inner.close()

    def _publish(self, inner: Frame) -> Frame:
        self._last_s = max(time.monotonic(), self._last_s + 1e-6)
        image = self._spoilt(inner.image)
        image.flags.writeable = False
        frame = Frame(
            image, index=self._index, timestamp_s=self._last_s, captured_s=time.perf_counter(), scene=inner.scene
        )
        self._index += 1
        return frame

    def _spoilt(self, image: UInt8) -> UInt8:
        if self._fault is Fault.BLACK:
            return np.zeros_like(image)
        if self._fault is Fault.GARBAGE:
            return self._random.integers(0, 256, image.shape, np.uint8)
        if self._fault is Fault.NOBODY:
            return self._random.integers(_GREY - 2, _GREY + 3, image.shape, np.uint8)
        if self._fault is Fault.STUCK:
            return np.full_like(image, _GREY)
        if self._fault is Fault.RESIZED:
            height, width = image.shape[:2]
            narrow = image[:, width // 4 : width - width // 4]
            return np.asarray(cv2.resize(narrow, (width // 4 * 2, height // 2 * 2 - 2)), np.uint8)
        return image
