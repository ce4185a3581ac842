"""One run of the app: its process, its heartbeats, and its last words."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import IO

from tryon_app.supervision.heart import ENV_SUPERVISED, read_beat

LAST_WORDS = 60
"""Lines of stderr that are kept for the log."""
_DUMP_S = 0.3


class Child:
    """A process that was started with a heart.

    Args:
        command: Program and arguments.
        clock: Seconds that never go back.
    """

    def __init__(self, command: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._changed_s: dict[str, float] = {}
        self._told_s = self.started_s = clock()
        self.last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self.process = subprocess.Popen(  # noqa: S603 (our own program)
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=os.environ | {ENV_SUPERVISED: "1"},
        )
        self._readers = [
            threading.Thread(
                target=self._read, args=(self.process.stdout, self._listen), name="child-beats", daemon=True
            ),
            threading.Thread(
                target=self._read, args=(self.process.stderr, self._note), name="child-words", daemon=True
            ),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def parts(self) -> frozenset[str]:
        """Parts that say they are at work."""
        with self._lock:
            return frozenset(self._counts)

    def silent_s(self, part: str = "") -> float:
        """Seconds since a part gave a sign of life; since the whole process did for ""."""
        with self._lock:
            return self._clock() - (self._changed_s.get(part, self._told_s) if part else self._told_s)

    def forgive(self) -> None:
        """Count silence from now on: the machine slept, and everybody with it."""
        with self._lock:
            now = self._clock()
            self._told_s = now
            self._changed_s = dict.fromkeys(self._changed_s, now)

    def wait(self, timeout_s: float) -> int | None:
        """The exit code (negative: the signal), None while it runs."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_end(self) -> None:
        """End it politely: settings are saved, a recording is finished."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        if sys.platform != "win32" and self.process.poll() is None:  # there it would be a kill
            self.process.terminate()

    def kill(self) -> None:
        """End it for certain; where the system can, it writes first what each thread was doing."""
        if sys.platform != "win32" and self.process.poll() is None:
            self.process.send_signal(signal.SIGABRT)
            self.wait(_DUMP_S)
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Let go of the pipes of a process that has ended."""
        for reader in self._readers:
            reader.join(1.0)
        if self.process.stdin is not None:
            self.process.stdin.close()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None and not any(reader.is_alive() for reader in self._readers):
                pipe.close()

    def _read(self, pipe: IO[str], take: Callable[[str], None]) -> None:
        for line in pipe:
            take(line)

    def _listen(self, line: str) -> None:
        counts = read_beat(line)
        if counts is None:
            return
        now = self._clock()
        with self._lock:
            self._told_s = now
            self._changed_s = {
                part: now if self._counts.get(part) != count else self._changed_s[part]
                for part, count in counts.items()
            }
            self._counts = counts

    def _note(self, line: str) -> None:
        self.last_words.append(line.rstrip())
        sys.stderr.write(line)


def reason(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"it ended with exit code {code}"
    try:
        return f"it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was ended by signal {-code}"
