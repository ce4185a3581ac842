"""The slideshow: moves smoothly, shows people whole, and takes folders as they are."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tryon_app.cameras.images import ImageFolderCamera
from tryon_app.core.errors import CameraError

SIZE = (320, 180)


def save(path: Path, size: tuple[int, int], colour=(200, 120, 40), lines: bool = False) -> Path:
    """A plain photo; with `lines`, red at the top and blue at the bottom, a twentieth each."""
    image = np.empty((size[1], size[0], 3), np.uint8)
    image[:] = colour
    if lines:
        edge = size[1] // 20
        image[:edge], image[-edge:] = (255, 0, 0), (0, 0, 255)
    Image.fromarray(image).save(path, quality=95)
    return path


def speckled(path: Path, size: tuple[int, int] = (160, 240)) -> Path:
    noise = np.random.default_rng(5).integers(0, 255, (size[1] // 20, size[0] // 20, 3), np.uint8)
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def frames_of(camera: ImageFolderCamera, count: int) -> list:
    camera.open()
    frames = [camera.read() for _ in range(count)]
    camera.close()
    return frames


def test_pictures_in_the_order_of_their_names_again_and_again(tmp_path):
    save(tmp_path / "b.JPG", (320, 180), (0, 0, 250))
    save(tmp_path / "A.png", (320, 180), (250, 0, 0))
    save(tmp_path / "c.webp", (320, 180), (0, 250, 0))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "._b.jpg").write_bytes(b"companion")
    (tmp_path / "more").mkdir()
    frames = frames_of(ImageFolderCamera(tmp_path, SIZE, seconds=0.5, rate=10), 20)
    assert [frame.scene for frame in frames] == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
    assert [frame.timestamp_s for frame in frames] == pytest.approx([index / 10 for index in range(20)])
    main = [int(frame.image[90, 160].argmax()) for frame in frames[::5]]
    assert main == [0, 2, 1, 0]
    assert {(frame.width, frame.height) for frame in frames} == {SIZE}


def test_it_moves_a_little_with_every_frame(tmp_path):
    speckled(tmp_path / "a.png")
    speckled(tmp_path / "b.png")
    frames = frames_of(ImageFolderCamera(tmp_path, SIZE, seconds=2, rate=15), 30)
    steps = [np.abs(a.image.astype(int) - b.image).mean() for a, b in itertools.pairwise(frames)]
    whole = np.abs(frames[0].image.astype(int) - frames[-1].image).mean()
    assert whole > 2
    assert max(steps) < whole / 3
    assert sum(step > 0 for step in steps) >= len(steps) - 1


def test_one_picture_goes_to_and_fro_without_a_jump(tmp_path):
    camera = ImageFolderCamera(speckled(tmp_path / "only.png"), SIZE, seconds=1, rate=10)
    frames = frames_of(camera, 31)
    assert {frame.scene for frame in frames} == {0}
    assert np.array_equal(frames[0].image, frames[20].image)
    assert np.array_equal(frames[5].image, frames[15].image)
    assert not np.array_equal(frames[0].image, frames[10].image)


@pytest.mark.parametrize("size", [(300, 400), (200, 500), (400, 400), (400, 300), (60, 1200)])
def test_tall_photos_stay_whole_from_head_to_foot(tmp_path, size):
    for name in ("a.png", "b.png"):
        save(tmp_path / name, size, lines=True)
    for frame in frames_of(ImageFolderCamera(tmp_path, SIZE, seconds=0.5, rate=10), 10):
        column = frame.image[:, SIZE[0] // 2]
        assert column[0, 0] > 200, "the topmost twentieth is in the picture"
        assert column[0, 2] < 60
        assert column[-1, 2] > 200
        assert column[-1, 0] < 60
        assert frame.image[90, 160].tolist() == pytest.approx([200, 120, 40], abs=8)


def test_the_backdrop_is_darker_and_fills_the_sides(tmp_path):
    path = save(tmp_path / "tall.png", (200, 400))
    for frame in frames_of(ImageFolderCamera(path, SIZE, seconds=0.5, rate=10), 5):
        left, right = frame.image[:, 5].astype(int), frame.image[:, -5].astype(int)
        for side in (left, right):
            assert 60 < side[:, 0].min() <= side[:, 0].max() < 120


@pytest.mark.parametrize("size", [(320, 180), (300, 200), (640, 200), (5000, 100), (32, 18), (4000, 2250)])
def test_wide_photos_fill_the_view(tmp_path, size):
    path = save(tmp_path / "wide.png", size)
    for frame in frames_of(ImageFolderCamera(path, SIZE, seconds=0.5, rate=10), 10):
        assert np.abs(frame.image.astype(int) - (200, 120, 40)).max() <= 8


def test_unreadable_pictures_are_left_out(tmp_path, caplog):
    (tmp_path / "a.jpg").write_bytes(b"")
    save(tmp_path / "b.png", (320, 180), (250, 0, 0))
    (tmp_path / "c.png").write_bytes(b"not a picture at all")
    save(tmp_path / "d.png", (320, 180), (0, 0, 250))
    frames = frames_of(ImageFolderCamera(tmp_path, SIZE, seconds=0.2, rate=10), 8)
    assert [int(frame.image[90, 160].argmax()) for frame in frames[::2]] == [0, 2, 0, 2]
    assert [frame.scene for frame in frames] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert sum("left out" in record.message for record in caplog.records) == 2


def test_a_folder_is_opened_again_from_the_start(tmp_path):
    speckled(tmp_path / "a.png")
    save(tmp_path / "b.png", (320, 180))
    camera = ImageFolderCamera(tmp_path, SIZE, seconds=0.3, rate=10)
    first, second = frames_of(camera, 7), frames_of(camera, 7)
    assert [frame.index for frame in second] == list(range(7))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))


def test_each_picture_is_read_once(tmp_path):
    save(tmp_path / "a.png", (320, 180), (250, 0, 0))
    save(tmp_path / "b.png", (320, 180), (0, 0, 250))
    camera = ImageFolderCamera(tmp_path, SIZE, seconds=0.2, rate=10)
    camera.open()
    shown = [camera.read() for _ in range(4)]
    (tmp_path / "a.png").unlink()
    (tmp_path / "b.png").unlink()
    again = [camera.read() for _ in range(4)]
    camera.close()
    assert all(np.array_equal(a.image, b.image) for a, b in zip(shown, again, strict=True))


def test_what_cannot_be_shown_is_said_with_a_remedy(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "x.jpg").write_bytes(b"\xff\xd8 cut")
    (tmp_path / "bad" / "y.jpg").write_bytes(b"")
    cases = {"missing": "does not exist", "empty": "no pictures", "bad": r"y\.jpg is empty", "bad/x.jpg": r"x\.jpg"}
    for name, words in cases.items():
        camera = ImageFolderCamera(tmp_path / name)
        with pytest.raises(CameraError, match=words) as caught:
            camera.open()
        assert caught.value.remedy, name
        camera.close()
