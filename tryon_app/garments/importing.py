"""From a product photo, or the photographs of a 3-D model, to a garment that can be worn."""

import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.errors import GarmentError
from tryon_app.core.stills import flatten, read_rgba
from tryon_app.core.types import CATEGORY_SLOT, Category, Garment, GarmentView, KeyPoint, Size, Slot, UInt8
from tryon_app.garments.cutout import cut_out
from tryon_app.garments.hanger import without_hanger
from tryon_app.garments.landmarks import Found, find_keypoints
from tryon_app.garments.matting import bleed, enlarged
from tryon_app.garments.mesh.measures import sizes_of
from tryon_app.garments.mesh.model import UPRIGHT
from tryon_app.garments.mesh.photograph import Photographed, is_mesh, photograph
from tryon_app.garments.open_front import open_front
from tryon_app.garments.sizes import DEFAULT_SIZE, usual_sizes
from tryon_app.garments.storage import LAYERS, save_garment
from tryon_app.garments.worn import FindPerson, is_print

_LEAST_SIDE, _MOST_SIDE = 640, 1600
_MARGIN = 0.02
_PERSON = "This photo shows a person."
_PERSON_REMEDY = (
    "Give a product photo: the garment alone, lying flat or on an invisible mannequin, in front of one plain colour."
)
_log = logging.getLogger(__name__)
_CATEGORY_ZH = {
    Category.TEE: "T恤",
    Category.LONGSLEEVE: "长袖上衣",
    Category.SHIRT: "衬衫",
    Category.TANK: "背心",
    Category.HOODIE: "连帽衫",
    Category.SWEATER: "毛衣",
    Category.JACKET: "夹克",
    Category.DRESS: "连衣裙",
    Category.SKIRT: "半身裙",
    Category.TROUSERS: "长裤",
    Category.SHORTS: "短裤",
    Category.OVERALLS: "背带裤",
}


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A garment, how sure its key points are (0..1), and how many garments the file holds."""

    garment: Garment
    confidence: float
    garments: int = 1


def import_photo(
    path: Path, *, slot: Slot | None = None, back: Path | None = None, find_person: FindPerson | None = None
) -> Garment:
    """Make a garment from one product photo, from its front and back, or from a 3-D model.

    Args:
        path: Photo of the front: flat-lay or invisible mannequin, plain background; a PNG's own alpha is its cut-out.
            Or a GLB, glTF or OBJ: it is photographed from both sides, and measured.
        slot: Where it is worn; found out when None.
        back: Photo of the back.
        find_person: Looks for people, whose photos are refused; they are not looked for when None.

    Returns:
        The garment, named after the file, with its category's usual sizes, or a model's own.

    Raises:
        GarmentError: No garment is found, its shape is not understood, or a person wears it.
        InputError: The file cannot be read.
        ModelError: `find_person` lacks a model.
    """
    return examine_photo(path, slot=slot, back=back, find_person=find_person).garment


def examine_photo(
    path: Path, *, slot: Slot | None = None, back: Path | None = None, find_person: FindPerson | None = None
) -> Imported:
    """Like `import_photo`, and say how sure the result is."""
    if is_mesh(path):
        return _examine_mesh(path, slot, back)
    front, found = _view(path, slot, find_person, back=False)
    rear = None
    if back is not None:
        rear, _ = _view(back, found.slot, find_person, back=True)
    return Imported(_named(path, found, front, rear, usual_sizes(found.category)), found.confidence)


def _examine_mesh(path: Path, slot: Slot | None, back: Path | None) -> Imported:
    if back is not None:
        raise GarmentError(f"{path.name} is a model, which shows its own back.", "Leave the photo of the back out.")
    model = photograph(path, slot)
    front, found = _cut_view(path, model.front.rgba, slot, back=False)
    rear = _rear(path, model, found.slot)
    garment = _named(path, found, front, rear, sizes_of(model.model, model.front, found))
    return Imported(garment, found.confidence, model.garments)


def _rear(path: Path, model: Photographed, slot: Slot) -> GarmentView | None:
    """The view from behind; None where its shape is not understood: the front alone can be worn as well."""
    try:
        return _cut_view(path, model.back.rgba, slot, back=True)[0]
    except GarmentError as refusal:
        _log.warning("The back is left out: %s", refusal)
        return None


def _named(path: Path, found: Found, front: GarmentView, back: GarmentView | None, sizes: tuple[Size, ...]) -> Garment:
    return Garment(
        id=slug(path.stem),
        name={"en": _title(path.stem), "zh_CN": _CATEGORY_ZH[found.category]},
        slot=found.slot,
        category=found.category,
        front=front,
        back=back,
        layer=LAYERS[found.slot],
        sizes=sizes,
        default_size=DEFAULT_SIZE,
        colour=main_colour(front.rgba),
    )


def main_colour(rgba: UInt8) -> str:
    """The most frequent colour of a cut-out as "#rrggbb"."""
    small = cv2.resize(rgba, (96, 96), interpolation=cv2.INTER_AREA)
    pixels = small[small[..., 3] > 200][:, :3]
    if not len(pixels):
        return ""
    codes = (pixels // 32).astype(int) @ np.array([64, 8, 1])
    values, counts = np.unique(codes, return_counts=True)
    red, green, blue = np.median(pixels[codes == values[counts.argmax()]], axis=0).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def slug(text: str) -> str:
    """A folder name from any text: lower case, digits and hyphens; other scripts are kept."""
    plain = re.sub(r"[^\w]+", "-", text.lower().replace("_", "-")).strip("-")
    return plain[:60] or "garment"


def _title(stem: str) -> str:
    words = re.sub(r"[\s_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:] if words else "Garment"


def _view(path: Path, slot: Slot | None, find_person: FindPerson | None, *, back: bool) -> tuple[GarmentView, Found]:
    rgba, transparent = read_rgba(path)
    rgba = _within(rgba)
    face = None if find_person is None else find_person(flatten(rgba))
    person = GarmentError(f"{path.name}: {_PERSON}", _PERSON_REMEDY)
    try:
        cut, found = read(rgba, transparent, slot, back)
    except GarmentError as refusal:
        if face is not None:
            raise person from refusal
        raise GarmentError(f"{path.name}: {refusal.message}", refusal.remedy) from refusal
    if face is not None and not is_print(cut[..., 3], face):
        raise person
    return _checked(path, cut, found, slot), found


def _cut_view(path: Path, rgba: UInt8, slot: Slot | None, *, back: bool) -> tuple[GarmentView, Found]:
    """A view whose alpha is its cut-out."""
    try:
        cut, found = read(rgba, True, slot, back)
    except GarmentError as refusal:
        raise GarmentError(f"{path.name}: {refusal.message}", UPRIGHT) from refusal
    return _checked(path, cut, found, slot), found


def _checked(path: Path, cut: UInt8, found: Found, slot: Slot | None) -> GarmentView:
    """The view of a garment that goes where it should."""
    if slot is not None and found.slot is not slot and CATEGORY_SLOT[found.category] is not slot:
        raise GarmentError(f"{path.name} does not look like something worn as {slot}.", "Choose another slot.")
    cropped, (left, top) = _crop(cut)
    height, width = cropped.shape[:2]
    points = {
        name: (float(np.clip(x - left, 0, width - 1)), float(np.clip(y - top, 0, height - 1)))
        for name, (x, y) in found.keypoints.items()
    }
    cropped.setflags(write=False)
    return GarmentView(cropped, points)


def read(rgba: UInt8, transparent: bool, slot: Slot | None = None, back: bool = False) -> tuple[UInt8, Found]:
    """Cut a garment out of its photo, and find its key points.

    Args:
        rgba: uint8 h x w x 4.
        transparent: Its alpha is the cut-out already.
        slot: Where it is worn; None = what it looks like.
        back: The photo shows its back.

    Returns:
        The cut-out, uint8 h x w x 4, and what was found on it.

    Raises:
        GarmentError: It does not look like a garment.
    """
    rgb = np.ascontiguousarray(rgba[..., :3])
    cut = bleed(rgb, rgba[..., 3]) if transparent else enlarged(without_hanger(cut_out(rgb)), _LEAST_SIDE)
    found = find_keypoints(cut, slot, back=back)
    return (cut, found) if back or found.slot not in (Slot.TOP, Slot.OUTER) else _opened(cut, found, slot)


def _opened(cut: UInt8, found: Found, slot: Slot | None) -> tuple[UInt8, Found]:
    """The same; a top that hangs open is a jacket, with nothing between its fronts."""
    gap = open_front(cut, found.keypoints)
    if gap is None:
        return cut, found
    open_cut = cut.copy()
    open_cut[..., 3] = np.round(cut[..., 3] * (1.0 - gap.gap)).astype(np.uint8)
    points = found.keypoints | {KeyPoint.NECK_FRONT: gap.neck}
    return open_cut, replace(found, slot=slot or Slot.OUTER, category=Category.JACKET, keypoints=points)


def _within(rgba: UInt8) -> UInt8:
    height, width = rgba.shape[:2]
    scale = _MOST_SIDE / max(height, width)
    if scale >= 1:
        return rgba
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgba, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _crop(rgba: UInt8) -> tuple[UInt8, tuple[int, int]]:
    """The garment with a margin, and where its first pixel was (x, y)."""
    rows, columns = np.flatnonzero((rgba[..., 3] > 8).any(axis=1)), np.flatnonzero((rgba[..., 3] > 8).any(axis=0))
    margin = round(_MARGIN * max(len(rows), len(columns))) + 2
    top, left = max(0, int(rows[0]) - margin), max(0, int(columns[0]) - margin)
    cropped = rgba[top : int(rows[-1]) + margin + 1, left : int(columns[-1]) + margin + 1]
    return np.ascontiguousarray(cropped), (left, top)


def save_new(garment: Garment, parent: Path, *, exact: bool = False) -> Path:
    """Save a garment under its id, or the id with a number behind it where that one is taken.

    Args:
        garment: The garment.
        parent: Folder of garments.
        exact: Refuse instead of numbering.

    Returns:
        The garment's folder.

    Raises:
        GarmentError: The id is taken and `exact` is set.
        OutputError: It cannot be written.
    """
    folder, number = parent / garment.id, 2
    while folder.exists():
        if exact:
            raise GarmentError(f"There is a garment {garment.id!r} already.", f"Choose another id or remove {folder}.")
        folder, number = parent / f"{garment.id}-{number}", number + 1
    return save_garment(garment, folder)
