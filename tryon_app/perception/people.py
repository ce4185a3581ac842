"""Whether a photo shows a person: a face, or a body with hands where the head is cut off or turned away.

Pose detectors take every second shirt on an invisible mannequin for a person, sleeves for arms and all. So a pose only
says where to look: it counts when a face detector sees a face where its head is, or when it has hands.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tryon_app.core.errors import ModelError
from tryon_app.core.types import Float32, Pose, UInt8
from tryon_app.perception.landmarker import Landmarker, quiet_stderr

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels."""

_SIDE = 512
_POSE_CONFIDENCE = 0.3
# Measured: faces of 29 people, from selfies to street photos, score .84 and more; what looks like one in 63 photos of
# garments .63 at most.
_FACE_SCORE = 0.75
_CROP_SIDE = 256
_CROPS = (2.2, 3.5)
"""Sides of the squares around a head that are searched, in widths of the head."""
_FACE_POINTS = slice(0, 11)
_EYES, _EARS, _MOUTH, _SHOULDERS = [2, 5], [7, 8], [9, 10], [11, 12]
_HANDS = ((15, 19), (16, 20))
_HAND_VISIBILITY, _HAND_PRESENCE, _HAND_ON_PERSON, _HAND_SKIN = 0.85, 0.97, 0.75, 0.4


class PersonFinder:
    """Looks for a person in single photos; models live as long as one look, so any thread may call.

    Args:
        pose: The verified pose `.task` file.
        face: The verified face detector's `.tflite` file.
    """

    def __init__(self, pose: Path, face: Path) -> None:
        self._pose = pose
        self._face = face

    def __call__(self, image: UInt8) -> Box | None:
        """The head of a person.

        Args:
            image: uint8 RGB.

        Returns:
            Box of the face, or of where the head would be (perhaps beyond the picture); None where there is nobody.

        Raises:
            ModelError: A file is not the model it should be.
        """
        detector = _FaceDetector(self._face)
        with closing(detector):
            face = _best_face(detector, [_whole(image)])
            if face is not None:
                return face
            landmarker = Landmarker(self._pose, "image", confidence=_POSE_CONFIDENCE)
            with closing(landmarker):
                poses = landmarker.find(image, 0.0, _SIDE)
            for pose in poses:
                face = _best_face(detector, _head_crops(image, pose))
                if face is not None:
                    return face
                if _has_hands(image, pose):
                    return _head_box(pose)
        return None


class _FaceDetector:
    """MediaPipe's short-range face detector: faces of a sixth of the picture and more."""

    def __init__(self, model: Path) -> None:
        with quiet_stderr():
            import mediapipe as mp
            from mediapipe.tasks.python import BaseOptions, vision

            self._picture: Callable[[UInt8], Any] = lambda image: mp.Image(image_format=mp.ImageFormat.SRGB, data=image)
            options = vision.FaceDetectorOptions(
                base_options=BaseOptions(model_asset_buffer=model.read_bytes()), min_detection_confidence=_FACE_SCORE
            )
            try:
                self._detector: Any = vision.FaceDetector.create_from_options(options)
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelError(
                    f"The face model {model} cannot be loaded ({error}).", "Run `tryon models fetch face`."
                ) from error

    def close(self) -> None:
        self._detector.close()

    def find(self, image: UInt8) -> Box | None:
        """The face seen best, in pixels of the image."""
        with quiet_stderr():
            found = self._detector.detect(self._picture(image)).detections
        if not found:
            return None
        box = max(found, key=lambda face: face.categories[0].score).bounding_box
        return (float(box.origin_x), float(box.origin_y), float(box.width), float(box.height))


_Crop = tuple[UInt8, Float32, float]
"""Pixels, place of the first one in the picture, pixels of the crop for one of the picture."""


def _best_face(detector: _FaceDetector, crops: list[_Crop]) -> Box | None:
    for pixels, origin, scale in crops:
        face = detector.find(pixels)
        if face is not None:
            x, y, width, height = (value / scale for value in face)
            return (x + float(origin[0]), y + float(origin[1]), width, height)
    return None


def _whole(image: UInt8) -> _Crop:
    height, width = image.shape[:2]
    return _square(image, np.array([width / 2, height / 2], np.float32), float(max(height, width)), _SIDE)


def _head_crops(image: UInt8, pose: Pose) -> list[_Crop]:
    centre = pose.points[_FACE_POINTS].mean(axis=0)
    return [_square(image, centre, factor * _head_width(pose), _CROP_SIDE) for factor in _CROPS]


def _square(image: UInt8, centre: Float32, side: float, pixels: int) -> _Crop:
    scale = pixels / max(8.0, side)
    origin = np.asarray(centre - pixels / scale / 2, dtype=np.float32)
    move = np.array([[scale, 0, -scale * origin[0]], [0, scale, -scale * origin[1]]], np.float32)
    crop = cv2.warpAffine(image, move, (pixels, pixels), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(crop, dtype=np.uint8), origin, scale


def _head_width(pose: Pose) -> float:
    def apart(first: Float32, second: Float32) -> float:
        return float(np.hypot(*(first - second)))

    points = pose.points
    down = apart(points[_EYES].mean(axis=0), points[_MOUTH].mean(axis=0))
    # Seen from the side the ears are close, from above the mouth is.
    return max(apart(*points[_EARS]), 1.5 * down, 0.3 * apart(*points[_SHOULDERS]))


def _head_box(pose: Pose) -> Box:
    x, y = pose.points[_FACE_POINTS].mean(axis=0)
    side = _head_width(pose)
    return (float(x) - side / 2, float(y) - side / 2, side, side)


def _has_hands(image: UInt8, pose: Pose) -> bool:
    """One hand of the colour of skin, or two of any: gloves, and skin in poor light."""
    hands = list(_hands(image, pose))
    return len(hands) == 2 or any(skin >= _HAND_SKIN for skin in hands)


def _hands(image: UInt8, pose: Pose) -> Iterator[float]:
    """Share of skin of each hand that is surely there."""
    height, width = image.shape[:2]
    if pose.person is None:
        return
    person = cv2.resize(pose.person, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    skin = _like_skin(image)
    for wrist, finger in _HANDS:
        if pose.visibility[wrist] < _HAND_VISIBILITY or pose.presence[wrist] < _HAND_PRESENCE:
            continue
        middle = pose.points[[wrist, finger]].mean(axis=0)
        radius = max(4.0, 0.7 * float(np.hypot(*(pose.points[wrist] - pose.points[finger]))))
        disc = np.zeros((height, width), np.uint8)
        cv2.circle(disc, (round(float(middle[0])), round(float(middle[1]))), round(radius), 1, -1)
        around = disc > 0
        hand = around & person
        if around.any() and hand.sum() >= _HAND_ON_PERSON * around.sum():
            yield float(skin[hand].mean())


def _like_skin(image: UInt8) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Pixels whose chroma is that of skin, light or dark (Chai and Ngan 1999, widened)."""
    luma, red, blue = cv2.split(cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1.5), cv2.COLOR_RGB2YCrCb))
    like = (luma > 35) & (red > 136) & (red < 180) & (blue > 75) & (blue < 125)
    return np.asarray(like, dtype=bool)
