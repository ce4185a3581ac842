"""From a checkpoint to the ONNX file that ships, checked against torch before it is written."""

import hashlib
import io
import warnings
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tryon_app.core.errors import InputError, ModelError
from tryon_app.core.files import atomic_write
from tryon_app.fitting import refine
from tryon_app.inference.manifest import Contract
from tryon_app.perception import parsing_network
from tryon_app.training.checkpoint import load_checkpoint, save_checkpoint
from tryon_app.training.half import halved
from tryon_app.training.learner import averaged
from tryon_app.training.networks import ParsingNetwork, Probabilities, Refinement, WarpNetwork

OPSET = 17
TOLERANCE = 1e-3
_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        path: The ONNX file.
        sha256: Its hash, hexadecimal.
        size: Its bytes.
        difference: Largest difference between torch and ONNX Runtime.
        step: Training steps of the checkpoint.
    """

    path: Path
    sha256: str
    size: int
    difference: float
    step: int

    def manifest(self) -> str:
        """Lines for `models/manifest.toml`."""
        return "\n".join(
            (
                f'file = "{self.path.name}"',
                f"size = {self.size}",
                f'sha256 = "{self.sha256}"',
                f"# {self.step} steps, opset {OPSET}, torch against ONNX Runtime {self.difference:.1e}",
            )
        )


@dataclass(frozen=True, slots=True)
class _Shipped:
    """How a network leaves torch: what it is trained as, what it ships as, and the names of what goes in and out."""

    network: Callable[[], Any]
    finished: Callable[[Any], Any]
    contract: Contract


_SHIPPED: Mapping[str, _Shipped] = {
    "parse": _Shipped(ParsingNetwork, Probabilities, parsing_network.CONTRACT),
    "warp": _Shipped(WarpNetwork, Refinement, refine.CONTRACT),
}


def export_network(checkpoint: Path, kind: str, path: Path) -> Exported:
    """Write a network as the app expects it: names and shapes of `perception.parsing_network` or `fitting.refine`.

    Args:
        checkpoint: The JSON file of the checkpoint.
        kind: Which network: "parse" or "warp".
        path: The ONNX file to write.

    Raises:
        InputError: The checkpoint cannot be used.
        ModelError: ONNX Runtime says something else than torch.
        OutputError: The file cannot be written.
    """
    found = load_checkpoint(checkpoint, kind)
    shipped = _SHIPPED[kind]
    network = rounded(shipped.finished(averaged(shipped.network(), found.tensors)).eval())
    content = onnx_bytes(network, shipped.contract)
    difference = parity(network, content, shipped.contract)
    if difference > TOLERANCE:
        raise ModelError(
            f"ONNX Runtime and torch differ by {difference:.1e} (allowed: {TOLERANCE:.0e}).",
            "Export with the versions of torch and onnxruntime that pyproject.toml names.",
        )
    with atomic_write(path) as part:
        part.write_bytes(content)
    return Exported(path, hashlib.sha256(content).hexdigest(), len(content), difference, found.step)


def keep_weights(checkpoint: Path, kind: str, folder: Path, other: Path | None = None) -> Path:
    """A copy of a checkpoint that holds the averaged weights alone, an eighth of its size: to keep and to begin from.

    Args:
        checkpoint: The JSON file of the checkpoint.
        kind: Which network: "parse" or "warp".
        folder: Where the copy goes.
        other: A checkpoint with which this training began; then the mean of both is kept. It errs less than either.

    Returns:
        Its JSON file.

    Raises:
        InputError: A checkpoint cannot be used, or the two are of networks of different shapes.
        OutputError: The copy cannot be written.
    """
    found = load_checkpoint(checkpoint, kind)
    learnt = {name: values for name, values in found.tensors.items() if name.startswith("average.")}
    if other is not None:
        learnt = _mean(learnt, load_checkpoint(other, kind).tensors)
    learnt = {name: values.half() if values.dim() == 4 else values for name, values in learnt.items()}
    target = folder / f"{kind}.json"
    save_checkpoint(target, replace(found, tensors=learnt))
    return target


def _mean(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Of the numbers of two networks; what counts steps is the first one's."""
    if any(name not in other or other[name].shape != values.shape for name, values in one.items()):
        raise InputError("The two checkpoints are of networks of different shapes.", "Take one with which it began.")
    return {
        name: 0.5 * (values.float() + other[name].float()) if values.is_floating_point() else values
        for name, values in one.items()
    }


def rounded(network: Any) -> Any:
    """A copy that loses nothing in the file: batch norms are folded into the convolutions before them, and the
    convolutions' weights are numbers of half precision, before (as `keep_weights` keeps them) and after.

    Args:
        network: In evaluation mode.
    """
    network = deepcopy(network)
    _round(network)
    for group in [part for part in network.modules() if isinstance(part, nn.Sequential)]:
        for index in range(len(group) - 1):
            if isinstance(group[index], nn.Conv2d) and isinstance(group[index + 1], nn.BatchNorm2d):
                group[index] = fuse_conv_bn_eval(group[index], group[index + 1])
                group[index + 1] = nn.Identity()
    _round(network)
    return network


def _round(network: Any) -> None:
    with torch.no_grad():
        for part in network.modules():
            if isinstance(part, nn.Conv2d):
                part.weight.copy_(part.weight.half())


def onnx_bytes(network: Any, contract: Contract) -> bytes:
    """A network as ONNX of fixed shapes, its weights kept in half precision.

    Args:
        network: As `rounded` makes it.
        contract: Names and shapes.
    """
    import onnx

    file = io.BytesIO()
    ((name, shape),) = contract.inputs.items()
    with warnings.catch_warnings():
        # The exporter built on TorchScript is called old; the new one needs one more package and gains nothing here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.zeros(*shape),),
            file,
            input_names=[name],
            output_names=list(contract.outputs),
            opset_version=OPSET,
            do_constant_folding=True,
            dynamo=False,
        )
    content: bytes = halved(onnx.load_from_string(file.getvalue())).SerializeToString()
    return content


def parity(network: Any, content: bytes, contract: Contract) -> float:
    """Largest difference between torch and ONNX Runtime over a few inputs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    ((name, shape),) = contract.inputs.items()
    random = np.random.default_rng(0)
    worst = 0.0
    for _ in range(_LOOKS):
        shown = random.uniform(-0.5, 0.5, shape).astype(np.float32)
        said = session.run(list(contract.outputs), {name: shown})
        with torch.no_grad():
            meant = network(torch.from_numpy(shown))
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(said, meant, strict=True)))
    return worst
