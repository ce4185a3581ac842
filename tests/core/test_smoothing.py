"""The One-Euro filter: what it promises about rest, movement and scale."""

import numpy as np
import pytest

from tryon_app.core.smoothing import OneEuro

RATE = 30.0


def run(values: np.ndarray, min_cutoff: float = 1.0, beta: float = 3.0, scale: float = 1.0) -> np.ndarray:
    smooth = OneEuro(min_cutoff, beta)
    return np.array([smooth(value, i / RATE, scale) for i, value in enumerate(values)])


def test_the_first_sample_passes_and_is_a_copy() -> None:
    first = np.array([[3.0, 4.0]], np.float32)
    out = OneEuro(1.0, 0.0)(first, 5.0)
    assert np.array_equal(out, first)
    assert out is not first


def test_noise_at_rest_is_calmed() -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, (300, 33, 2)).astype(np.float32)
    assert run(noise)[60:].std() < 0.5 * noise[60:].std()


def test_quick_movement_is_followed_more_closely_with_a_larger_beta() -> None:
    ramp = np.arange(60, dtype=np.float32)[:, None] * np.float32(5 / RATE)
    lag = {beta: float(ramp[-1, 0] - run(ramp, beta=beta)[-1, 0]) for beta in (0.0, 1.0, 10.0)}
    assert lag[0.0] > 2 * lag[1.0] > 4 * lag[10.0] >= 0


def test_a_large_person_is_smoothed_like_a_small_one() -> None:
    rng = np.random.default_rng(2)
    path = (np.cumsum(rng.normal(0, 0.05, (90, 4, 2)), axis=0) + 1).astype(np.float32)
    assert run(path * 100, scale=100) == pytest.approx(run(path) * 100, rel=1e-3)


def test_a_point_moves_alike_in_every_direction() -> None:
    along = np.arange(30, dtype=np.float32)[:, None, None] * np.array([[[0.1, 0.001]]], np.float32)
    lag = (along - run(along))[-1, 0]
    assert lag[1] / lag[0] == pytest.approx(0.01, rel=0.05)


def test_reset_forgets() -> None:
    smooth = OneEuro(0.5, 0.0)
    smooth(np.zeros((2, 2), np.float32), 0.0)
    assert smooth(np.full((2, 2), 9, np.float32), 0.03).max() < 9
    smooth.reset()
    assert np.array_equal(smooth(np.full((2, 2), 9, np.float32), 0.06), np.full((2, 2), 9, np.float32))


@pytest.mark.parametrize("time_s", [0.0, -5.0, 1e9])
def test_odd_times_do_no_harm(time_s: float) -> None:
    smooth = OneEuro(1.0, 3.0)
    smooth(np.zeros((2, 2), np.float32), 0.0)
    out = smooth(np.ones((2, 2), np.float32), time_s)
    assert np.isfinite(out).all()
    assert (out >= 0).all()
    assert (out <= 1).all()
    assert out.dtype == np.float32
