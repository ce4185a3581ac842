"""When to start again after a crash, and how: plain arithmetic on a monotonic clock."""

from collections import deque
from dataclasses import dataclass

SAFE_AFTER = 3
"""So many crashes ..."""
WITHIN_S = 300.0
"""... in so many seconds lead to safe mode."""
PAUSES_S = (0.0, 0.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Before the next start, by how many starts in a row did not last."""
LASTED_S = 60.0
"""A start that lived so long counts as a good one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do after a crash.

    Attributes:
        pause_s: Wait so long before the next start.
        safe: Whether to start in safe mode.
    """

    pause_s: float
    safe: bool


class RestartPolicy:
    """Remembers crashes."""

    def __init__(self) -> None:
        self._crashes: deque[float] = deque()
        self._short_lives = 0

    def crashed(self, now_s: float, lived_s: float) -> Decision:
        """Tell about a crash.

        Args:
            now_s: Of a clock that never goes back.
            lived_s: How long the app had run.
        """
        self._crashes.append(now_s)
        while now_s - self._crashes[0] > WITHIN_S:
            self._crashes.popleft()
        self._short_lives = 1 if lived_s >= LASTED_S else self._short_lives + 1
        pause = PAUSES_S[min(self._short_lives, len(PAUSES_S)) - 1]
        return Decision(pause, len(self._crashes) >= SAFE_AFTER)
