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
from tryon_app.core.protocols import Camera, FitsWithin, KeepsOriginals

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
@pytest.mark.parametrize("share", [1, 2])
def test_colours_are_those_that_players_show(
    tmp_path: Path, size: tuple[int, int], space: Colorspace | None, share: int
) -> None:
    film = clip(tmp_path / "film.mp4", (0.0,), size=size, space=space)
    camera = VideoFileCamera(film, loop=False, within=(size[0] // share, size[1] // share))
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


@pytest.mark.parametrize(
    ("pixel", "within", "shape"),
    [
        (Fraction(16, 11), None, (48, 94)),  # widescreen on a DVD
        (Fraction(8, 9), None, (48, 56)),
        (Fraction(2, 1), (64, 64), (24, 64)),
        (Fraction(1, 100), None, (48, 64)),  # a mistake in the file
    ],
)
def test_pixels_that_are_not_square_are_shown_in_the_right_shape(
    tmp_path: Path, pixel: Fraction, within: tuple[int, int] | None, shape: tuple[int, int]
) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.codec_context.sample_aspect_ratio = pixel
        output.mux(video.encode(av.VideoFrame.from_ndarray(np.full((SIZE[1], SIZE[0], 3), 90, np.uint8))))
        output.mux(video.encode(None))
    camera = VideoFileCamera(path, within=within)
    camera.open()
    assert camera.read().image.shape[:2] == shape
    camera.close()


def hdr_clip(path: Path, trc: int, codes: Sequence[Sequence[float]]) -> Path:
    """A 10-bit BT.2020 film of one frame: vertical bars of RGB signal values 0..1."""
    bars = np.repeat(np.repeat(np.array(codes, np.float64)[None], 48, axis=0), 32, axis=1)
    red, green, blue = np.moveaxis(bars, 2, 0)
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    planes = (
        (luma * 876 + 64, 1, 1),
        ((blue - luma) / 1.8814 * 896 + 512, 2, 2),
        ((red - luma) / 1.4746 * 896 + 512, 2, 2),
    )
    frame = av.VideoFrame(bars.shape[1], 48, "yuv420p10le")
    for plane, (values, down, across) in zip(frame.planes, planes, strict=True):
        samples = np.rint(values[::down, ::across]).astype("<u2")
        padded = np.zeros((samples.shape[0], plane.line_size // 2), "<u2")
        padded[:, : samples.shape[1]] = samples
        plane.update(padded.tobytes())
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10, options={"qp": "0"})
        video.width, video.height, video.pix_fmt = frame.width, 48, "yuv420p10le"
        context = video.codec_context
        context.colorspace, context.color_primaries, context.color_trc = 9, 9, trc
        context.color_range = 1
        frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc = 9, 1, 9, trc
        output.mux(video.encode(frame))
        output.mux(video.encode(None))
    return path


def pq(nits: float) -> float:
    power = (nits / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


@pytest.mark.parametrize(
    ("trc", "codes"),
    [
        (16, [[pq(n)] * 3 for n in (0.0, 26.0, 203.0, 1000.0)]),
        (18, [[0.0] * 3, [0.38] * 3, [0.75] * 3, [1.0] * 3]),  # grey card and white by BT.2408
    ],
)
def test_hdr_films_look_like_the_ordinary_ones(tmp_path: Path, trc: int, codes: list[list[float]]) -> None:
    camera = VideoFileCamera(hdr_clip(tmp_path / "hdr.mkv", trc, codes), loop=False)
    camera.open()
    image = camera.read().image
    camera.close()
    assert image.dtype == np.uint8
    black, grey, white, sun = (image[24, 16 + 32 * bar].astype(int) for bar in range(4))
    assert black.max() <= 2
    assert np.abs(grey - 100).max() <= 6  # a grey card: 26 of 203 cd/m2
    assert white.min() >= 220
    assert sun.min() > white.max() + 10  # highlights are still told apart
    for colour in (grey, white, sun):
        assert np.ptp(colour) <= 3


def test_hdr_colours_keep_their_hue(tmp_path: Path) -> None:
    # BT.709's red, green and blue at 50 cd/m2, in BT.2020's primaries.
    to_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    codes = [[pq(50 * light) for light in to_2020 @ pure] for pure in np.eye(3)]
    camera = VideoFileCamera(hdr_clip(tmp_path / "hdr.mkv", 16, codes), loop=False)
    camera.open()
    image = camera.read().image
    camera.close()
    for channel in range(3):
        colour = image[24, 16 + 32 * channel].astype(int)
        assert abs(colour[channel] - 136) <= 8  # 50 of 203 cd/m2
        assert np.delete(colour, channel).max() <= 40


def test_a_shown_frame_is_found_again_at_full_size(tmp_path: Path) -> None:
    path = clip(tmp_path / "film.mp4", [index / 10 for index in range(23)], size=(320, 240))
    camera = VideoFileCamera(path, within=(160, 120))
    assert isinstance(camera, KeepsOriginals)
    camera.open()
    frames = [camera.read() for _ in range(23 + 9)]
    for frame in (frames[0], frames[7], frames[22], frames[23 + 8]):
        full = camera.original(frame)
        assert full.image.shape == (240, 320, 3)
        assert (full.index, full.timestamp_s, full.scene) == (frame.index, frame.timestamp_s, frame.scene)
        assert abs(int(full.image[3, 3, 0]) - int(frame.image[1, 1, 0])) < 12
    assert camera.read().index == 32  # the live reading goes on
    camera.close()
    path.unlink()
    with pytest.raises(CameraError):
        camera.original(frames[0])
