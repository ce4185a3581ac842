"""MediaPipe's Pose Landmarker behind a small face: pictures in, poses in pixels out."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tryon_app.core.errors import ModelError
from tryon_app.core.types import Float32, Mode, Pose, UInt8

_log = logging.getLogger(__name__)
_MASK_SIDE = 512


class Landmarker:
    """One landmarker instance. Create, use and close it on one thread.

    Args:
        model: The `.task` file.
        mode: "video" follows from picture to picture.
        people: How many to look for.
        confidence: Least score of a detection, 0..1.

    Raises:
        ModelError: The file is not a pose model.
    """

    def __init__(self, model: Path, mode: Mode, people: int = 1, confidence: float = 0.5) -> None:
        self._mode = mode
        self._last_ms = -1
        self._seen_anybody = False
        with quiet_stderr():
            import mediapipe as mp
            from mediapipe.tasks.python import BaseOptions, vision

            self._image: Any = mp.Image
            self._format = mp.ImageFormat.SRGB
            options = vision.PoseLandmarkerOptions(
                # Bytes, because MediaPipe cannot open every path that the system can.
                base_options=BaseOptions(model_asset_buffer=model.read_bytes()),
                running_mode=vision.RunningMode.VIDEO if mode == "video" else vision.RunningMode.IMAGE,
                num_poses=people,
                min_pose_detection_confidence=confidence,
                output_segmentation_masks=True,
            )
            try:
                self._landmarker: Any = vision.PoseLandmarker.create_from_options(options)
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelError(
                    f"The pose model {model} cannot be loaded ({error}).", "Run `tryon models fetch pose`."
                ) from error
            # The first picture builds buffers: not on a shopper's first frame.
            self._run(np.zeros((256, 256, 3), np.uint8), 0.0)

    def close(self) -> None:
        """Free the model; may be called twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def forget(self) -> None:
        """Lose whom it follows. An empty picture does that far quicker than opening another landmarker."""
        if self._mode == "video":
            self._run(np.zeros((64, 64, 3), np.uint8), -1.0)

    def find(self, image: UInt8, time_s: float, side: int) -> list[Pose]:
        """Everybody found.

        Args:
            image: uint8 RGB.
            time_s: Seconds; need not rise, the landmarker is told times that do.
            side: Longer side in pixels that the picture is scaled to.

        Returns:
            Poses in pixels of `image`.
        """
        height, width = image.shape[:2]
        scale = side / max(height, width)
        # Rows of masks must lie without gaps in memory, or MediaPipe aborts: widths in steps of 16.
        size = max(16, round(width * scale / 16) * 16), max(16, round(height * scale))
        shrinking = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = cv2.resize(image, size, interpolation=shrinking) if size != (width, height) else image
        small = np.ascontiguousarray(small)
        if self._seen_anybody:
            return _poses(self._run(small, time_s), width, height)
        # The landmark model starts with the first person and has its say on stderr then.
        with quiet_stderr():
            poses = _poses(self._run(small, time_s), width, height)
        self._seen_anybody = bool(poses)
        return poses

    def _run(self, image: UInt8, time_s: float) -> Any:
        picture = self._image(image_format=self._format, data=image)
        if self._mode == "image":
            return self._landmarker.detect(picture)
        self._last_ms = max(self._last_ms + 1, int(time_s * 1000.0)) if time_s >= 0 else self._last_ms + 1
        return self._landmarker.detect_for_video(picture, self._last_ms)


def _poses(result: Any, width: int, height: int) -> list[Pose]:
    poses = []
    masks = result.segmentation_masks or [None] * len(result.pose_landmarks)
    for seen, world, mask in zip(result.pose_landmarks, result.pose_world_landmarks, masks, strict=False):
        table = np.array([[p.x, p.y, p.z, p.visibility or 0.0, p.presence or 0.0] for p in seen], np.float32)
        poses.append(
            Pose(
                # MediaPipe counts from the picture's corner, we from the middle of its first pixel.
                points=np.ascontiguousarray(table[:, :2] * np.array([width, height], np.float32) - np.float32(0.5)),
                depth=np.ascontiguousarray(table[:, 2]) * np.float32(width),
                world=np.array([[p.x, p.y, p.z] for p in world], np.float32),
                visibility=table[:, 3].copy(),
                presence=table[:, 4].copy(),
                person=None if mask is None else _mask(mask.numpy_view(), width, height),
            )
        )
    return poses


def _mask(mask: Float32, width: int, height: int) -> Float32:
    """A copy of MediaPipe's mask at a size that later stages can afford."""
    scale = min(1.0, _MASK_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    flat = np.asarray(mask, np.float32).reshape(mask.shape[0], mask.shape[1])
    # The network's own mask is smaller still, so moderate shrinking skips nothing, and takes a seventh of the time.
    moderate = max(flat.shape) <= 3 * max(size)
    resized: Float32 = cv2.resize(flat, size, interpolation=cv2.INTER_LINEAR if moderate else cv2.INTER_AREA)
    return resized.copy() if resized is flat else resized


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Native code writes to descriptor 2: into the log with it, while the block runs."""
    sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:  # a frozen window app has no stderr
        yield
        return
    with tempfile.TemporaryFile() as sink:
        os.dup2(sink.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            with suppress(OSError):
                sink.seek(0)
                text = sink.read().decode("utf-8", "replace").strip()
                if text:
                    _log.debug("MediaPipe: %s", text)
