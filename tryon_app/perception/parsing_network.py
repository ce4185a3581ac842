"""Parsing by a network: body parts and materials around the person; where it cannot run, the outline alone."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from tryon_app.core.errors import ModelError, TryOnError
from tryon_app.core.protocols import Parser
from tryon_app.core.types import BodyPart, Float32, Frame, Labels, Material, Notice, Parsing, Pose, UInt8
from tryon_app.inference.manifest import Contract
from tryon_app.inference.running import Dispensable, RunningNetwork
from tryon_app.perception.appearance import told_apart
from tryon_app.perception.mirroring import in_a_mirror, with_mirror
from tryon_app.perception.parse_input import CHANNELS, HEIGHT, WIDTH, Crop, crop_around, encode

MODEL = "parsing"
CONTRACT = Contract(
    inputs={"picture": (1, CHANNELS, HEIGHT, WIDTH)},
    outputs={
        "parts": (1, len(BodyPart), HEIGHT // 2, WIDTH // 2),
        "materials": (1, len(Material), HEIGHT // 2, WIDTH // 2),
    },
)
"""What the network takes and gives; a cell of the maps covers 2 x 2 pixels of the input."""

_LONGEST_STEP_S = 0.2
"""Between two frames that belong together."""
_KEPT = 0.5
"""Share of the maps before, where nothing changed: two frames halve the flicker, more would trail."""
_MOVED = 0.25
"""Change of a probability from which on something really moved."""
_DEAR_S = 0.005
"""A run that takes less is worth it in every frame."""
_QUICK_S = 0.05
_LITTLE = 8.0
"""How far head, arms and hands may move in the crop while the network rests, pixels of its input."""
_UPPER_BODY = slice(0, 23)
_SLACK = 4.0
"""How far the edges of the crop may lie from where they should, pixels of the input: the network learned with that."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    timestamp_s: float
    scene: int
    size: tuple[int, int]
    crop: Crop
    labels: Labels
    placed: Float32
    fresh: bool

    def just_before(self, frame: Frame) -> bool:
        """Whether that frame belongs together with this one."""
        together = (self.scene, self.size) == (frame.scene, (frame.width, frame.height))
        return together and 0 < frame.timestamp_s - self.timestamp_s < _LONGEST_STEP_S


_STRANGE = ModelError("The parsing network was made for another version.", "Install the app again.")


def _worse(error: TryOnError) -> Notice:
    return Notice(f"Garments have coarser edges for now. {error.message}", error.remedy)


class NetworkParser:
    """Implements `core.protocols.Parser`, `RunsModels` and `GivesNotice`.

    The person's outline is another parser's work, and part of what the network is shown. When the network cannot be
    loaded or fails, the outline goes on without labels until the parser is opened anew, and `notices` says so. In a
    video, labels that hardly change are held still.

    Args:
        outline: Finds the outline; opened and closed with this one.
        network: With the contract `CONTRACT`; not opened yet.
        thorough: Ask the network about every frame. Otherwise, where a run takes long, it rests in every second frame
            of a quick video in which the person moves little: the labels then move along with the person.
        mirrored: Ask about the picture as a mirror shows it too, and take the mean: surer, but twice as long.
        clock: Seconds, for the length of a run.
    """

    def __init__(
        self,
        outline: Parser,
        network: RunningNetwork,
        thorough: bool = True,
        mirrored: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._outline = outline
        self._network = Dispensable(MODEL, network, CONTRACT, _STRANGE, _worse)
        self._thorough, self._mirrored = thorough, mirrored
        self._clock = clock
        self._took_s = 0.0
        self._before: _Seen | None = None

    @property
    def providers(self) -> Mapping[str, str]:
        """What runs the network; empty where nothing does."""
        return self._network.providers

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Why there are no labels, or that another provider had to take over."""
        return self._network.notices

    def open(self) -> None:
        """Load the network. Where that fails there are no labels: raises nothing of its own."""
        self._before = None
        self._outline.open()
        self._network.open()

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._before = None
        self._network.close()
        self._outline.close()

    def parse(self, frame: Frame, pose: Pose) -> Parsing:
        """See `core.protocols.Parser`."""
        parsing = self._outline.parse(frame, pose)
        if not self._network.running:
            return parsing
        crop = self._held(frame, crop_around(pose.points, pose.presence, frame.width, frame.height))
        placed = pose.points @ crop.matrix[:, :2].T + crop.matrix[:, 2]
        rested = self._rested(frame, placed)
        if rested is not None:
            labels = Labels(map_matrix(crop), rested.labels.parts, rested.labels.materials)
            self._before = replace(rested, timestamp_s=frame.timestamp_s, crop=crop, labels=labels, fresh=False)
            return Parsing(parsing.person, labels)
        # A mask that is full everywhere stands for none: the network knows that as another value.
        person = parsing.person if pose.person is not None or parsing.person.min() < 1.0 else None
        picture = encode(frame.image, person, pose.points, pose.presence, crop)
        start = self._clock()
        said = self._said(picture)
        if said is None:
            self._before = None
            return parsing
        self._took_s = self._clock() - start
        parts, materials = said
        labels = Labels(map_matrix(crop), parts, told_apart(_shown(picture), parts, materials))
        return Parsing(parsing.person, self._steadied(frame, crop, labels, placed))

    def _said(self, picture: Float32) -> tuple[Float32, Float32] | None:
        """Body parts and materials of the network's input; None where the network fails."""
        outputs = self._network.run({"picture": picture[None]})
        if outputs is None:
            return None
        parts, materials = outputs["parts"][0], outputs["materials"][0]
        other = self._network.run({"picture": in_a_mirror(picture)[None]}) if self._mirrored else None
        if other is None:
            return parts, materials
        parts = with_mirror(parts, other["parts"][0], parts=True)
        return parts, with_mirror(materials, other["materials"][0], parts=False)

    def _held(self, frame: Frame, crop: Crop) -> Crop:
        """The crop of the frame before where it still fits: what stands still is then seen in the same pixels."""
        past = self._before
        return past.crop if past is not None and past.just_before(frame) and _alike(past.crop, crop) else crop

    def _rested(self, frame: Frame, placed: Float32) -> "_Seen | None":
        """What was seen a moment ago, where that is good enough for this frame."""
        past = self._before
        if self._thorough or past is None or not past.fresh or self._took_s < _DEAR_S:
            return None
        if not past.just_before(frame) or frame.timestamp_s - past.timestamp_s >= _QUICK_S:
            return None
        moved = float(np.abs(placed[_UPPER_BODY] - past.placed[_UPPER_BODY]).max())
        return past if moved < _LITTLE else None

    def _steadied(self, frame: Frame, crop: Crop, labels: Labels, placed: Float32) -> Labels:
        """Flicker is averaged away; where something really moved, the new labels count, so that nothing trails."""
        past = self._before
        if past is not None and past.just_before(frame):
            labels = _mixed(labels, past.labels)
        size = frame.width, frame.height
        self._before = _Seen(frame.timestamp_s, frame.scene, size, crop, labels, placed, fresh=True)
        return labels


def _alike(one: Crop, other: Crop) -> bool:
    """Whether both look at the same place, but for a few pixels of the input."""
    corners = np.array([[0.0, 0.0], [WIDTH, HEIGHT]])
    seen = (corners - other.matrix[:, 2]) / other.scale
    return bool(np.abs(seen * one.scale + one.matrix[:, 2] - corners).max() < _SLACK)


def _shown(picture: Float32) -> UInt8:
    """What the maps show: uint8 RGB of their size."""
    size = WIDTH // 2, HEIGHT // 2
    small = cv2.merge([cv2.resize(channel, size, interpolation=cv2.INTER_AREA) for channel in picture[:3]])
    colours: UInt8 = cv2.convertScaleAbs(small + np.float32(0.5), alpha=255.0)
    return colours


def map_matrix(crop: Crop) -> Float32:
    """From a pixel of the frame to a cell of the maps: float32 2 x 3. Cells are two input pixels wide: cell =
    (pixel + 0.5) / 2 - 0.5.
    """
    matrix = crop.matrix * np.float32(0.5)
    matrix[:, 2] -= np.float32(0.25)
    return matrix


def _mixed(new: Labels, old: Labels) -> Labels:
    """The new labels with a share of the old ones, wherever they say nearly the same; each head decides for itself."""
    matrix = _between(old.matrix, new.matrix)
    return Labels(new.matrix, _blend(new.parts, old.parts, matrix), _blend(new.materials, old.materials, matrix))


def _between(old: Float32, new: Float32) -> Float32 | None:
    """From a cell of the new maps to one of the old; None where both look at the same place."""
    inverse = np.linalg.inv(np.vstack([new, [0.0, 0.0, 1.0]]))
    matrix = (np.asarray(old, np.float64) @ inverse).astype(np.float32)
    corners = np.array([[0.0, 0.0, 1.0], [WIDTH / 2, 0.0, 1.0], [0.0, HEIGHT / 2, 1.0], [WIDTH / 2, HEIGHT / 2, 1.0]])
    return None if np.abs(corners @ matrix.T - corners[:, :2]).max() < 0.02 else matrix


def _blend(new: Float32, old: Float32, matrix: Float32 | None) -> Float32:
    """Each cell a mixture of two distributions, so its sum stays 1."""
    if matrix is not None:
        old = _warped(old, matrix)
    change = old - new
    largest = np.maximum(change.max(axis=0), -change.min(axis=0))
    change *= np.clip(1.0 - largest / np.float32(_MOVED), 0.0, 1.0) * np.float32(_KEPT)
    change += new
    return change


def _warped(maps: Float32, matrix: Float32) -> Float32:
    """Maps as seen from another crop; beyond the edge, what was at the edge."""
    size = maps.shape[2], maps.shape[1]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    result = np.empty_like(maps)
    for channel, target in zip(maps, result, strict=True):
        cv2.warpAffine(channel, matrix, size, dst=target, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return result
