"""The cut of a top or dress: outlines in cm, collar at y = 0, centre line at x = 0, right half of the picture."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from resources.draw.curves import Path, arc, at, extended, join, mirror, smooth, whole

Vector = tuple[float, float]


@dataclass(frozen=True)
class TopCut:
    """Measures of a top lying flat, in cm.

    Attributes:
        neck: Half the neck opening at the shoulder.
        drop: Depth of the front neckline; `vee` makes it pointed.
        back_drop: Depth of the back neckline.
        shoulder: Half the shoulder width; `slope` how far the shoulder falls.
        chest: Half the width at the armpits, `armpit` their depth.
        waist: Half the narrowest width at depth `waist_y`.
        hem: Half the width at depth `length`; `hem_drop` how much lower the hem is in the middle.
        sleeve: Length from shoulder tip to cuff; 0 = sleeveless.
        angle, bend: Direction of the upper and lower sleeve, degrees from downward.
        cuff: Width of the sleeve's end.
        ruffle, waves: Depth in cm and number (on each side) of the waves of a falling hem.
        waisted: A dress, whose waist is a key point.
    """

    neck: float = 8.2
    drop: float = 8.6
    vee: bool = False
    back_drop: float = 1.2
    shoulder: float = 21.0
    slope: float = 4.6
    chest: float = 22.8
    armpit: float = 23.0
    waist: float = 22.2
    waist_y: float = 48.0
    hem: float = 22.9
    length: float = 71.0
    hem_drop: float = 0.7
    sleeve: float = 22.5
    angle: float = 47.0
    bend: float = 49.0
    cuff: float = 15.5
    ruffle: float = 0.0
    waves: float = 0.0
    waisted: bool = False

    @cached_property
    def collar(self) -> Vector:
        """Where neckline and shoulder meet."""
        return self.neck, -0.5

    @cached_property
    def tip(self) -> Vector:
        """Tip of the shoulder seam."""
        return self.shoulder, self.slope

    @cached_property
    def pit(self) -> Vector:
        """The armpit."""
        return self.chest, self.armpit

    @cached_property
    def front_neck(self) -> Path:
        """Right half of the front opening, collar point to centre."""
        if self.vee:
            return smooth(
                [
                    self.collar,
                    (0.66 * self.neck, 0.30 * self.drop),
                    (0.30 * self.neck, 0.70 * self.drop),
                    (0, self.drop),
                ]
            )
        return arc(self.collar, (0, self.drop), 2.15)

    @cached_property
    def back_neck(self) -> Path:
        """Right half of the back opening, collar point to centre."""
        x, y = self.collar
        return smooth(
            [
                (x, y),
                (0.82 * x, y + 0.62 * (self.back_drop - y)),
                (0.45 * x, self.back_drop - 0.06),
                (0, self.back_drop),
            ]
        )

    @cached_property
    def shoulder_line(self) -> Path:
        """Collar point to shoulder tip."""
        (cx, cy), (sx, sy) = self.collar, self.tip
        return smooth(
            [
                (cx, cy),
                (cx + 0.35 * (sx - cx), cy + 0.25 * (sy - cy)),
                (cx + 0.75 * (sx - cx), cy + 0.66 * (sy - cy)),
                (sx, sy),
            ]
        )

    @cached_property
    def armhole(self) -> Path:
        """Shoulder tip to armpit."""
        (sx, sy), (ax, ay) = self.tip, self.pit
        if not self.sleeve:
            down = ay - sy
            return smooth(
                [(sx, sy), (sx - 0.5, sy + 0.35 * down), (sx + 0.6, sy + 0.66 * down), (ax - 3.6, ay - 1.4), (ax, ay)]
            )
        inward = min(sx, ax) - 1.3
        return smooth(
            [
                (sx, sy),
                (inward + 0.6, sy + 0.32 * (ay - sy)),
                (inward + 0.5, sy + 0.62 * (ay - sy)),
                (ax - 1.3, ay - 1.8),
                (ax, ay),
            ]
        )

    @cached_property
    def side(self) -> Path:
        """Armpit to hem corner."""
        ax, ay = self.pit
        mid = self.waist_y
        return smooth(
            [
                (ax, ay),
                (0.5 * (ax + self.waist), 0.5 * (ay + mid)),
                (self.waist, mid),
                (0.5 * (self.waist + self.hem), 0.5 * (mid + self.length)),
                (self.hem, self.length),
            ]
        )

    @cached_property
    def hem_line(self) -> Path:
        """Hem corner to centre."""
        h, y = self.hem, self.length
        if self.ruffle:
            t = np.linspace(1, 0, 60)
            drop = self.hem_drop * (1 - t * t) + self.ruffle * (1 - np.cos(2 * np.pi * self.waves * t)) * (
                0.4 + 0.6 * (1 - t)
            )
            return np.column_stack([h * t, y + drop - drop[0]])
        return smooth(
            [(h, y), (0.66 * h, y + 0.62 * self.hem_drop), (0.33 * h, y + 0.93 * self.hem_drop), (0, y + self.hem_drop)]
        )

    def body(self, neck: Path) -> Path:
        """Closed outline of the torso below the given half neckline."""
        return whole(join(neck[::-1], self.shoulder_line[1:], self.armhole[1:], self.side[1:], self.hem_line[1:]))

    @cached_property
    def opening(self) -> Path:
        """Closed outline of what is seen of the back's inside, reaching under the front."""
        deep = self.front_neck + np.array([0.0, 3.0]) * np.linspace(0, 1, len(self.front_neck))[:, None]
        return whole(join(self.back_neck[::-1], deep))

    @cached_property
    def axis(self) -> tuple[Vector, Vector]:
        """Unit directions of the upper and lower sleeve (right of the picture)."""
        a, b = np.radians(self.angle), np.radians(self.bend)
        return (float(np.sin(a)), float(np.cos(a))), (float(np.sin(b)), float(np.cos(b)))

    @cached_property
    def elbow(self) -> Vector:
        """The bend of the sleeve's outer edge."""
        (ux, uy), (sx, sy) = self.axis[0], self.tip
        return sx + 0.48 * self.sleeve * ux, sy + 0.48 * self.sleeve * uy

    @cached_property
    def cuff_outer(self) -> Vector:
        """Outer end of the sleeve."""
        (lx, ly), (ex, ey) = self.axis[1], self.elbow
        return ex + 0.52 * self.sleeve * lx, ey + 0.52 * self.sleeve * ly

    @cached_property
    def cuff_inner(self) -> Vector:
        """Inner end of the sleeve."""
        (lx, ly), (ox, oy) = self.axis[1], self.cuff_outer
        return ox - self.cuff * ly, oy + self.cuff * lx

    @cached_property
    def outer(self) -> Path:
        """Shoulder tip to outer cuff."""
        (sx, sy), (ex, ey), (ox, oy) = self.tip, self.elbow, self.cuff_outer
        ux, uy = self.axis[0]
        early = (sx + 0.16 * self.sleeve * (0.16 + 0.80 * ux), sy + 0.16 * self.sleeve * uy * 0.86)
        late = (0.45 * ex + 0.55 * ox, 0.45 * ey + 0.55 * oy)
        return smooth([(sx, sy), early, (ex + 0.2, ey), late, (ox, oy)])

    @cached_property
    def inner(self) -> Path:
        """Armpit to inner cuff."""
        (ax, ay), (ix, iy) = self.pit, self.cuff_inner
        if self.sleeve < 35:
            return smooth([(ax, ay), (0.5 * (ax + ix), 0.5 * (ay + iy) - 0.25), (ix, iy)])
        points = [(ax, ay)]
        for share, wide in ((0.38, 1.50), (0.58, 1.30), (0.80, 1.11)):
            (ox, oy), (lx, ly) = at(self.outer, share), self.axis[share > 0.5]
            points.append((ox - wide * self.cuff * ly, oy + wide * self.cuff * lx))
        return smooth([*points, (ix, iy)])

    @cached_property
    def cuff_line(self) -> Path:
        """Outer to inner cuff, a little rounded."""
        (ox, oy), (ix, iy) = self.cuff_outer, self.cuff_inner
        lx, ly = self.axis[1]
        bow = 0.035 * self.cuff
        return smooth([(ox, oy), (0.5 * (ox + ix) + bow * lx, 0.5 * (oy + iy) + bow * ly), (ix, iy)])

    @cached_property
    def arm(self) -> Path:
        """Closed outline of the right sleeve, reaching a little under the torso."""
        tuck = self.armhole[::-1] - np.array([2.0, 0.0]) * np.sin(np.linspace(0, np.pi, len(self.armhole)))[:, None]
        return join(self.outer, self.cuff_line[1:], self.inner[::-1][1:], tuck[1:])

    @cached_property
    def arm_angle(self) -> float:
        """Mean direction of the sleeve, degrees from downward."""
        return 0.5 * (self.angle + self.bend)

    def across_sleeve(self, up: float) -> Path:
        """A line across the sleeve and a little beyond, `up` cm above its end."""
        back = up / max(self.sleeve, 1.0)
        a, b = (
            at(self.outer, 1 - back),
            at(
                self.inner,
                1 - up / max(float(np.hypot(self.cuff_inner[0] - self.pit[0], self.cuff_inner[1] - self.pit[1])), 1.0),
            ),
        )
        lx, ly = self.axis[1]
        bow = 0.035 * self.cuff
        middle = (0.5 * (a[0] + b[0]) + bow * lx, 0.5 * (a[1] + b[1]) + bow * ly)
        return extended(smooth([a, middle, b]), 0.7)

    def above_hem(self, up: float) -> Path:
        """A line along the whole hem, `up` cm above it and a little beyond, from the picture's right to its left."""
        half = self.hem_line - (0, up)
        return extended(join(half, mirror(half)[1:]), 1.6)

    def keypoints(self, back: bool) -> dict[str, Vector]:
        """Key points by name, in pattern coordinates of a front photo or a back photo."""
        right, left = ("right", "left") if back else ("left", "right")
        spots = {"collar": self.collar, "shoulder": self.tip, "armpit": self.pit, "hem": (self.hem, self.length)}
        if self.waisted:
            spots["waist"] = (self.waist, self.waist_y)
        if self.sleeve:
            spots |= {"cuff_outer": self.cuff_outer, "cuff_inner": self.cuff_inner}
        points = {f"{name}_{right}": spot for name, spot in spots.items()}
        points |= {f"{name}_{left}": (-spot[0], spot[1]) for name, spot in spots.items()}
        points["neck_back"] = (0.0, self.back_drop)
        if not back:
            points["neck_front"] = (0.0, self.drop)
        return points

    def extent(self) -> tuple[float, float, float, float]:
        """Bounding box: x0, y0, x1, y1."""
        parts = [self.body(self.back_neck)]
        if self.sleeve:
            parts.append(self.arm)
        points = np.vstack(parts)
        x, top, bottom = float(np.abs(points[:, 0]).max()), float(points[:, 1].min()), float(points[:, 1].max())
        return -x, top, x, bottom
