"""Starts the app, watches its heartbeats, and starts it again when it crashes or freezes."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tryon_app.supervision.child import Child, reason
from tryon_app.supervision.policy import RestartPolicy

PARTS = frozenset({"gui", "perceive", "dress"})
"""Threads that are watched: the window's, and the two that dress frames."""
USAGE_ERROR = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds.

    Attributes:
        frozen_s: A thread that is at work and silent so long hangs.
        starting_s: The same while not all threads are at work yet: models are loaded, which may stop everything.
        look_s: Between two looks.
        asleep_s: Looks farther apart than this were not missed by the app alone: the machine slept.
        ending_s: An app that was asked to end gets so long.
    """

    frozen_s: float = 2.0
    starting_s: float = 45.0
    look_s: float = 0.2
    asleep_s: float = 1.5
    ending_s: float = 10.0


class Supervisor:
    """Runs until the app ends well, is called wrongly, or `stop` is called.

    Args:
        command: Program and arguments, told whether for safe mode.
        timing: Patience.
        clock: Seconds that never go back: a changed time of day must not look like a freeze.
        tidy: Called with the number of a process that failed, once the next one is on its way: what is loaded and
            looked through for it must not keep people waiting.
    """

    def __init__(
        self,
        command: Callable[[bool], Sequence[str]],
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
        tidy: Callable[[int], object] = lambda _process: None,
    ) -> None:
        self._tidy = tidy
        self._command = command
        self._timing = timing or Timing()
        self._clock = clock
        self._policy = RestartPolicy()
        self._stop = threading.Event()

    def stop(self) -> None:
        """End the app and `run`; from any thread or a signal's handler."""
        self._stop.set()

    def run(self) -> int:
        """Keep the app running.

        Returns:
            The exit code of the app, 0 after `stop`.
        """
        safe, failed = False, None
        while True:
            child = Child(self._command(safe), self._clock)
            _log.info("Started%s, process %d", " in safe mode" if safe else "", child.process.pid)
            try:
                if failed is not None:
                    self._tidy_after(failed)
                why = self._watch(child)
            finally:
                if child.process.poll() is None:
                    child.kill()
                child.close()
            lived_s = self._clock() - child.started_s
            if why is None:
                code = child.process.returncode
                _log.info("Ended after %.0f s, exit code %d", lived_s, code)
                return 0 if self._stop.is_set() else code
            failed = child.process.pid
            decision = self._policy.crashed(self._clock(), lived_s)
            _log.error("The app failed after %.1f s: %s", lived_s, why)
            for line in child.last_words:
                _log.error("| %s", line)
            safe = decision.safe
            _log.warning("Starting again in %.0f s%s", decision.pause_s, ", in safe mode" if safe else "")
            if self._stop.wait(decision.pause_s):
                self._tidy_after(failed)
                return 0

    def _tidy_after(self, process: int) -> None:
        try:
            self._tidy(process)
        except Exception:  # the app that runs is worth more than the tidying
            _log.exception("What process %d left behind could not be removed", process)

    def _watch(self, child: Child) -> str | None:
        """Wait for the end of a run: why it failed, None when it ended as it should."""
        last_look_s = self._clock()
        while not self._stop.is_set():
            code = child.wait(self._timing.look_s)
            if code is not None:
                return None if code in (0, USAGE_ERROR) or self._stop.is_set() else reason(code)
            now = self._clock()
            if now - last_look_s > self._timing.asleep_s:
                _log.info("The machine slept for %.0f s", now - last_look_s)
                child.forgive()
            last_look_s = now
            frozen = self._frozen(child)
            if frozen:
                child.kill()
                return frozen
        child.ask_to_end()
        if child.wait(self._timing.ending_s) is None:
            _log.warning("The app did not end in time and was killed")
        return None

    def _frozen(self, child: Child) -> str:
        """What hangs, "" when all is well."""
        parts = child.parts
        patience = self._timing.frozen_s if parts >= PARTS else self._timing.starting_s
        for part in ("", *sorted(parts)):
            silent_s = child.silent_s(part)
            if silent_s > patience:
                who = f"its thread {part!r}" if part else "all of it"
                return f"{who} gave no sign of life for {silent_s:.1f} s"
        return ""
