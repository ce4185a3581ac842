"""Export: ONNX says what torch says, with the names and shapes the app expects, or nothing is written."""

import hashlib

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")

from tryon_app.core.errors import InputError, ModelError  # noqa: E402
from tryon_app.inference.session import Network  # noqa: E402
from tryon_app.perception.parsing_network import CONTRACT, MODEL  # noqa: E402
from tryon_app.training import export  # noqa: E402
from tryon_app.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint  # noqa: E402
from tryon_app.training.networks import ParsingNetwork, Probabilities, parameter_count  # noqa: E402


@pytest.fixture
def network(trained):
    return trained(ParsingNetwork, 1)


@pytest.fixture
def checkpoint(network, tmp_path):
    tensors = {f"average.{name}": values for name, values in network.state_dict().items()}
    save_checkpoint(tmp_path / "parse.json", Checkpoint("parse", 7, 1.0, {}, (), tensors))
    return tmp_path / "parse.json"


def test_onnx_runtime_says_what_torch_says(checkpoint, network, tmp_path):
    found = export.export_network(checkpoint, "parse", tmp_path / "parsing.onnx")
    content = found.path.read_bytes()
    assert found.difference <= export.TOLERANCE
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert (found.size, found.step) == (len(content), 7)
    assert f'sha256 = "{found.sha256}"' in found.manifest()

    running = Network(MODEL, lambda: found.path, CONTRACT)
    running.open()
    picture = np.random.default_rng(3).uniform(-0.5, 0.5, CONTRACT.inputs["picture"]).astype(np.float32)
    said = running.run({"picture": picture})
    running.close()
    with torch.no_grad():
        meant = export.rounded(Probabilities(network).eval())(torch.from_numpy(picture))
    for name, maps in zip(("parts", "materials"), meant, strict=True):
        assert said[name].shape == CONTRACT.outputs[name]
        assert np.abs(said[name] - maps.numpy()).max() <= 1e-3
        assert np.allclose(said[name].sum(axis=1), 1.0, atol=1e-4)
    assert maps.std() > 0.01  # not the same everywhere


def test_the_mean_of_two_trainings_is_kept(checkpoint, trained, network, tmp_path):
    second = trained(ParsingNetwork, 2)
    tensors = {f"average.{name}": values for name, values in second.state_dict().items()}
    save_checkpoint(tmp_path / "later" / "parse.json", Checkpoint("parse", 9, 1.0, {}, (), tensors))
    kept = export.keep_weights(tmp_path / "later" / "parse.json", "parse", tmp_path / "kept", checkpoint)
    found = load_checkpoint(kept, "parse")
    one, two = (each.state_dict()["stem.0.weight"] for each in (network, second))
    assert torch.allclose(found.tensors["average.stem.0.weight"].float(), 0.5 * (one + two), atol=1e-3)
    assert found.step == 9


def test_the_mean_with_another_network_is_an_error(checkpoint, tmp_path):
    save_checkpoint(
        tmp_path / "small" / "parse.json", Checkpoint("parse", 1, 1.0, {}, (), {"average.x": torch.ones(1)})
    )
    with pytest.raises(InputError, match="different shapes"):
        export.keep_weights(checkpoint, "parse", tmp_path / "kept", tmp_path / "small" / "parse.json")


def test_batch_norms_are_folded_and_weights_take_half_the_room(network):
    import onnx

    content = export.onnx_bytes(export.rounded(Probabilities(network).eval()), CONTRACT)
    operators = {node.op_type for node in onnx.load_from_string(content).graph.node}
    assert "Conv" in operators
    assert "BatchNormalization" not in operators
    assert len(content) < 2.1 * parameter_count(network)


def test_rounding_changes_little_and_leaves_the_network_alone(network):
    plain = Probabilities(network).eval()
    before = {name: values.clone() for name, values in plain.state_dict().items()}
    picture = torch.from_numpy(np.random.default_rng(3).uniform(-0.5, 0.5, (1, 15, 256, 192)).astype(np.float32))
    with torch.no_grad():
        for said, meant in zip(export.rounded(plain)(picture), plain(picture), strict=True):
            assert (said - meant).abs().mean() < 2e-3
    assert all(torch.equal(values, before[name]) for name, values in plain.state_dict().items())


def test_the_weights_that_are_kept_give_the_same_file(checkpoint, tmp_path):
    kept = export.keep_weights(checkpoint, "parse", tmp_path / "kept")
    one, two = (export.export_network(path, "parse", tmp_path / "parsing.onnx") for path in (checkpoint, kept))
    assert one.sha256 == two.sha256
    (numbers,) = kept.parent.glob("*.safetensors")
    assert numbers.stat().st_size < 2.1 * parameter_count(ParsingNetwork())


def test_a_file_that_differs_is_not_written(checkpoint, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "parity", lambda *_: 0.5)
    with pytest.raises(ModelError, match="differ"):
        export.export_network(checkpoint, "parse", tmp_path / "parsing.onnx")
    assert not (tmp_path / "parsing.onnx").exists()


def test_parity_sees_a_difference(network):
    content = export.onnx_bytes(export.rounded(Probabilities(network).eval()), CONTRACT)
    with torch.no_grad():
        network.head[1].bias[0] += 1.0
    assert export.parity(Probabilities(network).eval(), content, CONTRACT) > export.TOLERANCE


def test_the_network_has_the_size_that_was_planned(network):
    assert 3.4e6 < parameter_count(network) < 3.8e6
    with torch.no_grad():
        parts, materials = network(torch.zeros(2, *CONTRACT.inputs["picture"][1:]))
    assert parts.shape == (2, *CONTRACT.outputs["parts"][1:])
    assert materials.shape == (2, *CONTRACT.outputs["materials"][1:])
