"""Collars, plackets, zips, pockets, bands: drawn on the cloth, so that the flat and the worn garment show the same."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8
from tryon_app.training.synth.noise import colour
from tryon_app.training.synth.wardrobe import Style

_OPEN = frozenset({"open_jacket"})
_BUTTONED = frozenset({"shirt"})
_ZIPPED = frozenset({"jacket", "hoodie"})
_COLLARED = frozenset({"shirt", "jacket", "open_jacket"})
_LOWER = frozenset({"skirt", "trousers", "shorts"})

Shade = tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Where things are in the flat picture.

    Attributes:
        neck: K x 2, pixels: half of the neckline or waist, ending at the centre.
        bottom: The hem's y.
        per_metre: Pixels for a metre.
        shade: The cloth's main colour.
    """

    neck: Float32
    bottom: float
    per_metre: float
    shade: Float32

    @property
    def middle(self) -> float:
        """x of the centre."""
        return float(self.neck[-1, 0])

    @property
    def half(self) -> float:
        """Half the width of the neckline."""
        return abs(float(self.neck[0, 0]) - self.middle)

    @property
    def throat(self) -> float:
        """y of the neckline's lowest point."""
        return float(self.neck[:, 1].max())


def decorate(random: np.random.Generator, style: Style, front: Float32, cut: UInt8, lines: Lines) -> None:
    """Draw what belongs to a style.

    Args:
        random: Source of chance.
        style: Of the garment.
        front: float32 h x w x 3, changed.
        cut: uint8 h x w, set to 0 where the front is open.
        lines: Where things are.
    """
    ink = _shade(colour(random))
    trim = ink if random.random() < 0.3 else _shade(lines.shade * 0.8)
    if style in _LOWER:
        _waistband(random, style, front, lines, trim)
        return
    if random.random() < 0.85:
        mirrored = (lines.neck * [-1, 1] + [2 * lines.middle, 0])[::-1]
        width = round(float(random.uniform(0.016, 0.05)) * lines.per_metre)
        _line(front, np.concatenate([lines.neck, mirrored]), trim, max(2, width))
    if style in _COLLARED:
        _collar(random, front, lines)
    if style in _OPEN:
        _opening(random, cut, lines)
    elif style in _BUTTONED or (style in _ZIPPED and random.random() < 0.5):
        _placket(style, front, lines, trim, ink)
    if style == "hoodie" and random.random() < 0.8:
        _pouch(front, lines, trim, ink)
    if random.random() < 0.4:
        edge = int(lines.bottom - 0.03 * lines.per_metre)
        cv2.rectangle(front, (0, edge), (front.shape[1], front.shape[0]), trim, -1)


def _shade(values: NDArray[np.floating]) -> Shade:
    return tuple(float(value) for value in values)


def _line(front: Float32, points: NDArray[np.floating], shade: Shade, width: int) -> None:
    cv2.polylines(front, [np.round(points * 8).astype(np.int32)], False, shade, max(width, 1), cv2.LINE_AA, 3)


def _waistband(random: np.random.Generator, style: Style, front: Float32, lines: Lines, trim: Shade) -> None:
    top, metre = float(lines.neck[:, 1].min()), lines.per_metre
    cv2.rectangle(front, (0, int(top)), (front.shape[1], int(top + 0.035 * metre)), trim, -1)
    if style == "skirt" or random.random() < 0.3:
        return
    _line(front, np.array([[lines.middle, top], [lines.middle, top + 0.16 * metre]]), trim, 1)
    for sign in (-1, 1):
        outer = lines.middle + sign * lines.half
        pocket = np.array([[outer - sign * 0.05 * metre, top + 8], [outer, top + 0.15 * metre]])
        _line(front, pocket, trim, 2)


def _collar(random: np.random.Generator, front: Float32, lines: Lines) -> None:
    shade = lines.shade * float(random.uniform(0.75, 1.1))
    for sign in (-1, 1):
        corner = np.array([lines.middle + sign * lines.half, float(lines.neck[0, 1])])
        tip = np.array([lines.middle + sign * 0.07 * lines.per_metre, lines.throat + 0.06 * lines.per_metre])
        below = corner + np.array([sign * 0.03 * lines.per_metre, 8])
        wing = np.array([corner, [lines.middle + sign * 3, lines.throat], tip, below])
        cv2.fillPoly(front, [wing.astype(np.int32)], _shade(shade), cv2.LINE_AA)
        _line(front, np.concatenate([wing, wing[:1]]), _shade(shade * 0.6), 1)


def _opening(random: np.random.Generator, cut: UInt8, lines: Lines) -> None:
    height = cut.shape[0]
    wide = float(random.uniform(0.02, 0.12)) * lines.per_metre
    x, narrow = lines.middle, wide * 0.7
    gap = np.array([[x - narrow, 0], [x + narrow, 0], [x + wide, height], [x - wide, height]])
    cv2.fillPoly(cut, [gap.astype(np.int32)], 0)


def _placket(style: Style, front: Float32, lines: Lines, trim: Shade, ink: Shade) -> None:
    down = np.array([[lines.middle, lines.throat], [lines.middle, lines.bottom]])
    _line(front, down, trim, 2 if style in _ZIPPED else 1)
    if style in _BUTTONED:
        for y in np.linspace(lines.throat + 10, lines.bottom - 12, 7):
            cv2.circle(front, (int(lines.middle), int(y)), max(2, int(0.006 * lines.per_metre)), ink, -1, cv2.LINE_AA)


def _pouch(front: Float32, lines: Lines, trim: Shade, ink: Shade) -> None:
    metre, x = lines.per_metre, lines.middle
    half, y = 0.16 * metre, lines.bottom - 0.25 * metre
    upper, lower = half * 0.7, y + 0.2 * metre
    _line(front, np.array([[x - half, lower], [x - upper, y], [x + upper, y], [x + half, lower]]), trim, 2)
    for sign in (-1, 1):
        string = x + sign * 0.03 * metre
        _line(front, np.array([[string, lines.throat], [string, lines.throat + 0.15 * metre]]), ink, 2)
