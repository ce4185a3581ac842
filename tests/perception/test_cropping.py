"""What a network sees of a frame lies where it should, at every scale, and is the mean of what it stands for."""

import numpy as np
import pytest

from tryon_app.perception.cropping import cropped, shrunk


def test_a_smaller_picture_is_the_mean_of_the_larger_one() -> None:
    image = np.random.default_rng(1).integers(0, 256, (7, 9, 3)).astype(np.uint8)
    small = shrunk(image, 2)
    assert small.shape == (3, 4, 3)
    assert np.abs(small[1, 2].astype(float) - image[2:4, 4:6].mean(axis=(0, 1))).max() <= 0.5


@pytest.mark.parametrize("scale", [0.13, 0.3, 0.5, 0.9, 1.7])
def test_places_lie_where_the_matrix_says(scale: float) -> None:
    """A slope across the frame: the colour says where a pixel came from."""
    across = np.broadcast_to(np.arange(256, dtype=np.uint8)[None, :, None], (200, 256, 3))
    matrix = np.array([[scale, 0.0, -20.0 * scale], [0.0, scale, 0.0]], np.float32)
    seen = cropped(np.ascontiguousarray(across), matrix, 24, 16)
    wanted = np.arange(24) / scale + 20.0
    inside = wanted < 250
    assert np.abs(seen[8, inside, 0] - wanted[inside]).max() < 1.0


def test_beyond_the_frame_it_is_grey() -> None:
    matrix = np.array([[0.25, 0.0, 10.0], [0.0, 0.25, 0.0]], np.float32)
    seen = cropped(np.zeros((80, 80, 3), np.uint8), matrix, 40, 20)
    assert (seen[:, :9] == 128).all()
    assert (seen[2:18, 12:28] == 0).all()


def test_nothing_of_the_frame_is_no_error() -> None:
    matrix = np.array([[0.1, 0.0, -900.0], [0.0, 0.1, 0.0]], np.float32)
    assert (cropped(np.zeros((50, 50, 3), np.uint8), matrix, 30, 20) == 128).all()
