"""`--no-networks`, and what commands say when a network has to be done without."""

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from tests.inference.declared import declare_parsing
from tryon_app import app as parts
from tryon_app.commands.mirror import services
from tryon_app.commands.models import app as models
from tryon_app.core.errors import ModelError
from tryon_app.core.settings import Settings
from tryon_app.core.types import Notice
from tryon_app.doctor.model_checks import check_models
from tryon_app.doctor.network_checks import check_networks
from tryon_app.inference.store import ModelStore

BROKEN = Notice("The network 'parsing' cannot be used.", "Install the app again.")
DIED = Notice("CUDA stopped working.", "Bring the driver up to date.")


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(4):
        writer.write(np.full((48, 64, 3), 120, np.uint8))
    writer.release()
    return path


@pytest.fixture
def declared(tmp_path):
    """A manifest with a network beside it, and the folder of both."""
    return declare_parsing(tmp_path / "shipped"), tmp_path / "shipped"


@pytest.mark.parametrize(("option", "wanted"), [((), True), (("--no-networks",), False)])
def test_photos_and_tables(world, tryon, photo, tmp_path, option, wanted) -> None:
    person = photo("person.png")
    (tmp_path / "pairs.csv").write_text("person,garment,slot\nperson.png,tee-green,\n")
    one = tryon("render", "--source", person, "--garment", "tee-green", "-o", tmp_path / "out.png", *option)
    many = tryon("render", "--pairs", tmp_path / "pairs.csv", "-o", tmp_path / "out", *option)
    assert (one[0], many[0]) == (0, 0)
    assert world.networks == [wanted, wanted]


@pytest.mark.parametrize(("option", "wanted"), [((), True), (("--no-networks",), False)])
def test_videos(world, tryon, film, tmp_path, option, wanted) -> None:
    code, said = tryon("render", "--source", film, "--garment", "tee-green", "-o", tmp_path / "out.mp4", *option)
    assert (code, said) == (0, "")
    assert world.networks == [wanted]


def test_a_network_that_is_broken_is_said_once_and_the_result_comes(world, tryon, film, tmp_path) -> None:
    world.parser.said, world.parser.said_later = (BROKEN,), (DIED,)
    output = tmp_path / "out.mp4"
    code, said = tryon("render", "--source", film, "--garment", "tee-green", "-o", output)
    assert code == 0
    assert said.splitlines() == [f"warning: {n.message} {n.remedy}" for n in (BROKEN, DIED)]
    assert output.exists()


def test_a_photo_without_a_person_hears_of_the_network_too(world, tryon, photo, tmp_path) -> None:
    world.parser.said = (BROKEN,)
    dark = photo("dark.png", (0, 0, 0))
    code, said = tryon("render", "--source", dark, "--garment", "tee-green", "-o", tmp_path / "out.png")
    assert code == 1
    assert [line.split(":")[0] for line in said.splitlines()] == ["warning", "error"]


@pytest.mark.parametrize(("option", "wanted"), [((), True), (("--no-networks",), False)])
def test_the_benchmark(world, capsys, option, wanted) -> None:
    from tryon_app.__main__ import main

    world.parser.said = (BROKEN,)
    with pytest.raises(SystemExit) as ended:
        main(
            ["bench", "--source", "synthetic", "--garment", "tee-green", "--seconds", "0.5", "--json", *option],
        )
    said = capsys.readouterr()
    assert ended.value.code == 0
    assert json.loads(said.out)["frames"] > 0
    assert said.err == f"warning: {BROKEN.message} {BROKEN.remedy}\n"
    assert world.networks == [wanted]


@pytest.mark.parametrize("wanted", [True, False])
def test_the_window(world, monkeypatch, wanted) -> None:
    class Store:
        def ensure(self, *_):
            pass

    monkeypatch.setattr(parts, "model_store", Store)
    services(wanted).prepare(Settings(), lambda *_: None)
    assert world.networks == [wanted]


@pytest.fixture
def damaged(declared, monkeypatch, tmp_path):
    """A store whose shipped network is damaged."""
    manifest, folder = declared
    (folder / "parsing.onnx").write_bytes(b"damaged")
    store = ModelStore(manifest, tmp_path / "cache", bundled=(folder,))
    monkeypatch.setattr(parts, "model_store", lambda: store)
    return folder


def test_models_and_doctor_tell_of_a_damaged_network(damaged) -> None:
    run = CliRunner().invoke
    (row,) = json.loads(run(models, ["list", "--json"]).stdout)
    assert (row["id"], row["state"], row["path"]) == ("parsing", "damaged", str(damaged / "parsing.onnx"))
    verified = run(models, ["verify"])
    assert isinstance(verified.exception, ModelError)
    assert "install the app again" in verified.exception.remedy
    assert "models fetch" not in verified.exception.remedy
    (finding,) = check_models(lambda: (parts.model_store(), ()))
    assert (finding.id, finding.level.value) == ("models.parsing", "warn")
    assert "install the app again" in finding.remedy


def test_fetching_what_cannot_be_fetched(damaged) -> None:
    run = CliRunner().invoke
    everything = run(models, ["fetch"])
    assert everything.exit_code == 0, everything.exception
    assert "parsing.onnx" in everything.stderr
    assert everything.stdout == ""
    named = run(models, ["fetch", "parsing"])
    assert isinstance(named.exception, ModelError)
    assert "install the app again" in named.exception.remedy


def test_a_whole_network_needs_no_fetching(declared, monkeypatch, tmp_path) -> None:
    manifest, folder = declared
    monkeypatch.setattr(parts, "model_store", lambda: ModelStore(manifest, tmp_path / "cache", bundled=(folder,)))
    run = CliRunner().invoke
    assert run(models, ["fetch"]).stdout == f"parsing: {folder / 'parsing.onnx'}\n"
    assert run(models, ["verify"]).exit_code == 0
    (row,) = json.loads(run(models, ["list", "--json"]).stdout)
    assert row["quality"] == {"material_miou": 0.5}
    assert not (tmp_path / "cache").exists()


def test_doctor_tells_what_runs_a_network(declared, tmp_path) -> None:
    manifest, folder = declared
    store = ModelStore(manifest, tmp_path / "cache", bundled=(folder,))
    (finding,) = check_networks(lambda: (store, ()))
    assert (finding.id, finding.level.value, finding.remedy) == ("networks.parsing", "ok", "")
    assert finding.message.startswith("ONNX Runtime")
    assert finding.details["ms"] > 0
    (folder / "parsing.onnx").write_bytes(b"damaged")
    assert list(check_networks(lambda: (store, ()))) == []  # said by the check of the models


def test_doctor_tells_of_a_network_that_nothing_runs(declared, tmp_path) -> None:
    class Broken:
        version = "1"

        def candidates(self):
            return ("CPUExecutionProvider",)

        def session(self, network, provider, threads):
            raise RuntimeError("illegal instruction")

    manifest, folder = declared
    store = ModelStore(manifest, tmp_path / "cache", bundled=(folder,))
    (finding,) = check_networks(lambda: (store, ()), Broken())
    assert finding.level.value == "warn"
    assert "illegal instruction" in finding.message
    assert finding.remedy
