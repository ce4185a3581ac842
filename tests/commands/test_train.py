"""`tryon train`: what it says when something is missing."""

import importlib.util

import pytest


def test_a_missing_library_is_named_with_the_line_that_installs_it(tryon, monkeypatch, tmp_path):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name in ("torch", "anny") else found(name, *rest)
    )
    for arguments in (
        ("synth", "--output", tmp_path / "data"),
        ("parse", "--data", tmp_path, "--output", tmp_path / "run"),
        ("warp", "--data", tmp_path, "--output", tmp_path / "run"),
        ("resume", tmp_path),
        ("export", "--checkpoint", tmp_path),
        ("evaluate", "--checkpoint", tmp_path, "--sheet", tmp_path / "sheet.png"),
    ):
        code, said = tryon("train", *arguments)
        assert code == 1, arguments
        assert "torch" in said
        assert "pip install torch" in said
        assert "Traceback" not in said


def test_evaluate_wants_something_to_do(tryon, tmp_path):
    code, said = tryon("train", "evaluate")
    assert code == 2
    assert "--holdout" in said
    code, said = tryon("train", "evaluate", "--network", "a.onnx", "--checkpoint", "b", "--holdout", tmp_path)
    assert code == 2
    assert "exclude each other" in said
    code, said = tryon("train", "evaluate", "--laid", tmp_path, "--photos", tmp_path)
    assert code == 2
    assert "alone" in said


@pytest.mark.parametrize("content", [None, b"no network"])
def test_a_network_that_cannot_be_used_is_no_figure_of_zero(tryon, tmp_path, content):
    network = tmp_path / "network.onnx"
    if content is not None:
        network.write_bytes(content)
    code, said = tryon("train", "evaluate", "--network", network, "--photos", tmp_path)
    assert code == 1
    assert said.startswith("error: ")


def test_help_teaches(capsys):
    from tryon_app.__main__ import main

    for command in (
        (),
        ("synth",),
        ("parse",),
        ("lay",),
        ("warp",),
        ("resume",),
        ("export",),
        ("quantize",),
        ("evaluate",),
    ):
        with pytest.raises(SystemExit) as ended:
            main(("train", *command, "--help"))
        assert ended.value.code == 0
        assert "tryon train" in capsys.readouterr().out
