"""What every camera must do (core/protocols.py), whatever it reads from. A new one joins by an entry in `MAKERS`."""

import itertools
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tryon_app.cameras.discovery import CameraDevice
from tryon_app.cameras.faulty import FaultyCamera
from tryon_app.cameras.images import ImageFolderCamera
from tryon_app.cameras.opencv import OpenCVCamera
from tryon_app.cameras.synthetic import SyntheticCamera
from tryon_app.cameras.video_file import VideoFileCamera
from tryon_app.core.errors import CameraError
from tryon_app.core.protocols import Camera


class Driver:
    """What stands in for `cv2.VideoCapture`: grey pictures that brighten."""

    def __init__(self, *_: object) -> None:
        self.count = 0

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def read(self) -> tuple[bool, np.ndarray]:
        self.count += 1
        return True, np.full((48, 64, 3), self.count % 250, np.uint8)

    def release(self) -> None:
        pass


def webcam(tmp_path: Path) -> Camera:
    device = CameraDevice("046d-0825-aaaaaa", "Logi", "", ((200, 0),))
    return OpenCVCamera(open_grabber=Driver, devices=lambda: (device,))


def film(tmp_path: Path) -> Camera:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for index in range(12):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), index * 20, np.uint8)).reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
    return VideoFileCamera(path)


def pictures(tmp_path: Path) -> Camera:
    folder = tmp_path / "people"
    folder.mkdir()
    for index in range(2):
        noise = np.random.default_rng(index).integers(0, 255, (60, 40, 3), np.uint8)
        Image.fromarray(noise).save(folder / f"{index}.png")
    return ImageFolderCamera(folder, size=(64, 36), seconds=0.2)


def synthetic(tmp_path: Path) -> Camera:
    return SyntheticCamera(size=(64, 48))


def faulty(tmp_path: Path) -> Camera:
    return FaultyCamera(SyntheticCamera(size=(64, 48)), rate=500.0)


MAKERS: dict[str, Callable[[Path], Camera]] = {
    "opencv": webcam,
    "video file": film,
    "images": pictures,
    "synthetic": synthetic,
    "faulty": faulty,
}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS.keys())
def camera(request, tmp_path):
    made = request.param(tmp_path)
    yield made
    made.close()


def test_keeps_to_the_protocol(camera):
    assert isinstance(camera, Camera)
    assert camera.name
    assert camera.mirrored is camera.live, "people expect a mirror of webcams, and of nothing else"


def test_reading_before_opening_and_after_closing_says_so(camera):
    with pytest.raises(CameraError, match="not open") as caught:
        camera.read()
    assert caught.value.remedy
    camera.open()
    assert camera.read() is not None
    camera.close()
    with pytest.raises(CameraError):
        camera.read()


def test_pictures_are_what_the_pipeline_is_promised(camera):
    camera.open()
    frames = [camera.read() for _ in range(20)]
    for frame in frames:
        image = frame.image
        assert image.dtype == np.uint8
        assert image.shape == (frame.height, frame.width, 3)
        assert image.flags.c_contiguous
        assert not image.flags.writeable
        assert frame.captured_s > 0
    assert [frame.index for frame in frames] == list(range(20))
    assert all(a.timestamp_s < b.timestamp_s for a, b in itertools.pairwise(frames))
    assert all(a.scene <= b.scene <= a.scene + 1 for a, b in itertools.pairwise(frames))
    assert all(a.captured_s <= b.captured_s for a, b in itertools.pairwise(frames))
    assert camera.rate > 0


def test_published_pictures_stay_as_they_are(camera):
    camera.open()
    frames = [camera.read() for _ in range(4)]
    copies = [frame.image.copy() for frame in frames]
    for _ in range(6):
        camera.read()
    assert all(np.array_equal(frame.image, copy) for frame, copy in zip(frames, copies, strict=True))
    assert not np.array_equal(copies[0], copies[-1]), "it is a moving picture"


def test_opens_as_often_as_wanted(camera):
    for _ in range(3):
        camera.open()
        assert camera.read() is not None
    camera.open()
    assert camera.read() is not None
    camera.close()
    camera.close()


def test_closing_from_another_thread_ends_the_reading(camera):
    camera.open()
    going, ended = threading.Event(), []

    def read_on() -> None:
        try:
            while camera.read() is not None:
                going.set()
        except CameraError as error:
            ended.append(error)

    reader = threading.Thread(target=read_on)
    reader.start()
    assert going.wait(20)
    camera.close()
    reader.join(20)
    assert not reader.is_alive()
    assert len(ended) == 1
