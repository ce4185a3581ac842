"""Networks that ship beside the manifest: declared, verified, never fetched, never moved."""

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.inference.conftest import digest
from tests.inference.onnx_files import doubling
from tryon_app.core import paths
from tryon_app.core.errors import ModelError
from tryon_app.inference.manifest import MANIFEST_NAME, Contract, Manifest, load_manifest
from tryon_app.inference.session import Network
from tryon_app.inference.store import ModelState, ModelStore

Make = Callable[..., Manifest]
WEIGHTS = doubling()
OURS = {
    "title": "Ours",
    "licence": "Apache-2.0",
    "origin": "this project",
    "used_by": ["tests"],
    "input": "four numbers",
    "output": "twice as much",
    "tensors": {"inputs": {"x": [1, 4]}, "outputs": {"y": [1, 4]}},
    "training": {
        "data": "tryon train synth --pairs 20000 --seed 1",
        "command": "tryon train parse",
        "seed": 1,
        "steps": 12000,
        "opset": 17,
        "evaluate": "tryon train evaluate",
        "quality": {"material_miou": 0.81, "part_miou": 0.77},
    },
    "variants": [{"make": "bundled", "file": "ours.onnx", "sha256": digest(WEIGHTS)}],
}


def with_ours(data: dict[str, Any]) -> None:
    data["models"]["ours"] = OURS


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "ours.onnx").write_bytes(WEIGHTS)
    return folder


@pytest.fixture
def store(make_manifest: Make, shipped: Path, tmp_path: Path) -> ModelStore:
    return ModelStore(make_manifest(with_ours), tmp_path / "cache", bundled=(shipped,))


def test_what_ships_is_declared_whole_and_runs(tmp_path: Path) -> None:
    manifest, folder = load_manifest(), paths.models_dir()
    ours = {model_id: model for model_id, model in manifest.models.items() if model.bundled}
    declared = {variant.file for model in ours.values() for variant in model.variants}
    assert {path.name for path in folder.iterdir() if path.name != MANIFEST_NAME and path.is_file()} == declared
    store = ModelStore(manifest, tmp_path, bundled=(folder,))
    for model_id, model in ours.items():
        assert model.tensors is not None
        assert model.training is not None, "anybody can make it again"
        network = Network(model_id, partial(store.path, model_id), model.tensors)
        network.open()
        network.close()


def test_it_is_declared_with_contract_and_recipe(store: ModelStore) -> None:
    model = store.model("ours")
    assert model.bundled
    assert not store.model("one").bundled
    assert model.tensors == Contract(inputs={"x": (1, 4)}, outputs={"y": (1, 4)})
    assert model.training is not None
    assert model.training.quality["material_miou"] == 0.81


def test_it_is_used_where_it_lies(store: ModelStore, shipped: Path) -> None:
    assert store.verify(["ours"])[0].state is ModelState.OK
    model = store.model("ours")
    assert model.tensors is not None
    network = Network("ours", lambda: store.ensure("ours"), model.tensors)
    network.open()
    network.close()
    assert store.path("ours") == shipped / "ours.onnx"
    assert not store.folder.exists()


@pytest.mark.parametrize(
    ("content", "state", "said"),
    [
        (None, ModelState.MISSING, "is not there"),
        (WEIGHTS[:-1], ModelState.DAMAGED, "its checksum differs"),
        (b"", ModelState.DAMAGED, "its checksum differs"),
    ],
)
def test_damaged_or_missing_it_is_refused_and_left_alone(
    store: ModelStore, shipped: Path, content: bytes | None, state: ModelState, said: str
) -> None:
    file = shipped / "ours.onnx"
    file.unlink() if content is None else file.write_bytes(content)
    (status,) = store.verify(["ours"])
    assert (status.state, status.path) == (state, file)
    assert said in status.message
    for attempt in (store.path, store.ensure, lambda name: store.fetch([name])):
        with pytest.raises(ModelError, match=r"The network 'ours' cannot be used: .*ours\.onnx") as caught:
            attempt("ours")
        assert "install the app again" in caught.value.remedy
    assert file.exists() == (content is not None)
    assert not list(shipped.glob("*.broken"))


def test_fetching_all_leaves_it_out(store: ModelStore, shipped: Path, downloads: Path) -> None:
    (shipped / "ours.onnx").write_bytes(b"damaged")
    (downloads / "net.bin").write_bytes(b"a network " * 5000)
    store.fetch(source=downloads)
    assert [status.model_id for status in store.verify() if status.state is not ModelState.OK] == ["ours"]


def test_a_file_in_the_cache_does_not_stand_in(store: ModelStore, shipped: Path) -> None:
    (shipped / "ours.onnx").unlink()
    store.folder.mkdir()
    (store.folder / "ours.onnx").write_bytes(WEIGHTS)
    with pytest.raises(ModelError, match="not there"):
        store.path("ours")


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("variants", 0, "download"), "pack", "makes no sense"),
        (("variants", 0, "make"), "whole", "download is needed"),
        (("variants", 0, "sha256"), None, "sha256 is needed"),
        (("variants", 0, "file"), "sub/ours.onnx", "pattern"),
        (("tensors", "outputs"), {}, "at least 1"),
        (("tensors", "inputs", "x"), [1, -1], "greater than 0"),
        (("training", "steps"), 0, "greater than 0"),
        (("training", "quality"), {}, "at least 1"),
        (("training", "wishes"), "many", "not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused(
    make_manifest: Make, where: tuple[str | int, ...], value: Any, said: str
) -> None:
    ours = copy.deepcopy(OURS)
    inner: Any = ours
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    with pytest.raises(ValidationError, match=said):
        make_manifest(lambda data: data["models"].update(ours=ours))
