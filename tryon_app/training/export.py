"""From a checkpoint to the ONNX file that ships, checked against torch before it is written."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tryon_app.core.errors import ModelError
from tryon_app.core.files import atomic_write
from tryon_app.perception import parse_input
from tryon_app.training.checkpoint import load_checkpoint
from tryon_app.training.networks import ParsingNetwork, Probabilities
from tryon_app.training.train import KIND, averaged_network

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


def export_parse(checkpoint: Path, path: Path) -> Exported:
    """Write the parsing network: input "picture" float32 1 x 15 x 256 x 192; outputs "parts" and "materials".

    Args:
        checkpoint: The JSON file of the checkpoint.
        path: The ONNX file to write.

    Raises:
        InputError: The checkpoint cannot be used.
        ModelError: ONNX Runtime says something else than torch.
        OutputError: The file cannot be written.
    """
    found = load_checkpoint(checkpoint, KIND)
    network = averaged_network(found)
    content = onnx_bytes(network)
    difference = parity(network, content)
    if difference > TOLERANCE:
        raise ModelError(
            f"ONNX Runtime and torch differ by {difference:.1e} (allowed: {TOLERANCE:.0e}).",
            "Export with the versions of torch and onnxruntime that pyproject.toml names.",
        )
    with atomic_write(path) as part:
        part.write_bytes(content)
    return Exported(path, hashlib.sha256(content).hexdigest(), len(content), difference, found.step)


def onnx_bytes(network: ParsingNetwork) -> bytes:
    """The network with softmax, as ONNX of fixed shapes; batch norms are folded into the convolutions."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter built on TorchScript is called old; the new one needs one more package and gains nothing here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Probabilities(network).eval(),
            (torch.zeros(1, parse_input.CHANNELS, parse_input.HEIGHT, parse_input.WIDTH),),
            file,
            input_names=["picture"],
            output_names=["parts", "materials"],
            opset_version=OPSET,
            do_constant_folding=True,
            dynamo=False,
        )
    return file.getvalue()


def parity(network: ParsingNetwork, content: bytes) -> float:
    """Largest difference between torch and ONNX Runtime over a few inputs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    worst = 0.0
    for _ in range(_LOOKS):
        shape = 1, parse_input.CHANNELS, parse_input.HEIGHT, parse_input.WIDTH
        picture = random.uniform(-0.5, 0.5, shape).astype(np.float32)
        said = session.run(["parts", "materials"], {"picture": picture})
        with torch.no_grad():
            meant = Probabilities(network).eval()(torch.from_numpy(picture))
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(said, meant, strict=True)))
    return worst
