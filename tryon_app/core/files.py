"""Writing files so that a reader never meets half of one."""

import errno
import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from tryon_app.core.errors import OutputError

_REMEDIES = {
    errno.ENOSPC: "The disk is full: free some space or choose another folder.",
    errno.EDQUOT: "Your share of the disk is used up: free some space or choose another folder.",
    errno.EACCES: "You may not write there: choose another folder or change its permissions.",
    errno.EPERM: "You may not write there: choose another folder or change its permissions.",
    errno.EROFS: "That disk is read-only: choose another folder.",
    errno.ENOTDIR: "A part of the path is a file, not a folder: choose another path.",
    errno.EISDIR: "The path is a folder: give the name of a file.",
    errno.ENAMETOOLONG: "The name is too long: choose a shorter one.",
    errno.EFBIG: "The file grows too large for that disk: choose another disk.",
}
_OTHER_REMEDY = "Check that the disk is connected and that you may write there, or choose another folder."


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Write a file that appears under its name complete, or not at all.

    Yields a path in the same folder with the same suffix (encoders choose the format by it) to write to. Missing
    parent folders are made. When the block ends well the file is flushed to disk and takes the place of `path`; when
    it raises, it is removed and what stood under `path` stays. A symbolic link is followed, not replaced.

    Args:
        path: The file to write.

    Raises:
        OutputError: The file cannot be written; any `OSError` of the block counts as that.
    """
    target = Path(os.path.realpath(path))
    part = part_path(target)
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if target.exists() and not target.is_file():  # renaming over /dev/null would destroy it
            raise OutputError(f"{path} is not an ordinary file.", "Give the name of a file.")
        make_folder(target.parent)
        yield part
        _flush(part)
        part.replace(target)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def atomic_new(names: Iterable[Path]) -> Iterator[list[Path]]:
    """Write a file that appears complete under the first of several names that is free, and replaces nothing.

    Yields a list with the path to write to; afterwards it holds the name that was given. As `atomic_write`, but no two
    writers ever end in the same file, whatever the names are made of: a clock that was set back, for one.

    Args:
        names: Candidates in one folder, as many as may be needed.

    Raises:
        OutputError: The file cannot be written; any `OSError` of the block counts as that.
    """
    candidates = iter(names)
    first = next(candidates)
    part = part_path(first)
    place = [part]
    try:
        make_folder(first.parent)
        yield place
        _flush(part)
        place[0] = next(name for name in chain([first], candidates) if _claim(part, name))
    except OSError as error:
        raise output_error(first, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def part_path(path: Path) -> Path:
    """A hidden name beside a file for what is not complete yet; it says which process writes it."""
    return path.with_name(f".{path.stem[:80]}.{os.getpid()}-{secrets.token_hex(4)}.part{path.suffix}")


def part_writer(path: Path) -> int | None:
    """The process that wrote or writes an incomplete file, None for any other file."""
    match = re.fullmatch(r"\..+\.(\d+)-[0-9a-f]{8}\.part(\.\w+)?", path.name, re.DOTALL)
    return int(match[1]) if match else None


def _claim(part: Path, name: Path) -> bool:
    """Give a file a name unless something has it."""
    try:
        if sys.platform != "win32":
            os.link(part, name)
            return True
        part.rename(name)  # never replaces there
    except FileExistsError:
        return False
    except OSError:
        if sys.platform == "win32":
            raise
        # No hard links, as on most USB sticks: between these two lines another writer could take the name.
        if os.path.lexists(name):
            return False
        part.rename(name)
    return True


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with "\\n" line ends atomically.

    Raises:
        OutputError: The file cannot be written.
    """
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def make_folder(path: Path) -> None:
    """Make a folder and its parents unless it is there.

    Raises:
        OutputError: It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(f"Cannot make the folder {path}: a file has that name.", "Choose another path.") from error
    except OSError as error:
        raise output_error(path, error) from error


def output_error(path: Path, error: OSError) -> OutputError:
    """The readable form of an `OSError` that came while writing `path`."""
    reason = error.strerror or str(error) or type(error).__name__
    return OutputError(f"Cannot write {path}: {reason}.", _REMEDIES.get(error.errno or 0, _OTHER_REMEDY))


def _flush(path: Path) -> None:
    """Make sure that the bytes are on the disk before the name is: a full disk may only show here."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
