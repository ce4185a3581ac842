"""The build script: its environment, its models, and what stops it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell")


@pytest.fixture
def build(script, tmp_path, monkeypatch):
    """The script, building below a temporary folder, and the commands it starts."""
    module = script("build")
    monkeypatch.setattr(module, "BUILD", tmp_path / "package")
    module.commands = []

    def run(command, _environment):
        module.commands.append(command)
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True)

    monkeypatch.setattr(module, "_run", run)
    return module


def test_the_environment_is_made_of_the_lock_and_kept_until_it_changes(build, monkeypatch, tmp_path):
    lock = tmp_path / "lock"
    lock.write_text("a==1")
    monkeypatch.setattr(build, "lock_file", lambda _: lock)
    python = build.make_environment("cpu", {})
    assert python.is_relative_to(tmp_path / "package" / "cpu" / "venv")
    assert "--require-hashes" in build.commands[1]
    assert build.commands[1][-1] == str(lock)
    assert {"--no-deps", "--no-build-isolation"} <= set(build.commands[2])
    build.commands.clear()
    build.make_environment("cpu", {})
    assert len(build.commands) == 1  # the project itself, anew
    lock.write_text("a==2")
    build.make_environment("cpu", {})
    assert len(build.commands) == 4


def test_no_environment_is_told_from_other_failures(build, monkeypatch, capsys):
    def refuse(_command, _environment):
        raise SystemExit("python -m venv failed (1).")

    monkeypatch.setattr(build, "_run", refuse)
    with pytest.raises(SystemExit) as ended:
        build.make_environment("cpu", {})
    assert ended.value.code == build.NO_ENVIRONMENT == 75
    assert "failed (1)" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        build.gather_models("cpu", Path("python"), {}, None)
    assert ended.value.code == build.NO_ENVIRONMENT
    monkeypatch.setattr(build, "LINUX_TOOLS", {"no-such-tool": "binutils", "nor-this": "zstd"})
    monkeypatch.setattr(build.sys, "platform", "linux")
    monkeypatch.setattr(build, "LINUX_LIBRARIES", {"libhere.so.1": "libhere1", "libnot.so.0": "libnot0"})
    monkeypatch.setattr(build.elf, "system_libraries", lambda: {"libhere.so.1": "/lib/libhere.so.1"})
    for app_only, named in ((True, "binutils"), (False, "binutils libnot0 zstd")):
        with pytest.raises(SystemExit) as ended:
            build.look_for_tools(app_only)
        assert ended.value.code == build.NO_ENVIRONMENT
        assert f"--no-install-recommends {named}\n" in capsys.readouterr().err
    # A library alone, too: without it the package fails after minutes.
    monkeypatch.setattr(build, "LINUX_TOOLS", {})
    build.look_for_tools(True)
    with pytest.raises(SystemExit):
        build.look_for_tools(False)


@POSIX
@pytest.mark.parametrize(
    ("built", "smoked", "code", "said"),
    [
        ("exit 0", "exit 0", 0, ""),
        ("exit 0", "test -e again || { touch again; exit 1; }", 0, "first smoke test"),  # once is chance
        ("exit 0", "exit 1", 1, "second smoke test"),
        ("exit 75", "exit 1", 0, "SKIP"),
        ("exit 1", "exit 0", 1, "could not be built"),
        ("sleep 20", "exit 0", 0, "SKIP"),
        ("exit 0", "sleep 20", 0, "SKIP"),
    ],
)
def test_ci_fails_for_what_is_wrong_with_the_app_and_for_nothing_else(tmp_path, built, smoked, code, said):
    python = tmp_path / "python"
    python.write_text(
        f"""#!/bin/sh
case "$1" in
  *build.py) {built} ;;
  *smoke_test.py) {smoked} ;;
esac
"""
    )
    python.chmod(0o755)
    (tmp_path / "awk").write_text("#!/bin/sh\nexit 1\n")  # never too busy for a test
    (tmp_path / "awk").chmod(0o755)
    environment = {"PYTHON": str(python), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    limits = {"TRYON_BUILD_SECONDS": "3", "TRYON_SMOKE_SECONDS": "3"}
    done = subprocess.run(
        ["sh", str(ROOT / "packaging" / "ci.sh")],
        env=environment | limits,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout


def test_models_of_the_project_win_over_fetched_ones(build, tmp_path):
    fetched = tmp_path / "package" / "models"
    (fetched / "downloads").mkdir(parents=True)
    for name in ("manifest.toml", "pose.task", "old.task.broken", "downloads/x.whl"):
        (fetched / name).write_text("fetched")
    folder = build.gather_models("cpu", Path("python"), {}, str(tmp_path))
    assert build.commands[0][-2:] == ["--mirror", str(tmp_path)]
    assert (folder / "manifest.toml").read_text("utf-8") == (ROOT / "models" / "manifest.toml").read_text("utf-8")
    assert (folder / "pose.task").is_file()
    assert not (folder / "old.task.broken").exists()
    assert not (folder / "downloads").exists()


def test_a_build_that_is_too_large_or_holds_what_it_may_not_is_stopped(build, tmp_path, monkeypatch, capsys):
    app = tmp_path / "app"
    (app / "_internal").mkdir(parents=True)
    (app / "_internal" / "cv2.so").write_bytes(b"x" * 2000)
    build.BUILD.mkdir(parents=True)
    assert build.check(app, "cpu", []) == ""
    assert "cv2.so" in capsys.readouterr().out
    assert (build.BUILD / "files-cpu.txt").read_text().endswith("  _internal/cv2.so\n")
    monkeypatch.setitem(build.LIMIT_MB, "cpu", 0.001)
    with pytest.raises(SystemExit, match="the limit for cpu"):
        build.check(app, "cpu", [])
    (app / "_internal" / "libx264.so.165").touch()
    with pytest.raises(SystemExit, match="libx264"):
        build.check(app, "cpu", [])


def test_the_environment_of_a_build_is_fixed(build, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "123")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    told = build.frozen_environment()
    assert (told["SOURCE_DATE_EPOCH"], told["PYTHONHASHSEED"]) == ("123", "0")
    assert "PYTHONPATH" not in told
