"""Logging: a rotating file for whoever has to find out what happened, silence for everybody else.

`TRYON_LOG` (debug, info, warning, error) sets the level and also shows the lines on stderr.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler

from tryon_app.core import paths
from tryon_app.core.errors import TryOnError
from tryon_app.core.files import make_folder

ENV_LEVEL = "TRYON_LOG"
LOG_NAME = "tryon.log"

_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_LEVELS = ("debug", "info", "warning", "error")
_FILE_BYTES = 1_000_000
_FILES_KEPT = 3


@contextmanager
def logging_to_file() -> Iterator[None]:
    """Log everything of this package while the block runs; used once, around the whole command.

    A log that cannot be written never keeps the app from starting: it then goes without.
    """
    logger = logging.getLogger("tryon_app")
    wanted = os.environ.get(ENV_LEVEL, "").lower()
    level = logging.getLevelNamesMapping()[wanted.upper()] if wanted in _LEVELS else logging.INFO
    handlers: list[logging.Handler] = []
    try:
        make_folder(paths.log_dir())
        # `delay`: a command with nothing to say leaves no empty file.
        file_handler = RotatingFileHandler(
            paths.log_dir() / LOG_NAME, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", delay=True
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
        handler.setFormatter(logging.Formatter(_FORMAT))
        logger.addHandler(handler)
    try:
        yield
    finally:
        logger.level, logger.propagate = before
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
