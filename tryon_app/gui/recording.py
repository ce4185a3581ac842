"""Writes what is shown to a video file on a thread of its own; a slow disk costs frames, never the view."""

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.protocols import Recorder
from tryon_app.core.types import UInt8

WAITING_FRAMES = 8
MakeRecorder = Callable[[Path, tuple[int, int], float], Recorder]


class Recording:
    """One file being written.

    Args:
        path: The file.
        rate: Frames a second to expect.
        mirrored: Whether to write each picture as in a mirror.
        make_recorder: Builds the encoder, on the writing thread.
        on_end: Called on the writing thread when the file is finished: (path, error or None).
    """

    def __init__(
        self,
        path: Path,
        rate: float,
        mirrored: bool,
        make_recorder: MakeRecorder,
        on_end: Callable[[Path, Exception | None], None],
    ) -> None:
        self.path = path
        self.started = time.monotonic()
        self.dropped = 0
        self._rate = rate
        self._mirrored = mirrored
        self._make_recorder = make_recorder
        self._on_end = on_end
        self._queue: queue.Queue[tuple[UInt8, tuple[int, int], float]] = queue.Queue(WAITING_FRAMES)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="gui-recording")
        self._thread.start()

    def offer(self, image: UInt8, full_size: tuple[int, int]) -> None:
        """Add a picture unless the encoder is behind; returns at once.

        Args:
            image: uint8 RGB, H x W x 3.
            full_size: Width and height that it has at full quality; those of the first picture are the file's.
        """
        try:
            self._queue.put_nowait((image, full_size, time.monotonic() - self.started))
        except queue.Full:
            self.dropped += 1

    def finish(self) -> None:
        """Write what waits and end the file; `on_end` follows."""
        self._closing.set()

    def join(self) -> None:
        """Wait for the end of the writing thread."""
        self._thread.join()

    def _write_all(self) -> None:
        recorder: Recorder | None = None
        error: Exception | None = None
        try:
            size = (0, 0)
            while (item := self._next()) is not None:
                image, full_size, when = item
                if recorder is None:
                    # Encoders of 4:2:0 video want even sizes.
                    size = (full_size[0] // 2 * 2, full_size[1] // 2 * 2)
                    recorder = self._make_recorder(self.path, size, self._rate)
                recorder.write(self._prepared(image, size), when)
        except Exception as problem:
            error = problem
        if recorder is not None:
            try:
                recorder.close()
            except Exception as problem:
                error = error or problem
        self._on_end(self.path, error)

    def _next(self) -> tuple[UInt8, tuple[int, int], float] | None:
        while True:
            try:
                return self._queue.get(timeout=0.1)
            except queue.Empty:
                if self._closing.is_set():
                    return None

    def _prepared(self, image: UInt8, size: tuple[int, int]) -> UInt8:
        if (image.shape[1], image.shape[0]) != size:
            # The processing size adapts, and the source may be changed, while the file's size cannot.
            image = fitted(image, size)
        return np.ascontiguousarray(image[:, ::-1]) if self._mirrored else image


def fitted(image: UInt8, size: tuple[int, int]) -> UInt8:
    """The picture scaled into a size, whole and in its own shape, black beside it.

    Args:
        image: uint8 RGB, H x W x 3.
        size: Width and height.
    """
    height, width = image.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    # A pixel or two of rounding is no other shape.
    across, down = (
        wanted if abs(side * scale - wanted) < 3 else round(side * scale)
        for side, wanted in zip((width, height), size, strict=True)
    )
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(image, (across, down), interpolation=way), np.uint8)
    if (across, down) == size:
        return scaled
    whole = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - across) // 2, (size[1] - down) // 2
    whole[top : top + down, left : left + across] = scaled
    return whole
