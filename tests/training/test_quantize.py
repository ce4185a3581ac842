"""The 8-bit copy says what the float network says, in less, with the names and shapes the app expects."""

import hashlib

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from tests.inference.onnx_files import parsing_like  # noqa: E402
from tryon_app.core.errors import InputError  # noqa: E402
from tryon_app.inference.session import Network  # noqa: E402
from tryon_app.perception.parsing_network import CONTRACT, MODEL  # noqa: E402
from tryon_app.training.quantize import quantize_network  # noqa: E402


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "parsing.onnx"
    path.write_bytes(parsing_like())
    return path


def maps(path, picture):
    running = Network(MODEL, lambda: path, CONTRACT)
    running.open()
    said = running.run({"picture": picture})
    running.close()
    return said


def test_it_says_the_same_in_8_bits(network, shards, tmp_path):
    found = quantize_network(network, shards, tmp_path / "cpu.onnx", pictures=8)
    content = found.path.read_bytes()
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert f'sha256 = "{found.sha256}"' in found.manifest()
    assert 0.0 < found.difference < 0.01
    picture = np.random.default_rng(3).uniform(-0.5, 0.5, CONTRACT.inputs["picture"]).astype(np.float32)
    said, meant = maps(found.path, picture), maps(network, picture)
    for name, shape in CONTRACT.outputs.items():
        assert said[name].shape == shape
        assert np.allclose(said[name].sum(axis=1), 1.0, atol=1e-4)
        assert np.abs(said[name] - meant[name]).mean() < 0.01
        assert meant[name].std() > 0.05  # not the same everywhere
    graph = onnx.load_from_string(content).graph
    operators = {node.op_type for node in graph.node}
    assert "QuantizeLinear" in operators
    assert "Softmax" not in operators
    assert {entry.data_type for entry in graph.initializer if "same" in entry.name or "mixture" in entry.name} & {
        onnx.TensorProto.INT8
    }


def test_the_same_data_give_the_same_file(network, shards, tmp_path):
    one, two = (quantize_network(network, shards, tmp_path / name, pictures=8) for name in ("one.onnx", "two.onnx"))
    assert one.sha256 == two.sha256


def test_what_cannot_be_used_is_said(network, shards, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no training data"):
        quantize_network(network, tmp_path / "empty", tmp_path / "cpu.onnx")
    with pytest.raises(InputError, match=r"none\.onnx cannot be read"):
        quantize_network(tmp_path / "none.onnx", shards, tmp_path / "cpu.onnx")
    network.write_bytes(b"no network")
    with pytest.raises(InputError, match="is no network"):
        quantize_network(network, shards, tmp_path / "cpu.onnx")
    assert not (tmp_path / "cpu.onnx").exists()
