"""One video, frame by frame."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import cv2
import numpy as np

from tryon_app.app import open_video
from tryon_app.commands.console import note, progress_bar
from tryon_app.commands.rendering import enlarged
from tryon_app.commands.rendering.outfits import Wish
from tryon_app.commands.rendering.photos import layer_path
from tryon_app.commands.rendering.stages import opened_stages
from tryon_app.core.errors import InputError
from tryon_app.core.protocols import Camera
from tryon_app.core.types import Frame
from tryon_app.inference.threads import opencv_alone
from tryon_app.outputs.images import save_image
from tryon_app.outputs.recorder import VideoRecorder

_LEAST_SIDE = 480


def render_video(source: Path, wish: Wish, output: Path, layers: Path | None, networks: bool = True) -> None:
    """Dress the person in every frame of a video and write the result.

    Args:
        source: The video.
        wish: What to wear.
        output: Where the result goes.
        layers: Folder for the garments alone, one picture a frame, or None.
        networks: Whether our own networks are used.

    Raises:
        InputError: The video has no frames, or a garment cannot be had (also `GarmentError`, `UsageError`).
        CameraError: It cannot be decoded.
        OutputError: The result cannot be written.
    """
    with closing(open_video(source)) as camera:
        camera.open()
        first = camera.read()
        if first is None:
            raise InputError(f"{source.name} has no frames.", "Use another video.")
        outfit = wish.outfit()
        seen, messages = 0, dict[str, int]()
        recorder = VideoRecorder(output, (first.width, first.height), camera.rate, audio_from=source)
        with (
            opencv_alone(),
            opened_stages("video", networks) as pipeline,
            recorder,
            progress_bar("Rendering", getattr(camera, "frame_count", None), "frames") as advance,
        ):
            for index, frame in enumerate(chain((first,), _frames(camera, first))):
                composite = enlarged.process(pipeline, frame, outfit, _LEAST_SIDE)
                recorder.write(composite.image, frame.timestamp_s)
                if layers is not None:
                    save_image(layer_path(layers, index), composite.layer())
                seen += composite.person
                for message in composite.messages:
                    messages[message] = messages.get(message, 0) + 1
                advance()
    for message, times in messages.items():
        note(f"{message} ({times} of {index + 1} frames)")
    if not seen:
        note(f"Nobody was found in {source.name}: it stays as it was.")
    for message in recorder.messages:
        note(message)


def _frames(camera: Camera, first: Frame) -> Iterator[Frame]:
    """The rest of the frames, all of the first one's size: a stream may change its size, a file may not."""
    while (frame := camera.read()) is not None:
        if frame.image.shape != first.image.shape:
            scaled = cv2.resize(frame.image, (first.width, first.height), interpolation=cv2.INTER_AREA)
            frame = replace(frame, image=np.asarray(scaled, np.uint8))
        yield frame
