"""The app's half: says which of its threads are alive.

Threads only count; a thread of the heart's own writes the counts to a pipe, so that a supervisor that does not read
holds up nobody. Each line is `beat gui=41 perceive=903 dress=903`: the parts that are at work, and a number that rises
with every sign of life. Times are the reader's affair, by its own clock: nothing here depends on the time of day.

The other way round, the supervisor holds the app's stdin open: when that ends, so shall the app. It is how an app is
told to end where there are no signals, and how it learns that its supervisor is gone.
"""

import os
import signal
import threading
from collections.abc import Callable
from typing import Self

ENV_SUPERVISED = "TRYON_SUPERVISED"
BEAT = "beat"
EVERY_S = 0.2


class Heart:
    """Counts signs of life and tells them.

    Args:
        descriptor: Where lines go; closed at the end.
        orphaned: Called on a thread of the heart's when the supervisor is gone, or wants the app to end.
        lifeline: Held open by the supervisor as long as the app shall run; None = there is none.
    """

    def __init__(self, descriptor: int, orphaned: Callable[[], None], lifeline: int | None = None) -> None:
        self._descriptor = descriptor
        self._orphaned = orphaned
        self._lifeline = lifeline
        self._counts: dict[str, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="heart", daemon=True)

    @classmethod
    def of_this_process(cls) -> Self | None:
        """The heart of a supervised process, None in one that nobody supervises.

        Takes over stdin and stdout as its own: what else is printed goes to stderr from then on. Without its supervisor
        the process ends as on SIGTERM, as two apps would fight for one camera.
        """
        if not os.environ.pop(ENV_SUPERVISED, ""):
            return None
        descriptor = os.dup(1)
        os.dup2(2, 1)
        return cls(descriptor, lambda: signal.raise_signal(signal.SIGTERM), lifeline=0)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()
        if self._lifeline is not None:
            # Blocks until the end comes: nobody can wait for it.
            threading.Thread(target=self._hold, args=(self._lifeline,), name="lifeline", daemon=True).start()

    def beat(self, part: str) -> None:
        """A sign of life; from any thread, costs next to nothing."""
        self._counts[part] = self._counts.get(part, 0) + 1

    def rest(self, part: str) -> None:
        """A part is done, or waits for something that may take long: its silence means nothing now."""
        self._counts.pop(part, None)

    def stop(self) -> None:
        """Say nothing more."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        os.close(self._descriptor)

    def _hold(self, lifeline: int) -> None:
        try:
            while os.read(lifeline, 64):
                pass
        except OSError:
            pass
        if not self._stop.is_set():
            self._orphaned()

    def _tell(self) -> None:
        while not self._stop.wait(EVERY_S):
            counts = " ".join(f"{part}={count}" for part, count in list(self._counts.items()))
            try:
                os.write(self._descriptor, f"{BEAT} {counts}\n".encode())
            except OSError:
                self._orphaned()
                return


def read_beat(line: str) -> dict[str, int] | None:
    """Part -> count of a line that a heart wrote, None for a line of somebody else."""
    word, _, rest = line.strip().partition(" ")
    if word != BEAT:
        return None
    counts: dict[str, int] = {}
    for entry in rest.split():
        part, _, count = entry.partition("=")
        if not count.isdecimal():
            return None
        counts[part] = int(count)
    return counts
