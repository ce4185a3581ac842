"""Where head, neck, torso and arms are on a grid of points, by the landmarks alone."""

from dataclasses import dataclass

import numpy as np

from tryon_app.core.types import Float32, Landmark, Pose

_UPPER_ARM, _FOREARM, _HAND = 0.175, 0.135, 0.125
"""Radii in shoulder widths: bare limbs with little cloth around them."""


@dataclass(frozen=True, eq=False)
class ArmDistance:
    """Distances to one arm, in radii of the limb there: below 1 inside.

    Attributes:
        joints: float32 3 x 2: shoulder, elbow, wrist, frame pixels.
        lower: Forearm and hand: float32 h x w.
        hand: Hand: float32 h x w.
        unit: Shoulder width, pixels.
        hidden: Whether the arm is behind the body or not in the picture.
    """

    joints: Float32
    lower: Float32
    hand: Float32
    unit: float
    hidden: bool

    def beyond(self, grid: Float32, reach: float) -> Float32:
        """The arm from a place on: float32 h x w.

        Args:
            grid: float32 h x w x 2, the points the distances were taken at.
            reach: 0 the shoulder, 1 the elbow, 2 the wrist.
        """
        shoulder, elbow, wrist = self.joints
        if reach >= 1.85:
            return self.hand
        if reach >= 1.0:
            start = elbow + (reach - 1.0) * (wrist - elbow)
            return np.minimum(self.hand, capsule(grid, start, wrist) / (_FOREARM * self.unit))
        start = shoulder + max(reach, 0.52) * (elbow - shoulder)
        return np.minimum(self.lower, capsule(grid, start, elbow) / (_UPPER_ARM * self.unit))


class Anatomy:
    """Shapes of one person.

    Args:
        pose: Landmarks, frame pixels.
        width: Of the frame.
        height: Of the frame.
    """

    def __init__(self, pose: Pose, width: int, height: int) -> None:
        self.pose = pose
        self.size = np.array([width, height], np.float32)
        p = pose.points
        self.shoulders = p[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
        self.hips = p[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]]
        self.middle = self.shoulders.mean(axis=0)
        seen = float(np.linalg.norm(self.shoulders[0] - self.shoulders[1]))
        torso = float(np.linalg.norm(self.middle - self.hips.mean(axis=0)))
        self.unit = max(seen, 0.55 * torso, 4.0)
        self.front = bool(pose.world[Landmark.LEFT_SHOULDER][0] >= pose.world[Landmark.RIGHT_SHOULDER][0])
        eyes = 0.5 * (p[Landmark.LEFT_EYE] + p[Landmark.RIGHT_EYE])
        mouth = 0.5 * (p[Landmark.MOUTH_LEFT] + p[Landmark.MOUTH_RIGHT])
        ears = p[[Landmark.LEFT_EAR, Landmark.RIGHT_EAR]]
        down = mouth - eyes
        long = float(np.linalg.norm(down))
        wide = float(np.linalg.norm(ears[0] - ears[1]))
        # Seen from below or above the face is short, from the side narrow: each steadies the other.
        self.face_unit = max(long, 0.4 * wide, 0.12 * self.unit)
        self.face_down = down / long if long > 1e-3 else np.array([0.0, 1.0], np.float32)
        self.eyes, self.mouth = eyes, mouth
        self.face_centre = eyes + self.face_down * 0.42 * self.face_unit
        self.chin = mouth + self.face_down * 0.72 * self.face_unit

    def face(self, grid: Float32, grow: float = 1.0) -> Float32:
        """1 inside the face's ellipse from hairline to chin, soft at the edge: float32 h x w."""
        radius_down, radius_across = 1.32 * self.face_unit * grow, 1.12 * self.face_unit * grow
        offset = grid - self.face_centre
        along = offset @ self.face_down
        across = offset @ np.array([-self.face_down[1], self.face_down[0]], np.float32)
        level = np.sqrt((along / radius_down) ** 2 + (across / radius_across) ** 2)
        return np.clip((1.0 - level) * 12.0 + 0.5, 0.0, 1.0)

    def above_mouth(self, grid: Float32) -> Float32:
        """Positive above the mouth, pixels."""
        return (self.mouth - grid) @ self.face_down

    def hair_reach(self, grid: Float32) -> Float32:
        """Positive where hair may hang: around the head and down to the chest, pixels."""
        offset = grid - self.face_centre
        along = offset @ self.face_down
        across = np.abs(offset @ np.array([-self.face_down[1], self.face_down[0]], np.float32))
        return np.minimum(3.4 * self.face_unit - across, 5.6 * self.face_unit - along)

    def neck(self, grid: Float32) -> Float32:
        """1 on the neck from chin to collarbones, soft at the edge: float32 h x w."""
        base = self.middle + 0.02 * (self.hips.mean(axis=0) - self.middle)
        start = self.chin + 0.35 * (self.mouth - self.chin)
        distance = capsule(grid, start, base)
        return np.clip((0.24 * self.unit - distance) / (0.05 * self.unit), 0.0, 1.0)

    def torso(self, grid: Float32) -> Float32:
        """1 in the middle of the trunk: float32 h x w."""
        axis = self.hips.mean(axis=0) - self.middle
        length = max(float(np.linalg.norm(axis)), 1.0)
        along = (grid - self.middle) @ (axis / length) / length
        across = np.abs((grid - self.middle) @ np.array([-axis[1], axis[0]], np.float32) / length)
        inside = (along > 0.12) & (along < 0.95) & (across < 0.42 * self.unit)
        return inside.astype(np.float32)

    def arm(self, grid: Float32, side: int) -> ArmDistance:
        """Distances to the left (+1) or right (-1) arm."""
        p, left = self.pose.points, side > 0
        names = (
            (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST, Landmark.LEFT_INDEX, Landmark.LEFT_PINKY)
            if left
            else (
                Landmark.RIGHT_SHOULDER,
                Landmark.RIGHT_ELBOW,
                Landmark.RIGHT_WRIST,
                Landmark.RIGHT_INDEX,
                Landmark.RIGHT_PINKY,
            )
        )
        shoulder, elbow, wrist, index, pinky = p[list(names)]
        thumb = p[Landmark.LEFT_THUMB if left else Landmark.RIGHT_THUMB]
        # MediaPipe marks the knuckles: the fingers reach as far again.
        palm = wrist + 0.15 * (0.5 * (index + pinky) - wrist)
        fingers = [wrist + 1.7 * (joint - wrist) for joint in (index, pinky)]
        parts = [capsule(grid, palm, end) / (_HAND * self.unit * 0.75) for end in fingers]
        parts.append(capsule(grid, palm, thumb) / (_HAND * self.unit * 0.7))
        hand = np.minimum(np.minimum(parts[0], parts[1]), parts[2])
        visibility, presence, depth = self.pose.visibility, self.pose.presence, self.pose.depth
        absent = presence[names[1]] < 0.15 and presence[names[2]] < 0.15
        behind = depth[names[2]] > depth[names[0]] + 0.5 * self.unit and visibility[names[2]] < 0.5
        joints = np.stack([shoulder, elbow, wrist]).astype(np.float32)
        lower = np.minimum(hand, capsule(grid, elbow, wrist) / (_FOREARM * self.unit))
        return ArmDistance(joints, lower, hand, self.unit, bool(absent or behind))


def capsule(grid: Float32, a: Float32, b: Float32) -> Float32:
    """Distance to a segment: float32 h x w, pixels.

    Args:
        grid: float32 h x w x 2, points.
        a: float32 2.
        b: float32 2.
    """
    along = b - a
    offset = grid - a
    part = np.clip((offset @ along) / max(float(along @ along), 1e-6), 0.0, 1.0)
    away = offset - part[..., None] * along
    return np.sqrt(away[..., 0] ** 2 + away[..., 1] ** 2)
