"""Snapshots never replace one another."""

from pathlib import Path

import numpy as np
import pytest

from tryon_app.core.errors import OutputError
from tryon_app.core.stills import read_image
from tryon_app.outputs import snapshot
from tryon_app.outputs.snapshot import save_snapshot

IMAGE = np.arange(20 * 30 * 3, dtype=np.uint32).reshape(20, 30, 3).astype(np.uint8)


def test_several_within_a_second_all_stay(tmp_path: Path) -> None:
    written = [save_snapshot(IMAGE, tmp_path / "new", suffix=suffix) for suffix in (".png",) * 4 + (".jpg",)]
    assert len(set(written)) == 5
    assert all(path.is_file() and path.name.startswith("tryon 2") for path in written)
    assert (read_image(written[3]) == IMAGE).all()
    assert {path.name for path in (tmp_path / "new").iterdir()} == {path.name for path in written}


def test_mirrored(tmp_path: Path) -> None:
    assert (read_image(save_snapshot(IMAGE, tmp_path, mirrored=True)) == IMAGE[:, ::-1]).all()


def test_failure_leaves_no_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _image: np.ndarray) -> None:
        raise OutputError(f"Cannot write {path}", "Free some space.")

    monkeypatch.setattr(snapshot, "save_image", full)
    with pytest.raises(OutputError):
        save_snapshot(IMAGE, tmp_path / "shots")
    assert list((tmp_path / "shots").iterdir()) == []


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError) as caught:
            save_snapshot(IMAGE, folder)
        assert caught.value.remedy
