"""Who is meant, and who is nobody."""

from dataclasses import replace

import numpy as np

from tryon_app.core.types import Frame, Landmark, Pose
from tryon_app.perception.prominence import plausible, prominence, region_of, same_person
from tryon_app.perception.scripted import ScriptedPose, standing

WIDTH, HEIGHT = 1280, 720
FRAME = Frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8))


def somebody(**where: float) -> Pose:
    estimator = ScriptedPose(lambda _time: standing(aspect=WIDTH / HEIGHT, **where))
    estimator.open("image")
    pose = estimator.estimate(FRAME)
    assert pose is not None
    return pose


def score(pose: Pose) -> float:
    return prominence(pose, WIDTH, HEIGHT)


def test_large_central_and_well_seen_counts() -> None:
    assert score(somebody()) > score(somebody(height=0.4))
    assert score(somebody()) > score(somebody(centre=0.1))
    assert score(somebody()) > score(replace(somebody(), visibility=np.full(33, 0.2, np.float32)))


def test_people_are_told_apart() -> None:
    assert same_person(somebody(), somebody(centre=0.51))
    assert not same_person(somebody(centre=0.3), somebody(centre=0.7))


def test_a_person_is_plausible() -> None:
    assert plausible(somebody(), WIDTH, HEIGHT)
    assert plausible(somebody(height=0.3), WIDTH, HEIGHT)
    assert plausible(somebody(top=0.1, height=3), WIDTH, HEIGHT)  # a selfie: most of the body is below the picture


def test_ghosts_are_not() -> None:
    person = somebody()
    assert not plausible(replace(person, presence=np.full(33, 0.2, np.float32)), WIDTH, HEIGHT)
    assert not plausible(somebody(height=0.08), WIDTH, HEIGHT)
    assert not plausible(replace(person, points=person.points * np.nan), WIDTH, HEIGHT)
    assert person.person is not None
    assert not plausible(replace(person, person=person.person * 0.1), WIDTH, HEIGHT)
    flat = person.points.copy()
    flat[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = flat[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
    assert not plausible(replace(person, points=flat), WIDTH, HEIGHT)


def test_the_region_holds_the_whole_body_and_stays_inside() -> None:
    for pose in (somebody(), somebody(centre=0.05), somebody(top=0.2, height=2.5)):
        left, top, right, bottom = region_of(pose, WIDTH, HEIGHT, 0.1)
        assert 0 <= left < right <= WIDTH
        assert 0 <= top < bottom <= HEIGHT
        assert pose.person is not None
        rows, columns = np.nonzero(pose.person > 0.5)
        scale = WIDTH / pose.person.shape[1]
        assert left <= (columns.min() + 1) * scale
        assert right >= (columns.max() - 1) * scale
        assert top <= (rows.min() + 1) * scale
        assert bottom >= (rows.max() - 1) * scale
