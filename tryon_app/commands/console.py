"""What commands say while they work: progress on stderr where somebody watches, results on stdout."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from tryon_app.core.types import Notice

_SIGTERM_EXIT = 128 + signal.SIGTERM


@contextmanager
def progress_bar(label: str, total: int | None, unit: str) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal, nothing where stderr is a file or pipe.

    Args:
        label: What is being done.
        total: Steps in all; None = not known.
        unit: What a step is, in the plural.

    Yields:
        Call it after each step.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        TextColumn("(Ctrl-C cancels)"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def download_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show downloads while the block runs.

    Yields:
        Call it with what is fetched, bytes so far, and bytes in all.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("Fetching {task.description}", markup=False), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total or None)

        yield told


def warn(notices: Iterable[Notice]) -> None:
    """Tell a person what the app has to do without (stderr)."""
    for notice in notices:
        typer.echo(f"warning: {notice.message} {notice.remedy}".rstrip(), err=True)


def note(text: str) -> None:
    """Tell a person something that is no result (stderr)."""
    typer.echo(f"note: {text}", err=True)


@contextmanager
def tidy_when_terminated() -> Iterator[None]:
    """While the block runs, SIGTERM unwinds it like an exception, so that half-written files are removed.

    Does nothing outside the main thread, where no handler can be set.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(_SIGTERM_EXIT)
