"""Still pictures are written whole, in the format that the name asks for."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tryon_app.core.errors import OutputError, UsageError
from tryon_app.core.stills import read_image, read_rgba
from tryon_app.outputs.images import IMAGE_SUFFIXES, keeps_alpha, save_image


@pytest.fixture
def image() -> np.ndarray:
    y, x = np.mgrid[:30, :41]
    return np.stack((x * 6, y * 8, x + y), axis=2).astype(np.uint8)


@pytest.mark.parametrize("suffix", sorted(IMAGE_SUFFIXES))
def test_round_trip(image: np.ndarray, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "new" / "folder" / f"picture{suffix}"
    save_image(path, image)
    back = read_image(path)
    assert back.shape == image.shape
    assert np.abs(back.astype(int) - image).mean() < 4
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", sorted(IMAGE_SUFFIXES))
def test_transparency_is_kept_or_laid_on_white(image: np.ndarray, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    save_image(path, np.dstack((image, np.zeros(image.shape[:2], np.uint8))))
    rgba, transparent = read_rgba(path)
    assert transparent is keeps_alpha(path)
    if not transparent:
        assert rgba.min() >= 254


def test_suffix_in_capitals_is_understood(image: np.ndarray, tmp_path: Path) -> None:
    save_image(tmp_path / "PICTURE.PNG", image)
    assert (read_image(tmp_path / "PICTURE.PNG") == image).all()


def test_unknown_suffix(image: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"picture\.xyz"):
        save_image(tmp_path / "picture.xyz", image)
    assert not list(tmp_path.glob("picture*"))


def test_failure_leaves_what_was_there(image: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.png"
    save_image(path, image)
    before = path.read_bytes()

    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OutputError, match="No space left"):
        save_image(path, image)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["picture.png"]
