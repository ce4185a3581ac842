"""Carries the sound of one file into another: copied where the container takes it, encoded anew where not."""

import logging
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
from av.error import FFmpegError

_log = logging.getLogger(__name__)

# Container -> (codecs that it takes as they are, encoder for all others). Matroska takes everything.
_RULES: Mapping[str, tuple[frozenset[str] | None, str]] = MappingProxyType(
    {
        "mp4": (frozenset({"aac", "mp3", "ac3", "eac3", "alac", "flac", "opus"}), "aac"),
        "mov": (frozenset({"aac", "mp3", "ac3", "eac3", "alac", "pcm_s16le", "pcm_s24le"}), "aac"),
        "webm": (frozenset({"opus", "vorbis"}), "libopus"),
        "matroska": (None, "aac"),
    }
)
_AAC_RATES = frozenset({96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000})
_LAYOUTS: Mapping[int, str] = MappingProxyType({1: "mono", 2: "stereo", 6: "5.1"})


class Sound:
    """All sound tracks of a source on their way into an output, a little at a time.

    Args:
        source: File whose sound is wanted; it may have none.
        output: The PyAV container being written; its header must not be written yet.
        container: "mp4", "mov", "matroska" or "webm".

    Raises:
        FFmpegError: The source cannot be opened.
    """

    def __init__(self, source: Path, output: Any, container: str) -> None:
        self.lost = ""
        self._input = av.open(str(source))
        self._output = output
        kept, encoder = _RULES[container]
        self._tracks: dict[int, Any] = {}
        for stream in self._input.streams.audio:
            if stream.codec_context is None or not stream.codec_context.sample_rate:
                continue  # a track of a codec that nobody here knows
            copied = kept is None or stream.codec_context.name in kept
            track = _Copied(stream, output) if copied else _Encoded(stream, output, encoder)
            self._tracks[stream.index] = track
        start = self._input.start_time
        self.origin_s = start / av.time_base if start else 0.0
        self._packets = self._demux()
        self._waiting: Any = None

    @property
    def present(self) -> bool:
        """Whether there is any."""
        return bool(self._tracks)

    def advance(self, until_s: float) -> None:
        """Write the sound up to a moment of the source (its own clock), so that both streams lie interleaved.

        Raises:
            FFmpegError: The output cannot be written.
        """
        while self._tracks:
            packet = self._waiting or next(self._packets, None)
            self._waiting = None
            if packet is None:
                self._finish_tracks()
                return
            if packet.dts is not None and float(packet.dts * packet.time_base) > until_s:
                self._waiting = packet
                return
            for ready in self._tracks[packet.stream.index].through(packet, self.origin_s):
                self._output.mux(ready)

    def finish(self) -> None:
        """Write all that is left.

        Raises:
            FFmpegError: The output cannot be written.
        """
        self.advance(float("inf"))

    def close(self) -> None:
        """Let go of the source."""
        self._tracks = {}
        self._input.close()

    def _finish_tracks(self) -> None:
        for track in self._tracks.values():
            for ready in track.rest():
                self._output.mux(ready)
        self._tracks = {}

    def _demux(self) -> Iterator[Any]:
        streams = [stream for stream in self._input.streams.audio if stream.index in self._tracks]
        try:
            for packet in self._input.demux(streams):
                if packet.size:
                    yield packet
        except FFmpegError as error:
            self.lost = f"The sound of {Path(self._input.name).name} is damaged; a part of it is missing."
            _log.warning("%s (%s)", self.lost, error)


class _Copied:
    def __init__(self, stream: Any, output: Any) -> None:
        self._stream = output.add_stream_from_template(stream, opaque=True)
        self._last: int | None = None

    def through(self, packet: Any, origin_s: float) -> Iterator[Any]:
        shift = round(origin_s / packet.time_base)
        if packet.pts is None or packet.dts is None:
            return
        packet.pts -= shift
        packet.dts -= shift
        if self._last is not None and packet.dts <= self._last:
            return  # a container takes time only forwards
        self._last = packet.dts
        packet.stream = self._stream
        yield packet

    def rest(self) -> Iterator[Any]:
        return iter(())


class _Encoded:
    def __init__(self, stream: Any, output: Any, encoder: str) -> None:
        self._decoder = stream.codec_context
        wanted_rate = self._decoder.sample_rate
        rate = wanted_rate if encoder == "aac" and wanted_rate in _AAC_RATES else 48000
        # By count: files often leave open which channel is which, and an encoder does not.
        layout = _LAYOUTS.get(self._decoder.layout.nb_channels, "stereo")
        self._stream = output.add_stream(encoder, rate=rate, layout=layout)
        wanted = self._stream.codec_context
        self._resampler = av.AudioResampler(format=wanted.format, layout=wanted.layout, rate=rate)
        self._rate = rate
        self._next: int | None = None

    def through(self, packet: Any, origin_s: float) -> Iterator[Any]:
        try:
            frames = packet.decode()
        except FFmpegError as error:  # one damaged packet is a click, not the end
            _log.info("A packet of sound cannot be decoded: %s", error)
            return
        for frame in frames:
            for piece in self._resampler.resample(frame):
                yield from self._encode(piece, origin_s)

    def rest(self) -> Iterator[Any]:
        for piece in self._resampler.resample(None):
            yield from self._encode(piece, 0.0)
        yield from self._stream.encode(None)

    def _encode(self, piece: Any, origin_s: float) -> Iterator[Any]:
        if self._next is None:
            self._next = round(((piece.time or 0.0) - origin_s) * self._rate)
        # Counted in samples: what the decoder says jitters by the container's clock.
        piece.pts, self._next = self._next, self._next + piece.samples
        piece.time_base = Fraction(1, self._rate)
        yield from self._stream.encode(piece)
