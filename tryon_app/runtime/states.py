"""What a live session tells about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tryon_app.core.types import Composite, Frame, Outfit, Perception


class LiveState(StrEnum):
    """Where a session is in its life."""

    STOPPED = "stopped"
    PREPARING = "preparing"
    RUNNING = "running"
    RECONNECTING = "reconnecting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """A change of state.

    Attributes:
        state: The new state.
        epoch: Rises with every source; older news are about another one.
        message: What happened, "" when all is well.
        remedy: What to do about it.
    """

    state: LiveState
    epoch: int = 0
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """A frame and what was made of it.

    Attributes:
        frame: At the size it was processed at.
        composite: What is shown.
        epoch: Of the source.
        original: As the camera handed it over; None when nobody kept it.
        full_size: Width and height at full quality: what `frame` has while the quality is not lowered.
        perception: What was seen in `frame`; None when that failed.
        outfit: What is worn in the composite.
    """

    frame: Frame
    composite: Composite
    epoch: int = 0
    original: Frame | None = None
    full_size: tuple[int, int] = (0, 0)
    perception: Perception | None = None
    outfit: Outfit = ()


@dataclass(frozen=True, slots=True)
class LiveStats:
    """The last seconds.

    Attributes:
        fps: Composites a second.
        latency_ms: Median from hand-over of the frame to its composite.
        stages_ms: Stage -> median milliseconds.
        frames: Composites since the start.
        dropped: Frames that nobody had time for.
        width: Processed pixels across.
        height: Processed pixels down.
        quality: Share of the full processing resolution, 0..1.
        providers: Model -> what runs it.
        failures: Stages that failed since the start.
    """

    fps: float = 0.0
    latency_ms: float = 0.0
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    frames: int = 0
    dropped: int = 0
    width: int = 0
    height: int = 0
    quality: float = 1.0
    providers: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
