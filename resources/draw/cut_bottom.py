"""The cut of trousers and shorts: outlines in cm, waist at y = 0, centre line x = 0, right half of the picture."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from resources.draw.curves import Path, arc, at, join, line, smooth, whole

Vector = tuple[float, float]


@dataclass(frozen=True)
class LegCut:
    """Measures of trousers as they hang, in cm.

    Attributes:
        waist, hip: Half widths at the waist and at depth `hip_y`.
        rise: Depth of the crotch.
        length: Depth of the hem.
        knee, ankle: Width of a leg at the knee and at the hem.
        spread: How far the middle of the hem stands from the centre line.
        dip: How much lower the front waist is in the middle; the back stands `behind` higher.
    """

    waist: float = 19.3
    hip: float = 22.0
    hip_y: float = 18.0
    rise: float = 25.5
    length: float = 103.0
    thigh: float = 22.0
    knee: float = 18.0
    ankle: float = 16.6
    spread: float = 14.0
    dip: float = 2.4
    behind: float = 1.0
    band: float = 3.8

    @cached_property
    def crotch(self) -> Vector:
        """Where the legs part."""
        return 0.0, self.rise

    @cached_property
    def knee_y(self) -> float:
        """Depth of the knee."""
        return self.rise + 0.44 * (103.0 - self.rise)

    def leg_middle(self, y: float) -> float:
        """Distance of a leg's middle line from the centre line, at depth `y` below the crotch."""
        t = (y - self.rise) / (self.length - self.rise)
        top = 0.5 * (self.hip + 0.3)
        return top + (self.spread - top) * t

    def leg_width(self, y: float) -> float:
        """Width of a leg at depth `y`."""
        knots = [self.rise, self.rise + 0.5 * (self.knee_y - self.rise), self.knee_y, max(self.length, self.knee_y + 1)]
        widths = [self.hip - 0.3, self.thigh - 1.2, self.knee, self.ankle]
        if self.length <= self.knee_y:
            knots, widths = [self.rise, self.length], [self.hip - 0.3, self.ankle]
        return float(np.interp(y, knots, widths))

    @cached_property
    def side(self) -> Path:
        """Waist to outer hem."""
        ys = [y for y in (self.rise + 8, self.rise + 20, self.knee_y, self.knee_y + 18) if y < self.length - 5]
        below = [(self.leg_middle(y) + 0.5 * self.leg_width(y), y) for y in (*ys, self.length)]
        return smooth(
            [
                (self.waist, 0),
                (self.waist + 0.72 * (self.hip - self.waist), 0.45 * self.hip_y),
                (self.hip, self.hip_y),
                *below,
            ]
        )

    @cached_property
    def inseam(self) -> Path:
        """Crotch to inner hem."""
        ys = [y for y in (self.rise + 8, self.rise + 20, self.knee_y, self.knee_y + 18) if y < self.length - 5]
        below = [(max(self.leg_middle(y) - 0.5 * self.leg_width(y), 0.12), y) for y in (*ys, self.length)]
        return smooth([(0.05, self.rise), (0.35, self.rise + 2.5), *below])

    @cached_property
    def hem(self) -> Path:
        """Outer to inner hem."""
        (ox, oy), (ix, iy) = self.side[-1], self.inseam[-1]
        return smooth([(float(ox), float(oy)), (float(0.5 * (ox + ix)), float(oy + 0.5)), (float(ix), float(iy))])

    def waist_line(self, back: bool) -> Path:
        """Right half of the upper edge, side to centre."""
        drop = -self.behind if back else self.dip
        return smooth([(self.waist, 0), (0.6 * self.waist, 0.7 * drop), (0.25 * self.waist, 0.96 * drop), (0, drop)])

    def below_waist(self, back: bool, down: float) -> Path:
        """A line along the whole waist, from the picture's left to its right, `down` cm below its edge."""
        half = self.waist_line(back)
        wide = (self.waist + (self.hip - self.waist) * 0.4 * down / self.hip_y) / self.waist
        half = half * (wide, 1) + (0, down)
        return join(half * (-1, 1), half[::-1][1:])

    def leg(self, back: bool) -> Path:
        """Closed outline of the right half."""
        up = line((0, self.rise), (0, float(self.waist_line(back)[-1, 1])))
        return join(self.side, self.hem[1:], self.inseam[::-1][1:], up, self.waist_line(back)[::-1][1:])

    def body(self, back: bool) -> Path:
        """Closed outline of the whole."""
        return whole(join(self.waist_line(back)[::-1], self.side[1:], self.hem[1:], self.inseam[::-1][1:]))

    @cached_property
    def opening(self) -> Path:
        """Closed outline of the inside of the back waist above the front one."""
        upper = smooth(
            [
                (0, -self.behind),
                (0.6 * self.waist, -0.8 * self.behind),
                (0.93 * self.waist, -0.3 * self.behind),
                (self.waist, 0.2),
            ]
        )
        lower = self.waist_line(False) + np.array([-0.4, 1.2])
        return whole(join(upper, lower))

    def hem_above(self, up: float) -> Path:
        """A line across the right hem, `up` cm above it."""
        a = at(self.side, 1 - up / self.length)
        b = at(self.inseam, 1 - up / (self.length - self.rise))
        return smooth([a, (0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]) + 0.5), b])

    def fly(self) -> Path:
        """The J-shaped stitching of the fly, from the waist down."""
        top, low = self.dip + self.band, self.rise - 5.5
        return join(line((3.4, top), (3.4, low - 5)), arc((3.4, low - 5), (0.0, low), 2.2)[1:])

    def keypoints(self, back: bool) -> dict[str, Vector]:
        """Key points by name, of a front photo or a back photo."""
        right, left = ("right", "left") if back else ("left", "right")
        spots = {
            "waist": (self.waist, 0.0),
            "hip": (self.hip, self.hip_y),
            "ankle_outer": (float(self.side[-1, 0]), self.length),
            "ankle_inner": (float(self.inseam[-1, 0]), self.length),
        }
        points = {f"{name}_{right}": spot for name, spot in spots.items()}
        points |= {f"{name}_{left}": (-spot[0], spot[1]) for name, spot in spots.items()}
        points["crotch"] = self.crotch
        return points

    def extent(self) -> tuple[float, float, float, float]:
        """Bounding box: x0, y0, x1, y1."""
        x = max(float(self.side[:, 0].max()), self.waist)
        return -x, -self.behind, x, self.length + 0.5
