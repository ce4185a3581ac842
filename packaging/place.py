"""Starting the app that is tested: where it lies, what it may see, and how it must end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from screen import tool

PATIENCE_S = 120.0
LINUX = sys.platform.startswith("linux")

# Lines on stderr, in full, that are as they should be; everything else fails the test. Each with its reason.
ALLOWED: Mapping[str, str] = MappingProxyType(
    {"note: The file has no sound: PyAV is not installed.": "what the app says of every film that it writes itself"}
)


class Failed(Exception):  # noqa: N818  it is what the reader sees
    """A check that did not hold."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where the app runs.

    Attributes:
        app: The program.
        root: Folder that is the app's "/"; None = this system.
        scratch: An empty folder of ours, as seen from here.
        network: Whether the network is left on.
        display: Xvfb's display, "" = the one of the session.
    """

    app: str
    root: Path | None
    scratch: Path
    network: bool = False
    display: str = ""

    def inside(self, path: Path) -> str:
        """A path as the app sees it."""
        return str(path if self.root is None else Path("/") / path.relative_to(self.root))

    def command(self, arguments: Sequence[str]) -> list[str]:
        """What to start. Every part replaces itself by the next, so that signals reach the app."""
        start = [self.app, *arguments]
        if self.root is not None:
            start = [tool("chroot"), str(self.root), *start]
        if LINUX and not self.network:
            # As root the namespace alone; else with a user namespace, which needs no rights.
            start = [tool("unshare"), "-n" if os.geteuid() == 0 else "-rn", "--", *start]
        return start

    def environment(self) -> dict[str, str]:
        """A bare environment with folders of its own: no PYTHONPATH, no cache of this user's."""
        home = self.inside(self.scratch / "home")
        kept = {key: value for key, value in os.environ.items() if key in _KEPT or not LINUX}
        own = {
            "HOME": home,
            "TRYON_HOME": self.inside(self.scratch / "data"),
            "XDG_RUNTIME_DIR": home,
            "COLUMNS": "200",
        }
        own |= {"DISPLAY": self.display} if self.display else {}
        own |= {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"} if LINUX else {}
        return kept | own


# LIBGL...: CI machines have no GPU.
_KEPT = ("DISPLAY", "WAYLAND_DISPLAY", "LIBGL_ALWAYS_SOFTWARE", "XAUTHORITY")


def run(place: Place, *arguments: str, patience_s: float = PATIENCE_S) -> Result:
    """Run a command of the app to its end.

    Raises:
        Failed: It does not end.
    """
    begin = time.monotonic()
    try:
        done = subprocess.run(
            place.command(arguments),
            env=place.environment(),
            capture_output=True,
            timeout=patience_s,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Failed(f"`{' '.join(arguments)}` did not end within {patience_s:.0f} s") from late
    seconds = time.monotonic() - begin
    return Result(
        done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), seconds
    )


def clean(result: Result) -> Result:
    """Exit code 0, and nothing on stderr that is not allowed.

    Raises:
        Failed: Otherwise; with what was said.
    """
    strange = [line for line in result.err.splitlines() if not allowed(line)]
    if result.code != 0:
        raise Failed(f"exit code {result.code}: {result.err.strip() or result.out.strip()[-2000:]}")
    if strange:
        raise Failed("on stderr: " + "\n           ".join(strange[:20]))
    return result


def allowed(line: str) -> bool:
    """Whether a line on stderr is one of those that should be there; empty lines may."""
    return not line.strip() or line in ALLOWED


@dataclass
class Window:
    """An app with a window that runs.

    Attributes:
        process: It.
        errors: The file that its stderr goes to.
        begin: When it was started, on the monotonic clock.
    """

    process: "subprocess.Popen[bytes]"
    errors: Path
    begin: float

    def ended(self) -> Result:
        """How it ended."""
        said = self.errors.read_text("utf-8", "replace")
        return Result(self.process.returncode, "", said, time.monotonic() - self.begin)


@contextmanager
def started(place: Place, *arguments: str) -> Iterator[Window]:
    """Start a window, and ask it to end when the block is done.

    Raises:
        Failed: It does not end.
    """
    errors = place.scratch / f"{arguments[0]}.err"
    with errors.open("wb") as sink:
        process = subprocess.Popen(
            place.command(arguments), env=place.environment(), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
        )
    try:
        yield Window(process, errors, time.monotonic())
        _ask_to_end(process)
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        raise Failed("it did not end within 30 s of being asked to") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def alive(window: Window) -> None:
    """See that it still runs.

    Raises:
        Failed: It has ended.
    """
    if window.process.poll() is not None:
        said = window.ended().err.strip()
        raise Failed(f"it ended by itself (exit code {window.process.returncode}): {said[-500:]}")


def _ask_to_end(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":  # closes its window
        subprocess.run(["taskkill", "/PID", str(process.pid)], check=False, capture_output=True)
    else:
        process.send_signal(signal.SIGTERM)
