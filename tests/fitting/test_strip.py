import numpy as np
import pytest

from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.strip import piece, torn, unfold

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


def sleeve(turn: float) -> tuple[np.ndarray, np.ndarray]:
    """A strip 60 wide that goes down, turns about a point near its inner edge, and goes on: on person and photo."""
    across = np.linspace(-30.0, 30.0, 7)
    angles = np.concatenate([np.zeros(10), np.linspace(0.0, turn, 9), np.full(10, turn)])
    middle = [np.array([60.0, 20.0])]
    for angle in angles[1:]:
        middle.append(middle[-1] + 9.0 * np.array([np.sin(angle), np.cos(angle)]))
    normal = np.stack([np.cos(angles), -np.sin(angles)], axis=1)
    target = np.stack(middle)[:, None] + across[None, :, None] * normal[:, None]
    source = np.stack(np.meshgrid(across + 40.0, 9.0 * np.arange(len(angles)) + 10.0), axis=2)
    return target.astype(np.float32), source.astype(np.float32)


@pytest.mark.parametrize(("turn", "step"), [(0.0, 4), (0.6, 4), (2.9, 2)])
def test_where_it_lies_on_itself_a_piece_is_sampled_twice_as_finely(turn: float, step: int) -> None:
    weight = np.ones((300, 90), np.float32)
    found = piece("sleeve_left", *sleeve(turn), (400, 400), step=4, weight=weight, folds=True)
    assert found is not None
    assert found.step == step
    assert (found.torn is not None) == (step < 4)
    assert found.flow.shape[:2] == (-(-found.roi.height // step), -(-found.roi.width // step))
