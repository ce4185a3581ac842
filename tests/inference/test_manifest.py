"""The manifest: the one that ships, and broken ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tryon_app.core.errors import ModelError
from tryon_app.inference.manifest import Manifest, WheelDownload, load_manifest


def test_the_manifest_that_ships() -> None:
    manifest = load_manifest()
    assert {model_id for model_id, model in manifest.models.items() if not model.bundled} == {
        "pose",
        "selfie",
        "face",
        "samples",
    }
    wheel = manifest.downloads["mediapipe"]
    assert isinstance(wheel, WheelDownload)
    assert wheel.platform == "manylinux_2_28_x86_64"
    for model in manifest.models.values():
        assert model.licence in {"Apache-2.0", "MIT"}
    names = [member.name for member in manifest.models["samples"].variants[0].members]
    assert len([name for name in names if name.startswith("people/")]) == 8
    assert len([name for name in names if name.startswith("clothes/")]) == 24


@pytest.mark.parametrize("text", ["version = ", "version = 2\ndownloads = {}\nmodels = {}", "\xff"])
def test_a_broken_manifest_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match=r"manifest\.toml") as caught:
        load_manifest(path)
    assert "\n" not in caught.value.message.splitlines()[0]


def test_a_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_manifest(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("models", "one", "variants", 0, "download"), "nope", "no download"),
        (("models", "one", "variants", 0, "file"), "../one", "pattern"),
        (("models", "one", "variants", 0, "members"), [], "does not go with"),
        (("models", "one", "variants", 0, "sha256"), None, "sha256 is needed"),
        (("models", "folder", "variants", 0, "members", 0, "name"), "../../evil", "plain relative"),
        (("models", "folder", "variants", 0, "members", 0, "name"), "", "need a name"),
        (("models", "net", "variants", 0, "file"), "one.jpg", "twice"),
        (("downloads", "net", "url"), "http://example.org/net.bin", "pattern"),
    ],
)
def test_what_makes_no_sense_is_refused(
    manifest_data: dict[str, Any],
    make_manifest: Callable[..., Manifest],
    where: tuple[str | int, ...],
    value: Any,
    said: str,
) -> None:
    inner: Any = manifest_data
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    with pytest.raises(ValidationError, match=said):
        make_manifest()
