"""The reference camera says which frame it shows, and draws a person."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from tryon_app.cameras.synthetic import BITS, SyntheticCamera, read_counter


def test_every_picture_tells_its_index():
    camera = SyntheticCamera((320, 180))
    camera.open()
    for index in range(40):
        frame = camera.read()
        assert read_counter(frame.image) == frame.index == index
        assert frame.timestamp_s == pytest.approx(index / 30)
    camera.close()
    assert BITS >= 16


def test_the_counter_survives_compression():
    camera = SyntheticCamera((640, 360))
    camera.open()
    for index in range(10):
        file = io.BytesIO()
        Image.fromarray(camera.read().image).save(file, "JPEG", quality=50)
        assert read_counter(np.asarray(Image.open(file))) == index
    camera.close()


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (360, 640), (64, 48)])
def test_the_same_frames_every_time_and_no_two_alike(size):
    runs = []
    for camera in (SyntheticCamera(size), SyntheticCamera(size)):
        camera.open()
        runs.append([camera.read().image for _ in range(8)])
        camera.close()
    assert all(np.array_equal(a, b) for a, b in zip(*runs, strict=True))
    bare = [image[: -size[0] // 80 - 2] for image in runs[0]]
    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(bare)), "the person moves"


def test_shirt_trousers_and_face_are_where_they_belong():
    camera = SyntheticCamera()
    camera.open()
    image = camera.read().image
    camera.close()
    assert image[330, 640].tolist() == [46, 92, 140]
    assert image[560, 600].tolist() == [52, 56, 68]
    assert image[130, 640].tolist() == [224, 182, 152]
