"""Jackets and cardigans that hang open in their photo: between the fronts the inside of the back is seen.

On a person nobody sees that: there is what they wear beneath. So it is cut out, but for the inside of the collar.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, KeyPoint, Point, UInt8

_SIDE = 512
"""Longer side of the photo as it is looked at."""
_ABOVE, _BELOW = 0.12, 0.05
"""Shares of the length below the collar and above the hem where the fronts' edges may be hidden by lapels and hem."""
_MIDDLE = 0.025
"""How far from the axis the inside is surely seen, in widths of the chest."""
_NARROWEST, _WIDEST = 0.035, 0.34
"""How far from the axis an edge may lie, in widths of the chest."""
_OTHER = 6.0
"""Least distance of colours between the inside and a front, CIELAB."""
_TIMES = 3.0
"""The same, in times of how much the inside varies."""
_UNEVEN = 5.0
"""How much the inside may vary: it is plain, or prints would pass for it."""
_GOES_ON = 0.03
"""Widths of the chest over which a front must differ: a seam is narrower."""
_ROWS = 0.9
"""Share of the rows in which both edges must be found."""
_STRAIGHT = 0.015, 0.04
"""How far an edge may lie from a smooth curve, in widths of the chest: half and nine tenths of the rows."""
_TO_THE_COLLAR = 0.75
"""Share of the way up to the back collar that must look like the inside: a panel of a top ends at its neckline."""
_ALIKE = 14.0
"""Distance of colours between the two fronts, at most."""
_NECK = 0.3
"""How deep the inside of the collar is kept, in widths of the neck."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenFront:
    """Where a top is open.

    Attributes:
        gap: float32 H x W, 0..1, pixels of the photo that are no garment.
        neck: The lowest point of the inside of the collar that is kept.
    """

    gap: Float32
    neck: Point


def open_front(rgba: UInt8, keypoints: dict[KeyPoint, Point]) -> OpenFront | None:
    """Find the gap between the fronts of a top.

    Args:
        rgba: uint8 H x W x 4, the cut-out, upright.
        keypoints: Of a top, pixels of the photo.

    Returns:
        None where it is closed, or it cannot be told.
    """
    scale = min(1.0, _SIDE / max(rgba.shape[:2]))
    size = max(1, round(rgba.shape[1] * scale)), max(1, round(rgba.shape[0] * scale))
    small = cv2.resize(rgba, size, interpolation=cv2.INTER_AREA)
    points = {name: (np.array(point) + 0.5) * scale - 0.5 for name, point in keypoints.items()}
    top = _Top.of(small, points)
    if top is None:
        return None
    edges = top.edges()
    if edges is None:
        return None
    return _cut(rgba.shape[:2], scale, top, edges)


@dataclass(frozen=True, slots=True, eq=False)
class _Top:
    """A small photo straightened.

    Attributes:
        lab: float32 rows x columns x 3, CIELAB; the axis is the middle column.
        solid: rows x columns: where the garment is.
        chest: Its width, pixels.
        first: The photo's row that is row 0.
        axis: The middles of collar and hem, pixels of the photo.
        neck: Width between the collar points, pixels.
    """

    lab: Float32
    solid: NDArray[np.bool_]
    chest: float
    first: float
    axis: tuple[Point, Point]
    neck: float

    @classmethod
    def of(cls, small: UInt8, points: dict[KeyPoint, NDArray[np.float64]]) -> "_Top | None":
        k = KeyPoint
        collar = 0.5 * (points[k.COLLAR_LEFT] + points[k.COLLAR_RIGHT])
        hem = 0.5 * (points[k.HEM_LEFT] + points[k.HEM_RIGHT])
        chest = float(np.linalg.norm(points[k.ARMPIT_LEFT] - points[k.ARMPIT_RIGHT]))
        neck = float(np.linalg.norm(points[k.COLLAR_LEFT] - points[k.COLLAR_RIGHT]))
        length = float(hem[1] - collar[1])
        if chest < 40 or length < 60:
            return None
        # The rows from half a neck's width above the collar line down to the hem, each about the axis.
        first = collar[1] - 0.5 * neck
        rows = np.arange(round(first), round(hem[1]), dtype=np.float32)
        reach = round(0.45 * chest)
        middle = collar[0] + (hem[0] - collar[0]) * (rows - collar[1]) / length
        x = (middle[:, None] + np.arange(-reach, reach + 1)[None]).astype(np.float32)
        y = np.repeat(rows[:, None], x.shape[1], axis=1)
        straight = cv2.remap(small, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        colours = cv2.GaussianBlur(straight[..., :3], (0, 0), 0.008 * chest).astype(np.float32) / np.float32(255.0)
        lab = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB)
        axis = (float(collar[0]), float(collar[1])), (float(hem[0]), float(hem[1]))
        return cls(lab, straight[..., 3] > 200, chest, float(rows[0]), axis, neck)

    def edges(self) -> Float32 | None:
        """Of the fronts, for each row from the collar to the hem: rows x 2, chests left and right of the axis."""
        middle = self.lab.shape[1] // 2
        strip = max(round(_MIDDLE * self.chest), 1)
        (_, collar), (_, hem) = self.axis
        begin, end = (round(collar + share * (hem - collar) - self.first) for share in (_ABOVE, 1.0 - _BELOW))
        inside = self.lab[begin:end, middle - strip : middle + strip + 1]
        if not self.solid[begin:end, middle].mean() > 0.98:
            return None
        usual = np.median(inside, axis=1)
        plain = np.median(usual, axis=0)
        varies = float(np.median(np.linalg.norm(inside - plain, axis=2)))
        if varies > _UNEVEN:
            return None
        other = max(_OTHER, _TIMES * varies)
        # Shadows fall into the inside from above: what it looks like changes slowly.
        lining = cv2.blur(usual[None], (2 * (len(usual) // 12) + 1, 1))[0]
        apart = np.linalg.norm(self.lab[begin:end] - lining[:, None], axis=2) > other
        found = [self._edge(side) for side in (apart[:, middle::-1], apart[:, middle:])]
        rows = np.arange(begin, end)
        curves = []
        for distance in found:
            known = np.isfinite(distance)
            if known.mean() < _ROWS:
                return None
            curve = np.polynomial.Polynomial.fit(rows[known], distance[known], 2)
            rest = np.abs(curve(rows[known]) - distance[known])
            if np.median(rest) > _STRAIGHT[0] or np.quantile(rest, 0.9) > _STRAIGHT[1]:
                return None
            curves.append(curve)
        if not self._up_to_the_collar(begin, lining[0], other) or not self._fronts_match(begin, end, curves):
            return None
        every = np.arange(len(self.lab))
        return np.stack([np.clip(curve(every), 0.0, _WIDEST) for curve in curves], axis=1).astype(np.float32)

    def _edge(self, apart: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Chests from the axis to where a front begins, for each row; nan where none does.

        Args:
            apart: rows x columns, from the axis outwards: whether the colour is another.
        """
        width = max(round(_GOES_ON * self.chest), 2)
        runs = cv2.erode(apart.astype(np.uint8), np.ones((1, width), np.uint8), anchor=(0, 0)) > 0
        low, high = round(_NARROWEST * self.chest), round(_WIDEST * self.chest)
        first = runs.argmax(axis=1).astype(np.float64)
        first[~runs.any(axis=1) | (first < low) | (first > high)] = np.nan
        return first / self.chest

    def _up_to_the_collar(self, begin: int, lining: Float32, other: float) -> bool:
        """Whether the inside goes on up to the back collar."""
        middle = self.lab.shape[1] // 2
        aside = max(round(0.6 * _NARROWEST * self.chest), 1)
        columns = [middle - aside, middle + aside]  # a label hangs in the middle
        above = self.solid[:begin, columns]
        like = np.linalg.norm(self.lab[:begin, columns] - lining, axis=2) < 2.0 * other
        return bool(above.sum() > 0.1 * self.neck and (like & above).sum() > _TO_THE_COLLAR * above.sum())

    def _fronts_match(self, begin: int, end: int, curves: list[np.polynomial.Polynomial]) -> bool:
        """Whether the two fronts are of one cloth."""
        middle = self.lab.shape[1] // 2
        rows = np.arange(begin, end)
        fronts = []
        for sign, curve in zip((-1, 1), curves, strict=True):
            column = middle + sign * np.round((curve(rows) + 2.0 * _GOES_ON) * self.chest).astype(int)
            fronts.append(np.median(self.lab[rows, column.clip(0, self.lab.shape[1] - 1)], axis=0))
        return float(np.linalg.norm(fronts[0] - fronts[1])) < _ALIKE


def _cut(shape: tuple[int, int], scale: float, top: _Top, edges: Float32) -> OpenFront:
    """The gap at the photo's own size."""
    (x0, y0), (x1, y1) = top.axis
    rows = np.arange(len(edges)) + top.first
    middle = x0 + (x1 - x0) * (rows - y0) / (y1 - y0)
    neck = y0 + _NECK * top.neck
    left = np.stack([middle - edges[:, 0] * top.chest, rows], axis=1)
    right = np.stack([middle + edges[:, 1] * top.chest, rows], axis=1)
    # The hem of the back may hang lower than those of the fronts.
    below = [[points[-1, 0], shape[0] * scale] for points in (left, right)]
    polygon = np.concatenate([left, below, right[::-1]])
    gap = np.zeros(shape, np.uint8)
    corners = ((polygon + 0.5) / scale - 0.5) * 16.0
    cv2.fillPoly(gap, [np.round(corners).astype(np.int32)], 255, cv2.LINE_AA, 4)
    # Above the neckline, an ellipse from collar to collar, the inside stays.
    y, x = np.ogrid[: shape[0], : shape[1]]
    across = np.clip(((x + 0.5) * scale - 0.5 - x0) / (0.5 * top.neck), -1.0, 1.0)
    line = y0 + (neck - y0) * np.sqrt(1.0 - across**2)
    gap[(y + 0.5) * scale - 0.5 < line] = 0
    soft = cv2.GaussianBlur(gap.astype(np.float32) / np.float32(255.0), (0, 0), 1.0)
    at_neck = float(np.interp(neck, rows, middle))
    return OpenFront(soft, ((at_neck + 0.5) / scale - 0.5, (neck + 0.5) / scale - 0.5))
