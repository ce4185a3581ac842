"""Logging: rotating files for whoever has to find out what happened, silence for everybody else.

Each line of a file is a JSON object: `time` (UTC), `level`, `process`, `thread`, `where` (the logger), `message`, and
with an exception `error` (its type) and `trace`. Nobody is named in it and no picture is in it: see `redacted`.

`TRYON_LOG` (debug, info, warning, error) sets the level and also shows the lines on stderr.
"""

import getpass
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tryon_app.core import paths
from tryon_app.core.errors import TryOnError
from tryon_app.core.files import make_folder

ENV_LEVEL = "TRYON_LOG"
LOG_NAME = "tryon.log"

_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_LEVELS = ("debug", "info", "warning", "error")
_FILE_BYTES = 1_000_000
_FILES_KEPT = 3
_MEDIA = re.compile(
    r"([^\s\"'/\\<>:|(),;=\[\]]+)\."
    r"(jpe?g|png|webp|bmp|tiff?|heic|avif|gif|mp4|m4v|mov|mkv|avi|webm|mpe?g|wmv|glb|gltf|obj)\b",
    re.I,
)
_OURS = frozenset({"front", "back", "preview", "thumbnail"})
_SHORTEST_ACCOUNT = 3


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "thread": record.threadName,
            "where": record.name,
            "message": redacted(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
            entry["trace"] = redacted(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def redacted(text: str) -> str:
    """The text without what may name a person: their home folder, their account, names of pictures, films and models.

    The app's own files keep their names. Camera and garment names stay: without them a log helps nobody.
    """
    for place, name in _private():
        text = text.replace(place, name)
    return _MEDIA.sub(lambda found: found[0] if found[1].lower() in _OURS else f"<file>.{found[2]}", text)


@cache
def _private() -> tuple[tuple[str, str], ...]:
    """What to replace, the longest first."""
    home = str(Path.home())
    found = {home: "~"} if len(home) >= _SHORTEST_ACCOUNT else {}
    try:
        account = getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name, in a container
        account = ""
    if len(account) >= _SHORTEST_ACCOUNT:
        found |= {f"{mark}{account}{mark}": f"{mark}<user>{mark}" for mark in "/\\"}
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


@contextmanager
def logging_to_file(name: str = LOG_NAME, package: str = "tryon_app") -> Iterator[None]:
    """Log everything of a package while the block runs; used once, around the whole command.

    A log that cannot be written never keeps the app from starting: it then goes without.

    Args:
        name: The file; two processes must not share one.
        package: Whose lines go there, and nowhere else.
    """
    logger = logging.getLogger(package)
    wanted = os.environ.get(ENV_LEVEL, "").lower()
    level = logging.getLevelNamesMapping()[wanted.upper()] if wanted in _LEVELS else logging.INFO
    handlers: list[logging.Handler] = []
    try:
        make_folder(paths.log_dir())
        # `delay`: a command with nothing to say leaves no empty file.
        file_handler = RotatingFileHandler(
            paths.log_dir() / name, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", delay=True
        )
    except TryOnError:
        handlers.append(logging.NullHandler())
    else:
        handlers.append(file_handler)
    if wanted in _LEVELS:
        handlers.append(logging.StreamHandler(sys.stderr))
    before = logger.level, logger.propagate
    logger.setLevel(level)
    logger.propagate = False  # the root logger's last resort would print warnings over a progress bar
    for handler in handlers:
        in_file = isinstance(handler, RotatingFileHandler)
        handler.setFormatter(JsonFormatter() if in_file else logging.Formatter(_FORMAT))
        logger.addHandler(handler)
    try:
        yield
    finally:
        logger.level, logger.propagate = before
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
