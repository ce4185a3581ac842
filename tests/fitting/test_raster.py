import numpy as np

from tryon_app.core.types import Rect
from tryon_app.fitting.raster import OUTSIDE, bounds, rasterise


def grid(xs: list[float], ys: list[float]) -> np.ndarray:
    return np.stack(np.meshgrid(np.array(xs, np.float32), np.array(ys, np.float32)), axis=-1)


def test_a_grid_that_is_not_bent_gives_a_linear_flow() -> None:
    target, source = grid([10, 30, 50], [20, 40]), grid([0, 100, 200], [0, 50])
    flow = rasterise(target, source, Rect(10, 20, 51, 41), 4)
    assert flow.shape == (6, 11, 2)
    rows, columns = np.mgrid[0:6, 0:11] * 4.0
    np.testing.assert_allclose(flow[..., 0], columns * 5.0, atol=1e-3)
    np.testing.assert_allclose(flow[..., 1], rows * 2.5, atol=1e-3)


def test_nothing_lands_outside_the_grid() -> None:
    flow = rasterise(grid([10, 20], [10, 20]), grid([0, 1], [0, 1]), Rect(0, 0, 40, 40), 2)
    assert (flow[0] == OUTSIDE).all()
    assert (flow[6, 6] != OUTSIDE).all()
    assert int((flow[..., 0] != OUTSIDE).sum()) == 36


def test_triangles_that_turned_over_are_left_out() -> None:
    target = grid([0, 20, 10], [0, 10])  # the second column of cells is folded back
    flow = rasterise(target, grid([0, 50, 100], [0, 10]), Rect(0, 0, 21, 11), 1)
    assert flow[..., 0].max() <= 50.0 + 1e-3


def test_a_wholly_mirrored_grid_shows_nothing() -> None:
    flow = rasterise(grid([20, 0], [0, 10]), grid([0, 50], [0, 10]), Rect(0, 0, 21, 11), 1)
    assert (flow == OUTSIDE).all()


def test_bounds_are_clipped_and_empty_for_what_is_not_finite() -> None:
    assert bounds(grid([-50, 30], [5, 8]), 100, 100) == Rect(0, 3, 33, 11)
    assert bounds(grid([500, 600], [5, 8]), 100, 100).empty
    assert bounds(np.full((2, 2, 2), np.nan, np.float32), 100, 100).empty
