import cv2
import numpy as np

from tryon_app.compositing.maps import Grid
from tryon_app.compositing.mirrored import mirrored
from tryon_app.core.types import Rect

GRID = Grid(Rect(100, 40, 340, 280), 80, 80)
"""Three pixels of the frame to a cell."""


def beside_a_column() -> np.ndarray:
    """The surroundings of something 24 cells wide that goes from top to bottom."""
    around = np.ones((80, 80), np.float32)
    around[:, 28:52] = 0.0
    return around


def test_a_wall_goes_on_as_it_is_and_nothing_of_the_person_is_copied() -> None:
    frame = np.zeros((400, 500), np.float32)
    frame[:, :] = np.sin(np.arange(400) / 5.0)[:, None]
    frame[:, 100 + 28 * 3 - 3 : 100 + 52 * 3 + 3] = 9.0  # the person, and a soft edge
    share, way = mirrored(beside_a_column(), 6.0, GRID)
    painted = cv2.remap(frame, way, None, cv2.INTER_LINEAR)
    rows = GRID.axes()[1]
    wall = np.broadcast_to(np.sin(rows / 5.0), painted.shape)
    there = np.zeros((80, 80), bool)
    there[6:74, 29:33] = there[6:74, 47:51] = True
    assert share[there].min() > 0.9
    np.testing.assert_allclose(painted[there], wall[there], atol=0.15)


def test_it_does_not_go_on_for_ever() -> None:
    share, _ = mirrored(beside_a_column(), 4.0, GRID)
    assert share[10:70, 38:42].max() < 0.05


def test_where_there_is_too_little_to_mirror_nothing_is_copied() -> None:
    around = np.zeros((80, 80), np.float32)
    around[:, :2] = 1.0
    share, _ = mirrored(around, 20.0, GRID)
    assert share[10:70, 12:].max() < 0.05
    share, way = mirrored(np.zeros((80, 80), np.float32), 6.0, GRID)
    assert share.max() == 0.0
    assert way.shape == (80, 80, 2)
