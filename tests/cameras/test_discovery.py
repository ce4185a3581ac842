"""Names for people, identities for settings."""

import sys
from pathlib import Path

import pytest

from tryon_app.cameras import discovery
from tryon_app.cameras.discovery import CameraDevice, find_camera, list_cameras
from tryon_app.core.errors import CameraError

V4L2, OTHER = 200, 700
LOGI = (0x046D, 0x0825)


@pytest.fixture(autouse=True)
def _two_backends(monkeypatch):
    monkeypatch.setattr(discovery, "BACKENDS", {sys.platform: (V4L2, OTHER)})


@pytest.fixture
def links(tmp_path, monkeypatch) -> Path:
    """udev's folder of links by serial number."""
    folder = tmp_path / "by-id"
    folder.mkdir()
    monkeypatch.setattr(discovery, "_STABLE_LINKS", (folder,))
    return folder


def only(backend, *infos):
    return lambda wanted: infos if wanted == backend else ()


def test_nothing_plugged_in():
    assert list_cameras(lambda backend: ()) == ()
    with pytest.raises(CameraError, match="No camera") as caught:
        find_camera("", ())
    assert "samples" in caught.value.remedy


def test_one_device_seen_by_two_backends_is_one_camera(info):
    usb = r"\\?\usb#vid_046d&pid_0825&mi_00#7&1a2b#{"
    seen = {V4L2: [info(0, path=usb + "e5323777}", usb=LOGI)], OTHER: [info(2, path=usb + "65e8773d}", usb=LOGI)]}
    (camera,) = list_cameras(seen.__getitem__)
    assert camera.routes == ((V4L2, 0), (OTHER, 2))
    assert camera.id.startswith("046d-0825-")
    assert camera.model == "046d-0825"


def test_identity_survives_another_index_through_the_serial_number(info, links):
    (links / "usb-Logi_1234-video-index0").symlink_to("/dev/video0")
    (before,) = list_cameras(only(V4L2, info(0, path="/dev/video0", usb=LOGI)))
    (links / "usb-Logi_1234-video-index0").unlink()
    (links / "usb-Logi_1234-video-index0").symlink_to("/dev/video4")
    (links / "usb-Logi_9999-video-index0").symlink_to("/dev/video0")
    after = list_cameras(
        only(V4L2, info(0, path="/dev/video0", usb=LOGI), info(4, path="/dev/video4", usb=LOGI)),
    )
    assert len(after) == 2
    assert find_camera(before.id, after).routes == ((V4L2, 4),)


def test_depth_and_infrared_nodes_are_no_cameras_of_their_own(info, links):
    for node in (0, 2):
        (links / f"usb-Real_1-video-index{node}").symlink_to(f"/dev/video{node}")
    (camera,) = list_cameras(only(V4L2, info(0, path="/dev/video0"), info(2, path="/dev/video2")))
    assert camera.routes == ((V4L2, 0),)


def test_two_alike_have_names_that_tell_them_apart(info):
    cameras = list_cameras(only(V4L2, info(0, path="port1"), info(1, path="port2")))
    assert [camera.name for camera in cameras] == ["HD Webcam", "HD Webcam (2)"]
    assert len({camera.id for camera in cameras}) == 2


def test_a_nameless_camera_has_a_name(info):
    (camera,) = list_cameras(only(V4L2, info(0, name=None)))
    assert camera.name == "Camera 1"
    assert camera.id.startswith("camera-")


def test_a_listing_that_fails_does_not_hide_the_other_backend(info):
    def listing(backend):
        if backend == V4L2:
            raise OSError("service not running")
        return [info(0)]

    (camera,) = list_cameras(listing)
    assert camera.routes == ((OTHER, 0),)


def test_found_by_what_people_write():
    first = CameraDevice("046d-0825-aaaaaa", "Logi C270", "", ((V4L2, 0),))
    second = CameraDevice("obs-virtual-camera-bbbbbb", "OBS Virtual Camera", "", ((V4L2, 1),))
    both = (first, second)
    assert find_camera("", both) is first
    assert find_camera("obs-virtual-camera-bbbbbb", both) is second
    assert find_camera("obs", both) is second
    assert find_camera("1", both) is second
    for wrong in ("2", "nikon", "046d"):
        with pytest.raises(CameraError, match=wrong) as caught:
            find_camera(wrong, both)
        assert "Logi C270" in caught.value.remedy


def test_the_systems_own_listing_answers():
    cameras = list_cameras()
    assert all(camera.id and camera.name and camera.routes for camera in cameras)
