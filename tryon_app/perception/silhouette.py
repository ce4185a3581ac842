"""Parsing without a parsing network: the person's outline, from the pose model, snapped to the picture and steadied."""

import logging

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import TryOnError
from tryon_app.core.types import Float32, Frame, Parsing, Pose, Rect, UInt8
from tryon_app.perception.cropping import shrunk
from tryon_app.perception.mediapipe_selfie import SelfieSegmenter

_log = logging.getLogger(__name__)

_RADIUS = 5
_EPSILON = 4e-3
_LEAST = 0.02
"""What of the mask is noise."""
_CRISP = 1.5
_EDGE = 0.55
"""On labelled street photos the network's masks are too soft by about that factor and a little too wide."""
_LONGEST_STEP_S = 0.2
_KEPT = 0.6
_MOVED = 0.25


class SilhouetteParser:
    """Implements `core.protocols.Parser` from `Pose.person`. In a video, edges that hardly change are held still.

    Args:
        segmenter: Asked about poses that bring no mask; it is opened when the first of them comes.
    """

    def __init__(self, segmenter: SelfieSegmenter | None = None) -> None:
        self._before: tuple[Frame, Float32] | None = None
        self._segmenter = segmenter
        self._segmenter_open = False

    def open(self) -> None:
        """Nothing to load."""
        self._before = None

    def close(self) -> None:
        """Free the segmenter, if it was needed."""
        self._before = None
        if self._segmenter is not None and self._segmenter_open:
            self._segmenter.close()
        self._segmenter_open = False

    def parse(self, frame: Frame, pose: Pose) -> Parsing:
        """See `core.protocols.Parser`; with no mask to be had, garments follow the landmarks alone."""
        mask = self._segmented(frame.image) if pose.person is None else pose.person
        if mask is None:
            return Parsing(np.ones((max(1, frame.height // 8), max(1, frame.width // 8)), np.float32))
        person = self._steadied(frame, _snapped(frame.image, mask))
        self._before = frame, person
        return Parsing(person)

    def _segmented(self, image: UInt8) -> Float32 | None:
        if self._segmenter is None:
            return None
        if not self._segmenter_open:
            try:
                self._segmenter.open()
            except TryOnError as error:
                _log.warning("Outlines are not to be had: %s", error)
                self._segmenter = None
                return None
            self._segmenter_open = True
        return self._segmenter.mask(image)

    def _steadied(self, frame: Frame, mask: Float32) -> Float32:
        """Flicker is averaged away; where the outline really moved, the new one counts, so that nothing trails."""
        if self._before is None:
            return mask
        past, kept = self._before
        step_s = frame.timestamp_s - past.timestamp_s
        if kept.shape != mask.shape or past.scene != frame.scene or not 0 < step_s < _LONGEST_STEP_S:
            return mask
        change = kept - mask
        share = np.clip(1.0 - np.abs(change) / np.float32(_MOVED), 0.0, 1.0) * np.float32(_KEPT)
        return np.asarray(mask + share * change, np.float32)


def _snapped(image: UInt8, mask: Float32) -> Float32:
    """The mask with its edges on those of the picture, worked out only around the person."""
    height, width = mask.shape
    box = _around(mask, 3 * _RADIUS)
    result = np.zeros_like(mask)
    if box.empty:
        return result
    across, down = image.shape[1] / width, image.shape[0] / height
    part = image[round(box.y0 * down) : round(box.y1 * down), round(box.x0 * across) : round(box.x1 * across)]
    if part.size == 0:
        return mask
    step = max(int(min(part.shape[1] / box.width, part.shape[0] / box.height)), 1)
    small = cv2.resize(shrunk(part, step), (box.width, box.height), interpolation=cv2.INTER_LINEAR)
    guide = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255.0)
    soft = _guided(guide, mask[box.slices])
    result[box.slices] = np.clip((soft - np.float32(_EDGE)) * np.float32(_CRISP) + np.float32(0.5), 0.0, 1.0)
    return result


def _around(mask: Float32, margin: int) -> Rect:
    """Box around what is not background."""
    x, y, width, height = cv2.boundingRect((mask > _LEAST).astype(np.uint8))
    if width == 0 or height == 0:
        return Rect(0, 0, 0, 0)
    box = Rect(x - margin, y - margin, x + width + margin, y + height + margin)
    return box.clipped(mask.shape[1], mask.shape[0])


def _guided(guide: Float32, mask: Float32) -> Float32:
    """Guided filter (He, Sun, Tang 2013): the mask's edge moves onto the nearest edge of the picture."""

    def mean(values: NDArray[np.floating]) -> Float32:
        blurred: Float32 = cv2.blur(values, (_RADIUS, _RADIUS))
        return blurred

    # How a mask follows its guide changes slowly: a quarter of the places is enough to tell.
    few = max(guide.shape[1] // 2, 1), max(guide.shape[0] // 2, 1)
    some_guide, some_mask = (cv2.resize(values, few, interpolation=cv2.INTER_AREA) for values in (guide, mask))
    mean_guide, mean_mask = mean(some_guide), mean(some_mask)
    variance = mean(some_guide * some_guide) - mean_guide * mean_guide
    slope = (mean(some_guide * some_mask) - mean_guide * mean_mask) / (variance + np.float32(_EPSILON))
    offset = mean_mask - slope * mean_guide
    size = guide.shape[1], guide.shape[0]
    slope, offset = (cv2.resize(mean(values), size, interpolation=cv2.INTER_LINEAR) for values in (slope, offset))
    filtered = slope * guide + offset
    # What the filter softened inside and outside stays what it was.
    clear = np.abs(mask - np.float32(0.5)) * np.float32(2.0)
    return np.asarray(mask * clear + filtered * (np.float32(1.0) - clear), np.float32)
