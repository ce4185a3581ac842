"""Cameras and the right to use them."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tryon_app.cameras.discovery import CameraDevice, list_cameras
from tryon_app.doctor.report import Finding, Level

_DEV = Path("/dev")
_ASK_LATER = {
    "darwin": "macOS asks when a camera is first opened; see System Settings > Privacy & Security > Camera.",
    "win32": "See Settings > Privacy & security > Camera: desktop apps must be allowed.",
}


def check_cameras(listing: Callable[[], Sequence[CameraDevice]] = list_cameras) -> Iterator[Finding]:
    """The cameras that are plugged in. None is opened: that could take one away from another program."""
    devices = listing()
    if not devices:
        message = "None was found; the sample people are shown instead."
        remedy = "Plug a camera in, or give a file: tryon mirror --source FILE"
        yield Finding("camera", Level.WARN, "Camera", message, remedy)
        return
    for device in devices:
        details = {"id": device.id, "name": device.name, "path": device.path}
        yield Finding("camera", Level.OK, "Camera", f"{device.name} (camera:{device.id})", "", details)


def check_camera_permission(folder: Path = _DEV) -> Iterator[Finding]:
    """Whether this user may open the cameras' devices (Linux); elsewhere, where the permission is given."""
    if not sys.platform.startswith("linux"):
        message = _ASK_LATER.get(sys.platform, "given by the system")
        yield Finding("camera.permission", Level.OK, "Camera permission", message)
        return
    nodes = sorted(folder.glob("video*"))
    closed = [node for node in nodes if not os.access(node, os.R_OK | os.W_OK)]
    if not nodes:
        message = "no camera device (/dev/video*) to be allowed"
        yield Finding("camera.permission", Level.OK, "Camera permission", message)
    elif closed:
        names = ", ".join(str(node) for node in closed)
        message = f"You may not open {names} (group {_group(closed[0])})."
        remedy = f"sudo usermod -aG {_group(closed[0])} $USER, then log out and in again."
        details = {"closed": [str(node) for node in closed]}
        yield Finding("camera.permission", Level.FAIL, "Camera permission", message, remedy, details)
    else:
        details = {"devices": [str(node) for node in nodes]}
        yield Finding("camera.permission", Level.OK, "Camera permission", "granted", "", details)


def _group(node: Path) -> str:
    try:
        return node.group()
    except (KeyError, OSError):
        return "video"
