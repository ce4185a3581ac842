"""`tryon train`: make training data, train the networks, look at them, export them."""

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from tryon_app.core.errors import ModelError, OutputError, TryOnError, UsageError

if TYPE_CHECKING:
    from tryon_app.core.protocols import Parser, PoseEstimator
    from tryon_app.core.types import Float32
    from tryon_app.inference.session import Network
    from tryon_app.training.settings import TrainSettings
    from tryon_app.training.train import MakeTask

app = typer.Typer(no_args_is_help=True)
_KINDS = ("parse", "warp")
_NEEDED = ("torch", "anny", "numba", "safetensors", "onnx", "matplotlib")

Output = Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")]
Checkpoint = Annotated[
    Path,
    typer.Option("--checkpoint", metavar="FOLDER|JSON", help="A training's folder, or its parse.json or warp.json."),
]

Holdout = Annotated[
    Path | None, typer.Option("--holdout", help="Folder with data that are only looked at.", show_default=False)
]
Minutes = Annotated[float, typer.Option(min=0.1, help="Time budget of the schedule.")]
Steps = Annotated[int, typer.Option(min=0, help="Steps of the schedule instead; 0 = the budget counts.")]
Seed = Annotated[int, typer.Option(min=0, help="Of weights, order and flaws.")]
Batch = Annotated[int, typer.Option(min=1, help="Examples in a step.")]
Rate = Annotated[float, typer.Option(min=1e-6, help="Highest learning rate.")]
Threads = Annotated[int, typer.Option(min=1, help="For torch.")]
Bf16 = Annotated[bool, typer.Option("--bf16", help="For CPUs with AMX; slower on others.")]


@app.callback()
def train() -> None:
    """Make the app's own networks: synthetic people, training, evaluation, export.

    Needs the extra `train`: `pip install torch`, then `pip install 'tryon_app[train]'`.

    **From nothing to a network**

    - `tryon train synth --pairs 8000 --seed 1 --workers 2 --output data`

    - `tryon train synth --pairs 200 --seed 9001 --held-out --output holdout`

    - `tryon train parse --data data --holdout holdout --minutes 90 --output run`

    - `tryon train export --checkpoint run --output parsing.onnx`

    - `tryon train quantize --network parsing.onnx --data data --output parsing-cpu.onnx`

    - `tryon train evaluate --holdout holdout --checkpoint run`

    **And the warp network**, which needs a parsing network first

    - `tryon train lay --data data --network parsing.onnx --output laid`

    - `tryon train lay --data holdout --network parsing.onnx --output laid-holdout`

    - `tryon train warp --data laid --holdout laid-holdout --minutes 90 --output warp-run`

    - `tryon train export --checkpoint warp-run --output warp.onnx`
    """


def _require(*modules: str) -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise TryOnError(
            f"Training needs {', '.join(missing)}.",
            "Install it: pip install torch, then pip install 'tryon_app[train]'.",
        )
    # Threads that wait must sleep: spinning ones take the time of those that prepare the data.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _checkpoint(path: Path) -> tuple[Path, str]:
    """The JSON file of a checkpoint, and which network it is of."""
    found = path
    if path.is_dir():
        found = next(
            (path / f"{kind}.json" for kind in _KINDS if (path / f"{kind}.json").exists()), path / "parse.json"
        )
    if found.stem not in _KINDS:
        raise UsageError(
            f"{found.name} is no checkpoint.", "Give a training's folder, its parse.json or its warp.json."
        )
    return found, found.stem


@app.command()
def synth(
    output: Output,
    pairs: Annotated[int, typer.Option(min=1, help="Pairs of frames: before and after a change of clothes.")] = 20000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same data.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="For evaluation: pictures and patterns that training never sees.")
    ] = False,
) -> None:
    """Make training data: synthetic people in two outfits each, with everything about them known.

    What is in the folder already is kept: call it again to go on after a break.

    **Example**

    - `tryon train synth --pairs 20000 --seed 1 --workers 2 --output data`
    """
    _require(*_NEEDED)
    from tryon_app.training.synth.generate import generate

    def tell(done: int, wanted: int) -> None:
        _say(f"{done} of {wanted} pairs")

    generate(output, pairs, seed, workers, tell, held_out)


@app.command()
def parse(
    data: Annotated[Path, typer.Option("--data", help="Folder with training data; more may be added while it runs.")],
    output: Output,
    holdout: Holdout = None,
    minutes: Minutes = 90.0,
    steps: Steps = 0,
    seed: Seed = 1,
    batch: Batch = 8,
    rate: Rate = 2e-3,
    threads: Threads = 2,
    workers: Annotated[int, typer.Option(min=1, help="Threads that prepare examples.")] = 1,
    bf16: Bf16 = False,
) -> None:
    """Train the parsing network. Ctrl-C saves; `tryon train resume` goes on.

    **Example**

    - `tryon train parse --data data --holdout holdout --minutes 90 --output run`
    """
    _require("torch", "safetensors", "matplotlib")
    from tryon_app.training.settings import TrainSettings

    settings = TrainSettings(
        data=str(data),
        holdout="" if holdout is None else str(holdout),
        seed=seed,
        steps=steps,
        minutes=minutes,
        batch=batch,
        rate=rate,
        threads=threads,
        workers=workers,
        bf16=bf16,
    )
    _train("parse", settings, output)


@app.command()
def lay(
    data: Annotated[Path, typer.Option("--data", help="Folder with training data.")],
    output: Output,
    network: Annotated[
        Path | None,
        typer.Option("--network", metavar="ONNX", help="A parsing network, instead of what ships.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of landmarks' errors and cameras' flaws.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """Lay the garments of training data on their people as the app does: what the warp network learns from.

    What is in the folder already is kept: call it again to go on after a break.

    **Example**

    - `tryon train lay --data data --output laid`
    """
    from tryon_app.training.warp_data import lay_shards

    def tell(done: int, wanted: int) -> None:
        _say(f"{done} of {wanted} shards")

    with _network(None, network) as path:
        lay_shards(data, path, output, seed, workers, tell)


@app.command()
def warp(
    data: Annotated[Path, typer.Option("--data", help="Folder of `tryon train lay`; more may be added while it runs.")],
    output: Output,
    holdout: Holdout = None,
    minutes: Minutes = 90.0,
    steps: Steps = 0,
    seed: Seed = 1,
    batch: Batch = 12,
    rate: Rate = 2e-3,
    threads: Threads = 2,
    bf16: Bf16 = False,
) -> None:
    """Train the warp network. Ctrl-C saves; `tryon train resume` goes on.

    **Example**

    - `tryon train warp --data laid --holdout laid-holdout --minutes 90 --output run`
    """
    _require("torch", "safetensors", "matplotlib")
    from tryon_app.training.settings import TrainSettings

    settings = TrainSettings(
        data=str(data),
        holdout="" if holdout is None else str(holdout),
        seed=seed,
        steps=steps,
        minutes=minutes,
        batch=batch,
        rate=rate,
        threads=threads,
        bf16=bf16,
    )
    _train("warp", settings, output)


@app.command()
def resume(
    run: Annotated[Path, typer.Argument(help="Folder of the training.")],
    minutes: Annotated[
        float, typer.Option(min=0.0, help="New time budget, what was spent included; 0 = as it was.")
    ] = 0.0,
    steps: Annotated[int, typer.Option(min=0, help="New number of steps, those done included; 0 = as it was.")] = 0,
) -> None:
    """Go on with a training that was stopped: same step, same schedule, same order of the data.

    **Example**

    - `tryon train resume run --minutes 120`
    """
    _require("torch", "safetensors", "matplotlib")
    from tryon_app.training.train import resume as go_on

    kind = _checkpoint(run)[1]
    _done(go_on(_task(kind), kind, run, _say, minutes, steps).step, run)


def _train(kind: str, settings: "TrainSettings", output: Path) -> None:
    from tryon_app.training.train import train as begin

    _done(begin(_task(kind), settings, output, _say).step, output)


def _task(kind: str) -> "MakeTask":
    if kind == "warp":
        from tryon_app.training.warp_task import WarpTask

        return WarpTask
    from tryon_app.training.parse_task import ParseTask

    return ParseTask


@app.command()
def export(
    checkpoint: Checkpoint,
    output: Annotated[Path, typer.Option("--output", "-o", help="The ONNX file to write.")] = Path("parsing.onnx"),
) -> None:
    """Write the network of a checkpoint as ONNX, after comparing it with torch; prints lines for models/manifest.toml.

    **Example**

    - `tryon train export --checkpoint run --output models/parsing.onnx`
    """
    _require("torch", "safetensors", "onnx", "matplotlib")
    from tryon_app.training.export import export_network

    sys.stdout.write(export_network(*_checkpoint(checkpoint), output).manifest() + "\n")


@app.command()
def quantize(
    data: Annotated[Path, typer.Option("--data", help="Folder with training data: they say which values occur.")],
    network: Annotated[Path, typer.Option("--network", metavar="ONNX", help="What `tryon train export` wrote.")] = Path(
        "parsing.onnx"
    ),
    output: Annotated[Path, typer.Option("--output", "-o", help="The ONNX file to write.")] = Path("parsing-cpu.onnx"),
) -> None:
    """Write an 8-bit copy of a parsing network for CPUs, twice as fast; prints lines for models/manifest.toml.

    GPUs keep using the float file: ship both, and measure both with `tryon train evaluate --network`.

    **Example**

    - `tryon train quantize --network models/parsing.onnx --data data --output models/parsing-cpu.onnx`
    """
    _require("onnx")
    from tryon_app.training.quantize import quantize_parse

    sys.stdout.write(quantize_parse(network, data, output).manifest() + "\n")


@app.command()
def evaluate(
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FOLDER|JSON",
            help="A training to look at, instead of what ships.",
            show_default=False,
        ),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            "--network", metavar="ONNX", help="A network to look at, instead of what ships.", show_default=False
        ),
    ] = None,
    holdout: Annotated[
        Path | None,
        typer.Option("--holdout", help="Folder of `tryon train synth --held-out`: mIoU.", show_default=False),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option("--photos", help="Folder of X.jpg, X_label.png and labels.txt: IoU.", show_default=False),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="PNG", help="Draw the labels of the sample people here.", show_default=False),
    ] = None,
) -> None:
    """Measure a parsing network; prints one JSON object.

    On synthetic frames with their flaws, on real photos with labels by hand, and as a picture to look at.

    **Examples**

    - `tryon train evaluate --holdout holdout --photos labelled --sheet sheet.png`

    - `tryon train evaluate --checkpoint run --sheet sheet.png`
    """
    if checkpoint is not None and network is not None:
        raise UsageError("--checkpoint and --network exclude each other.", "Give one of them.")
    if holdout is None and photos is None and sheet is None:
        raise UsageError("There is nothing to do.", "Give --holdout, --photos or --sheet.")
    found: dict[str, object] = {}
    with _network(checkpoint, network) as path:
        if holdout is not None:
            found["holdout"] = _on_synthetic(path, holdout)
        if photos is not None:
            from tryon_app.training.photos import score_photos

            found["photos"] = score_photos(photos, *_pipeline(path))
        if sheet is not None:
            _draw(path, sheet)
            found["sheet"] = str(sheet)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


@contextmanager
def _network(checkpoint: Path | None, network: Path | None) -> Iterator[Path]:
    """The ONNX file to look at: given, exported from a checkpoint for the while, or the one that ships."""
    if checkpoint is not None:
        _require("torch", "safetensors", "onnx", "matplotlib")
        from tryon_app.training.export import export_network

        with TemporaryDirectory() as folder:
            yield export_network(*_checkpoint(checkpoint), Path(folder) / "network.onnx").path
    elif network is not None:
        yield network
    else:
        from tryon_app import app as parts
        from tryon_app.perception.parsing_network import MODEL

        store = parts.model_store()
        if MODEL not in store.manifest.models:
            raise ModelError("This version ships no parsing network.", "Give --network or --checkpoint.")
        yield store.ensure(MODEL)


def _opened(path: Path) -> "Network":
    from tryon_app.inference.session import Network
    from tryon_app.perception.parsing_network import CONTRACT, MODEL

    return Network(MODEL, lambda: path, CONTRACT)


def _on_synthetic(path: Path, holdout: Path) -> dict[str, object]:
    from tryon_app.training.evaluate import score_network

    network = _opened(path)
    network.open()

    def says(picture: "Float32") -> "tuple[Float32, Float32]":
        outputs = network.run({"picture": picture})
        return outputs["parts"], outputs["materials"]

    try:
        scores = score_network(says, holdout)
    finally:
        network.close()
    return {
        head: {"miou": round(score.mean_iou(), 4)} | {name: round(iou, 4) for name, iou in score.iou().items()}
        for head, score in scores.items()
    }


def _pipeline(path: Path) -> "tuple[PoseEstimator, Parser]":
    """Pose and parser as `tryon render` has them, with the network of that file."""
    from tryon_app import app as parts
    from tryon_app.perception.mediapipe_pose import MediaPipePose
    from tryon_app.perception.parsing_network import NetworkParser
    from tryon_app.perception.silhouette import SilhouetteParser

    store = parts.model_store()
    return MediaPipePose(lambda: store.ensure("pose")), NetworkParser(SilhouetteParser(), _opened(path))


def _draw(path: Path, sheet: Path) -> None:
    import cv2

    from tryon_app import app as parts
    from tryon_app.core.files import atomic_write
    from tryon_app.training.photos import sheet as contact_sheet

    people = parts.model_store().ensure(parts.SAMPLES) / "people"
    drawn = contact_sheet(sorted(people.glob("*.jpg")), *_pipeline(path))
    ok, content = cv2.imencode(".png", drawn[..., ::-1])
    if not ok:
        raise OutputError(f"{sheet} cannot be encoded.", "Give the name of a .png file.")
    with atomic_write(sheet) as part:
        part.write_bytes(content.tobytes())


def _done(step: int, output: Path) -> None:
    _say(f"step {step}; checkpoint, journal and plot are in {output}")
