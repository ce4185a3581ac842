"""Licences of what is inside an installer."""

import re
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def licenses(script):
    return script("licenses")


def install(folder, name, licence, text="Permission is granted.", classifier=""):
    """A package with metadata, as pip leaves it."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    fields = [f"Name: {name}", "Version: 1.0", "Project-URL: Source, https://example.org/src"]
    fields += [f"License-Expression: {licence}"] if licence else []
    fields += [f"Classifier: License :: OSI Approved :: {classifier}"] if classifier else []
    (info / "METADATA").write_text("Metadata-Version: 2.4\n" + "\n".join(fields) + "\n")
    files = [f"{info.name}/METADATA,,"]
    if text:
        (info / "LICENSE").write_text(text)
        files.append(f"{info.name}/LICENSE,,")
    (info / "RECORD").write_text("\n".join(files) + "\n")


@pytest.mark.parametrize(
    ("licence", "reason"),
    [
        ("MIT", ""),
        ("LGPL-3.0-only", ""),
        ("LGPL-3.0-only OR GPL-3.0-only", ""),
        ("GPL-2.0-or-later WITH Bootloader-exception", ""),
        ("GPL-2.0-or-later OR MIT", ""),
        ("GPL-3.0-or-later", "GPL only"),
        ("GPL-2.0-only OR GPL-3.0-only", "GPL only"),
        ("AGPL-3.0-only", "GPL only"),
        ("GNU General Public License v3 (GPLv3)", "GPL only"),
        ("GNU Lesser General Public License v3 (LGPLv3)", ""),
        ("CC-BY-NC-4.0", "commercial"),
        ("Custom: non-commercial use", "commercial"),
        ("research use only", "commercial"),
    ],
)
def test_what_may_be_handed_out(licenses, licence, reason):
    said = licenses.refused(licenses.Part("thing", "1", licence, "", ("text",)))
    assert (reason in said) if reason else said == ""


def test_a_part_without_its_text_is_refused(licenses):
    assert "no licence text" in licenses.refused(licenses.Part("thing", "1", "MIT", "", ()))


def test_packages_are_read_with_licence_text_and_home(licenses, tmp_path):
    install(tmp_path, "good", "MIT", text="MIT text")
    install(tmp_path, "older", "", text="BSD text", classifier="BSD License")
    install(tmp_path, "pyinstaller-hooks-contrib", "GPL-2.0-only", text="GPL")  # a tool: not inside
    good, older = licenses.python_parts([str(tmp_path)])
    assert (good.name, good.licence, good.home) == ("good", "MIT", "https://example.org/src")
    assert older.licence == "BSD License"
    text = licenses.document([good, older])
    assert "MIT text" in text
    assert "BSD text" in text
    assert "codesign --force" in text  # how Qt is exchanged
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text  # of FFmpeg


def test_qt_brings_the_notices_of_what_it_took_from_others(licenses, tmp_path):
    for name in ("PySide6", "PySide6_Addons", "PySide6_Essentials", "shiboken6"):
        install(tmp_path, name, "LGPL-3.0-only OR GPL-3.0-only", text="")
    text = licenses.document(licenses.python_parts([str(tmp_path)]))
    assert text.count("Code of others inside Qt\n====") == 1
    for part in ("harfbuzz", "freetype", "libjpeg", "libpng", "pcre2", "double-conversion", "masm", "libwebp", "ICU"):
        assert part in text
    assert "distribute this software and its documentation for any purpose" in re.sub(r"\s+", " ", text)  # HarfBuzz'


def test_a_gpl_package_stops_the_build(licenses, tmp_path):
    install(tmp_path, "sneaky", "GPL-3.0-only")
    with pytest.raises(SystemExit, match="sneaky"):
        licenses.document(licenses.python_parts([str(tmp_path)]))


def test_a_text_that_several_share_is_there_once(licenses, tmp_path):
    for name in ("one", "two"):
        install(tmp_path, name, "MIT", text="the same words")
    text = licenses.document(licenses.python_parts([str(tmp_path)]))
    assert text.count("the same words") == 1
    assert text.count("MIT; text 1") == 2


def test_models_bring_the_licence_of_the_manifest_and_their_notice(licenses, tmp_path):
    manifest = tmp_path / "manifest.toml"
    rows = (("pose", "Apache-2.0", "p.task"), ("pack", "MIT", "pack"), ("gone", "MIT", "gone"))
    manifest.write_text(
        "".join(
            f'[models.{name}]\ntitle = "{name}"\nlicence = "{licence}"\norigin = "someone"\n'
            f'[[models.{name}.variants]]\nfile = "{file}"\n'
            for name, licence, file in rows
        )
    )
    (tmp_path / "p.task").write_bytes(b"x")
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "LICENSE.txt").write_text("MIT of the pack")
    pose, pack = licenses.model_parts(manifest, tmp_path)
    assert "Apache License" in pose.texts[0]
    assert pack.texts == ("MIT of the pack",)


def test_every_package_that_is_shipped_may_be(licenses):
    """Those of the lock, as they are installed here."""
    lock = (ROOT / "packaging" / "requirements-cpu.lock").read_text("utf-8")
    shipped = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    parts = licenses.python_parts([sysconfig.get_paths()["purelib"]])
    known = [part for part in parts if part.name.lower().replace("_", "-") in shipped]
    assert len(known) > 20
    assert [reason for part in known if (reason := licenses.refused(part))] == []
