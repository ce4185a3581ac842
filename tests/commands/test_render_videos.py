"""`tryon render` on a video: every frame, its time, its sound, its size."""

import signal
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

Tryon = Callable[..., tuple[int, str]]
SIZE = (64, 48)
SKIN = (150, 110, 90)
STOP = (9, 9, 99)


def clip(
    path: Path,
    times: Sequence[float] = tuple(index / 10 for index in range(12)),
    *,
    dark: Sequence[int] = (),
    stop_at: int = -1,
    sound: bool = True,
    size: tuple[int, int] = SIZE,
) -> Path:
    """A lossless clip of one colour; `dark` frames show nobody."""
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=10, options={"qp": "0"})
        video.width, video.height, video.pix_fmt = *size, "yuv444p"
        video.codec_context.time_base = Fraction(1, 1000)
        audio = output.add_stream("aac", rate=48000, layout="mono") if sound else None
        for index, when in enumerate(times):
            colour = (0, 0, 0) if index in dark else STOP if index == stop_at else SKIN
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), colour, np.uint8))
            frame.pts, frame.time_base = round(when * 1000), Fraction(1, 1000)
            output.mux(video.encode(frame))
        if audio is not None:
            tone = (np.sin(np.arange(48000) / 10) * 9000).astype(np.int16)
            for start in range(0, len(tone), 1024):
                piece = av.AudioFrame.from_ndarray(tone[None, start : start + 1024], format="s16", layout="mono")
                piece.rate, piece.pts, piece.time_base = 48000, start, Fraction(1, 48000)
                output.mux(audio.encode(piece))
            output.mux(audio.encode(None))
        output.mux(video.encode(None))
    return path


def frames(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as source:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in source.decode(video=0)]


def dressed(image: np.ndarray) -> bool:
    """Whether the middle of the fake garment's patch is greener than the rest."""
    middle = image[10, 14].astype(int)
    return bool(middle[1] > middle[0] + 30)


def test_every_frame_is_dressed_and_size_rate_and_sound_stay(world, tryon: Tryon, tmp_path: Path) -> None:
    source = clip(tmp_path / "in.mp4", dark=(3, 4))
    code, said = tryon("render", "--source", source, "--garment", "tee-green", "-o", tmp_path / "new" / "out.mp4")
    assert (code, said) == (0, "")
    result = frames(tmp_path / "new" / "out.mp4")
    assert [dressed(image) for _, image in result] == [index not in (3, 4) for index in range(12)]
    assert [when for when, _ in result] == pytest.approx([index / 10 for index in range(12)], abs=0.03)
    assert result[0][1].shape == (48, 64, 3)
    assert np.abs(result[3][1].astype(int)).max() < 8  # a frame without a person stays plain
    assert np.abs(result[0][1][40, 50].astype(int) - SKIN).max() <= 5
    with av.open(str(tmp_path / "new" / "out.mp4")) as output:
        assert output.streams.video[0].average_rate == 10
        assert [stream.codec_context.name for stream in output.streams.audio] == ["aac"]
    assert world.pose.opened == ["video"]
    assert [entry.name for entry in (tmp_path / "new").iterdir()] == ["out.mp4"]


def test_uneven_times_stay(world, tryon: Tryon, tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.3, 0.34, 0.9, 0.95]
    source = clip(tmp_path / "in.mkv", times, sound=False)
    assert tryon("render", "--source", source, "--garment", "tee-green", "-o", tmp_path / "out.mp4")[0] == 0
    assert [when for when, _ in frames(tmp_path / "out.mp4")] == pytest.approx(times, abs=0.002)


@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
@pytest.mark.parametrize("suffix", [".mkv", ".mov", ".webm", ".mp4"])
def test_containers_and_odd_sizes(world, tryon: Tryon, tmp_path: Path, suffix: str, size: tuple[int, int]) -> None:
    output = tmp_path / f"out{suffix}"
    source = clip(tmp_path / "in.mkv", size=size)
    assert tryon("render", "--source", source, "--garment", "tee-green", "-o", output)[0] == 0
    result = frames(output)
    assert len(result) == 12
    assert result[0][1].shape == (size[1], size[0], 3)


def test_layers_count_from_nought(world, tryon: Tryon, tmp_path: Path) -> None:
    source = clip(tmp_path / "in.mp4", dark=(1,))
    arguments = (
        "--source",
        source,
        "--garment",
        "tee-green",
        "-o",
        tmp_path / "out.mp4",
        "--layers",
        tmp_path / "parts",
    )
    assert tryon("render", *arguments)[0] == 0
    names = sorted(entry.name for entry in (tmp_path / "parts").iterdir())
    assert names == [f"{index:05d}.layer.png" for index in range(12)]
    alphas = []
    for name in names:
        with Image.open(tmp_path / "parts" / name) as layer:
            assert (layer.size, layer.mode) == (SIZE, "RGBA")
            alphas.append(np.asarray(layer)[10, 14, 3])
    assert alphas == [128, 0, *[128] * 10]


def test_nobody_in_any_frame_is_said_and_no_failure(world, tryon: Tryon, tmp_path: Path) -> None:
    source = clip(tmp_path / "in.mp4", dark=range(12))
    code, said = tryon("render", "--source", source, "--garment", "tee-green", "-o", tmp_path / "out.mp4")
    assert code == 0
    assert "Nobody was found in in.mp4" in said
    assert len(frames(tmp_path / "out.mp4")) == 12


def test_what_is_not_in_the_picture_is_said_once(world, tryon: Tryon, tmp_path: Path) -> None:
    source = clip(tmp_path / "in.mp4", dark=(0,))
    code, said = tryon("render", "--source", source, "--garment", "jeans", "-o", tmp_path / "out.mp4")
    assert code == 0
    assert said == "note: jeans: the legs are not in the picture (11 of 12 frames)\n"


def test_a_suffix_that_nobody_knows_is_looked_into(world, tryon: Tryon, tmp_path: Path) -> None:
    source = clip(tmp_path / "in.mp4").rename(tmp_path / "download")
    assert tryon("render", "--source", source, "--garment", "tee-green", "-o", tmp_path / "out.mp4")[0] == 0
    assert len(frames(tmp_path / "out.mp4")) == 12


@pytest.mark.parametrize("name", ["out.png", "out", "out.avi"])
def test_outputs_that_hold_no_video(world, tryon: Tryon, tmp_path: Path, name: str) -> None:
    code, said = tryon("render", "--source", clip(tmp_path / "in.mp4"), "--garment", "tee-green", "-o", tmp_path / name)
    assert code == 2
    assert f"A video cannot be written to '{name}'" in said


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Jobs that a shell runs in the background are started with the interrupt ignored; tests must not depend on it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_leaves_what_was_there(world, tryon: Tryon, tmp_path: Path, number: int, expected: int) -> None:
    def stop() -> BaseException:
        signal.raise_signal(number)
        return AssertionError("the signal was ignored")

    world.pose.raises[STOP] = stop
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "film.mp4").write_bytes(b"an older film")
    source = clip(tmp_path / "in.mkv", stop_at=6)
    arguments = ("--source", source, "--garment", "tee-green", "-o", tmp_path / "out" / "film.mp4")
    code, said = tryon("render", *arguments)
    assert (code, said) == (expected, "")
    assert (tmp_path / "out" / "film.mp4").read_bytes() == b"an older film"
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["film.mp4"]
