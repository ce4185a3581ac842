"""The thread that reads a camera: newest frame wins, files keep their own pace, broken streams are opened again."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tryon_app.core.errors import TryOnError
from tryon_app.core.protocols import Camera, FitsWithin
from tryon_app.core.types import Frame
from tryon_app.runtime.latest import LatestSlot
from tryon_app.runtime.scaling import scaled
from tryon_app.runtime.stream_watch import StreamWatch, Verdict

_log = logging.getLogger(__name__)
_BACK_OFF_S = (0.3, 0.6, 1.2, 2.5, 5.0)
_HAND_OVER_S = 2.0
_STALLED_S = 1.5
_OPENING_S = 10.0
"""A camera may take this long to open and to deliver its first frame, each time anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Captured:
    """A frame on its way.

    Attributes:
        frame: At processing size, `captured_s` set.
        original: As the camera handed it over.
        epoch: Of the source.
        read_s: Seconds that reading and scaling took.
    """

    frame: Frame
    original: Frame
    epoch: int
    read_s: float


class Capture:
    """Reads one camera on a thread of its own.

    Args:
        camera: The source; opened and closed on the thread.
        epoch: Goes with every frame.
        slot: Where frames go.
        on_trouble: Told epoch, message and remedy when frames stop coming.
        on_end: Told epoch, message and remedy once when a source is over: one that does not loop has ended, or a file
            cannot be read. A camera is never over: it is opened again.
        within: Width and height that larger frames are scaled down to.
        paced: Play files at their own rate; False hands over the next frame when the slot is free.
        before: The capture before this one: its camera is released first, as both may be the same device.
    """

    def __init__(
        self,
        camera: Camera,
        epoch: int,
        slot: LatestSlot[Captured],
        *,
        on_trouble: Callable[[int, str, str], None],
        on_end: Callable[[int, str, str], None],
        within: tuple[int, int],
        paced: bool = True,
        before: "Capture | None" = None,
    ) -> None:
        self.camera = camera
        self.epoch = epoch
        self._slot = slot
        self._on_trouble = on_trouble
        self._on_end = on_end
        self._within = within
        self._paced = paced
        self._before = before
        self._watch = StreamWatch() if before is None or before.camera is not camera else before.watch
        self._stop = threading.Event()
        self._left_behind = False
        self._alive_s = time.monotonic()
        self._delivering = False
        self._start: tuple[float, float, int] | None = None
        self._thread = threading.Thread(target=self._run, name=f"capture-{epoch}", daemon=True)

    @property
    def watch(self) -> StreamWatch:
        """What is known of the camera's pictures, for the capture that opens it again."""
        return self._watch

    @property
    def hangs(self) -> bool:
        """Whether the camera gave no sign of life for too long: the driver may block inside a call for ever."""
        patience = _STALLED_S if self._delivering else _OPENING_S
        return time.monotonic() - self._alive_s > patience

    def set_paced(self, paced: bool) -> None:
        """Play a file at its own rate from the next frame on, or as fast as it is wanted."""
        self._start, self._paced = None, paced

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Stop after the current read; returns at once."""
        self._stop.set()

    def leave_behind(self) -> None:
        """Give up on a call that hangs. The next capture of the same camera opens it anew: when the call does come
        back, this one must not close what by then belongs to the other.
        """
        self._left_behind = True
        self._stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False when it hangs inside the driver (it is a daemon and is left behind)."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if self._before is not None:
            self._before.join(_HAND_OVER_S)
            self._before = None
        if isinstance(self.camera, FitsWithin):
            self.camera.fit_within(self._within)
        failures = 0
        while not self._stop.is_set():
            try:
                self.camera.open()
                self._alive_s = time.monotonic()
                self._start = None
                ended = self._read_on()
                if ended:
                    self._on_end(self.epoch, "The source has ended.", "")
                    break
                failures = 0
            except Exception as error:
                if self._failed(error):
                    break
                # A camera that did deliver starts with the shortest pause again.
                failures = 1 if self._delivering else failures + 1
            finally:
                self._alive_s, self._delivering = time.monotonic(), False
                self._close()
            pause = _BACK_OFF_S[min(max(failures, 1) - 1, len(_BACK_OFF_S) - 1)]
            self._alive_s = time.monotonic()
            self._stop.wait(pause)
        self._close()

    def _failed(self, error: Exception) -> bool:
        """Say why the source failed; whether it is over: a file does not come back by itself, a camera does."""
        if isinstance(error, TryOnError):
            message, remedy = error.message, error.remedy
        else:
            _log.error("The camera failed", exc_info=error)
            message, remedy = f"{self.camera.name} failed ({error}).", "Choose another source or plug it in again."
        if self.camera.live:
            self._trouble(message, remedy)
        elif not self._stop.is_set():
            self._on_end(self.epoch, message, remedy)
        return not self.camera.live

    def _close(self) -> None:
        if self._left_behind:
            return
        try:
            self.camera.close()
        except Exception:
            _log.exception("Closing the camera failed")

    def _read_on(self) -> bool:
        """Read until told to stop (False), the stream shows nothing any more (False) or ends (True)."""
        self._watch.begin()
        while not self._stop.is_set():
            begin = time.perf_counter()
            frame = self.camera.read()
            if frame is None:
                return not self._stop.is_set()
            self._alive_s, self._delivering = time.monotonic(), True
            verdict = self._watch.look(frame.image, self._alive_s) if self.camera.live else Verdict.GOOD
            if verdict is Verdict.DARK:
                continue
            if verdict is Verdict.BLACK:
                self._trouble(f"{self.camera.name} shows black.", "Open its cover, or end the app that uses it.")
                return False
            if verdict is Verdict.STUCK:
                self._trouble(f"{self.camera.name} shows the same picture all the time.", "Plug it in again.")
                return False
            original = frame
            frame = scaled(frame, min(self._within[0] / frame.width, self._within[1] / frame.height))
            read_s = time.perf_counter() - begin
            self._wait_for(frame)
            if self._stop.is_set():
                break
            self._slot.put(Captured(replace(frame, captured_s=time.perf_counter()), original, self.epoch, read_s))
        return False

    def _wait_for(self, frame: Frame) -> None:
        """Until a file's frame is due, or wanted."""
        if self.camera.live:
            return
        if not self._paced:
            # Handed over when it is wanted: the next frame is read meanwhile and none grows old in the slot.
            while not self._slot.wait_wanted(0.2) and not self._stop.is_set():
                self._alive_s = time.monotonic()
            return
        now = time.monotonic()
        if self._start is None or self._start[2] != frame.scene or frame.timestamp_s < self._start[1]:
            self._start = (now, frame.timestamp_s, frame.scene)
            return
        due = self._start[0] + frame.timestamp_s - self._start[1]
        if due > now:
            self._stop.wait(due - now)
            self._alive_s = time.monotonic()
        elif now - due > 1.0:
            # Far behind (the machine slept): go on from here instead of racing.
            self._start = (now, frame.timestamp_s, frame.scene)

    def _trouble(self, message: str, remedy: str) -> None:
        if not self._stop.is_set():
            self._on_trouble(self.epoch, message, remedy)
