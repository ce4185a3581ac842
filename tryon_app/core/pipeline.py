"""One frame's way through the stages. Threads, cameras and windows are somebody else's."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tryon_app.core.protocols import Compositor, Fitter, Parser, PoseEstimator
from tryon_app.core.types import Composite, Frame, Mode, Outfit


class Pipeline:
    """Pose, parse, fit and composite, in that order, on one thread.

    Args:
        pose: Finds the person.
        parser: Says what each pixel is.
        fitter: Places the garments.
        compositor: Draws them.
    """

    STAGES = ("pose", "parse", "fit", "composite")

    def __init__(self, pose: PoseEstimator, parser: Parser, fitter: Fitter, compositor: Compositor) -> None:
        self._pose = pose
        self._parser = parser
        self._fitter = fitter
        self._compositor = compositor

    def open(self, mode: Mode) -> None:
        """Open all parts.

        Raises:
            ModelError: A model is missing or damaged.
        """
        self._pose.open(mode)
        self._parser.open()

    def close(self) -> None:
        """Close all parts; may be called twice."""
        self._pose.close()
        self._parser.close()

    def reset(self) -> None:
        """Forget the past: call it when the source changes or jumps."""
        self._pose.reset()
        self._fitter.reset()
        self._compositor.reset()

    def process(self, frame: Frame, outfit: Outfit) -> Composite:
        """Dress the person in the frame.

        Args:
            frame: The picture.
            outfit: What to wear; may be empty.

        Returns:
            The composite with `stages` filled in seconds; the plain frame when nobody is there.
        """
        stages: dict[str, float] = {}
        with _timed(stages, "pose"):
            pose = self._pose.estimate(frame)
        if pose is None:
            return Composite(image=frame.image, stages=stages)
        if not outfit:
            return Composite(image=frame.image, stages=stages, person=True)
        with _timed(stages, "parse"):
            parsing = self._parser.parse(frame, pose)
        with _timed(stages, "fit"):
            fit = self._fitter.fit(frame, pose, parsing, outfit)
        with _timed(stages, "composite"):
            composite = self._compositor.composite(frame, pose, parsing, fit)
        return replace(composite, stages=stages, person=True)


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stages[name] = time.perf_counter() - start
