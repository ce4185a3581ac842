"""Where head, neck, torso and arms are on a grid of points, by the landmarks alone.

Maps are float32 h x w over the grid: columns at frame pixels `x` (1 x w), rows at `y` (h x 1).
"""

from functools import cached_property

import cv2
import numpy as np

from tryon_app.core.types import Float32, Landmark, Pose, sided

_UPPER_ARM, _FOREARM, _HAND = 0.175, 0.135, 0.125
"""Radii in shoulder widths: bare limbs with little cloth around them."""
_NECK_GIRTH = 0.16, 0.27
"""Half widths of the neck below the chin and between the collarbones, in shoulder widths."""
_HOOD = 0.7
"""How far from the neck's axis collars and hoods reach, in shoulder widths."""


class ArmShape:
    """Distances to one arm, in radii of the limb there: below 1 inside.

    Args:
        body: Whose arm.
        side: +1 left, -1 right.
    """

    def __init__(self, body: "Anatomy", side: int) -> None:
        p = body.pose.points
        names = sided(side, "SHOULDER", "ELBOW", "WRIST", "INDEX", "PINKY", "THUMB")
        self._body = body
        self._joints = p[names[:3]]
        wrist, index, pinky, thumb = p[names[2:]]
        # MediaPipe marks the knuckles: the fingers reach as far again.
        palm = wrist + 0.15 * (0.5 * (index + pinky) - wrist)
        fingers = [body.capsule(palm, wrist + 1.7 * (joint - wrist)) / 0.75 for joint in (index, pinky)]
        fingers.append(body.capsule(palm, thumb) / 0.7)
        hand = np.minimum(np.minimum(fingers[0], fingers[1]), fingers[2]) / (_HAND * body.unit)
        # What lies above the wrist is cuff, not hand.
        forearm = wrist - self._joints[1]
        length = max(float(np.linalg.norm(forearm)), 1e-3)
        above = -body.along_axis(wrist, forearm / length) / (0.07 * body.unit)
        bent = length < 0.25 * body.unit
        self.hand: Float32 = hand if bent else hand + np.clip(above, 0.0, 2.0)
        pose = body.pose
        absent = pose.presence[names[1]] < 0.15 and pose.presence[names[2]] < 0.15
        deep = pose.depth[names[2]] > pose.depth[names[0]] + 0.5 * body.unit
        self.hidden = bool(absent or (deep and pose.visibility[names[2]] < 0.5))

    def beyond(self, reach: float) -> Float32:
        """The arm from a place on.

        Args:
            reach: 0 the shoulder, 1 the elbow, 2 the wrist. The upper half of the upper arm never counts: there the
                torso's cloth and the arm's are one.
        """
        shoulder, elbow, wrist = self._joints
        body = self._body
        if reach >= 1.85:
            return self.hand
        start = elbow + max(reach - 1.0, 0.0) * (wrist - elbow)
        lower = np.minimum(self.hand, body.capsule(start, wrist) / (_FOREARM * body.unit))
        if reach >= 1.0:
            return lower
        start = shoulder + max(reach, 0.52) * (elbow - shoulder)
        return np.minimum(lower, body.capsule(start, elbow) / (_UPPER_ARM * body.unit))


class Anatomy:
    """Shapes of one person on a grid.

    Args:
        pose: Landmarks, frame pixels.
        x: float32 1 x w, frame pixels of the columns.
        y: float32 h x 1, frame pixels of the rows.
    """

    def __init__(self, pose: Pose, x: Float32, y: Float32) -> None:
        self.pose = pose
        self.x, self.y = x, y
        p = pose.points
        shoulders = p[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
        self.hips = p[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
        self.middle = shoulders.mean(axis=0)
        seen = float(np.linalg.norm(shoulders[0] - shoulders[1]))
        self.unit = max(seen, 0.55 * float(np.linalg.norm(self.middle - self.hips)), 4.0)
        eyes = 0.5 * (p[Landmark.LEFT_EYE] + p[Landmark.RIGHT_EYE])
        self.mouth = 0.5 * (p[Landmark.MOUTH_LEFT] + p[Landmark.MOUTH_RIGHT])
        down = self.mouth - eyes
        long = float(np.linalg.norm(down))
        self.ears = 0.5 * (p[Landmark.LEFT_EAR] + p[Landmark.RIGHT_EAR])
        wide = float(np.linalg.norm(p[Landmark.LEFT_EAR] - p[Landmark.RIGHT_EAR]))
        # Seen from below or above the face is short, from the side narrow: each steadies the other.
        self.face_unit = max(long, 0.4 * wide, 0.12 * self.unit)
        self.face_down = down / long if long > 1e-3 else np.array([0.0, 1.0], np.float32)
        centre = eyes + self.face_down * 0.42 * self.face_unit
        self._along = self.along_axis(centre, self.face_down)
        self._across = np.abs(self.along_axis(centre, np.array([-self.face_down[1], self.face_down[0]], np.float32)))
        down_radius, across_radius = 1.32 * self.face_unit, 1.12 * self.face_unit
        self._face_level = np.sqrt((self._along / down_radius) ** 2 + (self._across / across_radius) ** 2)
        self.chin = self.mouth + self.face_down * 0.72 * self.face_unit

    def face(self, grow: float = 1.0) -> Float32:
        """1 inside the face's ellipse from hairline to chin, soft at the edge."""
        soft: Float32 = np.clip((1.0 - self._face_level / np.float32(grow)) * np.float32(12.0) + 0.5, 0.0, 1.0)
        return soft

    def above_mouth(self) -> Float32:
        """Positive above the mouth, pixels."""
        return -self.along_axis(self.mouth, self.face_down)

    def above_chin(self) -> Float32:
        """Positive above the chin, pixels."""
        return -self.along_axis(self.chin, self.face_down)

    def hair_reach(self) -> Float32:
        """Positive where hair may hang: around the head and down to the chest, pixels."""
        return np.minimum(3.4 * self.face_unit - self._across, 5.6 * self.face_unit - self._along)

    @property
    def neck_base(self) -> Float32:
        """Where the neck begins between the collarbones: float32 2, frame pixels."""
        base: Float32 = self.middle + 0.02 * (self.hips - self.middle)
        return base

    def neck(self) -> Float32:
        """1 on the neck from chin to collarbones and a little beside it, soft at the edge."""
        return np.clip((np.float32(0.24 * self.unit) - self.to_neck) / np.float32(0.05 * self.unit), 0.0, 1.0)

    def beside_neck(self) -> Float32:
        """1 beside the neck and above the shoulders, where collars and hoods stand; 0 from the shoulders on."""
        axis, _ = self.spine
        soft = np.float32(0.06 * self.unit)
        above = -self.along_axis(self.neck_base, axis) / soft - np.float32(0.5)
        near = np.float32(_HOOD * self.unit) / soft - self.to_neck / soft
        return np.clip(np.minimum(above, near), 0.0, 1.0).astype(np.float32)

    def bare_neck(self) -> Float32:
        """1 where skin of the neck is seen in a wide collar."""
        return np.clip((self.neck_girth() - self.to_neck) / np.float32(0.05 * self.unit) + np.float32(0.5), 0.0, 1.0)

    def neck_girth(self) -> Float32:
        """Half width of the neck, which runs out into the shoulders: float32 h x w, pixels."""
        axis = self.neck_base - self.chin
        length = max(float(np.linalg.norm(axis)), 1.0)
        down = np.clip(self.along_axis(self.chin, axis / length) / np.float32(length), 0.0, 1.0)
        slim, wide = _NECK_GIRTH
        return np.asarray(np.float32(self.unit) * (slim + np.float32(wide - slim) * down * down), np.float32)

    @cached_property
    def to_neck(self) -> Float32:
        """Distance from the neck's axis below the mouth: float32 h x w, pixels."""
        return self.capsule(self.chin + 0.35 * (self.mouth - self.chin), self.neck_base)

    @cached_property
    def spine(self) -> tuple[Float32, float]:
        """Unit vector from between the shoulders to between the hips, float32 2, and how far that is, pixels."""
        axis = self.hips - self.middle
        length = max(float(np.linalg.norm(axis)), 1.0)
        return np.asarray(axis / length, np.float32), length

    def torso(self, end: float = 0.95) -> Float32:
        """1 in the middle of the trunk.

        Args:
            end: How far down: 1 the hips.
        """
        axis, _ = self.spine
        across = np.abs(self.along_axis(self.middle, np.array([-axis[1], axis[0]], np.float32)))
        return (self.chest(end) * (across < 0.42 * self.unit)).astype(np.float32)

    def chest(self, end: float = 0.95) -> Float32:
        """1 at the height of the trunk, however far beside it; see `torso`."""
        axis, length = self.spine
        along = self.along_axis(self.middle, axis) / length
        return ((along > 0.12) & (along < end)).astype(np.float32)

    def capsule(self, a: Float32, b: Float32) -> Float32:
        """Distance to a segment, pixels.

        Args:
            a: float32 2, frame pixels.
            b: float32 2.
        """
        dx, dy = self.x - np.float32(a[0]), self.y - np.float32(a[1])
        ex, ey = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
        length = np.float32(max(float(ex * ex + ey * ey), 1e-6))
        part = dx * (ex / length) + dy * (ey / length)
        np.clip(part, 0.0, 1.0, out=part)
        across = dx - part * ex
        down = dy - part * ey
        distance: Float32 = cv2.magnitude(across, down)
        return distance

    def along_axis(self, origin: Float32, axis: Float32) -> Float32:
        """Signed distance from a point along a unit vector, pixels."""
        return (self.x - np.float32(origin[0])) * np.float32(axis[0]) + (self.y - np.float32(origin[1])) * np.float32(
            axis[1]
        )
