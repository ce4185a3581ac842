"""Incomplete files of an app that was killed."""

import os
import subprocess
import sys
from pathlib import Path

from tryon_app.core.files import part_path
from tryon_app.outputs.leftovers import remove_leftovers


def test_what_a_process_began_that_just_ended_is_removed_at_once(tmp_path):
    gone, other = gone_process(), gone_process()
    began, others = part(tmp_path, gone, 0), part(tmp_path, other, 3600)
    mine = part(tmp_path, os.getpid(), 0)
    assert remove_leftovers([tmp_path], gone=gone) == 1
    assert not began.exists()
    assert others.exists()
    assert mine.exists()


def gone_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def part(folder: Path, writer: int, age_s: float) -> Path:
    path = part_path(folder / "tryon.mp4")
    path = path.with_name(path.name.replace(f".{os.getpid()}-", f".{writer}-"))
    path.write_bytes(b"somebody's face")
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age_s))
    return path


def test_only_what_nobody_writes_any_more_is_removed(tmp_path):
    gone = gone_process()
    old, young, set_back = part(tmp_path, gone, 3600), part(tmp_path, gone, 5), part(tmp_path, gone, -3600)
    mine = part(tmp_path, os.getpid(), 3600)
    whole, foreign = tmp_path / "tryon.mp4", tmp_path / ".somebody.else.part.mp4"
    whole.write_bytes(b"a film")
    foreign.write_bytes(b"not ours")
    os.utime(foreign, (0, 0))
    assert remove_leftovers([tmp_path, tmp_path, tmp_path / "missing", whole]) == 2
    assert not old.exists()
    assert not set_back.exists()  # the clock was an hour ahead when it was written
    assert all(path.exists() for path in (young, mine, whole, foreign))
