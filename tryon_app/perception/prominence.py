"""Which of several people is meant, and whether what was found is a person at all."""

import numpy as np

from tryon_app.core.types import Landmark, Pose

_TRUNK = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
_LEAST_SIZE = 0.03
"""Of a trunk, as a share of the picture's longer side: smaller ones are too far away, or table legs."""


def box_of(pose: Pose) -> tuple[float, float, float, float]:
    """Box around the landmarks that are in the picture: x0, y0, x1, y1, pixels."""
    seen = pose.points[pose.presence > 0.4]
    points = seen if len(seen) >= 3 else pose.points
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def region_of(pose: Pose, width: int, height: int, margin: float) -> tuple[int, int, int, int]:
    """Part of the picture that holds the whole person, limbs that are guessed included: x0, y0, x1, y1, pixels.

    Args:
        pose: The person.
        width: Of the picture, pixels.
        height: Of the picture, pixels.
        margin: Room around the landmarks, as a share of their extent; the head ends well above its landmarks.
    """
    points = np.clip(pose.points, (0.0, 0.0), (width - 1.0, height - 1.0))
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    head = float(np.linalg.norm(pose.points[Landmark.LEFT_EAR] - pose.points[Landmark.RIGHT_EAR]))
    room = margin * max(x1 - x0, y1 - y0)
    left, top, right, bottom = x0 - room, y0 - max(room, 2.0 * head), x1 + room, y1 + room
    return max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1)


def prominence(pose: Pose, width: int, height: int) -> float:
    """How much a person is the one in front of the camera: large, in the middle, well seen."""
    shoulders = float(np.linalg.norm(pose.points[_TRUNK[0]] - pose.points[_TRUNK[1]]))
    trunk = float(np.linalg.norm(pose.points[_TRUNK[0]] - pose.points[_TRUNK[2]]))
    middle = pose.points[_TRUNK[:2]].mean(axis=0)
    aside = abs(float(middle[0]) / max(width, 1) - 0.5) * 2.0
    seen = float(pose.visibility[_TRUNK[:2]].mean())
    return max(shoulders, 0.6 * trunk) / max(height, 1) * (1.0 - 0.45 * min(aside, 1.0)) * (0.3 + seen)


def plausible(pose: Pose, width: int, height: int) -> bool:
    """Whether a pose can be a person: shoulders in the picture, a human build, and a mask that agrees."""
    presence = pose.presence[_TRUNK]
    if float(presence[:2].max()) < 0.5:
        return False
    shoulders = float(np.linalg.norm(pose.points[_TRUNK[0]] - pose.points[_TRUNK[1]]))
    middle, hips = pose.points[_TRUNK[:2]].mean(axis=0), pose.points[_TRUNK[2:]].mean(axis=0)
    trunk = float(np.linalg.norm(middle - hips))
    size = max(shoulders, trunk)
    if not np.isfinite(pose.points).all() or not _LEAST_SIZE < size / max(width, height) < 4.0:
        return False
    # Only who is near can bend so far towards the camera.
    if trunk < 0.5 * shoulders and size < 0.08 * max(width, height):
        return False
    # A trunk seen end-on is short, one seen from the side narrow; both at once is no trunk.
    if trunk < 0.25 * shoulders or shoulders > 3.5 * trunk:
        return False
    return pose.person is None or _covered(pose, width, height) > 0.35


def same_person(a: Pose, b: Pose) -> bool:
    """Whether two poses lie on each other."""
    size = max(float(np.linalg.norm(b.points[_TRUNK[0]] - b.points[_TRUNK[2]])), 8.0)
    apart = float(np.linalg.norm(a.points[_TRUNK].mean(axis=0) - b.points[_TRUNK].mean(axis=0)))
    return apart < 0.8 * size


def _covered(pose: Pose, width: int, height: int) -> float:
    """Mean of the mask inside the trunk, of what of it is in the picture; 1 where nothing of it is."""
    mask = pose.person
    if mask is None:
        return 1.0
    u, v = np.meshgrid(np.linspace(0.25, 0.75, 5), np.linspace(0.1, 0.7, 7))
    left, right, hip_left, hip_right = pose.points[_TRUNK]
    top = left + (right - left) * u[..., None]
    bottom = hip_left + (hip_right - hip_left) * u[..., None]
    points = (top + (bottom - top) * v[..., None]).reshape(-1, 2)
    inside = ((points >= 0) & (points < (width, height))).all(axis=1)
    if not inside.any():
        return 1.0
    x = np.minimum((points[inside, 0] * mask.shape[1] / width).astype(int), mask.shape[1] - 1)
    y = np.minimum((points[inside, 1] * mask.shape[0] / height).astype(int), mask.shape[0] - 1)
    return float(mask[y, x].mean())
