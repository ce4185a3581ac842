"""One place between two threads: the newest wins, what nobody took is dropped and counted."""

import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Holds at most one item."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: T | None = None
        self._closed = False
        self._dropped = 0
        self._takers = 0

    @property
    def dropped(self) -> int:
        """Items replaced before anybody took them."""
        return self._dropped

    def put(self, item: T) -> bool:
        """Offer an item; after `close` it is ignored.

        Returns:
            Whether the slot was empty: only then somebody must be told.
        """
        with self._changed:
            if self._closed:
                return False
            was_empty = self._item is None
            if not was_empty:
                self._dropped += 1
            self._item = item
            self._changed.notify_all()
            return was_empty

    def take(self, timeout_s: float = 0.0) -> T | None:
        """The newest item, waiting for one up to a time; None when none came or the slot is closed."""
        with self._changed:
            if timeout_s > 0.0 and self._item is None and not self._closed:
                self._takers += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._item is not None or self._closed, timeout_s)
                self._takers -= 1
            item, self._item = self._item, None
            if item is not None:
                self._changed.notify_all()
            return None if self._closed else item

    def wait_empty(self, timeout_s: float) -> bool:
        """Wait until the last item was taken; False when that took too long or the slot is closed."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            self._changed.wait_for(lambda: self._item is None or self._closed, max(deadline - time.monotonic(), 0.0))
            return self._item is None and not self._closed

    def wait_wanted(self, timeout_s: float) -> bool:
        """Wait until somebody waits in `take`, so that an item put now is taken at once; False when nobody did."""
        with self._changed:
            self._changed.wait_for(lambda: (self._takers > 0 and self._item is None) or self._closed, timeout_s)
            return self._takers > 0 and self._item is None and not self._closed

    def close(self) -> None:
        """Wake everybody who waits; nothing goes in or out any more."""
        with self._changed:
            self._closed = True
            self._item = None
            self._changed.notify_all()
