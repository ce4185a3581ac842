from collections.abc import Callable

import numpy as np
import pytest

from tryon_app.core.types import Frame, Landmark, Pose
from tryon_app.fitting.arms import segment_distance, to_arm
from tryon_app.fitting.body import Body
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.steady import Steady
from tryon_app.fitting.strip import Ladder, polyline, smooth


def test_reach_finds_the_edge_of_a_disc_from_its_middle_in_all_directions() -> None:
    y, x = np.mgrid[0:100, 0:200].astype(np.float32)
    mask = np.clip(30.5 - np.hypot(x - 100, y - 50), 0, 1).astype(np.float32)
    silhouette = Silhouette(mask, 400, 200)  # a frame of twice the size
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    origin = np.tile(np.array([200.5, 100.5], np.float32), (12, 1))
    found = silhouette.reach(origin, directions, np.full(12, 90.0, np.float32))
    np.testing.assert_allclose(found, 60.0, atol=2.5)


def test_reach_stops_at_its_limit_and_knows_no_edge_outside_the_frame() -> None:
    silhouette = Silhouette(np.ones((50, 50), np.float32), 100, 100)
    right = np.array([[1.0, 0.0]], np.float32)
    assert silhouette.reach(np.array([[90.0, 50.0]], np.float32), right, np.array([60.0], np.float32)) == 60.0


def test_body_measures_of_a_figure(make_figure: Callable[..., Pose]) -> None:
    body = Body(make_figure())
    assert body.unit == pytest.approx(100.0, rel=0.02)
    assert not body.back
    assert body.yaw == pytest.approx(0.0, abs=1e-3)
    np.testing.assert_allclose(body.down, [0, 1], atol=1e-3)
    np.testing.assert_allclose(body.across, [1, 0], atol=1e-3)
    assert body.upright == pytest.approx(1.0, abs=0.02)


def test_a_back_is_told_from_a_front(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    pairs = [(i, i + 1) for i in range(11, 32, 2)]
    for left, right in pairs:
        for array in (pose.points, pose.world):
            array[[left, right]] = array[[right, left]]
    assert Body(pose).back


def test_an_arm_beside_the_body_stops_a_ray_and_one_across_it_does_not(make_figure: Callable[..., Pose]) -> None:
    body = Body(make_figure())
    origin = np.array([[320.0, 300.0]], np.float32)
    right = np.array([[1.0, 0.0]], np.float32)
    limit = np.array([120.0], np.float32)
    assert 30.0 < to_arm(body, body.arms[1], origin, right, limit)[0] < 60.0
    across = Body(make_figure({Landmark.LEFT_ELBOW: (0.7, 0.8), Landmark.LEFT_WRIST: (-0.2, 1.0)}))
    assert to_arm(across, across.arms[1], origin, right, limit)[0] == 120.0


def test_segment_distance_beyond_the_ends_and_beside() -> None:
    points = np.array([[0, 5], [-3, 0], [14, 3]], np.float32)
    found = segment_distance(points, np.array([0, 0], np.float32), np.array([10, 0], np.float32))
    np.testing.assert_allclose(found, [5, 3, 5], atol=1e-5)


def test_polyline_by_arc_length_goes_on_beyond_its_end() -> None:
    line = np.array([[0, 0], [10, 0], [10, 10]], np.float32)
    np.testing.assert_allclose(polyline(line, np.array([0, 5, 15, 25])), [[0, 0], [5, 0], [10, 5], [10, 15]], atol=1e-5)


def test_smoothing_keeps_ends_and_straight_lines() -> None:
    line = np.linspace(0, 1, 9, dtype=np.float32)
    np.testing.assert_allclose(smooth(line, 3), line, atol=1e-6)
    spike = np.zeros(9, np.float32)
    spike[4] = 1
    assert smooth(spike, 2).max() < 0.5


def test_a_ladders_grid_goes_beyond_both_edges() -> None:
    ladder = Ladder(np.array([[0, 0], [0, 10]], np.float32), np.array([[10, 0], [10, 10]], np.float32))
    grid = ladder.grid()
    assert grid[0, 0, 0] < 0.0
    assert grid[0, -1, 0] > 10.0
    assert (np.diff(grid[..., 0], axis=1) > 0).all()


def test_steady_calms_a_trembling_grid_and_leaves_photos_alone() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    rng = np.random.default_rng(1)
    clean = np.zeros((3, 3, 2), np.float32)
    noise = [clean + rng.normal(0, 2.0, clean.shape).astype(np.float32) for _ in range(60)]
    steady = Steady()
    out = []
    for index, grid in enumerate(noise):
        steady.begin(Frame(image, index, index / 30), 100.0)
        out.append(steady(0, "torso", grid))
    assert np.std(np.diff(out[10:], axis=0)) < 0.5 * np.std(np.diff(noise[10:], axis=0))
    for grid in noise[:3]:
        steady.begin(Frame(image), 100.0)
        np.testing.assert_array_equal(steady(0, "torso", grid), grid)
