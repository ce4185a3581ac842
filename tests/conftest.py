"""What every test gets: folders of its own, and a check that it leaves nothing running or open behind.

Where `TRYON_TEST_STRICT` is set (by `make test`), a missing model or display fails the tests that need it; otherwise
they are skipped, so that a quick run works on any machine.
"""

import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tryon_app.core import paths

# Asked before the tests get a home of their own: models are fetched once, into the user's real cache.
MODELS_CACHE = paths.models_cache_dir()
STRICT = bool(os.environ.get("TRYON_TEST_STRICT"))
GRACE_S = 5.0
TOGETHER = {"gui": "window", "faults": "window", "training": "training"}
"""Folders whose tests stay in one process, where several run: one window has the focus, the body's model loads once."""


def pytest_itemcollected(item: pytest.Item) -> None:
    place = item.path.relative_to(Path(__file__).parent)
    item.add_marker(pytest.mark.xdist_group(TOGETHER.get(place.parts[0], str(place))))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    gui = [item for item in items if "gui" in item.path.relative_to(Path(__file__).parent).parts]
    if gui and STRICT:
        raise pytest.UsageError("The tests of the window need a display: run them under xvfb-run -a.")
    for item in gui:
        item.add_marker(pytest.mark.skip(reason="no display; run under xvfb-run -a"))


@pytest.fixture(autouse=True)
def _nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Own user folders, own working folder, own temporary folder; afterwards no thread, file or timer of the test."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TRYON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRYON_MODELS", str(MODELS_CACHE))
    monkeypatch.delenv("TRYON_LOG", raising=False)
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(tmp_path)
    threads, files = set(threading.enumerate()), _open_files(tmp_path)
    yield
    _expect_none("threads", lambda: [t.name for t in threading.enumerate() if t not in threads and t.is_alive()])
    _expect_none("open files", lambda: sorted(_open_files(tmp_path) - files))
    _expect_none("active Qt timers", _active_timers)
    _expect_none("temporary files", lambda: sorted(path.name for path in scratch.iterdir()))


def _expect_none(what: str, look: Callable[[], list[str]]) -> None:
    """Ask until nothing is left: threads that were told to stop may need a moment, objects a collection."""
    deadline = time.monotonic() + GRACE_S
    left = look()
    if left:
        gc.collect()
    while (left := look()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left, f"the test left {what} behind: {left}"


def _open_files(tmp_path: Path) -> set[str]:
    """Files of ours: what libraries keep open for good (fonts, devices, Qt's caches) is not a test's doing."""
    ours = (str(tmp_path), str(paths.resources_dir()), str(MODELS_CACHE))
    return {entry.path for entry in psutil.Process().open_files() if entry.path.startswith(ours)}


def _active_timers() -> list[str]:
    core = sys.modules.get("PySide6.QtCore")
    if core is None or core.QCoreApplication.instance() is None:
        return []
    import shiboken6

    return [
        repr(entry)
        for entry in gc.get_objects()
        # Not isinstance: that asks the object, and proxies of other libraries answer with warnings.
        if issubclass(type(entry), core.QTimer) and shiboken6.isValid(entry) and entry.isActive()
    ]


@pytest.fixture(scope="session")
def models_cache() -> Path:
    """The folder that fetched models lie in."""
    return MODELS_CACHE


@pytest.fixture
def needs() -> Callable[[bool, str], None]:
    """`needs(there, what)`: skip where `what` is missing, fail where `make test` has prepared everything."""

    def check(there: bool, what: str) -> None:
        if there:
            return
        if STRICT:
            pytest.fail(f"{what} is missing")
        pytest.skip(f"{what} is missing; `make test` fetches it")

    return check


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A small file system of its own; only root may make one."""
    folders: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"mounted{len(folders)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        allowed = sys.platform == "linux" and os.geteuid() == 0
        if not allowed or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("a small file system can only be mounted by root on Linux")
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run(["umount", "-l", str(folder)], check=True)
