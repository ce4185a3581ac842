"""`tryon train`: make training data, train the networks, look at them, export them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tryon_app.commands import trained

if TYPE_CHECKING:
    from tryon_app.training.train import MakeTask

app = typer.Typer(no_args_is_help=True)
_NEEDED = ("torch", "anny", "numba", "safetensors", "skimage", "onnx", "matplotlib")

Output = Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")]
Holdout = Annotated[
    Path | None, typer.Option("--holdout", help="Folder with data that are only looked at.", show_default=False)
]
Start = Annotated[
    Path | None,
    typer.Option(
        "--start",
        metavar="FOLDER|JSON",
        help="Begin with the weights of this training, of a network as wide or narrower.",
        show_default=False,
    ),
]
Minutes = Annotated[float, typer.Option(min=0.1, help="Time budget of the schedule.")]
Steps = Annotated[int, typer.Option(min=0, help="Steps of the schedule instead; 0 = the budget counts.")]
Seed = Annotated[int, typer.Option(min=0, help="Of weights, order and flaws.")]
Batch = Annotated[int, typer.Option(min=1, help="Examples in a step.")]
Rate = Annotated[float, typer.Option(min=1e-6, help="Highest learning rate.")]
Threads = Annotated[int, typer.Option(min=1, help="For torch.")]
Bf16 = Annotated[
    bool, typer.Option("--bf16", help="For CPUs with AVX512_BF16 or AMX, nearly twice as fast there; slower on others.")
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

    - `tryon train quantize --network parsing.onnx --data data --output parsing-cpu.onnx`

    - `tryon train evaluate --holdout holdout --checkpoint run`

    **And the warp network**, which needs a parsing network first

    - `tryon train lay --data data --network parsing.onnx --output laid`

    - `tryon train lay --data holdout --network parsing.onnx --output laid-holdout`

    - `tryon train warp --data laid --holdout laid-holdout --minutes 90 --output warp-run`

    - `tryon train export --checkpoint warp-run --output warp.onnx`
    """


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


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
    trained.require(*_NEEDED)
    from tryon_app.training.synth.generate import generate

    def tell(done: int, wanted: int) -> None:
        _say(f"{done} of {wanted} pairs")

    generate(output, pairs, seed, workers, tell, held_out)


@app.command()
def parse(
    data: Annotated[Path, typer.Option("--data", help="Folder with training data; more may be added while it runs.")],
    output: Output,
    holdout: Holdout = None,
    start: Start = None,
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

    - `tryon train parse --data data --start models/training/parse.json --minutes 90 --output run`
    """
    schedule = {"minutes": minutes, "steps": steps, "seed": seed, "batch": batch, "rate": rate}
    _train("parse", output, data, holdout, start, threads=threads, workers=workers, bf16=bf16, **schedule)


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

    with trained.parsing_network(None, network) as path:
        lay_shards(data, path, output, seed, workers, tell)


@app.command()
def warp(
    data: Annotated[Path, typer.Option("--data", help="Folder of `tryon train lay`; more may be added while it runs.")],
    output: Output,
    holdout: Holdout = None,
    start: Start = None,
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
    schedule = {"minutes": minutes, "steps": steps, "seed": seed, "batch": batch, "rate": rate}
    _train("warp", output, data, holdout, start, threads=threads, bf16=bf16, **schedule)


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
    trained.require("torch", "safetensors", "matplotlib")
    from tryon_app.training.train import resume as go_on

    kind = trained.checkpoint_of(run)[1]
    _done(go_on(_task(kind), kind, run, _say, minutes, steps).step, run)


def _train(kind: str, output: Path, data: Path, holdout: Path | None, start: Path | None, **chosen: Any) -> None:
    """Train a network.

    Args:
        kind: Which network.
        output: Folder to write to.
        data: Folder to learn from.
        holdout: Folder that is only looked at.
        start: Training whose weights it begins with.
        chosen: The other settings that were chosen; see `TrainSettings`.
    """
    trained.require("torch", "safetensors", "matplotlib")
    from tryon_app.training.settings import TrainSettings
    from tryon_app.training.train import train as begin

    chosen["holdout"] = "" if holdout is None else str(holdout)
    chosen["start"] = "" if start is None else str(trained.checkpoint_of(start, (kind,))[0])
    settings = TrainSettings(data=str(data), **chosen)
    _done(begin(_task(kind), settings, output, _say).step, output)


def _task(kind: str) -> "MakeTask":
    if kind == "warp":
        from tryon_app.training.warp_task import WarpTask

        return WarpTask
    from tryon_app.training.parse_task import ParseTask

    return ParseTask


def _done(step: int, output: Path) -> None:
    _say(f"step {step}; checkpoint, journal and plot are in {output}")


for _command in (trained.export, trained.quantize, trained.evaluate):
    app.command()(_command)
