"""Where legs go, standing or seated: their line in the picture, which way is outward, and how far cloth reaches along
them though a thigh points at the camera.
"""

from dataclasses import dataclass

import numpy as np

from tryon_app.core.types import Float32, sided
from tryon_app.fitting.body import Body, unit_vector
from tryon_app.fitting.strip import normals, polyline, smooth

_STRAIGHT, _BENT = np.cos(np.radians([25.0, 60.0]))
"""Cosines of a thigh's turn away from the trunk: up to the first a leg stands, from the second on it sits."""
_ASIDE = 0.15, 0.7
"""Sines of a thigh's way aside, from which on legs are apart, and from which on they are as far apart as they go."""
_SHORTENED = 0.5
"""Shortest a thigh or shin is taken to look, as a share of its true length, where lengths are shared out."""


@dataclass(frozen=True, eq=False)
class Leg:
    """One leg.

    Attributes:
        side: +1 left, -1 right.
        line: float32 3 x 2: hip, knee and ankle joint, frame pixels.
        seen: float32 2: how long thigh and shin look, frame pixels.
        true: float32 2: how long they are beside each other; in sum as long as `seen` would be of a leg that stands.
        bent: 0 standing .. 1 seated, as the picture shows it.
    """

    side: int
    line: Float32
    seen: Float32
    true: Float32
    bent: float

    @property
    def whole(self) -> float:
        """Hip to ankle as seen, pixels."""
        return float(self.seen.sum())

    def stops(self, shares: Float32) -> Float32:
        """Pixels along the line, as seen.

        Args:
            shares: float32 n, of the true length from hip to ankle; above 1 beyond the ankle.
        """
        joints = np.array([0.0, self.true[0], self.true.sum()], np.float32) / self.true.sum()
        stops = np.array([0.0, self.seen[0], self.whole], np.float32)
        beyond = np.maximum(shares - 1.0, 0.0) * self.whole
        return (np.interp(shares, joints, stops) + beyond).astype(np.float32)

    def centre(self, stops: Float32) -> Float32:
        """Points on the line: float32 n x 2."""
        return polyline(self.line, stops)

    def apart(self, body: Body) -> float:
        """How far the thigh goes aside: 0 up to a little, 1 from half a right angle on."""
        thigh = unit_vector(self.line[1] - self.line[0], body.down)
        aside = float(thigh @ (body.across * self.side))
        return float(np.clip((aside - _ASIDE[0]) / (_ASIDE[1] - _ASIDE[0]), 0.0, 1.0))

    def outward(self, centre: Float32, body: Body) -> Float32:
        """Unit vectors towards the outer seam: float32 n x 2.

        A leg takes its seams along as it turns about the hip: of a thigh lifted sideways the outer one is above.
        """
        away = body.across * self.side
        hanging = np.array([-body.down[1], body.down[0]], np.float32)
        sign = 1.0 if float(hanging @ away) > 0 else -1.0
        return (sign * smooth(normals(centre), 2)).astype(np.float32)


def legs_of(body: Body) -> dict[int, Leg]:
    """By side: +1 left, -1 right."""
    return {side: _leg(body, side) for side in (1, -1)}


def _leg(body: Body, side: int) -> Leg:
    joints = sided(side, "HIP", "KNEE", "ANKLE")
    line = body.points[joints]
    seen = np.maximum(np.linalg.norm(line[1:] - line[:-1], axis=1), 1.0)
    world = body.pose.world[joints]
    true = np.maximum(np.linalg.norm(world[1:] - world[:-1], axis=1), 1e-3)
    # As long beside each other as in the world, unless the picture shows more than that.
    scale = float((seen / true).max())
    true = np.maximum(true * scale, seen)
    true = np.minimum(true, seen / _SHORTENED)
    thigh = unit_vector(line[1] - line[0], body.down)
    turned = float(thigh @ body.down)
    bent = float(np.clip((_STRAIGHT - turned) / (_STRAIGHT - _BENT), 0.0, 1.0))
    return Leg(side, line, seen.astype(np.float32), true.astype(np.float32), bent * bent * (3.0 - 2.0 * bent))
