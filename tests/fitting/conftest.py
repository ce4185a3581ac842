"""A figure in any stance, for tests of geometry: landmarks and the mask that goes with them."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tryon_app.core.types import Landmark, Pose

WIDTH, HEIGHT = 640, 720
UNIT = 100.0
"""Pixels between the shoulder joints."""

Stance = dict[Landmark, tuple[float, float]]


def figure(stance: Stance | None = None, *, scale: float = 1.0, at: tuple[float, float] = (320.0, 200.0)) -> Pose:
    """A person facing the camera.

    Args:
        stance: Landmarks that stand elsewhere than with hanging arms, in units from between the shoulders.
        scale: Size.
        at: Pixel between the shoulders.
    """
    places: Stance = {
        Landmark.NOSE: (0, -0.75),
        Landmark.LEFT_EYE: (0.09, -0.85),
        Landmark.RIGHT_EYE: (-0.09, -0.85),
        Landmark.LEFT_EAR: (0.2, -0.78),
        Landmark.RIGHT_EAR: (-0.2, -0.78),
        Landmark.MOUTH_LEFT: (0.07, -0.62),
        Landmark.MOUTH_RIGHT: (-0.07, -0.62),
        Landmark.LEFT_SHOULDER: (0.5, 0),
        Landmark.RIGHT_SHOULDER: (-0.5, 0),
        Landmark.LEFT_ELBOW: (0.66, 0.84),
        Landmark.RIGHT_ELBOW: (-0.66, 0.84),
        Landmark.LEFT_WRIST: (0.7, 1.6),
        Landmark.RIGHT_WRIST: (-0.7, 1.6),
        Landmark.LEFT_HIP: (0.28, 1.55),
        Landmark.RIGHT_HIP: (-0.28, 1.55),
        Landmark.LEFT_KNEE: (0.3, 2.7),
        Landmark.RIGHT_KNEE: (-0.3, 2.7),
        Landmark.LEFT_ANKLE: (0.3, 3.8),
        Landmark.RIGHT_ANKLE: (-0.3, 3.8),
    }
    places |= stance or {}
    points = np.zeros((33, 2), np.float32)
    for side in ("LEFT", "RIGHT"):
        wrist, elbow = np.array(places[Landmark[f"{side}_WRIST"]]), np.array(places[Landmark[f"{side}_ELBOW"]])
        ahead = (wrist - elbow) / max(float(np.linalg.norm(wrist - elbow)), 1e-6)
        for finger, aside in (("INDEX", 0.05), ("PINKY", -0.05), ("THUMB", 0.1)):
            places.setdefault(
                Landmark[f"{side}_{finger}"], tuple(wrist + 0.25 * ahead + aside * np.array([-ahead[1], ahead[0]]))
            )
    for name, place in places.items():
        points[name] = np.array(place) * UNIT * scale + at
    world = np.zeros((33, 3), np.float32)
    world[:, :2] = (points - points[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)) / (UNIT * scale) * 0.34
    seen = np.ones(33, np.float32)
    return Pose(points, np.zeros(33, np.float32), world, seen, seen.copy(), _mask(points, UNIT * scale))


def _mask(points: np.ndarray, unit: float) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)

    def limb(a: Landmark, b: Landmark, radius: float) -> None:
        start, end = (tuple(int(v) for v in np.clip(points[j], -5000, 5000)) for j in (a, b))
        cv2.line(mask, start, end, 255, max(1, round(2 * radius * unit)))

    for s in ("LEFT", "RIGHT"):
        limb(Landmark[f"{s}_SHOULDER"], Landmark[f"{s}_ELBOW"], 0.16)
        limb(Landmark[f"{s}_ELBOW"], Landmark[f"{s}_WRIST"], 0.12)
        limb(Landmark[f"{s}_HIP"], Landmark[f"{s}_KNEE"], 0.3)
        limb(Landmark[f"{s}_KNEE"], Landmark[f"{s}_ANKLE"], 0.2)
    trunk = points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP, Landmark.LEFT_HIP]].copy()
    trunk[2:] += (trunk[2:] - trunk[2:].mean(axis=0)) * 0.8
    cv2.fillPoly(mask, [np.clip(trunk, -5000, 5000).astype(np.int32)], 255)
    head = tuple(int(v) for v in np.clip(points[Landmark.NOSE], -5000, 5000))
    cv2.circle(mask, head, max(1, round(0.3 * unit)), 255, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 2.0).astype(np.float32) / 255.0
    return np.asarray(cv2.resize(soft, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA), np.float32)


@pytest.fixture
def make_figure() -> Callable[..., Pose]:
    """`figure`."""
    return figure
