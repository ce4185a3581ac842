"""The model store: making, verifying, setting aside, fetching again."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.inference.conftest import NETWORK, PHOTO, README, Server, digest
from tryon_app.core.errors import ModelError, OutputError, UsageError
from tryon_app.inference import store as store_module
from tryon_app.inference.manifest import Manifest
from tryon_app.inference.store import ModelState, ModelStore

Make = Callable[..., Manifest]


def state(store: ModelStore, model_id: str) -> ModelState:
    return store.verify([model_id])[0].state


def test_a_wheel_is_taken_from_a_folder_and_taken_apart(make_manifest: Make, downloads: Path, tmp_path: Path) -> None:
    store = ModelStore(make_manifest(), tmp_path / "cache")
    assert state(store, "one") == state(store, "folder") == ModelState.MISSING
    store.fetch(["one"], source=downloads)
    assert store.path("one").read_bytes() == PHOTO
    # One download makes everything that comes out of it.
    folder = store.path("folder")
    assert {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()} == {
        "people/1.jpg": PHOTO,
        "readme.txt": README,
        "LICENSE.txt": b"MIT etc.",
    }
    assert not (tmp_path / "cache" / "downloads").exists()
    assert next(downloads.glob("*.whl")).exists()


def test_missing_models_say_what_to_do(make_manifest: Make, tmp_path: Path) -> None:
    store = ModelStore(make_manifest(), tmp_path)
    with pytest.raises(ModelError, match="not there yet") as caught:
        store.path("one")
    assert "tryon models fetch one" in caught.value.remedy
    with pytest.raises(UsageError, match="nope") as unknown:
        store.path("nope")
    assert "one, folder, net" in unknown.value.remedy


@pytest.mark.parametrize("which", ["people/1.jpg", "LICENSE.txt"])
def test_a_damaged_file_is_named_set_aside_and_fetched_again(
    make_manifest: Make, downloads: Path, tmp_path: Path, which: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = ModelStore(make_manifest(), tmp_path)
    store.fetch(["folder"], source=downloads)
    broken = store.path("folder") / which
    broken.write_bytes(b"PHOTO")
    assert state(store, "folder") == ModelState.DAMAGED
    assert broken.exists()
    with pytest.raises(ModelError, match="damaged") as caught:
        store.path("folder")
    assert broken.name in caught.value.message
    assert not broken.exists()
    assert broken.with_name(broken.name + ".broken").read_bytes() == b"PHOTO"
    store.fetch(["folder"], source=downloads)
    assert state(store, "folder") == ModelState.OK
    assert "wrong checksum" in caplog.text


def test_a_change_after_the_first_load_is_noticed(make_manifest: Make, downloads: Path, tmp_path: Path) -> None:
    store = ModelStore(make_manifest(), tmp_path)
    store.fetch(["one"], source=downloads)
    path = store.path("one")
    path.write_bytes(b"x" * len(PHOTO))
    os.utime(path, ns=(1, 1))
    with pytest.raises(ModelError, match="damaged"):
        store.path("one")


def test_files_are_hashed_once(
    make_manifest: Make, downloads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ModelStore(make_manifest(), tmp_path)
    store.fetch(["one"], source=downloads)
    store.path("one")
    monkeypatch.setattr(store_module.hashlib, "file_digest", lambda *a: pytest.fail("hashed again"))
    store.path("one")


def test_ensure_fetches_over_the_network_with_progress(make_manifest: Make, tmp_path: Path, server: Server) -> None:
    store = ModelStore(make_manifest(), tmp_path)
    told: list[tuple[str, int, int]] = []
    assert store.ensure("net", lambda *step: told.append(step)).read_bytes() == NETWORK
    assert told[-1] == ("net.bin", len(NETWORK), len(NETWORK))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    store.ensure("net")
    assert len(server.asked) == 1


def test_another_file_than_promised_is_refused(make_manifest: Make, tmp_path: Path, server: Server) -> None:
    server.content = b"y" * len(NETWORK)
    store = ModelStore(make_manifest(), tmp_path)
    with pytest.raises(ModelError, match="checksum"):
        store.ensure("net")
    assert not list(tmp_path.rglob("net.bin*"))


def test_a_wrong_member_is_refused(make_manifest: Make, downloads: Path, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["models"]["one"]["variants"][0]["members"][0]["sha256"] = digest(b"other")

    store = ModelStore(make_manifest(change), tmp_path / "cache")
    with pytest.raises(ModelError, match=r"photo\.jpg"):
        store.fetch(["one"], source=downloads)
    assert not (tmp_path / "cache" / "one.jpg").exists()


def test_the_second_variant_helps_out(make_manifest: Make, tmp_path: Path, downloads: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        way = {"download": "net", "make": "whole", "file": "other.bin", "sha256": digest(NETWORK)}
        data["models"]["one"]["variants"].append(way)

    manifest = make_manifest(change)
    next(downloads.glob("*.whl")).unlink()
    (downloads / "net.bin").write_bytes(NETWORK)
    store = ModelStore(manifest, tmp_path / "cache")
    store.fetch(["one"], source=downloads)
    assert store.path("one").name == "other.bin"


def test_an_empty_folder_names_the_file_that_is_wanted(make_manifest: Make, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"pack-1\.0-py3-none-any\.whl"):
        ModelStore(make_manifest(), tmp_path / "cache").fetch(["one"], source=tmp_path)


def test_models_of_an_installer_come_first(make_manifest: Make, downloads: Path, tmp_path: Path) -> None:
    shipped = ModelStore(make_manifest(), tmp_path / "shipped")
    shipped.fetch(["one"], source=downloads)
    store = ModelStore(shipped.manifest, tmp_path / "cache", bundled=(tmp_path / "shipped",))
    assert store.ensure("one") == tmp_path / "shipped" / "one.jpg"
    (tmp_path / "shipped" / "one.jpg").write_bytes(b"broken")
    with pytest.raises(ModelError, match="not there"):
        store.path("one")


def test_a_cache_that_cannot_be_written(make_manifest: Make, downloads: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(OutputError):
        ModelStore(make_manifest(), tmp_path / "cache" / "models").fetch(["one"], source=downloads)
