import json
import logging
from datetime import datetime

import pytest

from tryon_app.core import paths
from tryon_app.core.logs import logging_to_file, redacted

LOG = logging.getLogger("tryon_app.somewhere")


def test_lines_go_to_the_file_and_not_to_the_screen(capfd):
    with logging_to_file():
        LOG.warning("camera 0 stalled")
        LOG.debug("too much detail")
    text = (paths.log_dir() / "tryon.log").read_text()
    assert "camera 0 stalled" in text
    assert "too much detail" not in text
    assert capfd.readouterr() == ("", "")


def test_the_variable_shows_more(capfd, monkeypatch):
    monkeypatch.setenv("TRYON_LOG", "debug")
    with logging_to_file():
        LOG.debug("detail")
    assert "detail" in capfd.readouterr().err
    assert "detail" in (paths.log_dir() / "tryon.log").read_text()


def test_nothing_said_leaves_no_file():
    with logging_to_file():
        pass
    assert not (paths.log_dir() / "tryon.log").exists()


def test_a_folder_that_cannot_be_made_is_survived(monkeypatch, tmp_path, capfd):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("TRYON_HOME", str(tmp_path / "file"))
    with logging_to_file():
        LOG.error("still running")
    assert capfd.readouterr().err == ""


def test_the_file_turns_over(monkeypatch):
    monkeypatch.setattr("tryon_app.core.logs._FILE_BYTES", 2000)
    with logging_to_file():
        for _ in range(200):
            LOG.warning("x" * 100)
    files = sorted(path.name for path in paths.log_dir().iterdir())
    assert files == ["tryon.log", "tryon.log.1", "tryon.log.2", "tryon.log.3"]
    assert not logging.getLogger("tryon_app").handlers


def test_each_line_is_an_object_with_the_same_fields():
    with logging_to_file():
        LOG.warning("camera %s stalled", "0\nor 1")
        try:
            int("a seam burst")
        except ValueError:
            LOG.exception("failed")
    lines = (paths.log_dir() / "tryon.log").read_text("utf-8").splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first["message"] == "camera 0\nor 1 stalled"
    assert (first["level"], first["where"], first["thread"]) == ("warning", "tryon_app.somewhere", "MainThread")
    assert datetime.fromisoformat(first["time"]).tzinfo is not None
    assert set(second) - set(first) == {"error", "trace"}
    assert second["error"] == "ValueError"
    assert "a seam burst" in second["trace"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("{home}/Pictures/anna.jpg is no picture", "~/Pictures/<file>.jpg is no picture"),
        ("annas-dress.glb has no faces.", "<file>.glb has no faces."),
        ("dance-with-bob.mp4 is not a video that can be read.", "<file>.mp4 is not a video that can be read."),
        ("'/media/{user}/disk/x.PNG'", "'/media/<user>/disk/<file>.PNG'"),
        ("resources/garments/tee-white/front.png", "resources/garments/tee-white/front.png"),
        ("Logitech C920 stopped sending pictures.", "Logitech C920 stopped sending pictures."),
    ],
)
def test_nobody_is_named(monkeypatch, said, kept):
    monkeypatch.setattr("tryon_app.core.logs._private", lambda: (("/home/anna-b", "~"), ("/anna-b/", "/<user>/")))
    assert redacted(said.format(home="/home/anna-b", user="anna-b")) == kept


def test_two_processes_log_to_files_of_their_own():
    with logging_to_file(), logging_to_file("kiosk.log", "tryon_app.somewhere"):
        LOG.info("the app failed")
        logging.getLogger("tryon_app.else").info("all is well")
    assert "the app failed" in (paths.log_dir() / "kiosk.log").read_text()
    assert "the app failed" not in (paths.log_dir() / "tryon.log").read_text()
