"""Writes moving pictures: PyAV with H.264 and sound where it is there, else OpenCV without sound."""

import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from tryon_app.core.errors import OutputError, UsageError
from tryon_app.core.files import atomic_write
from tryon_app.core.types import UInt8

CONTAINERS: Mapping[str, str] = MappingProxyType(
    {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
)
VIDEO_SUFFIXES = frozenset(CONTAINERS)
_DEFAULT_RATE = 30.0


class Encoder(Protocol):
    """What turns pictures into a file; built for one file, used on one thread."""

    messages: tuple[str, ...]

    def write(self, image: UInt8, timestamp_s: float) -> None:
        """Add a picture of the size agreed on; `OSError` when it cannot be written."""

    def finish(self) -> None:
        """Write what is left; `OSError` when it cannot be written."""

    def release(self) -> None:
        """Let go of everything; never raises."""


class VideoRecorder:
    """A video file in the making. It appears under its name when closed, complete or not at all.

    H.264 in 4:2:0 (4:4:4 where a side is odd, so that the size stays the same), or VP9 in a .webm. Nothing is opened
    before the first picture.

    Args:
        path: The file; the suffix chooses the container (see `VIDEO_SUFFIXES`). Missing folders are made.
        size: Width and height of every picture.
        rate: Frames a second to declare; 0 = not known. The times of the pictures rule.
        audio_from: File whose sound is carried over; times of pictures are then on that file's clock.
        realtime: Encode quickly at the cost of a larger file.

    Raises:
        UsageError: A suffix of no known container.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        rate: float,
        audio_from: Path | None = None,
        *,
        realtime: bool = False,
    ) -> None:
        if path.suffix.lower() not in CONTAINERS:
            known = ", ".join(sorted(VIDEO_SUFFIXES))
            raise UsageError(f"{path.name} has no suffix of a video.", f"Use one of {known}.")
        self.path = path
        self._size = size
        self._rate = rate if rate > 0 else _DEFAULT_RATE
        self._audio_from = audio_from
        self._realtime = realtime
        self._stack = ExitStack()
        self._encoder: Encoder | None = None
        self._messages: tuple[str, ...] = ()
        self._ended = False

    @property
    def messages(self) -> tuple[str, ...]:
        """What a person should know about the file, e.g. that it has no sound and why."""
        return self._encoder.messages if self._encoder else self._messages

    def write(self, image: UInt8, timestamp_s: float) -> None:
        """Add one picture.

        Args:
            image: uint8 RGB, H x W x 3, of the recorder's size.
            timestamp_s: When it is shown; rising.

        Raises:
            OutputError: No space, no access, no encoder. The unfinished file is gone then.
        """
        if self._ended:
            raise OutputError(f"{self.path.name} has been closed already.", "Start another recording.")
        if image.shape != (self._size[1], self._size[0], 3):
            height, width = image.shape[:2]
            raise ValueError(f"a {width}x{height} picture for a {self._size[0]}x{self._size[1]} video")
        with self._removed_on_failure():
            if self._encoder is None:
                part = self._stack.enter_context(atomic_write(self.path))
                self._encoder = self._build(part)
            self._encoder.write(image, timestamp_s)

    def close(self) -> None:
        """Finish the file; only now does it appear under its name. May be called twice, also after a failure.

        Raises:
            OutputError: It cannot be written. The unfinished file is gone then.
        """
        if self._ended or self._encoder is None:
            self._ended = True
            return
        with self._removed_on_failure():
            self._encoder.finish()
            self._let_go()
            self._ended = True
            self._stack.close()

    def abort(self) -> None:
        """Give up: the unfinished file is removed, and what stood under its name stays."""
        self._abandon(_Given())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    def _build(self, part: Path) -> Encoder:
        container = CONTAINERS[self.path.suffix.lower()]
        if importlib.util.find_spec("av") is not None:
            from tryon_app.outputs.encode_av import AvEncoder

            return AvEncoder(part, container, self._size, self._rate, self._audio_from, self._realtime)
        from tryon_app.outputs.encode_cv import CvEncoder

        return CvEncoder(part, container, self._size, self._rate)

    @contextmanager
    def _removed_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self._abandon(error)
            raise

    def _abandon(self, error: BaseException) -> None:
        """Unwind `atomic_write` with the error: it removes the part and makes an `OSError` readable."""
        self._ended = True
        self._let_go()
        stack, self._stack = self._stack.pop_all(), ExitStack()
        with suppress(_Given):
            stack.__exit__(type(error), error, error.__traceback__)

    def _let_go(self) -> None:
        if self._encoder is not None:
            self._messages = self._encoder.messages
            self._encoder.release()
            self._encoder = None


class _Given(BaseException):
    """Thrown into `atomic_write` to make it clean up when nothing went wrong but the file is not wanted."""


def rate_fraction(rate: float) -> Fraction:
    """Frames a second as the fraction that is meant: 29.97 is 30000/1001.

    Args:
        rate: Frames a second, above 0.
    """
    candidates = (Fraction(rate).limit_denominator(10), Fraction(round(rate * 1.001) * 1000, 1001))
    best = min(candidates, key=lambda candidate: abs(candidate - Fraction(rate)))
    return best if best > 0 and abs(float(best) - rate) < 0.005 else Fraction(rate).limit_denominator(1000)
