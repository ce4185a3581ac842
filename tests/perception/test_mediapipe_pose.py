"""MediaPipe's landmarker on the sample people: sizes, several people, somebody lost, time."""

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tryon_app.core.errors import ModelError
from tryon_app.core.types import Frame, Landmark, Pose, UInt8
from tryon_app.perception.landmarker import Landmarker, quiet_stderr
from tryon_app.perception.mediapipe_pose import MediaPipePose

Person = Callable[[str], UInt8]
TRUNK = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


def middle(pose: Pose | None) -> float:
    assert pose is not None
    return float(pose.points[TRUNK, 0].mean())


def looked_at(mediapipe: MediaPipePose, image: UInt8) -> Pose:
    mediapipe.open("image")
    pose = mediapipe.estimate(Frame(np.ascontiguousarray(image)))
    assert pose is not None
    return pose


def side_by_side(person: Person, left: str, right: str) -> UInt8:
    """Two sample people at the same height in one picture, each in half of it."""
    halves = [cv2.resize(person(name), (384, 640), interpolation=cv2.INTER_AREA) for name in (left, right)]
    return np.ascontiguousarray(np.concatenate(halves, axis=1))


@pytest.mark.parametrize("name", [f"{i}_{kind}" for i in range(1, 5) for kind in ("posture", "selfie")])
def test_all_sample_people_are_found(mediapipe: MediaPipePose, person: Person, name: str) -> None:
    image = person(name)
    pose = looked_at(mediapipe, image)
    assert pose.visibility[TRUNK[:2]].min() > 0.8
    assert pose.person is not None
    scale = pose.person.shape[1] / image.shape[1]
    x, y = pose.points[TRUNK[:2]].mean(axis=0) * scale
    assert pose.person[min(int(y + 0.05 * len(pose.person)), len(pose.person) - 1), int(x)] > 0.9


@pytest.mark.parametrize("size", [(192, 256), (3000, 4000)])
def test_any_size_gives_the_same_place(mediapipe: MediaPipePose, person: Person, size: tuple[int, int]) -> None:
    image = person("1_posture")
    here = looked_at(mediapipe, image).points / (image.shape[1], image.shape[0])
    there = looked_at(mediapipe, cv2.resize(image, size, interpolation=cv2.INTER_AREA)).points / size
    assert np.abs(here - there)[TRUNK].max() < 0.02


@pytest.mark.parametrize("width", [193, 250, 517])
def test_odd_widths(mediapipe: MediaPipePose, person: Person, width: int) -> None:
    looked_at(mediapipe, cv2.resize(person("3_selfie"), (width, 451)))


def test_somebody_small_in_a_large_picture(mediapipe: MediaPipePose, person: Person) -> None:
    image = np.full((2400, 3600, 3), 200, np.uint8)
    image[1500:2040, 2400:2805] = cv2.resize(person("1_posture"), (405, 540), interpolation=cv2.INTER_AREA)
    pose = looked_at(mediapipe, image)
    assert 2400 < middle(pose) < 2805
    assert pose.person is not None
    rows, columns = np.nonzero(pose.person > 0.5)
    scale = image.shape[1] / pose.person.shape[1]
    assert columns.min() * scale > 2350
    assert columns.max() * scale < 2850
    assert rows.min() * scale > 1450


@pytest.mark.parametrize("shade", [0, 127, 255])
def test_a_blank_picture_holds_nobody(mediapipe: MediaPipePose, shade: int) -> None:
    mediapipe.open("image")
    assert mediapipe.estimate(Frame(np.full((300, 500, 3), shade, np.uint8))) is None
    assert mediapipe.estimate(Frame(np.full((1, 1, 3), shade, np.uint8))) is None


@pytest.mark.parametrize(("left", "right", "expected"), [("3_posture", "2_posture", 0), ("2_posture", "3_posture", 1)])
def test_the_larger_of_two_is_followed(
    mediapipe: MediaPipePose, person: Person, left: str, right: str, expected: int
) -> None:
    image = side_by_side(person, left, right)
    assert middle(looked_at(mediapipe, image)) // 384 == expected
    mediapipe.open("video")
    for index in range(5):
        assert middle(mediapipe.estimate(Frame(image, index, index / 30))) // 384 == expected


def test_who_comes_to_the_fore_takes_over_once(mediapipe: MediaPipePose, person: Person) -> None:
    """Somebody much larger appears beside the one who is followed: one change, some time later, and no way back."""
    alone = side_by_side(person, "1_posture", "3_posture")
    alone[:, 384:] = 200
    both = side_by_side(person, "1_posture", "3_posture")
    mediapipe.open("video")
    sides = []
    for index in range(160):
        image = alone if index < 5 else both
        sides.append(int(middle(mediapipe.estimate(Frame(image, index, index / 30))) // 384))
    assert sides[:30] == [0] * 30
    assert sides[-1] == 1
    assert sides == sorted(sides)


def test_the_tracker_is_shown_no_more_pixels_than_it_can_use(
    mediapipe: MediaPipePose, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picture(height: int) -> UInt8:
        one = person("3_posture")
        one = cv2.resize(one, (round(one.shape[1] * height / one.shape[0]), height), interpolation=cv2.INTER_AREA)
        image = np.full((720, 1280, 3), 200, np.uint8)
        image[720 - height :, 400 : 400 + one.shape[1]] = one
        return image

    sides: list[int] = []
    find = Landmarker.find

    def watched(self: Landmarker, image: UInt8, time_s: float, side: int) -> list[Pose]:
        sides.append(side)
        return find(self, image, time_s, side)

    monkeypatch.setattr(Landmarker, "find", watched)
    mediapipe.open("video")
    near, far = picture(720), picture(360)
    poses = [mediapipe.estimate(Frame(near, index, index / 30)) for index in range(70)]
    assert (sides[0], sides[-1]) == (768, 640)  # the first look is for everybody
    assert 1280 in sides[:5]
    before, after = poses[40], poses[-1]
    assert before is not None
    assert after is not None
    apart = np.linalg.norm(after.points - before.points, axis=1)
    assert float(np.median(apart)) < 4.0
    # Somebody farther away needs all there is.
    for index in range(70, 200):
        pose = mediapipe.estimate(Frame(far, index, index / 30))
    assert sides[-1] == 1280
    assert pose is not None
    assert float(pose.points[0, 1]) > 360


def test_lost_and_found(mediapipe: MediaPipePose, person: Person) -> None:
    image = cv2.resize(person("3_posture"), (384, 688), interpolation=cv2.INTER_AREA)
    blank = np.full_like(image, 127)
    mediapipe.open("video")
    pictures = [image] * 3 + [blank] * 2 + [image] * 3 + [blank] * 40 + [image] * 6
    found = [mediapipe.estimate(Frame(picture, i, i / 30)) is not None for i, picture in enumerate(pictures)]
    assert all(found[:3])
    assert not any(found[3:5])
    assert all(found[5:8])
    assert not any(found[8:48])
    assert found[-1]


def test_time_may_do_what_it_likes(mediapipe: MediaPipePose, person: Person) -> None:
    image = cv2.resize(person("3_posture"), (384, 688), interpolation=cv2.INTER_AREA)
    mediapipe.open("video")
    for index, time_s in enumerate([0.0, 0.0, 5.0, 4.0, -3.0, 1e6, 1e-3, 7.0]):
        assert mediapipe.estimate(Frame(image, index, time_s)) is not None


def test_a_cut_is_not_smoothed_over(mediapipe: MediaPipePose, person: Person) -> None:
    image = person("3_posture")
    small = cv2.resize(image, (384, 688), interpolation=cv2.INTER_AREA)
    moved = np.roll(small, 60, axis=1)
    mediapipe.open("video")
    before = middle(mediapipe.estimate(Frame(small, 0, 0.0)))
    after = middle(mediapipe.estimate(Frame(moved, 1, 1 / 30, scene=1)))
    assert after - before == pytest.approx(60, abs=6)


def test_what_runs_is_said(mediapipe: MediaPipePose) -> None:
    assert mediapipe.providers == {}
    mediapipe.open("image")
    assert "CPU" in mediapipe.providers["pose"]


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "broken.task"
    path.write_bytes(b"PK\x03\x04 no model")
    estimator = MediaPipePose(lambda: path)
    with pytest.raises(ModelError) as caught:
        estimator.open("video")
    assert "tryon models" in caught.value.remedy
    estimator.close()


def test_native_noise_goes_into_the_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level("DEBUG"), quiet_stderr():
        os.write(2, b"W0000 something native\n")
    assert "something native" in caplog.text
    assert capfd.readouterr().err == ""
