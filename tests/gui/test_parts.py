"""Parts of the window that need no window."""

import threading
import time

import numpy as np
import pytest

from tryon_app.core.errors import OutputError, TryOnError
from tryon_app.core.types import Category, Slot
from tryon_app.gui.display import check_display
from tryon_app.gui.outfit import put_on, resize, shown_size, take_off
from tryon_app.gui.recording import Recording
from tryon_app.gui.texts import template_pattern

fakes = __import__("sys").modules["fakes"]


def garment(name, slot):
    return fakes.make_garment(name, {"en": name}, slot, Category.TEE)


def worn_ids(outfit):
    return [worn.garment.id for worn in outfit]


def test_a_dress_takes_the_place_of_top_and_bottom_but_not_of_a_jacket():
    outfit = ()
    for name, slot in (("tee", Slot.TOP), ("jeans", Slot.BOTTOM), ("bomber", Slot.OUTER), ("gown", Slot.DRESS)):
        outfit = put_on(outfit, garment(name, slot))
    assert worn_ids(outfit) == ["gown", "bomber"]
    assert worn_ids(put_on(outfit, garment("tee", Slot.TOP))) == ["tee", "bomber"]


def test_outer_layers_come_last_whatever_the_order():
    outfit = put_on(put_on((), garment("bomber", Slot.OUTER)), garment("tee", Slot.TOP))
    assert worn_ids(outfit) == ["tee", "bomber"]


def test_sizes():
    outfit = put_on((), garment("tee", Slot.TOP))
    assert shown_size(outfit[0]) == "M"
    assert shown_size(resize(outfit, "tee", "XL")[0]) == "XL"
    assert take_off(outfit, "tee") == ()


@pytest.mark.parametrize(
    "environment", [{}, {"DISPLAY": ":1789"}, {"DISPLAY": "nonsense"}, {"WAYLAND_DISPLAY": "none"}]
)
def test_no_display_is_said_with_the_line_that_helps(environment):
    with pytest.raises(TryOnError) as caught:
        check_display(environment, "linux")
    assert "xvfb-run" in caught.value.remedy
    assert caught.value.exit_code == 1


def test_display_is_nobodys_business_elsewhere():
    check_display({}, "darwin")
    check_display({"QT_QPA_PLATFORM": "offscreen"}, "linux")


@pytest.mark.parametrize(
    ("template", "message", "parts"),
    [
        ("{} cannot be read.", "a b.png cannot be read.", ("a b.png",)),
        ("Cannot write {}: {}.", "Cannot write /x: No space left on device.", ("/x", "No space left on device")),
    ],
)
def test_templates_take_out_the_parts(template, message, parts):
    assert template_pattern(template).fullmatch(message).groups() == parts


class _Slow:
    def __init__(self):
        self.go = threading.Event()
        self.written = []

    def write(self, image, timestamp_s):
        self.go.wait(5)
        self.written.append((image, timestamp_s))

    def close(self):
        pass


def test_a_slow_encoder_costs_frames_and_never_time(tmp_path):
    slow, ended = _Slow(), []
    recording = Recording(tmp_path / "x.mp4", 30.0, False, lambda *_: slow, lambda *end: ended.append(end))
    for _ in range(50):
        recording.offer(np.zeros((4, 4, 3), np.uint8), (4, 4))
    assert recording.dropped > 30
    slow.go.set()
    recording.finish()
    recording.join()
    assert ended == [(tmp_path / "x.mp4", None)]
    times = [when for _, when in slow.written]
    assert times == sorted(times)


def test_pictures_of_another_size_are_brought_to_the_files(tmp_path):
    slow = _Slow()
    slow.go.set()
    recording = Recording(tmp_path / "x.mp4", 30.0, True, lambda *_: slow, lambda *_: None)
    first = np.zeros((5, 7, 3), np.uint8)
    first[:, 0] = 255
    recording.offer(first, (first.shape[1], first.shape[0]))
    recording.offer(np.zeros((10, 14, 3), np.uint8), (14, 10))
    recording.finish()
    recording.join()
    assert [image.shape for image, _ in slow.written] == [(4, 6, 3)] * 2
    assert slow.written[0][0][:, -1].min() > 150  # mirrored


def test_a_full_disk_ends_the_recording_with_its_error(tmp_path):
    def full(*_):
        raise OutputError("Cannot write x.mp4: no space.", "Free some space.")

    ended = []
    recording = Recording(tmp_path / "x.mp4", 30.0, False, full, lambda *end: ended.append(end))
    recording.offer(np.zeros((4, 4, 3), np.uint8), (4, 4))
    end = time.monotonic() + 5
    while not ended and time.monotonic() < end:
        time.sleep(0.01)
    recording.join()
    assert isinstance(ended[0][1], OutputError)
