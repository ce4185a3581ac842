"""Video files through PyAV: upright, in true colours, with the file's own times."""

import logging
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryon_app.cameras.film import MOST_RATE, USE_ANOTHER, FilmCamera
from tryon_app.core.errors import CameraError
from tryon_app.core.types import Frame, UInt8

if TYPE_CHECKING:
    from tryon_app.cameras.video_picture import PictureConverter

_log = logging.getLogger(__name__)
_SAME_MOMENT_S = 5e-4
_LOOPS_KEPT = 4


class VideoFileCamera(FilmCamera):
    """A video file as a source of frames.

    Args:
        path: The file.
        loop: Start again at the end, for ever; each time is a new scene.
        within: Width and height that frames are scaled down into; None = as they are.
    """

    def __init__(self, path: Path, *, loop: bool = True, within: tuple[int, int] | None = None) -> None:
        super().__init__(path, loop=loop)
        self._within = within
        self._container: Any = None
        self._frames: Iterator[Any] = iter(())
        self._converter: PictureConverter | None = None
        self._starts_s: OrderedDict[int, float] = OrderedDict()

    @property
    def frame_count(self) -> int | None:
        """Frames in the file, as it says or by its length; None = not known. Known after `open`."""
        if self._container is None:
            return None
        stream = _picture_stream(self._container)
        if stream.frames:
            return int(stream.frames)
        length_us = self._container.duration
        return round(length_us / 1e6 * self._rate) if length_us and self._rate else None

    def fit_within(self, size: tuple[int, int]) -> None:
        """See `core.protocols.FitsWithin`; a smaller limit that was given before stays."""
        limit = self._within or size
        self._within = min(limit[0], size[0]), min(limit[1], size[1])

    def original(self, frame: Frame) -> Frame:
        """See `core.protocols.KeepsOriginals`: the file is read once more at that moment."""
        with self._lock:
            start_s = self._starts_s.get(frame.scene)
        if start_s is not None:
            twin = VideoFileCamera(self._path, loop=False)
            twin.open()
            try:
                found = twin.find(frame.timestamp_s - start_s)
            finally:
                twin.close()
            if found is not None:
                return replace(found, index=frame.index, timestamp_s=frame.timestamp_s, scene=frame.scene)
        raise CameraError(f"This moment of {self.name} cannot be read again.", "Take another picture.")

    def find(self, when_s: float) -> Frame | None:
        """The frame of a time of the file, None when there is none; for a file that was just opened.

        Raises:
            CameraError: It is not open, or nothing in it can be decoded.
        """
        from av.error import FFmpegError

        with self._lock, suppress(FFmpegError):
            if self._container is not None and when_s > 0:
                self._container.seek(round(when_s * 1e6))
        while (frame := self.read()) is not None:
            if frame.timestamp_s >= when_s - _SAME_MOMENT_S:
                return frame
        return None

    def _start(self) -> None:
        import av
        from av.error import FFmpegError

        from tryon_app.cameras.video_picture import PictureConverter

        try:
            container = av.open(str(self._path))
        except (FFmpegError, OSError, ValueError) as error:
            raise CameraError(f"{self.name} is not a video that can be read.", USE_ANOTHER) from error
        stream = _picture_stream(container)
        if stream is None or stream.codec_context is None or not stream.codec_context.width:
            container.close()
            raise CameraError(f"{self.name} has no pictures that can be decoded.", USE_ANOTHER)
        stream.thread_type = "AUTO"
        rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
        self._rate = next((float(rate) for rate in rates if rate and 0 < rate <= MOST_RATE), 0.0)
        self._container = container
        self._converter = PictureConverter(self._within, float(stream.sample_aspect_ratio or 1))
        if self._scene == 0:
            self._starts_s.clear()
        self._starts_s[self._scene] = self._offset_s
        if len(self._starts_s) > _LOOPS_KEPT:
            self._starts_s.popitem(last=False)
        self._frames = self._decode(container, stream)

    def _stop(self) -> None:
        if self._container is not None:
            self._container.close()
        self._container, self._frames, self._converter = None, iter(()), None

    def _next(self) -> tuple[Any, float | None] | None:
        picture = next(self._frames, None)
        return None if picture is None else (picture, picture.time)

    def _upright_rgb(self, picture: Any) -> UInt8:
        if self._converter is None:
            raise CameraError(f"{self.name} is not open.", "Choose it again.")
        return self._converter.upright_rgb(picture)

    def _decode(self, container: Any, stream: Any) -> Iterator[Any]:
        """Frames in the order they are shown; a damaged stretch is skipped."""
        from av.error import FFmpegError

        skipped = 0
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                yield from packet.decode()
            except FFmpegError as error:
                skipped += 1
                _log.info("%s: a damaged stretch is skipped (%s)", self.name, error)
                if skipped > 1000:  # a file that never ends in being damaged
                    break
                packets = container.demux(stream)  # an error ends the old one
        if skipped and self._index == self._scene_start:
            raise CameraError(f"{self.name} is damaged: no picture in it can be decoded.", USE_ANOTHER)


def _picture_stream(container: Any) -> Any:
    """The film among the streams: not an album's cover."""
    import av

    cover = av.stream.Disposition.attached_pic
    films = [stream for stream in container.streams.video if not stream.disposition & cover]
    return films[0] if films else None
