"""The person as tailors see one: joints, directions and widths in frame pixels, with one unit of length.

The unit is the distance between the shoulder joints as it would be seen from the front; it carries over from person to
person better than pixels do, and all proportions below are in it. They are MediaPipe's joints, not a tape measure's:
its shoulders lie inside the body, about 36 cm apart on a tall man and 31 cm on a small woman.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tryon_app.core.types import Float32, Landmark, Pose, sided

TORSO_LENGTH = 1.55
"""Shoulder line to hip line, in units, standing upright."""

ARM_LENGTHS = (0.86, 0.78, 0.28)
"""Upper arm, forearm and hand to the knuckles, in units."""

ROUND = 0.84
"""Width seen from the front of cloth that measures 1 lying flat: it goes round a body 0.68 as deep as wide."""

_MIN_UNIT = 6.0


@dataclass(frozen=True, eq=False)
class Arm:
    """One arm: joints and directions, frame pixels.

    Attributes:
        side: +1 left, -1 right.
        joints: float32 4 x 2: shoulder, elbow, wrist, knuckles.
        reach: float32 3, how long upper arm, forearm and hand look, as a share of their true length (1 = not
            foreshortened).
        seen: float, 0..1, presence of the elbow.
        behind: Whether the forearm is behind the torso.
        length: Shoulder to wrist as seen, pixels.
    """

    side: int
    joints: Float32
    reach: Float32
    seen: float
    behind: bool
    length: float

    def stops(self, unit: float) -> tuple[Float32, Float32]:
        """How far down the arm the joints are, pixels: float32 4, true, and as seen.

        Args:
            unit: Of the body, pixels.
        """
        true = np.array((0.0, *ARM_LENGTHS), np.float32) * unit
        return np.cumsum(true), np.cumsum(true * np.append(0.0, self.reach).astype(np.float32))


class Body:
    """Measurements of one pose.

    Args:
        pose: Landmarks, frame pixels.
    """

    def __init__(self, pose: Pose) -> None:
        self.pose = pose
        self.points = pose.points

    @cached_property
    def facing(self) -> float:
        """Cosine of the turn about the vertical: 1 to the camera, 0 sideways, -1 the back."""
        left, right = self.pose.world[Landmark.LEFT_SHOULDER], self.pose.world[Landmark.RIGHT_SHOULDER]
        across = left - right
        flat = float(np.hypot(across[0], across[2]))
        return float(across[0] / flat) if flat > 1e-6 else 1.0

    @cached_property
    def back(self) -> bool:
        """Whether the back is turned to the camera."""
        return self.facing < 0.0

    @cached_property
    def yaw(self) -> float:
        """Radians of turn: 0 square to the camera, front or back; above 0 the picture's right shoulder is farther."""
        left, right = self.pose.world[Landmark.LEFT_SHOULDER], self.pose.world[Landmark.RIGHT_SHOULDER]
        across = (left - right) * (-1.0 if self.back else 1.0)
        return float(np.arctan2(across[2], across[0]))

    @cached_property
    def shoulders(self) -> Float32:
        """float32 2 x 2: left, right joint."""
        return self.points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]

    @cached_property
    def hips(self) -> Float32:
        """float32 2 x 2: left, right joint."""
        return self.points[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]]

    @cached_property
    def shoulder_mid(self) -> Float32:
        """float32 2."""
        return self.shoulders.mean(axis=0)

    @cached_property
    def hip_mid(self) -> Float32:
        """float32 2."""
        return self.hips.mean(axis=0)

    @cached_property
    def unit(self) -> float:
        """Pixels between the shoulder joints if seen from the front."""
        seen = float(np.linalg.norm(self.shoulders[0] - self.shoulders[1]))
        torso = self.torso / TORSO_LENGTH
        turned = seen / max(abs(self.facing), 0.5)
        # A turned person's shoulders look too near each other, a bent torso too short: neither is ever too long
        # by much, so the larger of the two leads.
        return max(turned if turned > torso else 0.5 * (turned + torso), _MIN_UNIT)

    @cached_property
    def down(self) -> Float32:
        """float32 2, unit vector from shoulders to hips."""
        return unit_vector(self.hip_mid - self.shoulder_mid, np.array([0.0, 1.0], np.float32))

    @cached_property
    def across(self) -> Float32:
        """float32 2, unit vector from the person's right to the left shoulder."""
        fallback = np.array([-self.down[1], self.down[0]], np.float32) * (1.0 if self.back else -1.0)
        return unit_vector(self.shoulders[0] - self.shoulders[1], fallback)

    @cached_property
    def torso(self) -> float:
        """Pixels from shoulder line to hip line."""
        return float(np.linalg.norm(self.hip_mid - self.shoulder_mid))

    @cached_property
    def hang(self) -> Float32:
        """float32 2, unit vector: how cloth hangs from the hips, between the way of the thighs and straight down."""
        knees = 0.5 * (self.points[Landmark.LEFT_KNEE] + self.points[Landmark.RIGHT_KNEE])
        legs = unit_vector(knees - self.hip_mid, self.down)
        return unit_vector(legs + np.array([0.0, 1.0], np.float32), self.down)

    @cached_property
    def upright(self) -> float:
        """How long the torso looks as a share of its true length: below 1 when bent towards or away from the camera."""
        return min(max(self.torso / (TORSO_LENGTH * self.unit), 0.35), 1.15)

    @cached_property
    def thighs(self) -> float:
        """How long the thighs look as a share of their true length: well below 1 when seated facing the camera."""
        knees = self.points[[Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]]
        seen = np.abs((knees - self.hips) @ self.down)
        return float(np.clip(seen.mean() / (1.1 * self.unit), 0.3, 1.0))

    def girth(self, factor: float) -> float:
        """Half width in pixels of a body section that is `factor` units wide from the front, at this turn.

        The section is an ellipse 0.68 as deep as wide.
        """
        turn = math.sin(self.yaw)
        return 0.5 * factor * self.unit * math.sqrt(1.0 - turn * turn * (1.0 - 0.68**2))

    @cached_property
    def arms(self) -> dict[int, Arm]:
        """By side: +1 left, -1 right."""
        return {side: self._arm(side) for side in (1, -1)}

    def _arm(self, side: int) -> Arm:
        shoulder, elbow, wrist, index, pinky = sided(side, "SHOULDER", "ELBOW", "WRIST", "INDEX", "PINKY")
        joints = self.points[[shoulder, elbow, wrist, index]]
        joints[3] = 0.5 * (joints[3] + self.points[pinky])
        steps = joints[1:] - joints[:-1]
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        reach = np.clip(lengths / (np.array(ARM_LENGTHS, np.float32) * self.unit), 0.05, 1.2)
        depth = self.pose.depth
        behind = bool(depth[wrist] > depth[shoulder] + 0.55 * self.unit and self.pose.visibility[wrist] < 0.6)
        length = max(float(lengths[:2].sum()), 1.0)
        return Arm(side, joints, reach.astype(np.float32), float(self.pose.presence[elbow]), behind, length)


def unit_vector(vector: Float32, fallback: Float32) -> Float32:
    """The vector at length 1; `fallback` where it has none."""
    length = math.hypot(float(vector[0]), float(vector[1]))
    if not math.isfinite(length) or length < 1e-6:
        return fallback
    return (vector / length).astype(np.float32)
