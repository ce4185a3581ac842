"""Remembers imported product photos and models: making a garment takes seconds, reading it back takes none."""

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tryon_app import __version__
from tryon_app.core.errors import InputError, TryOnError
from tryon_app.core.files import make_folder
from tryon_app.core.types import Garment, Slot
from tryon_app.garments.mesh.photograph import files_of, is_mesh

_KEPT = 60
_log = logging.getLogger(__name__)


class PhotoCache:
    """Imported garments by the content and name of their photo.

    Args:
        folder: Where results are kept; made when needed. One that cannot be written is done without.
        import_photo: (photo, slot or None) -> garment.
        save: (garment, folder) writes a garment.
        load: Folder -> garment.
    """

    def __init__(
        self,
        folder: Path,
        import_photo: Callable[[Path, Slot | None], Garment],
        save: Callable[[Garment, Path], object],
        load: Callable[[Path], Garment],
    ) -> None:
        self._folder = folder
        self._import = import_photo
        self._save = save
        self._load = load

    def garment(self, photo: Path, slot: Slot | None = None) -> Garment:
        """The garment in a product photo or a 3-D model.

        Args:
            photo: The picture or model.
            slot: Where it goes; found out when None.

        Raises:
            GarmentError: No garment is found in it.
            InputError: It cannot be read.
        """
        entry = self._folder / content_key(photo, slot)
        if entry.is_dir():
            try:
                garment = self._load(next(entry.iterdir()))
            except (TryOnError, OSError, StopIteration) as error:
                _log.warning("The kept cut-out %s cannot be read and is made again: %s", entry, error)
                shutil.rmtree(entry, ignore_errors=True)
            else:
                with suppress(OSError):
                    entry.touch()  # the least recently used ones are dropped first
                return garment
        garment = self._import(photo, slot)
        self._keep(garment, entry)
        return garment

    def _keep(self, garment: Garment, entry: Path) -> None:
        try:
            make_folder(self._folder)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".new-") as name:
                made = Path(name) / entry.name
                made.mkdir()
                self._save(garment, made / garment.id)  # a garment is called after its folder
                made.replace(entry)
            self._prune()
        except (TryOnError, OSError) as error:  # a full disk costs time at the next start, nothing else
            _log.warning("The cut-out of %s cannot be kept: %s", garment.id, error)

    def _prune(self) -> None:
        kept = [path for path in self._folder.iterdir() if not path.name.startswith(".")]
        kept.sort(key=lambda path: path.stat().st_mtime)
        for path in kept[:-_KEPT]:
            shutil.rmtree(path, ignore_errors=True)


def content_key(photo: Path, slot: Slot | None) -> str:
    """Content, name, slot, and the code that made the result: a better importer is not fed old results.

    Args:
        photo: The picture or model; the textures that lie beside a model count, too.
        slot: Where it goes.

    Raises:
        InputError: It cannot be read, or is a model that is too large to be.
    """
    files = files_of(photo) if is_mesh(photo) else (photo,)
    digest = hashlib.sha256(f"{__version__} {slot} {photo.name}".encode(errors="replace"))
    for source in sorted(Path(__file__).parent.glob("*.py")):  # none in a frozen app: there the version speaks
        digest.update(source.read_bytes())
    try:
        for file in files:
            digest.update(file.read_bytes())
    except OSError as error:
        raise InputError(f"{photo} cannot be read ({error.strerror}).", "Check the spelling of the path.") from error
    return digest.hexdigest()[:32]
