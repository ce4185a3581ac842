"""A wider network begins by saying what the narrow one said, and learns from there."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")
pytest.importorskip("matplotlib")

from tryon_app.core.errors import InputError  # noqa: E402
from tryon_app.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint  # noqa: E402
from tryon_app.training.export import keep_weights  # noqa: E402
from tryon_app.training.growth import grow  # noqa: E402
from tryon_app.training.networks import ParsingNetwork, WarpNetwork  # noqa: E402
from tryon_app.training.parse_task import KIND, ParseTask  # noqa: E402
from tryon_app.training.settings import TrainSettings  # noqa: E402
from tryon_app.training.train import resume, train  # noqa: E402

NARROW = (4, 8, 8, 8, 8)


@pytest.fixture
def narrow(trained):
    return trained(lambda: ParsingNetwork(NARROW, head=6), 3)


@pytest.fixture
def kept(narrow, tmp_path):
    tensors = {f"average.{name}": values for name, values in narrow.state_dict().items()}
    save_checkpoint(tmp_path / "kept" / "parse.json", Checkpoint(KIND, 9, 1.0, {}, (), tensors))
    return tmp_path / "kept" / "parse.json"


@pytest.fixture
def settings(shards, kept):
    return TrainSettings(str(shards), start=str(kept), steps=1, rate=1e-9, batch=2, warm_up=1, threads=1, every_s=1e9)


def test_it_says_the_same_and_its_new_channels_learn(narrow):
    wide = ParsingNetwork((6, 10, 12, 8, 16), head=9).eval()
    grow(wide, narrow.state_dict())
    picture = torch.rand(1, 15, 64, 32) - 0.5
    for said, meant in zip(wide(picture), narrow(picture), strict=True):
        assert torch.allclose(said, meant, atol=1e-5)
        assert said.std() > 0.01
    sum(output.square().mean() for output in wide(picture)).backward()
    for layer in (wide.encoder[0][0].second[0], wide.decoder[-1][0], wide.head[1]):
        unheard = layer.weight.grad[:, -1]  # by what the narrow network said, of the last new channel
        assert unheard.abs().max() > 0.0


def test_weights_of_another_build_are_refused(narrow):
    with pytest.raises(InputError, match="another build"):
        grow(ParsingNetwork((4, 8, 4, 8, 8), head=6), narrow.state_dict())
    with pytest.raises(InputError, match="another build"):
        grow(WarpNetwork(), narrow.state_dict())


def test_a_training_begins_with_the_weights_of_a_narrower_one(settings, narrow, tmp_path):
    run = train(ParseTask, settings, tmp_path / "run", lambda _: None)
    learnt = {name.removeprefix("average."): v for name, v in run.tensors.items() if name.startswith("average.")}
    first = narrow.state_dict()["stem.0.weight"]
    assert torch.allclose(learnt["stem.0.weight"][: first.shape[0]], first, atol=1e-4)
    assert run.step == 1


def test_the_weights_alone_are_small_enough_to_keep_and_to_go_on_from(settings, tmp_path):
    run = tmp_path / "run"
    whole = train(ParseTask, replace(settings, start=""), run, lambda _: None)
    kept = keep_weights(run / "parse.json", KIND, tmp_path / "weights")
    (numbers,) = kept.parent.glob("*.safetensors")
    assert numbers.stat().st_size < 20e6
    found = load_checkpoint(kept, KIND)
    assert {name.partition(".")[0] for name in found.tensors} == {"average"}
    assert torch.equal(found.tensors["average.stem.0.weight"], whole.tensors["average.stem.0.weight"].half())
    assert resume(ParseTask, KIND, kept.parent, lambda _: None, steps=2).step == 2
