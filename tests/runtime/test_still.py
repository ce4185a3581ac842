"""Pictures at the source's full resolution, away from the live threads."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Composite, Fit, Frame, Labels, Parsing, Perception, Pose, Rect
from tryon_app.runtime.states import LiveFrame
from tryon_app.runtime.still import StillMaker, enlarge

SMALL, LARGE = (160, 90), (640, 360)


def picture(size: tuple[int, int], value: int = 120) -> np.ndarray:
    return np.full((size[1], size[0], 3), value, np.uint8)


def perception(labels: Labels | None = None) -> Perception:
    points = np.full((33, 2), (40.0, 20.0), np.float32)
    flat = np.ones(33, np.float32)
    pose = Pose(points, flat * 8, np.ones((33, 3), np.float32), flat, flat, np.ones((9, 16), np.float32))
    return Perception(pose, Parsing(np.ones((9, 16), np.float32), labels))


def shown(seen: Perception | None) -> LiveFrame:
    frame = Frame(picture(SMALL), index=7)
    return LiveFrame(frame, Composite(picture(SMALL, 10), person=True), perception=seen, outfit=(object(),))


class Tailor:
    """Fit and composite: notes what it was given; paints."""

    def __init__(self) -> None:
        self.poses: list[Pose] = []
        self.threads: list[str] = []
        self.resets = 0
        self.error: Exception | None = None

    def reset(self) -> None:
        self.resets += 1

    def fit(self, frame: Frame, pose: Pose, parsing: Parsing, outfit: tuple[object, ...]) -> Fit:
        if self.error:
            raise self.error
        self.poses.append(pose)
        self.threads.append(threading.current_thread().name)
        return Fit()

    def watch(self, frame: Frame) -> None:
        pass

    def composite(self, frame: Frame, pose: Pose, parsing: Parsing, fit: Fit) -> Composite:
        return Composite(picture((frame.width, frame.height), 200), Rect(0, 0, 2, 2))


def maker(tailor: Tailor) -> StillMaker:
    return StillMaker(lambda: Pipeline(tailor, tailor, tailor, tailor))  # type: ignore[arg-type]


def test_the_pose_that_was_seen_dresses_the_original() -> None:
    tailor = Tailor()
    made = maker(tailor).make(shown(perception()), Frame(picture(LARGE)))
    assert made.image.shape == (360, 640, 3)
    assert made.image[0, 0, 0] == 200
    pose = tailor.poses[0]
    # The middle of pixel 40 is at 40.5 of 160: at 162 of 640, which is the middle of "pixel" 161.5.
    assert pose.points[0] == pytest.approx((161.5, 81.5))
    assert pose.depth[0] == pytest.approx(32.0)
    assert pose.world[0, 0] == 1.0
    assert pose.person is not None
    assert pose.person.shape == (9, 16)


def test_each_picture_starts_without_a_memory_of_the_last() -> None:
    tailor = Tailor()
    stills = maker(tailor)
    for _ in range(2):
        stills.make(shown(perception()), Frame(picture(LARGE)))
    assert tailor.resets == 4  # the fitter and the compositor, each time


def test_nothing_is_computed_where_the_view_is_at_full_size() -> None:
    tailor = Tailor()
    live = shown(perception())
    assert maker(tailor).make(live, live.frame) is live.composite
    assert not tailor.poses


def test_a_picture_of_nobody_is_the_original() -> None:
    for seen in (None, Perception()):
        made = maker(Tailor()).make(shown(seen), Frame(picture(LARGE, 77)))
        assert made.image.shape == (360, 640, 3)
        assert made.image[0, 0, 0] == 77


def test_a_stage_that_fails_still_gives_what_was_on_screen() -> None:
    tailor = Tailor()
    tailor.error = ValueError("a seam burst")
    live = shown(perception())
    assert maker(tailor).make(live, Frame(picture(LARGE))) is live.composite


def test_labels_stay_where_they_were() -> None:
    matrix = np.array([[0.5, 0.0, 3.0], [0.0, 0.25, -2.0]], np.float32)
    maps = np.ones((1, 4, 4), np.float32)
    seen = perception(Labels(matrix, maps, maps))
    larger = enlarge(seen, 4.0, 3.0)
    assert larger.parsing is not None
    assert larger.parsing.labels is not None
    for x, y in ((0.0, 0.0), (100.0, 30.0)):
        before = matrix @ (x, y, 1.0)
        after = larger.parsing.labels.matrix @ ((x + 0.5) * 4 - 0.5, (y + 0.5) * 3 - 0.5, 1.0)
        assert after == pytest.approx(before, abs=1e-4)


def test_a_session_with_lowered_quality_gives_the_sources_own_size(bench, make_camera) -> None:
    tailor = Tailor()
    one = bench(within=(80, 46), still=lambda: Pipeline(tailor, tailor, tailor, tailor), adaptive=False)
    one.session.start(make_camera())
    live = one.until(one.session.take)
    assert (live.frame.width, live.full_size) == (80, (80, 44))
    assert live.original is not None
    full = one.session.full_size(replace(live, perception=perception()))
    assert full.shape == (90, 160, 3)
    assert full[0, 0, 0] == 200
    assert not {"perceive", "dress"} & set(tailor.threads)
