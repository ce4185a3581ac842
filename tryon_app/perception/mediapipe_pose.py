"""The person to dress, found by MediaPipe: one person, the most prominent, followed without flicker."""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.smoothing import OneEuro
from tryon_app.core.types import Float32, Frame, Landmark, Mode, Pose, UInt8
from tryon_app.perception.landmarker import Landmarker
from tryon_app.perception.prominence import plausible, prominence, region_of, same_person

_VIDEO_SIDES = 640, 1280
"""Longer side in pixels of a video as the tracker sees it: least, most. Shrinking 1280 costs more than it saves, except
by whole steps: that is quick, and saves a sixth of the time, as masks come at the size of the picture."""
_AMPLE, _SCANT = 256, 200
"""Longer side of a person, in pixels that the tracker sees, that is as much as its network of 256 pixels can use, and
that is too little: with room around them they fill it.
"""
_SURVEY_SIDE = 768
_IMAGE_SIDE = 1024
_SMALLEST_PART = 200
"""Pixels of the shorter side: MediaPipe wants a person of some 200."""
_PEOPLE = 4
_SURVEY_EVERY = 60
"""Frames between two looks for others: looking for several in every frame would cost half as much again."""
_PATIENCE = 15
"""Frames in which somebody who was just lost is looked for in every one."""
_SEARCH_EVERY = 5
"""Frames between two looks when nobody is there."""
_TAKE_OVER = 1.5
"""How much more prominent somebody must be, twice in a row, to be dressed instead."""
_PACE = 0.3
"""Share of the shoulders' width that counts as one unit of movement. With the default settings quick arms lag 1.6 % of
the width behind, a quarter of what they do with all of it, and resting ones are hardly less calm."""
_SHOULDERS_M = 0.35


class MediaPipePose:
    """Implements `core.protocols.PoseEstimator`.

    Args:
        model: Gives the verified `.task` file; called on opening.
        min_cutoff: Of the One-Euro filter, Hz (video only).
        beta: Of the One-Euro filter.
    """

    def __init__(self, model: Callable[[], Path], min_cutoff: float = 1.2, beta: float = 3.0) -> None:
        self._model = model
        self._mode: Mode = "image"
        self._single: Landmarker | None = None
        self._several: Landmarker | None = None
        self._filters = {name: OneEuro(min_cutoff, beta) for name in ("points", "depth", "world")}
        self._scene = 0
        self._followed: Pose | None = None
        self._rival: Pose | None = None
        self._age = 0
        self._missed = _PATIENCE
        self._step = 1

    @property
    def providers(self) -> Mapping[str, str]:
        """What runs the model; empty while closed."""
        return {"pose": "MediaPipe XNNPACK (CPU)"} if self._several is not None else {}

    def open(self, mode: Mode) -> None:
        """See `core.protocols.PoseEstimator`."""
        self.close()
        path = self._model()
        self._mode = mode
        self._several = Landmarker(path, "image", _PEOPLE)
        if mode == "video":
            self._single = Landmarker(path, "video")
        self._forget()

    def close(self) -> None:
        """Free the models; may be called twice."""
        for landmarker in (self._single, self._several):
            if landmarker is not None:
                landmarker.close()
        self._single = self._several = None

    def reset(self) -> None:
        """See `core.protocols.PoseEstimator`."""
        if self._followed is not None and self._single is not None:
            self._single.forget()
        self._forget()

    def estimate(self, frame: Frame) -> Pose | None:
        """See `core.protocols.PoseEstimator`."""
        if self._several is None:
            raise RuntimeError("open() comes first")
        if self._mode == "image":
            return self._look(frame.image)
        if frame.scene != self._scene:
            self._scene = frame.scene
            self.reset()
        return self._follow(frame)

    # -- photos --------------------------------------------------------------------------------------------------------

    def _look(self, image: UInt8) -> Pose | None:
        """The most prominent person of a photo: searched whole, then in parts, then looked at again from near."""
        found = self._search(image)
        if found is None:
            return None
        height, width = image.shape[:2]
        left, top, right, bottom = region_of(found, width, height, 0.25)
        if (right - left) * (bottom - top) > 0.5 * width * height or min(right - left, bottom - top) < 32:
            return found
        near = self._best(image[top:bottom, left:right])
        if near is None:
            return found
        moved = _moved(near, (left, top, right, bottom), width, height)
        return moved if same_person(moved, found) else found

    def _search(self, image: UInt8) -> Pose | None:
        found = self._best(image)
        if found is not None:
            return found
        height, width = image.shape[:2]
        for left, top, right, bottom in _parts(width, height):
            found = self._best(image[top:bottom, left:right])
            if found is not None:
                return _moved(found, (left, top, right, bottom), width, height)
        return None

    def _best(self, image: UInt8) -> Pose | None:
        if self._several is None or min(image.shape[:2]) < 8:
            return None
        height, width = image.shape[:2]
        poses = [p for p in self._several.find(image, 0.0, _IMAGE_SIDE) if plausible(p, width, height)]
        return max(poses, key=lambda pose: prominence(pose, width, height), default=None)

    # -- video ---------------------------------------------------------------------------------------------------------

    def _follow(self, frame: Frame) -> Pose | None:
        if self._single is None:
            raise RuntimeError("open() comes first")
        self._age += 1
        if self._followed is None:
            pose = self._found_again(frame, self._single)
        else:
            image = self._survey(frame, self._followed) if self._age % _SURVEY_EVERY == 0 else frame.image
            pose = self._track(image, frame, self._single)
        if pose is None:
            self._missed += 1
            self._followed = None
            self._step = 1
            self._calm()
            return None
        if self._followed is not None and not same_person(pose, self._followed):
            self._calm()
        self._missed = 0
        self._followed = pose
        return self._smoothed(pose, frame.timestamp_s)

    def _found_again(self, frame: Frame, single: Landmarker) -> Pose | None:
        """Look for somebody: in every frame when the person was lost just now, else now and then."""
        image: UInt8 | None = frame.image
        if self._missed >= _PATIENCE:
            if (self._age - 1) % _SEARCH_EVERY:
                return None
            image = self._newcomer(frame)
        pose = None if image is None else self._track(image, frame, single)
        # What is nobody after all falls apart when it is looked at from its own landmarks.
        return None if pose is None else self._track(frame.image, frame, single)

    def _track(self, image: UInt8, frame: Frame, single: Landmarker) -> Pose | None:
        (least, most), longer = _VIDEO_SIDES, max(frame.width, frame.height)
        side = longer // self._step if self._step > 1 else min(max(longer, least), most)
        poses = single.find(image, frame.timestamp_s, side)
        pose = next((pose for pose in poses if plausible(pose, frame.width, frame.height)), None)
        if poses and pose is None:
            single.forget()  # or it would go on following a ghost
        return pose

    def _everybody(self, frame: Frame) -> list[Pose]:
        """All people, the most prominent first."""
        if self._several is None:
            return []
        width, height = frame.width, frame.height
        poses = [p for p in self._several.find(frame.image, 0.0, _SURVEY_SIDE) if plausible(p, width, height)]
        return sorted(poses, key=lambda pose: prominence(pose, width, height), reverse=True)

    def _newcomer(self, frame: Frame) -> UInt8 | None:
        """The picture to start following in, others greyed out; None when nobody is there."""
        poses = self._everybody(frame)
        if not poses:
            return None
        return _only(frame.image, poses[0]) if len(poses) > 1 else frame.image

    def _survey(self, frame: Frame, followed: Pose) -> UInt8:
        """Look whether somebody else came to the fore; the picture to go on in, others greyed out if so."""
        best = next(iter(self._everybody(frame)), followed)
        rival, self._rival = self._rival, None
        width, height = frame.width, frame.height
        if same_person(best, followed) or prominence(best, width, height) < _TAKE_OVER * prominence(
            followed, width, height
        ):
            return self._refocused(frame, followed)
        if rival is None or self._single is None:  # a whim until it is seen twice
            self._rival = best
            return frame.image
        self._single.forget()
        return _only(frame.image, best)

    def _refocused(self, frame: Frame, followed: Pose) -> UInt8:
        """The picture to go on in, after the tracker's was made as fine as it needs to be for somebody of that size."""
        left, top, right, bottom = region_of(followed, frame.width, frame.height, 0.0)
        extent = max(right - left, bottom - top)
        step = self._step
        if extent > _AMPLE * (step + 1) and max(frame.width, frame.height) >= _VIDEO_SIDES[0] * (step + 1):
            self._step += 1
        elif extent < _SCANT * step and step > 1:
            self._step -= 1
        if step == self._step or self._single is None:
            return frame.image
        # Its own smoothing counts in pixels: with another size it would be off for some frames.
        self._single.forget()
        return _only(frame.image, followed)

    def _smoothed(self, pose: Pose, time_s: float) -> Pose:
        shoulders = pose.points[Landmark.LEFT_SHOULDER] - pose.points[Landmark.RIGHT_SHOULDER]
        torso = pose.points[Landmark.LEFT_SHOULDER] - pose.points[Landmark.LEFT_HIP]
        size = _PACE * max(float(np.linalg.norm(shoulders)), 0.6 * float(np.linalg.norm(torso)), 8.0)
        return Pose(
            points=self._filters["points"](pose.points, time_s, size),
            depth=self._filters["depth"](pose.depth, time_s, size),
            world=self._filters["world"](pose.world, time_s, _PACE * _SHOULDERS_M),
            visibility=pose.visibility,
            presence=pose.presence,
            person=pose.person,
        )

    def _forget(self) -> None:
        self._followed = None
        self._rival = None
        self._age = 0
        self._missed = _PATIENCE
        self._step = 1
        self._calm()

    def _calm(self) -> None:
        for one in self._filters.values():
            one.reset()


def _parts(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Overlapping parts in which to look for somebody small in a large picture: halves, then thirds, middle first."""
    for share, steps in ((0.5, 3), (0.3, 5)):
        across, down = math.ceil(width * share), math.ceil(height * share)
        if steps > 3 and min(across, down) < _SMALLEST_PART:
            return
        shifts = sorted((step / (steps - 1) for step in range(steps)), key=lambda shift: abs(shift - 0.5))
        for fy in shifts:
            for fx in shifts:
                left, top = round((width - across) * fx), round((height - down) * fy)
                yield left, top, left + across, top + down


def _only(image: UInt8, pose: Pose) -> UInt8:
    """The picture with everything but one person's surroundings greyed."""
    left, top, right, bottom = region_of(pose, image.shape[1], image.shape[0], 0.18)
    result = np.full_like(image, 127)
    result[top:bottom, left:right] = image[top:bottom, left:right]
    return result


def _moved(pose: Pose, part: tuple[int, int, int, int], width: int, height: int) -> Pose:
    """A pose found in a part (left, top, right, bottom) of a picture, in pixels of the whole, as its mask."""
    left, top = part[:2]
    return Pose(
        points=pose.points + np.array([left, top], np.float32),
        depth=pose.depth,
        world=pose.world,
        visibility=pose.visibility,
        presence=pose.presence,
        person=None if pose.person is None else _placed(pose.person, part, width, height),
    )


def _placed(mask: Float32, part: tuple[int, int, int, int], width: int, height: int) -> Float32:
    """A mask over a part of a picture, over the whole; as fine as it was, within reason."""
    left, top, right, bottom = part
    scale = min(mask.shape[1] / (right - left), 1024 / max(width, height))
    whole = np.zeros((max(1, round(height * scale)), max(1, round(width * scale))), np.float32)
    x0, y0 = round(left * scale), round(top * scale)
    x1, y1 = min(round(right * scale), whole.shape[1]), min(round(bottom * scale), whole.shape[0])
    if x1 > x0 and y1 > y0:
        whole[y0:y1, x0:x1] = cv2.resize(mask, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    return whole
