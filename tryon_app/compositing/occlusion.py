"""What stands in front of a garment: head, hair, arms, hands; and the neck that hides a back collar.

Until a parsing network says so, this is found from the shape of the limbs (capsules along the bones) and from colour:
skin as the face shows it, the limb as its own core shows it, cloth as the middle of the torso shows it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.compositing.anatomy import Anatomy
from tryon_app.compositing.colour import ColourSpace, overlap
from tryon_app.core.types import FitPiece, Float32, Frame, Parsing, Pose, Rect, UInt8

_SIDE = 208
"""Longer side, in pixels, of the small picture that is looked at."""


@dataclass(frozen=True, eq=False)
class Front:
    """Small maps over the composite's box, float32 h x w, 0..1 each.

    Attributes:
        head: Face and hair.
        neck: The bare neck.
        arms: By side: upper arm below the shoulder, forearm and hand.
        forearms: By side: forearm and hand.
        hands: By side.
        cloth: What the torso wears now, for the light.
        unit: Shoulder width in pixels of the frame.
    """

    head: Float32
    neck: Float32
    arms: dict[int, Float32]
    forearms: dict[int, Float32]
    hands: dict[int, Float32]
    cloth: Float32
    unit: float

    def over(self, piece: FitPiece, sleeves: Float32 | None) -> Float32:
        """What hides a piece.

        Args:
            piece: Of a garment.
            sleeves: float32 h x w, where this garment's sleeves cover the arms: there the torso needs no gap.

        Returns:
            float32 h x w, 0..1.
        """
        side = {"sleeve_left": 1, "sleeve_right": -1}.get(piece.name)
        if side is not None:
            return _most([self.head, self.hands[side], self.forearms[-side]])
        arms = _most([self.arms[1], self.arms[-1]])
        if sleeves is not None:
            arms = _most([arms * (1.0 - sleeves), self.hands[1], self.hands[-1]])
        hidden = _most([self.head, arms])
        return _most([hidden, self.neck]) if piece.behind else hidden


class Occlusion:
    """Finds what is in front, frame by frame."""

    def front(self, frame: Frame, pose: Pose, parsing: Parsing, roi: Rect) -> Front:
        """Maps over a box of the frame.

        Args:
            frame: The picture.
            pose: The person.
            parsing: Their mask.
            roi: The box.
        """
        scale = min(1.0, _SIDE / max(roi.width, roi.height))
        size = max(1, round(roi.width * scale)), max(1, round(roi.height * scale))
        small: UInt8 = cv2.resize(np.ascontiguousarray(frame.image[roi.slices]), size, interpolation=cv2.INTER_AREA)
        person = _crop(parsing.person, roi, frame, size)
        x = np.linspace(roi.x0, roi.x1 - 1, size[0], dtype=np.float32)
        y = np.linspace(roi.y0, roi.y1 - 1, size[1], dtype=np.float32)
        grid = np.stack(np.meshgrid(x, y), axis=-1)
        return _Seen(ColourSpace(small), person, grid, Anatomy(pose, frame.width, frame.height)).front()


class _Seen:
    """One frame's evidence."""

    def __init__(self, colours: ColourSpace, person: Float32, grid: Float32, body: Anatomy) -> None:
        self.colours = colours
        self.person = person
        self.grid = grid
        self.body = body
        self.face = body.face(grid)
        distances = {side: body.arm(grid, side) for side in (1, -1)}
        self.distances = distances
        nearest = np.minimum(distances[1].whole, distances[-1].whole)
        torso = body.torso(grid)
        off_face = (self.face < 0.05) & (body.neck(grid) < 0.3)
        self.cloth_seed = (torso * person * (nearest > 1.5) * off_face).astype(np.float32)
        self.cloth = colours.model(self.cloth_seed)
        self.skin = colours.model((body.face(grid, 0.72) * person).astype(np.float32))

    def front(self) -> Front:
        neck = self._neck()
        head = self._head()
        arms: dict[int, Float32] = {}
        forearms: dict[int, Float32] = {}
        hands: dict[int, Float32] = {}
        for side in (1, -1):
            arms[side], forearms[side], hands[side] = self._arm(side)
        return Front(head, neck, arms, forearms, hands, self.cloth_seed, self.body.unit)

    def _arm(self, side: int) -> tuple[Float32, Float32, Float32]:
        distance = self.distances[side]
        nothing = np.zeros_like(self.person)
        if distance.hidden:
            return nothing, nothing, nothing
        core = (distance.lower < 0.6) * self.person
        own = self.colours.model(core.astype(np.float32))
        # Bare where the limb's core looks like the face and not like the cloth.
        skin = self.colours.ratio(self.skin, [self.cloth])
        bare = float((skin * core).sum() / max(float(core.sum()), 1.0)) > 0.3 if core.any() else False
        colour = self.colours.ratio(own, [self.cloth])
        if bare:
            colour = np.maximum(colour, skin)
        distinct = 1.0 - overlap(own, self.cloth)
        colour = np.clip(colour, -4.0, 4.0) * float(np.clip(1.6 * distinct, 0.0, 1.0))
        maps = []
        for field in (distance.whole, distance.lower, distance.hand):
            shape = (1.12 - field) * 5.0
            logit = shape + colour * (field < 2.0)
            soft = 1.0 / (1.0 + np.exp(-np.clip(logit, -12, 12)))
            # A limb is never wider than this, whatever its colour; its very core is never cloth.
            soft = soft * np.clip((1.75 - field) * 3.0, 0.0, 1.0)
            maps.append(cv2.GaussianBlur((soft * self.person).astype(np.float32), (0, 0), 0.8))
        return maps[0], maps[1], maps[2]

    def _head(self) -> Float32:
        """Face and hair, long hair over the shoulders too."""
        body, person = self.body, self.person
        face = body.face(self.grid) * person
        around = body.face(self.grid, 1.5) * (1.0 - body.face(self.grid, 1.08))
        seed = around * person * (body.above_mouth(self.grid) > 0)
        skin = self.colours.ratio(self.skin, [self.cloth])
        seed = seed * (skin < 0.8)
        hair = self.colours.model(seed.astype(np.float32))
        if hair is None:
            return face.astype(np.float32)
        margin = np.minimum(self.colours.ratio(hair, [self.cloth]), self.colours.ratio(hair, [self.skin]))
        # Black hair over a black shirt cannot be told apart by colour: then only the head's own outline counts.
        distinct = 1.0 - overlap(hair, self.cloth)
        reach = body.hair_reach(self.grid)
        likely = ((margin > 0.5) & (person > 0.5) & (reach > 0.0)).astype(np.uint8)
        likely = cv2.morphologyEx(likely, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        likely[(seed > 0.5) & (person > 0.5)] = 1
        _, labels = cv2.connectedComponents(likely)
        kept = np.unique(labels[(seed > 0.5) & (likely > 0)])
        long_hair = np.isin(labels, kept[kept > 0]) & (likely > 0)
        if distinct < 0.35:
            long_hair &= body.face(self.grid, 1.45) > 0
        soft = cv2.GaussianBlur(long_hair.astype(np.float32), (0, 0), 1.0) * person
        return _most([face.astype(np.float32), soft.astype(np.float32)])

    def _neck(self) -> Float32:
        """Bare neck and collarbones above a neckline: shape where colour does not say."""
        shape = self.body.neck(self.grid) * self.person
        return cv2.GaussianBlur(shape.astype(np.float32), (0, 0), 0.8)


def _crop(mask: Float32, roi: Rect, frame: Frame, size: tuple[int, int]) -> Float32:
    """The mask over a box of the frame, at a size (width, height)."""
    across, down = mask.shape[1] / frame.width, mask.shape[0] / frame.height
    step_x, step_y = roi.width / size[0] * across, roi.height / size[1] * down
    matrix = np.array([[step_x, 0.0, roi.x0 * across], [0.0, step_y, roi.y0 * down]])
    cropped: Float32 = cv2.warpAffine(
        mask, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return cropped


def _most(maps: list[Float32]) -> Float32:
    result = maps[0]
    for other in maps[1:]:
        result = np.maximum(result, other)
    return result
