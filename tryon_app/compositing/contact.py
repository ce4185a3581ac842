"""The soft shadow that cloth casts on the body and the clothes right below and beside it: without one a garment looks
laid over the picture, not worn.
"""

import cv2
import numpy as np

from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import Grid, strongest
from tryon_app.compositing.patch import touched
from tryon_app.core.types import Float32, Rect, UInt8

_DEEP = 0.34
"""How much light is taken away at the edge of the cloth."""
_SOFT, _DOWN = 0.035, 0.025
"""Width of the shadow and how far below the cloth it falls (light comes from above), in shoulder widths."""
_FOREARM = 1.0


def contact_shadow(seen: Labelled, cover: Float32, grid: Grid) -> Float32:
    """How much light is taken away around the garments: float32 h x w, 0..1.

    Args:
        seen: What the network says.
        cover: float32 h x w, 0..1: where the new garments lie.
        grid: Where the maps lie.
    """
    cells = seen.body.unit / grid.pixel
    soft = max(_SOFT * cells, 0.5)
    lower = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, _DOWN * cells]])
    fallen = cv2.warpAffine(cover, lower, (grid.width, grid.height), borderMode=cv2.BORDER_REPLICATE)
    dark = cv2.GaussianBlur(fallen, (0, 0), soft) * seen.person
    # Head, hands, forearms and what is carried are in front of the cloth, not below it.
    front = strongest([seen.head(), seen.objects, *(seen.arm(side, _FOREARM) for side in (1, -1))])
    return np.asarray(dark * (1.0 - front) * np.float32(_DEEP), np.float32)


def cast(shadow: Float32, image: UInt8, grid: Grid) -> Rect:
    """Darken a picture.

    Args:
        shadow: As `contact_shadow` returns it.
        image: uint8 H x W x 3, the frame; changed.
        grid: Where the map lies.

    Returns:
        The box of the frame that is touched.
    """
    box = touched(shadow, grid)
    if box.empty:
        return box
    factor = 1.0 - grid.enlarged(shadow, box)
    image[box.slices] = cv2.multiply(image[box.slices], cv2.merge([factor] * 3), dtype=cv2.CV_8U)
    return box
