"""One shown frame once more, at the source's own size."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Composite, Frame, Labels, Parsing, Perception, Pose
from tryon_app.runtime.states import LiveFrame

_log = logging.getLogger(__name__)


class StillMaker:
    """Dresses frames at full size, away from the live threads: what was seen is taken over, fit and composite run anew.

    So the picture shows the moment that was on screen, in the same pose, without another run of the pose model. Its
    stages are its own: those of the live threads remember frames and must not be used from elsewhere.

    Args:
        build: Makes the stages, called when the first still is wanted; they are never opened, as only `dress` is used.
    """

    def __init__(self, build: Callable[[], Pipeline]) -> None:
        self._build = build
        self._pipeline: Pipeline | None = None
        self._one_at_a_time = threading.Lock()

    def make(self, live: LiveFrame, original: Frame) -> Composite:
        """The picture at the size of the original; what is shown where that fails, as a moment does not come back.

        Args:
            live: What is shown.
            original: The frame that it was made of, as the source has it.
        """
        if (original.width, original.height) == (live.frame.width, live.frame.height):
            return live.composite
        seen = live.perception
        if seen is None or seen.pose is None or seen.parsing is None:
            return Composite(image=original.image, person=live.composite.person)
        enlarged = enlarge(seen, original.width / live.frame.width, original.height / live.frame.height)
        try:
            with self._one_at_a_time:
                if self._pipeline is None:
                    self._pipeline = self._build()
                self._pipeline.reset_dressing()
                return self._pipeline.dress(original, enlarged, live.outfit)
        except Exception:
            _log.exception("The picture could not be made at full size")
            return live.composite


def enlarge(seen: Perception, across: float, down: float) -> Perception:
    """What was seen, for the same picture at another size.

    Args:
        seen: Of the smaller picture.
        across: New width over old width.
        down: New height over old height.
    """
    return replace(
        seen,
        pose=None if seen.pose is None else _pose(seen.pose, across, down),
        parsing=None if seen.parsing is None else _parsing(seen.parsing, across, down),
    )


def _pose(pose: Pose, across: float, down: float) -> Pose:
    # Pixel centres lie at whole numbers: the picture's corner is at -0.5.
    scale = np.array([across, down], np.float32)
    points = (pose.points + np.float32(0.5)) * scale - np.float32(0.5)
    return replace(pose, points=points, depth=pose.depth * np.float32((across + down) / 2))


def _parsing(parsing: Parsing, across: float, down: float) -> Parsing:
    if parsing.labels is None:
        return parsing
    back = np.array([[1 / across, 0, 0.5 / across - 0.5], [0, 1 / down, 0.5 / down - 0.5], [0, 0, 1]])
    labels: Labels = parsing.labels
    return replace(parsing, labels=replace(labels, matrix=np.asarray(labels.matrix @ back, np.float32)))
