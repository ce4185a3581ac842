"""`tryon train`: make training data, train the networks, look at them, export them."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tryon_app.core.errors import TryOnError

app = typer.Typer(no_args_is_help=True)
_NEEDED = ("torch", "anny", "numba", "safetensors", "onnx", "matplotlib")

Output = Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")]
Checkpoint = Annotated[
    Path, typer.Option("--checkpoint", metavar="FOLDER|JSON", help="A training's folder, or its parse.json.")
]


@app.callback()
def train() -> None:
    """Make the app's own networks: synthetic people, training, evaluation, export.

    Needs the extra `train`: `pip install torch`, then `pip install 'tryon_app[train]'`.

    **From nothing to a network**

    - `tryon train synth --pairs 8000 --seed 1 --workers 2 --output data`

    - `tryon train synth --pairs 200 --seed 9001 --held-out --output holdout`

    - `tryon train parse --data data --holdout holdout --minutes 90 --output run`

    - `tryon train export --checkpoint run --output parsing.onnx`

    - `tryon train evaluate --holdout holdout --checkpoint run`
    """


def _require(*modules: str) -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise TryOnError(
            f"Training needs {', '.join(missing)}.",
            "Install: pip install torch --index-url https://download.pytorch.org/whl/cpu, "
            "then pip install 'tryon_app[train]'.",
        )
    # Threads that wait must sleep: spinning ones take the time of those that prepare the data.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _checkpoint(path: Path) -> Path:
    return path / "parse.json" if path.is_dir() else path


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
    holdout: Annotated[
        Path | None, typer.Option("--holdout", help="Folder with data that are only looked at.", show_default=False)
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="Time budget of the schedule.")] = 90.0,
    steps: Annotated[int, typer.Option(min=0, help="Steps of the schedule instead; 0 = the budget counts.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of weights, order and flaws.")] = 1,
    batch: Annotated[int, typer.Option(min=1, help="Examples in a step.")] = 8,
    rate: Annotated[float, typer.Option(min=1e-6, help="Highest learning rate.")] = 2e-3,
    threads: Annotated[int, typer.Option(min=1, help="For torch.")] = 2,
    workers: Annotated[int, typer.Option(min=1, help="Threads that prepare examples.")] = 1,
    bf16: Annotated[bool, typer.Option("--bf16", help="For CPUs with AMX; slower on others.")] = False,
) -> None:
    """Train the parsing network. Ctrl-C saves; `tryon train resume` goes on.

    **Example**

    - `tryon train parse --data data --holdout holdout --minutes 90 --output run`
    """
    _require("torch", "safetensors", "matplotlib")
    from tryon_app.training.train import ParseSettings, train_parse

    settings = ParseSettings(
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
    _done(train_parse(settings, output, _say).step, output)


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
    from tryon_app.training.train import resume_parse

    _done(resume_parse(run, _say, minutes, steps).step, run)


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
    from tryon_app.training.export import export_parse

    sys.stdout.write(export_parse(_checkpoint(checkpoint), output).manifest() + "\n")


def _done(step: int, output: Path) -> None:
    _say(f"step {step}; checkpoint, journal and plot are in {output}")
