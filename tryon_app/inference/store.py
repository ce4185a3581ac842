"""The models on disk: fetched, put together, and verified before every use."""

import hashlib
import logging
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tryon_app.core.errors import ModelError, OutputError, UsageError
from tryon_app.core.files import atomic_write
from tryon_app.inference.downloads import Progress, fetch_download, fetch_mirrored
from tryon_app.inference.manifest import Download, Manifest, Member, Model, Variant
from tryon_app.inference.task_bundle import bundle, with_normalization

_log = logging.getLogger(__name__)
_NOTICE = "LICENSE.txt"
_MOST_BYTES = 500_000_000
"""Of a member of an archive, unpacked."""
SHIPPED_REMEDY = "It comes with the app: install the app again, or `git checkout -- models` in a source checkout."


class ModelState(StrEnum):
    """How a model on disk is."""

    OK = "ok"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One model's state.

    Attributes:
        model_id: Its key in the manifest.
        state: How it is.
        path: Where it is, or would be.
        message: What is wrong, naming the file; "" when all is well.
    """

    model_id: str
    state: ModelState
    path: Path
    message: str = ""


class ModelStore:
    """Hands out verified models.

    Args:
        manifest: What models there are.
        folder: Where fetched models lie; made when needed.
        bundled: Read-only folders looked into first: our own networks, and an installer's models.
    """

    def __init__(self, manifest: Manifest, folder: Path, bundled: Sequence[Path] = ()) -> None:
        self.manifest = manifest
        self.folder = folder
        self._bundled = tuple(bundled)
        self._verified: dict[Path, tuple[int, int, str]] = {}

    def model(self, model_id: str) -> Model:
        """The model's declaration.

        Raises:
            UsageError: No model has that name.
        """
        try:
            return self.manifest.models[model_id]
        except KeyError:
            known = ", ".join(self.manifest.models)
            raise UsageError(f"There is no model {model_id!r}.", f"Choose one of: {known}.") from None

    def path(self, model_id: str) -> Path:
        """A model that is ready to be loaded; its hash is right.

        Raises:
            UsageError: No model has that name.
            ModelError: It is missing, or was damaged and is now set aside.
        """
        model = self.model(model_id)
        for folder in self._bundled:
            for variant in model.variants:
                if self._broken_parts(folder, variant) == []:
                    return folder / variant.file
        if model.bundled:
            raise self._not_shipped(model_id)
        damaged: list[str] = []
        for variant in _fetched(model):
            broken = self._broken_parts(self.folder, variant)
            if broken == []:
                return self.folder / variant.file
            damaged += [_set_aside(path) for path in broken or ()]
        remedy = f"Run `tryon models fetch {model_id}`."
        if damaged:
            raise ModelError(f"The model {model_id!r} is damaged: {' '.join(damaged)}", remedy)
        raise ModelError(f"The model {model_id!r} ({model.title}) is not there yet.", remedy)

    def ensure(self, model_id: str, progress: Progress | None = None) -> Path:
        """Like `path`, but fetches what is missing or damaged first.

        Args:
            model_id: The model.
            progress: Told about the download.

        Raises:
            UsageError: No model has that name.
            ModelError: It cannot be fetched.
            OutputError: It cannot be written.
        """
        try:
            return self.path(model_id)
        except ModelError as error:
            if self.model(model_id).bundled:
                raise
            _log.info("%s Fetching it.", error.message)
        self.fetch([model_id], progress)
        return self.path(model_id)

    def fetch(
        self, model_ids: Iterable[str] | None = None, progress: Progress | None = None, source: Path | str | None = None
    ) -> None:
        """Fetch the models that are not there whole. A download that serves several models is fetched once.

        Args:
            model_ids: Which; None = all that can be fetched: not those that ship with the app.
            progress: Told about the downloads.
            source: Folder with the downloads, or the http(s) address of one, for machines without the internet.

        Raises:
            UsageError: No model has one of the names.
            ModelError: One cannot be fetched, or is not what the manifest says.
            OutputError: The folder cannot be written.
        """
        if model_ids is None:
            model_ids = [model_id for model_id, model in self.manifest.models.items() if not model.bundled]
        for model_id in list(model_ids):
            try:
                self.path(model_id)
            except ModelError:
                if self.model(model_id).bundled:
                    raise
                self._fetch_one(model_id, progress or _silent, source)

    def fill_mirror(
        self, folder: Path, progress: Progress | None = None, source: Path | str | None = None
    ) -> list[Path]:
        """Put every download into a folder as it comes, verified: what `fetch` takes as its `source`.

        Args:
            folder: The mirror; what lies there whole already is kept.
            progress: Told about the downloads.
            source: Another mirror to take them from.

        Returns:
            The files.

        Raises:
            ModelError: One cannot be fetched, or is not what the manifest says.
            OutputError: The folder cannot be written.
        """
        files = []
        for download in self.manifest.downloads.values():
            file = folder / download.file
            if self._hash(file) != download.sha256:
                file = _received(download, source, folder, progress or _silent)
                try:
                    self._check_received(download, file)
                except ModelError:
                    file.unlink(missing_ok=True)
                    raise
            files.append(file)
        return files

    def verify(self, model_ids: Iterable[str] | None = None) -> list[ModelStatus]:
        """Look at models without changing anything; every file is read anew.

        Raises:
            UsageError: No model has one of the names.
        """
        self._verified.clear()
        return [self._status(model_id) for model_id in (self.manifest.models if model_ids is None else model_ids)]

    def _status(self, model_id: str) -> ModelStatus:
        model = self.model(model_id)
        variants = model.variants
        places = [(folder, variant) for folder in self._bundled for variant in variants]
        places += [(self.folder, variant) for variant in _fetched(model)]
        worst = ModelStatus(model_id, ModelState.MISSING, self.folder / variants[0].file, "not fetched yet")
        if model.bundled:
            path = (self._bundled[0] if self._bundled else self.folder) / variants[0].file
            worst = ModelStatus(model_id, ModelState.MISSING, path, f"{path} is not there")
        for folder, variant in places:
            path = folder / variant.file
            broken = self._broken_parts(folder, variant)
            if broken == []:
                return ModelStatus(model_id, ModelState.OK, path)
            if broken:
                message = f"{broken[0]} is not what it should be (its checksum differs)"
                worst = ModelStatus(model_id, ModelState.DAMAGED, path, message)
        return worst

    def _not_shipped(self, model_id: str) -> ModelError:
        """Why a model that ships with the app cannot be used. Its file stays where it is: it is not ours to move."""
        status = self._status(model_id)
        return ModelError(f"The network {model_id!r} cannot be used: {status.message}.", SHIPPED_REMEDY)

    def _broken_parts(self, folder: Path, variant: Variant) -> list[Path] | None:
        """Damaged files of a variant; [] = it is whole, None = (a part of) it is missing and nothing is damaged."""
        parts = _expected(folder / variant.file, variant)
        states = {path: self._hash(path) for path in parts}
        broken = [path for path, found in states.items() if found not in (None, parts[path])]
        return None if not broken and None in states.values() else broken

    def _hash(self, path: Path) -> str | None:
        """Of a file, None when there is none; remembered until the file changes."""
        try:
            stat = path.stat()
            known = self._verified.get(path)
            if known and known[:2] == (stat.st_size, stat.st_mtime_ns):
                return known[2]
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ModelError(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from error
        self._verified[path] = (stat.st_size, stat.st_mtime_ns, found)
        return found

    def _fetch_one(self, model_id: str, progress: Progress, source: Path | str | None) -> None:
        first: ModelError | None = None
        for variant in _fetched(self.manifest.models[model_id]):
            try:
                self._fetch_download(variant.download, model_id, progress, source)
            except ModelError as error:
                _log.info("%s", error.message)
                first = first or error
            else:
                return
        if first:
            raise first

    def _fetch_download(self, key: str, wanted: str, progress: Progress, source: Path | str | None) -> None:
        """Fetch a download and make every model of it that is not there."""
        download = self.manifest.downloads[key]
        folder = self.folder / "downloads"
        file = _received(download, source, folder, progress)
        try:
            self._check_received(download, file)
            for model_id, model in self.manifest.models.items():
                for variant in model.variants:
                    needed = model_id == wanted or model.variants[0] is variant
                    if needed and variant.download == key and self._broken_parts(self.folder, variant) != []:
                        self._make(variant, file)
        finally:
            file.unlink(missing_ok=True)
            self._verified.pop(file, None)
            with suppress(OSError):  # another process may be fetching there
                folder.rmdir()

    def _check_received(self, download: Download, file: Path) -> None:
        if self._hash(file) != download.sha256:
            remedy = "The file was changed on the way: try again, or use another network or package index."
            raise ModelError(f"{download.file} is not the file it should be (its checksum differs).", remedy)

    def _make(self, variant: Variant, file: Path) -> None:
        target = self.folder / variant.file
        if variant.make == "whole":
            _write(target, file.read_bytes())
            return
        content = _take_out(file, variant.members)
        match variant.make:
            case "member":
                _write(target, content[variant.members[0]])
            case "task":
                _write(target, bundle({member.name: _prepared(member, content[member]) for member in content}))
            case "folder":
                for member, data in content.items():
                    _write(target / member.name, data)
                if variant.notice:
                    _write(target / _NOTICE, variant.notice.encode())


def _received(download: Download, source: Path | str | None, folder: Path, progress: Progress) -> Path:
    if source is None:
        return fetch_download(download, folder, progress)
    return fetch_mirrored(download, source, folder, progress)


def _fetched(model: Model) -> list[Variant]:
    """The ways to come by it that lead into the cache."""
    return [variant for variant in model.variants if variant.make != "bundled"]


def _expected(path: Path, variant: Variant) -> dict[Path, str]:
    """File -> hash."""
    if variant.sha256 is not None:
        return {path: variant.sha256}
    parts = {path / member.name: member.sha256 for member in variant.members}
    if variant.notice:
        parts[path / _NOTICE] = hashlib.sha256(variant.notice.encode()).hexdigest()
    return parts


def _take_out(file: Path, members: Iterable[Member]) -> Mapping[Member, bytes]:
    content: dict[Member, bytes] = {}
    # What `zipfile` raises for damaged, encrypted and unknown kinds of archives.
    damaged = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError)
    unreadable = (*damaged, NotImplementedError, RuntimeError, ValueError)
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
        except unreadable as error:
            raise ModelError(
                f"{file.name} is no archive that can be read ({error}).", "Install the app again."
            ) from error
        for member in members:
            try:
                if archive.getinfo(member.path).file_size > _MOST_BYTES:  # no more than it declares is ever unpacked
                    raise ModelError(f"{member.path} in {file.name} is too large.", "Install the app again.")
                data = archive.read(member.path)
            except KeyError:
                raise ModelError(f"{file.name} has no member {member.path}.", "Install the app again.") from None
            except unreadable as error:
                raise ModelError(
                    f"{member.path} in {file.name} is damaged ({error}).", "Install the app again."
                ) from error
            if hashlib.sha256(data).hexdigest() != member.sha256:
                raise ModelError(f"{member.path} in {file.name} has a wrong checksum.", "Install the app again.")
            content[member] = data
    return content


def _prepared(member: Member, data: bytes) -> bytes:
    wanted = member.normalization
    return data if wanted is None else with_normalization(data, wanted.mean, wanted.std)


def _write(path: Path, data: bytes) -> None:
    with atomic_write(path) as part:
        part.write_bytes(data)


def _set_aside(path: Path) -> str:
    """Rename a damaged file so that it is neither used nor lost, and say so."""
    aside = path.with_name(f"{path.name}.broken")
    try:
        path.replace(aside)
    except OSError as error:
        raise OutputError(
            f"{path} is damaged and cannot be set aside ({error.strerror}).", "Remove it by hand."
        ) from error
    _log.warning("%s has a wrong checksum and was renamed to %s", path, aside.name)
    return f"{path} has a wrong checksum and was renamed to {aside.name}."


def _silent(_what: str, _done: int, _total: int) -> None:
    """Progress nobody looks at."""
