from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Frame, KeyPoint, Landmark, Parsing, Pose, Worn
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.round import COLUMNS, spread_round
from tryon_app.garments.catalogue import Catalogue

TEE = Catalogue((resources_dir() / "garments",)).load("tee-tide")
MIDDLE = len(COLUMNS) // 2


def halves(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def place(flat: float, half: float, turn: float) -> np.ndarray:
    """Pixels from the middle, for a torso of which as much is seen on both sides."""
    return (spread_round(halves(flat), flat, halves(half), halves(half), turn)[0] - 0.5) * 2.0 * half


def test_a_print_in_the_middle_keeps_its_size_and_the_sides_crowd() -> None:
    flat = 100.0
    seen = place(flat, 75.0, 0.0)  # as wide as an ellipse that the cloth goes round
    steps = np.diff(seen) / (np.diff(COLUMNS) * 2.0 * flat)
    assert steps[MIDDLE] == pytest.approx(1.0, abs=0.06)
    assert steps[0] < 0.5
    np.testing.assert_allclose(seen, -seen[::-1], atol=1e-3)


def test_where_arms_hide_the_sides_the_middle_is_hardly_narrower() -> None:
    assert np.diff(place(100.0, 55.0, 0.0))[MIDDLE] > 0.85 * np.diff(place(100.0, 75.0, 0.0))[MIDDLE]


@pytest.mark.parametrize("turn", [-1.4, -0.6, 0.0, 0.3, 0.9])
@pytest.mark.parametrize(("left", "right"), [(75.0, 75.0), (40.0, 90.0), (150.0, 150.0), (8.0, 5.0)])
def test_columns_rise_from_edge_to_edge(left: float, right: float, turn: float) -> None:
    spread = spread_round(halves(100.0, 60.0), 100.0, halves(left, left), halves(right, right), turn)
    assert (np.diff(spread, axis=1) > 1e-4).all()
    np.testing.assert_allclose(spread[:, [0, -1]], [[0.0, 1.0], [0.0, 1.0]], atol=0.02)


def turned(pose: Pose, radians: float) -> Pose:
    """The same person turned about the vertical; above 0 the left shoulder goes back."""
    points, world = pose.points.copy(), pose.world.copy()
    middle = points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=0)
    points[:, 0] = middle[0] + (points[:, 0] - middle[0]) * np.cos(radians)
    world[:, 2] = world[:, 0] * np.sin(radians)
    world[:, 0] = world[:, 0] * np.cos(radians)
    return replace(pose, points=points, world=world, depth=world[:, 2] * 300.0)


def middle_of_the_chest(pose: Pose) -> float:
    """Where the photo's middle is seen at chest height, pixels right of the middle between the shoulders."""
    frame = Frame(np.zeros((720, 640, 3), np.uint8))
    mask = np.ones((8, 8), np.float32)
    fit = FlatFitter(step=2).fit(frame, pose, Parsing(mask), (Worn(TEE),))
    torso = next(piece for piece in fit.garments[0].pieces if piece.name == "torso")
    keys = TEE.front.keypoints
    wanted = 0.5 * (keys[KeyPoint.ARMPIT_LEFT][0] + keys[KeyPoint.ARMPIT_RIGHT][0])
    row = torso.flow[(300 - torso.roi.y0) // torso.step]
    inside = np.flatnonzero(row[:, 0] > 0.5 * OUTSIDE)
    nearest = inside[np.abs(row[inside, 0] - wanted).argmin()]
    shoulders = pose.points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=0)
    return float(torso.roi.x0 + nearest * torso.step - shoulders[0])


def test_the_middle_moves_to_the_shoulder_that_is_farther_away(make_figure: Callable[..., Pose]) -> None:
    straight = middle_of_the_chest(make_figure())
    assert straight == pytest.approx(0.0, abs=4.0)
    # The left shoulder, on the picture's right, goes back: the breastbone comes to lie nearer to it.
    assert middle_of_the_chest(turned(make_figure(), 0.6)) > 12.0
    assert middle_of_the_chest(turned(make_figure(), -0.6)) < -12.0
