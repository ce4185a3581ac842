"""8-bit copies of the networks, for CPUs: half the time or less for the same figures.

Weights have 7 bits and a scale for each channel: with 8, the multiplications of CPUs without VNNI overflow. Ranges of
the activations come from training data with their flaws. GPUs keep the float file: half precision suits them better.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np

from tryon_app.core.errors import InputError
from tryon_app.core.files import atomic_write
from tryon_app.core.types import Float32
from tryon_app.training.datasets import PARSE_MEMBERS, ParseBatches
from tryon_app.training.half import widened
from tryon_app.training.shards import SampleStore
from tryon_app.training.warp_data import LaidStore

_QUANTIZED = ("Conv", "Relu", "Add", "Resize")
"""What is in a decoder's way to the logits; likelihoods are worked out in float."""
_BATCH = 8
_SAMPLES = 600
"""Read of the data: enough people, and no minutes of reading."""
_Batches = Iterator[Float32]
_LAID = "laid"


@dataclass(frozen=True, slots=True)
class Quantized:
    """What was written.

    Attributes:
        path: The ONNX file.
        sha256: Its hash, hexadecimal.
        size: Its bytes.
        difference: Mean difference from what the float network says, over pictures that set no range.
    """

    path: Path
    sha256: str
    size: int
    difference: float

    def manifest(self) -> str:
        """Lines for `models/manifest.toml`."""
        return "\n".join(
            (
                f'file = "{self.path.name}"',
                f'sha256 = "{self.sha256}"',
                f"# {self.size} bytes, mean difference from the float network {self.difference:.1e}",
            )
        )


def quantize_network(network: Path, data: Path, path: Path, pictures: int = 128, seed: int = 1) -> Quantized:
    """Write the 8-bit copy: same names, same shapes, float32 in and out.

    Args:
        network: The ONNX file, float: for parsing or for warping, which its input tells.
        data: Folder with what it was trained on: of `tryon train synth` or of `tryon train lay`.
        path: The file to write.
        pictures: How many set the ranges.
        seed: Of their choice and their flaws.

    Raises:
        InputError: There are no data, or the network cannot be read.
        OutputError: The file cannot be written.
    """
    original, name = _opened(network)
    batches = _SHOWN[name](data, seed)
    with atomic_write(path) as part:
        _write(original, name, islice(batches, -(-pictures // _BATCH)), part)
        content = part.read_bytes()
    apart = _difference(original, content, name, next(batches))
    return Quantized(path, hashlib.sha256(content).hexdigest(), len(content), apart)


def _people(data: Path, seed: int) -> _Batches:
    store = SampleStore(data, PARSE_MEMBERS, _SAMPLES)
    store.refresh()
    if not len(store):
        raise InputError(f"There is no training data in {data}.", "Make some with `tryon train synth`.")
    batches = ParseBatches(store, seed, _BATCH)
    return (batches.batch(step).picture for step in count())


def _garments(data: Path, seed: int) -> _Batches:
    store, random = LaidStore(data, most=_SAMPLES), np.random.default_rng(seed)
    return (store.batch(random.integers(len(store), size=_BATCH)).laid for _ in count())


_SHOWN: Mapping[str, Callable[[Path, int], _Batches]] = {"picture": _people, _LAID: _garments}
"""By the name of a network's input: what it is shown."""


def _opened(network: Path) -> tuple[bytes, str]:
    """The file, as one that ONNX Runtime can load, and the name of its input."""
    import onnxruntime

    try:
        content = network.read_bytes()
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise InputError(f"{network} cannot be read: {error.strerror}.", "Check the path.") from error
    except Exception as error:  # ONNX Runtime raises its own kinds
        raise InputError(f"{network} is no network.", "Give what `tryon train export` wrote.") from error
    name = session.get_inputs()[0].name
    if name not in _SHOWN:
        raise InputError(f"{network} is another network.", "Give what `tryon train export` wrote.")
    return content, name


def _write(original: bytes, name: str, batches: _Batches, path: Path) -> None:
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Pictures(CalibrationDataReader):
        """One after the other, as the network takes them."""

        def __init__(self) -> None:
            self._pictures = (picture for batch in batches for picture in batch)

        def get_next(self) -> dict[str, Float32] | None:
            """The next input, None after the last."""
            picture = next(self._pictures, None)
            return None if picture is None else {name: picture[None]}

    model = onnx.shape_inference.infer_shapes(_with_plain_softmax(widened(onnx.load_from_string(original))))
    # It recommends preparations that the exporter has made already.
    logging.getLogger().addFilter(_silent)
    try:
        quantize_static(
            model,
            str(path),
            Pictures(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(_QUANTIZED),
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_last(model) if name == _LAID else [],
            extra_options={"CalibMovingAverage": True},
        )
    finally:
        logging.getLogger().removeFilter(_silent)


def _last(model: Any) -> list[str]:
    """The last convolution and what follows: of places and light, 8 bits would make steps that are seen."""
    nodes = list(model.graph.node)
    last = max(index for index, node in enumerate(nodes) if node.op_type == "Conv")
    return [node.name for node in nodes[last:]]


def _silent(record: logging.LogRecord) -> bool:
    return record.levelno > logging.WARNING


def _with_plain_softmax(model: Any) -> Any:
    """Softmax over channels spelled out: ONNX Runtime's own takes ten thousand short rows one by one, three of eleven
    milliseconds.
    """
    from onnx import helper, numpy_helper

    nodes = []
    for node in model.graph.node:
        if node.op_type != "Softmax":
            nodes.append(node)
            continue
        (logits,), (result,) = node.input, node.output
        most, less, power, total = (f"{result}_{step}" for step in ("most", "less", "power", "total"))
        nodes += [
            helper.make_node("ReduceMax", [logits], [most], axes=[1]),
            helper.make_node("Sub", [logits, most], [less]),
            helper.make_node("Exp", [less], [power]),
            helper.make_node("ReduceSum", [power, "channels"], [total]),
            helper.make_node("Div", [power, total], [result]),
        ]
    for number, node in enumerate(nodes):
        node.name = node.name or f"node_{number}"
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    if any("channels" in node.input for node in nodes):
        model.graph.initializer.append(numpy_helper.from_array(np.array([1], np.int64), "channels"))
    return model


def _difference(original: bytes, content: bytes, name: str, pictures: Float32) -> float:
    import onnxruntime

    sessions = [onnxruntime.InferenceSession(one, providers=["CPUExecutionProvider"]) for one in (original, content)]
    apart = []
    for picture in pictures:
        said, meant = (session.run(None, {name: picture[None]}) for session in sessions)
        apart += [float(np.abs(a - b).mean()) for a, b in zip(said, meant, strict=True)]
    return float(np.mean(apart))
