"""A picture that shows a person what an import found: the cut-out with its key points named."""

from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.files import atomic_write
from tryon_app.core.types import Garment, GarmentView, UInt8

_SIDE = 900
_PAPER = (232, 234, 238)
_LEFT, _RIGHT, _CENTRE = (214, 64, 48), (30, 100, 220), (20, 140, 70)


def draw_preview(garment: Garment) -> UInt8:
    """Front and, where there is one, back side by side.

    Args:
        garment: The garment.

    Returns:
        uint8 RGB; the wearer's left in red, right in blue, the centre line's points in green.
    """
    views = [garment.front] if garment.back is None else [garment.front, garment.back]
    return np.ascontiguousarray(np.hstack([_draw(view) for view in views]))


def _draw(view: GarmentView) -> UInt8:
    height, width = view.rgba.shape[:2]
    scale = _SIDE / height
    size = (max(1, round(width * scale)), _SIDE)
    rgba = cv2.resize(view.rgba, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    picture = (rgba[..., :3] * alpha + np.array(_PAPER, np.float32) * (1 - alpha)).astype(np.uint8)
    picture = np.ascontiguousarray(picture)
    for name, (x, y) in view.keypoints.items():
        colour = _LEFT if name.endswith("_left") else _RIGHT if name.endswith("_right") else _CENTRE
        centre = (round((x + 0.5) * scale), round((y + 0.5) * scale))
        cv2.circle(picture, centre, 7, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(picture, centre, 5, colour, -1, cv2.LINE_AA)
        text = name.replace("_left", " L").replace("_right", " R").replace("_", " ")
        (text_width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)
        place = (min(centre[0] + 9, size[0] - text_width - 2), max(12, centre[1] - 6))
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 3, cv2.LINE_AA)
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)
    return picture


def write_preview(garment: Garment, path: Path) -> None:
    """Write the preview as PNG.

    Raises:
        OutputError: It cannot be written.
    """
    from PIL import Image

    with atomic_write(path) as part:
        Image.fromarray(draw_preview(garment)).save(part, format="PNG")
