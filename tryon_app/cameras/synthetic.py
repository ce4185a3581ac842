"""The reference camera: draws its pictures itself, the same every time, and needs no hardware. Read it first."""

import math
import time
from threading import Lock

import cv2
import numpy as np

from tryon_app.core.errors import CameraError
from tryon_app.core.types import Frame, UInt8

BITS = 16
_SKIN, _HAIR, _SHIRT, _TROUSERS, _SHOES = (224, 182, 152), (62, 44, 36), (46, 92, 140), (52, 56, 68), (30, 30, 34)


class SyntheticCamera:
    """A drawn person who sways and waves. Frame i is a pure function of i and the size.

    Along the lower edge, `BITS` squares tell the frame's index in binary, the lowest bit at the right, white for one:
    so that whoever looks at a picture knows which it is (`read_counter`).

    Args:
        size: Width and height of the frames, pixels.
        rate: Frames a second; frame i is of the time i / rate.
    """

    def __init__(self, size: tuple[int, int] = (1280, 720), rate: float = 30.0) -> None:
        self._size = size
        self._rate = rate
        self._lock = Lock()
        self._room: UInt8 | None = None
        self._index = 0

    @property
    def name(self) -> str:
        """What a person calls it."""
        return "Synthetic camera"

    @property
    def live(self) -> bool:
        """Frames come as fast as they are asked for."""
        return False

    @property
    def mirrored(self) -> bool:
        """It is shown as it is drawn."""
        return False

    @property
    def rate(self) -> float:
        """Frames a second as asked for."""
        return self._rate

    def open(self) -> None:
        """Start with frame 0."""
        with self._lock:
            self._room = _draw_room(self._size)
            self._index = 0

    def read(self) -> Frame | None:
        """The next frame; there is always one.

        Raises:
            CameraError: It is not open.
        """
        with self._lock:
            if self._room is None:
                raise CameraError(f"{self.name} is not open.", "Choose it again.")
            image = self._room.copy()
            when = self._index / self._rate
            _draw_person(image, when)
            _draw_counter(image, self._index)
            image.flags.writeable = False
            frame = Frame(image=image, index=self._index, timestamp_s=when, captured_s=time.perf_counter())
            self._index += 1
            return frame

    def close(self) -> None:
        """Stop; from any thread."""
        with self._lock:
            self._room = None


def read_counter(image: UInt8) -> int:
    """The index that the squares along the lower edge tell, modulo 2 ** `BITS`.

    Args:
        image: uint8 RGB, H x W x 3, a frame of the reference camera, perhaps compressed meanwhile.
    """
    side = _square(image)
    row = image.shape[0] - side // 2 - 1
    bits = (float(image[row, side * place + side // 2].mean()) > 127 for place in range(BITS))
    return sum(int(bit) << (BITS - 1 - place) for place, bit in enumerate(bits))


def _square(image: UInt8) -> int:
    return max(2, int(image.shape[1]) // 80)


def _draw_counter(image: UInt8, index: int) -> None:
    side = _square(image)
    for place in range(BITS):
        on = index >> (BITS - 1 - place) & 1
        image[-side:, side * place : side * (place + 1)] = 255 if on else 0


def _draw_room(size: tuple[int, int]) -> UInt8:
    """A wall that darkens to the right, and a floor."""
    width, height = size
    light = np.linspace(222, 186, width, dtype=np.float32)
    wall = light[None, :, None] * np.array([1.0, 0.985, 0.955], np.float32)
    room: UInt8 = np.repeat(wall, height, axis=0).astype(np.uint8)
    room[round(height * 0.9) :] = (128, 108, 92)
    return room


def _draw_person(image: UInt8, when: float) -> None:
    """A figure in proportion, its height 0.84 of the picture's: one sway takes 4 s, one wave of the arm 2 s."""
    height, width = image.shape[:2]
    unit = height * 0.84
    middle = width / 2 + 0.06 * unit * math.sin(2 * math.pi * when / 4)
    top = height * 0.09
    wave = math.sin(2 * math.pi * when / 2)

    def at(across: float, down: float) -> tuple[int, int]:
        return round(middle + across * unit), round(top + down * unit)

    def limb(colour: tuple[int, int, int], thickness: float, *joints: tuple[float, float]) -> None:
        line = np.array([at(*joint) for joint in joints], np.int32)
        cv2.polylines(image, [line], False, colour, max(1, round(thickness * unit)), cv2.LINE_AA)

    def spot(colour: tuple[int, int, int], place: tuple[float, float], axes: tuple[float, float]) -> None:
        sides = (max(1, round(axes[0] * unit)), max(1, round(axes[1] * unit)))
        cv2.ellipse(image, at(*place), sides, 0, 0, 360, colour, -1, cv2.LINE_AA)

    for side in (-1, 1):
        limb(_TROUSERS, 0.095, (side * 0.06, 0.52), (side * 0.07, 0.73), (side * 0.075, 0.93))
        spot(_SHOES, (side * 0.09, 0.965), (0.055, 0.028))
        # The arm at the picture's right waves, the other hangs.
        lift = 0.5 + 0.5 * wave if side > 0 else 0.0
        elbow = (side * (0.18 + 0.05 * lift), 0.37 - 0.05 * lift)
        wrist = (elbow[0] + side * (0.02 + 0.1 * lift), elbow[1] + 0.15 - 0.27 * lift)
        limb(_SKIN, 0.045, elbow, wrist)
        spot(_SKIN, (wrist[0], wrist[1] + 0.02 - 0.04 * lift), (0.028, 0.036))
        limb(_SHIRT, 0.07, (side * 0.125, 0.215), elbow)
    limb(_SKIN, 0.06, (0.0, 0.13), (0.0, 0.19))
    outline = [(-0.06, 0.17), (0.06, 0.17), (0.15, 0.2), (0.125, 0.34), (0.12, 0.55), (-0.12, 0.55), (-0.125, 0.34)]
    body = np.array([at(*corner) for corner in [*outline, (-0.15, 0.2)]], np.int32)
    cv2.fillPoly(image, [body], _SHIRT, cv2.LINE_AA)
    spot(_HAIR, (0.0, 0.06), (0.062, 0.068))
    spot(_SKIN, (0.0, 0.082), (0.05, 0.066))
    for side in (-1, 1):
        spot(_HAIR, (side * 0.02, 0.075), (0.007, 0.005))
    limb((176, 96, 92), 0.008, (-0.016, 0.117), (0.016, 0.117))
