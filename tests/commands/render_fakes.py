"""A pipeline without models, garments without an importer: what is tested is what `tryon render` does around them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tryon_app.core.errors import GarmentError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.stills import read_rgba
from tryon_app.core.types import (
    Category,
    Composite,
    Fit,
    Frame,
    Garment,
    GarmentFit,
    GarmentView,
    Mode,
    Notice,
    Outfit,
    Parsing,
    Pose,
    Rect,
    Size,
    Slot,
    UInt8,
)

PATCH = Rect(8, 6, 20, 14)


@dataclass
class FakePose:
    """Sees a person in every picture that is not black; raises what it is told to for a colour in the corner."""

    opened: list[Mode] = field(default_factory=list)
    resets: int = 0
    seen: list[tuple[int, int]] = field(default_factory=list)
    raises: dict[tuple[int, int, int], Callable[[], BaseException]] = field(default_factory=dict)

    def open(self, mode: Mode) -> None:
        self.opened.append(mode)

    def estimate(self, frame: Frame) -> Pose | None:
        self.seen.append((frame.width, frame.height))
        for colour, error in self.raises.items():
            if np.abs(frame.image[0, 0].astype(int) - colour).max() < 6:  # a codec changes a colour a little
                raise error()
        if frame.image.max() < 20:
            return None
        zeros = np.zeros(33, np.float32)
        return Pose(np.zeros((33, 2), np.float32), zeros, np.zeros((33, 3), np.float32), zeros, zeros)

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        pass


@dataclass
class FakeParser:
    """Has `said` to say from the start, and `said_later` from the second frame on."""

    said: tuple[Notice, ...] = ()
    said_later: tuple[Notice, ...] = ()
    frames: int = 0

    @property
    def notices(self) -> tuple[Notice, ...]:
        return self.said + (self.said_later if self.frames > 1 else ())

    def open(self) -> None:
        pass

    def parse(self, frame: Frame, pose: Pose) -> Parsing:
        self.frames += 1
        return Parsing(np.ones((8, 8), np.float32))

    def close(self) -> None:
        pass


class FakeFitter:
    def fit(self, frame: Frame, pose: Pose, parsing: Parsing, outfit: Outfit) -> Fit:
        return Fit(tuple(GarmentFit(worn, worn.garment.front, ()) for worn in outfit))

    def reset(self) -> None:
        pass


class FakeCompositor:
    """Draws `PATCH` in the first garment's colour at half strength; bottoms are never in the picture."""

    def watch(self, frame: Frame) -> None:
        pass

    def composite(self, frame: Frame, pose: Pose, parsing: Parsing, fit: Fit) -> Composite:
        garment = fit.garments[0].worn.garment
        if garment.slot is Slot.BOTTOM:
            return Composite(frame.image, messages=(f"{garment.id}: the legs are not in the picture",))
        colour = garment.front.rgba[0, 0, :3]
        layer = np.zeros((PATCH.height, PATCH.width, 4), np.uint8)
        layer[..., :3], layer[..., 3] = np.rint(colour * (128 / 255)), 128
        image = frame.image.copy()
        under = image[PATCH.slices].astype(np.float32)
        image[PATCH.slices] = (under * (127 / 255) + colour * (128 / 255)).astype(np.uint8)
        image.flags.writeable = False
        return Composite(image, roi=PATCH, layer_roi=layer)

    def reset(self) -> None:
        pass


@dataclass
class FakeWorld:
    """What the composition root is replaced by."""

    pose: FakePose = field(default_factory=FakePose)
    parser: FakeParser = field(default_factory=FakeParser)
    networks: list[bool] = field(default_factory=list)
    built: int = 0
    imports: Counter[tuple[str, Slot | None]] = field(default_factory=Counter)
    catalogue: dict[str, Garment] = field(default_factory=dict)

    def build_pipeline(
        self, settings: object = None, progress: object = None, networks: bool = True, thorough: bool = False
    ) -> Pipeline:
        self.built += 1
        self.networks.append(networks)
        return Pipeline(self.pose, self.parser, FakeFitter(), FakeCompositor())

    def import_photo(self, photo: Path, slot: Slot | None = None) -> Garment:
        self.imports[photo.name, slot] += 1
        rgba, _ = read_rgba(photo)
        if rgba[..., :3].min() > 250:
            raise GarmentError(f"No garment was found in {photo.name}.", "Use a photo of one garment.")
        return garment(photo.stem, rgba, slot or Slot.TOP)

    def ids(self) -> list[str]:
        return list(self.catalogue)

    def load(self, garment_id: str) -> Garment:
        return self.catalogue[garment_id]


def garment(name: str, rgba: UInt8, slot: Slot = Slot.TOP, sizes: tuple[str, ...] = ()) -> Garment:
    category = Category.TROUSERS if slot is Slot.BOTTOM else Category.TEE
    return Garment(name, {"en": name}, slot, category, GarmentView(rgba, {}), sizes=tuple(Size(s) for s in sizes))
