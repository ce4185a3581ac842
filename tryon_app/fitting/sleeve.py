"""One sleeve on one arm."""

import math
from dataclasses import dataclass

import numpy as np

from tryon_app.core.types import Float32
from tryon_app.fitting.body import ARM_LENGTHS, ROUND, Arm, Body, unit_vector
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.strip import Ladder, normals, polyline, smooth
from tryon_app.fitting.top_chart import SleeveChart
from tryon_app.fitting.worn import WornNow

_TO_WRIST = ARM_LENGTHS[0] + ARM_LENGTHS[1]
"""Shoulder joint to wrist, in units."""


@dataclass(frozen=True, slots=True, eq=False)
class Armhole:
    """Where a sleeve hangs.

    Attributes:
        tip: float32 2, the tip of the shoulder seam.
        armpit: float32 2.
        along: float32 2, unit vector down the upper arm.
        outward: float32 2, unit vector away from the body.
    """

    tip: Float32
    armpit: Float32
    along: Float32
    outward: Float32


@dataclass(frozen=True, slots=True, eq=False)
class SleeveFit:
    """The geometry of one sleeve on one pose.

    Attributes:
        sleeve: Of the garment.
        arm: Of the person.
        armhole: Where it hangs.
        body: Of the person.
        silhouette: Of the person.
        worn: What the person wears now.
        across: Frame pixels for one photo pixel of width.
        length: Frame pixels for one photo pixel of length.
        ease: Width of the chosen size over that of the default size.
        owner: Whose readings these are, among all that are averaged over time.
    """

    sleeve: SleeveChart
    arm: Arm
    armhole: Armhole
    body: Body
    silhouette: Silhouette
    worn: WornNow
    across: float
    length: float
    ease: float
    owner: int

    def ladder(self) -> Ladder | None:
        """Its edges on the person; None when the arm is not in the picture."""
        if not self._arm_known():
            return None
        sleeve, arm, armhole = self.sleeve, self.arm, self.armhole
        body, unit, fan = self.body, self.body.unit, sleeve.fan
        tip, armpit, outward = armhole.tip, armhole.armpit, armhole.outward
        line = _rounded(arm.joints, 0.22 * unit)
        # The tube begins level with the armpit. Lengths are true; along a bone that points at the camera they look
        # shorter.
        begin = self._begin()
        t = np.linspace(0.0, 1.0, len(sleeve.widths) - fan, dtype=np.float32)
        lengths = t * self._true_length(begin / max(float(arm.reach[0]), 0.05))
        positions = begin + _foreshorten(lengths, arm, unit, begin)
        centre = polyline(line, positions)
        normal = smooth(normals(centre), 2)
        if float(normal[0] @ outward) < 0:
            normal = -normal
        half = 0.5 * sleeve.widths[fan:] * self.across * ROUND
        radius = np.interp(positions, [0.0, 0.8 * unit, 1.6 * unit], [0.185, 0.15, 0.115]).astype(np.float32) * unit
        most = radius * (1.7 + 0.9 * _bend(arm, positions, unit))
        # Outer and inner edge at once: float32 rungs x 2, and x 2.
        rays = np.stack([normal, -normal], axis=1)
        middle, limit = (np.stack([one, one], axis=1) for one in (centre, most + 0.2 * radius))
        radius, most = radius[:, None], most[:, None]
        measured = self.silhouette.reach(middle, rays, limit)
        if self.worn.seen is not None:
            measured = np.minimum(measured, self.worn.seen.arm_reach(arm.side, middle, rays, limit))
        known = np.minimum(np.maximum(measured, 0.7 * radius), most)
        known = np.where(measured >= limit * 0.999, radius, known)
        known = radius * self.worn.settled((self.owner, arm.side), (known / radius).astype(np.float32))
        # A pointed elbow is narrower than the rungs lie apart.
        wider = 0.97 * known
        known[:-1] = np.maximum(known[:-1], wider[1:])
        known[1:] = np.maximum(known[1:], wider[:-1])
        wide = self.worn.sleeve_for(half.astype(np.float32) / self.ease, known, centre) * self.ease
        low = known * 1.04
        wide = np.minimum(np.maximum(wide, low), np.maximum(1.4 * radius, low)).astype(np.float32)
        edges = middle + rays * smooth(wide, 2)[..., None]
        # Out of the armhole: the inner edge starts at the armpit and eases into the tube within a few rungs.
        ease = _ease(np.minimum(np.arange(len(t), dtype=np.float32) / 3.0, 1.0))[:, None]
        hanging = armpit + (centre - centre[0])
        inner = hanging * (1.0 - ease) + edges[:, 1] * ease
        share = np.arange(fan, dtype=np.float32)[:, None] / fan
        arch = tip + (edges[0, 0] - tip) * share
        # The cap of the sleeve is round, and covers the shoulder that is seen.
        bulge = unit_vector(outward - body.down, outward)
        arch = arch + bulge * (0.035 * unit * np.sin(np.pi * share))
        first = np.concatenate([arch, edges[:, 0]]).astype(np.float32)
        second = np.concatenate([np.repeat(armpit[None], fan, axis=0), inner]).astype(np.float32)
        return Ladder(first, second)

    def reach(self) -> float:
        """How far down the arm it goes: 0 the shoulder, 1 the elbow, 2 the wrist."""
        begin = self._begin() / max(float(self.arm.reach[0]), 0.05)
        end = (begin + self._true_length(begin)) / self.body.unit
        upper, lower = ARM_LENGTHS[:2]
        return float(np.interp(end, [0.0, upper, _TO_WRIST, _TO_WRIST + lower], [0.0, 1.0, 2.0, 3.0]))

    def _begin(self) -> float:
        """How far down the arm its tube begins, level with the armpit: pixels as seen."""
        return max(float((self.armhole.armpit - self.arm.joints[0]) @ self.armhole.along), 0.0)

    def _true_length(self, begin: float) -> float:
        """True length of the tube, pixels. A full-length sleeve ends at the wrist, whoever wears it."""
        length = self.sleeve.length * self.length
        wrist = _TO_WRIST * self.body.unit
        if 0.84 * wrist < begin + length < 1.25 * wrist:
            length = max(wrist * 1.05 - begin, 0.2 * self.body.unit)
        return self.worn.cuff_for(begin + length, self.arm, self.body.unit) - begin

    def _arm_known(self) -> bool:
        """Whether it may be drawn: the elbow is seen, or beyond the picture's edge with the shoulder inside."""
        if self.arm.seen >= 0.15:
            return True
        # Where it is guessed to be just inside the picture it would be seen, were it there.
        beyond = self.silhouette.outside(self.arm.joints[1], 0.35 * self.body.unit)
        return beyond and not self.silhouette.outside(self.arm.joints[0])


def _bend(arm: Arm, positions: Float32, unit: float) -> Float32:
    """How much an elbow sticks out, 0..1, at positions down the arm, pixels."""
    upper, lower = arm.joints[1] - arm.joints[0], arm.joints[2] - arm.joints[1]
    lengths = math.hypot(*upper), math.hypot(*lower)
    straight = float(upper @ lower) / max(lengths[0] * lengths[1], 1e-6)
    near = np.exp(-(((positions - lengths[0]) / (0.3 * unit)) ** 2))
    return np.asarray(near * min(max(0.5 - 0.7 * straight, 0.0), 1.0), np.float32)


def _ease(t: Float32) -> Float32:
    return t * t * (3.0 - 2.0 * t)


def _rounded(joints: Float32, radius: float) -> Float32:
    """Shoulder, elbow, wrist and knuckles as a line without a corner at the elbow: float32 n x 2."""
    a, b, c = joints[0], joints[1], joints[2]
    before = b + unit_vector(a - b, b - a) * min(radius, 0.45 * math.hypot(*(a - b)))
    after = b + unit_vector(c - b, b - a) * min(radius, 0.45 * math.hypot(*(c - b)))
    t = np.linspace(0.0, 1.0, 7, dtype=np.float32)[:, None]
    bend = (1 - t) ** 2 * before + 2 * t * (1 - t) * b + t**2 * after
    return np.concatenate([a[None], bend, joints[2:]]).astype(np.float32)


def _foreshorten(lengths: Float32, arm: Arm, unit: float, begin: float) -> Float32:
    """True lengths along an arm -> pixels as seen, both from a point `begin` pixels down the upper arm."""
    true, seen = arm.stops(unit)
    start = begin / max(float(arm.reach[0]), 0.05)
    reached = np.interp(lengths + start, true, seen)
    beyond = np.maximum(lengths + start - true[-1], 0.0) * arm.reach[-1]
    return (reached + beyond - np.interp(start, true, seen)).astype(np.float32)
