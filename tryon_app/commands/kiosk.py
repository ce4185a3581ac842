"""`tryon kiosk`: the window, full screen, kept running."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from tryon_app.commands.showing import Garments, Language, Size, Source


def kiosk(
    source: Source = "",
    garment: Garments = None,
    size: Size = "",
    language: Language = "",
    windowed: Annotated[bool, typer.Option("--windowed", help="Do not fill the screen.")] = False,
) -> None:
    """The mirror on a machine that nobody looks after: full screen, and started again when it crashes or freezes.

    A second process watches the window's and the processing threads' heartbeats. After a failure the app is back within
    seconds; failures in a row are given growing pauses; after three in five minutes it starts in safe mode, which fits
    garments by geometry alone. Why it failed is in `kiosk.log` in the folder that `tryon doctor` names. Closing the
    window ends it.

    **Examples**

    - `tryon kiosk`

    - `tryon kiosk --source camera --garment tee-white --language zh_CN`
    """
    from tryon_app.core.logs import logging_to_file
    from tryon_app.supervision.supervisor import Supervisor

    options = _options(source, tuple(garment or ()), size, language, windowed)
    supervisor = Supervisor(
        lambda safe: [*program(), "mirror", *options, *(["--no-networks"] if safe else [])], tidy=_remove_what_it_began
    )

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        supervisor.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with logging_to_file("kiosk.log", "tryon_app.supervision"):
            code = supervisor.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    raise typer.Exit(code)


def _remove_what_it_began(process: int) -> None:
    """A recording that a crash cut off shows people and cannot be played: nobody shall find it."""
    from tryon_app.core.settings import load_settings
    from tryon_app.outputs.leftovers import remove_leftovers

    capture = load_settings(touch=False).capture
    remove_leftovers((capture.snapshots, capture.recordings), gone=process)


def program() -> Sequence[str]:
    """How this very app is started again."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", Path(__file__).parent.parent.name]


def _options(source: str, garments: Sequence[str], size: str, language: str, windowed: bool) -> list[str]:
    named = [("--source", source), *(("--garment", spec) for spec in garments), ("--size", size)]
    named.append(("--language", language))
    given = [f"{name}={value}" for name, value in named if value]
    return given if windowed else [*given, "--fullscreen"]
