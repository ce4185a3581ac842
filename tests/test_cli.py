"""The command line around the commands: help, exit codes, one line for every failure."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from tryon_app import __version__, cli
from tryon_app.__main__ import main
from tryon_app.cli import COMMANDS, load_command
from tryon_app.core.errors import CameraError, InputError, ModelError, OutputError, TryOnError, UsageError
from tryon_app.core.paths import log_dir


def exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch):
    """Replace `doctor` by a command that raises."""

    def replace(error: BaseException) -> None:
        def doctor() -> None:
            raise error

        def load(_name: str):
            app = typer.Typer()
            app.command()(doctor)
            return typer.main.get_command(app)

        monkeypatch.setattr(cli, "load_command", load)

    return replace


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == 0
    said = capsys.readouterr().out
    for name in COMMANDS:
        assert f" {name} " in said
    assert "Exit codes" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With an example, in its own help or in that of a sub-command."""
    assert exit_code(name, "--help") == 0
    said = capsys.readouterr().out
    assert f"Usage: tryon {name}" in said
    examples = said.count(f"tryon {name}") - 1
    for below in getattr(load_command(name), "commands", ()):
        assert exit_code(name, below, "--help") == 0
        said = capsys.readouterr().out
        assert f"Usage: tryon {name} {below}" in said
        examples += said.count(f"tryon {name} {below}") - 1
    assert examples > 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--version") == 0
    assert capsys.readouterr().out == f"tryon {__version__}\n"


def test_unknown_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("rendr") == 2
    assert "rendr" in capsys.readouterr().err
    assert exit_code("--nonsense") == 2


def test_alone_it_is_the_mirror(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def load(name: str):
        app = typer.Typer()
        app.command()(lambda: typer.echo(f"ran {name}"))
        return typer.main.get_command(app)

    monkeypatch.setattr(cli, "load_command", load)
    assert exit_code() == 0
    assert capsys.readouterr().out == "ran mirror\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TryOnError("It broke.", "Mend it."), 1),
        (InputError("It broke.", "Mend it."), 1),
        (ModelError("It broke.", "Mend it."), 1),
        (CameraError("It\nbroke.", "Mend it."), 1),
        (OutputError("It broke.", "Mend it."), 1),
        (UsageError("It broke.", "Mend it."), 2),
    ],
)
def test_known_failures_are_one_line(
    command_that, error: TryOnError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    command_that(error)
    assert exit_code("doctor") == code
    said = capsys.readouterr()
    assert said.err == "error: It broke. Mend it.\n"
    assert said.out == ""


def test_unexpected_failure_is_one_line_and_the_log_has_the_rest(
    command_that, capsys: pytest.CaptureFixture[str]
) -> None:
    command_that(ZeroDivisionError("somewhere\ndeep"))
    assert exit_code("doctor") == 1
    said = capsys.readouterr().err
    log = log_dir() / "tryon.log"
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert "ZeroDivisionError: somewhere deep" in said
    assert str(log) in said
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "raise error" in log.read_text(encoding="utf-8")


def test_out_of_memory_says_so(command_that, capsys: pytest.CaptureFixture[str]) -> None:
    command_that(MemoryError())
    assert exit_code("doctor") == 1
    assert "memory" in capsys.readouterr().err


def test_interrupted_is_quiet(command_that, capsys: pytest.CaptureFixture[str]) -> None:
    command_that(KeyboardInterrupt())
    assert exit_code("doctor") == 130
    assert capsys.readouterr() == ("", "")


def test_logging_is_undone() -> None:
    before = list(logging.getLogger("tryon_app").handlers)
    exit_code("--version")
    assert logging.getLogger("tryon_app").handlers == before


def test_commands_load() -> None:
    for name in COMMANDS:
        assert load_command(name).name == name


def test_help_loads_nothing_heavy() -> None:
    """Half a second is not timed here but kept by what is not imported."""
    code = (
        "import sys; from tryon_app.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'cv2', 'PIL', 'scipy', 'pydantic', 'mediapipe', 'onnxruntime', 'PySide6', 'av'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_python_dash_m(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tryon_app", "--version"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (0, f"tryon {__version__}\n")
