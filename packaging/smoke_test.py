"""Runs an installed or frozen app as a stranger's machine would, and demands clean answers.

    python packaging/smoke_test.py build/package/cpu/dist/tryon/tryon
    python packaging/smoke_test.py --root /srv/bookworm tryon          (installed in that root, entered with chroot)

Without a network (Linux: in a network namespace of its own), with an empty home: version, doctor, models, render, bench
on the synthetic camera, and ten seconds of the live window. Every exit code must be 0, and nothing may be on stderr
but what `place.ALLOWED` names line by line. Only Python's standard library is used; the app brings its own.
"""

import argparse
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from film import motion_jpeg
from place import LINUX, PATIENCE_S, Failed, Place, Window, alive, clean, run, started
from screen import Screen, png, png_size

GARMENT = "tee-white"
SAMPLE_GARMENT = "clothes/shirts/1_front.jpg"
SAMPLE_PERSON = "people/1_posture.jpg"
# A window that shows a moving person in a room: more colours, and more change, than a spinner.
_COLOURS, _CHANGED = 500, 0.002


def check_version(place: Place) -> str:
    """`tryon --version`."""
    out = clean(run(place, "--version")).out.strip()
    if not re.fullmatch(r"tryon \d+\.\d+\.\d+\S*", out):
        raise Failed(f"it says {out!r}")
    return out


def check_doctor(place: Place) -> str:
    """`tryon doctor`: nothing the app needs is missing."""
    result = run(place, "doctor", "--json")
    if not result.out.startswith("{"):
        clean(result)
    report = json.loads(result.out)
    failed = [entry for entry in report["checks"] if entry["level"] == "fail"]
    if failed or not report["ok"]:
        raise Failed("; ".join(f"{entry['title']}: {entry['message']}" for entry in failed) or "not ok")
    clean(result)
    warnings = [f"{entry['title']}: {entry['message']}" for entry in report["checks"] if entry["level"] == "warn"]
    return f"{len(report['checks'])} checks" + (f"; warned: {'; '.join(warnings)}" if warnings else "")


def check_models(place: Place) -> str:
    """Every model is inside, whole."""
    clean(run(place, "models", "verify"))
    rows = json.loads(clean(run(place, "models", "list", "--json")).out)
    fetched = [row["id"] for row in rows if row["path"].startswith(place.inside(place.scratch))]
    if fetched:
        raise Failed(f"{', '.join(fetched)} did not come with the app")
    return ", ".join(row["id"] for row in rows)


def check_render(place: Place) -> str:
    """A sample person in a sample garment: the picture, and a layer with something on it."""
    rows = json.loads(clean(run(place, "models", "list", "--json")).out)
    samples = next(row["path"] for row in rows if row["id"] == "samples")
    output, layers = place.scratch / "dressed.png", place.scratch / "layers"
    person, garment = f"{samples}/{SAMPLE_PERSON}", f"{samples}/{SAMPLE_GARMENT}"
    arguments = ["--source", person, "--garment", garment, "--output", place.inside(output)]
    result = clean(run(place, "render", *arguments, "--layers", place.inside(layers)))
    size = png_size(output.read_bytes()) if output.is_file() else (0, 0)
    if min(size) < 100:
        raise Failed(f"the picture is {size[0]}x{size[1]}")
    layer = next(iter(sorted(layers.glob("*.png"))), None)
    if layer is None or layer.stat().st_size < 10_000:
        raise Failed("the layer is empty")
    return f"{size[0]}x{size[1]} in {result.seconds:.1f} s"


def check_film(place: Place) -> str:
    """A film of a sample person: read and written by what is inside."""
    rows = json.loads(clean(run(place, "models", "list", "--json")).out)
    samples = Path(next(row["path"] for row in rows if row["id"] == "samples"))
    here = samples if place.root is None else place.root / samples.relative_to("/")
    source, output = place.scratch / "film.avi", place.scratch / "film.mp4"
    source.write_bytes(motion_jpeg((here / SAMPLE_PERSON).read_bytes(), 6))
    result = clean(
        run(
            place,
            *("render", "--source", place.inside(source), "--garment", GARMENT, "--output", place.inside(output)),
        )
    )
    data = output.read_bytes() if output.is_file() else b""
    if data[4:8] != b"ftyp" or len(data) < 10_000:
        raise Failed(f"the film is {len(data)} bytes and starts with {data[:12]!r}")
    return f"{len(data) // 1000} kB in {result.seconds:.1f} s"


def check_bench(place: Place, start_limit_s: float) -> str:
    """The live pipeline on the synthetic camera; its first composite comes in time."""
    arguments = ["--source", "synthetic", "--garment", GARMENT, "--seconds", "5", "--json"]
    measured = json.loads(clean(run(place, "bench", *arguments)).out)
    if measured["frames"] < 5 or measured["stages"]["composite"]["median_ms"] <= 0.5:
        raise Failed(f"nobody was dressed: {measured['frames']} frames, {measured['stages']['composite']}")
    if measured["startup_s"] > start_limit_s:
        raise Failed(f"the first composite came after {measured['startup_s']} s, not within {start_limit_s} s")
    return f"first composite after {measured['startup_s']} s, {measured['fps']} fps, {measured['peak_rss_mb']} MB"


def check_mirror(place: Place, seconds: float, picture: Path | None, screen: Screen | None) -> str:
    """The live window for a while: it shows somebody moving, and ends well when asked to."""
    with started(place, "mirror", "--source", "synthetic", "--garment", GARMENT) as window:
        shown_s = _watch(window, screen) if screen else 0.0
        _live(window, seconds)
        if screen and not _moving(screen):
            raise Failed("the picture stands still")
        if screen and picture:
            picture.write_bytes(png(*screen.read()))
    clean(window.ended())
    return f"{seconds:.0f} s live" + (f", on screen after {shown_s:.1f} s" if screen else "; no screen was looked at")


def check_kiosk(place: Place, screen: Screen) -> str:
    """The kiosk comes back after its app was killed, and leaves nobody behind when it is asked to end."""
    with started(place, "kiosk", "--source", "synthetic", "--garment", GARMENT) as window:
        _watch(window, screen)
        first = _children(window.process.pid)
        if not first:
            raise Failed("it started no app")
        os.kill(first[0], signal.SIGKILL)
        begin = time.monotonic()
        while not (second := [pid for pid in _children(window.process.pid) if pid not in first]):
            if time.monotonic() - begin > PATIENCE_S:
                raise Failed("it started no other app")
            time.sleep(0.05)
        started_s = time.monotonic() - begin
        _watch(window, screen)
        shown_s = time.monotonic() - begin
    clean(window.ended())
    left = [pid for pid in (*first, *second) if Path(f"/proc/{pid}").exists()]
    if left:
        raise Failed(f"still running: {left}")
    return f"started again {started_s:.1f} s after a kill, on screen after {shown_s:.1f} s"


def _children(pid: int) -> list[int]:
    """Processes that another has started (Linux)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


def _live(window: Window, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        alive(window)
        time.sleep(0.1)


def _watch(window: Window, screen: Screen) -> float:
    """Seconds since its start until a person moves on the screen."""
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE_S:
        alive(window)
        if _moving(screen):
            return time.monotonic() - window.begin
    raise Failed("nothing moved on the screen")


def _moving(screen: Screen) -> bool:
    before = screen.sample()
    time.sleep(0.5)
    after = screen.sample()
    changed = sum(a != b for a, b in zip(before, after, strict=True)) / len(after)
    return len(set(after)) > _COLOURS and changed > _CHANGED


def check_home(place: Place) -> str:
    """Nothing was written but settings, log and caches."""
    allowed_folders = {"logs", "config", "cache", "data"}
    data = place.scratch / "data"
    strange = [str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()]
    strange = [name for name in strange if Path(name).parts[0] not in allowed_folders]
    if strange:
        raise Failed(", ".join(strange))
    return f"{sum(path.is_file() for path in data.rglob('*'))} files, all settings, log or cache"


def check_no_python(place: Place) -> str:
    """The root that the app was installed in has no Python of its own."""
    if place.root is None:
        return "not looked at: no --root"
    found = [path for folder in ("usr/bin", "usr/local/bin") for path in (place.root / folder).glob("python*")]
    if found:
        raise Failed(", ".join(map(str, found)))
    return "none"


@dataclass
class Outcome:
    """All checks of a run: what each said, and which failed."""

    lines: list[dict[str, object]] = field(default_factory=list)

    def check(self, name: str, look: Callable[[], str]) -> None:
        """Run one; a failure does not keep the others from running."""
        begin = time.monotonic()
        try:
            said, good = look(), True
        except Failed as failure:
            said, good = str(failure), False
        except (OSError, ValueError, KeyError, StopIteration) as error:
            said, good = f"{type(error).__name__}: {error}", False
        print(f"{'ok  ' if good else 'FAIL'}  {name:<12} {said}", flush=True)
        self.lines.append({"name": name, "ok": good, "said": said, "seconds": round(time.monotonic() - begin, 1)})

    @property
    def good(self) -> bool:
        """Whether all held."""
        return all(line["ok"] for line in self.lines)


def smoke(place: Place, options: argparse.Namespace, screen: Screen | None) -> Outcome:
    """All checks."""
    outcome = Outcome()
    outcome.check("no python", lambda: check_no_python(place))
    outcome.check("version", lambda: check_version(place))
    outcome.check("doctor", lambda: check_doctor(place))
    outcome.check("models", lambda: check_models(place))
    outcome.check("render", lambda: check_render(place))
    outcome.check("film", lambda: check_film(place))
    outcome.check("bench", lambda: check_bench(place, options.start_limit))
    if not options.no_window:
        outcome.check("mirror", lambda: check_mirror(place, options.seconds, options.picture, screen))
    if screen is not None:
        outcome.check("kiosk", lambda: check_kiosk(place, screen))
    outcome.check("home", lambda: check_home(place))
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, run the checks: 0 = all held."""
    options = _arguments(arguments)
    root: Path | None = options.root.resolve() if options.root else None
    app = options.app if root else str(Path(shutil.which(options.app) or options.app).resolve())
    temporary = root / "tmp" if root else None
    with tempfile.TemporaryDirectory(prefix="tryon-smoke-", dir=temporary) as name:
        scratch = Path(name).resolve()
        for folder in ("home", "data"):
            (scratch / folder).mkdir(mode=0o700)
        screen = Screen.start(scratch, root) if LINUX and not options.no_window else None
        try:
            display = screen.display if screen else ""
            outcome = smoke(Place(app, root, scratch, options.network, display), options, screen)
        finally:
            if screen:
                screen.stop()
    if options.json:
        options.json.write_text(json.dumps(outcome.lines, indent=2) + "\n", "utf-8")
    failed = [str(line["name"]) for line in outcome.lines if not line["ok"]]
    print(f"smoke test: {len(outcome.lines) - len(failed)} passed, {len(failed)} failed")
    return 0 if outcome.good else 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("app", help="the program: a path, or a name that is on the PATH")
    parser.add_argument("--root", type=Path, help="enter this root with chroot first (Linux, as root)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the window lives (10)")
    parser.add_argument("--start-limit", type=float, default=8.0, help="seconds to the first composite (8)")
    parser.add_argument("--picture", type=Path, help="write what the window showed here (PNG)")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--network", action="store_true", help="leave the network on")
    parser.add_argument("--no-window", action="store_true", help="leave the window out")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
