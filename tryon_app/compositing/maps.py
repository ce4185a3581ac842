"""Small maps over a box of the frame, and the way between them and frame pixels."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from tryon_app.core.types import Float32, Rect, UInt8

MapT = TypeVar("MapT", Float32, UInt8)


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells over a box of the frame.

    Attributes:
        box: The box.
        width: Cells across.
        height: Cells down.
        centre: Where in a cell its value stands: 0.5 its middle, 0 its upper left corner.
    """

    box: Rect
    width: int
    height: int
    centre: float = 0.5

    @classmethod
    def over(cls, box: Rect, most: int, centre: float = 0.5) -> "Grid":
        """A grid whose longer side has `most` cells; never finer than the frame."""
        scale = min(1.0, most / max(box.width, box.height))
        return cls(box, max(1, round(box.width * scale)), max(1, round(box.height * scale)), centre)

    @property
    def pixel(self) -> float:
        """Width of a cell in frame pixels."""
        return self.box.width / self.width

    def picture(self, image: UInt8) -> UInt8:
        """The box of the frame at the grid's size: uint8 height x width x 3."""
        return shrunk_to(image[self.box.slices], (self.width, self.height))

    def axes(self) -> tuple[Float32, Float32]:
        """Frame pixels of the columns (float32 1 x width) and rows (float32 height x 1)."""
        box = self.box
        if self.centre == 0.0:
            x = np.linspace(box.x0, box.x1 - 1, self.width, dtype=np.float32)
            y = np.linspace(box.y0, box.y1 - 1, self.height, dtype=np.float32)
        else:
            x = ((np.arange(self.width) + 0.5) * (box.width / self.width) - 0.5 + box.x0).astype(np.float32)
            y = ((np.arange(self.height) + 0.5) * (box.height / self.height) - 0.5 + box.y0).astype(np.float32)
        return x[None], y[:, None]

    def cell(self, point: Float32) -> tuple[int, int]:
        """Column and row of the cell at or nearest to a place: float32 2, frame pixels."""
        column = int((point[0] - self.box.x0) * self.width / self.box.width)
        row = int((point[1] - self.box.y0) * self.height / self.box.height)
        return min(max(column, 0), self.width - 1), min(max(row, 0), self.height - 1)

    def mask(self, mask: Float32, frame_width: int, frame_height: int) -> Float32:
        """A map over the whole frame, at whatever resolution, brought to the grid."""
        across, down = mask.shape[1] / frame_width, mask.shape[0] / frame_height
        step_x, step_y = self.box.width / self.width * across, self.box.height / self.height * down
        matrix = np.array(
            [
                [step_x, 0.0, self.box.x0 * across + self.centre * (step_x - 1.0)],
                [0.0, step_y, self.box.y0 * down + self.centre * (step_y - 1.0)],
            ]
        )
        return _warped(mask, matrix, (self.width, self.height), cv2.BORDER_REPLICATE)

    def sampled(self, maps: Float32, matrix: Float32) -> Float32:
        """Maps that lie over the frame by a matrix, brought to the grid; 0 outside them.

        Args:
            maps: float32 h x w or h x w x n.
            matrix: float32 2 x 3, from a pixel of the frame to one of the maps.

        Returns:
            float32 height x width, or height x width x n.
        """
        across, down = self.box.width / self.width, self.box.height / self.height
        cell = np.array(
            [
                [across, 0.0, self.box.x0 + self.centre * (across - 1.0)],
                [0.0, down, self.box.y0 + self.centre * (down - 1.0)],
                [0.0, 0.0, 1.0],
            ]
        )
        return _warped(maps, matrix.astype(np.float64) @ cell, (self.width, self.height), cv2.BORDER_CONSTANT)

    def enlarged(self, small: MapT, target: Rect) -> MapT:
        """The part of a small map that lies over a box, at full size.

        Args:
            small: float32 or uint8, height x width or height x width x n.
            target: Box of the frame.
        """
        if target == self.box and self.centre == 0.5:
            full: MapT = cv2.resize(small, (target.width, target.height), interpolation=cv2.INTER_LINEAR)
            return full
        across, down = self.width / self.box.width, self.height / self.box.height
        matrix = np.array(
            [
                [across, 0.0, (target.x0 - self.box.x0) * across + self.centre * (across - 1.0)],
                [0.0, down, (target.y0 - self.box.y0) * down + self.centre * (down - 1.0)],
            ]
        )
        return _warped(small, matrix, (target.width, target.height), cv2.BORDER_REPLICATE)

    def shrunk(self, full: MapT, box: Rect) -> Float32:
        """Maps (float32 or uint8) at full size over a box inside the grid's, brought to the grid; 0 around it."""
        across, down = self.box.width / self.width, self.box.height / self.height
        left, top = round((box.x0 - self.box.x0) / across), round((box.y0 - self.box.y0) / down)
        right = min(max(round((box.x1 - self.box.x0) / across), left + 1), self.width)
        bottom = min(max(round((box.y1 - self.box.y0) / down), top + 1), self.height)
        result = np.zeros((self.height, self.width, *full.shape[2:]), np.float32)
        if right > left and bottom > top:
            size = right - left, bottom - top
            result[top:bottom, left:right] = shrunk_to(full, size)
        return result


def shrunk_to(full: MapT, size: tuple[int, int]) -> MapT:
    """A picture or map made smaller: width and height.

    Between whole factors, means by area are slow: the way to twice the size needs no more than two pixels each.
    """
    factor = full.shape[1] / size[0]
    if factor <= 2.0:
        return np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_LINEAR), full.dtype)
    if factor <= 4.0:
        full = cv2.resize(full, (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), full.dtype)


def strongest(maps: list[Float32]) -> Float32:
    """The greatest value of several maps in each place."""
    result = maps[0]
    for other in maps[1:]:
        result = np.maximum(result, other)
    return result


def box_mean(values: Float32, radius: int) -> Float32:
    """Mean over a square of `2 radius + 1` cells."""
    blurred: Float32 = cv2.blur(values, (2 * radius + 1, 2 * radius + 1))
    return blurred


def _warped(values: MapT, matrix: np.ndarray, size: tuple[int, int], border: int) -> MapT:
    warped: MapT = cv2.warpAffine(
        values, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=border
    )
    return warped
