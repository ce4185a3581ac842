"""`tryon garments`: what there is to wear, adding product photos and 3-D models, checking what is there."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tryon_app.commands.console import note, progress_bar
from tryon_app.core.errors import GarmentError, ModelError, TryOnError, UsageError
from tryon_app.core.types import Slot

if TYPE_CHECKING:
    from tryon_app.garments.worn import FindPerson

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="List garments, add product photos and 3-D models, check garments.",
)


@app.command("list")
def list_garments(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the built-in garments and your own."""
    from tryon_app import app as parts
    from tryon_app.core.paths import user_garments_dir

    own = user_garments_dir()
    rows: list[dict[str, Any]] = [
        {
            "id": entry.id,
            "name": dict(entry.name),
            "slot": str(entry.slot),
            "category": str(entry.category),
            "colour": entry.colour,
            "sizes": list(entry.sizes),
            "own": entry.folder.parent == own,
            "folder": str(entry.folder),
        }
        for entry in parts.catalogue().entries()
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        note("there are no garments yet; `tryon garments add PHOTO|MODEL` makes one.")
    width = max((len(row["id"]) for row in rows), default=0)
    for row in rows:
        sizes = ",".join(row["sizes"])
        typer.echo(
            f"{row['id']:<{width}}  {row['slot']:<6}  {row['category']:<10}  {sizes:<10}  "
            f"{row['name'].get('en', '')}{'  (yours)' if row['own'] else ''}"
        )


@app.command("add")
def add(
    photos: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHOTO|MODEL...",
            help="Product photos: one garment each, plain background. Or 3-D models: GLB, glTF with data inside, OBJ.",
        ),
    ],
    name: Annotated[str, typer.Option(help="What to call it (one photo).")] = "",
    slot: Annotated[
        Slot | None,
        typer.Option(
            help="Where it is worn, and which garment of a model that holds several; found out when left out."
        ),
    ] = None,
    back: Annotated[Path | None, typer.Option(help="Photo of its back (one photo).")] = None,
    garment_id: Annotated[str, typer.Option("--id", help="Its id in the catalogue (one photo).")] = "",
    preview: Annotated[
        Path | None, typer.Option(help="Where to write the picture with the key points (one photo); PNG.")
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Add photos that seem to show a person, too.")] = False,
) -> None:
    """Add product photos to your own garments: cut out, key points found.

    A 3-D model (GLB, glTF, OBJ; +Y up, front to +Z) is photographed from both sides and measured; of a suit the top is
    taken, or what --slot says. A picture with the key points drawn lies in each garment's folder: look at it.

    **Examples**

    - `tryon garments add shop/tee.jpg shop/jeans.png`

    - `tryon garments add dress.jpg --back dress-back.jpg --slot dress --name "Summer dress"`

    - `tryon garments add suit.glb --slot bottom`
    """
    if len(photos) > 1 and (name or back or garment_id or preview):
        raise UsageError("--name, --back, --id and --preview are for one photo.", "Add the photos one at a time.")
    failed: list[TryOnError] = []
    find_person = None if anyway else _person_finder()
    with progress_bar("Cutting out", len(photos), "photos") as step:
        for photo in photos:
            try:
                _add_one(photo, find_person, name=name, slot=slot, back=back, garment_id=garment_id, preview=preview)
            except TryOnError as error:
                if len(photos) == 1:
                    raise
                failed.append(error)
                typer.echo(f"error: {error}", err=True)
            step()
    if failed:
        raise GarmentError(f"{len(failed)} of {len(photos)} photos were not added.", "The lines above say why.")


@app.command("check")
def check() -> None:
    """Check all garments: files, key points, sizes."""
    from tryon_app import app as parts
    from tryon_app.garments.checking import problems

    catalogue = parts.catalogue()
    ids = catalogue.ids()
    bad = 0
    for garment_id in ids:
        try:
            found = problems(catalogue.load(garment_id))
        except TryOnError as error:
            found = [str(error)]
        bad += bool(found)
        typer.echo(f"{garment_id}: {'; '.join(found) if found else 'ok'}")
    if bad:
        raise GarmentError(
            f"{bad} of {len(ids)} garments cannot be worn as they are.", "Correct their garment.toml or add them anew."
        )


def _person_finder() -> "FindPerson | None":
    """What looks for people in the photos; None where its models are not there: that is said, and done without."""
    from tryon_app import app as parts
    from tryon_app.perception.people import PersonFinder

    try:
        store = parts.model_store()
        models = [store.path(name) for name in ("pose", "face")]
    except ModelError as error:
        note(f"whether photos show people is not checked: {error}")
        return None
    return PersonFinder(*models)


def _add_one(
    photo: Path,
    find_person: "FindPerson | None",
    *,
    name: str,
    slot: Slot | None,
    back: Path | None,
    garment_id: str,
    preview: Path | None,
) -> None:
    from tryon_app.core.paths import user_garments_dir
    from tryon_app.garments.checking import problems
    from tryon_app.garments.importing import examine_photo, save_new, slug
    from tryon_app.garments.preview import write_preview

    imported = examine_photo(photo, slot=slot, back=back, find_person=find_person)
    garment = imported.garment
    if name:
        garment = replace(garment, name={"en": name, "zh_CN": name})
    if garment_id and slug(garment_id) != garment_id:
        raise UsageError(f"{garment_id!r} is no id.", f"Try {slug(garment_id)!r}: lower case, digits and hyphens.")
    wrong = problems(garment)
    if wrong:
        raise GarmentError(
            f"{photo.name}: the key points do not fit together ({wrong[0]}).",
            "Use a photo of one garment, spread out and upright, or give its --slot.",
        )
    folder = save_new(replace(garment, id=garment_id or garment.id), user_garments_dir(), exact=bool(garment_id))
    drawn = folder / "preview.png"
    write_preview(garment, drawn)
    if preview is not None:
        write_preview(garment, preview)
    typer.echo(f"{folder.name}: {garment.slot}, {garment.category}; look at {preview or drawn}")
    if imported.garments > 1:
        note(f"{folder.name}: the model holds {imported.garments} garments; --slot chooses another.")
    if imported.confidence < 0.5:
        note(f"{folder.name}: some key points are estimated (the sleeves hide the sides); look at the preview.")
