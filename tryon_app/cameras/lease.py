"""A device handle that one thread uses and another may give up."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Lease(Generic[T]):
    """Holds a handle and releases it exactly once, never while it is in use.

    A driver may hang in a read for ever. Releasing the handle under it would crash, waiting for it would hang the
    caller too: so `give_up` returns at once, and the thread that is stuck releases the handle when it comes back.

    Args:
        handle: What is held.
        release: Frees it; called once, on whichever thread is the last to need it.
    """

    def __init__(self, handle: T, release: Callable[[T], None]) -> None:
        self._handle = handle
        self._release = release
        self._lock = threading.Lock()
        self._in_use = False
        self._given_up = False
        self._released = False

    @contextmanager
    def use(self) -> Iterator[T | None]:
        """The handle for the time of one call; None once it was given up. For one thread at a time."""
        with self._lock:
            usable = not self._given_up
            self._in_use = usable
        if not usable:
            yield None
            return
        try:
            yield self._handle
        finally:
            with self._lock:
                self._in_use = False
            self._release_if_due()

    @property
    def given_up(self) -> bool:
        """Whether `give_up` was called."""
        return self._given_up

    def give_up(self) -> None:
        """Release the handle now, or as soon as the call that uses it returns. May be called twice, from any thread."""
        with self._lock:
            self._given_up = True
        self._release_if_due()

    def _release_if_due(self) -> None:
        with self._lock:
            due = self._given_up and not self._in_use and not self._released
            self._released = self._released or due
        if due:
            self._release(self._handle)
