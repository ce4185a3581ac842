"""Reading and writing the settings file without ever losing what a user wrote.

Missing file: defaults. Broken file: set aside under another name. A value outside its limits: its default, the others
stay, and the file is copied before it is next written. Older version: copied, then migrated. Newer version: what is
understood is used, and the file is copied before it is next written. Keys that nobody knows stay in the file.
"""

import logging
import shutil
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from tryon_app.core import paths
from tryon_app.core.errors import OutputError
from tryon_app.core.files import output_error, write_text
from tryon_app.core.settings_model import (
    SETTINGS_VERSION,
    CameraSettings,
    CaptureSettings,
    LastSettings,
    LiveSettings,
    PoseSettings,
    Settings,
    ViewSettings,
    WornSettings,
)

__all__ = [
    "MIGRATIONS",
    "SETTINGS_VERSION",
    "CameraSettings",
    "CaptureSettings",
    "LastSettings",
    "LiveSettings",
    "PoseSettings",
    "Settings",
    "ViewSettings",
    "WornSettings",
    "load_settings",
    "save_settings",
    "settings_problems",
]

Document = dict[str, Any]
Migration = Callable[[Document], Document]

MIGRATIONS: Mapping[int, Migration] = {}
"""Version -> function that turns a document of that version into one of the next."""

_log = logging.getLogger(__name__)


def load_settings(
    path: Path | None = None,
    *,
    report: Callable[[str], None] = _log.warning,
    touch: bool = True,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    version: int = SETTINGS_VERSION,
) -> Settings:
    """The user's settings; never fails, because an app must start with broken settings too.

    Args:
        path: The file, `paths.settings_file()` when None.
        report: Told, one readable line each, about everything that could not be used.
        touch: Whether a broken file is set aside and an older one copied; False = only read.
        migrations: Steps from older versions.
        version: The version of this app.
    """
    path = path or paths.settings_file()
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        report(f"The settings in {path} cannot be read ({error.strerror}); the defaults are used.")
        return Settings()
    except ValueError as error:  # not TOML, or not even UTF-8
        report(_set_aside(path, str(error)) if touch else f"The settings in {path} are damaged ({error}).")
        return Settings()
    found = document.get("version", 1)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        report(f"The settings in {path} have no usable version; they are read as version {version}.")
        found = version
    if found > version:
        report(f"The settings in {path} were written by a newer version; what is understood is used.")
    elif found < version:
        if touch:
            _copy_before_migration(path, found, report)
        document = _migrated(path, document, range(found, version), migrations, report)
    return _validated(document | {"version": version}, path, report)


def settings_problems(path: Path | None = None) -> list[str]:
    """What `load_settings` would report, without changing anything."""
    problems: list[str] = []
    load_settings(path, report=problems.append, touch=False)
    return problems


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings atomically; keys of others in the file stay, a newer or damaged file is copied first.

    Raises:
        OutputError: The file or its copy cannot be written.
    """
    path = path or paths.settings_file()
    document = settings.model_dump(mode="json", exclude_none=True)
    before = _before_saving(path, settings.version)
    write_text(path, tomli_w.dumps(_merged(before, document, settings)))


def _before_saving(path: Path, version: int) -> Document:
    """The document to merge into; copies the file where overwriting it could lose something."""
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise output_error(path, error) from error
    except ValueError:
        _copy(path, _free_name(path, "broken"))
        return {}
    found = document.get("version", 1)
    if found != version:
        _copy(path, _free_name(path, f"v{found}"))
        return {}
    problems: list[str] = []
    _validated(document, path, problems.append)
    if problems:
        _copy(path, _free_name(path, "before"))
    return document


def _merged(before: Document, document: Document, settings: Settings) -> Document:
    """Our values over the file's; a setting of ours that is unset now leaves the file too."""
    merged = before | document
    for name, section in document.items():
        old = before.get(name)
        if isinstance(section, dict) and isinstance(old, dict):
            ours = type(getattr(settings, name)).model_fields.keys()
            merged[name] = {key: value for key, value in old.items() if key not in ours} | section
    return merged


def _copy_before_migration(path: Path, found: int, report: Callable[[str], None]) -> None:
    try:
        _copy(path, _free_name(path, f"v{found}"))
    except OutputError as error:
        report(str(error))


def _migrated(
    path: Path,
    document: Document,
    steps: range,
    migrations: Mapping[int, Migration],
    report: Callable[[str], None],
) -> Document:
    for step in steps:
        try:
            document = migrations[step](document)
        except Exception as error:  # an odd file must not stop the start; the copy is kept
            report(f"The settings in {path} could not be brought from version {step} to {step + 1}: {error!r}.")
            break
    return document


def _validated(document: Document, path: Path, report: Callable[[str], None]) -> Settings:
    """Settings from a document; what does not validate is dropped, value by value."""
    for _ in range(100):
        try:
            return Settings.model_validate(document)
        except ValidationError as error:
            for problem in error.errors():
                where = [str(part) for part in problem["loc"][:2]]
                report(f"{'.'.join(where)} in {path} is {problem['input']!r}: {problem['msg']}; the default is used.")
                document = _without(document, where)
    return Settings()


def _without(document: Document, where: list[str]) -> Document:
    head, *rest = where
    copy = dict(document)
    if rest and isinstance(copy.get(head), dict):
        copy[head] = {key: value for key, value in copy[head].items() if key != rest[0]}
    else:
        copy.pop(head, None)
    return copy


def _set_aside(path: Path, reason: str) -> str:
    aside = _free_name(path, "broken")
    try:
        path.replace(aside)
    except OSError as error:
        return f"The settings in {path} are damaged ({reason}) and cannot be moved ({error.strerror}); defaults used."
    return f"The settings in {path} are damaged ({reason}); they are kept as {aside.name}, the defaults are used."


def _copy(path: Path, target: Path) -> None:
    try:
        shutil.copy2(path, target)
    except OSError as error:
        raise output_error(target, error) from error


def _free_name(path: Path, label: str) -> Path:
    """A name beside `path` that is not taken, with the day in it so that a person can find the right one."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    candidate = path.with_name(f"{path.stem}.{label}.{stamp}{path.suffix}")
    count = 1
    while candidate.exists():
        count += 1
        candidate = path.with_name(f"{path.stem}.{label}.{stamp}-{count}{path.suffix}")
    return candidate
