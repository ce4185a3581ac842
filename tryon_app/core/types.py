"""The data page of the project: frozen values that travel through the pipeline.

Conventions everywhere: pictures are uint8 RGB, H x W x 3, C-contiguous, read-only once published; coordinates are
pixels, x right, y down, pixel centres at whole numbers; a limb is "left" when it is the person's own left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

UInt8 = NDArray[np.uint8]
Float32 = NDArray[np.float32]
Point = tuple[float, float]


class Slot(StrEnum):
    """Where on the body a garment goes."""

    TOP = "top"
    BOTTOM = "bottom"
    DRESS = "dress"
    OUTER = "outer"


class Category(StrEnum):
    """What a garment is; decides its key points and how it hangs."""

    TEE = "tee"
    LONGSLEEVE = "longsleeve"
    SHIRT = "shirt"
    TANK = "tank"
    HOODIE = "hoodie"
    SWEATER = "sweater"
    JACKET = "jacket"
    DRESS = "dress"
    SKIRT = "skirt"
    TROUSERS = "trousers"
    SHORTS = "shorts"
    OVERALLS = "overalls"


CATEGORY_SLOT: Mapping[Category, Slot] = {
    Category.TEE: Slot.TOP,
    Category.LONGSLEEVE: Slot.TOP,
    Category.SHIRT: Slot.TOP,
    Category.TANK: Slot.TOP,
    Category.HOODIE: Slot.TOP,
    Category.SWEATER: Slot.TOP,
    Category.JACKET: Slot.OUTER,
    Category.DRESS: Slot.DRESS,
    Category.SKIRT: Slot.BOTTOM,
    Category.TROUSERS: Slot.BOTTOM,
    Category.SHORTS: Slot.BOTTOM,
    Category.OVERALLS: Slot.BOTTOM,
}


class KeyPoint(StrEnum):
    """Key points of a garment photo. Left is the wearer's left: the right half of a front photo.

    Tops and dresses: collar (where neckline and shoulder seam meet), neck_front (lowest point of the front neckline, on
    the centre line), neck_back (back neckline on the centre line), shoulder (tip of the shoulder seam), armpit, cuff
    outer and inner, waist (narrowest, dresses only), hem left and right. A sleeveless top has no cuffs. A strap top has
    collar and shoulder at the upper edge of each strap (inner, outer). Bottoms: waist left and right, hip (widest above
    the crotch), crotch, ankle outer and inner (the hem of each leg); a skirt has waist, hip and hem.
    """

    COLLAR_LEFT = "collar_left"
    COLLAR_RIGHT = "collar_right"
    NECK_FRONT = "neck_front"
    NECK_BACK = "neck_back"
    SHOULDER_LEFT = "shoulder_left"
    SHOULDER_RIGHT = "shoulder_right"
    ARMPIT_LEFT = "armpit_left"
    ARMPIT_RIGHT = "armpit_right"
    CUFF_OUTER_LEFT = "cuff_outer_left"
    CUFF_OUTER_RIGHT = "cuff_outer_right"
    CUFF_INNER_LEFT = "cuff_inner_left"
    CUFF_INNER_RIGHT = "cuff_inner_right"
    WAIST_LEFT = "waist_left"
    WAIST_RIGHT = "waist_right"
    HIP_LEFT = "hip_left"
    HIP_RIGHT = "hip_right"
    HEM_LEFT = "hem_left"
    HEM_RIGHT = "hem_right"
    CROTCH = "crotch"
    ANKLE_OUTER_LEFT = "ankle_outer_left"
    ANKLE_OUTER_RIGHT = "ankle_outer_right"
    ANKLE_INNER_LEFT = "ankle_inner_left"
    ANKLE_INNER_RIGHT = "ankle_inner_right"


class Landmark(IntEnum):
    """MediaPipe's 33 pose landmarks."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


def sided(side: int, *names: str) -> list[Landmark]:
    """Landmarks of one side of the body, in the order of their names.

    Args:
        side: +1 left, -1 right.
        names: Such as "SHOULDER".
    """
    return [Landmark[f"{'LEFT' if side > 0 else 'RIGHT'}_{name}"] for name in names]


class BodyPart(IntEnum):
    """Labels of the body-part map."""

    BACKGROUND = 0
    HEAD = 1
    TORSO = 2
    LEFT_UPPER_ARM = 3
    RIGHT_UPPER_ARM = 4
    LEFT_FOREARM = 5
    RIGHT_FOREARM = 6
    LEFT_HAND = 7
    RIGHT_HAND = 8
    LEFT_THIGH = 9
    RIGHT_THIGH = 10
    LEFT_SHIN = 11
    RIGHT_SHIN = 12
    LEFT_FOOT = 13
    RIGHT_FOOT = 14


ARM_PARTS: Mapping[int, tuple[BodyPart, BodyPart, BodyPart]] = {
    1: (BodyPart.LEFT_UPPER_ARM, BodyPart.LEFT_FOREARM, BodyPart.LEFT_HAND),
    -1: (BodyPart.RIGHT_UPPER_ARM, BodyPart.RIGHT_FOREARM, BodyPart.RIGHT_HAND),
}
"""Side, +1 left, -1 right -> the parts of that arm, downwards."""


class Material(IntEnum):
    """Labels of the material map."""

    BACKGROUND = 0
    SKIN = 1
    HAIR = 2
    FACE = 3
    UPPER = 4
    LOWER = 5
    DRESS = 6
    SHOES = 7
    OTHER = 8


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know about how the app runs, as long as it holds: what, and what to do about it."""

    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Rect:
    """Whole-pixel box: x0 <= x < x1, y0 <= y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.y1 - self.y0

    @property
    def empty(self) -> bool:
        """Whether no pixel is inside."""
        return self.x1 <= self.x0 or self.y1 <= self.y0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the box in an H x W array."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def clipped(self, width: int, height: int) -> "Rect":
        """The part inside a picture of that size (may be empty)."""
        return Rect(max(self.x0, 0), max(self.y0, 0), min(self.x1, width), min(self.y1, height))

    def union(self, other: "Rect") -> "Rect":
        """The smallest box around both; an empty one adds nothing."""
        if self.empty or other.empty:
            return other if self.empty else self
        return Rect(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a source.

    Attributes:
        image: uint8 RGB, H x W x 3, read-only.
        index: Count from 0 within the source, dropped frames included.
        timestamp_s: Seconds, rising strictly within a source: media time for files, monotonic clock for cameras.
        captured_s: `time.perf_counter()` when the frame was handed over; latency counts from here.
        scene: Rises when the source jumps (a file starts again, the next picture of a slideshow): forget the past.
    """

    image: UInt8
    index: int = 0
    timestamp_s: float = 0.0
    captured_s: float = 0.0
    scene: int = 0

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.image.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person's landmarks.

    Attributes:
        points: float32 33 x 2, pixels of the frame (may lie outside it).
        depth: float32 33, pixels at the scale of `points`, smaller is nearer the camera, 0 between the hips.
        world: float32 33 x 3, metres, origin between the hips, x right, y down, z away from the camera.
        visibility: float32 33, 0..1: in the picture and not hidden.
        presence: float32 33, 0..1: in the picture, perhaps hidden.
        person: float32 h x w, 0..1, this person's soft mask over the whole frame at a resolution of its own, or None.
    """

    points: Float32
    depth: Float32
    world: Float32
    visibility: Float32
    presence: Float32
    person: Float32 | None = None


def _together(maps: Float32, wanted: tuple[int, ...]) -> Float32:
    """The sum of some maps, a new array: map by map, which is far quicker than numpy's sum over picked ones."""
    total: Float32 = maps[wanted[0]].copy()
    for index in wanted[1:]:
        total += maps[index]
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What the parsing network says of a part of the frame.

    Attributes:
        matrix: float32 2 x 3, from a pixel of the frame to a pixel of the maps.
        parts: float32 15 x h x w, 0..1: how likely each `BodyPart` is; the sum over all is 1.
        materials: float32 9 x h x w, 0..1: how likely each `Material` is; the sum over all is 1.
    """

    matrix: Float32
    parts: Float32
    materials: Float32

    def part(self, *wanted: BodyPart) -> Float32:
        """How likely it is one of these parts: float32 h x w, 0..1."""
        return _together(self.parts, wanted)

    def material(self, *wanted: Material) -> Float32:
        """How likely it is one of these materials: float32 h x w, 0..1."""
        return _together(self.materials, wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Parsing:
    """What each pixel is.

    Attributes:
        person: float32 h x w, 0..1, over the whole frame at a resolution of its own.
        labels: What the parsing network says, or None where none ran.
    """

    person: Float32
    labels: Labels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Perception:
    """What was seen in a frame before anything is dressed.

    Attributes:
        pose: The person to dress; None when nobody is there.
        parsing: None when nobody is there or nothing is worn.
        stages: Stage -> seconds spent on this frame.
    """

    pose: Pose | None = None
    parsing: Parsing | None = None
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class GarmentView:
    """One photo of a garment, cut out.

    Attributes:
        rgba: uint8 H x W x 4, straight alpha; colours are bled outwards under alpha 0 so that edges have no halo.
        keypoints: `KeyPoint` -> (x, y) in pixels of `rgba`.
    """

    rgba: UInt8
    keypoints: Mapping[KeyPoint, Point]


@dataclass(frozen=True, slots=True)
class Size:
    """Measurements of one size, lying flat, in cm; 0 = unknown.

    `chest`, `waist` and `hip` are flat widths (half the circumference). `length` runs from the collar point (tops,
    dresses) or the waist (bottoms) to the hem; `sleeve` from shoulder tip to cuff; `shoulder` from tip to tip.
    """

    name: str
    chest: float = 0.0
    waist: float = 0.0
    hip: float = 0.0
    length: float = 0.0
    sleeve: float = 0.0
    shoulder: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Garment:
    """A garment ready to be worn.

    Attributes:
        id: Folder name in the catalogue, or the photo's stem for a photo given directly.
        name: Language code ("en", "zh_CN") -> name.
        layer: Draw order within an outfit, smaller first (a tee 10, a jacket 30).
        sizes: In rising order; empty when unknown: then the category's usual ease is used.
        default_size: Name of the size to start with, "" when there are none.
        licence: SPDX expression of the pictures.
        colour: Main colour as "#rrggbb", for the catalogue's filters.
    """

    id: str
    name: Mapping[str, str]
    slot: Slot
    category: Category
    front: GarmentView
    back: GarmentView | None = None
    layer: int = 10
    sizes: tuple[Size, ...] = ()
    default_size: str = ""
    licence: str = ""
    colour: str = ""

    def size(self, name: str | None) -> Size | None:
        """The named size, the default one for None, None where sizes are unknown.

        Raises:
            KeyError: The garment has sizes and `name` is none of them.
        """
        if not self.sizes:
            return None
        wanted = name or self.default_size or self.sizes[len(self.sizes) // 2].name
        for size in self.sizes:
            if size.name == wanted:
                return size
        raise KeyError(wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Worn:
    """A garment in a size; a tuple of these is an outfit."""

    garment: Garment
    size: str | None = None


Outfit = tuple[Worn, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FitPiece:
    """One separately moving piece of a garment on the person (torso, a sleeve, a leg), ready to be sampled.

    Attributes:
        name: "torso", "sleeve_left", "back_collar", ...
        roi: Box of the frame that the piece may touch.
        flow: float32 h x w x 2, at `roi` size divided by `step` (rounded up): photo pixel (x, y) seen at frame pixel
            (roi.x0 + step * column, roi.y0 + step * row); NaN-free, far outside the photo where nothing lands.
        step: Frame pixels between flow samples.
        weight: float32 H x W over the photo, 0..1: how much of the photo belongs to this piece; None = all of it.
        behind: True when the piece is drawn behind the person (the inside of a back collar).
        reach: Of a sleeve: how far down the arm it goes, 0 the shoulder, 1 the elbow, 2 the wrist.
        cut: (a, b, c): only photo pixels (x, y) with a x + b y <= c are seen; a and b are a unit vector. The rest is
            tucked in. None = all are.
        torn: uint8 h x w, 1 where the piece lies on itself between a sample and those to its right and below: the flow
            leaps from one layer to the other, and nothing in between is seen. None = nowhere.
    """

    name: str
    roi: Rect
    flow: Float32
    step: int
    weight: Float32 | None = None
    behind: bool = False
    reach: float = 0.0
    cut: tuple[float, float, float] | None = None
    torn: UInt8 | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shading:
    """Light and shade of a garment by the way it lies.

    Attributes:
        matrix: float32 2 x 3, from a pixel of the frame to a pixel of the maps.
        factor: float32 h x w, what to multiply the garment by, around 1.
        cover: float32 h x w, 0..1, where the garment is.
    """

    matrix: Float32
    factor: Float32
    cover: Float32


@dataclass(frozen=True, slots=True, eq=False)
class GarmentFit:
    """One garment on the person.

    Attributes:
        worn: The garment, and in which size.
        view: Its side that is seen.
        pieces: In drawing order, first drawn first; none where it is not seen.
        message: Why it is not.
        shading: How the pieces are shaded, if known.
        alike: How likely this very garment is worn already, 0..1.
    """

    worn: Worn
    view: GarmentView
    pieces: tuple[FitPiece, ...]
    message: str = ""
    shading: Shading | None = None
    alike: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """All garments of an outfit in drawing order; a garment that is not seen has no pieces and says why."""

    garments: tuple[GarmentFit, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """The finished picture.

    Attributes:
        image: uint8 RGB of the frame's size, read-only.
        roi: Box that differs from the frame; empty when nothing was drawn.
        layer_roi: uint8 RGBA of `roi`'s size, premultiplied alpha: the garments as they stand in the picture.
        messages: What a person should know, e.g. "trousers: the legs are not in the picture".
        stages: Stage -> seconds spent on this frame.
        person: Whether somebody was found.
    """

    image: UInt8
    roi: Rect = Rect(0, 0, 0, 0)
    layer_roi: UInt8 | None = None
    messages: tuple[str, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    person: bool = False

    def layer(self) -> UInt8:
        """The garments alone: uint8 RGBA of the frame's size, straight alpha."""
        full = np.zeros((*self.image.shape[:2], 4), np.uint8)
        if self.layer_roi is not None and not self.roi.empty:
            straight = full[self.roi.slices]
            alpha = self.layer_roi[..., 3:]
            colour = self.layer_roi[..., :3] * (255.0 / np.maximum(alpha, 1))
            straight[..., :3] = np.where(alpha > 0, np.minimum(np.round(colour), 255), 0)
            straight[..., 3:] = alpha
        return full


Mode = Literal["image", "video"]
