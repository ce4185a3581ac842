"""The scripts in `packaging/` are no package: tests import them as the build does, with their folder on the path."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "packaging"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a script by name; what it brought is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(SCRIPTS / "linux"))
    monkeypatch.syspath_prepend(str(SCRIPTS / "windows"))
    monkeypatch.syspath_prepend(str(SCRIPTS / "macos"))
    monkeypatch.syspath_prepend(str(SCRIPTS))
    before, path = set(sys.modules), list(sys.path)
    yield importlib.import_module
    sys.path[:] = path
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(SCRIPTS):
            del sys.modules[name]
