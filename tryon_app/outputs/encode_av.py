"""Encoding through PyAV (FFmpeg): H.264 or VP9, times of the frames kept, sound carried over."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from tryon_app.core.errors import OutputError
from tryon_app.core.types import UInt8
from tryon_app.outputs.recorder import rate_fraction
from tryon_app.outputs.sound import Sound

# The best encoder that is there; PyAV's wheels carry x264, other builds may have the platform's or none.
_H264 = ("libx264", "h264_videotoolbox", "h264_mf", "libopenh264", "mpeg4")
_ENCODERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"mp4": _H264, "mov": _H264, "matroska": _H264, "webm": ("libvpx-vp9", "libvpx")}
)
_OPTIONS: Mapping[str, Mapping[bool, Mapping[str, str]]] = MappingProxyType(
    {
        "libx264": {False: {"crf": "17", "preset": "veryfast"}, True: {"crf": "20", "preset": "ultrafast"}},
        "libvpx-vp9": {
            False: {"crf": "20", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
            True: {"crf": "24", "deadline": "realtime", "cpu-used": "8", "row-mt": "1"},
        },
    }
)
# Without the flag every colour comes out one level darker.
_EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND
_BITS_A_PIXEL = 0.15  # for encoders that know no constant quality
_FULL_CHROMA = frozenset({"libx264", "libvpx-vp9"})


class AvEncoder:
    """One file being encoded.

    Args:
        part: The file to write.
        container: FFmpeg's name of the container.
        size: Width and height.
        rate: Frames a second to declare.
        audio_from: File whose sound is carried over.
        realtime: Quick rather than small.

    Raises:
        OSError: The file cannot be written.
        OutputError: There is no encoder for the container.
    """

    def __init__(
        self,
        part: Path,
        container: str,
        size: tuple[int, int],
        rate: float,
        audio_from: Path | None,
        realtime: bool,
    ) -> None:
        name = _first_available(container)
        self.messages: tuple[str, ...] = ()
        self._sound: Sound | None = None
        self._last = -1
        self._origin_s: float | None = None
        self._rate = rate_fraction(rate)
        with _os_errors():
            options = {"movflags": "faststart"} if container in {"mp4", "mov"} else {}
            self._output: Any = av.open(str(part), "w", format=container, options=options)
            self._stream = self._add_video(name, size, realtime)
            if audio_from is not None:
                self._add_sound(audio_from, container)
        # One scaler for the whole file: building one costs more than a frame.
        self._scaler = VideoReformatter()

    def write(self, image: UInt8, timestamp_s: float) -> None:
        """Add a picture, and the sound up to it."""
        if self._origin_s is None:
            self._origin_s = self._sound.origin_s if self._sound else timestamp_s
        with _os_errors():
            if self._sound is not None:
                self._sound.advance(timestamp_s)
            context = self._stream.codec_context
            frame = self._scaler.reformat(
                av.VideoFrame.from_ndarray(image, format="rgb24"),
                format=context.pix_fmt,
                src_colorspace=Colorspace.ITU709,
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
                interpolation=_EXACT,
            )
            ticks = round((timestamp_s - self._origin_s) / context.time_base)
            frame.pts = self._last = max(ticks, self._last + 1)
            frame.time_base = context.time_base
            frame.duration = round(1 / (self._rate * context.time_base))
            for packet in self._stream.encode(frame):
                self._output.mux(packet)

    def finish(self) -> None:
        """Write what the encoder holds back, the rest of the sound, and the index."""
        with _os_errors():
            for packet in self._stream.encode(None):
                self._output.mux(packet)
            if self._sound is not None:
                self._sound.finish()
                if self._sound.lost:
                    self.messages += (self._sound.lost,)
            self._output.close()

    def release(self) -> None:
        """Close both files, whatever state they are in."""
        if self._sound is not None:
            self._sound.close()
        with suppress(FFmpegError, OSError):
            self._output.close()

    def _add_video(self, name: str, size: tuple[int, int], realtime: bool) -> Any:
        options = dict(_OPTIONS.get(name, {}).get(realtime, {}))
        stream = self._output.add_stream(name, rate=self._rate, options=options)
        context = stream.codec_context
        stream.width, stream.height = size
        odd = size[0] % 2 or size[1] % 2
        stream.pix_fmt = "yuv444p" if odd and name in _FULL_CHROMA else "yuv420p"
        # Fine enough for uneven frame times, and a whole number of ticks for even ones.
        context.time_base = Fraction(1, self._rate.numerator * -(-10_000 // self._rate.numerator))
        if not options:
            context.bit_rate = int(_BITS_A_PIXEL * size[0] * size[1] * self._rate)
        elif name == "libvpx-vp9":
            context.bit_rate = 0
        # Reordered frames with uneven times make MP4 declare too short a duration.
        context.max_b_frames = 0
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        return stream

    def _add_sound(self, source: Path, container: str) -> None:
        try:
            sound = Sound(source, self._output, container)
        except (FFmpegError, ValueError) as error:
            self.messages += (f"The sound of {source.name} cannot be carried over ({error}).",)
            return
        if sound.present:
            self._sound = sound
        else:
            sound.close()


@contextmanager
def _os_errors() -> Iterator[None]:
    """FFmpeg's failures while writing, as what they are to the caller: failures of the file."""
    try:
        yield
    except OSError:
        raise
    except FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error


def _first_available(container: str) -> str:
    for name in _ENCODERS[container]:
        if name in av.codecs_available and _opens(name):
            return name
    raise OutputError(f"There is no encoder for {container} here.", "Use another suffix, such as .mp4 or .webm.")


def _opens(name: str) -> bool:
    """Whether the encoder is more than a name: decoders share names with encoders."""
    try:
        return bool(av.Codec(name, "w").is_encoder)
    except (FFmpegError, ValueError):
        return False
