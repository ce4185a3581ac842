"""Fuzzing, bounded: so many inputs, five seconds and a gigabyte each, nothing written beside."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "bounded",
    max_examples=int(os.environ.get("TRYON_FUZZ_EXAMPLES", "80")),
    deadline=5000,
    database=None,
    derandomize=not os.environ.get("TRYON_FUZZ_EXAMPLES"),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_MOST_BYTES = 2**30


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """The profile, and no more than a gigabyte."""
    before = _peak_bytes()
    yield
    assert _peak_bytes() - before < _MOST_BYTES


def _peak_bytes() -> int:
    if sys.platform != "linux":
        return 0
    import resource

    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Write a file into a folder of its own; nothing else may be there afterwards."""
    folder = tmp_path / "fuzz"
    folder.mkdir()

    def write(name: str, content: bytes) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write
