"""What the old garment leaves showing around the new one: skin where a limb or the neck is, the lower garment below a
hem, the room where earlier frames have shown it, else the surroundings along narrow rims. What would not look natural
is left as it is.

Everything is painted below the new garment, at the size of the small maps; only the lower garment's cloth, the room and
the surroundings are copied from frames.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from tryon_app.compositing.bare import bare_limb, bare_trunk, lies_on, old_cloth, slack_of, surely_cloth, worn_on
from tryon_app.compositing.hem import continued
from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.limbs import Clothed, Limb
from tryon_app.compositing.maps import Grid, box_mean, strongest
from tryon_app.compositing.mirrored import mirrored
from tryon_app.compositing.patch import Patch, touched
from tryon_app.compositing.plate import Room
from tryon_app.compositing.skin import Skin, spread
from tryon_app.core.types import CATEGORY_SLOT, BodyPart, Fit, Float32, Frame, Labels, Material, Rect, Slot, UInt8

_WHOLE_SLEEVE = 1.8
"""A new sleeve that goes so far leaves no arm to bare."""
_SLACK_ON, _SLACK_OFF = 2.0, 2.2
"""How loose an old sleeve may be on an arm that is bared; the second once it is."""
_PATIENCE, _LOST = 8, 3
"""Frames for which it may be looser then, and for which its place may be uncertain."""
_BESIDE = 0.04
"""How near the colours beside a rim are taken from, in shoulder widths."""
_LEAST = 6.0
"""Cells of leftovers worth the work."""
_FEW_HANDS = 12
"""Cells of the network in which hands must be seen to tell the colour of skin."""
_RIM, _SLEEVE_RIM = 0.12, 0.25
"""Rims are repaired up to that width, in shoulder widths; the second beside new sleeves that go all the way."""
_HOOD_RIM = 0.4
"""The same beside the neck, where old collars and hoods stand before what is behind the person."""
_RUNS_OUT = 0.06
"""How far painted skin runs out over skin that is seen, in shoulder widths."""
_LOOSE = 0.22
"""How far from the surroundings an old sleeve may be painted away, in shoulder widths."""
_TROUSERS = 0.35
"""What trousers count for beside the background, where both border on an old sleeve: it hangs before the background."""
_AMID = 0.55
"""Share of the new garment around a gap from which on that lies between its parts."""
_ARMPIT, _ARMHOLE = 0.2, 0.62
"""How wide gaps between a bared arm and the chest are that are skin, in shoulder widths, and how far down the torso."""
_SHADOW = 0.75
"""How light gaps inside the new garment are, beside its cloth around them."""
_SEEN = 0.05
"""Share of a copy that is seen."""
_CLOTH = 0.7
"""Likelihood of old cloth from which on it is taken off, whatever it looks like."""
_SAME = 9.0
"""Difference of colours, 0..255, that is not worth painting over."""
_MAYBE = 0.4
"""Likelihood up to which skin beside a hood is rather more of that."""
_PLAIN = 4.0
"""Mean difference of colours, 0..255, of plain surroundings from their smooth colour."""
_BODY = 0.3
"""Share of what borders on an old sleeve that must be background for the room to be behind it."""
_DOWN_THIGHS, _APART = (0.6, 0.75, 0.9), 0.42
"""Where between the thighs a skirt is looked for, and how far apart they must be there, in shoulder widths."""
_THIGHS = 1.8
"""How far down the body is as wide as the trunk, in lengths of the trunk."""
_LEGS = tuple(BodyPart[f"{side}_{name}"] for side in ("LEFT", "RIGHT") for name in ("THIGH", "SHIN", "FOOT"))


@dataclass(frozen=True, slots=True, eq=False)
class Bared:
    """What was decided about the old clothes.

    Attributes:
        skin: The person's; None where nothing of the fit takes something off.
        top: Whether the old top is taken off.
        bottom: Whether the old lower garment is.
        arms: Side, +1 left, -1 right -> bared arm.
        legs: The same of legs.
        clothed: Limbs that stay as they are.
        covered: Sides whose arms are in new sleeves to the wrist.
        room: What is known of the room behind the person.
    """

    skin: Skin | None = None
    top: bool = False
    bottom: bool = False
    arms: Mapping[int, Clothed] = field(default_factory=dict)
    legs: Mapping[int, Clothed] = field(default_factory=dict)
    clothed: tuple[Clothed, ...] = ()
    covered: tuple[int, ...] = ()
    room: Room | None = None

    def patch(self, seen: Labelled, cover: Float32, worn: Float32, grid: Grid) -> Patch | None:
        """What to paint, or None when nothing is left over.

        Args:
            seen: What the network says.
            cover: float32 h x w, 0..1: where the new garments lie.
            worn: float32 h x w x 3, 0..255: the new garments, premultiplied.
            grid: Where the maps lie.
        """
        if self.skin is None:
            return None
        keep = 1.0 - _untouched(seen, self.bottom)
        tops = [seen.upper, self.skin.mistaken()] if self.top else []
        old = strongest(tops + [seen.bottom] * self.bottom)
        left = np.asarray(old * (1.0 - cover) * keep, np.float32)
        if float(left.sum()) < _LEAST:
            return None
        cells = seen.body.unit / grid.pixel
        hem = continued(seen, left, grid) if self.top and not self.bottom else None
        shape, shade = self._body(seen, cover, grid)
        # Bared arms hang in front of what is below a hem.
        below = np.zeros_like(left) if hem is None else np.asarray(hem[0] * (1.0 - shape), np.float32)
        elsewhere = left * (1.0 - strongest([shape, below, *(limb.cloth for limb in self.clothed)]))
        room = self._room(seen, cover, cells)
        limbs = self._off_limbs(seen, shape, room, grid)
        outside, folds, amid = self._around(
            seen, np.asarray(elsewhere * (1.0 - limbs), np.float32), shape, cover, room, cells
        )
        wanted = [left * shape, outside, folds, limbs]
        # The edge of the old cloth is soft: without a cell more, a thin line of it stays around what is painted.
        alpha = cv2.dilate(strongest(wanted), np.ones((3, 3), np.uint8))
        alpha = np.maximum(cv2.GaussianBlur(alpha, (0, 0), 0.6), self._run_out(seen, left, shape, cells))
        alpha = np.asarray(alpha * keep, np.float32)
        box = touched(np.maximum(alpha, below), grid)
        if box.empty:
            return None
        bared = [*self.arms.values(), *self.legs.values()]
        around = _surroundings(seen, [limb.whole for limb in bared], self.bottom)
        fine = max(round(_BESIDE * cells), 1)
        colour = spread(seen.small, around, fine)
        mirror, way = mirrored(around, _LOOSE * cells, grid)
        # Before a plain wall a stray hair would be mirrored too; there a colour is enough.
        mirror = np.asarray(mirror * _rough(seen.small, colour, around, fine), np.float32)
        if self.room is not None:
            colour = _over(colour, self.room.colour, room)
            mirror = np.asarray(mirror * (1.0 - room), np.float32)
        if self.skin.known:
            bare = np.minimum(shape, seen.person)
            colour = _over(colour, np.minimum(self.skin.colour() * shade[..., None], np.float32(255.0)), bare)
            room, mirror = (np.asarray(copied * (1.0 - bare), np.float32) for copied in (room, mirror))
        if folds.any():
            # Cloth of the new garment in the shadow of its own folds.
            straight = worn / np.maximum(cover, 1e-2)[..., None]
            share = np.asarray(cv2.dilate(folds, np.ones((3, 3), np.uint8)) * amid, np.float32)
            colour = _over(colour, np.float32(_SHADOW) * spread(cv2.convertScaleAbs(straight), cover, fine), share)
            room, mirror = (np.asarray(copied * (1.0 - share), np.float32) for copied in (room, mirror))
        # What is surely cloth goes, though it be of the colour of skin; skin taken for cloth may stay as it is.
        sure = np.clip((seen.upper - np.float32(_CLOTH)) * np.float32(5.0), 0.0, 1.0)
        alpha = alpha * np.maximum(_different(seen.small, colour), sure)
        shown = None if self.room is None else (np.asarray(alpha * room, np.float32), self.room)
        mirror = np.asarray(alpha * mirror, np.float32)
        if hem is not None:
            mirror, way = np.maximum(mirror, below), np.where(below[..., None] > 0.0, hem[1], way)
        copied = (mirror, way) if float(mirror.max()) > _SEEN else None
        return Patch(grid, cv2.convertScaleAbs(colour), alpha, copied, shown, box)

    def _around(
        self, seen: Labelled, elsewhere: Float32, shape: Float32, cover: Float32, room: Float32, cells: float
    ) -> tuple[Float32, Float32, Float32]:
        """Old cloth where neither skin nor the lower garment comes: in front of the surroundings, and in front of more
        of the new garment, where the third says how sure that is; float32 h x w, 0..1.
        """
        free = np.asarray(seen.background * (1.0 - cover), np.float32)
        inside = 1.0 - _near(1.0 - seen.torso, 0.5 * _RIM * cells)
        beside_neck = seen.body.beside_neck()
        narrow = _narrow(elsewhere, _RIM * cells)
        if self.covered:
            arms = strongest([seen.whole_arm(side) for side in self.covered])
            narrow = np.maximum(narrow, _narrow(elsewhere, _SLEEVE_RIM * cells) * arms)
        hood = None
        if float((elsewhere * beside_neck).sum()) > _LEAST and not self._strapped(seen, cover):
            hood = self._hood(seen, elsewhere, shape, cells) * beside_neck * (1.0 - cover)
            narrow = np.maximum(narrow, hood)
        hanging = _open(narrow, free)
        rims = hanging * _near(seen.background, (_SLEEVE_RIM if self.covered else _RIM) * cells) * (1.0 - inside)
        if hood is not None:
            stands = hood * hanging * _near(seen.background, _HOOD_RIM * cells)
            # With its shadow on what is behind it: its outline would stay in the air.
            shadow = cv2.dilate(stands, np.ones((5, 5), np.uint8)) * seen.background
            rims = np.maximum(rims, np.maximum(stands, shadow))
        outside = np.maximum(rims, _open(elsewhere, free) * room)
        gaps = narrow - hanging
        beside = np.maximum(self._beside(seen, elsewhere, cover, cells) - np.maximum(outside, gaps), 0.0)
        # Only between its own parts: beside an arm and below a hem the surroundings are seen.
        amid = np.clip((box_mean(cover, max(round(_RIM * cells), 1)) - _AMID) * np.float32(8.0), 0.0, 1.0)
        return outside, np.maximum(gaps, beside), np.maximum(amid, beside > 0.3).astype(np.float32)

    def _stays(self) -> bool:
        """Whether an old sleeve or leg stays."""
        return any(float(limb.cloth.sum()) > _LEAST for limb in self.clothed)

    def _strapped(self, seen: Labelled, cover: Float32) -> bool:
        """Whether old cloth is seen on the shoulders, beside straps: then it is no hood."""
        return self._stays() and any(lies_on(seen.body, arm.points[0], cover) < 1.0 for arm in seen.arms.values())

    def _hood(self, seen: Labelled, elsewhere: Float32, shape: Float32, cells: float) -> Float32:
        """An old hood or collar, with what is taken for skin at it and can be none; float32 h x w, 0..1."""
        cloth = _narrow(elsewhere, _HOOD_RIM * cells)
        beside_skin = cv2.dilate(strongest([seen.skin, seen.face]), np.ones((5, 5), np.uint8)) > _MAYBE
        nothing_else = seen.person * (1.0 - strongest([seen.head(), seen.objects, shape]))
        whole = np.maximum(cloth, np.minimum(nothing_else, _near(cloth, _RIM * cells)))
        # Doubted it is gone too, but skin keeps its own soft edge.
        return np.where(beside_skin, cloth, np.clip(3.0 * whole - 0.6, 0.0, 1.0)).astype(np.float32)

    def _off_limbs(self, seen: Labelled, shape: Float32, room: Float32, grid: Grid) -> Float32:
        """Old cloth on and beside limbs that are bared: float32 h x w, 0..1."""
        cells = seen.body.unit / grid.pixel
        sleeves, trousers = (
            strongest([np.zeros_like(shape), *(old_cloth(limb) for limb in limbs.values())])
            for limbs in (self.arms, self.legs)
        )
        if len(self.legs) == 2 and _is_skirt(seen, [clothed.limb for clothed in self.legs.values()], grid):
            # Between and beside bared legs nothing of it is left hanging in the air.
            beyond = strongest([clothed.beyond for clothed in self.legs.values()])
            trousers = np.maximum(trousers, beyond * seen.bottom)
        beside = np.maximum(_near(seen.background, _LOOSE * cells), room)
        return np.maximum(sleeves * np.maximum(shape, beside), trousers)

    def _run_out(self, seen: Labelled, left: Float32, shape: Float32, cells: float) -> Float32:
        """Where old cloth ends on bare skin, what is painted runs out over it: float32 h x w, 0..1."""
        if self.skin is None or not self.skin.known:
            return np.zeros_like(left)
        onto = np.asarray(seen.skin * (1.0 - seen.hands), np.float32)
        cloth = np.asarray(left * shape * (1.0 - onto), np.float32)
        soft = 2.0 * cv2.GaussianBlur(cloth, (0, 0), _RUNS_OUT * cells)
        return np.asarray(np.minimum(soft, 1.0) * onto * shape, np.float32)

    def _beside(self, seen: Labelled, elsewhere: Float32, cover: Float32, cells: float) -> Float32:
        """Old cloth on the chest between an arm and the new garment: no room is near, but more of its cloth."""
        if not self.top or self._stays():
            # With an old sleeve the chest beside it is worn below the new garment.
            return np.zeros_like(cover)
        chest = seen.torso * seen.body.chest()
        # Below its hem there is no more of it.
        covered = np.flatnonzero(((cover > 0.5) & (chest > 0.5)).any(axis=1))
        chest[int(covered[-1]) + 1 if len(covered) else 0 :] = 0.0
        return np.asarray(elsewhere * chest * _near(cover, _LOOSE * cells), np.float32)

    def _room(self, seen: Labelled, cover: Float32, cells: float) -> Float32:
        """Where the room is known and may show: beside the body, not in front of it; float32 h x w, 0..1."""
        if self.room is None:
            return np.zeros_like(cover)
        near = max(round(0.5 * _LOOSE * cells), 1)
        trunk = seen.body.torso(_THIGHS)
        body = strongest([cover, trunk, seen.lower])
        outside, within = box_mean(seen.background * (1.0 - cover), near), box_mean(body, near)
        beside = np.clip((outside / (outside + within + np.float32(1e-3)) - _BODY) * np.float32(6.0), 0.0, 1.0)
        return np.asarray(self.room.known * beside * (1.0 - trunk), np.float32)

    def _body(self, seen: Labelled, cover: Float32, grid: Grid) -> tuple[Float32, Float32]:
        """Where skin would be without the old clothes, 0..1, and how light it would be there."""
        shape, shade = np.zeros_like(seen.upper), np.ones_like(seen.upper)
        if self.skin is None or not self.skin.known:
            return shape, shade
        if self.top:
            stays = any(worn_on(limb, seen.body.unit, grid) for limb in self.clothed)
            shape, shade = bare_trunk(seen, list(self.arms), not stays, cover, grid)
        for limbs, runs_out in ((self.arms, True), (self.legs, False)):
            for clothed in limbs.values():
                place, light = bare_limb(seen, clothed, grid)
                # The round of the arm runs out into the flat of the shoulder.
                first = clothed.limb.axis(0)[0]
                share = place * np.clip(0.1 + 1.5 * first, 0.0, 1.0) if runs_out else place
                shade = np.asarray(shade * (1.0 - share) + light * share, np.float32)
                shape = np.maximum(shape, place)
        if self.arms:
            # Between a bared arm and the chest the side of the trunk is bare too.
            side = 2 * round(0.5 * _ARMPIT * seen.body.unit / grid.pixel) + 1
            closed = cv2.morphologyEx(shape, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
            shape = np.maximum(shape, closed * seen.torso * seen.body.chest(_ARMHOLE))
        soft = 0.03 * seen.body.unit / grid.pixel
        return shape, np.asarray(cv2.GaussianBlur(shade, (0, 0), soft), np.float32)


class Fill:
    """Decides what is taken off. Remembers which limbs it bared, so that nothing flickers at a limit."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, int], int] = {}

    def reset(self) -> None:
        """Forget the past."""
        self._before.clear()

    def bare(
        self, seen: Labelled, fit: Fit, sleeves: Mapping[int, float], grid: Grid, room: Room | None = None
    ) -> Bared:
        """Decide which limbs can be bared, and tell the evidence, so that the garment closes in around them.

        Args:
            seen: What the network says; changed.
            fit: The new garments.
            sleeves: Side, +1 left, -1 right -> how far down the arm the new sleeves go.
            grid: Where the maps lie.
            room: What is known of the room behind the person.
        """
        top, bottom = replaced(fit)
        before, self._before = self._before, {}
        if not (top or bottom):
            return Bared()
        skin = Skin(seen, grid.pixel)
        hidden = np.ones_like(seen.upper) if room is None else np.asarray(1.0 - room.known, np.float32)
        unit = seen.body.unit
        sleeved = {
            side: seen.sleeve(side, sleeves.get(side, 0.0))
            for side in (1, -1)
            if top and sleeves.get(side, 0.0) < _WHOLE_SLEEVE
        }
        trousers = {side: seen.trouser(side) for side in (1, -1) if bottom}
        bared: list[dict[int, Clothed]] = []
        for name, pair in (("arm", sleeved), ("leg", trousers)):
            worn = {side: clothed for side, clothed in pair.items() if worn_on(clothed, unit, grid)}
            loose = {side: slack_of(clothed, unit, grid, hidden) for side, clothed in worn.items()}
            waited = {side: _patience(slack, before.get((name, side))) for side, slack in loose.items()}
            # One bare arm beside one with its old sleeve looks stranger than two old sleeves.
            both = skin.known and all(
                waited[side] is not None and not skin.resembles(clothed.cloth, surely_cloth(clothed))
                for side, clothed in worn.items()
            )
            bared.append(worn if both else {})
            self._before |= {(name, side): waited[side] or 0 for side in bared[-1]}
            # A forearm towards the camera shows no sleeve for a moment.
            away = ((key, wait + 1) for key, wait in before.items() if key[0] == name and key[1] not in worn)
            self._before |= {key: wait for key, wait in away if wait <= _PATIENCE}
        arms, legs = bared
        for side in arms:
            seen.bare_arm(side)
        kept = [clothed for side, clothed in sleeved.items() if side not in arms]
        kept += [clothed for side, clothed in trousers.items() if side not in legs]
        covered = tuple(side for side in (1, -1) if top and side not in sleeved)
        return Bared(skin, top, bottom, arms, legs, tuple(kept), covered, room)


def _patience(slack: float, before: int | None) -> int | None:
    """For how many frames a limb that is bared has been too loose for it; None where it is not bared.

    Args:
        slack: How loose it is, see `slack_of`.
        before: The same of the frame before.
    """
    if slack < (_SLACK_ON if before is None else _SLACK_OFF):
        return 0
    # An arm that moves fast is not quite where its landmarks are, or lost for a moment: that passes.
    patience = _PATIENCE if math.isfinite(slack) else _LOST
    return before + 1 if before is not None and before < patience else None


def replaced(fit: Fit) -> tuple[bool, bool]:
    """Whether the old top and the old lower garment are taken off: a jacket is worn over what the person has on."""
    slots = {CATEGORY_SLOT[item.worn.garment.category] for item in fit.garments if item.pieces}
    return bool(slots & {Slot.TOP, Slot.DRESS}), bool(slots & {Slot.BOTTOM, Slot.DRESS})


def with_old_clothes(roi: Rect, labels: Labels, frame: Frame, fit: Fit) -> Rect:
    """The garments' box, widened to hold the old clothes that are taken off, and the face."""
    top, bottom = replaced(fit)
    mask = np.zeros(labels.parts.shape[1:], bool)
    hands = labels.part(BodyPart.LEFT_HAND, BodyPart.RIGHT_HAND) > 0.5
    if top:
        mask |= (labels.material(Material.UPPER, Material.DRESS) > 0.3) & (labels.part(*_LEGS) < 0.5)
    if bottom:
        mask |= labels.material(Material.LOWER) > 0.3
        # They say which colours are skin, and are nearer to the legs than the face.
        mask |= hands
    if top or (hands & (labels.material(Material.SKIN) > 0.5)).sum() < _FEW_HANDS:
        mask |= labels.material(Material.FACE) > 0.5
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if not width or not height:
        return roi
    back = cv2.invertAffineTransform(labels.matrix.astype(np.float64))
    corners = np.array([[x - 2, y - 2], [x + width + 1, y + height + 1]]) @ back[:, :2].T + back[:, 2]
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    if not bottom:
        # What is below an old hem will be continued upwards: at least as much of it must be seen.
        y1 += max(min(2 * (y1 - roi.y1), roi.height), 0)
    return Rect(int(x0), int(y0), int(x1), int(y1)).union(roi).clipped(frame.width, frame.height)


def _untouched(seen: Labelled, legs: bool) -> Float32:
    """Hands, head, things carried, shoes; the line where a cuff ends on a hand may be painted."""
    hands = cv2.erode(seen.hands * (1.0 - seen.upper), np.ones((3, 3), np.uint8))
    maps = [np.asarray(hands, np.float32), seen.head(), seen.objects]
    return strongest([*maps, seen.shoes] if legs else maps)


def _is_skirt(seen: Labelled, legs: Sequence[Limb], grid: Grid) -> bool:
    """Whether the old lower garment is seen between the thighs too; where these touch nobody can tell."""
    cloth = []
    for share in _DOWN_THIGHS:
        one, other = (leg.points[0] + share * (leg.points[1] - leg.points[0]) for leg in legs)
        if np.linalg.norm(one - other) > _APART * seen.body.unit:
            column, row = grid.cell(0.5 * (one + other))
            cloth.append(float(seen.bottom[row, column]))
    return bool(cloth) and float(np.mean(cloth)) > _CLOTH


def _surroundings(seen: Labelled, limbs: Sequence[Float32], bottom: bool) -> Float32:
    """What neither is nor borders on old clothes, limbs or head: its colours may be carried on."""
    taken = strongest([seen.upper, seen.whole_arm(1), seen.whole_arm(-1), seen.head(), *limbs])
    free = seen.background if bottom else np.clip(seen.background + _TROUSERS * seen.lower, 0.0, 1.0)
    if bottom:
        taken = np.maximum(taken, seen.bottom)
    near = cv2.dilate(taken, np.ones((5, 5), np.uint8))
    return np.asarray((near < 0.3) * free, np.float32)


def _over(below: Float32, colour: Float32, share: Float32) -> Float32:
    """A colour over another: float32 h x w x 3."""
    return np.asarray(below + (colour - below) * share[..., None], np.float32)


def _rough(small: UInt8, colour: Float32, around: Float32, radius: int) -> Float32:
    """How far the surroundings differ from their smooth colour near a place: float32 h x w, 0 a wall, 1 leaves."""
    apart = spread(cv2.convertScaleAbs(cv2.absdiff(small.astype(np.float32), colour)), around, radius).max(axis=2)
    return np.clip((apart - np.float32(_PLAIN)) * np.float32(1.0 / _PLAIN), 0.0, 1.0).astype(np.float32)


def _different(small: UInt8, colour: Float32) -> Float32:
    """0 where the picture looks like what would be painted already: there is nothing to mend."""
    red, green, blue = cv2.split(cv2.absdiff(small.astype(np.float32), colour))
    apart = cv2.max(cv2.max(red, green), blue)
    return np.clip((box_mean(apart, 1) - _SAME) * np.float32(1.0 / _SAME), 0.0, 1.0).astype(np.float32)


def _near(places: Float32, distance: float) -> Float32:
    """1 within a distance of some places, cells; 0 elsewhere."""
    radius = max(round(distance), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate((places > 0.5).astype(np.uint8), kernel).astype(np.float32)


def _open(rims: Float32, surroundings: Float32) -> Float32:
    """Rims that hang together with the surroundings: inside the garment they would look like holes in the person."""
    free = surroundings > 0.5
    _, pieces = cv2.connectedComponents((free | (rims > 0.3)).astype(np.uint8))
    outside = np.bincount(pieces[free], minlength=int(pieces.max()) + 1) >= _LEAST
    outside[0] = False
    near = cv2.dilate(outside[pieces].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray((near > 0) * rims, np.float32)


def _narrow(left: Float32, width: float) -> Float32:
    """What of some leftovers is narrow; wide patches stay whole."""
    radius = max(round(0.5 * width), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    mask = (left > 0.4).astype(np.uint8)
    wide = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
    near_wide = cv2.dilate(wide, kernel)
    return np.asarray((near_wide == 0) * left, np.float32)
