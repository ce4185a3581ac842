"""What is painted over the frame before the garments are laid on."""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.compositing.maps import Grid
from tryon_app.compositing.plate import Room
from tryon_app.core.types import Float32, Rect, UInt8


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What to paint over the frame before the garments are laid on.

    Attributes:
        grid: Where the maps lie.
        colour: uint8 h x w x 3.
        alpha: float32 h x w, 0..1.
        copied: Where the frame is copied, float32 h x w, 0..1, and from which pixel, float32 h x w x 2; or None.
        room: Where the room is copied, float32 h x w, 0..1, and what is known of it; or None.
        box: What is touched, a box of the frame.
    """

    grid: Grid
    colour: UInt8
    alpha: Float32
    copied: tuple[Float32, Float32] | None
    room: tuple[Float32, Room] | None
    box: Rect

    def paint(self, image: UInt8, original: UInt8) -> None:
        """Lay it over a picture.

        Args:
            image: uint8 H x W x 3, changed.
            original: The frame.
        """
        target = np.ascontiguousarray(image[self.box.slices])
        alpha = self.grid.enlarged(self.alpha, self.box)
        colour = self.grid.enlarged(self.colour, self.box)
        target = cv2.blendLinear(colour, target, alpha, 1.0 - alpha)
        if self.room is not None:
            share = self.grid.enlarged(self.room[0], self.box)
            target = cv2.blendLinear(self.room[1].picture(self.box), target, share, 1.0 - share)
        if self.copied is not None:
            share = self.grid.enlarged(self.copied[0], self.box)
            way = self.grid.enlarged(self.copied[1], self.box)
            cloth = cv2.remap(original, way, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            target = cv2.blendLinear(cloth, target, share, 1.0 - share)
        image[self.box.slices] = target


def touched(where: Float32, grid: Grid) -> Rect:
    """The box of the frame around what is touched.

    Args:
        where: float32 h x w, 0..1.
        grid: Where the map lies.
    """
    x, y, width, height = cv2.boundingRect((where > 0.02).astype(np.uint8))
    if not width or not height:
        return Rect(0, 0, 0, 0)
    across, down, box = grid.box.width / grid.width, grid.box.height / grid.height, grid.box
    return Rect(
        max(int(box.x0 + (x - 1) * across), box.x0),
        max(int(box.y0 + (y - 1) * down), box.y0),
        min(int(box.x0 + (x + width + 1) * across) + 1, box.x1),
        min(int(box.y0 + (y + height + 1) * down) + 1, box.y1),
    )
