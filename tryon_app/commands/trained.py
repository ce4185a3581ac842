"""`tryon train export|quantize|evaluate`: what a training made."""

import importlib.util
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from tryon_app.core.errors import ModelError, OutputError, TryOnError, UsageError

if TYPE_CHECKING:
    from tryon_app.core.protocols import Parser, PoseEstimator
    from tryon_app.core.types import Float32
    from tryon_app.inference.manifest import Contract
    from tryon_app.inference.session import Network

_KINDS = ("parse", "warp")
Checkpoint = Annotated[
    Path,
    typer.Option("--checkpoint", metavar="FOLDER|JSON", help="A training's folder, or its parse.json or warp.json."),
]


def require(*modules: str) -> None:
    """Modules of the extra `train` are there.

    Raises:
        TryOnError: One is missing.
    """
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise TryOnError(
            f"Training needs {', '.join(missing)}.",
            "Install it: pip install torch, then pip install 'tryon_app[train]'.",
        )
    # Threads that wait must sleep: spinning ones take the time of those that prepare the data.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def checkpoint_of(path: Path, kinds: Sequence[str] = _KINDS) -> tuple[Path, str]:
    """The JSON file of a checkpoint, and which network it is of.

    Args:
        path: The file, or the folder of a training.
        kinds: Which networks are looked for in a folder, the first one first.
    """
    found = path
    if path.is_dir():
        files = [path / f"{kind}.json" for kind in kinds]
        found = next((file for file in files if file.exists()), files[0])
    if found.stem not in _KINDS:
        raise UsageError(
            f"{found.name} is no checkpoint.", "Give a training's folder, its parse.json or its warp.json."
        )
    return found, found.stem


def export(
    checkpoint: Checkpoint,
    output: Annotated[Path, typer.Option("--output", "-o", help="The ONNX file to write.")] = Path("parsing.onnx"),
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FOLDER",
            help="Keep the weights there too, for `tryon train parse|warp --start`.",
            show_default=False,
        ),
    ] = None,
    mean_with: Annotated[
        Path | None,
        typer.Option(
            "--mean-with",
            metavar="FOLDER|JSON",
            help="Of a training that began with other weights: the mean of its own and those; needs --weights.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the network of a checkpoint as ONNX, after comparing it with torch; prints lines for models/manifest.toml.

    **Examples**

    - `tryon train export --checkpoint run --output models/parsing.onnx`

    - `tryon train export --checkpoint run --output models/parsing.onnx --weights models/training`

    - `tryon train export --checkpoint run --mean-with before.json --weights kept --output parsing.onnx`
    """
    if mean_with is not None and weights is None:
        raise UsageError("The mean of two trainings is nowhere yet.", "Say with --weights where it is kept.")
    require("torch", "safetensors", "onnx", "matplotlib")
    from tryon_app.training.export import export_network, keep_weights

    path, kind = checkpoint_of(checkpoint)
    if weights is not None:
        path = keep_weights(path, kind, weights, None if mean_with is None else checkpoint_of(mean_with)[0])
    sys.stdout.write(export_network(path, kind, output).manifest() + "\n")


def quantize(
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            help="Folder with its training data (of `synth`, or of `lay` for warping): they say which values occur.",
        ),
    ],
    network: Annotated[Path, typer.Option("--network", metavar="ONNX", help="What `tryon train export` wrote.")] = Path(
        "parsing.onnx"
    ),
    output: Annotated[Path, typer.Option("--output", "-o", help="The ONNX file to write.")] = Path("parsing-cpu.onnx"),
) -> None:
    """Write an 8-bit copy of a network for CPUs, twice as fast or more; prints lines for models/manifest.toml.

    GPUs keep using the float file: ship both, and measure both with `tryon train evaluate --network`.

    **Examples**

    - `tryon train quantize --network models/parsing.onnx --data data --output models/parsing-cpu.onnx`

    - `tryon train quantize --network models/warp.onnx --data laid --output models/warp-cpu.onnx`
    """
    require("onnx")
    from tryon_app.training.quantize import quantize_network

    sys.stdout.write(quantize_network(network, data, output).manifest() + "\n")


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
    laid: Annotated[
        Path | None,
        typer.Option(
            "--laid", help="Folder of `tryon train lay`: measure a warp network there instead.", show_default=False
        ),
    ] = None,
    worn: Annotated[
        Path | None,
        typer.Option(
            "--worn",
            help="Folder of `tryon train synth --held-out`: dress its people in the very garments they wear instead.",
            show_default=False,
        ),
    ] = None,
    width: Annotated[
        int, typer.Option(min=96, max=384, help="With --worn: pixels across of people and product photos.")
    ] = 384,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="PNG", help="Draw the labels of the sample people here.", show_default=False),
    ] = None,
) -> None:
    """Measure a network; prints one JSON object.

    A parsing network on synthetic frames with their flaws, on real photos with labels by hand, and as a picture to look
    at; with --laid, a warp network: how far the garment is drawn from where it truly is, and how much their outlines
    have in common, beside geometry alone; with --worn, the whole app as it ships: how much of a garment is drawn where
    its wearer truly wears it.

    **Examples**

    - `tryon train evaluate --holdout holdout --photos labelled --sheet sheet.png`

    - `tryon train evaluate --checkpoint run --sheet sheet.png`

    - `tryon train evaluate --laid laid-holdout`

    - `tryon train evaluate --worn holdout --width 192`
    """
    if checkpoint is not None and network is not None:
        raise UsageError("--checkpoint and --network exclude each other.", "Give one of them.")
    if holdout is photos is sheet is laid is worn is None:
        raise UsageError("There is nothing to do.", "Give --holdout, --photos, --sheet, --laid or --worn.")
    if laid is not None and not holdout is photos is sheet is None:
        raise UsageError("--laid measures a warp network, the others a parsing network.", "Give --laid alone.")
    if worn is not None and not checkpoint is network is holdout is photos is sheet is laid is None:
        raise UsageError("--worn measures the app as it ships.", "Give --worn alone.")
    found: dict[str, object] = {}
    if worn is not None:
        sys.stdout.write(json.dumps({"worn": _on_wearers(worn, width)}, indent=2) + "\n")
        return
    if laid is not None:
        with _warp_network(checkpoint, network) as path:
            found["laid"] = _on_laid(path, laid)
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    with parsing_network(checkpoint, network) as path:
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
def parsing_network(checkpoint: Path | None, network: Path | None) -> Iterator[Path]:
    """The parsing network to look at.

    Args:
        checkpoint: Of a training; exported for the while.
        network: An ONNX file; what ships where both are None.

    Raises:
        ModelError: This version ships none.
    """
    from tryon_app.perception.parsing_network import MODEL

    with _file(MODEL, checkpoint, network) as path:
        yield path


@contextmanager
def _warp_network(checkpoint: Path | None, network: Path | None) -> Iterator[Path]:
    from tryon_app.fitting.refine import MODEL

    with _file(MODEL, checkpoint, network) as path:
        yield path


@contextmanager
def _file(model: str, checkpoint: Path | None, network: Path | None) -> Iterator[Path]:
    """The ONNX file to look at: given, exported from a checkpoint for the while, or the one that ships."""
    if checkpoint is not None:
        require("torch", "safetensors", "onnx", "matplotlib")
        from tryon_app.training.export import export_network

        with TemporaryDirectory() as folder:
            yield export_network(*checkpoint_of(checkpoint), Path(folder) / "network.onnx").path
    elif network is not None:
        yield network
    else:
        from tryon_app import app as parts

        store = parts.model_store()
        if model not in store.manifest.models:
            raise ModelError(f"This version ships no network {model}.", "Give --network or --checkpoint.")
        yield store.ensure(model)


def _opened(path: Path, model: str, contract: "Contract") -> "Network":
    from tryon_app.inference.session import Network

    return Network(model, lambda: path, contract)


def _on_laid(path: Path, folder: Path) -> dict[str, float]:
    from tryon_app.fitting.refine import CONTRACT, MODEL
    from tryon_app.training.warp_data import LaidStore
    from tryon_app.training.warp_score import score_warp

    network = _opened(path, MODEL, CONTRACT)
    network.open()

    def says(laid: "Float32") -> "tuple[Float32, Float32]":
        outputs = [network.run({"laid": one[None]}) for one in laid]
        moved, cover = ([output[name][0] for output in outputs] for name in ("moved", "cover"))
        return np.stack(moved), np.stack(cover)

    try:
        found = score_warp(says, LaidStore(folder, photos=True))
    finally:
        network.close()
    return {name: round(value, 4) for name, value in found.items()}


def _on_wearers(folder: Path, width: int) -> dict[str, float]:
    from tryon_app.app import opened_pipeline
    from tryon_app.garments.importing import import_photo
    from tryon_app.training.worn_score import score_worn

    with opened_pipeline("image") as pipeline:
        return score_worn(folder, pipeline, import_photo, width).figures()


def _on_synthetic(path: Path, holdout: Path) -> dict[str, object]:
    from tryon_app.perception.parsing_network import CONTRACT, MODEL
    from tryon_app.training.evaluate import score_network

    network = _opened(path, MODEL, CONTRACT)
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
    """Pose and parser as `tryon render` has them, with the network of that file.

    Raises:
        ModelError: It cannot be used. The parser would go on without one, and the figures would be of nothing.
    """
    from tryon_app import app as parts
    from tryon_app.perception.mediapipe_pose import MediaPipePose
    from tryon_app.perception.parsing_network import CONTRACT, MODEL, NetworkParser
    from tryon_app.perception.silhouette import SilhouetteParser

    store, network = parts.model_store(), _opened(path, MODEL, CONTRACT)
    network.open()
    network.close()
    return MediaPipePose(lambda: store.ensure("pose")), NetworkParser(SilhouetteParser(), network)


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
