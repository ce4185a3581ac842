"""A web server on this machine alone, for as long as a test needs it."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar


class LocalServer(http.server.ThreadingHTTPServer):
    """Listens on a free port; ends only when every answer is given."""

    daemon_threads = False

    def __init__(self, handler: Any) -> None:
        super().__init__(("127.0.0.1", 0), handler)

    @property
    def address(self) -> str:
        """What to put in front of a path."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Quiet:
    """In front of a handler's class: nothing is printed."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""


S = TypeVar("S", bound=LocalServer)


@contextmanager
def running(server: S) -> Iterator[S]:
    """Answer requests, and stop whatever the test does."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
