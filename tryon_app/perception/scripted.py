"""The reference `PoseEstimator`: plays poses that were written down. Needs no model, no camera, no luck."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from tryon_app.core.types import Float32, Frame, Landmark, Mode, Pose

Script = Callable[[float], Pose | None]
"""Seconds -> pose in coordinates 0..1 of the frame's width and height, or nobody."""

_MASK_SIDE = 256

# A person standing upright, arms a little out, facing the camera: x across, y down, in body heights from the crown.
_STANDING: dict[Landmark, tuple[float, float]] = {
    Landmark.NOSE: (0.0, 0.075),
    Landmark.LEFT_EYE_INNER: (0.008, 0.062),
    Landmark.LEFT_EYE: (0.016, 0.062),
    Landmark.LEFT_EYE_OUTER: (0.022, 0.063),
    Landmark.LEFT_EAR: (0.036, 0.07),
    Landmark.MOUTH_LEFT: (0.012, 0.095),
    Landmark.LEFT_SHOULDER: (0.1, 0.185),
    Landmark.LEFT_ELBOW: (0.145, 0.345),
    Landmark.LEFT_WRIST: (0.17, 0.48),
    Landmark.LEFT_PINKY: (0.182, 0.525),
    Landmark.LEFT_INDEX: (0.172, 0.53),
    Landmark.LEFT_THUMB: (0.162, 0.51),
    Landmark.LEFT_HIP: (0.06, 0.485),
    Landmark.LEFT_KNEE: (0.065, 0.72),
    Landmark.LEFT_ANKLE: (0.068, 0.94),
    Landmark.LEFT_HEEL: (0.066, 0.965),
    Landmark.LEFT_FOOT_INDEX: (0.085, 0.985),
}
_LIMBS = (
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, 0.055),
    (Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST, 0.045),
    (Landmark.LEFT_WRIST, Landmark.LEFT_INDEX, 0.04),
    (Landmark.LEFT_HIP, Landmark.LEFT_KNEE, 0.09),
    (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, 0.065),
    (Landmark.LEFT_ANKLE, Landmark.LEFT_FOOT_INDEX, 0.045),
)
_METRES_TALL = 1.72


class ScriptedPose:
    """Plays a script by the frames' timestamps.

    Args:
        script: What is seen when; somebody standing in the middle by default.
    """

    def __init__(self, script: Script | None = None) -> None:
        self._script = script
        self._open = False

    def open(self, mode: Mode) -> None:  # noqa: ARG002
        """Nothing to load."""
        self._open = True

    def close(self) -> None:
        """Nothing to free."""
        self._open = False

    def reset(self) -> None:
        """Nothing is remembered."""

    def estimate(self, frame: Frame) -> Pose | None:
        """The pose of the frame's time, at the frame's size.

        Raises:
            RuntimeError: Not open.
        """
        if not self._open:
            raise RuntimeError("open() comes first")
        if self._script is None:
            pose: Pose | None = standing(aspect=frame.width / frame.height)
        else:
            pose = self._script(frame.timestamp_s)
        if pose is None:
            return None
        size = np.array([frame.width, frame.height], np.float32)
        scaled = replace(pose, points=pose.points * size - np.float32(0.5), depth=pose.depth * np.float32(frame.width))
        return scaled if pose.person is not None else replace(scaled, person=drawn_mask(scaled, frame))


def standing(centre: float = 0.5, top: float = 0.08, height: float = 0.84, aspect: float = 1.0) -> Pose:
    """Somebody standing upright, in coordinates 0..1 of the frame, for `ScriptedPose`.

    Args:
        centre: Of the body, share of the width.
        top: Of the head, share of the height.
        height: Of the body, share of the height.
        aspect: Width / height of the frame, so that the body keeps its proportions.
    """
    points = np.zeros((len(Landmark), 2), np.float32)
    for landmark, (x, y) in _STANDING.items():
        points[landmark] = x, y
        twin = _twin(landmark)
        if twin is not landmark:
            points[twin] = -x, y
    hips = points[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    world = np.zeros((len(Landmark), 3), np.float32)
    world[:, :2] = (points - hips) * np.float32(_METRES_TALL)
    points[:, 0] = centre + points[:, 0] * height / aspect
    points[:, 1] = top + points[:, 1] * height
    ones = np.ones(len(Landmark), np.float32)
    return Pose(points=points, depth=np.zeros(len(Landmark), np.float32), world=world, visibility=ones, presence=ones)


def drawn_mask(pose: Pose, frame: Frame) -> Float32:
    """A person's outline drawn around the landmarks; float32, at most 256 on the longer side."""
    scale = min(1.0, _MASK_SIDE / max(frame.width, frame.height))
    canvas = np.zeros((max(1, round(frame.height * scale)), max(1, round(frame.width * scale))), np.uint8)
    points = (pose.points * scale).round().astype(int)
    shoulders = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]
    trunk = points[[*shoulders, Landmark.RIGHT_HIP, Landmark.LEFT_HIP]]
    tall = float(np.linalg.norm(trunk[:2].mean(axis=0) - trunk[2:].mean(axis=0))) / 0.3

    def line(start: Landmark, end: Landmark, width: float) -> None:
        a, b = (tuple(int(value) for value in points[end_]) for end_ in (start, end))
        cv2.line(canvas, a, b, 255, max(1, round(width * tall)), cv2.LINE_AA)

    cv2.fillPoly(canvas, [trunk], 255, cv2.LINE_AA)
    across = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, 0.06)
    for start, end, width in (across, (Landmark.LEFT_HIP, Landmark.RIGHT_HIP, 0.1), *_LIMBS):
        line(start, end, width)
        line(_twin(start), _twin(end), width)
    nose = tuple(int(value) for value in points[Landmark.NOSE])
    cv2.ellipse(
        canvas, nose, (max(1, round(0.045 * tall)), max(1, round(0.07 * tall))), 0, 0, 360, 255, -1, cv2.LINE_AA
    )
    neck = tuple(int(value) for value in points[shoulders].mean(axis=0))
    cv2.line(canvas, nose, neck, 255, max(1, round(0.05 * tall)), cv2.LINE_AA)
    return (canvas / np.float32(255)).astype(np.float32)


def _twin(landmark: Landmark) -> Landmark:
    """The same place on the other side of the body."""
    name = landmark.name
    if "LEFT" in name:
        return Landmark[name.replace("LEFT", "RIGHT")]
    if "RIGHT" in name:
        return Landmark[name.replace("RIGHT", "LEFT")]
    return landmark
