"""Which cameras are there, by names that people know and identities that survive re-plugging."""

import hashlib
import importlib
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tryon_app.core.errors import CameraError

# OpenCV's numbers of the backends to try, best first. GStreamer lists the same devices as V4L2 once more.
_CAP_V4L2, _CAP_DSHOW, _CAP_AVFOUNDATION, _CAP_MSMF = 200, 700, 1200, 1400
BACKENDS = {"linux": (_CAP_V4L2,), "win32": (_CAP_MSMF, _CAP_DSHOW), "darwin": (_CAP_AVFOUNDATION,)}

_log = logging.getLogger(__name__)

_STABLE_LINKS = (Path("/dev/v4l/by-id"), Path("/dev/v4l/by-path"))


class DeviceInfo(Protocol):
    """The fields of `cv2_enumerate_cameras.CameraInfo` that are used here."""

    index: int
    name: str | None
    path: str | None
    vid: int | None
    pid: int | None
    backend: int


Enumerate = Callable[[int], Iterable[DeviceInfo]]


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """One camera that is plugged in.

    Attributes:
        id: Identity for settings and `camera:ID`: model (USB vendor and product, or the name) and a short hash of the
            serial number or port, such as "046d-0825-3f2a9c". The same again after re-plugging.
        name: What the maker calls it; made unique with a number where two are alike.
        path: The device's path for messages ("" where the system has none).
        routes: (OpenCV backend, index) pairs that reach it, best first.
    """

    id: str
    name: str
    path: str
    routes: tuple[tuple[int, int], ...]

    @property
    def model(self) -> str:
        """The part of `id` that all cameras of one make share."""
        return self.id.rpartition("-")[0]


def list_cameras(enumerate_devices: Enumerate | None = None) -> tuple[CameraDevice, ...]:
    """All cameras that are plugged in, in a stable order; empty when there are none.

    Args:
        enumerate_devices: Lists the devices of one OpenCV backend; the system's when None.
    """
    listing = enumerate_devices or _enumerate
    found: dict[str, CameraDevice] = {}
    for backend in BACKENDS.get(sys.platform, ()):
        for info in _tolerant(listing, backend):
            identity = _identity(info)
            route = (backend, int(info.index))
            known = found.get(identity)
            if known is not None and route[0] in {used for used, _ in known.routes}:
                continue  # one device, several nodes (depth, infrared): the first is the picture
            found[identity] = CameraDevice(
                id=identity,
                name=known.name if known else info.name or f"Camera {info.index + 1}",
                path=known.path if known else info.path or "",
                routes=(*known.routes, route) if known else (route,),
            )
    ordered = sorted(found.values(), key=lambda device: (device.routes[0][1], device.id))
    return _with_unique_names(ordered)


def find_camera(wanted: str, devices: tuple[CameraDevice, ...]) -> CameraDevice:
    """The camera that a person or the settings mean.

    Args:
        wanted: An id, a name or its beginning, or a number in the list; "" means the first camera.
        devices: From `list_cameras`.

    Raises:
        CameraError: No such camera; the remedy lists those that are there.
    """
    if not devices:
        raise CameraError(
            "No camera was found.",
            "Plug one in, allow this program to use it in the system's privacy settings, "
            'or use the sample people: --source "samples".',
        )
    if not wanted:
        return devices[0]
    for device in devices:
        if wanted == device.id:
            return device
    # Plugged into another port: the same model is meant, when it leaves no doubt.
    alike = [device for device in devices if device.model == wanted.rpartition("-")[0]]
    if len(alike) == 1:
        return alike[0]
    for device in devices:
        if device.name.casefold().startswith(wanted.casefold()):
            return device
    if wanted.isdecimal() and int(wanted) < len(devices):
        return devices[int(wanted)]
    there = "; ".join(f"{device.id} ({device.name})" for device in devices)
    raise CameraError(f"The camera {wanted!r} is not plugged in.", f"These are: {there}.")


def _tolerant(listing: Enumerate, backend: int) -> list[DeviceInfo]:
    """The devices of one backend; none when the system's own listing fails, so that the others are still found."""
    try:
        return list(listing(backend))
    except Exception:  # whatever a system service or its binding raises
        _log.warning("Cameras of backend %d cannot be listed", backend, exc_info=True)
        return []


def _enumerate(backend: int) -> Iterable[DeviceInfo]:
    # Without numpy OpenCV writes to stdout before it fails to be imported: fail before it.
    importlib.import_module("numpy")
    package: Any = importlib.import_module("cv2_enumerate_cameras")
    devices: list[DeviceInfo] = package.enumerate_cameras(backend)
    return sorted(devices, key=lambda info: info.index)


def _identity(info: DeviceInfo) -> str:
    name = info.name or "camera"
    if info.vid is not None and info.pid is not None:
        model = f"{info.vid:04x}-{info.pid:04x}"
    else:
        model = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "camera"
    return f"{model}-{hashlib.sha256(_anchor(info).encode()).hexdigest()[:6]}"


def _anchor(info: DeviceInfo) -> str:
    """What tells two cameras of one model apart, and is the same for every backend and every time it is plugged in."""
    path = info.path or ""
    if not path.startswith("/dev/"):
        # Windows: the device path, less the interface class at its end that differs from backend to backend.
        return path.casefold().partition("#{")[0] or f"index {info.index}"
    # Linux: /dev/videoN is dealt out anew each time; udev's links carry the serial number or the port.
    for folder in _STABLE_LINKS:
        if folder.is_dir():
            for link in sorted(folder.iterdir()):
                if os.path.realpath(link) == os.path.realpath(path):
                    return re.sub(r"-video-index\d+$", "", link.name)
    return path


def _with_unique_names(devices: list[CameraDevice]) -> tuple[CameraDevice, ...]:
    seen: dict[str, int] = {}
    unique = []
    for device in devices:
        seen[device.name] = seen.get(device.name, 0) + 1
        count = seen[device.name]
        name = device.name if count == 1 else f"{device.name} ({count})"
        unique.append(CameraDevice(device.id, name, device.path, device.routes))
    return tuple(unique)
