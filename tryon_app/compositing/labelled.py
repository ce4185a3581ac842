"""What is in front as the parsing network says, on the edges of the picture.

The network is coarse and sometimes wrong: its edges are moved onto those of the picture, and the pose has a small say,
so that a stray blob never cuts a hole into a garment.
"""

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.compositing.anatomy import Anatomy
from tryon_app.compositing.edges import Edges
from tryon_app.compositing.limbs import Clothed, Limb, arm_of, leg_of
from tryon_app.compositing.maps import Grid, strongest
from tryon_app.core.colour import ColourSpace, overlap
from tryon_app.core.types import ARM_PARTS, BodyPart, Float32, Labels, Material, UInt8

_EDGE_CELLS = 1.6
"""How far the network's edges may be off, in cells of its maps."""
_SHOULDER = 0.35
"""Share of the upper arm below the shoulder that never cuts a garment without sleeves: there the torso's cloth and the
arm's are one."""
_HAIR_BENEFIT = 0.5
"""How far hair that has the colour of the clothes beneath it is believed, natural logarithm."""
_HAIR_BEYOND = 2.0
"""How much further hair may hang than guesses let it, in face lengths."""
_HANGS = 0.55
"""How far below the hips a top hangs at most, in shoulder widths."""
_SEEN = 0.7
"""Share of an arm that the network must see where the pose is sure of it."""
_SLIM = 1.08
"""Radii of a bare arm within which one that the network misses lies."""
_LEAST_THING = 0.006
"""Smallest thing carried, in square shoulder widths."""
_AMID, _SAME_CLOTH = 0.6, 0.75
"""Share of what surrounds a thing that must be cloth for it to lie amid cloth; and how much of their colours they share
(Bhattacharyya) when it is nothing but cloth."""
_TO_WRIST = 1.85
"""A sleeve that goes so far covers the arm."""
_HAND_BEGINS = 0.85
"""Share of the forearm above which nothing is a hand."""
_HIP = 0.2
"""Share of the thigh below the hip that belongs to the trunk."""
_ARM_RADIUS, _LEG_RADIUS = 0.12, 0.18
"""About how thick limbs are, in shoulder widths."""


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

        self._labels, self._grid = labels, grid
        brought = self._brought
        # Four maps take no longer than two.
        head, hair, self.face, things = brought(
            part(BodyPart.HEAD), material(Material.HAIR), material(Material.FACE), material(Material.OTHER)
        )
        upper, self.lower, self.skin, self.dress = brought(
            material(Material.UPPER, Material.DRESS),
            material(Material.LOWER),
            material(Material.SKIN),
            material(Material.DRESS),
        )
        arms = {side: [part(name) for name in ARM_PARTS[side]] for side in (1, -1)}
        self.torso, *left = brought(part(BodyPart.TORSO), *arms[1])
        background, *right = brought(material(Material.BACKGROUND), *arms[-1])
        # Beyond the frame's edge, too, the network says background: a strip along it is no surroundings.
        self.background = np.asarray(
            cv2.morphologyEx(
                background, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
            ),
            np.float32,
        )
        cell = 1.0 / max(float(np.hypot(labels.matrix[0, 0], labels.matrix[1, 0])) * grid.pixel, 1e-6)
        self.edges = Edges(small, round(_EDGE_CELLS * cell))
        self.arms: dict[int, Limb] = {side: arm_of(body, side) for side in (1, -1)}
        self._shares: dict[int, tuple[Float32, Float32, Float32]] = {}
        for side, (first, second, hand) in ((1, left), (-1, right)):
            limb = self.arms[side]
            # A hand begins at the wrist, whatever the network makes of a cuff.
            above = np.float32(1.0) - limb.beyond(1, _HAND_BEGINS) if limb.long(1) else np.zeros_like(hand)
            self._shares[side] = first, second + hand * above, hand * (np.float32(1.0) - above)
        self._likelies: dict[int, Float32] = {
            side: np.asarray(sum(shares, np.float32(1e-3)), np.float32) for side, shares in self._shares.items()
        }
        self._legs: dict[int, tuple[Float32, Float32]] = {}
        self._whole: dict[int, Float32] = {}
        self._hands: dict[int, Float32] = {}
        self._beyond: dict[tuple[int, float], Float32] = {}
        self._bared: set[int] = set()
        self._upper_near, self.upper = upper, self.edges.snapped(upper)
        self._head = self._connected(head, self._true_hair(hair), self.face)
        self.objects = self._carried(things)
        off = 1.0 - strongest([self.whole_arm(1), self.whole_arm(-1), self._head])
        self.cloth_seed: Float32 = (self.upper > 0.6) * body.torso() * self.person * off

    def _brought(self, *maps: Float32) -> list[Float32]:
        """Up to four maps of the network, brought to the grid."""
        return list(cv2.split(self._grid.sampled(cv2.merge(maps), self._labels.matrix)))

    @cached_property
    def lab(self) -> UInt8:
        """The picture in CIE Lab as OpenCV stores it in 8 bits."""
        return np.asarray(cv2.cvtColor(self.small, cv2.COLOR_RGB2LAB), np.uint8)

    @cached_property
    def colours(self) -> ColourSpace:
        """To compare what is seen by."""
        return ColourSpace(self.lab)

    @cached_property
    def bottom(self) -> Float32:
        """Lower garments worn now, their edges on those of the picture."""
        return self.edges.snapped(self.lower)

    @cached_property
    def shoes(self) -> Float32:
        """What is on the feet."""
        return self._brought(self._labels.material(Material.SHOES))[0]

    @cached_property
    def hanging(self) -> Float32:
        """The present top down to the middle of the thighs: it hangs over what is put on below."""
        body = self.body
        axis, length = body.spine
        left = np.float32(_HANGS * body.unit + length) - body.along_axis(body.middle, axis)
        above = np.clip(left / np.float32(0.1 * body.unit) + np.float32(0.5), 0.0, 1.0)
        return np.asarray(np.maximum(self.upper - self.dress, 0.0) * above, np.float32)

    def head(self) -> Float32:
        """Face and hair, long hair over the shoulders too."""
        return self._head

    def neck(self) -> Float32:
        """The neck from chin to collarbones; beside it, an old collar is not the neck."""
        beside = self.body.neck() * (1.0 - self.upper)
        neck = np.maximum(beside, self.body.bare_neck()) * self.person
        return cv2.GaussianBlur(neck.astype(np.float32), (0, 0), 0.8)

    def whole_arm(self, side: int) -> Float32:
        """An arm from shoulder to fingertips."""
        if side not in self._whole:
            limb = self.arms[side]
            whole = self.edges.snapped(limb.weighed(self._likely(side)))
            shape = limb.field() < 0.9
            box = self._grid.box
            # An arm that leaves the picture is worth a guess where both will be bared.
            sure = limb.certain(box) and (limb.present or all(arm.certain(box) for arm in self.arms.values()))
            if sure and shape.any() and float(whole[shape].mean()) < _SEEN:
                whole = np.maximum(whole, self._by_pose(side))
            self._whole[side] = np.asarray(whole, np.float32)
        return self._whole[side]

    def _by_pose(self, side: int) -> Float32:
        """An arm that the network takes for the trunk behind it, as slim as the pose says; it counts as if seen."""
        limb = self.arms[side]
        slim = np.clip((_SLIM - limb.field()) * np.float32(6.0), 0.0, 1.0) * self.person
        above = limb.axis(0)[1] <= limb.axis(1)[1]
        first, second, hand = self._shares[side]
        self._shares[side] = first + slim * above, second + slim * ~above, hand
        self._likelies[side] = self._likelies[side] + slim
        return np.asarray(slim, np.float32)

    def hand(self, side: int) -> Float32:
        """A hand."""
        if side not in self._hands:
            hand = self._shares[side][2] / self._likely(side)
            self._hands[side] = np.asarray(self.whole_arm(side) * hand, np.float32)
        return self._hands[side]

    @cached_property
    def hands(self) -> Float32:
        """Both hands."""
        return strongest([self.hand(1), self.hand(-1)])

    def arm(self, side: int, reach: float) -> Float32:
        """An arm from a place on: 0 the shoulder, 1 the elbow, 2 the wrist."""
        whole = self.whole_arm(side)
        if side in self._bared:
            # The old sleeve around it is painted over, so the garment goes up to the bare arm.
            bare = np.clip((1.06 - self.arms[side].field()) * np.float32(6.0) + np.float32(0.5), 0.0, 1.0)
            cloth = self.upper * (1.0 - self.hand(side))
            whole = whole * (1.0 - cloth) + np.minimum(whole, bare) * cloth
        if reach >= _TO_WRIST:
            # What is old cuff there may be covered: only the hand itself stays.
            whole = whole * (1.0 - self.upper)
        return np.asarray(whole * self.beyond(side, reach), np.float32)

    def bare_arm(self, side: int) -> None:
        """From now on an arm is as slim as it is without its old sleeve."""
        self._bared.add(side)

    def sleeve(self, side: int, reach: float) -> Clothed:
        """The old sleeve from a place of the arm on; where hand and cloth meet, the cloth's edge counts."""
        cloth = self.upper * (1.0 - self.hand(side) * (1.0 - self.upper))
        whole = self.whole_arm(side)
        beyond = self.beyond(side, reach) if reach > 0.0 else np.ones_like(whole)
        here = np.asarray(cloth * whole * beyond, np.float32)
        return Clothed(self.arms[side], _ARM_RADIUS, whole, beyond, here, self._upper_near)

    def trouser(self, side: int) -> Clothed:
        """The old trousers on a leg, from below the hip on."""
        if not self._legs:
            names = (BodyPart.LEFT_THIGH, BodyPart.LEFT_SHIN, BodyPart.RIGHT_THIGH, BodyPart.RIGHT_SHIN)
            maps = self._brought(*(self._labels.part(name) for name in names))
            self._legs = {1: (maps[0], maps[1]), -1: (maps[2], maps[3])}
        limb = leg_of(self.body, side)
        thigh, shin = self._legs[side]
        likely = thigh + shin + np.float32(1e-3)
        beyond = (thigh * limb.beyond(0, _HIP) + shin) / likely
        whole = self.edges.snapped(limb.weighed(likely))
        here = np.asarray(self.bottom * whole * beyond, np.float32)
        return Clothed(limb, _LEG_RADIUS, whole, np.asarray(beyond, np.float32), here, self.lower)

    def beyond(self, side: int, reach: float) -> Float32:
        """How much of what is arm in a place lies beyond a place of the arm: float32 h x w, 0..1."""
        key = side, round(reach, 2)
        if key not in self._beyond:
            upper, lower, hand = self._shares[side]
            limb = self.arms[side]
            kept = hand + lower * limb.beyond(1, reach - 1.0)
            if reach < 1.0:
                kept = kept + upper * limb.beyond(0, max(reach, _SHOULDER))
            self._beyond[key] = np.asarray(kept / self._likely(side), np.float32)
        return self._beyond[key]

    def _likely(self, side: int) -> Float32:
        """How likely it is an arm, as the network says; never 0."""
        return self._likelies[side]

    def _true_hair(self, hair: Float32) -> Float32:
        """Hair without what only hangs like it: cords, lapels, scarves below the chin have another colour than the hair
        of the head.
        """
        body = self.body
        below = np.clip(-body.above_chin() / np.float32(0.3 * body.face_unit), 0.0, 1.0)
        if float((hair * below).max(initial=0.0)) < 0.3:
            return hair
        colours = self.colours
        own = colours.model(((hair > 0.6) & (body.above_mouth() > 0)) * hair * self.person)
        if own is None:
            return np.asarray(hair * (1.0 - below), np.float32)
        cloth = colours.model(((self.upper > 0.7) & (hair < 0.2)) * self.upper)
        ratio = cv2.GaussianBlur(colours.ratio(own, [cloth]), (0, 0), 1.0)
        like = 1.0 / (1.0 + np.exp(-2.0 * (ratio + _HAIR_BENEFIT)))
        return np.asarray(hair * (1.0 - below * (1.0 - like)), np.float32)

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
        near = near * np.clip(1.0 + body.hair_reach() / np.float32(_HAIR_BEYOND * body.face_unit), 0.0, 1.0)
        # A face that the network only half believes in is still a face.
        return strongest([self.edges.snapped(likely * near), np.asarray(0.8 * core * (likely > 0.15), np.float32)])

    def _like_cloth(self, piece: NDArray[np.bool_], cloth: Float32) -> bool:
        """Whether a thing amid cloth has its colours: then it is cloth too.

        Args:
            piece: h x w: the thing.
            cloth: float32 h x w, 0..1.
        """
        inner = piece.astype(np.uint8)
        near = cv2.dilate(inner, np.ones((9, 9), np.uint8)) - cv2.dilate(inner, np.ones((3, 3), np.uint8))
        around = (near > 0) & (cloth > 0.6)
        if float(around.sum()) < _AMID * float((near > 0).sum()):
            return False
        colours = self.colours
        it, other = colours.model(piece.astype(np.float32)), colours.model(around.astype(np.float32))
        return it is not None and other is not None and overlap(it, other) > _SAME_CLOTH

    def _carried(self, things: Float32) -> Float32:
        """Things in front, without the blobs that the network is not sure of."""
        mask = (things > 0.5).astype(np.uint8)
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask)
        kept = np.zeros(count, bool)
        least = max(_LEAST_THING * (self.body.unit / self._grid.pixel) ** 2, 12.0)
        cloth = np.maximum(self.upper, self.lower)
        for index in range(1, count):
            if stats[index, cv2.CC_STAT_AREA] >= least:
                piece = pieces == index
                sure = float(np.quantile(things[piece], 0.7)) > 0.75
                kept[index] = sure and not self._like_cloth(piece, cloth)
        if not kept.any():
            return np.zeros_like(things)
        near = cv2.dilate(kept[pieces].astype(np.uint8), np.ones((5, 5), np.uint8))
        return self.edges.snapped(things * near)
