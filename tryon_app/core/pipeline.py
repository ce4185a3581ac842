"""One frame's way through the stages. Threads, cameras and windows are somebody else's."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from tryon_app.core.protocols import Compositor, Fitter, GivesNotice, Parser, PoseEstimator, Refiner, RunsModels
from tryon_app.core.types import Composite, Frame, Mode, Notice, Outfit, Perception


class Pipeline:
    """Pose, parse, fit, refine and composite, in that order, on one thread.

    Args:
        pose: Finds the person.
        parser: Says what each pixel is.
        fitter: Places the garments.
        compositor: Draws them.
        refiner: Mends the fit; None = it stays as it is.
    """

    STAGES = ("pose", "parse", "fit", "refine", "composite")

    def __init__(
        self,
        pose: PoseEstimator,
        parser: Parser,
        fitter: Fitter,
        compositor: Compositor,
        refiner: Refiner | None = None,
    ) -> None:
        self._pose = pose
        self._parser = parser
        self._fitter = fitter
        self._compositor = compositor
        self._refiner = refiner
        self._parts: list[object] = [pose, parser, fitter, refiner, compositor]
        # Sorted out once: the runtime asks after every frame.
        self._noticing = [part for part in self._parts if isinstance(part, GivesNotice)]

    def open(self, mode: Mode) -> None:
        """Open all parts.

        Raises:
            ModelError: A model is missing or damaged.
        """
        self._pose.open(mode)
        self._parser.open()
        if self._refiner is not None:
            self._refiner.open()

    def close(self) -> None:
        """Close all parts; may be called twice."""
        self._pose.close()
        self._parser.close()
        if self._refiner is not None:
            self._refiner.close()

    @property
    def providers(self) -> Mapping[str, str]:
        """Model id -> what runs it, of all parts that run models; known after `open`."""
        found: dict[str, str] = {}
        for part in self._parts:
            if isinstance(part, RunsModels):
                found.update(part.providers)
        return found

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know of parts that go on with less; empty when all is well."""
        return tuple(notice for part in self._noticing for notice in part.notices)

    def reset(self) -> None:
        """Forget the past: call it when the source changes or jumps."""
        self.reset_perception()
        self.reset_dressing()

    def reset_perception(self) -> None:
        """The half of `reset` for the thread that calls `perceive`."""
        self._pose.reset()

    def reset_dressing(self) -> None:
        """The half of `reset` for the thread that calls `dress`."""
        self._fitter.reset()
        if self._refiner is not None:
            self._refiner.reset()
        self._compositor.reset()

    def process(self, frame: Frame, outfit: Outfit) -> Composite:
        """Dress the person in the frame.

        Args:
            frame: The picture.
            outfit: What to wear; may be empty.

        Returns:
            The composite with `stages` filled in seconds; the plain frame when nobody is there.
        """
        return self.dress(frame, self.perceive(frame, outfit), outfit)

    def perceive(self, frame: Frame, outfit: Outfit) -> Perception:
        """First half of `process`; the halves of two frames may run at the same time on two threads.

        Args:
            frame: The picture.
            outfit: What will be worn; when empty the parser is spared.
        """
        return self.read(frame, self.find(frame), outfit)

    def find(self, frame: Frame) -> Perception:
        """The pose alone: the first step of `perceive`.

        Args:
            frame: The picture.
        """
        stages: dict[str, float] = {}
        with _timed(stages, "pose"):
            pose = self._pose.estimate(frame)
        return Perception(pose=pose, stages=stages)

    def read(self, frame: Frame, found: Perception, outfit: Outfit) -> Perception:
        """What each pixel is: the second step of `perceive`. May run on another thread than the first, frame by frame
        in their order, and never for two frames at once.

        Args:
            frame: The picture that `find` was given.
            found: What `find` made of it; one that was read already is given back.
            outfit: What will be worn; when empty the parser is spared.
        """
        if found.pose is None or found.parsing is not None or not outfit:
            return found
        stages = dict(found.stages)
        with _timed(stages, "parse"):
            parsing = self._parser.parse(frame, found.pose)
        return replace(found, parsing=parsing, stages=stages)

    def dress(self, frame: Frame, perception: Perception, outfit: Outfit) -> Composite:
        """Second half of `process`.

        Args:
            frame: The picture that was perceived.
            perception: What `perceive` made of it.
            outfit: The outfit that `perceive` was told.
        """
        stages = dict(perception.stages)
        pose, parsing = perception.pose, perception.parsing
        if pose is None:
            self._compositor.watch(frame)
        if pose is None or parsing is None:
            return Composite(image=frame.image, stages=stages, person=pose is not None)
        with _timed(stages, "fit"):
            fit = self._fitter.fit(frame, pose, parsing, outfit)
        if self._refiner is not None:
            with _timed(stages, "refine"):
                fit = self._refiner.refine(frame, pose, parsing, fit)
        with _timed(stages, "composite"):
            composite = self._compositor.composite(frame, pose, parsing, fit)
        return replace(composite, stages=stages, person=True)


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stages[name] = time.perf_counter() - start
