"""`tryon models`, on a store of its own."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tryon_app import app as parts
from tryon_app.commands.models import app
from tryon_app.core.errors import InputError, ModelError
from tryon_app.inference.manifest import Manifest
from tryon_app.inference.store import ModelStore

CONTENT = b"a network"


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the download of a store that has nothing yet."""
    folder = tmp_path / "given"
    folder.mkdir()
    wheel = folder / "pack-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pack/net.bin", CONTENT)
    content, whole = (hashlib.sha256(data).hexdigest() for data in (CONTENT, wheel.read_bytes()))
    manifest = Manifest.model_validate(
        {
            "version": 1,
            "downloads": {
                "pack": {
                    "kind": "wheel",
                    "name": "pack",
                    "version": "1.0",
                    "file": wheel.name,
                    "size": wheel.stat().st_size,
                    "sha256": whole,
                }
            },
            "models": {
                "net": {
                    "title": "A network",
                    "licence": "MIT",
                    "origin": "us",
                    "used_by": ["tests"],
                    "input": "-",
                    "output": "-",
                    "variants": [
                        {
                            "download": "pack",
                            "make": "member",
                            "file": "net.bin",
                            "sha256": content,
                            "members": [{"path": "pack/net.bin", "sha256": content}],
                        }
                    ],
                }
            },
        }
    )
    monkeypatch.setattr(parts, "model_store", lambda: ModelStore(manifest, tmp_path / "cache"))
    return folder


def test_from_missing_to_whole(given: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    missing = run(app, ["verify"])
    assert isinstance(missing.exception, ModelError)
    assert "tryon models fetch net" in missing.exception.remedy
    assert "missing" in missing.stdout
    fetched = run(app, ["fetch", "--from", str(given)])
    assert fetched.exit_code == 0, fetched.exception
    assert str(tmp_path / "cache" / "net.bin") in fetched.stdout
    assert run(app, ["verify", "net"]).exit_code == 0
    (row,) = json.loads(run(app, ["list", "--json"]).stdout)
    assert (row["id"], row["state"], row["licence"]) == ("net", "ok", "MIT")
    assert "A network" in run(app, ["list"]).stdout


def test_damage_is_found_and_mended(given: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    run(app, ["fetch", "--from", str(given)])
    (tmp_path / "cache" / "net.bin").write_bytes(b"?")
    damaged = run(app, ["verify", "--json"])
    assert damaged.exit_code == 1
    assert json.loads(damaged.stdout)[0]["state"] == "damaged"
    assert run(app, ["fetch", "net", "--from", str(given)]).exit_code == 0
    assert run(app, ["verify"]).exit_code == 0


@pytest.mark.parametrize(
    "named",
    [
        "nope",
        "ftp://files.example.org/tryon",
        "https://",
        "https://files.example.org:port/",
        "https://user:secret@files.example.org/tryon",
        "https://files.example.org/tryon?token=secret",
    ],
)
def test_a_mirror_that_is_none(given: Path, tmp_path: Path, named: str) -> None:
    result = CliRunner().invoke(app, ["fetch", "--mirror", named])
    assert isinstance(result.exception, InputError)
    assert result.exception.remedy
    assert "secret" not in result.exception.message


def test_a_mirror_is_filled_and_fetched_from(given: Path, tmp_path: Path) -> None:
    run, folder = CliRunner().invoke, tmp_path / "mirror"
    filled = run(app, ["download", str(folder), "--mirror", str(given)])
    assert filled.exit_code == 0, filled.exception
    assert [path.name for path in folder.iterdir()] == ["pack-1.0-py3-none-any.whl"]
    assert str(folder / "pack-1.0-py3-none-any.whl") in filled.stdout
    assert run(app, ["fetch", "--mirror", str(folder)]).exit_code == 0
    assert run(app, ["verify"]).exit_code == 0
