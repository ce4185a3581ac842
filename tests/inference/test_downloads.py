"""Fetching: resuming over HTTP, and pip's part, with a pip that does what the test says."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.inference.conftest import NETWORK, Server
from tryon_app.core.errors import ModelError
from tryon_app.inference import downloads as downloads_module
from tryon_app.inference.downloads import fetch_download
from tryon_app.inference.manifest import Manifest

Make = Callable[..., Manifest]


def quiet(*_step: Any) -> None:
    """Nobody watches."""


def test_a_broken_download_goes_on_where_it_stopped(make_manifest: Make, server: Server, tmp_path: Path) -> None:
    net = make_manifest().downloads["net"]
    server.cut = 1000
    with pytest.raises(ModelError, match="cannot be fetched"):
        fetch_download(net, tmp_path, quiet)
    assert (tmp_path / "net.bin.part").stat().st_size == 1000
    assert fetch_download(net, tmp_path, quiet).read_bytes() == NETWORK
    assert server.asked == [None, "bytes=1000-"]
    assert not (tmp_path / "net.bin.part").exists()


def test_a_server_that_cannot_resume(make_manifest: Make, server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.bin.part").write_bytes(b"zzz")
    server.ranges = False
    assert fetch_download(make_manifest().downloads["net"], tmp_path, quiet).read_bytes() == NETWORK


def test_a_part_that_is_too_long_is_dropped(make_manifest: Make, server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.bin.part").write_bytes(NETWORK + b"more")
    assert fetch_download(make_manifest().downloads["net"], tmp_path, quiet).read_bytes() == NETWORK
    assert server.asked == [None]


def test_a_server_that_sends_too_much(make_manifest: Make, server: Server, tmp_path: Path) -> None:
    server.content = NETWORK + b"more"
    with pytest.raises(ModelError, match="another file"):
        fetch_download(make_manifest().downloads["net"], tmp_path, quiet)
    assert not list(tmp_path.glob("net.bin*"))


@pytest.mark.parametrize("status", [404, 503])
def test_a_server_that_refuses(make_manifest: Make, server: Server, tmp_path: Path, status: int) -> None:
    server.status = status
    with pytest.raises(ModelError, match="cannot be fetched") as caught:
        fetch_download(make_manifest().downloads["net"], tmp_path, quiet)
    assert "network" in caught.value.remedy


def fake_pip(monkeypatch: pytest.MonkeyPatch, code: str) -> list[list[str]]:
    """Run `code` with pip's arguments instead of pip."""
    commands: list[list[str]] = []
    start = subprocess.Popen

    def popen(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        commands.append(command)
        return start([sys.executable, "-c", code, *command[3:]], **options)

    monkeypatch.setattr(downloads_module.subprocess, "Popen", popen)
    return commands


def test_pip_is_asked_for_one_file_that_serves_every_machine(
    make_manifest: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def change(data: dict[str, Any]) -> None:
        tags = {"python_version": "3.11", "implementation": "cp", "abi": "cp311", "platform": "manylinux_2_28_x86_64"}
        data["downloads"]["pack"].update(tags)

    commands = fake_pip(
        monkeypatch,
        "import sys, pathlib, time; folder = pathlib.Path(sys.argv[sys.argv.index('--dest') + 1]);"
        "(folder / 'pack-1.0-py3-none-any.whl').write_bytes(b'wheel'); time.sleep(0.5)",
    )
    told: list[tuple[str, int, int]] = []
    pack = make_manifest(change).downloads["pack"]
    file = fetch_download(pack, tmp_path / "cache", lambda *step: told.append(step))
    assert file.read_bytes() == b"wheel"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [file.name]
    line = " ".join(commands[0])
    assert line.startswith(f"{sys.executable} -m pip download")
    assert line.endswith("pack==1.0")
    for option in ("--no-deps", "--only-binary=:all:", "--python-version 3.11", "--abi cp311"):
        assert option in line
    assert "--implementation cp" in line
    assert "--platform manylinux_2_28_x86_64" in line
    assert (file.name, 5, pack.size) in told
    assert told[-1][1] == told[-1][2]


def test_what_pip_says_is_passed_on(make_manifest: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_pip(monkeypatch, "import sys; sys.exit('ERROR: No matching distribution found for pack==1.0')")
    with pytest.raises(ModelError, match="No matching distribution") as caught:
        fetch_download(make_manifest().downloads["pack"], tmp_path / "cache", quiet)
    assert caught.value.remedy
    assert not list((tmp_path / "cache").iterdir())


def test_cancelling_stops_pip(make_manifest: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_pip(monkeypatch, "import time; time.sleep(60)")

    def cancel(*_step: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_download(make_manifest().downloads["pack"], tmp_path / "cache", cancel)
    assert not list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize(("frozen", "said"), [(False, "ensurepip"), (True, "Install the app again")])
def test_without_pip_the_remedy_is_clear(
    make_manifest: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, frozen: bool, said: str
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(downloads_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="no pip") as caught:
        fetch_download(make_manifest().downloads["pack"], tmp_path, quiet)
    assert said in caught.value.remedy
    assert "--mirror" in caught.value.remedy
