"""Models from a mirror alone: a folder, or a web server that has never heard of package indexes."""

import functools
import http.server
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.inference.conftest import NETWORK, Server
from tests.inference.local_server import LocalServer, Quiet, running
from tryon_app.core.errors import ModelError
from tryon_app.inference.manifest import Manifest
from tryon_app.inference.store import ModelState, ModelStore

Make = Callable[..., Manifest]


@pytest.fixture
def mirror(downloads: Path) -> Path:
    """A folder with everything."""
    (downloads / "net.bin").write_bytes(NETWORK)
    return downloads


@pytest.fixture
def address(mirror: Path) -> Iterator[str]:
    """The same folder, served below a path."""

    class Below(Quiet, http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix("/tryon"))

    with running(LocalServer(functools.partial(Below, directory=str(mirror)))) as server:
        yield f"{server.address}/tryon"


@pytest.fixture(autouse=True)
def _nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pip nor the addresses of the manifest may be asked."""

    def asked(*_args: Any) -> None:
        raise AssertionError("the mirror was left")

    monkeypatch.setattr("tryon_app.inference.downloads._fetch_wheel", asked)
    monkeypatch.setattr("tryon_app.inference.store.fetch_download", asked)


def states(store: ModelStore) -> set[ModelState]:
    return {status.state for status in store.verify()}


@pytest.mark.parametrize("slash", ["", "/"])
def test_everything_comes_from_a_server(make_manifest: Make, address: str, tmp_path: Path, slash: str) -> None:
    store = ModelStore(make_manifest(), tmp_path / "models")
    told: list[tuple[str, int, int]] = []
    store.fetch(progress=lambda *step: told.append(step), source=address + slash)
    assert states(store) == {ModelState.OK}
    assert ("net.bin", len(NETWORK), len(NETWORK)) in told
    assert any(name.endswith(".whl") and done == total for name, done, total in told)
    assert not (tmp_path / "models" / "downloads").exists()


def test_everything_comes_from_a_folder(make_manifest: Make, mirror: Path, tmp_path: Path) -> None:
    store = ModelStore(make_manifest(), tmp_path / "models")
    store.fetch(source=mirror)
    assert states(store) == {ModelState.OK}


def test_what_broke_off_goes_on_where_it_stopped(make_manifest: Make, server: Server, tmp_path: Path) -> None:
    store = ModelStore(make_manifest(), tmp_path / "models")
    source = f"{server.address}/any"
    server.cut = 1000
    with pytest.raises(ModelError, match="broke off"):
        store.fetch(["net"], source=source)
    store.fetch(["net"], source=source)
    assert server.asked == [None, "bytes=1000-"]
    assert (tmp_path / "models" / "net.bin").read_bytes() == NETWORK


def test_a_file_that_the_mirror_lacks_is_named(make_manifest: Make, address: str, mirror: Path, tmp_path: Path) -> None:
    (mirror / "net.bin").unlink()
    with pytest.raises(ModelError, match=f"{address}/net.bin cannot be fetched") as caught:
        ModelStore(make_manifest(), tmp_path / "models").fetch(source=address)
    assert "net.bin" in caught.value.remedy
    assert "mirror" in caught.value.remedy
    with pytest.raises(ModelError, match=r"There is no net\.bin"):
        ModelStore(make_manifest(), tmp_path / "models").fetch(source=mirror)


def test_a_mirror_that_nobody_answers_at(make_manifest: Make, server: Server, tmp_path: Path) -> None:
    source = "http://127.0.0.1:1/tryon"
    with pytest.raises(ModelError, match="cannot be fetched") as caught:
        ModelStore(make_manifest(), tmp_path / "models").fetch(["net"], source=source)
    assert "address" in caught.value.remedy


def test_another_file_of_the_same_size_is_refused_and_not_kept(
    make_manifest: Make, address: str, mirror: Path, tmp_path: Path
) -> None:
    (mirror / "net.bin").write_bytes(NETWORK[::-1])
    store = ModelStore(make_manifest(), tmp_path / "models")
    for source in (address, mirror):
        with pytest.raises(ModelError, match="checksum"):
            store.fetch(["net"], source=source)
        assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]


def test_a_mirror_filled_from_another_serves(make_manifest: Make, address: str, mirror: Path, tmp_path: Path) -> None:
    manifest = make_manifest()
    copy = tmp_path / "copy"
    (copy).mkdir()
    (copy / "net.bin").write_bytes(b"half")  # from an earlier version, say
    files = ModelStore(manifest, tmp_path / "models").fill_mirror(copy, source=address)
    assert {path.name: path.read_bytes() for path in files} == {
        path.name: path.read_bytes() for path in mirror.iterdir()
    }
    assert sorted(copy.iterdir()) == sorted(files)
    again = ModelStore(manifest, tmp_path / "models")
    assert again.fill_mirror(copy, source="http://127.0.0.1:1/") == files  # whole: nobody is asked
    again.fetch(source=copy)
    assert states(again) == {ModelState.OK}


def test_a_mirror_never_keeps_a_wrong_file(make_manifest: Make, address: str, mirror: Path, tmp_path: Path) -> None:
    (mirror / "net.bin").write_bytes(NETWORK[::-1])
    with pytest.raises(ModelError, match="checksum"):
        ModelStore(make_manifest(), tmp_path / "models").fill_mirror(tmp_path / "copy", source=address)
    assert not list((tmp_path / "copy").glob("net.bin*"))
