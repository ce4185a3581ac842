"""Drawn people, and what the parsing network would say of them."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from tryon_app.compositing.compositor import GarmentCompositor
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import BodyPart, Composite, Fit, Frame, Labels, Landmark, Material, Parsing, Pose, Worn, sided
from tryon_app.fitting.flat import FlatFitter
from tryon_app.garments.catalogue import Catalogue
from tryon_app.perception.parse_input import crop_around
from tryon_app.perception.scripted import ScriptedPose

CATALOGUE = Catalogue((resources_dir() / "garments",))
SKIN, CLOTH, WALL, TROUSERS, HAIR, STRAP, SHOE = (
    (205, 150, 120),
    (40, 70, 60),
    (190, 190, 185),
    (60, 60, 110),
    (50, 30, 20),
    (120, 20, 90),
    (30, 30, 30),
)
WIDTH, HEIGHT = 480, 640


@dataclass(frozen=True)
class Figure:
    """A drawn person, and what the network would say of them."""

    frame: Frame
    pose: Pose
    mask: np.ndarray
    labels: Labels
    sleeve_radius: float
    hair_end: tuple[int, int]
    hem_row: int
    collar_place: tuple[int, int]


class Drawing:
    """A picture with the labels of every pixel."""

    def __init__(self) -> None:
        self.image = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
        self.parts = np.zeros((HEIGHT, WIDTH), np.uint8)
        self.materials = np.zeros((HEIGHT, WIDTH), np.uint8)

    def stamp(self, mask: np.ndarray, colour: tuple[int, int, int], part: BodyPart, material: Material) -> None:
        inside = mask > 0
        self.image[inside], self.parts[inside], self.materials[inside] = colour, part, material

    def line(
        self, ends: np.ndarray, width: float, colour: tuple[int, int, int], part: BodyPart, material: Material
    ) -> None:
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        a, b = np.round(ends).astype(int).tolist()
        cv2.line(mask, a, b, 1, max(round(width), 1))
        self.stamp(mask, colour, part, material)

    def shape(self, corners: np.ndarray, colour: tuple[int, int, int], part: BodyPart, material: Material) -> None:
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
        self.stamp(mask, colour, part, material)

    def labels(self, pose: Pose) -> Labels:
        crop = crop_around(pose.points, pose.presence, WIDTH, HEIGHT).matrix
        matrix = 0.5 * crop
        matrix[:, 2] -= 0.25
        maps = [
            np.stack([shrunk(labels == index, matrix) for index in range(count)])
            for labels, count in ((self.parts, len(BodyPart)), (self.materials, len(Material)))
        ]
        parts, materials = (np.asarray(each / each.sum(axis=0), np.float32) for each in maps)
        return Labels(matrix.astype(np.float32), parts, materials)


def shrunk(mask: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """One label at the network's size, as soft as the network would give it."""
    fine = 4.0 * matrix
    fine[:, 2] += 1.5
    large = cv2.warpAffine(mask.astype(np.float32), fine, (384, 512), borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(large, (96, 128), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8) + 1e-4)


def _draw_skirt(drawing: Drawing, p: np.ndarray, unit: float, flare: float) -> None:
    """To below the knees, on bare shins."""
    down = np.array([0.0, 0.25 * unit], np.float32)
    knees = p[sided(1, "KNEE") + sided(-1, "KNEE")]
    for side, thigh, shin in (
        (1, BodyPart.LEFT_THIGH, BodyPart.LEFT_SHIN),
        (-1, BodyPart.RIGHT_THIGH, BodyPart.RIGHT_SHIN),
    ):
        hip, knee, ankle = p[sided(side, "HIP", "KNEE", "ANKLE")]
        out = np.array([side * unit, 0.0], np.float32)
        drawing.line(np.stack([knee, ankle]), 0.36 * unit, SKIN, shin, Material.SKIN)
        middle = p[sided(1, "HIP") + sided(-1, "HIP")].mean(axis=0)
        corners = [middle, hip + 0.2 * out, knee + flare * out + down, knees.mean(axis=0) + down]
        drawing.shape(np.stack(corners), TROUSERS, thigh, Material.LOWER)


def _draw_hood(drawing: Drawing, middle: np.ndarray, unit: float) -> None:
    """On both sides of the neck."""
    for side in (1, -1):
        foot = middle + np.array([side * 0.3 * unit, 0.0], np.float32)
        top = foot - np.array([0.0, 0.24 * unit], np.float32)
        drawing.line(np.stack([top, foot]), 0.3 * unit, CLOTH, BodyPart.TORSO, Material.UPPER)


def figure(
    moved: dict[Landmark, tuple[float, float]] | None = None,
    *,
    sleeves: float,
    loose: float = 1.05,
    hair: bool = False,
    strap: bool = False,
    collar: bool = False,
    hem: float = 0.0,
    hood: bool = False,
    skirt: float = 0.0,
) -> Figure:
    """Somebody in a dark green top and blue trousers before a grey wall.

    Args:
        moved: Landmarks that are elsewhere.
        sleeves: How far down the arms the old top goes: 0, 1 the elbow, 2 the wrist.
        loose: Width of its sleeves in arms.
        hair: Long hair over the left side of the chest.
        strap: A bag's strap across the chest.
        collar: The old top goes up to the chin.
        hem: How far below the hips it hangs, in body heights.
        hood: It has a hood, which stands beside the neck.
        skirt: A skirt to below the knees instead of the trousers, and how far it flares, in shoulder widths.
    """
    poser = ScriptedPose()
    poser.open("image")
    pose = poser.estimate(Frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
    assert pose is not None
    p = pose.points.copy()
    for landmark, place in (moved or {}).items():
        p[landmark] = place
    pose = replace(pose, points=p)
    unit = float(np.linalg.norm(p[11] - p[12]))
    arm = 0.26 * unit
    drawing = Drawing()
    shoulders, hips = p[[11, 12]], p[[23, 24]]
    middle, bottom = shoulders.mean(axis=0), hips.mean(axis=0)
    for side, thigh, shin, foot in (
        (1, BodyPart.LEFT_THIGH, BodyPart.LEFT_SHIN, BodyPart.LEFT_FOOT),
        (-1, BodyPart.RIGHT_THIGH, BodyPart.RIGHT_SHIN, BodyPart.RIGHT_FOOT),
    ):
        hip, knee, ankle = p[sided(side, "HIP", "KNEE", "ANKLE")]
        drawing.line(np.stack([knee, ankle]), 0.34 * unit, TROUSERS, shin, Material.LOWER)
        drawing.line(np.stack([hip, knee]), 0.46 * unit, TROUSERS, thigh, Material.LOWER)
        drawing.line(p[sided(side, "HEEL", "FOOT_INDEX")], 0.2 * unit, SHOE, foot, Material.SHOES)
    drawing.line(hips, 0.4 * unit, TROUSERS, BodyPart.TORSO, Material.LOWER)
    down = np.array([0.0, hem * HEIGHT], np.float32)
    aside = np.array([0.2 * unit, 0.0], np.float32)
    drawing.line(shoulders, 0.26 * unit, CLOTH, BodyPart.TORSO, Material.UPPER)
    trunk = np.stack([shoulders[0] + aside, shoulders[1] - aside, hips[1] - aside + down, hips[0] + aside + down])
    drawing.shape(trunk, CLOTH, BodyPart.TORSO, Material.UPPER)
    if skirt:
        _draw_skirt(drawing, p, unit, skirt)
    if hood:
        _draw_hood(drawing, middle, unit)
    neck = np.stack([p[Landmark.NOSE], middle])
    drawing.line(neck, 0.34 * unit, SKIN, BodyPart.TORSO, Material.SKIN)
    if collar:
        drawing.line(
            np.stack([0.45 * p[0] + 0.55 * middle, middle]), 0.34 * unit, CLOTH, BodyPart.TORSO, Material.UPPER
        )
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(mask, np.round(p[0]).astype(int).tolist(), (round(0.23 * unit), round(0.31 * unit)), 0, 0, 360, 1, -1)
    drawing.stamp(mask, SKIN, BodyPart.HEAD, Material.FACE)
    hair_end = p[Landmark.LEFT_SHOULDER] * (0.72, 1.0) + middle * (0.28, 0.0) + (0.0, 0.45 * unit)
    if hair:
        start = p[Landmark.NOSE] + (0.23 * unit, -0.1 * unit)
        turn = np.array([hair_end[0], middle[1] - 0.2 * unit])
        drawing.line(np.stack([start, turn]), 0.2 * unit, HAIR, BodyPart.HEAD, Material.HAIR)
        drawing.line(np.stack([turn, hair_end]), 0.22 * unit, HAIR, BodyPart.HEAD, Material.HAIR)
    if strap:
        ends = np.stack([shoulders[0] - aside, hips[1]])
        drawing.line(ends, 0.13 * unit, STRAP, BodyPart.TORSO, Material.OTHER)
    for side, names in (
        (1, (BodyPart.LEFT_UPPER_ARM, BodyPart.LEFT_FOREARM, BodyPart.LEFT_HAND)),
        (-1, (BodyPart.RIGHT_UPPER_ARM, BodyPart.RIGHT_FOREARM, BodyPart.RIGHT_HAND)),
    ):
        shoulder, elbow, wrist, index = p[sided(side, "SHOULDER", "ELBOW", "WRIST", "INDEX")]
        bones = (shoulder, elbow, names[0]), (elbow, wrist, names[1])
        for start, end, part in bones:
            drawing.line(np.stack([start, end]), arm if part == names[0] else 0.8 * arm, SKIN, part, Material.SKIN)
        for bone, (start, end, part) in enumerate(bones):
            share = min(max(sleeves - bone, 0.0), 0.97)
            if share > 0:
                cloth = np.stack([start, start + share * (end - start)])
                drawing.line(cloth, loose * arm, CLOTH, part, Material.UPPER)
        drawing.line(np.stack([wrist, index]), 0.7 * arm, SKIN, names[2], Material.SKIN)
    rng = np.random.default_rng(5)
    image = np.clip(drawing.image + rng.normal(0, 3, drawing.image.shape), 0, 255).astype(np.uint8)
    image.flags.writeable = False
    person = (drawing.materials > 0).astype(np.float32)
    place = 0.3 * p[0] + 0.7 * middle
    return Figure(
        Frame(image),
        replace(pose, person=person),
        person,
        drawing.labels(pose),
        0.5 * loose * arm,
        (round(float(hair_end[1])), round(float(hair_end[0]))),
        round(float((bottom + down)[1])),
        (round(float(place[1])), round(float(place[0]))),
    )


def dress(
    person: Figure, garment_id: str, labels: Labels | None, *, compositor: GarmentCompositor | None = None
) -> Composite:
    fit = fit_of(person, garment_id)
    parsing = Parsing(person.mask, labels)
    return (compositor or GarmentCompositor()).composite(person.frame, person.pose, parsing, fit)


def fit_of(person: Figure, garment_id: str) -> Fit:
    worn = (Worn(CATALOGUE.load(garment_id)),)
    return FlatFitter().fit(person.frame, person.pose, Parsing(person.mask), worn)


def at(person: Figure, share: float, start: Landmark, end: Landmark) -> tuple[int, int]:
    """Row and column of a place between two landmarks."""
    p = person.pose.points
    x, y = p[start] + share * (p[end] - p[start])
    return round(float(y)), round(float(x))
