"""What stands in front of a garment: head, hair, arms, hands; and the neck that hides a back collar.

Until a parsing network says so, this is found from the shape of the limbs (capsules along the bones) and from colour:
skin as the face shows it, the limb as its own core shows it, cloth as the middle of the torso shows it.
"""

from collections.abc import Mapping

import cv2
import numpy as np

from tryon_app.compositing.anatomy import Anatomy, ArmShape
from tryon_app.compositing.colour import ColourSpace, overlap
from tryon_app.core.types import FitPiece, Float32, Frame, Parsing, Pose, Rect, UInt8

_SIDE = 168
"""Longer side, in pixels, of the small picture that is looked at."""


class Front:
    """What is in front, as small maps over the composite's box: float32 h x w, 0..1 each.

    Attributes:
        head: Face and hair.
        neck: The bare neck.
        small: uint8 h x w x 3, the box of the frame at the size of the maps.
        cloth: What the torso wears now, for the light.
        unit: Shoulder width in pixels of the frame.
    """

    def __init__(self, seen: "_Seen") -> None:
        self._seen = seen
        self._arms: dict[tuple[int, float], Float32] = {}
        self.head = seen.head()
        self.neck = seen.neck()
        self.small = seen.small
        self.cloth = seen.cloth_seed
        self.unit = seen.body.unit

    def over(self, piece: FitPiece, sleeves: Mapping[int, float]) -> Float32:
        """What hides a piece.

        Args:
            piece: Of a garment.
            sleeves: Side, +1 left, -1 right -> how far down the arm this garment's sleeve goes: what it covers needs no
                gap in the torso.

        Returns:
            float32 h x w, 0..1.
        """
        side = {"sleeve_left": 1, "sleeve_right": -1}.get(piece.name)
        if side is not None:
            return _most([self.head, self._arm(side, 2.0), self._arm(-side, max(sleeves.get(-side, 0.0), 1.0))])
        hidden = _most([self.head, *(self._arm(side, sleeves.get(side, 0.0)) for side in (1, -1))])
        return _most([hidden, self.neck]) if piece.behind else hidden

    def _arm(self, side: int, reach: float) -> Float32:
        """One arm from a place on."""
        key = side, round(reach, 2)
        if key not in self._arms:
            self._arms[key] = self._seen.arm(side, reach)
        return self._arms[key]


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
        x = np.linspace(roi.x0, roi.x1 - 1, size[0], dtype=np.float32)[None]
        y = np.linspace(roi.y0, roi.y1 - 1, size[1], dtype=np.float32)[:, None]
        return Front(_Seen(small, person, Anatomy(pose, x, y)))


class _Seen:
    """One frame's evidence."""

    def __init__(self, small: UInt8, person: Float32, body: Anatomy) -> None:
        self.small = small
        self.colours = ColourSpace(small)
        self.person = person
        self.body = body
        self.face = body.face()
        self.arms = {side: ArmShape(body, side) for side in (1, -1)}
        nearest = np.minimum(*(arm.beyond(0.0) for arm in self.arms.values()))
        off_face = (self.face < 0.05) & (body.neck() < 0.3)
        self.cloth_seed: Float32 = (body.torso() * person * (nearest > 1.5) * off_face).astype(np.float32)
        self.cloth = self.colours.model(self.cloth_seed)
        self.skin = self.colours.model((body.face(0.72) * person).astype(np.float32))
        self.skin_ratio = self.colours.ratio(self.skin, [self.cloth])

    def arm(self, side: int, reach: float) -> Float32:
        """An arm from a place on (see `ArmShape.beyond`)."""
        shape = self.arms[side]
        if shape.hidden:
            return np.zeros_like(self.person)
        field = shape.beyond(reach)
        hand = reach >= 1.85
        core = ((field < (0.8 if hand else 0.6)) * self.person).astype(np.float32)
        around = ((field > 1.7) & (field < 3.2)).astype(np.float32)
        own, beside = self.colours.model(core), self.colours.model(around)
        rivals = [self.cloth, beside]
        colour = self.colours.ratio(own, rivals)
        skin = self.colours.ratio(self.skin, rivals)
        # Bare where the limb's core looks more like the face than like what surrounds it.
        bare = bool(core.any()) and float((skin * core).sum()) > 0.3 * float(core.sum())
        if bare:
            colour = np.maximum(colour, skin)
        distinct = 1.0 - max(overlap(own, self.cloth), overlap(own, beside))
        colour = np.clip(colour, -4.0, 4.0) * float(np.clip(1.6 * distinct, 0.0, 1.0))
        if hand:
            # Where the fingers are is guessed, so colour has the larger say.
            logit = (1.05 - field) * 2.5 + colour * (field < 1.7)
        else:
            # Colour decides along the edge only: skin further out is a bare shoulder, cloth further in is a watch. A
            # bare limb is slim: what is no skin beside its bone is the old shirt.
            logit = (1.12 - field) * 5.0 + colour * ((field > (0.4 if bare else 0.7)) & (field < 1.5))
        soft = 1.0 / (1.0 + np.exp(-np.clip(logit, -12, 12)))
        soft = soft * np.clip((1.6 - field) * 4.0, 0.0, 1.0) * self.person
        blurred: Float32 = cv2.GaussianBlur(soft.astype(np.float32), (0, 0), 0.8)
        return blurred

    def head(self) -> Float32:
        """Face and hair, long hair over the shoulders too."""
        body, person = self.body, self.person
        face = self.face * person
        around = body.face(1.5) * (1.0 - body.face(1.08))
        seed = around * person * (body.above_mouth() > 0)
        seed = seed * (self.skin_ratio < 0.8)
        hair = self.colours.model(seed.astype(np.float32))
        if hair is None:
            return face.astype(np.float32)
        margin = np.minimum(self.colours.ratio(hair, [self.cloth]), self.colours.ratio(hair, [self.skin]))
        # Black hair over a black shirt cannot be told apart by colour: then only the head's own outline counts.
        distinct = 1.0 - overlap(hair, self.cloth)
        reach = body.hair_reach()
        likely = ((margin > 0.6) & (person > 0.5) & (reach > 0.0)).astype(np.uint8)
        likely = cv2.morphologyEx(cv2.medianBlur(likely, 3), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        likely[(seed > 0.5) & (person > 0.5)] = 1
        _, labels = cv2.connectedComponents(likely)
        kept = np.unique(labels[(seed > 0.5) & (likely > 0)])
        long_hair = np.isin(labels, kept[kept > 0]) & (likely > 0)
        if distinct < 0.35:
            long_hair &= body.face(1.45) > 0
        soft = cv2.GaussianBlur(long_hair.astype(np.float32), (0, 0), 1.0) * person
        return _most([face.astype(np.float32), soft.astype(np.float32)])

    def neck(self) -> Float32:
        """Bare neck and collarbones above a neckline: shape where colour does not say."""
        shape = self.body.neck() * self.person
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
