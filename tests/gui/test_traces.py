"""What the app does to the world while it runs, as the system sees it: no internet socket, no file but log, settings.

The system calls of the real program are traced (`strace`); where that is not there or not allowed, Python's own audit
events are, which native code does not raise. `TRYON_PRIVACY_SECONDS` makes the runs longer.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SECONDS = float(os.environ.get("TRYON_PRIVACY_SECONDS", "6"))
CALLS = "socket,connect,open,openat,creat,write,pwrite64,writev"
LARGEST_TEMPORARY = 4096
"""Bytes: native libraries' lines while models open go through a temporary file; a picture would not fit into it."""

AUDIT = """
import os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND)
def hook(event, arguments):
    internet = event == "socket.__new__" and int(arguments[1]) in (2, 10)  # AF_INET, AF_INET6
    if internet or event == "socket.getaddrinfo":
        os.write(log, b"socket(AF_INET)\\n")
    elif event == "open" and not isinstance(arguments[0], int) and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        os.write(log, f'openat(0, "{os.fsdecode(arguments[0])}", O_WRONLY)\\n'.encode())
sys.addaudithook(hook)
from tryon_app.__main__ import main
main(sys.argv[1:])
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="traced on Linux")


@pytest.fixture(scope="session")
def strace(tmp_path_factory) -> list[str]:
    """The command in front, [] where programs cannot be traced."""
    program = shutil.which("strace")
    if program is None:
        return []
    probe = [program, "-f", "--seccomp-bpf", "-qq", "-o", str(tmp_path_factory.mktemp("strace") / "probe"), "true"]
    return [program] if subprocess.run(probe, capture_output=True, check=False).returncode == 0 else []


class Traced:
    """The app with a home of its own, run under trace."""

    def __init__(self, folder: Path, strace: list[str]) -> None:
        self.home = folder / "home"
        self.temporary = folder / "temporary"
        self.account = folder / "account"
        self.work = folder / "work"
        for place in (self.temporary, self.account, self.work):
            place.mkdir()
        self._trace = folder / "trace.txt"
        self._strace = strace

    def run(self, *arguments: str, seconds: float = 0.0) -> int:
        """The exit code; with `seconds` it is told to end after so long."""
        self._trace.write_text("")
        python = [sys.executable, "-m", "tryon_app"]
        if self._strace:
            options = ["-f", "--seccomp-bpf", "-qq", "-y", "-s", "0", "-e", f"trace={CALLS}", "-o", str(self._trace)]
            command = [*self._strace, *options, *python]
        else:
            command = [sys.executable, "-c", AUDIT, str(self._trace)]
        environment = os.environ | {
            "TRYON_HOME": str(self.home),
            "HOME": str(self.account),
            "XDG_CACHE_HOME": str(self.account / "cache"),
            "TMPDIR": str(self.temporary),
            "QT_LOGGING_RULES": "*=false",
        }
        process = subprocess.Popen(
            [*command, *arguments], cwd=self.work, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            if seconds:
                log = self.home / "logs" / "tryon.log"
                end = time.monotonic() + 300
                while not (log.exists() and "Models are ready" in log.read_text("utf-8")):
                    assert time.monotonic() < end
                    assert process.poll() is None
                    time.sleep(0.1)
                time.sleep(seconds)
                os.killpg(process.pid, signal.SIGTERM)  # strace lets its own child have it too
            return process.wait(180)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def lines(self) -> list[str]:
        return self._trace.read_text("utf-8", "replace").splitlines()

    def internet(self) -> list[str]:
        """Calls that have to do with the internet."""
        return [line for line in self.lines() if re.search(r"AF_INET6?\b|socket\.getaddrinfo|sin6?_addr", line)]

    def written(self) -> dict[str, int]:
        """Files opened for writing -> bytes written to them, as far as it is seen."""
        found: dict[str, int] = {}
        for line in self.lines():
            opened = re.search(r'open(?:at)?\([^"]*"([^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)', line)
            if opened and "O_PATH" not in line:
                found.setdefault(str(Path(self.work, opened[1])), 0)
            sent = re.search(r"\bp?write(?:64|v)?\(\d+<(/[^>]+)>.* = (\d+)$", line)
            if sent:
                name = sent[1].removesuffix(" (deleted)")
                found[name] = found.get(name, 0) + int(sent[2])
        return found

    def beyond(self, *allowed: Path) -> dict[str, int]:
        """What was written that need not be: neither log nor settings, caches of what ships, nor the system's own."""
        fine = [self.home / "logs", self.home / "config", *allowed]
        fine += [self.home / "cache" / "thumbnails"]  # of garments, at the first start
        fine += [self.account / "cache", Path("/root/.cache/mesa_shader_cache")]  # of Qt's and Mesa's compiled programs
        fine += [Path("/dev"), Path("/proc"), Path("/memfd:")]
        found = {}
        for name, size in self.written().items():
            path = Path(name)
            inside = any(path.is_relative_to(place) or name.startswith(f"{place}:") for place in fine)
            small = path.is_relative_to(self.temporary) and size <= LARGEST_TEMPORARY
            if not inside and not small and not name.startswith(("/memfd:", "socket:", "anon_inode:", "pipe:")):
                found[name] = size
        return found


@pytest.fixture
def traced(tmp_path, strace, models_cache, needs):
    needs((models_cache / "pose_landmarker_full.task").is_file(), "the pose model")
    return Traced(tmp_path, strace)


def nothing_left(traced):
    return [path for path in traced.temporary.rglob("*") if path.is_file()] == []


def test_the_mirror_opens_no_internet_socket_and_writes_log_and_settings_alone(traced):
    traced.run("mirror", "--source", "synthetic", seconds=SECONDS)
    assert len(traced.lines()) > 5
    assert traced.internet() == []
    assert traced.beyond() == {}
    assert nothing_left(traced)
    assert (traced.home / "config" / "settings.toml").is_file()


def test_the_benchmark_opens_no_internet_socket_and_writes_the_log_alone(traced):
    assert traced.run("bench", "--source", "synthetic", "--seconds", "2", "--json") == 0
    assert traced.internet() == []
    assert traced.beyond() == {}
    assert nothing_left(traced)


def test_rendering_opens_no_internet_socket_and_writes_what_was_asked_for(traced):
    skimage = pytest.importorskip("skimage.data")
    Image.fromarray(np.ascontiguousarray(skimage.astronaut())).save(traced.work / "person.png")
    output = traced.work / "dressed.png"
    arguments = ["--source", "person.png", "--garment", "tee-white", "--output", "dressed.png"]
    assert traced.run("render", *arguments) == 0
    assert output.is_file()
    assert traced.internet() == []
    assert [name for name in traced.beyond() if not name.startswith(str(traced.work))] == []
    assert sorted(path.name for path in traced.work.iterdir()) == ["dressed.png", "person.png"]
    assert nothing_left(traced)


def test_the_trace_would_find_both(traced, monkeypatch):
    """What the tests above rely on: that a socket and a file are seen."""
    script = "import socket; socket.socket(socket.AF_INET).close(); open('face.jpg', 'wb').write(bytes(9000))"
    folder = traced.work / "tryon_app"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "__main__.py").write_text(f"def main(_):\n    import os\n    exec({script!r})\nmain(0)\n")
    monkeypatch.setenv("PYTHONPATH", str(traced.work))
    traced.run("nothing")
    assert traced.internet()
    assert str(traced.work / "face.jpg") in traced.beyond()
