"""Video files where PyAV is not there: the same frames, told the same way."""

import importlib.util
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tryon_app import app
from tryon_app.cameras import video_file
from tryon_app.cameras.video_file_cv import CvVideoFileCamera
from tryon_app.core.errors import CameraError
from tryon_app.core.protocols import Camera, FitsWithin

LEFT, RIGHT = (200, 40, 30), (30, 60, 200)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Six pictures, a tenth of a second apart, left half red, right half blue."""
    path = tmp_path / "100% clip.mp4"
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10, options={"qp": "1"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for index in range(6):
            image = np.zeros((48, 64, 3), np.uint8)
            image[:, :32], image[:, 32:] = LEFT, RIGHT
            image[:16, :16] = index * 40
            frame = av.VideoFrame.from_ndarray(image).reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
    return path


def read_all(camera: Camera) -> list:
    camera.open()
    try:
        frames = []
        while (frame := camera.read()) is not None:
            frames.append(frame)
        return frames
    finally:
        camera.close()


def test_frames_are_those_that_pyav_reads(clip):
    camera = CvVideoFileCamera(clip, loop=False)
    assert isinstance(camera, Camera)
    found, told = read_all(camera), read_all(video_file.VideoFileCamera(clip, loop=False))
    assert len(found) == len(told) == 6
    assert camera.rate == 10
    assert [frame.index for frame in found] == list(range(6))
    assert [frame.timestamp_s for frame in found] == pytest.approx([frame.timestamp_s for frame in told], abs=1e-3)
    for ours, theirs in zip(found, told, strict=True):
        assert not ours.image.flags.writeable
        assert ours.image.shape == (48, 64, 3)
        assert np.abs(ours.image.astype(int) - theirs.image).mean() < 6
    assert (np.abs(found[0].image[40, 5].astype(int) - LEFT) < 30).all()


def test_a_loop_is_a_new_scene_with_later_times(clip):
    camera = CvVideoFileCamera(clip)
    camera.open()
    frames = [camera.read() for _ in range(9)]
    camera.close()
    assert [frame.scene for frame in frames] == [0] * 6 + [1] * 3
    times = [frame.timestamp_s for frame in frames]
    assert times == sorted(set(times))
    assert [frame.index for frame in frames] == list(range(9))


def test_large_frames_stay_as_they_are_for_who_keeps_the_original(clip):
    assert not isinstance(CvVideoFileCamera(clip), FitsWithin)


@pytest.mark.parametrize(("pixel", "width"), [(Fraction(16, 11), 94), (Fraction(8, 9), 56), (Fraction(1, 100), 64)])
def test_pixels_that_are_not_square_are_shown_in_the_right_shape(tmp_path, pixel, width):
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.sample_aspect_ratio = pixel
        output.mux(video.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8))))
        output.mux(video.encode(None))
    assert read_all(CvVideoFileCamera(path, loop=False))[0].image.shape == (48, width, 3)


def test_what_is_no_video_is_said(tmp_path):
    empty, text = tmp_path / "empty.mp4", tmp_path / "text.mp4"
    empty.write_bytes(b"")
    text.write_text("no video " * 100)
    for path, words in {tmp_path / "none.mp4": "does not exist", empty: "is empty", text: "not a video"}.items():
        with pytest.raises(CameraError, match=words) as caught:
            CvVideoFileCamera(path).open()
        assert caught.value.remedy
    with pytest.raises(CameraError, match="is not open"):
        CvVideoFileCamera(text).read()


def test_the_app_takes_it_only_where_pyav_is_missing(clip, monkeypatch):
    assert isinstance(app.open_video(clip), video_file.VideoFileCamera)
    found = importlib.util.find_spec
    monkeypatch.setattr(app, "find_spec", lambda name: None if name == "av" else found(name))
    assert isinstance(app.open_video(clip), CvVideoFileCamera)


@pytest.mark.parametrize("reader", [CvVideoFileCamera, video_file.VideoFileCamera])
def test_a_film_that_goes_while_it_plays_is_said_each_time(clip, reader):
    """At the end it is opened once more, and is not there."""
    camera = reader(clip)
    camera.open()
    for _ in range(6):
        assert camera.read() is not None
    clip.unlink()
    with pytest.raises(CameraError, match="does not exist"):
        camera.read()
    with pytest.raises(CameraError, match="is not open"):
        camera.read()
    camera.close()


def test_times_that_the_file_does_not_say_follow_the_rate(clip, monkeypatch):
    camera = CvVideoFileCamera(clip)
    camera.open()
    film = camera._capture

    class Timeless:
        def get(self, _what):
            return 0.0

        def read(self):
            return film.read()

        def release(self):
            film.release()

    monkeypatch.setattr(camera, "_capture", Timeless())
    times = [camera.read().timestamp_s for _ in range(4)]
    camera.close()
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3])
