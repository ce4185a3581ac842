import logging

from tryon_app.core import paths
from tryon_app.core.logs import logging_to_file

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
