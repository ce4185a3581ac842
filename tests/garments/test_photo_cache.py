"""A photo is cut out once; nothing that goes wrong with the cache costs more than the time to do it again."""

import os
from pathlib import Path

import numpy as np
import pytest

from tryon_app.core.errors import GarmentError, InputError, OutputError
from tryon_app.core.types import Category, Garment, GarmentView, Slot
from tryon_app.garments import photo_cache
from tryon_app.garments.photo_cache import PhotoCache


class Importer:
    """Counts; saves a garment as the bytes of its picture."""

    def __init__(self) -> None:
        self.imported: list[tuple[str, Slot | None]] = []

    def import_photo(self, photo: Path, slot: Slot | None) -> Garment:
        self.imported.append((photo.name, slot))
        if photo.read_bytes() == b"nothing":
            raise GarmentError("No garment.", "Another photo.")
        return self.load_bytes(photo.read_bytes(), photo.stem)

    def save(self, garment: Garment, folder: Path) -> None:
        folder.mkdir()
        (folder / "bytes").write_bytes(garment.front.rgba.tobytes())

    def load(self, folder: Path) -> Garment:
        if not (folder / "bytes").is_file():
            raise GarmentError("Damaged.", "")
        return self.load_bytes((folder / "bytes").read_bytes(), folder.name)

    @staticmethod
    def load_bytes(data: bytes, name: str) -> Garment:
        view = GarmentView(np.frombuffer(data, np.uint8).reshape(1, -1, 4), {})
        return Garment(name, {"en": name}, Slot.TOP, Category.TEE, view)


@pytest.fixture
def importer() -> Importer:
    return Importer()


@pytest.fixture
def cache(importer: Importer, tmp_path: Path) -> PhotoCache:
    return PhotoCache(tmp_path / "cache", importer.import_photo, importer.save, importer.load)


@pytest.fixture
def shirt(tmp_path: Path) -> Path:
    path = tmp_path / "shirt.png"
    path.write_bytes(b"abcdefgh")
    return path


def test_imported_once_wherever_it_lies(cache: PhotoCache, importer: Importer, shirt: Path, tmp_path: Path) -> None:
    first = cache.garment(shirt)
    copy = tmp_path / "elsewhere" / shirt.name
    copy.parent.mkdir()
    copy.write_bytes(shirt.read_bytes())
    again = cache.garment(copy)
    assert importer.imported == [("shirt.png", None)]
    assert first.id == again.id == "shirt"
    assert (first.front.rgba == again.front.rgba).all()


def test_a_garment_is_called_after_its_file(cache: PhotoCache, shirt: Path, tmp_path: Path) -> None:
    cache.garment(shirt)
    copy = tmp_path / "copy.png"
    copy.write_bytes(shirt.read_bytes())
    assert [cache.garment(copy).id for _ in range(2)] == ["copy", "copy"]


def test_another_slot_or_content_is_another_garment(cache: PhotoCache, importer: Importer, shirt: Path) -> None:
    cache.garment(shirt)
    cache.garment(shirt, Slot.DRESS)
    shirt.write_bytes(b"12345678")
    cache.garment(shirt)
    assert importer.imported == [("shirt.png", None), ("shirt.png", Slot.DRESS), ("shirt.png", None)]


def test_damaged_entry_is_made_again(cache: PhotoCache, importer: Importer, shirt: Path, tmp_path: Path) -> None:
    cache.garment(shirt)
    (entry,) = (tmp_path / "cache").iterdir()
    (entry / "shirt" / "bytes").unlink()
    cache.garment(shirt)
    cache.garment(shirt)
    assert len(importer.imported) == 2


def test_refusals_are_not_kept(cache: PhotoCache, importer: Importer, shirt: Path, tmp_path: Path) -> None:
    shirt.write_bytes(b"nothing")
    for _ in range(2):
        with pytest.raises(GarmentError):
            cache.garment(shirt)
    assert len(importer.imported) == 2
    assert not (tmp_path / "cache").exists()


def test_unwritable_cache_is_done_without(importer: Importer, shirt: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = PhotoCache(tmp_path / "file" / "below", importer.import_photo, importer.save, importer.load)
    assert cache.garment(shirt).id == "shirt"


def test_failed_saving_leaves_nothing_half_done(importer: Importer, shirt: Path, tmp_path: Path) -> None:
    def full(_garment: Garment, folder: Path) -> None:
        folder.mkdir()
        (folder / "bytes").write_bytes(b"ab")
        raise OutputError("No space.", "")

    cache = PhotoCache(tmp_path / "cache", importer.import_photo, full, importer.load)
    assert cache.garment(shirt).id == "shirt"
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_longest_unused_go_first(
    cache: PhotoCache, importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_cache, "_KEPT", 2)
    photos = []
    for index in range(3):
        photo = tmp_path / f"{index}.png"
        photo.write_bytes(bytes([index]) * 8)
        photos.append(photo)
    cache.garment(photos[0])
    (oldest,) = (tmp_path / "cache").iterdir()
    os.utime(oldest, (1, 1))
    cache.garment(photos[1])
    cache.garment(photos[0])  # used: no longer the oldest
    for entry in (tmp_path / "cache").iterdir():
        if entry != oldest:
            os.utime(entry, (2, 2))
    cache.garment(photos[2])
    cache.garment(photos[0])
    assert [name for name, _ in importer.imported] == ["0.png", "1.png", "2.png"]
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_photo_that_is_not_there(cache: PhotoCache, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.png"):
        cache.garment(tmp_path / "no.png")
