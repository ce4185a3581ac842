"""Videos: size, times and sound arrive; a file is there complete or not at all."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tryon_app.core.errors import OutputError, UsageError
from tryon_app.core.protocols import Recorder
from tryon_app.outputs import recorder as recorder_module
from tryon_app.outputs.recorder import VIDEO_SUFFIXES, VideoRecorder, rate_fraction

SIZE = (96, 64)


def pictures(count: int, size: tuple[int, int] = SIZE) -> Iterator[np.ndarray]:
    """A bright bar that wanders over a coloured ground."""
    for index in range(count):
        image = np.full((size[1], size[0], 3), (180, 60, 40), np.uint8)
        image[:, index * 3 % (size[0] - 8) :][:, :8] = (30, 200, 90)
        yield image


def with_sound(path: Path, codec: str, seconds: float = 2.0, start: float = 0.0, container: str | None = None) -> Path:
    """A clip with a 440 Hz tone."""
    rate = 48000
    with av.open(str(path), "w", format=container) as output:
        video = output.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        audio = output.add_stream(codec, rate=rate, layout="mono")
        for index, image in enumerate(pictures(int(seconds * 10))):
            frame = av.VideoFrame.from_ndarray(image)
            frame.pts, frame.time_base = index + round(start * 10), Fraction(1, 10)
            output.mux(video.encode(frame))
        tone = np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate)
        block = 1024
        for index in range(0, len(tone), block):
            samples = (tone[None, index : index + block] * 20000).astype(np.int16)
            piece = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            piece.rate, piece.pts, piece.time_base = rate, index + round(start * rate), Fraction(1, rate)
            output.mux(audio.encode(piece))
        output.mux(video.encode(None))
        output.mux(audio.encode(None))
    return path


def video_times(path: Path) -> list[float]:
    with av.open(str(path)) as source:
        return [frame.time for frame in source.decode(video=0)]


def sound(path: Path) -> tuple[str, np.ndarray, float]:
    """Codec, samples (mono float) and the time of the first one."""
    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=48000)
        frames = list(source.decode(stream))
        first = frames[0].time
        parts = [piece.to_ndarray()[0] for frame in frames for piece in resampler.resample(frame)]
        return stream.codec_context.name, np.concatenate(parts), first


def strongest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum) * 48000 / len(samples))


def test_is_a_recorder(tmp_path: Path) -> None:
    assert isinstance(VideoRecorder(tmp_path / "a.mp4", SIZE, 30), Recorder)


@pytest.mark.parametrize("suffix", sorted(VIDEO_SUFFIXES))
def test_pictures_size_and_rate_arrive(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "new" / f"clip{suffix}"
    rate = Fraction(30000, 1001)
    with VideoRecorder(path, SIZE, float(rate)) as recorder:
        for index, image in enumerate(pictures(30)):
            recorder.write(image, float(index / rate))
            assert not path.exists()
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in source.decode(stream)]
        assert (stream.width, stream.height) == SIZE
        assert stream.codec_context.name == ("vp9" if suffix == ".webm" else "h264")
        assert abs(float(stream.average_rate) - float(rate)) < 0.1
        assert stream.codec_context.pix_fmt == "yuv420p"
    assert len(frames) == 30
    for image, frame in zip(pictures(30), frames, strict=True):
        assert np.abs(frame.astype(int) - image).mean() < 6  # chroma is halved, or edges would be nearer
        assert np.abs(np.median(frame, (0, 1)) - np.median(image, (0, 1))).max() <= 4  # colours stay true
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_mp4_can_be_played_while_it_loads(tmp_path: Path) -> None:
    with VideoRecorder(tmp_path / "clip.mp4", SIZE, 25) as recorder:
        for index, image in enumerate(pictures(5)):
            recorder.write(image, index / 25)
    data = (tmp_path / "clip.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    times = [7.0, 7.04, 7.08, 7.5, 7.54, 8.25, 8.29]
    path = tmp_path / "clip.mp4"
    with VideoRecorder(path, SIZE, 25) as recorder:
        for image, when in zip(pictures(len(times)), times, strict=True):
            recorder.write(image, when)
    assert video_times(path) == pytest.approx([when - 7.0 for when in times], abs=2e-4)
    with av.open(str(path)) as source:
        assert source.duration / av.time_base == pytest.approx(1.29 + 0.04, abs=0.02)


def test_times_that_stand_still_do_not_stop_it(tmp_path: Path) -> None:
    with VideoRecorder(tmp_path / "clip.mp4", SIZE, 25) as recorder:
        for image, when in zip(pictures(4), (0.0, 0.0, 0.04, 0.03), strict=True):
            recorder.write(image, when)
    times = video_times(tmp_path / "clip.mp4")
    assert len(times) == 4
    assert times == sorted(set(times))


@pytest.mark.parametrize("size", [(95, 64), (96, 63), (33, 35)])
def test_odd_sizes_stay(tmp_path: Path, size: tuple[int, int]) -> None:
    with VideoRecorder(tmp_path / "clip.mp4", size, 25) as recorder:
        for index, image in enumerate(pictures(3, size)):
            recorder.write(image, index / 25)
    with av.open(str(tmp_path / "clip.mp4")) as source:
        assert next(source.decode(video=0)).to_ndarray(format="rgb24").shape == (size[1], size[0], 3)


@pytest.mark.parametrize(
    ("source", "codec", "target", "kept"),
    [
        ("in.mp4", "aac", "out.mp4", "aac"),
        ("in.mp4", "aac", "out.mkv", "aac"),
        ("in.mkv", "aac", "out.mov", "aac"),
        ("in.mkv", "pcm_s16le", "out.mp4", "aac"),
        ("in.mkv", "pcm_s16le", "out.mkv", "pcm_s16le"),
        ("in.mp4", "aac", "out.webm", "opus"),
        ("in.mkv", "mp2", "out.mov", "aac"),
    ],
)
def test_sound_is_carried_over(tmp_path: Path, source: str, codec: str, target: str, kept: str) -> None:
    clip = with_sound(tmp_path / source, codec)
    with VideoRecorder(tmp_path / target, SIZE, 10, audio_from=clip) as recorder:
        for index, image in enumerate(pictures(20)):
            recorder.write(image, index / 10)
    assert recorder.messages == ()
    name, samples, first = sound(tmp_path / target)
    assert name == kept
    assert len(samples) / 48000 == pytest.approx(2.0, abs=0.1)
    assert strongest_hz(samples[4800:-9600]) == pytest.approx(440, abs=3)
    assert first == pytest.approx(0.0, abs=0.06)
    assert len(video_times(tmp_path / target)) == 20


def test_sound_of_a_late_start_stays_with_the_picture(tmp_path: Path) -> None:
    """A source whose clock starts at 5 s: picture and sound both move to 0."""
    clip = with_sound(tmp_path / "late.mkv", "aac", start=5.0)
    with VideoRecorder(tmp_path / "out.mp4", SIZE, 10, audio_from=clip) as recorder:
        for index, image in enumerate(pictures(20)):
            recorder.write(image, 5.0 + index / 10)
    assert video_times(tmp_path / "out.mp4")[0] == pytest.approx(0.0, abs=0.1)
    assert sound(tmp_path / "out.mp4")[2] == pytest.approx(0.0, abs=0.1)


def test_a_source_without_sound_gives_a_file_without(tmp_path: Path) -> None:
    with VideoRecorder(tmp_path / "silent.mp4", SIZE, 10) as recorder:
        recorder.write(next(pictures(1)), 0.0)
    with VideoRecorder(tmp_path / "out.mp4", SIZE, 10, audio_from=tmp_path / "silent.mp4") as recorder:
        recorder.write(next(pictures(1)), 0.0)
    assert recorder.messages == ()
    with av.open(str(tmp_path / "out.mp4")) as result:
        assert not result.streams.audio


def test_unreadable_sound_costs_the_sound_only_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"nothing that plays")
    with VideoRecorder(tmp_path / "out.mp4", SIZE, 10, audio_from=tmp_path / "broken.mp4") as recorder:
        recorder.write(next(pictures(1)), 0.0)
    assert "broken.mp4" in recorder.messages[0]
    assert len(video_times(tmp_path / "out.mp4")) == 1


def interrupted(recorder: VideoRecorder) -> None:
    with recorder:
        recorder.write(next(pictures(1)), 0.0)
        raise KeyboardInterrupt


@pytest.mark.parametrize("way", ["abort", "exception"])
def test_given_up_leaves_what_was_there(tmp_path: Path, way: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"an older film")
    recorder = VideoRecorder(path, SIZE, 25)
    if way == "abort":
        recorder.write(next(pictures(1)), 0.0)
        recorder.abort()
        recorder.close()
    else:
        with pytest.raises(KeyboardInterrupt):
            interrupted(recorder)
    assert path.read_bytes() == b"an older film"
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["clip.mp4"]
    with pytest.raises(OutputError, match="closed"):
        recorder.write(next(pictures(1)), 1.0)


def test_nothing_written_nothing_there(tmp_path: Path) -> None:
    recorder = VideoRecorder(tmp_path / "clip.mp4", SIZE, 25)
    recorder.close()
    recorder.close()
    assert not (tmp_path / "clip.mp4").exists()


def test_a_file_in_the_way_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recorder = VideoRecorder(tmp_path / "file" / "clip.mp4", SIZE, 25)
    with pytest.raises(OutputError) as caught:
        recorder.write(next(pictures(1)), 0.0)
    assert caught.value.remedy
    recorder.close()


def test_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"clip\.doc"):
        VideoRecorder(tmp_path / "clip.doc", SIZE, 25)


def test_wrong_size_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    recorder = VideoRecorder(tmp_path / "clip.mp4", SIZE, 25)
    with pytest.raises(ValueError, match="96x64"):
        recorder.write(next(pictures(1, (64, 64))), 0.0)


@pytest.mark.parametrize(
    ("rate", "fraction"),
    [
        (29.97, "30000/1001"),
        (29.97002997, "30000/1001"),
        (23.976, "24000/1001"),
        (59.94, "60000/1001"),
        (25.0, "25"),
        (30.0, "30"),
        (12.5, "25/2"),
        (0.5, "1/2"),
        (1.0, "1"),
    ],
)
def test_rates(rate: float, fraction: str) -> None:
    assert rate_fraction(rate) == Fraction(fraction)


def test_without_pyav_opencv_writes_and_says_that_there_is_no_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module.importlib.util, "find_spec", lambda _name: None)
    path = tmp_path / "clip.mp4"
    with VideoRecorder(path, SIZE, 10) as recorder:
        for image, when in zip(pictures(4), (0.0, 0.1, 0.4, 0.5), strict=True):
            recorder.write(image, when)
    assert "no sound" in recorder.messages[0]
    assert video_times(path) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5], abs=0.01)
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["clip.mp4"]
