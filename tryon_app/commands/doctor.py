"""`tryon doctor`: what is missing on this machine, and what to do about it."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tryon_app import __version__
from tryon_app.doctor.checks import all_checks
from tryon_app.doctor.report import Finding, Level, run_checks

_STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    bundle: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.zip", help="Also write a support archive: report, settings and logs.", show_default=False
        ),
    ] = None,
    updates: Annotated[
        str,
        typer.Option(
            metavar="URL|FILE",
            help="Also look there for a newer version. Nothing is looked up without this.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Check everything the app needs and say what to do about what is missing.

    Looks at Python, system libraries, display, fonts, cameras, models, providers, disk and folders; changes nothing.
    Exit code 1 when something the app needs is missing; warnings alone are 0.

    To send along with a question: `tryon doctor --bundle support.zip`. It holds text alone, never a picture, and takes
    out the names of people's folders and files; look into it before you send it.

    With --updates it reads one small JSON document, `{"version": "1.4.0", "page": "https://..."}`, at the address that
    whoever hands out the app gives, and sends nothing but the request. The app never looks by itself.
    """
    findings = list(run_checks(all_checks(_open_store, updates)))
    failed = any(finding.level is Level.FAIL for finding in findings)
    if as_json:
        typer.echo(as_document(findings))
    else:
        _print_table(findings)
    if bundle is not None:
        from tryon_app.doctor.bundle import write_bundle

        names = write_bundle(bundle, findings)
        if not as_json:
            typer.echo(f"\n{bundle}: {', '.join(names)}")
    raise typer.Exit(1 if failed else 0)


def as_document(findings: Sequence[Finding]) -> str:
    """The report as JSON: `format` 1, `app`, `ok` and `checks` (id, level, title, message, remedy, details)."""
    document = {
        "format": 1,
        "app": __version__,
        "ok": all(finding.level is not Level.FAIL for finding in findings),
        "checks": [finding.as_json() for finding in findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _open_store() -> Any:
    from tryon_app.app import MODELS, model_store  # here, so that a package it lacks is a finding

    return model_store(), MODELS


def _print_table(findings: Iterable[Finding]) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("What", no_wrap=True)
    table.add_column("Found", overflow="fold")
    counts = dict.fromkeys(Level, 0)
    for finding in findings:
        counts[finding.level] += 1
        found = Text(finding.message)
        if finding.remedy:
            found.append(f"\n-> {finding.remedy}", style="bold")
        table.add_row(Text(finding.level.value, style=_STYLES[finding.level]), Text(finding.title), found)
    console.print(table)
    parts = [f"{counts[Level.OK]} ok"]
    parts += [_count(counts[level], what) for level, what in ((Level.WARN, "warning"), (Level.FAIL, "failure"))]
    console.print(Text(f"\n{', '.join(parts)}", style="bold red" if counts[Level.FAIL] else "bold"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
