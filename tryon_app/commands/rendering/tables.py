"""A table of persons and garments, row by row; a bad row never stops the others."""

import csv
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from tryon_app.app import load_garment
from tryon_app.commands.console import note, progress_bar
from tryon_app.commands.rendering.photos import dress_photo
from tryon_app.commands.rendering.stages import opened_stages
from tryon_app.core.errors import InputError, OutputError, TryOnError, UsageError
from tryon_app.core.files import make_folder, output_error
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.stills import read_rgba
from tryon_app.core.types import Garment, Slot, Worn
from tryon_app.outputs.images import save_image

_COLUMNS = ("person", "garment", "slot")
_REPORT = "report.csv"
_GARMENTS_KEPT = 48  # in memory; photos beyond that come back from the cache on disk
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, as it was written."""

    person: str
    garment: str
    slot: str


def render_pairs(table: Path, folder: Path, networks: bool = True) -> int:
    """Render every row: `%04d.png`, `%04d.layer.png` and a line of `report.csv` each.

    Args:
        table: CSV with the columns person, garment, slot.
        folder: Where results go.
        networks: Whether our own networks are used.

    Returns:
        How many rows failed.

    Raises:
        UsageError: The table is not one.
        InputError: It cannot be read.
        OutputError: The report cannot be written.
        ModelError: A model is missing or damaged.
    """
    rows = read_table(table)
    report_path = folder / _REPORT
    garments = _Garments(table.parent)
    failed = 0
    with ExitStack() as stack:
        report = stack.enter_context(_Report(report_path))
        pipeline = stack.enter_context(opened_stages("image", networks))
        advance = stack.enter_context(progress_bar("Rendering", len(rows), "rows"))
        for index, row in enumerate(rows):
            start = time.perf_counter()
            status, message = _attempt(lambda: _render_row(pipeline, garments, table.parent, row, folder, index))  # noqa: B023
            failed += status != "ok"
            report.write(index, status, message, round((time.perf_counter() - start) * 1000))
            advance()
    done = f"{len(rows) - failed} of {len(rows)} rows ok"
    note(f"{done}; {report_path} says what is wrong with the others." if failed else f"{done}.")
    return failed


def read_table(path: Path) -> list[Row]:
    """The rows of a table. UTF-8 with or without a byte order mark, any line ends; further columns are ignored.

    Raises:
        UsageError: A column is missing, or it is no CSV.
        InputError: The file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True, skipinitialspace=True)
            reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
            missing = [name for name in _COLUMNS if name not in reader.fieldnames]
            if missing:
                raise UsageError(
                    f"{path.name} has no column {missing[0]!r}.", f"Its first line must be {','.join(_COLUMNS)}."
                )
            return [Row(*((line[name] or "").strip() for name in _COLUMNS)) for line in reader]
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text.", "Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise UsageError(f"{path.name} is not a CSV table ({error}).", "Save it as CSV in UTF-8.") from error


def _attempt(render: Callable[[], tuple[str, ...]]) -> tuple[str, str]:
    """Status and message of a row, whatever happens in it."""
    try:
        return "ok", "; ".join(render())
    except TryOnError as error:
        return "error", str(error)
    except MemoryError:
        return "error", "There is not enough free memory for this row."
    except Exception as error:
        _log.exception("A row failed unexpectedly")
        return "error", f"Something unexpected went wrong ({type(error).__name__}: {error}); the log has the details."


def _render_row(
    pipeline: Pipeline, garments: "_Garments", base: Path, row: Row, folder: Path, index: int
) -> tuple[str, ...]:
    """Render one row and return what a person should know."""
    picture, layer = folder / f"{index:04d}.png", folder / f"{index:04d}.layer.png"
    for old in (picture, layer):  # a failed row must not look done because of an earlier run
        try:
            old.unlink(missing_ok=True)
        except OSError as error:
            raise output_error(old, error) from error
    for name in ("person", "garment"):
        if not getattr(row, name):
            raise InputError(f"The row names no {name}.", "Fill in the column.")
    garment = garments.get(row.garment, _slot(row.slot))
    person = base / row.person
    rgba, transparent = read_rgba(person)
    dressed = dress_photo(pipeline, rgba, transparent, (Worn(garment),), person.name)
    save_image(picture, dressed.image)
    save_image(layer, dressed.layer)
    return dressed.messages


def _slot(text: str) -> Slot | None:
    if not text:
        return None
    try:
        return Slot(text.lower())
    except ValueError:
        known = ", ".join(Slot)
        raise InputError(f"There is no slot {text!r}.", f"Use one of {known}, or leave it empty.") from None


class _Garments:
    """Each garment is imported once, and a bad one is refused once for all rows that want it."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._known: OrderedDict[tuple[str, Slot | None], Garment | TryOnError] = OrderedDict()

    def get(self, spec: str, slot: Slot | None) -> Garment:
        path = self._base / spec
        if path.exists():
            spec = str(path.resolve())
        key = (spec, slot)
        if key not in self._known:
            try:
                self._known[key] = load_garment(spec, slot)
            except TryOnError as error:
                self._known[key] = error
            if len(self._known) > _GARMENTS_KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        found = self._known[key]
        if isinstance(found, TryOnError):
            raise found
        return found


class _Report:
    """`report.csv`, on disk row by row: whoever stops half-way knows how far it went."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "_Report":
        make_folder(self._path.parent)
        try:
            self._file = self._path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise output_error(self._path, error) from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        try:
            self._put(("row", "status", "message", "ms"))
        except OutputError:
            with suppress(OSError):
                self._file.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._file.close()
        except OSError as problem:
            if error[0] is None:
                raise output_error(self._path, problem) from problem

    def write(self, row: int, status: str, message: str, ms: int) -> None:
        self._put((row, status, " ".join(message.split()), ms))

    def _put(self, values: tuple[object, ...]) -> None:
        try:
            self._writer.writerow(values)
            self._file.flush()
        except OSError as error:
            raise output_error(self._path, error) from error
