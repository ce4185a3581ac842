"""The command line: names of the commands and where each lives. A command's module is imported when it is called."""

import importlib
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS: Mapping[str, str] = {
    "mirror": "The window: see yourself in a garment (what `tryon` alone does).",
    "kiosk": "The window, full screen, started again when it crashes or freezes.",
    "render": "Dress the people in photos and videos, without a window.",
    "bench": "Measure frames a second, latency and memory.",
    "models": "List, fetch and verify the models.",
    "garments": "List garments, add product photos, check garments.",
    "train": "Make the networks: synthetic data, training, evaluation, export.",
    "doctor": "Check everything the app needs and say what to do about what is missing.",
}


class LazyGroup(TyperGroup):
    """Knows its commands by name and summary; imports one only to run it, so that `--help` is quick."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """All names, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """A stand-in with the summary alone."""
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command to run, imported."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if name and found else found, rest


def load_command(name: str) -> Any:
    """Import `tryon_app.commands.<name>`: its Typer `app`, or its function `<name>`."""
    module = importlib.import_module(f"tryon_app.commands.{name}")
    app = getattr(module, "app", None)
    if not isinstance(app, typer.Typer):
        app = _typer()
        app.command(name)(getattr(module, name))
    app.rich_markup_mode = "markdown"
    loaded = typer.main.get_command(app)
    loaded.name = name
    return loaded


def command() -> Any:
    """The whole command line, ready for `.main(args)`."""
    app = _typer()
    app.callback(cls=LazyGroup)(_tryon)
    return typer.main.get_group(app)


def _typer() -> typer.Typer:
    help_options = {"help_option_names": ["-h", "--help"]}
    return typer.Typer(add_completion=False, rich_markup_mode="markdown", context_settings=help_options)


def _version(wanted: bool) -> None:
    if wanted:
        from tryon_app import __version__

        typer.echo(f"tryon {__version__}")
        raise typer.Exit


def _tryon(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Puts garments on people in live video, photos and films.

    `tryon` alone opens the mirror window. `tryon COMMAND --help` explains a command and gives examples.

    Exit codes: 0 done, 1 failed (one line on stderr says why and what to do), 2 wrong usage.
    """
