"""Processing resolution that follows what the machine can do."""

_STEPS = (1.0, 0.75, 0.5)
_SLOW, _FAST = 0.85, 0.60
_LOWER_AFTER_S, _RAISE_AFTER_S = 2.5, 8.0
_TRIAL_S, _WORTH_IT = 2.0, 0.93
"""After this long a step down must have brought the time of a frame below this share of what it was."""
_NO_USE_S = 60.0
"""A step that did not is not tried again before the picture was slow for so long."""


class Quality:
    """Steps down when the frame rate cannot be held, up again when there is room; slow to change its mind.

    Where a step down saves next to nothing (the pose model takes its time whatever the size) it is taken back: a
    smaller picture at the same pace helps nobody.

    Args:
        target_fps: Frames a second to hold.
        adaptive: False always keeps the full resolution.
    """

    def __init__(self, target_fps: float, adaptive: bool) -> None:
        self._budget_s = 1.0 / max(target_fps, 1.0)
        self._adaptive = adaptive
        self._step = 0
        self._slow_s = 0.0
        self._fast_s = 0.0
        self._raised = 0
        self._lower_after_s = _LOWER_AFTER_S
        self._trial_s: float | None = None
        self._busy_before_s = 0.0

    @property
    def scale(self) -> float:
        """Share of the full resolution, 0..1."""
        return _STEPS[self._step]

    def observe(self, busy_s: float, elapsed_s: float) -> bool:
        """Tell about one frame.

        Args:
            busy_s: Seconds the slowest stage thread worked on it.
            elapsed_s: Seconds since the frame before.

        Returns:
            Whether the resolution changed.
        """
        if not self._adaptive:
            return False
        elapsed_s = min(elapsed_s, 0.5)
        slow, fast = busy_s > self._budget_s / _SLOW, busy_s < self._budget_s * _FAST
        self._slow_s = self._slow_s + elapsed_s if slow else max(0.0, self._slow_s - elapsed_s)
        self._fast_s = self._fast_s + elapsed_s if fast else 0.0
        if self._trial_s is not None:
            self._trial_s += elapsed_s
            if self._trial_s > _TRIAL_S:
                return self._judge(busy_s)
        elif self._slow_s > self._lower_after_s and self._step < len(_STEPS) - 1:
            self._trial_s, self._busy_before_s = 0.0, busy_s
            return self._go(self._step + 1)
        # Each time a raise did not hold, the next one waits longer.
        if self._fast_s > _RAISE_AFTER_S * (1 + self._raised) and self._step > 0:
            self._raised += 1
            return self._go(self._step - 1)
        return False

    def _judge(self, busy_s: float) -> bool:
        """After a step down: keep it if it saved time, else take it back and leave it for long."""
        self._trial_s = None
        if busy_s < self._busy_before_s * _WORTH_IT:
            self._lower_after_s = _LOWER_AFTER_S
            return False
        self._lower_after_s = _NO_USE_S
        return self._go(self._step - 1)

    def _go(self, step: int) -> bool:
        self._step = step
        self._slow_s = self._fast_s = 0.0
        return True
