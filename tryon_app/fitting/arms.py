"""Where an arm hanging beside the body hides the body's own outline."""

import numpy as np

from tryon_app.core.types import Float32
from tryon_app.fitting.body import Arm, Body
from tryon_app.fitting.silhouette import along_rays

_RADII = (0.17, 0.14, 0.13)
"""Of upper arm, forearm and hand, in units."""
_STEPS = np.linspace(0.35, 1.0, 30, dtype=np.float32)
"""Samples along a ray."""


def to_arm(body: Body, arm: Arm, origin: Float32, direction: Float32, limit: Float32) -> Float32:
    """How far rays go before they meet an arm.

    Args:
        body: Of the person.
        arm: One arm.
        origin: float32 n x 2, frame pixels.
        direction: float32 n x 2, unit vectors.
        limit: float32 n, pixels.

    Returns:
        float32 n, pixels to the near side of the arm; `limit` where it is not met in the outer two thirds of the ray
        (an arm across the body hides nothing).
    """
    points = along_rays(origin, direction, limit, _STEPS)
    inside = np.zeros(points.shape[:-1], bool)
    fingers = arm.joints[3] + 0.8 * (arm.joints[3] - arm.joints[2])
    joints = (*arm.joints[:3], fingers)
    for joint, radius in enumerate(_RADII):
        inside |= segment_distance(points, joints[joint], joints[joint + 1]) < radius * body.unit
    # The first sample inside; rays that begin inside, or never get there, go on.
    first = inside.argmax(axis=1)
    distance: Float32 = np.where(first > 0, limit * _STEPS[first], limit)
    return distance


def segment_distance(points: Float32, a: Float32, b: Float32) -> Float32:
    """Distance of points (float32 ... x 2) to the segment from a to b, pixels."""
    along = b - a
    x, y = points[..., 0] - a[0], points[..., 1] - a[1]
    part = (x * along[0] + y * along[1]) / max(float(along @ along), 1e-6)
    part = np.minimum(np.maximum(part, 0.0), 1.0)
    return np.asarray(np.hypot(x - part * along[0], y - part * along[1]), np.float32)
