"""Notices streams that go on without showing anything: black ones, and ones that stand still."""

from enum import Enum

import numpy as np

from tryon_app.core.types import UInt8

_BLACK_LEVEL = 2.0
_BLACK_S = 1.5
_STUCK_S = 1.7
"""A sensor's noise makes every picture another one: the same again and again comes from a driver that hangs."""
_EACH = 16
"""Pixels between those that are looked at."""


class Verdict(Enum):
    """What a picture means."""

    GOOD = "good"
    DARK = "dark"
    """Black, but not for long yet: rather the last picture than this one."""
    BLACK = "black"
    STUCK = "stuck"


class StreamWatch:
    """Looks at the pictures of one camera, over all its openings.

    Some sources do stand still: a virtual camera with a test picture. One that shows the same picture after it was
    opened again is believed.
    """

    def __init__(self) -> None:
        self._black_since: float | None = None
        self._last: UInt8 | None = None
        self._same_since = 0.0
        self._believed: UInt8 | None = None

    def begin(self) -> None:
        """The camera was opened."""
        self._black_since = self._last = None

    def look(self, image: UInt8, now_s: float) -> Verdict:
        """Judge a picture.

        Args:
            image: uint8 RGB, H x W x 3.
            now_s: Of a clock that never goes back.
        """
        seen = image[::_EACH, ::_EACH]
        if float(np.mean(seen)) < _BLACK_LEVEL:
            self._last = None
            self._black_since = now_s if self._black_since is None else self._black_since
            return Verdict.BLACK if now_s - self._black_since > _BLACK_S else Verdict.DARK
        self._black_since = None
        if self._last is None or not np.array_equal(seen, self._last):
            self._last, self._same_since = seen.copy(), now_s
            return Verdict.GOOD
        if now_s - self._same_since <= _STUCK_S:
            return Verdict.GOOD
        if self._believed is not None and np.array_equal(seen, self._believed):
            return Verdict.GOOD
        self._believed = self._last
        return Verdict.STUCK
