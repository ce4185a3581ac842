"""The way from shards to a network and its figures, as typed by people."""

import json

import pytest

pytest.importorskip("torch")
for needed in ("safetensors", "onnx", "matplotlib"):
    pytest.importorskip(needed)

from tryon_app.__main__ import main  # noqa: E402


@pytest.fixture
def tryon(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["train", *map(str, arguments)])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def test_from_shards_to_figures(tryon, shards, tmp_path):
    run, onnx = tmp_path / "run", tmp_path / "parsing.onnx"
    code, _, said = tryon("parse", "--data", shards, "--output", run, "--steps", 2, "--batch", 2, "--threads", 1)
    assert code == 0
    assert "step 2" in said
    code, _, said = tryon("resume", run, "--steps", 3)
    assert code == 0
    assert "step 3" in said
    code, out, _ = tryon("export", "--checkpoint", run, "--output", onnx, "--weights", tmp_path / "kept")
    assert code == 0
    assert 'file = "parsing.onnx"' in out
    assert "# 3 steps" in out
    figures = []
    for source in (("--network", onnx), ("--checkpoint", run)):
        code, out, _ = tryon("evaluate", *source, "--holdout", shards)
        assert code == 0
        figures.append(json.loads(out)["holdout"])
    assert figures[0] == figures[1]
    for head, classes in (("parts", 15), ("materials", 8)):
        assert 0.0 <= figures[0][head]["miou"] <= 1.0
        assert len(figures[0][head]) == classes + 1  # dress is not worn here, things in front are

    further = ("parse", "--data", shards, "--output", tmp_path / "further", "--steps", 1, "--batch", 2)
    code, _, said = tryon(*further, "--start", tmp_path / "kept", "--threads", 1)
    assert code == 0
    assert "step 1" in said


def test_what_is_not_there_is_named(tryon, tmp_path):
    code, _, said = tryon("resume", tmp_path)
    assert code == 1
    assert "parse.json cannot be read" in said
    code, _, said = tryon("parse", "--data", tmp_path, "--output", tmp_path / "run")
    assert code == 1
    assert "no training data" in said
