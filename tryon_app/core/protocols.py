"""What a part must do to take its place in the pipeline. Each has a hardware-free reference implementation.

Life cycle of all: constructing is cheap and touches nothing; `open()` does the work and raises a `TryOnError`;
`close()` may be called at any time, also twice. A part is opened, used and closed on one thread.
"""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from tryon_app.core.types import Composite, Fit, Frame, Mode, Notice, Outfit, Parsing, Pose, UInt8


@runtime_checkable
class Camera(Protocol):
    """A source of frames."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def live(self) -> bool:
        """True when frames come at their own pace (a webcam); False when `read` may be called as fast as wanted."""

    @property
    def mirrored(self) -> bool:
        """Whether a view should show it mirrored, as people expect of a webcam."""

    @property
    def rate(self) -> float:
        """Frames a second: measured for webcams, of the file for files; 0 = not known yet."""

    def open(self) -> None:
        """Start delivering.

        Raises:
            CameraError: It cannot be opened; the remedy says what to try.
        """

    def read(self) -> Frame | None:
        """The next frame; None at the end of a file. May block for a while, for ever when a driver hangs.

        Raises:
            CameraError: The stream broke.
        """

    def close(self) -> None:
        """Release the device or file.

        The one call that may come from another thread while `read` blocks: then the reading thread releases when its
        call returns, and `open` may be called again before that.
        """


@runtime_checkable
class FitsWithin(Protocol):
    """What a camera may add that scales larger frames down more cheaply while it decodes them."""

    def fit_within(self, size: tuple[int, int]) -> None:
        """Deliver frames no larger than this width and height, from the next `open` on."""


@runtime_checkable
class KeepsOriginals(Protocol):
    """What a camera may add that hands over frames smaller than its source has them."""

    def original(self, frame: Frame) -> Frame:
        """The same moment at the source's own size. Slow, and not in the way of `read`: for a thread of its own.

        Raises:
            CameraError: It cannot be read again.
        """


@runtime_checkable
class RunsModels(Protocol):
    """What a part that runs models may add, so that a user sees what truly ran."""

    @property
    def providers(self) -> Mapping[str, str]:
        """Model id -> what runs it, e.g. "MediaPipe XNNPACK (CPU)"; known after `open`."""


@runtime_checkable
class GivesNotice(Protocol):
    """What a part may add that goes on with less when something of it fails: it degrades, but not silently."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is missing now; may change with every frame, asked from any thread."""


@runtime_checkable
class Heartbeat(Protocol):
    """Told by threads that they are alive, for whoever watches over the app."""

    def beat(self, part: str) -> None:
        """A sign of life of a part, often; from any thread, returns at once."""

    def rest(self, part: str) -> None:
        """The part is done, or waits for something that may take long: no sign of life is expected."""


@runtime_checkable
class PoseEstimator(Protocol):
    """Finds the person to dress."""

    def open(self, mode: Mode) -> None:
        """Load the model. Mode "video" tracks from frame to frame, "image" looks at each frame afresh.

        Raises:
            ModelError: Missing or damaged model.
        """

    def estimate(self, frame: Frame) -> Pose | None:
        """Landmarks and mask of the most prominent person, or None."""

    def reset(self) -> None:
        """Forget the past (a new source, a cut)."""

    def close(self) -> None:
        """Free the model."""


@runtime_checkable
class Parser(Protocol):
    """Says what each pixel is."""

    def open(self) -> None:
        """Load the model, if there is one."""

    def parse(self, frame: Frame, pose: Pose) -> Parsing:
        """Maps over the whole frame. Frames come in their order, one at a time, but not always on the same thread."""

    def close(self) -> None:
        """Free the model."""


@runtime_checkable
class Fitter(Protocol):
    """Places garments on a pose."""

    def fit(self, frame: Frame, pose: Pose, parsing: Parsing, outfit: Outfit) -> Fit:
        """Pieces and flows for the outfit. Never raises for an odd pose: a garment that cannot be placed is empty."""

    def reset(self) -> None:
        """Forget the past (a new source, a cut)."""


@runtime_checkable
class Refiner(Protocol):
    """Mends a fit."""

    def open(self) -> None:
        """Load the model. Where that fails `refine` changes nothing."""

    def refine(self, frame: Frame, pose: Pose, parsing: Parsing, fit: Fit) -> Fit:
        """A better fit of the same garments."""

    def reset(self) -> None:
        """Forget the past (a new source, a cut)."""

    def close(self) -> None:
        """Free the model."""


@runtime_checkable
class Compositor(Protocol):
    """Draws a fit into a frame."""

    def composite(self, frame: Frame, pose: Pose, parsing: Parsing, fit: Fit) -> Composite:
        """The picture, with `stages` left empty."""

    def watch(self, frame: Frame) -> None:
        """See a frame in which nobody is: what is behind a person is known from it."""

    def reset(self) -> None:
        """Forget the past (a new source, a cut)."""


@runtime_checkable
class Recorder(Protocol):
    """Writes a moving picture to a file."""

    def write(self, image: UInt8, timestamp_s: float) -> None:
        """Add one picture (uint8 RGB, H x W x 3).

        Raises:
            OutputError: No space, no access.
        """

    def close(self) -> None:
        """Finish the file; only now does it appear under its name."""
