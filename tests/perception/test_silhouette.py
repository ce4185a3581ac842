"""The person's outline: snapped to the edges of the picture."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tryon_app.core.protocols import Parser
from tryon_app.core.types import Frame, Pose
from tryon_app.perception.scripted import standing
from tryon_app.perception.silhouette import SilhouetteParser

SIZE = 256


def scene(shift: int) -> tuple[Frame, Pose, np.ndarray]:
    """A bright disc before a dark wall, and a soft mask that misses it by some pixels."""
    disc = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(disc, (SIZE // 2, SIZE // 2), 70, 255, -1)
    image = np.full((SIZE, SIZE, 3), 40, np.uint8)
    image[disc > 0] = 200
    mask = cv2.GaussianBlur(np.roll(disc, shift, axis=1), (0, 0), 4).astype(np.float32) / 255
    return Frame(image), replace(standing(), person=mask), disc > 0


def error(mask: np.ndarray, truth: np.ndarray) -> float:
    return float(np.abs(mask - truth).mean())


def test_edges_move_onto_the_picture() -> None:
    parser = SilhouetteParser()
    assert isinstance(parser, Parser)
    parser.open()
    frame, pose, truth = scene(shift=2)
    assert pose.person is not None
    refined = parser.parse(frame, pose).person
    assert refined.dtype == np.float32
    assert 0 <= refined.min() <= refined.max() <= 1
    assert error(refined, truth) < 0.75 * error(pose.person, truth)
    parser.close()


def test_what_is_certain_stays() -> None:
    frame, pose, _ = scene(shift=0)
    assert pose.person is not None
    refined = SilhouetteParser().parse(frame, pose).person
    certain = np.abs(pose.person - 0.5) > 0.49
    assert refined[certain] == pytest.approx(pose.person[certain], abs=0.05)


def test_the_mask_keeps_its_own_resolution() -> None:
    frame, pose, _ = scene(shift=0)
    large = Frame(cv2.resize(frame.image, (1024, 1024)))
    assert SilhouetteParser().parse(large, pose).person.shape == (SIZE, SIZE)


def test_without_a_mask_nothing_is_cut_away() -> None:
    frame, pose, _ = scene(shift=0)
    assert SilhouetteParser().parse(frame, replace(pose, person=None)).person.min() == 1


def noisy(seed: int, shift: int = 0) -> Pose:
    """The scene's mask with an edge that trembles."""
    _, pose, _ = scene(shift)
    assert pose.person is not None
    noise = np.random.default_rng(seed).normal(0, 0.08, pose.person.shape).astype(np.float32)
    edge = 1 - np.abs(pose.person - 0.5) * 2
    return replace(pose, person=np.clip(pose.person + noise * edge, 0, 1).astype(np.float32))


def at(time_s: float, scene_number: int = 0) -> Frame:
    return replace(scene(0)[0], timestamp_s=time_s, scene=scene_number)


def test_a_trembling_edge_is_steadied() -> None:
    parser, afresh = SilhouetteParser(), SilhouetteParser()
    steady = [parser.parse(at(i / 30), noisy(i)).person for i in range(8)]
    alone = [afresh.parse(at(float(i)), noisy(i)).person for i in range(8)]
    assert np.abs(steady[7] - steady[6]).mean() < 0.7 * np.abs(alone[7] - alone[6]).mean()


def test_a_real_movement_does_not_trail() -> None:
    parser = SilhouetteParser()
    parser.parse(at(0.0), noisy(1))
    moved = parser.parse(at(1 / 30), noisy(2, shift=40)).person
    expected = SilhouetteParser().parse(at(1 / 30), noisy(2, shift=40)).person
    assert np.abs(moved - expected).max() < 0.16


@pytest.mark.parametrize("frame", [at(1 / 30, scene_number=1), at(5.0), at(0.0), at(-1.0)])
def test_another_scene_or_moment_is_looked_at_afresh(frame: Frame) -> None:
    parser = SilhouetteParser()
    parser.parse(at(0.0), noisy(1))
    afresh = SilhouetteParser().parse(frame, noisy(2)).person
    assert np.array_equal(parser.parse(frame, noisy(2)).person, afresh)


def test_an_empty_mask_stays_empty() -> None:
    frame, pose, _ = scene(0)
    nothing = replace(pose, person=np.zeros((SIZE, SIZE), np.float32))
    assert SilhouetteParser().parse(frame, nothing).person.max() == 0
