"""A garment's outline, prepared for finding key points: one closed contour, its pockets and its extents by row."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32, Point, UInt8

Ints = NDArray[np.intp]
_SIDE = 512
_MARGIN = 8


@dataclass(frozen=True, slots=True, eq=False)
class Pocket:
    """A dent in the outline: `bottom` is its deepest point, `index` that point's place on the contour."""

    bottom: Point
    index: int
    depth: float
    mouth: tuple[Point, Point]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The silhouette at working size.

    Attributes:
        mask: uint8 H x W, 0 or 1, one piece, holes kept.
        grey: float32 H x W, brightness 0..1, mean of the garment outside it.
        contour: float32 N x 2, the outer contour, clockwise as seen (y down), one point a pixel.
        scale: Working pixels for one of the picture.
        offset: Where working pixel (0, 0) lies in the picture.
        x0, y0, x1, y1: Box of the garment, working pixels.
        middle: x of the axis.
        evenness: Share of the garment that lies on its own mirror image.
        share: The piece's share of the whole cut-out.
    """

    mask: UInt8
    grey: Float32
    contour: Float32
    scale: float
    offset: Point
    x0: int
    y0: int
    x1: int
    y1: int
    middle: float
    evenness: float
    share: float

    @property
    def width(self) -> int:
        """Working pixels across."""
        return self.x1 - self.x0 + 1

    @property
    def height(self) -> int:
        """Working pixels down."""
        return self.y1 - self.y0 + 1

    def to_picture(self, point: Point) -> Point:
        """Working pixel -> pixel of the picture."""
        return (
            (point[0] + 0.5) / self.scale - 0.5 + self.offset[0],
            (point[1] + 0.5) / self.scale - 0.5 + self.offset[1],
        )

    def span(self, y: float) -> tuple[float, float]:
        """Outermost garment pixels of a row (nan where there are none)."""
        row = np.flatnonzero(self.mask[int(np.clip(round(y), 0, self.mask.shape[0] - 1))])
        return (float(row[0]), float(row[-1])) if len(row) else (float("nan"), float("nan"))

    def run(self, y: float, x: float) -> tuple[float, float]:
        """The unbroken stretch of garment through (x, y), or the one nearest to it in that row."""
        row = self.mask[int(np.clip(round(y), 0, self.mask.shape[0] - 1))]
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row, [0]))))
        if not len(edges):
            return (float("nan"), float("nan"))
        starts, ends = edges[::2], edges[1::2] - 1
        gap = np.maximum(np.maximum(starts - x, x - ends), 0)
        best = int(gap.argmin())
        return float(starts[best]), float(ends[best])

    def top(self, x: float) -> float:
        """First garment pixel of a column (nan where there is none)."""
        column = np.flatnonzero(self.mask[:, int(np.clip(round(x), 0, self.mask.shape[1] - 1))])
        return float(column[0]) if len(column) else float("nan")

    def path(self, start: int, end: int) -> Ints:
        """Contour indices from `start` to `end`, clockwise, both included."""
        count = len(self.contour)
        return np.arange(start, start + (end - start) % count + 1) % count

    def farthest(self, indices: Ints, direction: Point) -> int:
        """The contour index among `indices` that lies farthest in a direction."""
        return int(indices[int((self.contour[indices] @ np.array(direction, np.float32)).argmax())])

    def nearest(self, point: Point) -> int:
        """The contour index nearest to a point."""
        return int(((self.contour - np.array(point, np.float32)) ** 2).sum(axis=1).argmin())

    def at(self, index: int) -> Point:
        """A contour point."""
        return (float(self.contour[index, 0]), float(self.contour[index, 1]))

    def pockets(self, least: float) -> list[Pocket]:
        """Dents of the contour deeper than `least` working pixels, deepest first."""
        whole = self.contour.astype(np.int32)[:, None]
        hull = np.sort(cv2.convexHull(whole, returnPoints=False).ravel())  # convexityDefects wants them in order
        defects = cv2.convexityDefects(whole, hull)
        found = []
        for start, end, far, depth in [] if defects is None else defects.reshape(-1, 4):
            if depth / 256 > least:
                mouth = (self.at(int(start)), self.at(int(end)))
                found.append(Pocket(self.at(int(far)), int(far), depth / 256, mouth))
        return sorted(found, key=lambda pocket: -pocket.depth)


def outline_of(rgba: UInt8) -> Outline:
    """Prepare a cut-out.

    Args:
        rgba: uint8 H x W x 4.

    Returns:
        The outline.

    Raises:
        GarmentError: Nothing is there.
    """
    solid = rgba[..., 3] > 127
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if len(rows) < 8 or len(columns) < 8:
        raise GarmentError("The picture holds no garment.", "Use a photo that shows one garment in full.")
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    scale = _SIDE / max(bottom - top, right - left)
    size = (max(4, round((right - left) * scale)), max(4, round((bottom - top) * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    box = np.ascontiguousarray(rgba[top:bottom, left:right])
    alpha = np.pad(cv2.resize(box[..., 3], size, interpolation=method), _MARGIN)
    mask = (alpha > 127).astype(np.uint8)
    # Threads and chains are not outline.
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    if count < 2:
        raise GarmentError("The picture holds no garment.", "Use a photo that shows one garment in full.")
    everything = int(mask.sum())
    mask = (labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())).astype(np.uint8)
    light = cv2.cvtColor(np.ascontiguousarray(box[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    grey = np.pad(cv2.resize(light, size, interpolation=method), _MARGIN, mode="edge")
    grey = np.where(mask > 0, grey, float(grey[mask > 0].mean())).astype(np.float32)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea).reshape(-1, 2).astype(np.float32)
    if cv2.contourArea(contour, oriented=True) < 0:  # y points down: positive is clockwise as seen
        contour = contour[::-1].copy()
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    middle, evenness = mirror_axis(mask, float(xs[0] + xs[-1]) / 2)
    return Outline(
        mask=mask,
        grey=grey,
        contour=contour,
        scale=scale,
        offset=(left - _MARGIN / scale, top - _MARGIN / scale),
        x0=int(xs[0]),
        y0=int(ys[0]),
        x1=int(xs[-1]),
        y1=int(ys[-1]),
        middle=middle,
        evenness=evenness,
        share=float(mask.sum()) / everything,
    )


def mirror_axis(mask: UInt8, first: float) -> tuple[float, float]:
    """x of the mirror axis, where a mask and its mirror image overlap best, and the share that does.

    Args:
        mask: uint8 H x W, 0 or 1.
        first: x of the middle of its box.
    """
    totals = mask.sum(axis=0).astype(np.float64)
    centre = float((totals * np.arange(len(totals))).sum() / totals.sum())
    low, high = sorted((first, centre))
    best, best_overlap = first, -1.0
    ys, xs = np.nonzero(mask)
    for axis in np.arange(low - 6, high + 6.5, 0.5):
        mirrored = np.round(2 * axis - xs).astype(int)
        valid = (mirrored >= 0) & (mirrored < mask.shape[1])
        overlap = float(mask[ys[valid], mirrored[valid]].sum())
        if overlap > best_overlap:
            best, best_overlap = float(axis), overlap
    return best, best_overlap / max(1, len(xs))
