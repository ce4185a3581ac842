"""A support archive: what helps to find a fault, and nothing that shows or names anybody.

It holds text that this module writes itself, entry by entry, and never a file as it lies there: the report, the
versions, the settings that the app knows, and of the logs the fields that the app writes. A picture cannot get in:
there is no way for bytes, and no text longer than `LONGEST_WORD` without a space, as an encoded picture would be, comes
through.
"""

import json
import platform
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from tryon_app import __version__
from tryon_app.core import paths
from tryon_app.core.files import atomic_write
from tryon_app.core.logs import redacted
from tryon_app.core.settings import load_settings
from tryon_app.doctor.report import Finding

LOGS = ("tryon.log", "kiosk.log")
LOG_FIELDS = frozenset({"time", "level", "process", "thread", "where", "message", "error", "trace"})
LONGEST_WORD = 200
_LONGEST_TEXT = 8000
_MOST_LINES = 20_000
_README = """A support archive of Tryon {version}.

report.json    what `tryon doctor` found
versions.json  the system and the installed packages
settings.json  the settings
*.jsonl        the app's own log lines

All of it is text: open it and look before you send it. There are no pictures in it. Names of people's folders and files
were taken out; names of cameras and garments are left in.
"""


def write_bundle(path: Path, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Write the archive, a zip; it appears complete or not at all.

    Args:
        path: The file.
        findings: What the checks found.

    Returns:
        Names of what is in it.

    Raises:
        OutputError: It cannot be written.
    """
    entries = dict(_entries(findings))
    with atomic_write(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return tuple(entries)


def _entries(findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    yield "README.txt", _README.format(version=__version__)
    yield "report.json", _as_text([finding.as_json() for finding in findings])
    yield "versions.json", _as_text(_versions())
    settings = load_settings(report=lambda _line: None, touch=False)
    yield "settings.json", _as_text(settings.model_dump(mode="json"))
    for name in LOGS:
        lines = list(_log_lines(paths.log_dir(), name))
        if lines:
            yield f"{Path(name).stem}.jsonl", "\n".join(lines) + "\n"


def _as_text(value: Any) -> str:
    return json.dumps(harmless(value), indent=2, ensure_ascii=False) + "\n"


def harmless(value: Any) -> Any:
    """The same value with its texts redacted and bounded, keys too."""
    if isinstance(value, str):
        text = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda found: found[0][:40] + "...", redacted(value))
        return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + " ..."
    if isinstance(value, Mapping):
        return {harmless(str(key)): harmless(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [harmless(entry) for entry in value]
    return value if isinstance(value, bool | int | float) or value is None else harmless(str(value))


def _versions() -> dict[str, Any]:
    packages = {entry.name: entry.version for entry in metadata.distributions() if entry.name}
    return {
        "tryon": __version__,
        "system": platform.platform(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "packages": dict(sorted(packages.items(), key=lambda item: item[0].casefold())),
    }


def _log_lines(folder: Path, name: str) -> Iterator[str]:
    """The newest lines of a log and its older parts, oldest first; what the app did not write is left out."""
    found: list[str] = []
    for file in (folder / name, *(folder / f"{name}.{number}" for number in range(1, 10))):
        try:
            lines = file.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            continue
        found = [*_kept(lines), *found]
        if len(found) >= _MOST_LINES:
            break
    yield from found[-_MOST_LINES:]


def _kept(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.keys() <= LOG_FIELDS and "message" in entry:
            yield json.dumps(harmless(entry), ensure_ascii=False)
