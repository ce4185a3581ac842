"""Video files: upright, true colours, the file's own times, and plain words about files that are none."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace

from tryon_app.cameras.video_file import VideoFileCamera
from tryon_app.core.errors import CameraError
from tryon_app.core.protocols import Camera, FitsWithin

SIZE = (64, 48)
LEFT, RIGHT = (200, 40, 30), (30, 60, 200)


def clip(
    path: Path,
    times: Sequence[float] = tuple(index / 10 for index in range(6)),
    *,
    size: tuple[int, int] = SIZE,
    space: Colorspace | None = None,
    noisy: bool = False,
) -> Path:
    """Left half red, right half blue; the top left corner tells the frame's number by its brightness."""
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10, options={"qp": "1", "g": "5"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        if space is not None:
            video.codec_context.colorspace = int(space)
        for index, when in enumerate(times):
            image = np.zeros((size[1], size[0], 3), np.uint8)
            image[:, : size[0] // 2], image[:, size[0] // 2 :] = LEFT, RIGHT
            image[:8, :8] = index * 30 % 240
            if noisy:
                image[8:] = np.random.default_rng(index).integers(0, 255, image[8:].shape)
            frame = av.VideoFrame.from_ndarray(image)
            frame = frame.reformat(format="yuv420p", dst_colorspace=space or Colorspace.ITU601)
            frame.pts, frame.time_base = round(when * 1000), Fraction(1, 1000)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
    return path


def read_all(camera: VideoFileCamera) -> list:
    frames = []
    while (frame := camera.read()) is not None:
        frames.append(frame)
    return frames


def near(pixel: np.ndarray, colour: tuple[int, int, int], tolerance: int = 8) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= tolerance)


def test_is_a_camera(tmp_path: Path) -> None:
    camera = VideoFileCamera(clip(tmp_path / "film.mp4"))
    assert isinstance(camera, Camera)
    assert (camera.name, camera.live, camera.mirrored) == ("film.mp4", False, False)


def test_all_frames_once(tmp_path: Path) -> None:
    camera = VideoFileCamera(clip(tmp_path / "film.mp4"), loop=False)
    camera.open()
    assert camera.rate == 10
    assert camera.frame_count == 6
    frames = read_all(camera)
    assert camera.read() is None
    camera.close()
    assert [frame.index for frame in frames] == list(range(6))
    assert [frame.timestamp_s for frame in frames] == pytest.approx([index / 10 for index in range(6)])
    assert [round(int(frame.image[3, 3, 0]) / 30) for frame in frames] == list(range(6))
    image = frames[0].image
    assert image.shape == (48, 64, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert not image.flags.writeable
    assert near(image[40, 10], LEFT)
    assert near(image[40, 50], RIGHT)
    assert frames[0].captured_s <= frames[-1].captured_s


def test_uneven_times(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.3, 0.34, 0.9]
    camera = VideoFileCamera(clip(tmp_path / "film.mkv", times), loop=False)
    camera.open()
    assert [frame.timestamp_s for frame in read_all(camera)] == pytest.approx(times, abs=1e-3)
    camera.close()


def test_loops_with_rising_times_and_scenes(tmp_path: Path) -> None:
    camera = VideoFileCamera(clip(tmp_path / "film.mp4"))
    camera.open()
    frames = [camera.read() for _ in range(14)]
    camera.close()
    assert [frame.index for frame in frames] == list(range(14))
    assert [frame.scene for frame in frames] == [0] * 6 + [1] * 6 + [2] * 2
    assert [frame.timestamp_s for frame in frames] == pytest.approx([index / 10 for index in range(14)])


def test_opened_again_it_starts_again(tmp_path: Path) -> None:
    camera = VideoFileCamera(clip(tmp_path / "film.mp4"), loop=False)
    for _ in range(2):
        camera.open()
        assert [camera.read().index for _ in range(3)] == [0, 1, 2]
    camera.close()
    camera.close()
    with pytest.raises(CameraError, match="not open"):
        camera.read()


@pytest.mark.parametrize(
    ("matrix", "shape", "red_at", "blue_at"),
    [
        ((0, 1, -1, 0), (64, 48), (8, 40), (56, 40)),  # turned right: what was left is above
        ((0, -1, 1, 0), (64, 48), (56, 40), (8, 40)),
        ((-1, 0, 0, -1), (48, 64), (8, 56), (8, 8)),
        ((1, 0, 0, 1), (48, 64), (40, 8), (40, 56)),
    ],
)
def test_phones_write_films_lying_down(
    tmp_path: Path,
    matrix: tuple[int, int, int, int],
    shape: tuple[int, int],
    red_at: tuple[int, int],
    blue_at: tuple[int, int],
) -> None:
    path = clip(tmp_path / "phone.mp4")
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value * 0x10000 for value in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    camera = VideoFileCamera(path, loop=False)
    camera.open()
    image = camera.read().image
    camera.close()
    assert image.shape[:2] == shape
    assert image.flags.c_contiguous
    assert near(image[red_at], LEFT)
    assert near(image[blue_at], RIGHT)


@pytest.mark.parametrize(
    ("size", "space"),
    [((64, 48), None), ((64, 48), Colorspace.ITU709), ((64, 48), Colorspace.ITU601), ((1280, 720), Colorspace.ITU709)],
)
def test_colours_are_those_that_players_show(tmp_path: Path, size: tuple[int, int], space: Colorspace | None) -> None:
    camera = VideoFileCamera(clip(tmp_path / "film.mp4", (0.0,), size=size, space=space), loop=False)
    camera.open()
    image = camera.read().image
    camera.close()
    assert near(image[-5, 10], LEFT, 5)
    assert near(image[-5, -10], RIGHT, 5)


def test_a_session_may_ask_for_smaller_frames_and_never_gets_larger_ones(tmp_path: Path) -> None:
    camera = VideoFileCamera(clip(tmp_path / "film.mp4"), within=(40, 40))
    assert isinstance(camera, FitsWithin)
    for asked, shape in (((640, 480), (30, 40)), ((32, 32), (24, 32)), ((64, 64), (24, 32))):
        camera.fit_within(asked)
        camera.open()
        frame = camera.read()
        assert frame is not None
        assert frame.image.shape[:2] == shape
    camera.close()


@pytest.mark.parametrize(("within", "shape"), [((32, 32), (24, 32)), ((640, 480), (48, 64)), ((64, 24), (24, 32))])
def test_scaled_down_into(tmp_path: Path, within: tuple[int, int], shape: tuple[int, int]) -> None:
    camera = VideoFileCamera(clip(tmp_path / "film.mp4"), within=within)
    camera.open()
    assert camera.read().image.shape[:2] == shape
    camera.close()


def test_a_damaged_stretch_is_skipped(tmp_path: Path) -> None:
    path = clip(tmp_path / "film.mkv", [index / 10 for index in range(40)], noisy=True)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    camera = VideoFileCamera(path, loop=False)
    camera.open()
    times = [frame.timestamp_s for frame in read_all(camera)]
    camera.close()
    assert 20 < len(times) <= 40
    assert times[-1] == pytest.approx(3.9)
    assert times == sorted(set(times))


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "0 bytes"), (b"no film\n" * 100, "not a video"), (None, "does not exist")]
)
def test_files_that_are_no_film(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    camera = VideoFileCamera(path)
    with pytest.raises(CameraError, match=said) as caught:
        camera.open()
    assert caught.value.remedy
    camera.close()


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as output:
        audio = output.add_stream("aac", rate=48000, layout="mono")
        piece = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), format="s16", layout="mono")
        piece.rate = 48000
        output.mux(audio.encode(piece))
        output.mux(audio.encode(None))
    with pytest.raises(CameraError, match="no pictures"):
        VideoFileCamera(path).open()
