"""The two threads that dress frames: one finds the pose, the other fits and composites the frame before.

What lies between, the parsing, is done by whichever has time: a pose that is found while the other thread waits is
handed over at once, else the first thread goes on with it. So both are busy, whichever of the two has more to do.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tryon_app.core.errors import TryOnError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.protocols import Heartbeat
from tryon_app.core.types import Composite, Frame, Notice, Outfit, Perception
from tryon_app.runtime.capture import Captured
from tryon_app.runtime.latest import LatestSlot
from tryon_app.runtime.quality import Quality
from tryon_app.runtime.scaling import scaled
from tryon_app.runtime.states import LiveFrame

_log = logging.getLogger(__name__)
_WAIT_S = 0.2
_SAY_AFTER = 3
"""Failures in a row before a person is bothered."""


@dataclass(frozen=True, slots=True, eq=False)
class _Perceived:
    captured: Captured
    frame: Frame
    outfit: Outfit
    perception: Perception | None
    busy_s: float


class Processing:
    """Takes frames from a slot, gives dressed ones to another.

    Args:
        pipeline: Opened, used and closed by the threads here.
        source: Where frames come from.
        quality: Decides the processing resolution.
        on_failed: Told a message and a remedy when they cannot be loaded; frames then pass as they are.
        on_trouble: Told when stages keep failing or go on with less, and with "" when they work again.
        deliver: Takes each dressed frame with its stage times in seconds.
        heart: Told that "perceive" and "dress" are alive while they are at work.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        source: LatestSlot[Captured],
        quality: Quality,
        *,
        on_failed: Callable[[str, str], None],
        on_trouble: Callable[[str, str], None],
        deliver: Callable[[LiveFrame, Mapping[str, float]], None],
        heart: Heartbeat | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._source = source
        self._quality = quality
        self._on_failed, self._on_trouble = on_failed, on_trouble
        self._deliver = deliver
        self._heart = heart
        self._between: LatestSlot[_Perceived] = LatestSlot()
        self._parsing = threading.Lock()
        self._stop = threading.Event()
        self._outfit: Outfit = ()
        self._failed_in_a_row = 0
        self._logged: set[tuple[str, type[Exception]]] = set()
        self._notices: tuple[Notice, ...] = ()
        self.failures = 0
        self._busy = deque[float](maxlen=30)
        self._threads = [
            threading.Thread(target=self._perceive_on, name="perceive", daemon=True),
            threading.Thread(target=self._dress_on, name="dress", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def set_outfit(self, outfit: Outfit) -> None:
        """What to wear from the next frame on."""
        self._outfit = outfit

    def ask_to_stop(self) -> None:
        """Stop after the current frame; returns at once."""
        self._stop.set()
        self._source.close()
        self._between.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads; False when one hangs."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(deadline - time.monotonic(), 0.01))
        return not any(thread.is_alive() for thread in self._threads)

    # -- first thread --------------------------------------------------------------------------------------------------

    def _perceive_on(self) -> None:
        usable = self._open()
        try:
            epoch = -1
            while not self._stop.is_set():
                self._beat("perceive")
                captured = self._source.take(_WAIT_S)
                if captured is None:
                    continue
                begin = time.perf_counter()
                if not usable:
                    self._pass_on(_Perceived(captured, captured.frame, (), None, 0.0))
                    continue
                if captured.epoch != epoch:
                    epoch = captured.epoch
                    self._pipeline.reset_perception()
                self._pass_on(self._perceive(captured, begin))
        finally:
            self._rest("perceive")
            with self._parsing:
                self._pipeline.close()

    def _open(self) -> bool:
        """Load the models; whether they can be used."""
        try:
            self._pipeline.open("video")
        except TryOnError as error:
            _log.warning("The models cannot be opened: %s", error.message)
            self._on_failed(error.message, error.remedy)
            return False
        except Exception as error:
            _log.exception("The models could not be opened")
            self._on_failed(f"The models could not be opened ({error}).", "Run `tryon doctor`.")
            return False
        _log.info("Models are ready")
        return True

    def _pass_on(self, perceived: _Perceived) -> None:
        """Hand over to the other thread; never work ahead of it: a frame that waits is a frame that is late."""
        while not self._between.wait_empty(_WAIT_S) and not self._stop.is_set():
            self._beat("perceive")
        self._between.put(perceived)

    def _perceive(self, captured: Captured, begin: float) -> _Perceived:
        outfit, frame = self._outfit, scaled(captured.frame, self._quality.scale)
        perception: Perception | None = None
        try:
            perception = self._pipeline.find(frame)
            if not self._between.wait_wanted(0.0):
                perception = self._read(frame, perception, outfit)
        except Exception as error:
            self._failure("pose", error)
        return _Perceived(captured, frame, outfit, perception, time.perf_counter() - begin)

    def _read(self, frame: Frame, found: Perception, outfit: Outfit) -> Perception:
        """The parsing, on either thread, if it is still to be done."""
        with self._parsing:
            # After the end the models are closed: the last frame goes as it is.
            return found if self._stop.is_set() else self._pipeline.read(frame, found, outfit)

    # -- second thread -------------------------------------------------------------------------------------------------

    def _dress_on(self) -> None:
        epoch = -1
        last = time.perf_counter()
        while not self._stop.is_set():
            self._beat("dress")
            item = self._between.take(_WAIT_S)
            if item is None:
                continue
            captured = item.captured
            if captured.epoch != epoch:
                epoch = captured.epoch
                if item.perception is not None:
                    self._pipeline.reset_dressing()
            begin = time.perf_counter()
            item = self._completed(item)
            composite = self._dress(item)
            now = time.perf_counter()
            stages = {"capture": captured.read_s, **composite.stages}
            live = LiveFrame(
                item.frame,
                composite,
                epoch,
                original=captured.original,
                full_size=(captured.frame.width, captured.frame.height),
                perception=item.perception,
                outfit=item.outfit,
            )
            self._deliver(live, stages)
            self._tell_notices()
            self._busy.append(max(item.busy_s, now - begin))
            if self._quality.observe(float(np.median(self._busy)), now - last):
                self._busy.clear()
            last = now
        self._rest("dress")

    def _completed(self, item: _Perceived) -> _Perceived:
        """The item with its parsing."""
        if item.perception is None:
            return item
        try:
            return replace(item, perception=self._read(item.frame, item.perception, item.outfit))
        except Exception as error:
            self._failure("parse", error)
            return replace(item, perception=None)

    def _dress(self, item: _Perceived) -> Composite:
        if item.perception is None:
            return Composite(image=item.frame.image)
        try:
            composite = self._pipeline.dress(item.frame, item.perception, item.outfit)
        except Exception as error:
            self._failure("fit", error)
            # The picture goes on without the garment rather than not at all.
            return Composite(image=item.frame.image, person=item.perception.pose is not None)
        if self._failed_in_a_row:
            if self._failed_in_a_row >= _SAY_AFTER:
                self._on_trouble("", "")
            self._failed_in_a_row = 0
        return composite

    def _beat(self, part: str) -> None:
        if self._heart is not None:
            self._heart.beat(part)

    def _rest(self, part: str) -> None:
        if self._heart is not None:
            self._heart.rest(part)

    def _tell_notices(self) -> None:
        notices = self._pipeline.notices
        if notices != self._notices:
            self._notices = notices
            self._on_trouble(notices[0].message if notices else "", notices[0].remedy if notices else "")

    def _failure(self, stage: str, error: Exception) -> None:
        self.failures += 1
        self._failed_in_a_row += 1
        kind = stage, type(error)
        if kind not in self._logged:  # a single frame that fails is nothing to tell a shopper, but to find out later
            self._logged.add(kind)
            _log.warning("Stage %s failed", stage, exc_info=error)
        if self._failed_in_a_row == _SAY_AFTER:
            _log.error("Stage %s keeps failing", stage, exc_info=error)
            self._on_trouble(f"The garment cannot be drawn right now ({error}).", "Try another garment.")
