"""Skirts: a waistband and cloth that falls in folds."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from resources.draw.curves import Path, join, line, mirror, smooth, whole
from resources.draw.fabric import Fabric
from resources.draw.folds import Folds
from resources.draw.parts import button
from resources.draw.sheet import Print, Sheet
from resources.draw.wardrobe.drawing import Drawing, Vector
from resources.draw.wardrobe.jersey import MARGIN, flare_folds


@dataclass(frozen=True)
class SkirtStyle:
    """A flared skirt: half widths and depths in cm; `waves` folds on each side, `ruffle` deep at the hem."""

    fabric: Fabric
    waist: float = 17.0
    hip: float = 22.5
    hip_y: float = 19.0
    hem: float = 35.0
    length: float = 72.0
    waves: float = 3.5
    ruffle: float = 0.9
    band: float = 3.4
    amount: float = 1.0
    print_: Print | None = None

    @cached_property
    def side(self) -> Path:
        """Waist to hem corner."""
        return smooth(
            [
                (self.waist, 0),
                (0.45 * (self.waist + self.hip) + 2.2, 0.5 * self.hip_y),
                (self.hip, self.hip_y),
                (0.5 * (self.hip + self.hem) - 0.4, 0.5 * (self.hip_y + self.length)),
                (self.hem, self.length),
            ]
        )

    def hem_line(self, ruffle: float) -> Path:
        """Hem corner to centre."""
        t = np.linspace(1, 0, 80)
        drop = 2.6 * (1 - t * t) + ruffle * (1 - np.cos(2 * np.pi * self.waves * t)) * (0.35 + 0.65 * (1 - t))
        return np.column_stack([self.hem * t, self.length + drop - drop[0]])

    def waist_line(self, down: float, dip: float) -> Path:
        """A line along the whole waist, `down` cm below its edge, from the picture's left to its right."""
        wide = self.waist * (1 + 0.012 * down)
        half = smooth([(wide, down), (0.6 * wide, down + 0.75 * dip), (0, down + dip)])
        return join(half * (-1, 1), half[::-1][1:])


def skirt(style: SkirtStyle, view: str) -> Drawing:
    """The drawing of one view."""
    back = view == "back"
    box = (-style.hem - MARGIN, -1.0 - MARGIN, style.hem + MARGIN, style.length + 5.0 + MARGIN)
    right, left = ("right", "left") if back else ("left", "right")
    spots: dict[str, Vector] = {
        "waist": (style.waist, 0.0),
        "hip": (style.hip, style.hip_y),
        "hem": (style.hem, style.length),
    }
    points = {f"{name}_{right}": spot for name, spot in spots.items()}
    points |= {f"{name}_{left}": (-spot[0], spot[1]) for name, spot in spots.items()}
    return Drawing(box, points, lambda sheet: _paint(sheet, style, back))


def _paint(sheet: Sheet, style: SkirtStyle, back: bool) -> None:
    dip = -0.6 if back else 1.6
    if not back:
        inner = smooth([(0, -0.7), (0.6 * style.waist, -0.5), (style.waist, 0.1)])
        sheet.panel(
            whole(join(inner, line((style.waist - 0.3, 2.0), (0, 3.4)))), style.fabric, level=-1.5, dim=0.6, seed=5
        )
        behind = style.hem_line(0.0) * (0.95, 1) + (0, 0.6)
        low = line((style.hip, 0.55 * style.length), (0.88 * style.hem, 0.93 * style.length))
        sheet.panel(
            whole(join(line((0, 0.55 * style.length)), low, behind)), style.fabric, level=-2.2, dim=0.55, seed=6
        )
    upper = smooth([(style.waist, 0), (0.6 * style.waist, 0.75 * dip), (0, dip)])
    body = whole(join(upper[::-1], style.side[1:], style.hem_line(style.ruffle)[1:]))
    sheet.silhouette([body])
    folds = Folds(sheet, sheet.seed + 30).inflate(sheet, 1.6, 6.0)
    down = np.clip((folds.y - style.band) / 14, 0, 1)
    folds.streaks(90.0, 1.8, 16, 0.06 * style.fabric.stiff, 0.3 + 0.7 * down)
    for sign in (1, -1):
        folds.radiate(
            (sign * 0.55 * style.waist, style.band),
            90 - sign * 8,
            50,
            4,
            (9, 24),
            (0.9, 1.6),
            0.14 * style.fabric.stiff,
        )
    falls = flare_folds(sheet, (style.waist, style.band + 3), (style.hem, style.length), style.waves, style.amount)
    sheet.panel(body, style.fabric, level=0.0, roll=0.5, folds=folds.done() + falls, print_=style.print_)
    sheet.strip(
        style.waist_line(style.band / 2, dip), style.band, style.fabric, thick=0.10, puff=0.10, turned=True, seed=8
    )
    sheet.seam(style.waist_line(style.band, dip), depth=0.12, width=0.15, pucker=0.06, spacing=0.8)
    for deep in (0.35, style.band - 0.35):
        sheet.stitch(style.waist_line(deep, dip), None)
    hem = join(style.hem_line(style.ruffle), mirror(style.hem_line(style.ruffle))[1:]) - (0, 1.6)
    sheet.stitch(hem, None, sink=0.015)
    if back:
        sheet.seam(line((0, dip + 0.3), (0, 20.0)), depth=0.12, width=0.12, ledge=0.06, pucker=0.03)
        button(sheet, (1.4, dip + style.band / 2), 0.6, "#5a4636")
