import sys

import pytest

from tryon_app.__main__ import main
from tryon_app.core import paths


@pytest.fixture
def started(monkeypatch):
    """The commands that the kiosk would run, in normal and in safe mode."""
    commands = []

    class Supervisor:
        def __init__(self, command, tidy):
            self.command = command

        def run(self):
            commands.extend((self.command(False), self.command(True)))
            return 0

    monkeypatch.setattr("tryon_app.supervision.supervisor.Supervisor", Supervisor)
    return commands


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["kiosk", *arguments])
    return ended.value.code


def test_the_mirror_is_started_with_the_same_options(started):
    assert run("--source", "-odd name.mp4", "--garment", "tee-white", "--garment", "jeans", "--language", "zh_CN") == 0
    normal, safe = started
    assert normal[:3] == [sys.executable, "-m", "tryon_app"]
    options = ["--source=-odd name.mp4", "--garment=tee-white", "--garment=jeans", "--language=zh_CN", "--fullscreen"]
    assert normal[3:] == ["mirror", *options]
    assert safe == [*normal, "--no-networks"]


def test_a_frozen_app_starts_itself(started, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert run("--windowed") == 0
    assert started[0] == [sys.executable, "mirror"]


def test_wrong_usage_of_the_mirror_ends_the_kiosk_and_is_logged():
    assert run("--language", "xx") == 2
    assert '"Ended after ' in (paths.log_dir() / "kiosk.log").read_text("utf-8")
