"""Small ONNX files, written byte by byte: the format is protobuf, and a package for it would be one more to install.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from collections.abc import Mapping, Sequence

import numpy as np

Shape = tuple[int, ...]
_INT, _INTS = 2, 7
_FLOAT = 1


def _varint(value: int) -> bytes:
    digits = []
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def _field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _tensor_info(name: str, shape: Shape) -> bytes:
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, _FLOAT) + _field(2, dims)))


def _weight(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(_field(1, size) for size in values.shape)
    return dims + _field(2, _FLOAT) + _field(8, name) + _field(9, values.astype("<f4").tobytes())


def node(kind: str, inputs: Sequence[str], output: str, **attributes: int | Sequence[int]) -> bytes:
    """One operation with whole numbers as attributes."""
    parts = [_field(1, name) for name in inputs] + [_field(2, output), _field(4, kind)]
    for name, value in attributes.items():
        if isinstance(value, int):
            parts.append(_field(5, _field(1, name) + _field(3, value) + _field(20, _INT)))
        else:
            numbers = b"".join(_field(8, number) for number in value)
            parts.append(_field(5, _field(1, name) + numbers + _field(20, _INTS)))
    return b"".join(parts)


def onnx_file(
    nodes: Sequence[bytes],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    weights: Mapping[str, np.ndarray] | None = None,
) -> bytes:
    """A whole file, operator set 17."""
    graph = b"".join(_field(1, one) for one in nodes) + _field(2, "g")
    graph += b"".join(_field(5, _weight(name, values)) for name, values in (weights or {}).items())
    graph += b"".join(_field(11, _tensor_info(name, shape)) for name, shape in inputs.items())
    graph += b"".join(_field(12, _tensor_info(name, shape)) for name, shape in outputs.items())
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 17))


def doubling(shape: Shape = (1, 4)) -> bytes:
    """y = 2 x."""
    return onnx_file([node("Add", ["x", "x"], "y")], {"x": shape}, {"y": shape})


def parsing_like(sharpness: float = 10.0) -> bytes:
    """What the parsing network takes and gives, without its brains: each part is its channel of the picture, averaged
    over the two by two pixels of a cell; each material a fixed mixture of the channels.
    """
    mixture = np.zeros((9, 15, 1, 1), np.float32)
    mixture[np.arange(9), np.arange(9)] = sharpness
    same = (sharpness * np.eye(15, dtype=np.float32))[..., None, None]
    nodes = [
        node("AveragePool", ["picture"], "half", kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["half", "same"], "one", kernel_shape=[1, 1]),
        node("Softmax", ["one"], "parts", axis=1),
        node("Conv", ["half", "mixture"], "two", kernel_shape=[1, 1]),
        node("Softmax", ["two"], "materials", axis=1),
    ]
    outputs = {"parts": (1, 15, 128, 96), "materials": (1, 9, 128, 96)}
    return onnx_file(nodes, {"picture": (1, 15, 256, 192)}, outputs, {"same": same, "mixture": mixture})
