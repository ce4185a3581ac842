import numpy as np
import pytest

from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.strip import torn, unfold

HEIGHT, WIDTH = 30, 20


def flat() -> np.ndarray:
    """Four photo pixels from sample to sample."""
    return np.stack(np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT)), axis=2).astype(np.float32) * 4.0


def bent() -> np.ndarray:
    """Below row 15 another layer of the same piece, 60 pixels farther down."""
    flow = flat()
    flow[15:, :, 1] += 60.0
    return flow


def test_cloth_that_lies_on_itself_is_torn_between_its_layers() -> None:
    tears = torn(bent())
    assert tears is not None
    assert (np.flatnonzero(tears.any(axis=1)) == [14]).all()
    assert tears[14, :-1].all()


@pytest.mark.parametrize("stretch", [1.0, 3.0])
def test_flat_and_pressed_cloth_and_an_outline_are_not(stretch: float) -> None:
    flow = flat()
    flow[20:, :, 1] = flow[19, 0, 1] + (flow[20:, :, 1] - flow[19, 0, 1]) * stretch
    flow[:4] = flow[:, :3] = OUTSIDE
    assert torn(flow) is None


def test_nothing_is_torn_where_nothing_is() -> None:
    assert torn(np.full((8, 8, 2), OUTSIDE, np.float32)) is None
    assert torn(np.zeros((1, 8, 2), np.float32)) is None


def test_a_scrap_apart_from_its_piece_goes_and_a_large_part_stays() -> None:
    weight = np.ones((4 * HEIGHT, 4 * WIDTH), np.float32)
    flow = flat()
    flow[:, 12:] = OUTSIDE
    flow[8:11, 15:18] = flat()[8:11, 8:11]
    unfold(flow, weight)
    assert (flow[:, 14:] == OUTSIDE).all()
    assert (flow[:, :12] != OUTSIDE).all()

    flow = flat()
    flow[12:16] = OUTSIDE
    unfold(flow, weight)
    assert (flow[:12] != OUTSIDE).all()
    assert (flow[16:] != OUTSIDE).all()
