"""The Debian package, the archive and what they bring along."""

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tryon_app.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
DEBIAN = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
OBJDUMP = """
a.so:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libc.so.6
  NEEDED               libQt6Core.so.6
  SONAME               a.so

Version References:
  required from libc.so.6:
    0x09691a75 0x00 04 GLIBC_2.2.5
    0x069691b4 0x00 03 GLIBC_2.34
    0x09691974 0x00 02 GLIBC_2.9
  required from libstdc++.so.6:
    0x0297f861 0x00 05 GLIBCXX_3.4.29
"""


@pytest.fixture
def deb(script):
    return script("deb")


@pytest.fixture
def app(tmp_path):
    """A frozen app in small."""
    folder = tmp_path / "dist" / "tryon"
    (folder / "_internal").mkdir(parents=True)
    (folder / "tryon").write_text("#!/bin/sh\necho tryon 1.2.3\n")
    (folder / "tryon").chmod(0o755)
    (folder / "_internal" / "lib.so.1").write_bytes(b"x" * 5000)
    (folder / "_internal" / "lib.so").symlink_to("lib.so.1")
    return folder


def demands(script):
    elf = script("elf")
    return [elf.Demand(Path("/a/a.so"), ("libc.so.6", "libglib-2.0.so.0"), {"GLIBC": (2, 35), "GLIBCXX": (3, 4, 29)})]


def test_what_a_binary_asks_for_is_read(script):
    elf = script("elf")
    found = elf.parse(Path("a.so"), OBJDUMP)
    assert found.needed == ("libc.so.6", "libQt6Core.so.6")
    assert found.versions == {"GLIBC": (2, 34), "GLIBCXX": (3, 4, 29)}
    older = elf.Demand(Path("b.so"), (), {"GLIBC": (2, 9)})
    assert elf.floor([older, found]) == ((2, 34), [Path("a.so")])
    assert elf.floor([], "GLIBC") == ((), [])


def test_what_is_not_inside_must_come_from_the_system(script, tmp_path):
    elf = script("elf")
    (tmp_path / "libinside.so.1.2").write_bytes(b"")
    (tmp_path / "libinside.so.1").symlink_to("libinside.so.1.2")
    inside = elf.Demand(tmp_path / "libinside.so.1.2", ("libm.so.6",), {})
    user = elf.Demand(tmp_path / "user.so", ("libinside.so.1", "libX11.so.6"), {})
    assert elf.outside([user, inside]) == {"libX11.so.6": [user.path], "libm.so.6": [inside.path]}


@LINUX
def test_libraries_of_the_system_are_found_without_the_folder_of_administrators(script, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    found = script("elf").system_libraries()
    assert Path(found["libc.so.6"]).is_file()


def test_dependencies_say_versions_and_both_names_of_renamed_packages(script, deb, monkeypatch):
    monkeypatch.setattr(deb.elf, "outside", lambda found: {name: [] for one in found for name in one.needed})
    packages = {"libc.so.6": "libc6", "libglib-2.0.so.0": "libglib2.0-0"}
    driver = deb.elf.Demand(Path("/a/cuda.so"), ("libcuda.so.1",), {})
    fields = deb.dependencies([*demands(script), driver], packages)
    assert {"libc6 (>= 2.35)", "libglib2.0-0 | libglib2.0-0t64", "libgl1-mesa-dri"} <= set(fields)
    with pytest.raises(SystemExit, match=r"libglib-2\.0\.so\.0"):
        deb.dependencies(demands(script), {"libc.so.6": "libc6"})


@pytest.mark.parametrize(
    ("flavour", "name", "other"), [("cpu", "tryon", "tryon-cuda"), ("cuda", "tryon-cuda", "tryon")]
)
def test_fields_of_the_package(deb, flavour, name, other):
    lines = deb.control("1.2.3", flavour, ["libc6 (>= 2.35)", "libgl1"], 1234).splitlines()
    fields = dict(line.split(": ", 1) for line in lines if not line.startswith(" "))
    assert fields["Package"] == name
    assert fields["Conflicts"] == fields["Replaces"] == other
    assert fields["Version"] == "1.2.3"
    assert fields["Architecture"] == "amd64"
    assert fields["Depends"] == "libc6 (>= 2.35), libgl1"
    assert fields["Installed-Size"] == "1234"
    assert all(len(line) < 80 for line in lines if line.startswith(" "))


@LINUX
@DEBIAN
def test_the_package_is_built_and_the_same_again(script, deb, app, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setattr(deb, "dependencies", lambda *_: ["libc6"])
    monkeypatch.setattr(deb, "owners", lambda _: {})
    built = []
    for number in (1, 2):
        output = tmp_path / str(number)
        output.mkdir()
        package = deb.build(app, output, "1.2.3", "cpu", [])
        assert package.name == "tryon_1.2.3_amd64.deb"
        assert list(output.iterdir()) == [package]
        built.append(package.read_bytes())
    assert built[0] == built[1]
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-x", str(package), str(root)], check=True)
    assert os.readlink(root / "usr/bin/tryon") == "/opt/tryon/tryon"  # noqa: PTH115  it points into the root to be
    assert os.access(root / "opt/tryon/tryon", os.X_OK)
    assert (root / "opt/tryon/_internal/lib.so").is_symlink()
    for place in (
        "usr/share/applications/tryon.desktop",
        "usr/share/icons/hicolor/scalable/apps/tryon.svg",
        "usr/lib/udev/rules.d/60-tryon.rules",
        "usr/lib/systemd/user/tryon-kiosk.service",
        "usr/share/doc/tryon/copyright",
        "usr/share/doc/tryon/changelog.gz",
    ):
        assert (root / place).stat().st_mode & 0o777 == 0o644
    asked = ["dpkg-deb", "-f", str(package), "Package", "Version"]
    assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split() == [
        "Package:",
        "tryon",
        "Version:",
        "1.2.3",
    ]


def test_the_service_starts_a_command_that_there_is_and_has_limits(deb):
    assert deb.kiosk_command().split()[0] in COMMANDS
    text = (ROOT / "packaging" / "linux" / "tryon-kiosk.service").read_text("utf-8")
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string(text)
    assert unit["Service"]["ExecStart"] == "/usr/bin/tryon @KIOSK@"
    assert unit["Service"]["Restart"] == "on-failure"
    assert int(unit["Unit"]["StartLimitBurst"]) > 0
    assert unit["Install"]["WantedBy"] == "graphical-session.target"


def test_the_menu_entry_is_valid():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read_string((ROOT / "packaging" / "linux" / "tryon.desktop").read_text("utf-8"))
    fields = entry["Desktop Entry"]
    assert fields["Type"] == "Application"
    assert fields["Exec"].split()[0] == "tryon"
    assert fields["Exec"].split()[1] in COMMANDS
    assert fields["Icon"] == "tryon"
    assert fields["Categories"].endswith(";")
    # Qt says this name to the desktop, which finds the icon by it.
    assert f'setDesktopFileName("{fields["StartupWMClass"]}")' in (ROOT / "tryon_app/gui/window.py").read_text("utf-8")


def test_the_udev_rule_gives_cameras_to_whoever_sits_there():
    lines = (ROOT / "packaging" / "linux" / "60-tryon.rules").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert any('SUBSYSTEM=="video4linux"' in rule and 'TAG+="uaccess"' in rule for rule in rules)
    assert all(rule.count('"') % 2 == 0 for rule in rules)


@LINUX
@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs zstd")
def test_the_archive_is_the_same_again_and_its_script_starts_the_app(script, app, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    archive = script("archive")
    first = archive.tar_zst(app, tmp_path, "tryon-1.2.3", "2.17")
    content = first.read_bytes()
    os.utime(app / "tryon", (1, 1))  # the time of a file is none of the archive's business
    assert archive.tar_zst(app, tmp_path, "tryon-1.2.3", "2.17").read_bytes() == content
    subprocess.run(["zstd", "-q", "-d", str(first), "-o", str(tmp_path / "a.tar")], check=True)
    with tarfile.open(tmp_path / "a.tar") as packed:
        assert {(entry.uid, entry.gid, entry.mtime) for entry in packed} == {(0, 0, 1700000000)}
        packed.extractall(tmp_path / "there", filter="data")
    folder = tmp_path / "there" / "tryon-1.2.3"
    assert sorted(path.name for path in app.iterdir()) == ["_internal", "tryon"]  # nothing was put into the app itself
    started = subprocess.run([str(folder / "run-tryon"), "--version"], capture_output=True, text=True, check=True)
    assert started.stdout == "tryon 1.2.3\n"


@LINUX
def test_the_run_script_refuses_old_systems_and_knows_the_menu(tmp_path):
    for name in ("run-tryon", "tryon.desktop"):
        shutil.copy(ROOT / "packaging" / "linux" / name, tmp_path / name)
    (tmp_path / "oldest-glibc").write_text("99.1\n")
    refused = subprocess.run([str(tmp_path / "run-tryon")], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "glibc 99.1 or later" in refused.stderr
    (tmp_path / "oldest-glibc").write_text("2.17\n")
    icon = tmp_path / "_internal/resources/icons/app.svg"
    icon.parent.mkdir(parents=True)
    icon.write_text("<svg/>")
    environment = {"XDG_DATA_HOME": str(tmp_path / "share"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    entry = tmp_path / "share/applications/tryon.desktop"
    subprocess.run([str(tmp_path / "run-tryon"), "--install-menu"], check=True, env=environment, capture_output=True)
    assert f'Exec="{tmp_path}/run-tryon" mirror' in entry.read_text("utf-8")
    subprocess.run([str(tmp_path / "run-tryon"), "--remove-menu"], check=True, env=environment, capture_output=True)
    assert not entry.exists()


@LINUX
@pytest.mark.parametrize("name", ["Tom & Jo", "a|b 5% $HOME"])
def test_the_run_script_starts_through_a_link_and_from_any_folder(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    for file in ("run-tryon", "tryon.desktop"):
        shutil.copy(ROOT / "packaging" / "linux" / file, folder / file)
    (folder / "oldest-glibc").write_text("2.17\n")
    (folder / "tryon").write_text("#!/bin/sh\necho it started\n")
    (folder / "tryon").chmod(0o755)
    (folder / "_internal/resources/icons").mkdir(parents=True)
    (folder / "_internal/resources/icons/app.svg").touch()
    link = tmp_path / "tryon-link"
    link.symlink_to(folder / "run-tryon")
    environment = {"XDG_DATA_HOME": str(tmp_path / "share"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    started = subprocess.run([str(link)], env=environment, capture_output=True, text=True, check=True)
    assert started.stdout == "it started\n"
    subprocess.run([str(link), "--install-menu"], check=True, env=environment, capture_output=True)
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(tmp_path / "share/applications/tryon.desktop", "utf-8")
    command = entry["Desktop Entry"]["Exec"]
    # Read back as a desktop does: escapes of the text, then of the quotes, then fields.
    assert command.replace("\\\\", "\\").replace("\\$", "$").replace("%%", "%") == f'"{folder}/run-tryon" mirror'


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell")
@pytest.mark.parametrize("name", ["linux/run-tryon", "linux/postinst", "linux/postrm", "macos/sign.sh", "ci.sh"])
def test_shell_scripts_are_valid(name):
    subprocess.run(["sh", "-n", str(ROOT / "packaging" / name)], check=True)
