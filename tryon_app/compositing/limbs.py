"""A limb as a chain of bones with the girth of bare skin around them."""

from dataclasses import dataclass

import numpy as np

from tryon_app.compositing.anatomy import Anatomy
from tryon_app.core.types import Float32, Landmark, Rect, sided

_ARM_GIRTH = ((0.150, 0.120), (0.125, 0.080))
"""Radii at both ends of upper arm and forearm, in shoulder widths."""
_LEG_GIRTH = ((0.270, 0.165), (0.165, 0.095))
"""The same of thigh and shin."""
_TIP_GIRTH = 0.16
_ONTO = 0.35
"""Share of the hand or foot over which old cloth may hang."""
_SURE, _MAYBE = 0.5, 0.3
"""Presence of a joint that is in the picture; the second where it is seen well."""
_VISIBLE, _WELL = 0.4, 0.55
_AT_EDGE, _AT_BOTTOM = 0.15, 0.35
"""Shoulder widths; the second for the lower edge, near which elbows are marked that lie below it."""
_SOFT = 0.08
"""Width of the step at the end of a sleeve, in shoulder widths."""
_SHORT = 0.22
"""A bone that looks shorter than that, in shoulder widths, points at the camera."""


class Limb:
    """Bones of a limb, with maps of where things lie along and across them.

    Args:
        body: Whose.
        joints: One more landmark than bones.
        tip: Where the hand or foot beyond the last joint ends, float32 2; it belongs to the limb too.
        girth: For each bone its radii at both ends, in shoulder widths.

    Attributes:
        points: The joints, frame pixels.
        unit: Shoulder width, frame pixels.
    """

    def __init__(
        self, body: Anatomy, joints: list[Landmark], tip: Float32, girth: tuple[tuple[float, float], ...]
    ) -> None:
        pose = body.pose
        self._body = body
        self.unit = body.unit
        self.points: Float32 = pose.points[joints]
        self._tip = tip
        self._girth = girth
        self._presence = pose.presence[joints]
        self._visibility = pose.visibility[joints]
        self._along: dict[int, tuple[Float32, Float32]] = {}
        self._field: Float32 | None = None

    @property
    def present(self) -> bool:
        """Whether all of it is in the picture."""
        return float(self._presence.min()) > _SURE

    def certain(self, box: Rect) -> bool:
        """Whether the limb is where its landmarks say: all seen, or outside the box, or at its edge: hands and
        elbows that the picture cuts off are marked just inside it.
        """
        edge, bottom = _AT_EDGE * self.unit, _AT_BOTTOM * self.unit
        for joint, presence, visibility in zip(self.points, self._presence, self._visibility, strict=True):
            inside = box.x0 + edge <= joint[0] < box.x1 - edge and box.y0 + edge <= joint[1] < box.y1 - bottom
            # Near the edge presence falls first: what is well visible is there all the same.
            if inside and (visibility < _VISIBLE or presence < (_SURE if visibility < _WELL else _MAYBE)):
                return False
        return True

    def length(self, bone: int) -> float:
        """Pixels of the frame."""
        return float(np.linalg.norm(self.points[bone + 1] - self.points[bone]))

    def long(self, bone: int) -> bool:
        """Whether a bone is long enough in the picture to tell places along it: it does not point at the camera."""
        return self.length(bone) >= _SHORT * self.unit

    def axis(self, bone: int) -> tuple[Float32, Float32]:
        """Place along a bone, 0 its beginning, 1 its end, and distance from its segment in pixels."""
        if bone not in self._along:
            start, end = self.points[bone], self.points[bone + 1]
            length = max(self.length(bone), 1e-3)
            along = self._body.along_axis(start, (end - start) / length) / np.float32(length)
            self._along[bone] = along, self._body.capsule(start, end)
        return self._along[bone]

    def across(self, bone: int) -> Float32:
        """Signed distance from a bone's line, pixels."""
        start, end = self.points[bone], self.points[bone + 1]
        axis = (end - start) / max(self.length(bone), 1e-3)
        return self._body.along_axis(start, np.array([-axis[1], axis[0]], np.float32))

    def radius(self, bone: int) -> Float32:
        """Of the bare limb along a bone, pixels."""
        first, second = self._girth[bone]
        radius = np.float32(first) + np.float32(second - first) * np.clip(self.axis(bone)[0], 0.0, 1.0)
        return np.asarray(radius * np.float32(self.unit), np.float32)

    def field(self) -> Float32:
        """Distance from the bones in radii of the bare limb there: below 1 inside."""
        if self._field is None:
            fields = [self.axis(bone)[1] / self.radius(bone) for bone in range(len(self._girth))]
            self._field = np.minimum.reduce(fields).astype(np.float32)
        return self._field

    def beyond_last(self) -> Float32:
        """The same of what is a little beyond the last joint: a cuff may lie on the hand, trousers on the foot."""
        last = self.points[-1]
        radius = np.float32(self._girth[-1][1] * self.unit)
        onto: Float32 = self._body.capsule(last, last + np.float32(_ONTO) * (self._tip - last)) / radius
        return onto

    def field_to_hand(self) -> Float32:
        """`field`, with what is a little beyond the last joint."""
        return np.minimum(self.field(), self.beyond_last()).astype(np.float32)

    def weighed(self, likely: Float32) -> Float32:
        """The network's word with the pose's: the limb is near its bones, and where both are unsure it is there.

        Args:
            likely: float32 h x w, 0..1.
        """
        field = self.field()
        beyond = self._body.capsule(self.points[-1], self._tip) / np.float32(_TIP_GIRTH * self.unit)
        field = np.minimum(field, beyond)
        known = likely
        if self.present:
            # Of a logit this would be a plain sum; its first order is enough, and much cheaper.
            known = likely + likely * (1.0 - likely) * np.clip(0.7 * (1.1 - field), -1.0, 0.6)
        return np.asarray(known * np.clip((3.2 - field) * 1.5, 0.0, 1.0), np.float32)

    def beyond(self, bone: int, share: float) -> Float32:
        """1 beyond a place of a bone, 0 before it, soft between.

        Args:
            bone: Which.
            share: 0 its beginning, 1 its end.
        """
        if share <= 0.0:
            return np.ones_like(self.axis(bone)[0])
        along, _ = self.axis(bone)
        length = self.length(bone)
        if not self.long(bone):
            return np.full_like(along, 1.0 if share < 0.5 else 0.0)
        return np.clip(
            (along - np.float32(share)) * np.float32(length / (_SOFT * self.unit)) + np.float32(0.5), 0.0, 1.0
        )


def arm_of(body: Anatomy, side: int) -> Limb:
    """The left (+1) or right (-1) arm."""
    p = body.pose.points
    wrist, index, pinky = p[sided(side, "WRIST", "INDEX", "PINKY")]
    # MediaPipe marks the knuckles: the fingers reach as far again.
    tip = wrist + 1.8 * (0.5 * (index + pinky) - wrist)
    return Limb(body, sided(side, "SHOULDER", "ELBOW", "WRIST"), tip, _ARM_GIRTH)


def leg_of(body: Anatomy, side: int) -> Limb:
    """The left (+1) or right (-1) leg."""
    joints = sided(side, "HIP", "KNEE", "ANKLE")
    return Limb(body, joints, body.pose.points[sided(side, "FOOT_INDEX")[0]], _LEG_GIRTH)


@dataclass(frozen=True, slots=True, eq=False)
class Clothed:
    """A limb and the old cloth on it, beyond the end of what is put on: maps float32 h x w, 0..1.

    Attributes:
        limb: Where it is.
        radius: About how thick, in shoulder widths.
        whole: All that the network takes for it.
        beyond: How much of the limb in a place lies beyond the end of the new sleeve or leg.
        cloth: The old cloth there.
        near: The same as the network says, its edges not on those of the picture.
    """

    limb: Limb
    radius: float
    whole: Float32
    beyond: Float32
    cloth: Float32
    near: Float32
