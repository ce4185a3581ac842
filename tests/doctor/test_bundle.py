"""The support archive: useful, and without anybody in it."""

import base64
import io
import json
import logging
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tryon_app.core import paths
from tryon_app.core.errors import OutputError
from tryon_app.core.logs import logging_to_file
from tryon_app.core.settings import Settings, save_settings
from tryon_app.doctor.bundle import LONGEST_WORD, write_bundle
from tryon_app.doctor.report import Finding, Level

LOG = logging.getLogger("tryon_app.somewhere")
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"ftyp", b"\x1a\x45\xdf\xa3", b"BM\x36")


@pytest.fixture
def face() -> bytes:
    """A picture, as it might lie anywhere."""
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(file, "JPEG")
    return file.getvalue()


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}  # all of it is text


def test_it_holds_report_versions_settings_and_logs(tmp_path):
    save_settings(Settings().changed("camera", source="samples"))
    with logging_to_file():
        LOG.warning("camera 0 stalled")
    finding = Finding("camera", Level.WARN, "Camera", "None was found", "Plug one in.", {"folder": Path("/dev")})
    names = write_bundle(tmp_path / "support.zip", [finding])
    found = contents(tmp_path / "support.zip")
    assert set(names) == set(found) == {"README.txt", "report.json", "versions.json", "settings.json", "tryon.jsonl"}
    assert json.loads(found["report.json"])[0]["remedy"] == "Plug one in."
    assert json.loads(found["settings.json"])["camera"]["source"] == "samples"
    assert json.loads(found["versions.json"])["packages"]["numpy"]
    assert json.loads(found["tryon.jsonl"])["message"] == "camera 0 stalled"


def test_a_face_gets_in_by_no_way(tmp_path, face):
    """Pictures lie wherever the archive looks, and a fault of ours even wrote one into the log."""
    for folder in (paths.log_dir(), paths.pictures_dir(), paths.user_data_dir(), paths.settings_file().parent):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "anna.jpg").write_bytes(face)
    (paths.log_dir() / "tryon.log.1").write_bytes(face)
    (paths.log_dir() / "kiosk.log").write_bytes(face + b'\n{"message": "fine"}\n')
    encoded = base64.b64encode(face).decode()
    with logging_to_file():
        LOG.warning("frame: %s", encoded)
        LOG.warning("frame: %s", " ".join(str(value) for value in face))
    log = paths.log_dir() / "tryon.log"
    log.write_text(log.read_text("utf-8") + '{"message": "x", "picture": "y"}\n', "utf-8")
    findings = [Finding("x", Level.OK, "x", encoded, "", {encoded: face, "list": [encoded]})]
    write_bundle(tmp_path / "support.zip", findings)
    raw = (tmp_path / "support.zip").read_bytes()
    texts = contents(tmp_path / "support.zip")
    whole = "\n".join(texts.values())
    assert max(len(word) for word in whole.split()) <= LONGEST_WORD + 60
    assert encoded[50:90] not in whole
    assert '"picture"' not in whole
    assert "anna" not in whole
    assert max(len(line) for line in texts["tryon.jsonl"].splitlines()) < 9000 < len(face) * 4
    assert [json.loads(line)["message"] for line in texts["kiosk.jsonl"].splitlines()] == ["fine"]
    assert not [mark for mark in SIGNATURES if mark in "".join(texts.values()).encode() or raw.startswith(mark)]


def test_people_and_their_folders_are_not_named(tmp_path, monkeypatch):
    monkeypatch.setattr("tryon_app.core.logs._private", lambda: (("/home/anna-b", "~"),))
    save_settings(Settings().changed("capture", snapshot_folder=Path("/home/anna-b/Pictures")))
    details = {"executable": "/home/anna-b/.venv/bin/python"}
    write_bundle(tmp_path / "support.zip", [Finding("python", Level.OK, "Python", "3.11", "", details)])
    whole = "\n".join(contents(tmp_path / "support.zip").values())
    assert "anna" not in whole
    assert "~/.venv/bin/python" in whole


def test_a_place_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError) as caught:
        write_bundle(tmp_path / "taken" / "support.zip", [])
    assert caught.value.remedy
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".zip"] == []
