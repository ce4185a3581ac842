"""Webcams: what cameras and drivers do to a program, with a pretended driver."""

import itertools
import threading
from functools import partial

import cv2
import numpy as np
import pytest

from tryon_app.cameras.opencv import OpenCVCamera
from tryon_app.core.errors import CameraError

V4L2, OTHER = 200, 700


@pytest.fixture
def camera_of(desk):
    made = []

    def make(identity="", **options):
        options = {"patience_s": 0.05, **options}
        camera = OpenCVCamera(identity, open_grabber=desk.open_grabber, devices=desk.listing, **options)
        made.append(camera)
        return camera

    yield make
    for camera in made:
        camera.close()
    assert all(grabber.released == 1 for grabber in desk.grabbers)


def test_pictures_come_as_rgb_with_rising_times(desk, camera_of, good):
    desk.plug("046d-0825-aaaaaa", "Logi", (V4L2, 0), play=good)
    camera = camera_of()
    camera.open()
    assert camera.name == "Logi"
    assert camera.rate == 0.0
    frames = [camera.read() for _ in range(40)]
    assert [frame.index for frame in frames] == list(range(40))
    assert all(a.timestamp_s < b.timestamp_s for a, b in itertools.pairwise(frames))
    assert tuple(frames[0].image[0, 0]) == (200, 20, 10)
    assert {frame.scene for frame in frames} == {0}
    assert camera.rate > 0


def test_size_rate_and_mjpg_are_asked_for_at_opening(desk, camera_of, good):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 3), play=good)
    camera_of(size=(1920, 1080), rate=60).open()
    (backend, index, wishes) = desk.opened[0]
    assert (backend, index) == (V4L2, 3)
    asked = dict(zip(wishes[::2], wishes[1::2], strict=True))
    assert asked == {
        cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*"MJPG"),
        cv2.CAP_PROP_FRAME_WIDTH: 1920,
        cv2.CAP_PROP_FRAME_HEIGHT: 1080,
        cv2.CAP_PROP_FPS: 60,
    }
    assert next(iter(asked)) == cv2.CAP_PROP_FOURCC, "the format decides which sizes there are"


def test_a_camera_that_refuses_every_wish_is_opened_without(desk, camera_of, good):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=good)
    desk.accepts = lambda wishes: not wishes
    camera = camera_of()
    camera.open()
    assert camera.read() is not None
    assert desk.opened[-1] == (V4L2, 0, [])
    assert [len(wishes) for _, _, wishes in desk.opened] == sorted(
        (len(wishes) for _, _, wishes in desk.opened), reverse=True
    )


def test_unplugged_while_it_runs(desk, camera_of, good):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=good)
    camera = camera_of()
    camera.open()
    camera.read()
    desk.unplug()
    with pytest.raises(CameraError, match="Cam stopped") as caught:
        camera.read()
    assert caught.value.remedy
    with pytest.raises(CameraError, match="No camera"):
        camera.open()
    with pytest.raises(CameraError, match="not open"):
        camera.read()


def test_plugged_in_again_under_another_index(desk, camera_of, good):
    desk.plug("046d-0825-aaaaaa", "Logi", (V4L2, 0), play=good)
    camera = camera_of()
    camera.open()
    before = [camera.read() for _ in range(3)]
    desk.unplug()
    with pytest.raises(CameraError):
        camera.read()
    desk.plug("1234-0001-bbbbbb", "Another", (V4L2, 0), play=good)
    with pytest.raises(CameraError, match="not plugged in") as caught:
        camera.open()
    assert "Another" in caught.value.remedy
    desk.plug("046d-0825-aaaaaa", "Logi", (V4L2, 2), play=good)
    camera.open()
    assert desk.opened[-1][:2] == (V4L2, 2)
    after = camera.read()
    assert after.index == 3
    assert after.timestamp_s > before[-1].timestamp_s
    assert after.scene > before[-1].scene


def test_the_same_model_in_another_port_is_meant_unless_in_doubt(desk, camera_of, good):
    desk.plug("046d-0825-bbbbbb", "Logi", (V4L2, 1), play=good)
    camera = camera_of("046d-0825-aaaaaa")
    camera.open()
    assert desk.opened[-1][:2] == (V4L2, 1)
    camera.close()
    desk.plug("046d-0825-cccccc", "Logi (2)", (V4L2, 2), play=good)
    with pytest.raises(CameraError, match="not plugged in"):
        camera_of("046d-0825-aaaaaa").open()


def test_a_hanging_driver_holds_up_neither_closing_nor_opening_again(desk, camera_of, good, hanging):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=hanging)
    camera = camera_of()
    camera.open()
    said = []

    def read():
        try:
            camera.read()
        except CameraError as error:
            said.append(error.message)

    reader = threading.Thread(target=read)
    reader.start()
    assert hanging.entered.wait(20)
    stuck = desk.grabbers[-1]
    camera.close()
    assert stuck.released == 0, "releasing a handle under a running read crashes drivers"
    desk.plays[V4L2, 0] = good
    camera.open()
    assert camera.read().index == 0
    hanging.let_go.set()
    reader.join(20)
    assert stuck.released == 1
    assert said == ["Cam was closed."]
    assert camera.read().index == 1, "the late picture of the old handle is not counted"


def test_an_opening_that_hangs_does_not_take_over_when_it_comes_back(desk, camera_of, good):
    desk.plug("046d-0825-aaaaaa", "Logi", (V4L2, 0), play=good)
    camera = camera_of()
    real, back, entered, failed = desk.open_grabber, threading.Event(), threading.Event(), []

    def slow(*arguments):
        entered.set()
        assert back.wait(20)
        return real(*arguments)

    def open_slowly() -> None:
        try:
            camera.open()
        except CameraError as error:
            failed.append(error)

    camera._open_grabber = slow
    opener = threading.Thread(target=open_slowly)
    opener.start()
    assert entered.wait(20)
    camera._open_grabber = real
    camera.open()
    current = desk.grabbers[-1]
    back.set()
    opener.join(20)
    assert len(failed) == 1
    assert desk.grabbers[-1].released == 1
    assert current.released == 0
    assert camera.read() is not None


def test_black_pictures_are_handed_on_for_the_session_to_judge(desk, camera_of, paint):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=lambda: (True, paint((0, 0, 0))))
    camera = camera_of()
    camera.open()
    assert not camera.read().image.any()


def test_each_opening_begins_with_the_next_backend(desk, camera_of, good):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), (OTHER, 4), play=good)
    camera = camera_of()
    for _ in range(3):
        camera.open()
    assert [opened[:2] for opened in desk.opened] == [(V4L2, 0), (OTHER, 4), (V4L2, 0)]


def test_a_backend_that_fails_gives_way_to_the_other(desk, camera_of, good):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), (OTHER, 4), play=good)
    del desk.plays[V4L2, 0]
    camera = camera_of()
    camera.open()
    assert camera.read() is not None
    assert desk.opened[-1][:2] == (OTHER, 4)


def test_a_camera_in_use_says_what_to_do(desk, camera_of, good):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=good)
    desk.plays.clear()
    with pytest.raises(CameraError, match="Cam cannot be opened") as caught:
        camera_of().open()
    assert "other programs" in caught.value.remedy


def test_the_resolution_may_change_in_the_middle(desk, camera_of, paint):
    sizes = iter([(64, 48), (64, 48), (128, 72), (32, 24)])
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=lambda: (True, paint(size=next(sizes))))
    camera = camera_of()
    camera.open()
    frames = [camera.read() for _ in range(4)]
    assert [(frame.width, frame.height) for frame in frames] == [(64, 48), (64, 48), (128, 72), (32, 24)]
    assert frames[0].image.shape == (48, 64, 3), "published pictures are not overwritten"


GARBAGE = {
    "nothing": (True, None),
    "empty": (True, np.empty((0, 0, 3), np.uint8)),
    "one line of bytes": (True, np.zeros((1, 5000), np.uint8)),
    "sixteen bits": (True, np.zeros((48, 64, 3), np.uint16)),
    "five channels": (True, np.zeros((48, 64, 5), np.uint8)),
    "text": (True, "picture"),
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_passed_over_and_named_when_it_goes_on(desk, camera_of, good, answer):
    answers = iter([answer, answer])
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=lambda: next(answers, good()))
    camera = camera_of(patience_s=20)
    camera.open()
    frame = camera.read()
    assert (frame.index, frame.width, frame.height) == (0, 64, 48)
    desk.plays[V4L2, 0] = lambda: answer
    short = camera_of()
    short.open()
    with pytest.raises(CameraError, match="stopped sending"):
        short.read()


def test_an_error_of_the_driver_is_no_crash(desk, camera_of, good):
    def fail():
        raise cv2.error("select() timeout")

    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=fail)
    camera = camera_of()
    camera.open()
    with pytest.raises(CameraError, match="stopped sending"):
        camera.read()
    desk.plays[V4L2, 0] = good
    camera.open()
    assert camera.read().index == 0


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (partial(np.full, (48, 64), 90, np.uint8), (90, 90, 90)),
        (partial(np.full, (48, 64, 4), (1, 2, 3, 255), np.uint8), (3, 2, 1)),
        (partial(np.full, (48, 64, 2), 128, np.uint8), (130, 130, 130)),
    ],
    ids=["grey", "with alpha", "YUYV"],
)
def test_other_kinds_of_picture_become_rgb(desk, camera_of, make, expected):
    desk.plug("x-aaaaaa", "Cam", (V4L2, 0), play=lambda: (True, make()))
    camera = camera_of()
    camera.open()
    image = camera.read().image
    assert image.shape == (48, 64, 3)
    assert tuple(image[20, 20]) == expected
