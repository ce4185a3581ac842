"""The repository itself: locks, licences, layout."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tryon_app.core import paths

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)

# Strong copyleft must not get into what users install. LGPL (Qt) is linked dynamically and may be exchanged.
_COPYLEFT = re.compile(r"\bA?GPL|(?<!lesser )general public", re.IGNORECASE)
_LESSER = re.compile(r"LGPL|lesser general public|library general public", re.IGNORECASE)


def pins(lock):
    return {name.lower().replace("_", "-"): version for name, version in PIN.findall((ROOT / lock).read_text())}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host_and_no_path(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?:|file:|index-url|find-links|@ |^-e|^\s*/", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(lock):
    blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    assert len(blocks) > 40
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_dev_lock_adds_to_the_base_lock_and_changes_nothing():
    base, dev = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: dev.get(name) for name in base} == base
    assert "pytest" in dev
    assert "pytest" not in base


def test_the_locks_keep_what_was_measured():
    base, dev = pins(LOCKS[0]), pins(LOCKS[1])
    assert base["mediapipe"] == "0.10.31"
    assert base["pyside6"] != "6.12.0"
    assert int(base["numpy"].split(".")[0]) >= 2
    assert [name for name in dev if name.startswith("opencv")] == ["opencv-python-headless"]
    assert not {"torch", "anny", "matplotlib"} & set(dev)


def test_the_locks_hold_everything_that_is_asked_for():
    base = pins(LOCKS[0])
    for text in metadata.requires("tryon_app") or []:
        wanted = Requirement(text)
        if "extra" not in str(wanted.marker or ""):
            name = wanted.name.lower().replace("_", "-")
            assert wanted.specifier.contains(base[name]), text


def test_nothing_that_users_install_is_gpl_only():
    guilty = {}
    for name in pins(LOCKS[0]):
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another system
        licence = found.get("License-Expression") or (found.get("License") or "").split("\n")[0]
        classifiers = [entry for entry in found.get_all("Classifier") or [] if entry.startswith("License")]
        offers = re.split(r"\s+OR\s+", licence) + classifiers
        if all(_COPYLEFT.search(offer) and not _LESSER.search(offer) for offer in offers if offer) and any(offers):
            guilty[name] = licence
    assert guilty == {}


def test_the_import_rules_name_every_room():
    text = (ROOT / "pyproject.toml").read_text()
    rooms = {path.name for path in (ROOT / "tryon_app").iterdir() if (path / "__init__.py").is_file()}
    assert {room for room in rooms if f"tryon_app.{room}" not in text} == set()


def test_no_python_package_hides_another():
    """`packaging/` beside the `packaging` library: fine as long as it is no package itself."""
    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert not (ROOT / "tests" / "__init__.py").exists()


def test_a_wheel_would_ship_resources_and_models():
    """`setup.py` copies whole folders; what it leaves out must not be needed."""
    assert paths.models_dir() == ROOT / "models"
    assert (ROOT / "models" / "manifest.toml").is_file()
    assert list((ROOT / "resources" / "garments").glob("*/garment.toml"))
    assert not [path for path in (ROOT / "resources").rglob(".*") if path.name != ".gitkeep"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell")
@pytest.mark.parametrize("script", ["packaging/find_python.sh", "packaging/linux/system-packages.sh", ".ci/run"])
def test_shell_scripts_are_valid(script):
    shell = "bash" if script == ".ci/run" else "sh"
    subprocess.run([shell, "-n", str(ROOT / script)], check=True)
    assert (ROOT / script).stat().st_mode & 0o111


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell")
def test_the_python_that_is_found_can_run_the_app():
    script = str(ROOT / "packaging" / "find_python.sh")
    found = subprocess.run(
        [script], capture_output=True, text=True, check=True, env={"PYTHON": sys.executable, "PATH": ""}
    )
    assert found.stdout.strip() == sys.executable
    nothing = subprocess.run([script], capture_output=True, text=True, check=False, env={"PATH": "/nonexistent"})
    assert nothing.returncode == 1
    assert "3.11" in nothing.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian's packages")
def test_missing_system_packages_are_named_in_a_line_to_run(tmp_path):
    """With a package database that knows nothing: every package is named, nothing is installed."""
    for name, body in {"dpkg-query": "exit 1", "apt-get": "echo installed; exit 1"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    result = subprocess.run(
        [str(ROOT / "packaging" / "linux" / "system-packages.sh"), sys.executable],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "TRYON_NO_APT": "1"},
    )
    line = next(line for line in result.stdout.splitlines() if "apt-get install -y" in line)
    wanted = re.findall(r"^[a-z].*$", (ROOT / "packaging" / "linux" / "apt-packages.txt").read_text(), re.MULTILINE)
    assert set(line.split()) >= set(wanted) - {"python3-venv"}
    assert len(wanted) > 20
    assert "installed" not in result.stdout.split()
