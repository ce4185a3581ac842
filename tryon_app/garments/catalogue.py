"""All garments there are: the built-in ones and the user's own."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tryon_app.core.errors import GarmentError, TryOnError
from tryon_app.core.files import atomic_write
from tryon_app.core.paths import cache_dir
from tryon_app.core.types import Category, Garment, Slot
from tryon_app.garments.storage import DESCRIPTION, load_garment, read_record

_THUMBNAIL_SIDE = 256
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue, read without decoding the big pictures.

    Attributes:
        id: Folder name.
        name: Language code -> name.
        thumbnail: Small picture with alpha; the front photo itself where none could be written.
        folder: Where the garment lies.
        sizes: Names of its sizes.
    """

    id: str
    name: Mapping[str, str]
    slot: Slot
    category: Category
    colour: str
    thumbnail: Path
    folder: Path
    sizes: tuple[str, ...]


class Catalogue:
    """Garments in folders of folders; a garment of a later folder takes the place of an earlier one of the same id.

    Args:
        folders: Where to look; one that is missing is empty.
        thumbnails: Where small pictures are kept; the user's cache when None.
    """

    def __init__(self, folders: Sequence[Path], thumbnails: Path | None = None) -> None:
        self._folders = tuple(folders)
        self._thumbnails = thumbnails

    def ids(self) -> tuple[str, ...]:
        """All ids, built-in ones first, by name within a folder."""
        return tuple(self._found())

    def entries(self) -> tuple[Entry, ...]:
        """A line for each garment; a damaged one is logged and left out."""
        entries = []
        for garment_id, folder in self._found().items():
            try:
                record = read_record(folder)
                thumbnail = self._thumbnail(folder / record.front.image)
            except TryOnError as error:
                _log.warning("%s", error)
                continue
            sizes = tuple(size.name for size in record.sizes)
            entries.append(
                Entry(garment_id, record.name, record.slot, record.category, record.colour, thumbnail, folder, sizes)
            )
        return tuple(entries)

    def folder(self, garment_id: str) -> Path:
        """Where a garment lies.

        Raises:
            GarmentError: There is none of that id.
        """
        try:
            return self._found()[garment_id]
        except KeyError:
            raise GarmentError(
                f"There is no garment called {garment_id!r}.", "`tryon garments list` shows what there is."
            ) from None

    def load(self, garment_id: str) -> Garment:
        """A garment with its pictures.

        Raises:
            GarmentError: There is none of that id, or it is damaged.
        """
        return load_garment(self.folder(garment_id))

    def _found(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for parent in self._folders:
            if parent.is_dir():
                for folder in sorted(parent.iterdir()):
                    if not folder.name.startswith(".") and (folder / DESCRIPTION).is_file():
                        found[folder.name] = folder
        return found

    def _thumbnail(self, picture: Path) -> Path:
        """The small picture: made once, remade when the big one changes."""
        try:
            state = picture.stat()
            key = f"{picture.resolve()} {state.st_mtime_ns} {state.st_size}"
            parent = self._thumbnails if self._thumbnails is not None else cache_dir() / "thumbnails"
            target = parent / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.png"
            if not target.is_file():
                _write_thumbnail(picture, target)
        except (TryOnError, OSError) as error:  # a full disk must not empty the catalogue
            _log.warning("No thumbnail of %s: %s", picture, error)
            return picture
        return target


def _write_thumbnail(picture: Path, target: Path) -> None:
    from PIL import Image

    with Image.open(picture) as opened:
        small = opened.convert("RGBA")
    small.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    with atomic_write(target) as part:
        small.save(part, format="PNG")
