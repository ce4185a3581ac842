"""Real photos with labels by hand, through the pipeline that people use: pose, outline, network."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tryon_app.core.errors import InputError
from tryon_app.core.protocols import Parser, PoseEstimator
from tryon_app.core.stills import read_image
from tryon_app.core.types import BodyPart, Float32, Frame, Labels, Material, UInt8

_SUFFIX = "_label.png"
_GROUPS = {
    "upper": "blouse t-shirt shirt sweater sweatshirt jumper cardigan blazer jacket coat vest top hoodie cape",
    "lower": "jeans leggings pants shorts skirt",
    "dress": "dress romper",
    "hair": "hair",
    "skin": "skin",
    "shoes": "boots clogs flats heels loafers pumps sandals shoes sneakers wedges",
}
"""Labels of the photos -> ours. Their skin has the face in it."""
_LEFT_OUT = ("bag", "purse", "wallet", "accessories")
_SAID = {
    "upper": (Material.UPPER,),
    "lower": (Material.LOWER,),
    "dress": (Material.DRESS,),
    "hair": (Material.HAIR,),
    "skin": (Material.SKIN, Material.FACE),
    "shoes": (Material.SHOES,),
}
_NOBODY = (Material.BACKGROUND, Material.OTHER)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A photo and what the pipeline says of it.

    Attributes:
        path: The photo.
        image: uint8 RGB H x W x 3.
        outline: bool H x W, the person by the pose model's mask alone; all False where nobody was found.
        parts: uint8 H x W, `BodyPart`.
        materials: uint8 H x W, `Material`.
        found: Whether somebody was found.
    """

    path: Path
    image: UInt8
    outline: NDArray[np.bool_]
    parts: UInt8
    materials: UInt8
    found: bool


def looked_at(paths: list[Path], pose: PoseEstimator, parser: Parser) -> Iterator[Seen]:
    """Photos through pose and parser, each afresh. Both are opened and closed here.

    Raises:
        InputError: A photo cannot be read.
        ModelError: A model is missing or damaged.
    """
    pose.open("image")
    try:
        parser.open()
        try:
            for index, path in enumerate(paths):
                yield _seen(path, Frame(read_image(path), index, float(index), scene=index), pose, parser)
        finally:
            parser.close()
    finally:
        pose.close()


def _seen(path: Path, frame: Frame, pose: PoseEstimator, parser: Parser) -> Seen:
    size = frame.height, frame.width
    empty = np.zeros(size, np.uint8)
    body = pose.estimate(frame)
    if body is None:
        return Seen(path, frame.image, empty > 0, empty, empty, found=False)
    parsing = parser.parse(frame, body)
    person = cv2.resize(parsing.person, (frame.width, frame.height), interpolation=cv2.INTER_LINEAR)
    if parsing.labels is None:
        return Seen(path, frame.image, person > _HALF, empty, empty, found=True)
    parts = _spread(parsing.labels, parsing.labels.parts, frame.width, frame.height)
    materials = _spread(parsing.labels, parsing.labels.materials, frame.width, frame.height)
    return Seen(path, frame.image, person > _HALF, parts, materials, found=True)


_HALF = 0.5


def _spread(labels: Labels, maps: Float32, width: int, height: int) -> UInt8:
    """The most likely class of each pixel of the frame; class 0 where the network did not look."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    best = np.full((height, width), 1e-3, np.float32)
    said = np.zeros((height, width), np.uint8)
    for index, likely in enumerate(maps):
        large = cv2.warpAffine(likely, labels.matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        better = large > best
        best[better], said[better] = large[better], index
    inside = cv2.warpAffine(
        np.ones(maps.shape[1:], np.uint8),
        labels.matrix,
        (width, height),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )
    return said * inside


def score_photos(folder: Path, pose: PoseEstimator, parser: Parser) -> dict[str, float]:
    """IoU of each class, pooled over all photos of a folder.

    Args:
        folder: `X.jpg` beside `X_label.png` (uint8, a label for each pixel) and `labels.txt` (number, tab, name).
        pose: Not opened.
        parser: Not opened.

    Returns:
        The classes of `_GROUPS`; "person" by the network and "person_outline" by the outline alone (both leave out
        the pixels of bags and accessories, which may be taken for either); "found", the share of photos in which
        somebody was found.

    Raises:
        InputError: The folder lacks photos or labels.
        ModelError: A model is missing or damaged.
    """
    names = _names(folder / "labels.txt")
    paths = [path for path in sorted(folder.glob("*.jpg")) if path.with_name(path.stem + _SUFFIX).exists()]
    if not paths:
        raise InputError(f"There are no labelled photos in {folder}.", "Give a folder of X.jpg and X_label.png.")
    counts: dict[str, list[int]] = {}
    found = 0
    for seen in looked_at(paths, pose, parser):
        found += seen.found
        with Image.open(seen.path.with_name(seen.path.stem + _SUFFIX)) as file:
            true = np.asarray(file)
        if true.shape[:2] != seen.materials.shape or true.ndim != 2:
            raise InputError(f"The labels of {seen.path} have another size.", "One 8-bit label for each pixel.")
        for name, meant, said in _pairs(true, names, seen):
            both = counts.setdefault(name, [0, 0])
            both[0] += int((meant & said).sum())
            both[1] += int((meant | said).sum())
    scores = {name: round(hit / union, 4) if union else 0.0 for name, (hit, union) in counts.items()}
    return scores | {"found": round(found / len(paths), 4)}


def _pairs(
    true: UInt8, names: dict[str, int], seen: Seen
) -> Iterator[tuple[str, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Name, true pixels, said pixels."""
    for group, words in _GROUPS.items():
        numbers = [names[word] for word in words.split() if word in names]
        yield group, np.isin(true, numbers), np.isin(seen.materials, _SAID[group])
    left_in = ~np.isin(true, [names[word] for word in _LEFT_OUT if word in names])
    person = left_in & (true != names["null"])
    yield "person", person, left_in & ~np.isin(seen.materials, _NOBODY)
    yield "person_outline", person, left_in & seen.outline


def _names(path: Path) -> dict[str, int]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        pairs = [line.split("\t") for line in lines if line.strip()]
        return {"null": 0} | {name.strip(): int(number) for number, name in pairs}
    except OSError as error:
        raise InputError(
            f"{path} cannot be read.", "It names the labels: a number, a tab, a name on each line."
        ) from error
    except ValueError as error:
        raise InputError(f"{path} is not a list of labels.", "A number, a tab, a name on each line.") from error


_PART_COLOURS = cv2.applyColorMap(np.linspace(20, 255, len(BodyPart), dtype=np.uint8)[:, None], cv2.COLORMAP_TURBO)[
    :, 0, ::-1
]
_MATERIAL_COLOURS = np.array(
    [
        (0, 0, 0),
        (255, 190, 150),
        (110, 70, 30),
        (255, 225, 120),
        (220, 50, 50),
        (50, 80, 220),
        (180, 60, 200),
        (60, 200, 90),
        (150, 150, 150),
    ],
    np.uint8,
)
_SHEET_HEIGHT = 420


def sheet(paths: list[Path], pose: PoseEstimator, parser: Parser) -> UInt8:
    """A contact sheet: of each photo the picture, its body parts and its materials, one above the other.

    Returns:
        uint8 RGB.
    """
    columns = []
    for seen in looked_at(paths, pose, parser):
        rows = [
            seen.image,
            _over(seen.image, seen.parts, _PART_COLOURS),
            _over(seen.image, seen.materials, _MATERIAL_COLOURS),
        ]
        width = max(1, round(seen.image.shape[1] * _SHEET_HEIGHT / seen.image.shape[0]))
        columns.append(
            np.vstack([cv2.resize(row, (width, _SHEET_HEIGHT), interpolation=cv2.INTER_AREA) for row in rows])
        )
    return np.hstack(columns)


def _over(image: UInt8, labels: UInt8, colours: UInt8) -> UInt8:
    painted = colours[labels] * 0.65 + image * 0.35
    return np.where(labels[..., None] > 0, painted, image * 0.35).astype(np.uint8)
