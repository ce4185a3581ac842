"""Folders, the space in them, and the settings file."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tryon_app.core import paths
from tryon_app.core.settings import load_settings, settings_problems
from tryon_app.doctor.report import Finding, Level

_MB = 2**20
_DISK_FAIL, _DISK_WARN = 200 * _MB, 1024 * _MB


def check_folders() -> Iterator[Finding]:
    """Whether every folder that the app writes to can be written to, and the space left there."""
    capture = load_settings(report=lambda _line: None, touch=False).capture
    folders = {
        "garments": paths.user_garments_dir(),
        "models": paths.models_cache_dir(),
        "settings": paths.settings_file().parent,
        "logs": paths.log_dir(),
        "snapshots": capture.snapshots,
        "recordings": capture.recordings,
    }
    space: dict[int, tuple[Path, int]] = {}
    for name, folder in folders.items():
        existing = _nearest(folder)
        problem = _write_problem(existing)
        details = {"folder": str(folder)}
        if problem:
            message = f"{folder} cannot be written to: {problem}."
            remedy = f"Change the permissions of {existing}, or set {paths.ENV_HOME} to a folder of your own."
            yield Finding(f"write.{name}", Level.FAIL, f"Folder for {name}", message, remedy, details)
        else:
            yield Finding(f"write.{name}", Level.OK, f"Folder for {name}", str(folder), "", details)
        space.setdefault(existing.stat().st_dev, (existing, shutil.disk_usage(existing).free))
    free_path, free = min(space.values(), key=lambda entry: entry[1])
    message, details = f"{free / 1024 / _MB:.1f} GB free at {free_path}", {"folder": str(free_path)}
    level = Level.FAIL if free < _DISK_FAIL else Level.WARN if free < _DISK_WARN else Level.OK
    remedy = "" if level is Level.OK else "Free some space: models need 100 MB, recordings 1 GB an hour and more."
    yield Finding("disk", level, "Disk space", message, remedy, details | {"free_bytes": str(free)})


def check_settings() -> Iterator[Finding]:
    """The settings file, read without changing it."""
    path = paths.settings_file()
    problems = settings_problems(path)
    if not path.exists():
        yield Finding("settings", Level.OK, "Settings", "none saved yet: defaults")
    elif not problems:
        yield Finding("settings", Level.OK, "Settings", str(path))
    for problem in problems:
        remedy = "Correct the file, or remove it to get the defaults."
        yield Finding("settings", Level.WARN, "Settings", problem, remedy, {"file": str(path)})


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    for candidate in (folder, *folder.parents):
        try:
            if candidate.exists():
                return candidate
        except OSError:
            continue  # no right to look: the one above can be named
    return Path(folder.anchor)


def _write_problem(folder: Path) -> str:
    """Why nothing can be written there, "" when it can: tried, because permissions do not tell about full disks."""
    if not folder.is_dir():
        return f"{folder} is a file"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        return error.strerror or errno.errorcode.get(error.errno or 0, str(error))
    return ""
