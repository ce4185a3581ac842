"""Hoodie: a jersey top with a hood, a kangaroo pocket and cords."""

from dataclasses import dataclass

import numpy as np

from resources.draw.curves import Path, join, line, moved, offset, smooth, whole
from resources.draw.cut_top import TopCut
from resources.draw.fabric import Fabric
from resources.draw.folds import Folds
from resources.draw.parts import button, cord
from resources.draw.sheet import Sheet
from resources.draw.wardrobe.drawing import Drawing
from resources.draw.wardrobe.jersey import MARGIN, JerseyStyle, flip, neck_label, paint_body, ribbed_ends

HOOD_TOP = -15.5
FALLEN_TOP = -3.4


@dataclass(frozen=True)
class HoodieStyle:
    """A hooded sweatshirt."""

    cut: TopCut
    fabric: Fabric
    rib: Fabric
    cord: str = "#e8e6df"
    drape: float = 1.0


def hoodie(style: HoodieStyle, view: str) -> Drawing:
    """The drawing of one view."""
    back = view == "back"
    x0, _, x1, y1 = style.cut.extent()
    top = FALLEN_TOP if back else HOOD_TOP - 1.4
    box = (x0 - MARGIN, top - MARGIN, x1 + MARGIN, y1 + MARGIN)
    return Drawing(box, style.cut.keypoints(back), lambda sheet: _paint(sheet, style, back))


def _hood(cut: TopCut) -> Path:
    n = cut.neck
    return whole(
        smooth(
            [
                (0, HOOD_TOP - 1.0),
                (0.55 * n, HOOD_TOP - 0.2),
                (1.06 * n, -10.0),
                (1.22 * n, -4.0),
                (1.26 * n, 0.6),
                (0.95 * n, 4.5),
                (0, 5.5),
            ]
        )
    )


def _mouth(cut: TopCut) -> Path:
    n = cut.neck
    return smooth(
        [
            (0, HOOD_TOP + 2.6),
            (0.50 * n, HOOD_TOP + 3.6),
            (0.84 * n, -6.5),
            (0.86 * n, -0.5),
            (0.58 * n, 4.9),
            (0, cut.drop + 0.9),
        ]
    )


def _paint(sheet: Sheet, style: HoodieStyle, back: bool) -> None:
    cut, fabric = style.cut, style.fabric
    mouth = _mouth(cut)
    if not back:
        _hood_front(sheet, style, _hood(cut), mouth)
    paint_body(sheet, cut, back, fabric, style.drape)
    for sign in (1, -1):
        armhole = cut.armhole if sign > 0 else flip(cut.armhole)
        sheet.seam(armhole, depth=0.09, width=0.2, ledge=sign * 0.06, pucker=0.03)
        for shift in (0.25, 0.75):
            sheet.stitch(offset(armhole, sign * shift), None, sink=0.012)
    ribbed_ends(sheet, JerseyStyle(cut, fabric, style.rib, hem_rib=6.2, cuff_rib=6.6))
    if back:
        _hood_back(sheet, style)
        return
    _hood_sides(sheet, style, mouth)
    _pocket(sheet, style)
    for sign in (1, -1):
        x, y = sign * 4.3, cut.drop + 0.4
        cord(
            sheet,
            [(x, y), (x + 0.5 * sign, y + 4.5), (x + 0.25 * sign, y + 9.5), (x + 0.7 * sign, y + 14 + sign)],
            style.cord,
        )


def _hood_folds(sheet: Sheet, style: HoodieStyle, seed: int) -> np.ndarray:
    folds = Folds(sheet, seed).inflate(sheet, 1.2, 3.5)
    for sign in (1, -1):
        n = style.cut.neck
        folds.crease(
            [(sign * 0.6 * n, HOOD_TOP + 1.5), (sign * 1.0 * n, -7.5), (sign * 1.02 * n, -0.5)], 1.2, 0.22, 0.4 * sign
        )
        folds.radiate((sign * 1.1 * n, 1.5), -100 if sign > 0 else -80, 60, 4, (4, 12), (0.8, 1.3), 0.2)
    folds.streaks(80.0, 2.2, 10, 0.09)
    return folds.done()


def _hood_front(sheet: Sheet, style: HoodieStyle, hood: Path, mouth: Path) -> None:
    cut = style.cut
    sheet.silhouette([hood])
    sheet.panel(hood, style.fabric, level=-0.7, roll=0.7, folds=_hood_folds(sheet, style, sheet.seed + 70), seed=14)
    lining = Folds(sheet, sheet.seed + 71)
    lining.streaks(92.0, 2.6, 12, 0.10)
    depth = 1.4 * lining.near((0, -3.0), 6.0)
    sheet.panel(cut.opening, style.fabric, level=-1.3, dim=0.60, seed=15)
    sheet.panel(whole(mouth), style.fabric, level=-1.3, folds=lining.done() - depth, dim=0.60, seed=15)
    sheet.seam(line((0, HOOD_TOP + 2.6), (0, 1.5)), depth=0.10, width=0.2, pucker=0.03)
    arc = smooth([(-7.5, 0.4), (-4, 1.9), (0, 2.4), (4, 1.9), (7.5, 0.4)])
    sheet.strip(arc, 1.0, style.fabric, thick=0.06, puff=0.05, dim=0.70)
    for shift in (-0.35, 0.35):
        sheet.stitch(offset(arc, shift), None)
    neck_label(sheet, 3.2, "#26282b")


def _hood_sides(sheet: Sheet, style: HoodieStyle, mouth: Path) -> None:
    """The hood's lower sides lie over the shoulders and cross at the throat; its edge is hemmed all round."""
    cut = style.cut
    n = cut.neck
    for sign in (-1, 1):
        tip = sign * -1.4
        inner = mouth[mouth[:, 1] > -7.5] * (sign, 1)
        outer = smooth(
            [
                (tip, cut.drop + 2.9),
                (sign * 4.5, cut.drop + 2.0),
                (sign * 8.4, 5.6),
                (sign * 1.24 * n, 0.2),
                (sign * 1.19 * n, -3.4),
                (sign * 1.02 * n, -7.4),
            ]
        )
        folds = Folds(sheet, sheet.seed + 75 + sign)
        folds.crease([(sign * 10, -2), (sign * 7.0, 5.0), (sign * 1.0, cut.drop + 1.2)], 0.9, 0.14, 0.5)
        sheet.panel(join(inner, outer), style.fabric, thick=0.16, edge=0.25, folds=folds.done(), seed=16 + sign)
        sheet.seam(outer, depth=0.10, width=0.18, pucker=0.03)
        sheet.stitch(offset(outer, 0.5 * sign), None)
    for sign in (1, -1):
        rim = offset(mouth * (sign, 1), sign * -1.15)
        sheet.strip(offset(mouth * (sign, 1), sign * -1.0), 2.1, style.fabric, thick=0.08, puff=0.14, seed=18)
        sheet.stitch(offset(rim, -sign * 0.85), None)


def _hood_back(sheet: Sheet, style: HoodieStyle) -> None:
    """The hood hangs down the back, its mouth folded upwards."""
    n = style.cut.neck
    outline = whole(
        smooth(
            [
                (0, FALLEN_TOP),
                (0.62 * n, FALLEN_TOP + 0.3),
                (1.12 * n, -0.6),
                (1.32 * n, 4.5),
                (1.16 * n, 11.5),
                (0.68 * n, 17.2),
                (0.26 * n, 19.7),
                (0, 20.0),
            ]
        )
    )
    folds = Folds(sheet, sheet.seed + 72)
    for sign in (1, -1):
        folds.crease([(sign * 0.9 * n, -1.0), (sign * 1.0 * n, 6.0), (sign * 0.5 * n, 14.5)], 1.5, 0.30, 0.5 * sign)
        folds.radiate((sign * 1.15 * n, 1.5), 90 + sign * 40, 60, 4, (5, 14), (0.9, 1.5), 0.22)
    folds.streaks(75.0, 2.4, 10, 0.10)
    folds.height += 1.1 * folds.near((0, 9.0), 7.0)
    sheet.silhouette([outline])
    sheet.panel(outline, style.fabric, level=0.7, roll=0.9, edge=0.5, folds=folds.done(), seed=14)
    sheet.strip(
        smooth(
            [
                (-1.05 * n, -0.8),
                (-0.6 * n, FALLEN_TOP + 1.5),
                (0, FALLEN_TOP + 1.2),
                (0.6 * n, FALLEN_TOP + 1.5),
                (1.05 * n, -0.8),
            ]
        ),
        2.2,
        style.fabric,
        thick=0.10,
        puff=0.16,
    )
    for x in (-2.6, 2.6):
        seam = smooth([(0.9 * x, FALLEN_TOP + 2.4), (1.15 * x, 8), (0.8 * x, 18.6)])
        sheet.seam(seam, depth=0.10, width=0.18, pucker=0.03)
        for shift in (-0.4, 0.4):
            sheet.stitch(moved(seam, shift, 0), None)


def _pocket(sheet: Sheet, style: HoodieStyle) -> None:
    cut = style.cut
    low = cut.length - 6.0
    half = smooth([(9.2, low - 18.5), (10.6, low - 16.6), (15.6, low - 5.5)])
    outline = whole(join(line((0, low - 18.5)), half, line((15.8, low + 0.3), (0, low + 0.6))))
    sheet.panel(outline, style.fabric, thick=0.12, edge=0.2, seed=19)
    sheet.stitch(line((-9.0, low - 17.9), (9.0, low - 17.9)), None)
    for sign in (1, -1):
        slant = half * (sign, 1)
        sheet.seam(offset(slant, -sign * 0.1), depth=0.16, width=0.2, pucker=0.02)
        for shift in (0.6, 1.4):
            sheet.stitch(offset(slant, sign * shift), None)
        button(sheet, (sign * 15.2, low - 5.2), 0.24, "#4a4d50", holes=0)
