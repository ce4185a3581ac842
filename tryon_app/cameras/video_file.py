"""Video files through PyAV: upright, in true colours, with the file's own times."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from tryon_app.core.errors import CameraError
from tryon_app.core.types import Frame, UInt8

if TYPE_CHECKING:
    from av.video.reformatter import VideoReformatter

_log = logging.getLogger(__name__)
_USE_ANOTHER = "Use an MP4, MOV, MKV or WebM file, or save it again with another program."
_MOST_RATE = 240.0
_HD_HEIGHT = 720


class VideoFileCamera:
    """A video file as a source of frames.

    Args:
        path: The file.
        loop: Start again at the end, for ever; each time is a new scene.
        within: Width and height that frames are scaled down into; None = as they are.
    """

    def __init__(self, path: Path, *, loop: bool = True, within: tuple[int, int] | None = None) -> None:
        self._path = path
        self._loop = loop
        self._within = within
        self._lock = Lock()
        self._container: Any = None
        self._frames: Iterator[Any] = iter(())
        self._scaler: VideoReformatter | None = None
        self._rate = 0.0
        self._index = self._scene = self._scene_start = 0
        self._offset_s = self._next_s = 0.0
        self._last_s = float("-inf")

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def live(self) -> bool:
        """Frames come as fast as they are asked for."""
        return False

    @property
    def mirrored(self) -> bool:
        """A film is shown as it is."""
        return False

    @property
    def rate(self) -> float:
        """Average frames a second, as the file says; known after `open`."""
        return self._rate

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

    def open(self) -> None:
        """Open the file; an open one starts again.

        Raises:
            CameraError: Missing, empty, no video, or of a kind that nobody here can decode.
        """
        self.close()
        with self._lock:
            self._index = self._scene = self._scene_start = 0
            self._offset_s = self._next_s = 0.0
            self._last_s = float("-inf")
            self._start()

    def read(self) -> Frame | None:
        """The next frame; None at the end of the file.

        Raises:
            CameraError: It is not open, or nothing in it can be decoded.
        """
        with self._lock:
            if self._container is None:
                raise CameraError(f"{self.name} is not open.", "Choose it again.")
            picture = next(self._frames, None)
            if picture is None and self._loop and self._index > self._scene_start:
                self._offset_s, self._scene, self._scene_start = self._next_s, self._scene + 1, self._index
                self._container.close()
                self._start()
                picture = next(self._frames, None)
            return None if picture is None else self._publish(picture)

    def close(self) -> None:
        """Release the file; from any thread."""
        with self._lock:
            if self._container is not None:
                self._container.close()
            self._container, self._frames, self._scaler = None, iter(()), None

    def _start(self) -> None:
        import av
        from av.error import FFmpegError
        from av.video.reformatter import VideoReformatter

        if not self._path.exists():
            raise CameraError(f"{self._path} does not exist.", "Check the spelling of the path.")
        if self._path.is_file() and self._path.stat().st_size == 0:
            raise CameraError(f"{self.name} is empty (0 bytes).", "Copy it again from where it came from.")
        try:
            container = av.open(str(self._path))
        except (FFmpegError, OSError, ValueError) as error:
            raise CameraError(f"{self.name} is not a video that can be read.", _USE_ANOTHER) from error
        stream = _picture_stream(container)
        if stream is None or stream.codec_context is None or not stream.codec_context.width:
            container.close()
            raise CameraError(f"{self.name} has no pictures that can be decoded.", _USE_ANOTHER)
        stream.thread_type = "AUTO"
        rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
        self._rate = next((float(rate) for rate in rates if rate and 0 < rate <= _MOST_RATE), 0.0)
        # One scaler for the whole file: building one costs more than a frame.
        self._container, self._scaler = container, VideoReformatter()
        self._frames = self._decode(container, stream)

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
            raise CameraError(f"{self.name} is damaged: no picture in it can be decoded.", _USE_ANOTHER)

    def _publish(self, picture: Any) -> Frame:
        step = 1.0 / (self._rate or 30.0)
        shown_s = picture.time
        when = self._last_s + step if shown_s is None else shown_s + self._offset_s
        if self._index == 0 and shown_s is None:
            when = 0.0
        if when <= self._last_s:  # some files stand still or step back; a frame's time must not
            when = self._last_s + 1e-4
        self._last_s, self._next_s = when, when + step
        image = self._upright_rgb(picture)
        image.flags.writeable = False
        frame = Frame(
            image=image, index=self._index, timestamp_s=when, captured_s=time.perf_counter(), scene=self._scene
        )
        self._index += 1
        return frame

    def _upright_rgb(self, picture: Any) -> UInt8:
        from av.video.reformatter import ColorRange, Colorspace

        turns = round((picture.rotation or 0) / 90) % 4
        width, height = picture.width, picture.height
        if self._within is not None:
            limits = self._within[::-1] if turns % 2 else self._within
            scale = min(1.0, limits[0] / width, limits[1] / height)
            if scale < 1.0:  # even sizes, as video codecs want them
                width, height = max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
        space = int(picture.colorspace)
        if space not in {1, 5, 6, 7, 9, 10}:  # not said: players take large pictures for BT.709, small ones for BT.601
            space = 1 if picture.height >= _HD_HEIGHT else 5
        source = {1: Colorspace.ITU709, 7: Colorspace.SMPTE240M, 9: Colorspace.BT2020, 10: Colorspace.BT2020}
        if self._scaler is None:
            raise CameraError(f"{self.name} is not open.", "Choose it again.")
        converted = self._scaler.reformat(
            picture,
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=source.get(space, Colorspace.ITU601),
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.JPEG,
        )
        # FFmpeg's angle counts anticlockwise, as `rot90` does.
        return np.ascontiguousarray(np.rot90(np.asarray(converted.to_ndarray(), np.uint8), turns))


def _picture_stream(container: Any) -> Any:
    """The film among the streams: not an album's cover."""
    import av

    cover = av.stream.Disposition.attached_pic
    films = [stream for stream in container.streams.video if not stream.disposition & cover]
    return films[0] if films else None
