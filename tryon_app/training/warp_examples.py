"""From stored samples to examples for the warp network.

A garment's flat picture is read and laid on the person by the code that does it in the app, with landmarks, mask and
labels that err as they do there. What the network should say follows from the true flow: which place of the laid
garment belongs where. In half of the examples the person wears the very garment already, as people do who try on
another size or colour; in the other half something else.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tryon_app.core.errors import GarmentError
from tryon_app.core.protocols import Parser
from tryon_app.core.types import (
    CATEGORY_SLOT,
    BodyPart,
    Float32,
    Frame,
    Garment,
    GarmentFit,
    GarmentView,
    Material,
    Parsing,
    Pose,
    Size,
    Slot,
    UInt8,
    Worn,
)
from tryon_app.fitting.body import Body
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.refine_input import ABOVE, CELLS, SIZE, Laid, Layer, around, encode
from tryon_app.garments.importing import read
from tryon_app.training.augment import Random, camera_flaws, erring_landmarks, flawed_mask
from tryon_app.training.datasets import Scene, scene
from tryon_app.training.shards import Sample, decode_array, decode_picture

WARP_MEMBERS = ("world.npy", "flat.png", "flow.png", "shade.png", "after.parts.png", "after.materials.png")
"""What is read of a sample besides the frame on which the garment is laid."""
_FLOW_SCALE, _SHADE_ONE = 64.0, 128.0
_FINE = 3
"""Samples of the laid garment a cell, where places are looked up."""
_FAR = 3.0
"""Cells' worth of photo pixels beyond which a place is not in the laid garment at all."""
_LEAST_SEEN = 150
"""Cells of a garment worth learning from."""
_SIZES = 0.6, 1.6
_SPINE = 6
"""Cells to each side of the spine where a garment's end is looked for."""
_CHEST = round(0.6 * CELLS)
_SHOULDERS = round(ABOVE * CELLS)
"""The row of the shoulders."""
_SIZE_ERRS = 0.04
_IN_FRONT = (BodyPart.HEAD, BodyPart.LEFT_FOREARM, BodyPart.RIGHT_FOREARM, BodyPart.LEFT_HAND, BodyPart.RIGHT_HAND)
_Maps = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class WarpExample:
    """What the network gets and what it should say; maps are `SIZE` x `SIZE`.

    Attributes:
        laid: float32 `refine_input.CHANNELS` maps, -1..1.
        moved: float32 x 2: cells from where a place of the garment is to where geometry laid it.
        known: Whether `moved` is known.
        cover: float32 0..1: whether the garment is seen there.
        judged: Whether `cover` counts: not where something else may be in front.
        shade: float32, natural logarithm of light over its median on the garment; 0 where there is none.
        photo: float32 x 2: the photo pixel that is truly seen, in pixels of the stored flat picture.
        laid_photo: float32 x 2: the one that geometry puts there; `OUTSIDE` where none is.
    """

    laid: Float32
    moved: Float32
    known: NDArray[np.bool_]
    cover: Float32
    judged: NDArray[np.bool_]
    shade: Float32
    photo: Float32
    laid_photo: Float32


class WarpExamples:
    """Makes examples.

    Args:
        parser: As the app uses it; opened and closed by the caller.
    """

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._layer = Layer()
        self._made = 0

    def example(self, sample: Sample, side: str, random: Random) -> WarpExample | None:
        """The garment of a pair, laid on a frame of the same pair.

        Args:
            sample: Members of the pair.
            side: "before": another garment is worn; "after": this one.
            random: Where the flaws come from.

        Returns:
            None where the garment is not understood, or can hardly be seen.
        """
        shown = scene(sample, side)
        garment, corner = read_garment(decode_picture(sample["flat.png"]))
        if garment is None:
            return None
        pose = _pose(shown, decode_array(sample["world.npy"]), random)
        body = Body(pose)
        if body.back:
            return None
        self._made += 1
        # Another scene each time: nothing is carried over from one person to the next.
        frame = Frame(camera_flaws(random, shown.image), index=self._made, scene=self._made)
        parsing = self._parser.parse(frame, pose)
        if parsing.labels is None:
            return None
        matrix = around(body)
        truth = _truth(sample, matrix, corner)
        if (truth.seen == 1).sum() < _LEAST_SEEN:
            return None
        fitted = self._fitted(frame, pose, parsing, garment, truth, matrix, random)
        if fitted is None:
            return None
        item, laid = fitted
        return self._with_truth(truth, item, laid, encode(laid, parsing.labels, matrix, item.alike), matrix, corner)

    def _fitted(
        self,
        frame: Frame,
        pose: Pose,
        parsing: Parsing,
        garment: Garment,
        truth: "_Truth",
        matrix: Float32,
        random: Random,
    ) -> tuple[GarmentFit, Laid] | None:
        """The garment as geometry lays it once it knows about how long it is.

        A shop's sizes are not the generator's: the network shall learn how cloth lies, not to make garments longer.
        """
        item = FlatFitter().fit(frame, pose, parsing, (Worn(garment),)).garments[0]
        laid = self._layer.lay(item, matrix)
        if (laid.alpha > 0.5).sum() < _LEAST_SEEN:
            return None
        sized = replace(garment, sizes=_sizes(laid, truth, random), default_size="usual")
        item = FlatFitter().fit(frame, pose, parsing, (Worn(sized, "true"),)).garments[0]
        return item, self._layer.lay(item, matrix)

    def _with_truth(
        self, truth: "_Truth", item: GarmentFit, laid: Laid, encoded: Float32, matrix: Float32, corner: Float32
    ) -> WarpExample:
        seen = truth.seen
        moved, known = self._moved(item, matrix, truth.photo, seen == 1)
        worn = np.isin(truth.materials, (Material.UPPER, Material.DRESS, Material.LOWER))
        blocked = (np.isin(truth.parts, _IN_FRONT) & ~worn) | np.isin(truth.materials, (Material.OTHER, Material.HAIR))
        light = np.zeros(seen.shape, np.float32)
        logs = np.log(np.maximum(truth.shade[seen > 0], 0.05))
        light[seen > 0] = np.clip(logs - np.median(logs), -0.7, 0.7)
        return WarpExample(
            laid=encoded,
            moved=moved,
            known=known,
            cover=(seen > 0).astype(np.float32),
            judged=truth.inside & ~(blocked & (laid.alpha > 0.2)),
            shade=light,
            photo=truth.photo + corner,
            laid_photo=np.where(laid.photo == OUTSIDE, np.float32(OUTSIDE), laid.photo + corner),
        )

    def _moved(
        self, item: GarmentFit, matrix: Float32, photo: Float32, front: NDArray[np.bool_]
    ) -> tuple[Float32, NDArray[np.bool_]]:
        """For each cell, how far away the place that it truly shows was laid."""
        fine = matrix * np.float32(_FINE)
        fine[:, 2] += np.float32((_FINE - 1) / 2.0)
        laid = self._layer.lay(item, fine, SIZE * _FINE)
        rows, columns = np.nonzero(laid.photo[..., 0] != OUTSIDE)
        places = laid.photo[rows, columns]
        # Photo pixels to a cell, so that distance in the photo can be told in cells.
        across = float(
            np.median(np.abs(np.diff(laid.photo, axis=1)).sum(axis=2)[rows, np.minimum(columns, SIZE * _FINE - 2)])
        )
        if not len(places):
            return np.zeros((2, SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), bool)
        distance, index = cKDTree(places).query(photo[front], distance_upper_bound=_FAR * _FINE * max(across, 0.05))
        found = np.isfinite(distance)
        moved, known = np.zeros((2, SIZE, SIZE), np.float32), np.zeros((SIZE, SIZE), bool)
        y, x = np.nonzero(front)
        y, x, index = y[found], x[found], index[found]
        moved[0, y, x] = (columns[index] - (_FINE - 1) / 2.0) / _FINE - x
        moved[1, y, x] = (rows[index] - (_FINE - 1) / 2.0) / _FINE - y
        known[y, x] = True
        return moved, known


@dataclass(frozen=True, slots=True, eq=False)
class _Truth:
    """What is truly seen, on the cells; `photo` in pixels of the cut-out."""

    photo: Float32
    seen: Float32
    parts: Float32
    materials: Float32
    shade: Float32
    inside: NDArray[np.bool_]


def _truth(sample: Sample, matrix: Float32, corner: Float32) -> _Truth:
    flow = decode_picture(sample["flow.png"]).astype(np.float32)
    return _Truth(
        photo=_nearest(flow[..., :2] / _FLOW_SCALE, matrix) - corner,
        seen=_nearest(flow[..., 2], matrix),
        parts=_nearest(decode_picture(sample["after.parts.png"]), matrix),
        materials=_nearest(decode_picture(sample["after.materials.png"]), matrix),
        shade=_nearest(decode_picture(sample["shade.png"]).astype(np.float32) / _SHADE_ONE, matrix),
        inside=_nearest(np.ones(flow.shape[:2], np.uint8), matrix) > 0,
    )


def _sizes(laid: Laid, truth: _Truth, random: Random) -> tuple[Size, Size]:
    """The size that geometry takes the garment for, and about the one that it has, as width and length."""
    true, guessed = _extent(truth.seen > 0, truth), _extent(laid.alpha > 0.5, truth)
    long = 1.0 if true is None or guessed is None else true / guessed
    wide = _width(truth.seen > 0, truth) / _width(laid.alpha > 0.5, truth)
    wide, long = np.clip([wide, long], _SIZES[0], _SIZES[1]) * np.exp(random.normal(0.0, _SIZE_ERRS, 2))
    return Size("usual", chest=1.0, length=1.0), Size("true", chest=float(wide), length=float(long))


def _width(cover: NDArray[np.bool_], truth: _Truth) -> float:
    """Cells across the trunk below the armpits, arms left out."""
    trunk = cover & (truth.parts == BodyPart.TORSO)
    rows = trunk[_SHOULDERS + _CHEST :].sum(axis=1)
    return float(np.median(rows[rows > 0])) if (rows > 0).any() else 1.0


def _extent(cover: NDArray[np.bool_], truth: _Truth) -> float | None:
    """Cells from the shoulders to the hem, in front of the spine; None where the frame cuts it."""
    middle = slice(SIZE // 2 - _SPINE, SIZE // 2 + _SPINE)
    rows = np.flatnonzero(cover[:, middle].any(axis=1))
    end = int(rows[-1]) + 2 if len(rows) else SIZE
    if end >= SIZE or not truth.inside[end, middle].all():
        return None
    return float(max(rows[-1] - _SHOULDERS, 1))


def read_garment(flat: UInt8) -> tuple[Garment | None, Float32]:
    """The garment of a flat picture as the app reads it, and the corner of its cut-out in that picture.

    Args:
        flat: uint8 RGBA H x W x 4.
    """
    x, y, width, height = cv2.boundingRect((flat[..., 3] > 8).astype(np.uint8))
    rgba = np.ascontiguousarray(flat[y : y + height, x : x + width])
    corner = np.array([x, y], np.float32)
    try:
        rgba, found = read(rgba, transparent=True)
    except GarmentError:
        return None, corner
    if CATEGORY_SLOT[found.category] is Slot.BOTTOM:
        return None, corner
    return Garment("flat", {}, found.slot, found.category, GarmentView(rgba, found.keypoints)), corner


def _pose(shown: Scene, world: Float32, random: Random) -> Pose:
    """As MediaPipe would find it."""
    height, width = shown.parts.shape
    points, presence = erring_landmarks(random, shown.points, shown.visible, width, height)
    scale = float((shown.points.std(axis=0) / np.maximum(world[:, :2].std(axis=0), 1e-3)).mean())
    world = (world + random.normal(0.0, 0.015, world.shape)).astype(np.float32)
    hair = np.ascontiguousarray(shown.materials[::2, ::2] == Material.HAIR).view(np.uint8)
    body = np.where(shown.parts[::2, ::2] > 0, np.uint8(255), np.uint8(0))
    return Pose(
        points=points,
        depth=(world[:, 2] * scale).astype(np.float32),
        world=world,
        visibility=np.minimum(presence, shown.visible).astype(np.float32),
        presence=presence,
        person=flawed_mask(random, body, hair, shown.points * np.float32(0.5)),
    )


def _nearest(values: _Maps | UInt8, matrix: Float32) -> Float32:
    """A map over the frame, on the cells; 0 outside."""
    result: Float32 = cv2.warpAffine(values, matrix, (SIZE, SIZE), flags=cv2.INTER_NEAREST)
    return result
