"""What every `PoseEstimator` must do."""

import numpy as np
import pytest

from tryon_app.core.protocols import PoseEstimator
from tryon_app.core.types import Frame, Landmark, Mode, Pose, UInt8


def check(pose: Pose | None, frame: Frame) -> None:
    assert pose is not None
    assert pose.points.shape == (33, 2)
    assert pose.world.shape == (33, 3)
    for values in (pose.points, pose.depth, pose.world, pose.visibility, pose.presence):
        assert values.dtype == np.float32
        assert values.flags.c_contiguous
        assert np.isfinite(values).all()
    for share in (pose.visibility, pose.presence):
        assert share.shape == (33,)
        assert share.min() >= 0
        assert share.max() <= 1
    assert pose.depth.shape == (33,)
    left, right = pose.points[Landmark.LEFT_SHOULDER], pose.points[Landmark.RIGHT_SHOULDER]
    assert left[0] > right[0]  # facing the camera: the person's left is on our right
    assert pose.points[Landmark.NOSE][1] < left[1] < pose.points[Landmark.LEFT_HIP][1]
    assert abs(pose.world[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)).max() < 0.05
    assert pose.world[Landmark.NOSE][1] < -0.3
    if pose.person is not None:
        mask = pose.person
        assert mask.dtype == np.float32
        assert 0 <= mask.min() <= mask.max() <= 1
        assert mask.shape[1] / mask.shape[0] == pytest.approx(frame.width / frame.height, rel=0.03)
        scale = mask.shape[1] / frame.width
        x, y = ((left + right) / 2 * scale).astype(int)
        assert mask[y, x] > 0.8
        assert mask[:4, :4].max() < 0.2


@pytest.mark.parametrize("mode", ["image", "video"])
def test_a_person_and_nobody(estimator: PoseEstimator, mode: Mode, picture: UInt8, empty_picture: UInt8) -> None:
    assert isinstance(estimator, PoseEstimator)
    estimator.open(mode)
    for index in range(3):
        frame = Frame(picture, index, 3 + index / 30)
        check(estimator.estimate(frame), frame)
    assert estimator.estimate(Frame(empty_picture, 4, 200.0, scene=1)) is None


def test_life_cycle(estimator: PoseEstimator, picture: UInt8) -> None:
    estimator.close()
    with pytest.raises(RuntimeError, match="open"):
        estimator.estimate(Frame(picture))
    for _ in range(2):
        estimator.open("video")
        estimator.reset()
        assert estimator.estimate(Frame(picture)) is not None
        estimator.reset()
        assert estimator.estimate(Frame(picture)) is not None
        estimator.close()
        estimator.close()
    with pytest.raises(RuntimeError, match="open"):
        estimator.estimate(Frame(picture))


def test_pictures_are_only_looked_at(estimator: PoseEstimator, picture: UInt8) -> None:
    picture = picture.copy()
    before = picture.copy()
    picture.flags.writeable = False
    estimator.open("image")
    estimator.estimate(Frame(picture))
    assert np.array_equal(picture, before)
