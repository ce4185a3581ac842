"""`tryon garments` from the command line."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from tryon_app.__main__ import main
from tryon_app.core.paths import user_garments_dir


@pytest.fixture
def trousers(tmp_path):
    """A product photo of trousers."""
    picture = np.full((600, 400, 3), 240, np.uint8)
    outline = [(140, 40), (260, 40), (285, 200), (300, 560), (220, 560), (200, 230), (180, 560), (100, 560), (115, 200)]
    cv2.fillPoly(picture, [np.array(outline)], (40, 70, 60), cv2.LINE_AA)
    path = tmp_path / "chinos.png"
    Image.fromarray(picture).save(path)
    return path


@pytest.fixture
def run(monkeypatch, capsys):
    """(exit code, stdout, stderr) of a command, with no built-in garments."""
    monkeypatch.setattr("tryon_app.core.paths.resources_dir", lambda: user_garments_dir().parent / "nothing")

    def call(*arguments):
        with pytest.raises(SystemExit) as caught:
            raise SystemExit(main(["garments", *map(str, arguments)]))
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return call


def test_add_list_and_check(run, trousers, tmp_path):
    code, out, _ = run("add", trousers, "--name", "Green chinos", "--preview", tmp_path / "look.png")
    assert code == 0
    assert "bottom, trousers" in out
    with Image.open(tmp_path / "look.png") as look:
        assert look.size[1] == 900
    assert (user_garments_dir() / "chinos" / "preview.png").is_file()
    code, out, _ = run("list", "--json")
    (row,) = json.loads(out)
    assert code == 0
    assert (row["id"], row["name"]["en"], row["slot"], row["own"]) == ("chinos", "Green chinos", "bottom", True)
    assert "Green chinos" in run("list")[1]
    assert run("check")[:2] == (0, "chinos: ok\n")


def test_check_finds_what_is_wrong(run, trousers):
    run("add", trousers)
    (user_garments_dir() / "chinos" / "front.png").unlink()
    code, out, err = run("check")
    assert code == 1
    assert "front.png" in out
    assert err.startswith("error: ")


def test_a_photo_without_a_garment_is_one_line(run, tmp_path):
    Image.new("RGB", (200, 200), (230, 230, 230)).save(tmp_path / "blank.png")
    code, _, err = run("add", tmp_path / "blank.png")
    assert code == 1
    (line,) = (line for line in err.strip().splitlines() if "is not checked" not in line)
    assert line.startswith("error: blank.png: No garment")


def test_a_person_is_refused_unless_told_to_add_it(run, trousers, monkeypatch):
    monkeypatch.setattr("tryon_app.commands.garments._person_finder", lambda: lambda image: (150.0, 5.0, 60.0, 60.0))
    code, out, err = run("add", trousers)
    assert (code, out) == (1, "")
    assert "shows a person" in err
    assert run("add", trousers, "--anyway")[0] == 0


def test_without_models_people_are_not_looked_for_and_that_is_said(run, trousers, monkeypatch, tmp_path):
    monkeypatch.setenv("TRYON_MODELS", str(tmp_path / "none"))
    code, out, err = run("add", trousers)
    assert code == 0
    assert "chinos" in out
    assert "tryon models fetch" in err


def test_one_bad_photo_does_not_stop_the_others(run, trousers, tmp_path):
    Image.new("RGB", (200, 200), (230, 230, 230)).save(tmp_path / "blank.png")
    code, out, err = run("add", tmp_path / "blank.png", trousers)
    assert code == 1
    assert "chinos" in out
    assert "1 of 2" in err


@pytest.mark.parametrize("option", [("--name", "x"), ("--id", "x")])
def test_options_for_one_photo(run, trousers, option):
    code, _, err = run("add", trousers, trousers, *option)
    assert code == 2
    assert "one photo" in err


def test_an_id_that_is_none(run, trousers):
    code, _, err = run("add", trousers, "--id", "Not An Id")
    assert code == 2
    assert "not-an-id" in err
