"""What is in front, guessed without a parsing network: from the shape of the limbs and from colour.

Capsules along the bones say where a limb may be; skin as the face shows it, the limb as its own core shows it and cloth
as the middle of the torso shows it say where it is.
"""

import cv2
import numpy as np

from tryon_app.compositing.anatomy import Anatomy, ArmShape
from tryon_app.compositing.maps import strongest
from tryon_app.core.colour import ColourSpace, overlap
from tryon_app.core.types import Float32, UInt8


class Guessed:
    """One frame's evidence (see `occlusion.Evidence`).

    Args:
        small: uint8 h x w x 3.
        person: float32 h x w, 0..1.
        body: On the same grid.
    """

    def __init__(self, small: UInt8, person: Float32, body: Anatomy) -> None:
        self.small = small
        self.colours = ColourSpace(cv2.cvtColor(small, cv2.COLOR_RGB2LAB))
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
        return strongest([face.astype(np.float32), soft.astype(np.float32)])

    def neck(self) -> Float32:
        """Bare neck and collarbones above a neckline: shape where colour does not say."""
        shape = self.body.neck() * self.person
        return cv2.GaussianBlur(shape.astype(np.float32), (0, 0), 0.8)
