"""Samples on disk: plain tar files ("shards") of a few hundred samples each.

A sample is a key and its members, `KEY.before.jpg`, `KEY.points.npy` and so on; the members of a sample stand next to
each other. A shard appears under its name complete or not at all, so that training can start while the generator runs.
Nothing is pickled. The same samples give the same bytes on every machine.
"""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import InputError
from tryon_app.core.files import atomic_write
from tryon_app.core.types import UInt8

PATTERN = "shard-*.tar"
Sample = Mapping[str, bytes]
"""Member -> its bytes, the key and the dot after it left out: "before.jpg"."""
_REMEDY = "Remove the file and run `tryon train synth` again: it makes what is missing."


def write_shard(path: Path, samples: Iterable[Mapping[str, bytes]]) -> str:
    """Write a shard; the same samples give the same file.

    Args:
        path: The tar file; it appears when it is complete.
        samples: For each sample its members, by full name: `{"0000123.before.jpg": b"...", ...}`.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        OutputError: The file cannot be written.
    """
    with atomic_write(path) as part:
        with tarfile.open(part, "w", format=tarfile.USTAR_FORMAT) as archive:
            for sample in samples:
                for name, content in sample.items():
                    member = tarfile.TarInfo(name)  # time, owner and group are 0 and empty
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest


def read_shard(path: Path, wanted: Iterable[str] | None = None) -> Iterator[tuple[str, Sample]]:
    """The samples of a shard in the order of the file.

    Args:
        path: The tar file.
        wanted: Members to read, without the key; None = all.

    Yields:
        Key and members.

    Raises:
        InputError: The file cannot be read, or is no shard.
    """
    chosen = None if wanted is None else frozenset(wanted)
    key, sample = "", dict[str, bytes]()
    try:
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                found, _, name = member.name.partition(".")
                if not member.isfile() or not name:
                    raise InputError(f"{path} holds {member.name}, which is no part of a sample.", _REMEDY)
                if found != key:
                    if sample:
                        yield key, sample
                    key, sample = found, {}
                if chosen is None or name in chosen:
                    file = archive.extractfile(member)
                    sample[name] = file.read() if file is not None else b""
    except (OSError, tarfile.TarError) as error:
        raise InputError(f"{path} cannot be read: {error}", _REMEDY) from error
    if sample:
        yield key, sample


class SampleStore:
    """The samples of a folder, encoded, in memory; grows as the generator adds shards.

    Args:
        folder: Holds the shards.
        wanted: Members to keep, without the key; None = all.
        most: Number of samples to keep; shards beyond that are not read. 0 = no limit.
    """

    def __init__(self, folder: Path, wanted: Iterable[str] | None = None, most: int = 0) -> None:
        self.folder = folder
        self._wanted = None if wanted is None else frozenset(wanted)
        self._most = most
        self._read: set[str] = set()
        self._samples: list[tuple[str, Sample]] = []

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> Sample:
        return self._samples[index][1]

    def key(self, index: int) -> str:
        """The key of a sample."""
        return self._samples[index][0]

    @property
    def shards(self) -> tuple[str, ...]:
        """Names of the shards read so far, sorted."""
        return tuple(sorted(self._read))

    def refresh(self, only: Iterable[str] | None = None) -> int:
        """Read shards that are new since the last call.

        Args:
            only: Names of the shards to read; None = every one there is.

        Returns:
            How many samples were added.

        Raises:
            InputError: A shard cannot be read, or one of `only` is not there.
        """
        names = sorted(path.name for path in self.folder.glob(PATTERN)) if only is None else sorted(only)
        before = len(self)
        for name in names:
            if name in self._read or (self._most and len(self) >= self._most):
                continue
            self._samples.extend(read_shard(self.folder / name, self._wanted))
            self._read.add(name)
        return len(self) - before


def held_out(folder: Path, members: Iterable[str]) -> SampleStore:
    """The samples of a folder that is only measured on.

    Raises:
        InputError: There are none, or a shard is damaged.
    """
    store = SampleStore(folder, members)
    store.refresh()
    if not len(store):
        raise InputError(f"There is no data in {folder}.", "Make some with `tryon train synth` and another --seed.")
    return store


def decode_picture(content: bytes) -> UInt8:
    """A JPEG or PNG: uint8 RGB H x W x 3 for a colour picture, RGBA H x W x 4 with alpha, H x W for a grey one.

    A PNG of 16 bits keeps its type and the order of its channels.

    Raises:
        InputError: It is no picture.
    """
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise InputError("A picture in the training data cannot be decoded.", _REMEDY)
    if picture.dtype == np.uint8 and picture.ndim == 3:
        order = cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB
        return np.asarray(cv2.cvtColor(picture, order))
    return np.asarray(picture)


def decode_array(content: bytes) -> NDArray[np.float32]:
    """An array in numpy's format; one with Python objects in it is refused.

    Raises:
        InputError: It is no array of numbers.
    """
    try:
        return np.asarray(np.load(io.BytesIO(content), allow_pickle=False), np.float32)
    except (ValueError, EOFError, OSError) as error:
        raise InputError(f"An array in the training data cannot be read: {error}", _REMEDY) from error
