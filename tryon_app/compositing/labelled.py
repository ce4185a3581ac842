"""What is in front as the parsing network says, on the edges of the picture.

The network is coarse and sometimes wrong: its edges are moved onto those of the picture, and the pose has a small say,
so that a stray blob never cuts a hole into a garment.
"""

import cv2
import numpy as np

from tryon_app.compositing.anatomy import Anatomy
from tryon_app.compositing.edges import Edges
from tryon_app.compositing.limbs import Limb, arm_of
from tryon_app.compositing.maps import Grid, strongest
from tryon_app.core.types import BodyPart, Float32, Labels, Material, UInt8

_EDGE_CELLS = 1.6
"""How far the network's edges may be off, in cells of its maps."""
_SHOULDER = 0.35
"""Share of the upper arm below the shoulder that never cuts a garment without sleeves: there the torso's cloth and the
arm's are one."""
_ARMS = {
    1: (BodyPart.LEFT_UPPER_ARM, BodyPart.LEFT_FOREARM, BodyPart.LEFT_HAND),
    -1: (BodyPart.RIGHT_UPPER_ARM, BodyPart.RIGHT_FOREARM, BodyPart.RIGHT_HAND),
}


class Labelled:
    """One frame's evidence (see `occlusion.Evidence`).

    Args:
        small: uint8 h x w x 3, the picture.
        person: float32 h x w, 0..1.
        body: On the same grid.
        labels: What the network says.
        grid: Where the maps lie.

    Attributes:
        upper: Upper garments and dresses worn now, float32 h x w, 0..1, as are all maps.
        upper_near: The same before its edges were moved onto those of the picture.
        lower: Lower garments worn now.
        skin: Bare skin other than the face.
        face: Skin of the face.
        objects: Bags, straps and other things in front of the person.
        torso: The torso's part.
        background: Neither person nor what they carry.
        arms: Side, +1 left, -1 right -> shape of the arm.
    """

    def __init__(self, small: UInt8, person: Float32, body: Anatomy, labels: Labels, grid: Grid) -> None:
        self.small = small
        self.body = body
        self.person = person
        part, material = labels.part, labels.material

        def brought(*maps: Float32) -> list[Float32]:
            stacked = np.ascontiguousarray(np.stack(maps, axis=2))
            return list(cv2.split(grid.sampled(stacked, labels.matrix)))

        head, hair, self.face, things = brought(
            part(BodyPart.HEAD), material(Material.HAIR), material(Material.FACE), material(Material.OTHER)
        )
        upper, self.lower, self.skin, self.dress = brought(
            material(Material.UPPER, Material.DRESS),
            material(Material.LOWER),
            material(Material.SKIN),
            material(Material.DRESS),
        )
        left, right = (brought(*(part(name) for name in _ARMS[side])) for side in (1, -1))
        self._shares = {1: left, -1: right}
        inside = brought(part(BodyPart.TORSO), 1.0 - material(Material.BACKGROUND))
        self.torso, self.background = inside[0], 1.0 - inside[1]
        cell = 1.0 / max(float(np.hypot(labels.matrix[0, 0], labels.matrix[1, 0])) * grid.pixel, 1e-6)
        self.edges = Edges(small, round(_EDGE_CELLS * cell))
        self.arms: dict[int, Limb] = {side: arm_of(body, side) for side in (1, -1)}
        self._whole: dict[int, Float32] = {}
        self._bared: set[int] = set()
        self.upper_near, self.upper = upper, self.edges.snapped(upper)
        self._head = self._connected(head, hair, self.face)
        self.objects = self._carried(things)
        off = 1.0 - strongest([self.whole_arm(1), self.whole_arm(-1), self._head])
        self.cloth_seed: Float32 = np.where(self.upper > 0.6, body.torso() * self.person * off, 0.0).astype(np.float32)

    def head(self) -> Float32:
        """Face and hair, long hair over the shoulders too."""
        return self._head

    def neck(self) -> Float32:
        """The neck from chin to collarbones."""
        return cv2.GaussianBlur((self.body.neck() * self.person).astype(np.float32), (0, 0), 0.8)

    def whole_arm(self, side: int) -> Float32:
        """An arm from shoulder to fingertips."""
        if side not in self._whole:
            likely = self._shares[side][0] + self._shares[side][1] + self._shares[side][2]
            self._whole[side] = self.edges.snapped(self.arms[side].weighed(likely))
        return self._whole[side]

    def hand(self, side: int) -> Float32:
        """A hand."""
        upper, lower, hand = self._shares[side]
        return np.asarray(self.whole_arm(side) * (hand / (upper + lower + hand + np.float32(1e-3))), np.float32)

    def arm(self, side: int, reach: float) -> Float32:
        """An arm from a place on: 0 the shoulder, 1 the elbow, 2 the wrist."""
        whole = self.whole_arm(side)
        if side in self._bared:
            # The old sleeve around it is painted over, so the garment goes up to the bare arm.
            bare = np.clip((1.06 - self.arms[side].field()) * np.float32(6.0) + np.float32(0.5), 0.0, 1.0)
            cloth = self.upper * (1.0 - self.hand(side))
            whole = whole * (1.0 - cloth) + np.minimum(whole, bare) * cloth
        return np.asarray(whole * self.beyond(side, reach), np.float32)

    def bare_arm(self, side: int) -> None:
        """From now on an arm is as slim as it is without its old sleeve."""
        self._bared.add(side)

    def sleeve(self, side: int, reach: float) -> Float32:
        """The old sleeve from a place of the arm on; where hand and cloth meet, the cloth's edge counts."""
        cloth = self.upper * (1.0 - self.hand(side) * (1.0 - self.upper))
        return np.asarray(cloth * self.whole_arm(side) * self.beyond(side, reach), np.float32)

    def beyond(self, side: int, reach: float) -> Float32:
        """How much of what is arm in a place lies beyond a place of the arm: float32 h x w, 0..1."""
        upper, lower, hand = self._shares[side]
        limb = self.arms[side]
        kept = hand + lower * limb.beyond(1, reach - 1.0)
        if reach < 1.0:
            kept = kept + upper * limb.beyond(0, max(reach, _SHOULDER))
        return np.asarray(kept / (upper + lower + hand + np.float32(1e-3)), np.float32)

    def _connected(self, head: Float32, hair: Float32, face: Float32) -> Float32:
        """Head and hair, without what does not hang together with the face."""
        body = self.body
        above_chin = np.clip((0.25 * body.face_unit + body.above_chin()) / np.float32(0.3 * body.face_unit), 0.0, 1.0)
        likely = np.minimum(strongest([hair + face, head * above_chin]), 1.0).astype(np.float32)
        core = body.face() * self.person
        mask = (likely > 0.4).astype(np.uint8)
        _, pieces = cv2.connectedComponents(mask)
        kept = np.unique(pieces[(core > 0.5) & (mask > 0)])
        if not len(kept):
            # The face is outside the picture, or the network saw none.
            return np.asarray(core, np.float32)
        near = cv2.dilate(np.isin(pieces, kept).astype(np.uint8), np.ones((5, 5), np.uint8))
        # A face that the network only half believes in is still a face.
        return strongest([self.edges.snapped(likely * near), np.asarray(0.8 * core * (likely > 0.15), np.float32)])

    def _carried(self, things: Float32) -> Float32:
        """Things in front, without the blobs that the network is not sure of."""
        mask = (things > 0.5).astype(np.uint8)
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask)
        kept = np.zeros(count, bool)
        for index in range(1, count):
            kept[index] = float(things[pieces == index].max()) > 0.8 and stats[index, cv2.CC_STAT_AREA] >= 12
        if not kept.any():
            return np.zeros_like(things)
        near = cv2.dilate(kept[pieces].astype(np.uint8), np.ones((5, 5), np.uint8))
        return self.edges.snapped(things * near)
