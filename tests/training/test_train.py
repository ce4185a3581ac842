"""Training: the loss falls, a stopped training goes on as if nothing had been, damage is refused."""

import json
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")
pytest.importorskip("matplotlib")

from tryon_app.core.errors import InputError  # noqa: E402
from tryon_app.training.checkpoint import load_checkpoint  # noqa: E402
from tryon_app.training.learner import Learner, averaged  # noqa: E402
from tryon_app.training.networks import ParsingNetwork  # noqa: E402
from tryon_app.training.parse_task import KIND, ParseTask  # noqa: E402
from tryon_app.training.settings import TrainSettings  # noqa: E402
from tryon_app.training.shards import write_shard  # noqa: E402
from tryon_app.training.train import resume, schedule, train  # noqa: E402


@pytest.fixture
def settings(shards):
    return TrainSettings(data=str(shards), steps=20, batch=4, warm_up=2, log_steps=5, threads=1, every_s=1e9)


def notes(folder, what):
    lines = [json.loads(line) for line in (folder / "parse.jsonl").read_text().splitlines()]
    return [line[what] for line in lines if what in line]


def test_twenty_steps_on_32_tiny_samples_make_the_loss_fall(settings, shards, tmp_path):
    said = []
    train(ParseTask, replace(settings, holdout=str(shards)), tmp_path / "run", said.append)
    losses = notes(tmp_path / "run", "loss")
    assert len(losses) == 4
    assert losses[-1] < losses[1] < 0.95 * losses[0]
    assert losses[-1] < 0.85 * losses[0]
    assert notes(tmp_path / "run", "frames") == [32] * 4
    assert 0.0 <= notes(tmp_path / "run", "parts_miou")[-1] <= 1.0
    assert (tmp_path / "run" / "parse.png").stat().st_size > 5000
    assert any("100.0 %" in line for line in said)


def test_resuming_continues_exactly(settings, tmp_path, monkeypatch):
    """Six steps at once, or three, a stop, and three more: the same weights to the last bit."""
    settings = replace(settings, steps=6)
    whole = train(ParseTask, settings, tmp_path / "whole", lambda _: None)
    step = Learner.step

    def stopping(self, losses, count, rate):
        if count == 3:
            raise KeyboardInterrupt
        return step(self, losses, count, rate)

    monkeypatch.setattr(Learner, "step", stopping)
    half = train(ParseTask, settings, tmp_path / "parts", lambda _: None)
    assert half.step == 3
    monkeypatch.undo()
    resumed = resume(ParseTask, KIND, tmp_path / "parts", lambda _: None)
    assert resumed.step == 6
    assert set(whole.tensors) == set(resumed.tensors)
    assert [name for name in whole.tensors if not torch.equal(whole.tensors[name], resumed.tensors[name])] == []
    assert not torch.equal(*(found.tensors["network.stem.0.weight"] for found in (half, whole)))
    assert len(list((tmp_path / "parts").glob("*.safetensors"))) == 1


def test_a_finished_training_can_be_given_more_steps(settings, tmp_path):
    train(ParseTask, replace(settings, steps=2), tmp_path / "run", lambda _: None)
    assert resume(ParseTask, KIND, tmp_path / "run", lambda _: None).step == 2
    assert resume(ParseTask, KIND, tmp_path / "run", lambda _: None, steps=3).step == 3
    assert load_checkpoint(tmp_path / "run" / "parse.json", KIND).settings["steps"] == 3


def test_shards_that_appear_while_it_runs_are_used(settings, shards, tmp_path, sample_of):
    def more(line):
        if "step 5 " in line:
            write_shard(shards / "shard-00002.tar", [sample_of(50)])

    run = train(ParseTask, replace(settings, steps=15), tmp_path / "run", more)
    assert notes(tmp_path / "run", "frames") == [32, 34, 34]
    assert run.shards[-1] == "shard-00002.tar"


def test_the_schedule_warms_up_and_falls(settings):
    by_steps = replace(settings, steps=100, warm_up=10)
    rates = [schedule(by_steps, step, 0.0)[1] for step in range(101)]
    assert rates.index(max(rates)) in range(8, 12)
    assert rates[0] < 0.2 * max(rates)
    assert rates[-1] < 0.02 * by_steps.rate
    assert schedule(by_steps, 100, 0.0)[0] == 1.0
    by_time = replace(by_steps, steps=0, minutes=2.0)
    assert schedule(by_time, 5, 60.0)[0] == pytest.approx(0.5)
    assert schedule(by_time, 5, 500.0)[0] == 1.0


def test_there_must_be_data(settings, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no training data"):
        train(ParseTask, replace(settings, data=str(tmp_path / "empty")), tmp_path / "run", lambda _: None)


def test_damaged_and_foreign_checkpoints_are_refused(settings, tmp_path):
    run = tmp_path / "run"
    train(ParseTask, replace(settings, steps=1), run, lambda _: None)
    json_path = run / "parse.json"
    numbers = next(run.glob("*.safetensors"))
    content = numbers.read_bytes()

    assert averaged(ParsingNetwork(), load_checkpoint(json_path, KIND).tensors) is not None
    with pytest.raises(InputError, match="another network"):
        load_checkpoint(json_path, "warp")
    numbers.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(InputError, match="damaged"):
        resume(ParseTask, KIND, run, lambda _: None)
    numbers.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        resume(ParseTask, KIND, run, lambda _: None)
    json_path.write_text("{}")
    with pytest.raises(InputError, match="no checkpoint"):
        resume(ParseTask, KIND, run, lambda _: None)
