"""A live session: a camera in, dressed frames out, and word of everything that happens."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack

import numpy as np

from tryon_app.core.errors import TryOnError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.protocols import Camera, Heartbeat, KeepsOriginals
from tryon_app.core.types import Frame, Outfit, UInt8
from tryon_app.inference.threads import opencv_alone
from tryon_app.runtime.capture import Capture, Captured
from tryon_app.runtime.latest import LatestSlot
from tryon_app.runtime.processing import Processing
from tryon_app.runtime.quality import Quality
from tryon_app.runtime.states import LiveFrame, LiveState, LiveStats, LiveStatus
from tryon_app.runtime.still import StillMaker

__all__ = ["LiveFrame", "LiveSession", "LiveState", "LiveStats", "LiveStatus"]

_log = logging.getLogger(__name__)
_WATCH_S = 0.25
_WINDOW = 90
"""Frames that the statistics look back on."""


class LiveSession:
    """Runs capture and processing threads; safe to call from one controlling thread.

    Args:
        pipeline: Not opened yet; the session opens and closes it.
        on_frame: Called from a worker thread when a frame lies ready and none did before; fetch it with `take`.
        on_status: Called from worker threads with every change.
        target_fps: Frames a second to hold.
        adaptive: Whether the processing resolution may be lowered for that.
        within: Width and height that larger frames are scaled down to.
        paced: Play files at their own rate; False processes every frame as fast as possible.
        observer: Told every dressed frame with its stage times in seconds (a benchmark).
        still: Builds stages for pictures at full size; None = pictures are as large as the view.
        heart: Told that the processing threads are alive.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        on_frame: Callable[[], None],
        on_status: Callable[[LiveStatus], None],
        target_fps: float = 30.0,
        adaptive: bool = True,
        within: tuple[int, int] = (1280, 720),
        paced: bool = True,
        observer: Callable[[LiveFrame, Mapping[str, float]], None] | None = None,
        still: Callable[[], Pipeline] | None = None,
        heart: Heartbeat | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._on_frame, self._on_status = on_frame, on_status
        self._within, self._paced, self._observer = within, paced, observer
        self._stills = None if still is None else StillMaker(still)
        self._captured: LatestSlot[Captured] = LatestSlot()
        self._ready: LatestSlot[LiveFrame] = LatestSlot()
        self._quality = Quality(target_fps, adaptive)
        self._processing = Processing(
            pipeline,
            self._captured,
            self._quality,
            on_failed=self._models_failed,
            on_trouble=self._stage_trouble,
            deliver=self._deliver,
            heart=heart,
        )
        self._stop = threading.Event()
        self._lock = threading.RLock()
        self._capture: Capture | None = None
        self._watch = threading.Thread(target=self._watch_on, name="watch", daemon=True)
        self._epoch = 0
        self._state = LiveState.STOPPED
        self._delivered_epoch = -1
        self._lost_s = 0.0
        self._without_models: tuple[str, str] | None = None
        self._recent = deque[tuple[float, float, Mapping[str, float], int, int]](maxlen=_WINDOW)
        self._frames = 0
        self._alone = ExitStack()

    # -- control -------------------------------------------------------------------------------------------------------

    def start(self, camera: Camera) -> None:
        """Begin with a camera; models are loaded meanwhile."""
        self._say(LiveState.PREPARING)
        self._alone.enter_context(opencv_alone())
        self._processing.start()
        self._begin(camera)
        self._watch.start()

    def switch(self, camera: Camera) -> None:
        """Go on with another camera; returns at once."""
        with self._lock:
            self._epoch += 1
        self._begin(camera)

    def set_outfit(self, outfit: Outfit) -> None:
        """What to wear from the next frame on."""
        self._processing.set_outfit(outfit)

    def set_paced(self, paced: bool) -> None:
        """Play files at their own rate from the next frame on, or as fast as possible."""
        with self._lock:
            self._paced = paced
            if self._capture is not None:
                self._capture.set_paced(paced)

    def full_size(self, live: LiveFrame) -> UInt8:
        """The picture of a shown frame at the source's full resolution: uint8 RGB. Slow: for a thread of its own."""
        if self._stills is None:
            return live.composite.image
        return self._stills.make(live, self._original(live)).image

    def take(self) -> LiveFrame | None:
        """The newest dressed frame, or None; frames of an earlier source are left out."""
        frame = self._ready.take()
        return frame if frame is not None and frame.epoch == self._epoch else None

    def stats(self) -> LiveStats:
        """The last seconds."""
        recent = list(self._recent)
        common = {
            "frames": self._frames,
            "dropped": self._captured.dropped,
            "quality": self._quality.scale,
            "failures": self._processing.failures,
        }
        if len(recent) < 2:
            return LiveStats(**common)  # type: ignore[arg-type]
        seconds = recent[-1][0] - recent[0][0]
        names = dict.fromkeys(name for entry in recent for name in entry[2])
        return LiveStats(
            fps=(len(recent) - 1) / seconds if seconds > 0 else 0.0,
            latency_ms=1000.0 * float(np.median([entry[1] for entry in recent])),
            stages_ms={
                name: 1000.0 * float(np.median([entry[2][name] for entry in recent if name in entry[2]]))
                for name in names
            },
            width=recent[-1][3],
            height=recent[-1][4],
            providers=self._pipeline.providers,
            **common,  # type: ignore[arg-type]
        )

    def stop(self, timeout_s: float = 5.0) -> None:
        """End all threads and release the camera; may be called in any state, also twice."""
        self._stop.set()
        deadline = time.monotonic() + timeout_s
        with self._lock:
            capture = self._capture
        if capture is not None:
            capture.ask_to_stop()
        self._processing.ask_to_stop()
        self._ready.close()
        if self._watch.ident is not None:
            self._watch.join(max(deadline - time.monotonic(), 0.01))
        if capture is not None and not capture.join(max(deadline - time.monotonic(), 0.01)):
            _log.warning("The camera hangs in its driver and was left behind")
        if not self._processing.join(max(deadline - time.monotonic(), 0.01)):
            _log.warning("A processing thread did not end in time")
        self._alone.close()
        self._say(LiveState.STOPPED)

    def _original(self, live: LiveFrame) -> Frame:
        """A shown frame as its source has it."""
        with self._lock:
            camera = self._capture.camera if self._capture is not None and live.epoch == self._epoch else None
        if isinstance(camera, KeepsOriginals):
            try:
                return camera.original(live.frame)
            except TryOnError as error:
                _log.warning("The original of a frame cannot be read: %s", error.message)
        return live.original or live.frame

    # -- threads -------------------------------------------------------------------------------------------------------

    def _begin(self, camera: Camera) -> None:
        with self._lock:
            if self._stop.is_set():
                return
            before = self._capture
            if before is not None:
                before.ask_to_stop()
            self._capture = Capture(
                camera,
                self._epoch,
                self._captured,
                on_trouble=self._camera_trouble,
                on_end=self._ended,
                within=self._within,
                paced=self._paced,
                before=before,
            )
            self._capture.start()

    def _watch_on(self) -> None:
        """Notice a camera that hangs inside a read, and open it anew on another thread."""
        while not self._stop.wait(_WATCH_S):
            with self._lock:
                capture = self._capture
                if capture is None or not capture.camera.live or not capture.hangs:
                    continue
                self._camera_trouble(
                    capture.epoch, f"{capture.camera.name} delivers no pictures.", "Plug it in again or choose another."
                )
                capture.leave_behind()
                self._begin(capture.camera)

    def _deliver(self, frame: LiveFrame, stages: Mapping[str, float]) -> None:
        now = time.perf_counter()
        if frame.epoch == self._epoch and self._delivered_epoch != frame.epoch:
            self._delivered_epoch = frame.epoch
            self._say_running()
        elif self._state is LiveState.RECONNECTING and frame.frame.captured_s > self._lost_s:
            self._say_running()
        self._frames += 1
        size = frame.frame.width, frame.frame.height
        self._recent.append((now, now - frame.frame.captured_s, dict(stages), *size))
        if self._observer is not None:
            self._observer(frame, stages)
        if self._ready.put(frame):
            self._on_frame()

    # -- news ----------------------------------------------------------------------------------------------------------

    def _models_failed(self, message: str, remedy: str) -> None:
        self._without_models = message, remedy
        self._say(LiveState.FAILED, message, remedy)

    def _say_running(self) -> None:
        """Pictures come; without models they are plain ones, and that stays said."""
        if self._without_models is None:
            self._say(LiveState.RUNNING)
        else:
            self._say(LiveState.FAILED, *self._without_models)

    def _stage_trouble(self, message: str, remedy: str) -> None:
        if self._without_models is None:  # what is missing altogether was said already
            self._say(LiveState.RUNNING, message, remedy)

    def _camera_trouble(self, epoch: int, message: str, remedy: str) -> None:
        if epoch != self._epoch:
            return
        self._lost_s = time.perf_counter()
        self._say(LiveState.RECONNECTING, message, remedy)

    def _ended(self, epoch: int, message: str, remedy: str) -> None:
        if epoch == self._epoch:
            self._say(LiveState.STOPPED, message, remedy)

    def _say(self, state: LiveState, message: str = "", remedy: str = "") -> None:
        if self._stop.is_set() and state is not LiveState.STOPPED:
            return
        notices = self._pipeline.notices if state is LiveState.RUNNING and not message else ()
        if notices:  # all is well but for this, with every source
            message, remedy = notices[0].message, notices[0].remedy
        self._state = state
        self._on_status(LiveStatus(state, self._epoch, message, remedy))
