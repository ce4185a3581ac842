"""A soak run from the command line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from tryon_app import app
from tryon_app.cameras.faulty import FaultyCamera
from tryon_app.commands.console import progress_bar
from tryon_app.commands.soaking.report import evaluate, write_report
from tryon_app.commands.soaking.run import Schedule, SoakRun
from tryon_app.core.settings import load_settings
from tryon_app.core.types import Outfit, Worn
from tryon_app.runtime.live import LiveSession
from tryon_app.runtime.states import LiveStatus

_USUAL = ("tee-white", "shirt-oxford", "chinos-sand", "jacket-denim", "dress-garden")


def soak(
    source: str,
    garments: tuple[str, ...],
    seconds: float,
    within: tuple[int, int],
    output: Path | None,
    as_json: bool,
    networks: bool,
) -> None:
    """Run, report, and end with exit code 1 where a bar was missed.

    Args:
        source: What to show.
        garments: Worn in turn, with nothing worn in between; some of the catalogue when empty.
        seconds: How long, from the first frame.
        within: Width and height that frames are scaled down to.
        output: Folder for samples, result and plot.
        as_json: Print the result as JSON.
        networks: Whether our own networks run.

    Raises:
        TryOnError: No picture came, or the folder cannot be written.
    """
    settings = load_settings()
    outfits: list[Outfit] = [(Worn(app.load_garment(spec)),) for spec in garments or _catalogue()]

    def make(on_frame: Callable[[], None], on_status: Callable[[LiveStatus], None], observer: Any) -> LiveSession:
        return LiveSession(
            app.build_pipeline(settings, networks=networks),
            on_frame=on_frame,
            on_status=on_status,
            within=within,
            observer=observer,
            still=lambda: app.build_pipeline(settings, networks=False),
        )

    run = SoakRun(FaultyCamera(app.open_source(source, settings)), make, [*outfits, ()], Schedule.within(seconds))
    with progress_bar("Soaking", round(seconds), "seconds") as step:
        done = run.run(seconds, lambda _sample: step())
    result = evaluate(done)
    names = write_report(output, done, result) if output is not None else ()
    if as_json:
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
    else:
        _print(result, output, names)
    if result["failures"]:
        raise typer.Exit(1)


def _catalogue() -> tuple[str, ...]:
    known = app.catalogue().ids()
    return tuple(spec for spec in _USUAL if spec in known) or tuple(known[:5])


def _print(result: dict[str, Any], output: Path | None, names: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    slope = result["rss_slope_mb_per_hour"]
    table = Table(title=f"{result['minutes']} minutes, {result['outfits']} outfits, {result['people']} people")
    for name in ("what", "first third", "last third", "most"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for name in ("rss_mb", "handles", "threads", "frames_held"):
        table.add_row(name, *(f"{value:g}" for value in result[name].values()))
    console.print(table)
    said = "too short for a slope" if slope is None else "{value} MB an hour (95 %: {low} to {high})".format(**slope)
    console.print(f"memory: {said}; fps: median {result['fps']['median']}, slowest 5 % {result['fps']['p5']}")
    for fault in result["faults"]:
        noticed = "" if fault["noticed_s"] is None else f"noticed after {fault['noticed_s']} s, "
        back = "never back" if fault["recovered_s"] is None else f"back {fault['recovered_s']} s after it ended"
        console.print(f"{fault['second']:>7.1f} s  {fault['name']}: {noticed}{back}")
    for failure in result["failures"]:
        console.print(f"missed: {failure}", style="bold red")
    if output is not None:
        console.print(f"{output}: {', '.join(names)}")
