"""What an app that was killed while it wrote leaves behind: hidden, incomplete files, which may show people."""

import logging
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from tryon_app.core.files import part_writer

_log = logging.getLogger(__name__)
_UNTOUCHED_S = 60.0
"""A file that another machine writes to, on a shared disk, is younger than this."""


def remove_leftovers(folders: Iterable[Path], gone: int | None = None) -> int:
    """Remove incomplete files whose writer is gone.

    Args:
        folders: Where to look; not below them.
        gone: A process that is known to have ended just now; its files need not be old, and those of others stay.

    Returns:
        How many were removed.
    """
    removed = 0
    for folder in set(folders):
        try:
            parts = [(path, part_writer(path)) for path in folder.iterdir()]
        except OSError:
            continue  # not made yet, or not ours to look into
        for path, writer in parts:
            if writer is None or (writer != gone if gone is not None else psutil.pid_exists(writer)):
                continue
            try:
                if gone is not None or abs(time.time() - path.stat().st_mtime) > _UNTOUCHED_S:
                    path.unlink()
                    removed += 1
            except OSError as error:
                _log.info("A leftover file cannot be removed: %s", error.strerror)
    if removed:
        _log.warning("%d incomplete files of an earlier run were removed", removed)
    return removed
