"""`tryon bench`: how fast this machine dresses people."""

import json
import re
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tryon_app.commands.console import warn
from tryon_app.core.errors import TryOnError, UsageError
from tryon_app.core.types import Notice

if TYPE_CHECKING:
    from tryon_app.core.protocols import Camera
    from tryon_app.core.types import Outfit
    from tryon_app.runtime.live import LiveSession
    from tryon_app.runtime.states import LiveFrame, LiveStatus

STAGES = ("capture", "pose", "parse", "fit", "refine", "composite")
_START_S = 60.0
_PERSON_S = 5.0
"""After the first frame: how long a person is waited for."""
_BLOCK_S = 2.0
"""Dressed and plain frames take turns this often, so that both meet the same load of the machine."""
_POSE_SHARE = 0.3
"""Time of a plain block, as a share of the dressed block before it."""
_IN_FLIGHT = 3
"""Frames that may still be on their way when the outfit changes: they count for neither block."""


def bench(
    source: Annotated[
        str, typer.Option(metavar="camera:ID|FILE|FOLDER|samples|synthetic", help="What to measure on.")
    ] = "samples",
    garment: Annotated[
        list[str] | None,
        typer.Option(metavar="ID|PHOTO", help="What to wear; tee-white when left out.", show_default=False),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.5, max=86400.0, help="How long to measure.")] = 20.0,
    size: Annotated[str, typer.Option(metavar="WxH", help="Larger frames are scaled down to this.")] = "1280x720",
    paced: Annotated[
        bool, typer.Option("--paced", help="Play files at their own rate and count the frames nobody had time for.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    no_networks: Annotated[bool, typer.Option("--no-networks", help="Measure what geometry alone costs.")] = False,
    soak: Annotated[
        float | None,
        typer.Option(
            metavar="MINUTES",
            min=0.1,
            max=1440.0,
            help="Run so long instead: people come and go, garments change, the camera breaks every minute.",
            show_default=False,
        ),
    ] = None,
    soak_output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where a soak run's samples, result and plot go.", show_default=False),
    ] = None,
) -> None:
    """Measure frames a second, latency and the time of each stage.

    Without --paced the source hands over the next frame as soon as there is room, so nothing is dropped. Files loop.
    Latency runs from the hand-over of a frame to its composite. `pose_only_fps` is the pose model alone, measured in
    blocks that take turns with the others: the ratio says what everything else costs.

    With --soak it ends with exit code 1 when memory, handles, threads or frames in memory grow, the picture does not
    come back after a fault, or the slowest seconds fall below 80 % of the usual pace.

    **Examples**

    - `tryon bench`

    - `tryon bench --source dance.mp4 --garment jacket-denim --seconds 20 --json`

    - `tryon bench --soak 30 --soak-output soak`
    """
    within = _parse_size(size)
    if soak is not None:
        from tryon_app.commands.soaking.command import soak as run_soak

        run_soak(source, tuple(garment or ()), 60.0 * soak, within, soak_output, as_json, not no_networks)
        return
    result = _measure(source, tuple(garment or ("tee-white",)), seconds, within, paced, not no_networks)
    if as_json:
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
    else:
        _print(result)


def _parse_size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,5})[xX](\d{2,5})", text)
    if match is None:
        raise UsageError(f"--size cannot be {text!r}.", "Give width and height, for example 1280x720.")
    return int(match[1]), int(match[2])


class _Run:
    """Collects what a session delivers."""

    def __init__(self) -> None:
        self.first = threading.Event()
        self.first_s = 0.0
        self.dressed = threading.Event()
        self.dressed_s = 0.0
        self.error: TryOnError | None = None
        self.notices: dict[Notice, None] = {}
        self.latencies: list[float] = []
        self.stages: dict[str, list[float]] = {name: [] for name in STAGES}
        self.size = (0, 0)
        self._arrived = threading.Condition()
        self._arrivals = 0
        self._counting = False

    def frame(self, frame: "LiveFrame", stages: Mapping[str, float]) -> None:
        """Every dressed frame, on the dressing thread."""
        now = time.perf_counter()
        if not self.first.is_set():
            self.first_s = time.time()
            self.first.set()
        if not self.dressed.is_set() and frame.composite.layer_roi is not None:
            self.dressed_s = time.time()
            self.dressed.set()
        with self._arrived:
            self._arrivals += 1
            self._arrived.notify_all()
            if not self._counting:
                return
            self.size = frame.frame.width, frame.frame.height
            self.latencies.append(now - frame.frame.captured_s)
            for name in STAGES:
                self.stages[name].append(stages.get(name, 0.0))

    def settle(self) -> None:
        """Let the frames pass that were on their way when something changed."""
        with self._arrived:
            wanted = self._arrivals + _IN_FLIGHT
            self._arrived.wait_for(lambda: self._arrivals >= wanted, _PERSON_S)

    def count(self, seconds: float, *, collect: bool) -> tuple[int, float]:
        """Count for a while: frames and seconds.

        Args:
            seconds: How long.
            collect: Whether latencies and stage times are kept too.
        """
        with self._arrived:
            self._counting, before, begin = collect, self._arrivals, time.perf_counter()
        time.sleep(seconds)
        with self._arrived:
            self._counting = False
            return self._arrivals - before, time.perf_counter() - begin

    def status(self, status: "LiveStatus") -> None:
        """Every change of state."""
        from tryon_app.runtime.states import LiveState

        if status.state is LiveState.RUNNING and status.message:
            self.notices[Notice(status.message, status.remedy)] = None
        stopped_early = status.state is LiveState.STOPPED and status.remedy
        if status.state in (LiveState.FAILED, LiveState.RECONNECTING) or stopped_early:
            self.error = TryOnError(status.message, status.remedy)
            self.first.set()
            self.dressed.set()


def _measure(
    source: str, garments: tuple[str, ...], seconds: float, within: tuple[int, int], paced: bool, networks: bool
) -> dict[str, Any]:
    import psutil

    from tryon_app import app
    from tryon_app.core.types import Worn

    outfit = tuple(Worn(app.load_garment(spec)) for spec in garments)
    run = _Run()
    session, camera = _session(run, source, within, paced, networks)
    session.set_outfit(outfit)
    session.start(camera)
    try:
        if run.first.wait(_START_S):
            # A source without people never shows a garment: its first frame counts all the same.
            run.dressed.wait(_PERSON_S)
        if run.error is not None:
            raise run.error
        startup = (run.dressed_s or run.first_s) - psutil.Process().create_time()
        fps, pose_only, dropped = _take_turns(session, run, outfit, seconds, paced)
        stats = session.stats()
    finally:
        session.stop()
    warn(run.notices)
    if run.error is not None:
        raise run.error
    if not run.latencies:
        raise TryOnError("No frame was dressed in the time given.", "Give more --seconds.")
    return {
        "fps": round(fps, 2),
        "pose_only_fps": round(pose_only, 2),
        "frames": len(run.latencies),
        "dropped": dropped,
        "latency_ms": _spread(run.latencies, ""),
        "stages": {name: _spread(values) for name, values in run.stages.items()},
        "peak_rss_mb": round(_peak_rss_mb(), 1),
        "providers": dict(stats.providers),
        "width": run.size[0],
        "height": run.size[1],
        "startup_s": round(startup, 2),
    }


def _take_turns(
    session: "LiveSession", run: _Run, outfit: "Outfit", seconds: float, paced: bool
) -> tuple[float, float, int]:
    """Dressed and plain blocks in turn, in one session: whatever else the machine does falls on both.

    Nothing worn leaves capture and pose to do; a plain block is never paced, as the pace would be all it showed.

    Returns:
        Frames a second dressed, frames a second with the pose alone, frames dropped while dressed.
    """
    blocks = max(1, round(seconds / _BLOCK_S))
    dressed, plain, dropped = (0, 0.0), (0, 0.0), 0
    for _ in range(blocks):
        before = session.stats().dropped
        dressed = _added(dressed, run.count(seconds / blocks, collect=True))
        dropped += session.stats().dropped - before
        session.set_outfit(())
        session.set_paced(False)
        run.settle()
        plain = _added(plain, run.count(_POSE_SHARE * seconds / blocks, collect=False))
        session.set_outfit(outfit)
        session.set_paced(paced)
        run.settle()
        if run.error is not None:
            break
    return dressed[0] / dressed[1], plain[0] / plain[1], dropped


def _added(one: tuple[int, float], other: tuple[int, float]) -> tuple[int, float]:
    return one[0] + other[0], one[1] + other[1]


def _session(
    run: _Run, source: str, within: tuple[int, int], paced: bool, networks: bool
) -> "tuple[LiveSession, Camera]":
    """A session that tells everything to `run`, and the source to start it with."""
    from tryon_app import app
    from tryon_app.core.settings import load_settings
    from tryon_app.runtime.live import LiveSession

    settings = load_settings()
    session = LiveSession(
        app.build_pipeline(settings, networks=networks),
        on_frame=lambda: None,
        on_status=run.status,
        adaptive=False,
        within=within,
        paced=paced,
        observer=run.frame,
    )
    return session, app.open_source(source, settings)


def _spread(values: list[float], unit: str = "_ms") -> dict[str, float]:
    import numpy as np

    median, high = np.percentile(values, [50, 95])
    return {f"median{unit}": round(1000 * float(median), 2), f"p95{unit}": round(1000 * float(high), 2)}


def _peak_rss_mb() -> float:
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _print(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"{result['width']}x{result['height']}: {result['fps']} fps")
    table.add_column("stage")
    table.add_column("median ms", justify="right")
    table.add_column("p95 ms", justify="right")
    for name, spread in result["stages"].items():
        table.add_row(name, f"{spread['median_ms']:.1f}", f"{spread['p95_ms']:.1f}")
    latency = result["latency_ms"]
    table.add_row("latency", f"{latency['median']:.1f}", f"{latency['p95']:.1f}", style="bold")
    console.print(table)
    console.print(
        f"pose alone {result['pose_only_fps']} fps; {result['frames']} frames, {result['dropped']} dropped; "
        f"first composite after {result['startup_s']} s; peak {result['peak_rss_mb']} MB"
    )
    for model, provider in result["providers"].items():
        console.print(f"{model}: {provider}")
