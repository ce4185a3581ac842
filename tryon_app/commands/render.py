"""`tryon render`: dress the people in files, without a window."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tryon_app.core.errors import UsageError

if TYPE_CHECKING:
    from tryon_app.commands.rendering.outfits import Wish

_SLOTS = ("top", "bottom", "dress", "outer")


def render(
    source: Annotated[
        Path | None, typer.Option(metavar="IMAGE|VIDEO", help="The person: a photo or a video.", show_default=False)
    ] = None,
    garment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID|PHOTO|MODEL",
            help="What to wear: an id of the catalogue, a product photo, or a 3-D model (GLB, glTF, OBJ). "
            "Repeat it for an outfit.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE|DIR", help="Where the result goes; its suffix says how.", show_default=False
        ),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            metavar="PAIRS.csv", help="Many photos at once: a table with person,garment,slot.", show_default=False
        ),
    ] = None,
    slot: Annotated[
        str | None,
        typer.Option(metavar="|".join(_SLOTS), help="Where a photo or model goes; found out when left out."),
    ] = None,
    size: Annotated[
        str | None, typer.Option(metavar="S", help="Size, for garments that have sizes (`tryon garments list`).")
    ] = None,
    layers: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write the garments alone, for each frame: DIR/%05d.layer.png (RGBA)."),
    ] = None,
    no_networks: Annotated[
        bool, typer.Option("--no-networks", help="Go by geometry alone: faster, with coarser edges.")
    ] = False,
) -> None:
    """Dress the people in a photo, a video, or a whole table of photos.

    **A photo or a video.** The result has the size, the frame rate and the sound of the source; rotation is honoured
    and transparency kept. A photo without a person is an error; a video frame without one stays plain.

    **A table** (`--pairs`): columns person, garment, slot (top, bottom, dress or empty); paths are relative to the
    table. Row i, from 0, becomes `DIR/%04d.png` and `DIR/%04d.layer.png`; `DIR/report.csv` says ok or error for each
    row. A bad row does not stop the others; the exit code is 1 if there was one.

    **Examples**

    - `tryon render --source me.jpg --garment shop/tee.png --output dressed.png`

    - `tryon render --source clip.mp4 --garment tee-navy --garment jeans --size M --output dressed.mp4`

    - `tryon render --source me.jpg --garment photo.jpg --slot dress --output dressed.png --layers parts`

    - `tryon render --source me.jpg --garment suit.glb --output dressed.png`

    - `tryon render --pairs pairs.csv --output results`
    """
    if slot is not None and slot not in _SLOTS:
        raise UsageError(f"--slot cannot be {slot!r}.", f"Use one of {', '.join(_SLOTS)}.")
    if pairs is not None:
        single = {"--source": source, "--garment": garment, "--slot": slot, "--size": size, "--layers": layers}
        wrong = [name for name, value in single.items() if value]
        if wrong:
            raise UsageError(f"{wrong[0]} does not go with --pairs.", "The table says who wears what.")
        _render_table(pairs, _given(output), not no_networks)
        return
    if source is None or not garment:
        missing = "--source" if source is None else "--garment"
        raise UsageError(
            f"{missing} is missing.", "Give --source IMAGE|VIDEO --garment ID|PHOTO|MODEL, or --pairs PAIRS.csv."
        )
    from tryon_app.commands.rendering.outfits import Wish
    from tryon_app.core.types import Slot

    wish = Wish(tuple(garment), Slot(slot) if slot else None, size)
    _render_one(source, wish, _given(output), layers, not no_networks)


def _given(output: Path | None) -> Path:
    if output is None:
        raise UsageError("--output is missing.", "Say where the result goes: --output FILE (with --pairs: a folder).")
    return output


def _render_table(pairs: Path, output: Path, networks: bool) -> None:
    from tryon_app.commands.console import tidy_when_terminated
    from tryon_app.commands.rendering import tables

    with tidy_when_terminated():
        failed = tables.render_pairs(pairs, output, networks)
    if failed:
        raise typer.Exit(1)


def _render_one(source: Path, wish: "Wish", output: Path, layers: Path | None, networks: bool) -> None:
    from tryon_app.commands.console import tidy_when_terminated
    from tryon_app.commands.rendering import kinds, photos, videos

    kind = kinds.source_kind(source)
    kinds.check_output(kind, source, wish.specs, output)
    with tidy_when_terminated():
        if kind is kinds.Kind.PHOTO:
            photos.render_photo(source, wish, output, layers, networks)
        else:
            videos.render_video(source, wish, output, layers, networks)
    typer.echo(output)
