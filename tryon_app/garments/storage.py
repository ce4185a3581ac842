"""Garments on disk: a folder with `garment.toml` and the cut-out photos as PNG."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tryon_app.core.errors import GarmentError, InputError
from tryon_app.core.files import atomic_write, write_text
from tryon_app.core.stills import read_rgba
from tryon_app.core.types import CATEGORY_SLOT, Category, Garment, GarmentView, KeyPoint, Point, Size, Slot, UInt8
from tryon_app.garments.matting import bleed

DESCRIPTION = "garment.toml"
LAYERS = {Slot.BOTTOM: 5, Slot.DRESS: 10, Slot.TOP: 10, Slot.OUTER: 30}
"""Usual draw order, smaller first."""
_REMEDY = "Correct the file, or make the garment anew with `tryon garments add`."


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SizeRecord(_Model):
    """One size, cm, measured flat; see `Size`."""

    name: str = Field(min_length=1, max_length=12)
    chest: float = Field(default=0.0, ge=0, le=200)
    waist: float = Field(default=0.0, ge=0, le=200)
    hip: float = Field(default=0.0, ge=0, le=200)
    length: float = Field(default=0.0, ge=0, le=250)
    sleeve: float = Field(default=0.0, ge=0, le=150)
    shoulder: float = Field(default=0.0, ge=0, le=120)


class ViewRecord(_Model):
    """One photo and its key points in pixels."""

    image: str
    keypoints: dict[KeyPoint, Point] = Field(min_length=4)

    @field_validator("image")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not value or value != Path(value).name or "\\" in value:
            raise ValueError("must be the name of a file in the same folder")
        return value


class GarmentRecord(_Model):
    """The content of `garment.toml`."""

    slot: Slot
    category: Category
    name: dict[str, str] = Field(min_length=1)
    layer: int = Field(default=10, ge=0, le=100)
    colour: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")
    licence: str = ""
    default_size: str = ""
    sizes: tuple[SizeRecord, ...] = ()
    front: ViewRecord
    back: ViewRecord | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "GarmentRecord":
        names = [size.name for size in self.sizes]
        if len(set(names)) != len(names):
            raise ValueError("two sizes have the same name")
        if self.default_size and self.default_size not in names:
            raise ValueError(f"default_size {self.default_size!r} is none of the sizes")
        usual = CATEGORY_SLOT[self.category]
        if self.slot is not usual and {self.slot, usual} & {Slot.BOTTOM, Slot.DRESS}:
            raise ValueError(f"a {self.category} is not worn as {self.slot}")
        return self


def read_record(folder: Path) -> GarmentRecord:
    """The description alone, without decoding pictures.

    Args:
        folder: The garment's folder.

    Raises:
        GarmentError: Missing or wrong; names the file and the field.
    """
    path = folder / DESCRIPTION
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise GarmentError(f"{folder} holds no {DESCRIPTION}.", "Give the folder of a garment.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GarmentError(f"{path} is not valid TOML ({error}).", _REMEDY) from error
    except OSError as error:
        raise GarmentError(f"{path} cannot be read ({error.strerror}).", "Check its access rights.") from error
    try:
        return GarmentRecord.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the whole"
        raise GarmentError(f"{path}: {field}: {first['msg']}.", _REMEDY) from error


def load_garment(folder: Path) -> Garment:
    """Read a garment with its pictures.

    Args:
        folder: The garment's folder; its name is the id.

    Raises:
        GarmentError: Anything is missing or wrong; names the file and the field.
    """
    record = read_record(folder)
    return Garment(
        id=folder.name,
        name=dict(record.name),
        slot=record.slot,
        category=record.category,
        front=_read_view(folder, record.front, "front"),
        back=None if record.back is None else _read_view(folder, record.back, "back"),
        layer=record.layer,
        sizes=tuple(Size(**size.model_dump()) for size in record.sizes),
        default_size=record.default_size,
        licence=record.licence,
        colour=record.colour,
    )


def save_garment(garment: Garment, folder: Path) -> Path:
    """Write a garment; the description comes last, so that a folder with one is complete.

    Args:
        garment: What to write.
        folder: Where; made when needed.

    Returns:
        The folder.

    Raises:
        OutputError: It cannot be written.
    """
    import tomli_w

    data: dict[str, Any] = {
        "slot": str(garment.slot),
        "category": str(garment.category),
        "layer": garment.layer,
        "colour": garment.colour,
        "licence": garment.licence,
        "default_size": garment.default_size,
        "name": dict(garment.name),
        "sizes": [_size_table(size) for size in garment.sizes],
    }
    for view_name, view in (("front", garment.front), ("back", garment.back)):
        if view is not None:
            image = f"{view_name}.png"
            _write_png(view.rgba, folder / image)
            points = {str(name): [round(x, 1), round(y, 1)] for name, (x, y) in view.keypoints.items()}
            data[view_name] = {"image": image, "keypoints": points}
    write_text(folder / DESCRIPTION, tomli_w.dumps(data))
    return folder


def _size_table(size: Size) -> dict[str, Any]:
    measures = ("chest", "waist", "hip", "length", "sleeve", "shoulder")
    known = {name: getattr(size, name) for name in measures if getattr(size, name)}
    return {"name": size.name, **known}


def _read_view(folder: Path, record: ViewRecord, view: str) -> GarmentView:
    path = folder / record.image
    try:
        rgba, transparent = read_rgba(path)
    except InputError as error:
        raise GarmentError(f"{folder / DESCRIPTION}: {view}.image: {error.message}", _REMEDY) from error
    if not transparent:
        raise GarmentError(
            f"{path} has no transparent background.", "Import the photo with `tryon garments add`: it cuts it out."
        )
    height, width = rgba.shape[:2]
    for name, (x, y) in record.keypoints.items():
        if not (0 <= x < width and 0 <= y < height):
            raise GarmentError(
                f"{folder / DESCRIPTION}: {view}.keypoints.{name} ({x:g}, {y:g}) lies outside {record.image} "
                f"({width}x{height}).",
                _REMEDY,
            )
    # Picture editors empty what is transparent: colours must reach beyond the edge all the same.
    full = bleed(rgba[..., :3], rgba[..., 3])
    full.setflags(write=False)
    return GarmentView(full, dict(record.keypoints))


def _write_png(rgba: UInt8, path: Path) -> None:
    from PIL import Image

    with atomic_write(path) as part:
        Image.fromarray(rgba).save(part, format="PNG", compress_level=6)
