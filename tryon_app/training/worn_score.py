"""How well the whole app puts a garment where it is: synthetic people in the garment of a photo, true pairs.

The flat picture is given as a shop would give it, as a JPEG before a pale wall, so that cut-out, key points, pose,
parsing, fit and composite all have their part in the figure.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import GarmentError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Frame, Garment, Material, UInt8, Worn
from tryon_app.training.shards import decode_picture, held_out

_MEMBERS = ("after.jpg", "after.materials.png", "flat.png", "flow.png")
_WALL = 250
_QUALITY = 92
_LEAST_SEEN = 0.015
"""Of the frame: a garment less of which is in sight is left out."""
_ENLARGED = 2
"""People of 384 x 512 are small for the pose model, which `tryon render` enlarges too."""
Import = Callable[[Path], Garment]


@dataclass(slots=True)
class WornScore:
    """What came of it.

    Attributes:
        overlaps: IoU of the garment as drawn with the garment as worn, where it was drawn.
        over: Share of what was drawn that lies over hair, face and skin that the garment leaves free.
        refused: Photos in which no garment was found.
        not_drawn: People who were not found, or from whose side the photo says nothing.
    """

    overlaps: list[float] = field(default_factory=list)
    over: list[float] = field(default_factory=list)
    refused: int = 0
    not_drawn: int = 0

    def figures(self) -> dict[str, float]:
        """In numbers, shares and means."""
        overlaps = np.array(self.overlaps or [0.0])
        return {
            "drawn": len(self.overlaps),
            "refused": self.refused,
            "not_drawn": self.not_drawn,
            "iou_mean": round(float(overlaps.mean()), 4),
            "iou_median": round(float(np.median(overlaps)), 4),
            "at_least_75": round(float((overlaps >= 0.75).mean()), 4),
            "over_hair_and_skin": round(float(np.mean(self.over or [0.0])), 4),
        }


def score_worn(folder: Path, pipeline: Pipeline, take: Import, width: int = 0) -> WornScore:
    """Dress people in what they wear.

    Args:
        folder: Shards that were not trained on.
        pipeline: Open for pictures.
        take: Makes a garment of a photo.
        width: Pixels across of person and photo; 0 = as they are stored, 384.

    Raises:
        InputError: There are no shards, or one is damaged.
    """
    store = held_out(folder, _MEMBERS)
    found = WornScore()
    with TemporaryDirectory() as scratch:
        photo = Path(scratch) / "garment.jpg"
        for index in range(len(store)):
            sample = {name: decode_picture(content) for name, content in store[index].items()}
            materials = sample["after.materials.png"]
            truth = (sample["flow.png"][..., 2] > 0) & (materials != Material.OTHER)
            if truth.mean() < _LEAST_SEEN:
                continue
            person = sample["after.jpg"]
            size = (width or person.shape[1], round((width or person.shape[1]) * person.shape[0] / person.shape[1]))
            _shot(sample["flat.png"], size, photo)
            try:
                garment = take(photo)
            except GarmentError:
                found.refused += 1
                continue
            drawn = _drawn(pipeline, cv2.resize(person, size, interpolation=cv2.INTER_AREA), garment)
            if drawn is None:
                found.not_drawn += 1
                continue
            _count(found, cv2.resize(drawn, truth.shape[::-1]) > 127, truth, materials)
    return found


def _shot(flat: UInt8, size: tuple[int, int], path: Path) -> None:
    """The flat picture as a product photo, as large as may be."""
    rows, columns = (np.flatnonzero((flat[..., 3] > 8).any(axis=axis)) for axis in (1, 0))
    cloth = flat[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    scale = 0.92 * min(size[0] / cloth.shape[1], size[1] / cloth.shape[0])
    cloth = cv2.resize(cloth, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.full((size[1], size[0], 3), _WALL, np.float32)
    top, left = ((whole - part) // 2 for whole, part in zip(picture.shape[:2], cloth.shape[:2], strict=True))
    place = picture[top : top + cloth.shape[0], left : left + cloth.shape[1]]
    place += (cloth[..., :3] - place) * (cloth[..., 3:] / 255.0)
    bgr = np.ascontiguousarray(np.clip(picture + 0.5, 0, 255).astype(np.uint8)[..., ::-1])
    path.write_bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes())


def _drawn(pipeline: Pipeline, person: UInt8, garment: Garment) -> UInt8 | None:
    """Alpha of the garment on the person; None where nothing is drawn."""
    image = cv2.resize(person, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
    image.flags.writeable = False
    pipeline.reset()
    composite = pipeline.process(Frame(np.asarray(image, np.uint8)), (Worn(garment),))
    if not composite.person or composite.messages:
        return None
    return np.ascontiguousarray(composite.layer()[..., 3])


def _count(found: WornScore, drawn: NDArray[np.bool_], truth: NDArray[np.bool_], materials: UInt8) -> None:
    found.overlaps.append(float((drawn & truth).sum() / max(int((drawn | truth).sum()), 1)))
    free = np.isin(materials, (Material.HAIR, Material.FACE, Material.SKIN)) & ~truth
    found.over.append(float((drawn & free).sum() / max(int(drawn.sum()), 1)))
