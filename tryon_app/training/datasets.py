"""From stored samples to batches for the parsing network, with everything that goes wrong in front of a real camera.

The input is made by `perception.parse_input`, the code that makes it from a camera: training sees what use sees.
"""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, Landmark, Material, UInt8
from tryon_app.perception import parse_input
from tryon_app.perception.mirroring import LANDMARK_MIRROR, PART_MIRROR
from tryon_app.training.augment import (
    Random,
    camera_flaws,
    erring_landmarks,
    flawed_mask,
    something_in_front,
    torso_length,
)
from tryon_app.training.hair import grown
from tryon_app.training.hoods import hooded
from tryon_app.training.redress import Fabrics, redressed
from tryon_app.training.shards import Sample, SampleStore, decode_array, decode_picture

SIDES = ("before", "after")
PARSE_MEMBERS = (
    "points.npy",
    "visible.npy",
    *(f"{side}.{kind}" for side in SIDES for kind in ("jpg", "parts.png", "materials.png")),
)
MAP_WIDTH, MAP_HEIGHT = parse_input.WIDTH // 2, parse_input.HEIGHT // 2
_GROWN, _HOODED = 0.25, 0.2
"""Shares of people who get long hair, and a hood."""
_HIPS = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
_TOPS_END = 0.25
"""How far below the hips tops may end, in lengths of the torso."""
_MASK_STEP = 2
"""Frame pixels for one of the mask's: about the resolution of MediaPipe's."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A synthetic frame and the truth about it.

    Attributes:
        image: uint8 RGB H x W x 3.
        parts: uint8 H x W, `BodyPart`.
        materials: uint8 H x W, `Material`.
        points: float32 33 x 2, pixels.
        visible: float32 33: 1 in sight, 0.5 hidden, 0 outside.
    """

    image: UInt8
    parts: UInt8
    materials: UInt8
    points: Float32
    visible: Float32


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """What the network gets and what it should say.

    Attributes:
        picture: float32 `parse_input.CHANNELS` x 256 x 192.
        parts: uint8 128 x 96, `BodyPart`.
        materials: uint8 128 x 96, `Material`.
    """

    picture: Float32
    parts: UInt8
    materials: UInt8


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Examples of one training step, stacked; see `Example`."""

    step: int
    picture: Float32
    parts: NDArray[np.int64]
    materials: NDArray[np.int64]


def scene(sample: Sample, side: str) -> Scene:
    """One frame of a pair.

    Args:
        sample: Members of the pair.
        side: "before" or "after".

    Raises:
        InputError: A member is damaged.
    """
    return Scene(
        image=decode_picture(sample[f"{side}.jpg"]),
        parts=decode_picture(sample[f"{side}.parts.png"]),
        materials=decode_picture(sample[f"{side}.materials.png"]),
        points=decode_array(sample["points.npy"]),
        visible=decode_array(sample["visible.npy"]),
    )


def example(shown: Scene, random: Random | None = None, fabrics: Fabrics | None = None) -> Example:
    """What the network gets to see of a frame.

    Args:
        shown: The frame.
        random: Where the flaws come from; None = the frame as it is, with true landmarks and the true person mask.
        fabrics: To dress the person in other cloth; None = as they are.
    """
    if random is not None:
        shown = _moved(random, shown)
        if fabrics is not None:
            if random.random() < _GROWN:
                grown(random, shown.image, shown.parts, shown.materials, shown.points)
            redressed(random, fabrics, shown.image, shown.parts, shown.materials, shown.points)
            if random.random() < _HOODED:
                hooded(random, shown.image, shown.parts, shown.materials, shown.points)
        if random.random() < 0.18:
            something_in_front(random, shown.image, shown.parts, shown.materials, shown.points)
    shown = _untold(shown)
    height, width = shown.parts.shape
    if random is None:
        points, presence, mask, image = shown.points, _presence(shown), _mask(shown), shown.image
        person: Float32 | None = mask.astype(np.float32) / 255.0
    else:
        points, presence = erring_landmarks(random, shown.points, shown.visible, width, height)
        hair = np.ascontiguousarray(shown.materials[::_MASK_STEP, ::_MASK_STEP] == Material.HAIR).view(np.uint8)
        person = flawed_mask(random, _mask(shown), hair, shown.points * np.float32(1.0 / _MASK_STEP))
        image = camera_flaws(random, shown.image)
    crop = parse_input.crop_around(points, presence, width, height)
    if random is not None:
        crop = _shaken(random, crop)
    to_maps = np.array([[0.5, 0.0, -0.25], [0.0, 0.5, -0.25]]) @ np.vstack([crop.matrix, [0.0, 0.0, 1.0]])
    return Example(
        picture=parse_input.encode(image, person, points, presence, crop),
        parts=_labels(shown.parts, to_maps, (MAP_WIDTH, MAP_HEIGHT)),
        materials=_labels(shown.materials, to_maps, (MAP_WIDTH, MAP_HEIGHT)),
    )


def _untold(shown: Scene) -> Scene:
    """Where the frame ends about the hips nothing tells a dress from a top: it is labelled as one, as people do."""
    lowest = shown.points[_HIPS, 1].mean() + _TOPS_END * torso_length(shown.points)
    if lowest < shown.materials.shape[0]:
        return shown
    tops = np.where(shown.materials == Material.DRESS, np.uint8(Material.UPPER), shown.materials)
    return replace(shown, materials=tops)


def _presence(shown: Scene) -> Float32:
    return np.where(shown.visible > 0, np.float32(1.0), np.float32(0.0))


def _mask(shown: Scene) -> UInt8:
    """The true person mask, 0 or 255: things held count as MediaPipe counts them, which is mostly not at all."""
    return np.where(shown.parts[::_MASK_STEP, ::_MASK_STEP] > 0, np.uint8(255), np.uint8(0))


def _labels(labels: UInt8, matrix: NDArray[np.floating], size: tuple[int, int]) -> UInt8:
    return cv2.warpAffine(labels, matrix, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)


def _moved(random: Random, shown: Scene) -> Scene:
    """The same person mirrored, tilted, nearer or farther, and cut by the frame elsewhere."""
    height, width = shown.parts.shape
    flip = random.random() < 0.5
    tilt = float(random.normal(0.0, 7.0)) if random.random() < 0.5 else 0.0
    scale = float(np.exp(random.uniform(-0.35, 0.15)))
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2.0, height / 2.0), tilt, scale), [0.0, 0.0, 1.0]])
    if flip:
        matrix = matrix @ np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    points, visible = shown.points, shown.visible
    if flip:
        points, visible = points[LANDMARK_MIRROR], visible[LANDMARK_MIRROR]
    placed = points @ matrix[:2, :2].T + matrix[:2, 2]
    corners = np.array([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]]) @ matrix[:2, :2].T
    corners += matrix[:2, 2]
    low, high = corners.min(axis=0), corners.max(axis=0)
    low, high = _cut(random, placed.astype(np.float32), low, high)
    matrix[:2, 2] -= low
    size = int(max(high[0] - low[0], 32)), int(max(high[1] - low[1], 32))
    placed = placed - low
    inside = ((placed >= 0) & (placed < size)).all(axis=1)
    parts = _labels(shown.parts, matrix[:2], size)
    return Scene(
        image=cv2.warpAffine(
            shown.image,
            matrix[:2],
            size,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(128,) * 3,
        ),
        parts=PART_MIRROR.astype(np.uint8)[parts] if flip else parts,
        materials=_labels(shown.materials, matrix[:2], size),
        points=placed.astype(np.float32),
        visible=np.where(inside, visible, np.float32(0.0)).astype(np.float32),
    )


def _cut(
    random: Random, points: Float32, low: NDArray[np.floating], high: NDArray[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Another frame around the person: often only the upper half, as in front of a webcam."""
    torso = torso_length(points)
    shoulders, hips = points[[11, 12]].mean(axis=0), points[[23, 24]].mean(axis=0)
    low, high = low.copy(), high.copy()
    if random.random() < 0.4:  # from just above the waist to the knees
        bottom = shoulders[1] + random.uniform(0.6, 2.2) * max(float(hips[1] - shoulders[1]), 0.6 * torso)
        high[1] = min(high[1], bottom)
    if random.random() < 0.12:
        left = random.random() < 0.5
        edge = shoulders[0] + (-1 if left else 1) * random.uniform(0.15, 0.9) * torso
        if left:
            low[0] = max(low[0], edge)
        else:
            high[0] = min(high[0], edge)
    if random.random() < 0.08:
        low[1] = max(low[1], shoulders[1] - random.uniform(0.1, 0.6) * torso)
    return low, high


def _shaken(random: Random, crop: parse_input.Crop) -> parse_input.Crop:
    """The box a little larger, smaller, elsewhere: what smoothing and a moving person do to it."""
    factor = float(np.exp(random.normal(0.0, 0.06)))
    middle = np.array([parse_input.WIDTH, parse_input.HEIGHT]) / 2.0
    matrix = crop.matrix.astype(np.float64) * factor
    matrix[:, 2] += middle * (1.0 - factor) + random.normal(0.0, 4.0, 2)
    return parse_input.Crop(matrix.astype(np.float32))


class ParseBatches:
    """Batches by step: the same seed, step and samples give the same batch, whatever was asked before.

    Args:
        store: The samples; may grow between batches.
        seed: Of everything drawn.
        size: Examples in a batch.
        threads: How many prepare examples ahead.
        ahead: Batches prepared in advance.
    """

    def __init__(self, store: SampleStore, seed: int, size: int, threads: int = 1, ahead: int = 3) -> None:
        self.store, self.seed, self.size = store, seed, size
        self._fabrics = Fabrics(seed)
        self._threads, self._ahead = threads, ahead

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        made = [self._one(step, place) for place in range(self.size)]
        return Batch(
            step=step,
            picture=np.stack([entry.picture for entry in made]),
            parts=np.stack([entry.parts for entry in made]).astype(np.int64),
            materials=np.stack([entry.materials for entry in made]).astype(np.int64),
        )

    def _one(self, step: int, place: int) -> Example:
        random = np.random.default_rng([self.seed, step, place])
        chosen = int(random.integers(2 * len(self.store)))
        return example(scene(self.store[chosen // 2], SIDES[chosen % 2]), random, self._fabrics)

    def run(self, first: int) -> Generator[Batch, None, None]:
        """Batches from a step on, without end, prepared by threads while the last ones are used. Close it when done."""
        waiting: list[Future[Batch]] = []
        with ThreadPoolExecutor(self._threads, thread_name_prefix="examples") as pool:
            try:
                step = first
                while True:
                    while len(waiting) < self._ahead:
                        waiting.append(pool.submit(self.batch, step))
                        step += 1
                    yield waiting.pop(0).result()
            finally:
                for future in waiting:
                    future.cancel()
