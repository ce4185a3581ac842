"""MediaPipe's selfie segmentation: every person in a picture as one mask, for poses that bring no mask of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tryon_app.core.errors import ModelError
from tryon_app.core.types import Float32, UInt8
from tryon_app.perception.landmarker import quiet_stderr

_SIDE = 512


class SelfieSegmenter:
    """Create, use and close it on one thread.

    Args:
        model: Gives the verified `.tflite` file; called by `open`.
    """

    def __init__(self, model: Callable[[], Path]) -> None:
        self._model = model
        self._segmenter: Any = None
        self._picture: Callable[[UInt8], Any] | None = None

    def open(self) -> None:
        """Load the model.

        Raises:
            ModelError: Missing or damaged.
        """
        self.close()
        path = self._model()
        with quiet_stderr():
            import mediapipe as mp
            from mediapipe.tasks.python import BaseOptions, vision

            options = vision.ImageSegmenterOptions(
                base_options=BaseOptions(model_asset_buffer=path.read_bytes()),
                output_confidence_masks=True,
                output_category_mask=False,
            )
            try:
                self._segmenter = vision.ImageSegmenter.create_from_options(options)
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelError(
                    f"The segmentation model {path} cannot be loaded ({error}).", "Run `tryon models fetch selfie`."
                ) from error
            self._picture = lambda image: mp.Image(image_format=mp.ImageFormat.SRGB, data=image)
            self.mask(np.zeros((64, 64, 3), np.uint8))

    def close(self) -> None:
        """Free the model; may be called twice."""
        if self._segmenter is not None:
            self._segmenter.close()
            self._segmenter = None

    def mask(self, image: UInt8) -> Float32:
        """Where people are.

        Args:
            image: uint8 RGB.

        Returns:
            float32, 0..1, over the whole picture, its longer side at most 512.

        Raises:
            RuntimeError: Not open.
        """
        if self._segmenter is None or self._picture is None:
            raise RuntimeError("open() comes first")
        height, width = image.shape[:2]
        scale = min(1.0, _SIDE / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        # Rows of masks must lie without gaps in memory, or MediaPipe aborts: widths in steps of 16.
        fitting = max(16, round(size[0] / 16) * 16), max(16, round(size[1] / 16) * 16)
        small = np.ascontiguousarray(cv2.resize(image, fitting, interpolation=cv2.INTER_AREA))
        found = self._segmenter.segment(self._picture(small)).confidence_masks[-1].numpy_view()
        flat = np.array(found, np.float32).reshape(found.shape[:2])
        return np.clip(cv2.resize(flat, size, interpolation=cv2.INTER_LINEAR), 0.0, 1.0).astype(np.float32)
