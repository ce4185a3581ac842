import numpy as np
import pytest

pytest.importorskip("numba")

from tryon_app.training.synth.raster import Buffer, Cut, View, lamp_light, vertex_normals

SQUARE = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def square(low, high, depth):
    corners = [(low, low), (high, low), (high, high), (low, high)]
    return np.array([(x, y, 1 / depth) for x, y in corners], np.float32)


def test_what_is_nearer_hides_what_is_farther_in_either_order():
    for order in ((5.0, 2.0), (2.0, 5.0)):
        buffer = Buffer(20, 20)
        for first, depth in enumerate(order):
            size = (0, 20) if depth == 5.0 else (5, 15)
            buffer.draw(square(*size, depth), SQUARE, 10 * first)
        near = order.index(2.0)
        assert (buffer.triangle[6:14, 6:14] // 10 == near).all()
        assert buffer.triangle[1, 10] // 10 == 1 - near


def test_values_are_blended_in_perspective():
    buffer = Buffer(101, 11)
    points = np.array([[0, 0, 1.0], [101, 0, 0.25], [101, 11, 0.25], [0, 11, 1.0]], np.float32)
    buffer.draw(points, SQUARE, 0)
    values = np.array([[0.0], [1.0], [1.0], [0.0]], np.float32)
    # Half way across the picture of a wall that goes from depth 1 to depth 4 is a fifth of the way along it.
    assert buffer.blend(values, SQUARE)[5, 50, 0] == pytest.approx(0.2, abs=0.01)


def test_a_cut_leaves_a_hole():
    buffer = Buffer(20, 20)
    mask = np.full((20, 20), 255, np.uint8)
    mask[:, 8:12] = 0
    flat = square(0, 20, 1)[:, :2]
    buffer.draw(square(0, 20, 2.0), SQUARE, 0, Cut(SQUARE, flat, mask))
    assert (buffer.triangle[:, 9:11] == -1).all()
    assert (buffer.triangle[1:-1, 1:6] >= 0).all()


def test_the_persons_left_is_on_the_right_of_the_picture_and_up_is_up():
    view = View(100, 100, 0.0, 0.0, 2.0, 100.0, np.zeros(3, np.float32))
    left, up, behind = view.project(np.array([[0.1, 0, 0], [0, 0, 0.1], [0, 0.5, 0]], np.float32))
    assert left[0] > 50
    assert up[1] < 50
    assert behind[2] < left[2]


def test_light_falls_on_what_faces_the_lamp():
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]], np.float32)
    normals = vertex_normals(points, SQUARE)
    assert np.allclose(np.abs(normals[:, 1]), 1)
    ahead, aside = np.array([0, -1, 0], np.float32), np.array([1, 0, 0], np.float32)
    shown = np.broadcast_to(normals[0], (2, 2, 3)).astype(np.float32).copy()
    lit, dark = (lamp_light(shown, ahead, lamp, aside, 0.4).mean() for lamp in (ahead, aside))
    assert lit > dark
    assert dark == pytest.approx(0.4)
