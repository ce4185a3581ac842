"""Slow work away from the GUI thread, its results back on it."""

import logging
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Mailbox(QObject):
    """Runs callables of other threads on the GUI thread, in order.

    The signal carries nothing and is sent only when the box goes from empty to full: queued signals with objects in
    them pile up behind a busy window.
    """

    _filled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._signalled = False
        self._open = True
        self._filled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` run on the GUI thread soon; dropped after `close`."""
        with self._lock:
            if not self._open:
                return
            self._queue.put(call)
            if self._signalled:
                return
            self._signalled = True
            self._filled.emit()

    def close(self) -> None:
        """Accept and deliver nothing more."""
        with self._lock:
            self._open = False

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            self._signalled = False
            calls = []
            while not self._queue.empty():
                calls.append(self._queue.get_nowait())
        for call in calls:
            if self._open:
                try:
                    call()
                except Exception:  # one mishap must not cost the calls behind it
                    sys.excepthook(*sys.exc_info())


class Tasks:
    """A few worker threads; each task ends in `done` or `failed` on the GUI thread."""

    def __init__(self, mailbox: Mailbox, workers: int = 3) -> None:
        self._mailbox = mailbox
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="gui-task")
        self._open = True

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Run `work` on a worker; exactly one of `done` and `failed` follows on the GUI thread, unless closed."""
        if not self._open:
            return

        def finish(future: Future[T]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                self._mailbox.post(lambda: done(future.result()))
            elif isinstance(error, Exception):
                _log.debug("task failed", exc_info=error)
                self._mailbox.post(lambda: failed(error))

        self._pool.submit(work).add_done_callback(finish)

    def close(self) -> None:
        """Drop what waits, wait for what runs."""
        self._open = False
        self._pool.shutdown(wait=True, cancel_futures=True)
