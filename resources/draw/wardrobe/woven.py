"""Shirt and denim jacket: collar, placket, cuffs and pockets of woven cloth."""

from dataclasses import dataclass

import numpy as np

from resources.draw.curves import Path, join, line, moved, offset, smooth, whole
from resources.draw.cut_top import TopCut
from resources.draw.fabric import Fabric
from resources.draw.folds import Folds
from resources.draw.parts import button, label, patch_pocket, wear
from resources.draw.sheet import Lay, Sheet
from resources.draw.wardrobe.drawing import Drawing
from resources.draw.wardrobe.jersey import MARGIN, flip, paint_body

COLLAR_TOP = -3.4


@dataclass(frozen=True)
class WovenStyle:
    """A shirt or, when `jacket`, a denim jacket with yoke, flap pockets and a waistband."""

    cut: TopCut
    fabric: Fabric
    thread: str | None = None
    buttons: str = "#f1efe8"
    jacket: bool = False
    washed: float = 0.0
    drape: float = 1.05


def woven_top(style: WovenStyle, view: str) -> Drawing:
    """The drawing of one view."""
    back = view == "back"
    x0, _, x1, y1 = style.cut.extent()
    box = (x0 - MARGIN, COLLAR_TOP - MARGIN, x1 + MARGIN, y1 + MARGIN)
    return Drawing(box, style.cut.keypoints(back), lambda sheet: _paint(sheet, style, back))


def _paint(sheet: Sheet, style: WovenStyle, back: bool) -> None:
    cut, fabric = style.cut, style.fabric
    if not back:
        _inside(sheet, style)
    paint_body(sheet, cut, back, fabric, style.drape)
    if style.washed:
        _wash(sheet, style, back)
    for sign in (1, -1):
        armhole = cut.armhole if sign > 0 else flip(cut.armhole)
        sheet.seam(armhole, depth=0.08, width=0.14, ledge=sign * 0.06, pucker=0.03, fade=0.25 * style.washed)
        for shift in (0.35, 0.85) if style.jacket else (0.8,):
            sheet.stitch(offset(armhole, sign * shift), style.thread, sink=0.012)
        _cuff(sheet, style, sign, back)
    _hem(sheet, style, back)
    (_jacket_back if style.jacket else _shirt_back)(sheet, style) if back else _front(sheet, style)
    _collar_back(sheet, style) if back else _collar_front(sheet, style)


def _inside(sheet: Sheet, style: WovenStyle) -> None:
    cut = style.cut
    if cut.hem_drop > 3:
        tail = whole(
            join(
                cut.side[-8:] - (0.4, 0),
                smooth(
                    [
                        (cut.hem - 0.4, cut.length),
                        (0.66 * cut.hem, cut.length + 0.62 * cut.hem_drop + 1.0),
                        (0.3 * cut.hem, cut.length + 0.94 * cut.hem_drop + 1.4),
                        (0, cut.length + cut.hem_drop + 1.5),
                    ]
                ),
            )
        )
        sheet.panel(tail, style.fabric, level=-1.5, dim=0.66, seed=21)
    top = smooth([(0, COLLAR_TOP + 0.7), (4.2, COLLAR_TOP + 0.45), (7.4, COLLAR_TOP + 0.2)])
    sheet.panel(
        whole(join(top, line((9.0, 2.0), (6.0, 9.0), (0, cut.drop + 4)))), style.fabric, level=-1.4, dim=0.74, seed=20
    )
    stand = smooth([(-7.6, -0.1), (-4.2, 0.9), (0, 1.2), (4.2, 0.9), (7.6, -0.1)])
    sheet.seam(stand, depth=0.10, width=0.15, ledge=0.0, pucker=0.02)
    for shift in (-0.3, 0.35):
        sheet.stitch(offset(stand, shift), style.thread)
    tag = line((-2.9, 1.9), (2.9, 1.9), (2.9, 4.4), (-2.9, 4.4))
    label(sheet, tag, "#f2f0ea" if not style.jacket else "#2b2623", "#55595f" if not style.jacket else "#c8a878")


def _cuff(sheet: Sheet, style: WovenStyle, sign: int, back: bool) -> None:
    cut = style.cut
    deep = 5.6 if not style.jacket else 4.4
    place = (lambda path: path) if sign > 0 else flip
    sheet.strip(place(cut.across_sleeve(deep / 2)), deep, style.fabric, thick=0.08, puff=0.10, turned=True, seed=23)
    sheet.seam(place(cut.across_sleeve(deep)), depth=0.10, width=0.15, pucker=0.05, fade=0.2 * style.washed)
    for up in (0.4, deep - 0.4):
        sheet.stitch(place(cut.across_sleeve(up)), style.thread)
    middle = place(cut.across_sleeve(deep * 0.55))
    share = 0.28 if back else 0.80
    spot = middle[round(share * (len(middle) - 1))]
    button(
        sheet,
        (float(spot[0]), float(spot[1])),
        0.55 if not style.jacket else 0.75,
        style.buttons,
        holes=0 if style.jacket else 4,
    )


def _hem(sheet: Sheet, style: WovenStyle, back: bool) -> None:
    cut = style.cut
    if style.jacket:
        sheet.strip(cut.above_hem(2.2), 4.4, style.fabric, thick=0.10, puff=0.10, turned=True, seed=24)
        sheet.seam(cut.above_hem(4.4), depth=0.10, width=0.15, pucker=0.05, fade=0.25)
        for up in (0.4, 4.0):
            sheet.stitch(cut.above_hem(up), style.thread)
        for sign in (1, -1) if back else ():
            button(sheet, (sign * 14.5, cut.length - 2.0), 0.75, style.buttons, holes=0)
        return
    sheet.seam(cut.above_hem(0.75), depth=0.03, width=0.15, pucker=0.03, spacing=1.2)
    sheet.stitch(cut.above_hem(0.7), style.thread)


def _front(sheet: Sheet, style: WovenStyle) -> None:
    cut = style.cut
    wide = 3.3 if not style.jacket else 4.4
    low = cut.length + cut.hem_drop
    start = cut.drop - 1.0
    sheet.strip(line((0.0, start), (0.0, low - 0.05)), wide, style.fabric, thick=0.09, puff=0.05, turned=False, seed=26)
    for x in (-wide / 2 + 0.4, wide / 2 - 0.4):
        sheet.stitch(line((x, start), (x, low)), style.thread)
    edge = -wide / 2
    sheet.seam(line((edge, start), (edge, low)), depth=0.10, width=0.10, pucker=0.03, fade=0.2 * style.washed)
    count = 6
    for k in range(count):
        y = (
            cut.drop
            + 2.2
            + k
            * (cut.length - cut.drop - (7.5 if not style.jacket else 4.4))
            / (count - 0.6 if not style.jacket else count - 1)
        )
        _buttonhole(sheet, (0.0, y), style)
        button(sheet, (0.0, y), 0.58 if not style.jacket else 0.85, style.buttons, holes=0 if style.jacket else 4)
    if style.jacket:
        _jacket_front(sheet, style)
        return
    for sign in (1, -1):
        yoke = smooth([(sign * 9.6, 3.4), (sign * 15, 5.2), (sign * (cut.shoulder - 0.6), 8.0)])
        sheet.seam(yoke, depth=0.06, width=0.13, pucker=0.02)
        sheet.stitch(offset(yoke, -sign * 0.35), style.thread)
    x, y = 6.2, 19.5
    pocket = line((x, y + 0.3), (x + 10.6, y), (x + 10.5, y + 11.0), (x + 5.3, y + 12.6), (x + 0.1, y + 11.2))
    patch_pocket(sheet, pocket, style.fabric, thread=style.thread, twin=False, thick=0.06, seed=27)


def _buttonhole(sheet: Sheet, at: tuple[float, float], style: WovenStyle) -> None:
    x, y = at
    half = 0.75
    path = line((x, y - half), (x, y + half)) if not style.jacket else line((x - 1.1, y), (x + 0.6, y))
    sheet.stitch(path + ((0.09, 0) if not style.jacket else (0, 0.09)), style.thread, pitch=0.09)
    sheet.stitch(path - ((0.09, 0) if not style.jacket else (0, 0.09)), style.thread, pitch=0.09)


def _jacket_front(sheet: Sheet, style: WovenStyle) -> None:
    cut, fade = style.cut, 0.25 * style.washed
    for sign in (1, -1):
        yoke = line((sign * 2.3, 17.2), (sign * (cut.shoulder - 0.7), 16.0))
        sheet.seam(yoke, depth=0.10, width=0.14, ledge=sign * 0.06, pucker=0.04, fade=fade)
        for shift in (0.35, 0.85):
            sheet.stitch(yoke - (0, shift), style.thread)
        for top, bottom in ((5.4, 3.8), (14.6, 11.2)):
            seam = line((sign * top, 23.6), (sign * bottom, cut.length - 4.5))
            sheet.seam(seam, depth=0.08, width=0.14, pucker=0.045, fade=fade)
            for shift in (0.35, 0.85):
                sheet.stitch(moved(seam, sign * shift, 0), style.thread)
        x, y = 5.2, 17.3
        place = (lambda path: path) if sign > 0 else flip
        body = place(
            line((x + 0.3, y + 0.5), (x + 10.7, y + 0.1), (x + 9.8, y + 12.0), (x + 5.4, y + 13.4), (x + 1.2, y + 12.2))
        )
        patch_pocket(
            sheet, body, style.fabric, thread=style.thread, twin=True, thick=0.03, seed=28, lay=Lay(0, 0, 3 * sign)
        )
        flap = place(line((x, y), (x + 11.0, y - 0.5), (x + 10.9, y + 4.0), (x + 5.5, y + 5.8), (x + 0.1, y + 4.3)))
        sheet.panel(flap, style.fabric, thick=0.16, edge=0.16, seed=29)
        for inset in (0.94, 0.83):
            loop = flap.mean(0) + (flap - flap.mean(0)) * inset
            sheet.stitch(join(loop[1:], loop[:1]), style.thread)
        button(sheet, (sign * (x + 5.5), y + 4.1), 0.75, style.buttons, holes=0)
        welt = place(line((15.6, cut.length - 20), (13.4, cut.length - 7)))
        sheet.strip(welt, 2.0, style.fabric, thick=0.10, puff=0.06, turned=True, seed=30)
        for shift in (-0.75, 0.75):
            sheet.stitch(offset(welt, shift), style.thread)


def _shirt_back(sheet: Sheet, style: WovenStyle) -> None:
    cut = style.cut
    yoke = smooth([(-(cut.shoulder - 1.0), 10.4), (-10, 11.4), (0, 11.7), (10, 11.4), (cut.shoulder - 1.0, 10.4)])
    sheet.seam(yoke, depth=0.08, width=0.14, ledge=-0.05, pucker=0.02)
    sheet.stitch(offset(yoke, -0.35), style.thread)
    pleat = Folds(sheet, sheet.seed + 80)
    for x in (-1.7, 1.7):
        pleat.crease([(x, 11.8), (1.15 * x, 30), (1.3 * x, 56)], 0.9, 0.30, 0.6 if x > 0 else -0.6)
    strip = line((-5, 11.8), (5, 11.8), (6, 58), (-6, 58))
    sheet.panel(strip, style.fabric, folds=pleat.done(), seed=0)
    sheet.strip(line((0, 11.2), (0, 13.4)), 0.9, style.fabric, thick=0.12, puff=0.1)


def _jacket_back(sheet: Sheet, style: WovenStyle) -> None:
    cut, fade = style.cut, 0.25 * style.washed
    yoke = smooth([(-(cut.shoulder - 0.9), 14.0), (0, 15.6), (cut.shoulder - 0.9, 14.0)])
    sheet.seam(yoke, depth=0.10, width=0.14, ledge=-0.06, pucker=0.045, fade=fade)
    for shift in (0.35, 0.85):
        sheet.stitch(offset(yoke, -shift), style.thread)
    for sign in (1, -1):
        seam = line((sign * 11.5, 15.4), (sign * 6.6, cut.length - 4.6))
        sheet.seam(seam, depth=0.09, width=0.14, ledge=-0.04 * sign, pucker=0.045, fade=fade)
        for shift in (0.35, 0.85):
            sheet.stitch(moved(seam, sign * shift, 0), style.thread)


def _leaf() -> Path:
    inner = smooth([(7.2, COLLAR_TOP + 0.1), (6.4, -0.6), (4.0, 4.0), (0.9, 7.6)])
    lower = smooth([(0.9, 7.6), (4.6, 8.5), (9.0, 10.6)])
    outer = smooth([(9.0, 10.6), (10.2, 5.6), (10.5, 0.9), (9.3, -1.9), (7.2, COLLAR_TOP + 0.1)])
    return join(inner, lower[1:], outer[1:])


def _collar_front(sheet: Sheet, style: WovenStyle) -> None:
    for sign in (-1, 1):
        place = (lambda path: path) if sign > 0 else flip
        folds = Folds(sheet, sheet.seed + 90)
        folds.crease([(sign * 8.2, -2.6), (sign * 7.4, 1.4), (sign * 3.4, 6.6)], 1.2, 0.25, 0.4 * sign)
        leaf = place(_leaf())
        sheet.panel(
            leaf, style.fabric, thick=0.32, edge=0.2, folds=folds.done(), lay=Lay(0, 0, -sign * 38), level=None, seed=33
        )
        rest = place(_leaf()[_leaf()[:, 1] < 1.0])
        sheet.panel(rest, style.fabric, level=0.25, edge=0.35, lay=Lay(0, 0, -sign * 38), seed=33)
        edge = place(
            join(
                smooth([(1.1, 7.1), (4.7, 8.0), (8.5, 9.9)]),
                smooth([(8.5, 9.9), (9.7, 5.4), (10.0, 1.2), (9.0, -1.4)])[1:],
            )
        )
        sheet.stitch(edge, style.thread)
    if style.washed:
        for sign in (1, -1):
            wear(sheet, (sign * 8.8, 6.5), (1.0, 4.5), -8 * sign, 0.12 * style.washed, 0.3)


def _collar_back(sheet: Sheet, style: WovenStyle) -> None:
    upper = smooth([(0, COLLAR_TOP + 0.1), (4.4, COLLAR_TOP + 0.1), (7.6, COLLAR_TOP + 0.5)])
    lower = smooth([(7.6, COLLAR_TOP + 0.5), (9.5, -1.6), (10.5, 1.4)])
    bottom = smooth([(10.5, 1.4), (6.0, 2.9), (0, 3.5)])
    outline = whole(join(upper, lower[1:], bottom[1:]))
    sheet.silhouette([outline])
    sheet.panel(outline, style.fabric, level=0.45, edge=0.45, lay=Lay(0, 0, 0), seed=34)
    hem = np.vstack([flip(bottom)[:-1], bottom[::-1]])
    sheet.stitch(hem - (0, 0.6), style.thread)


def _wash(sheet: Sheet, style: WovenStyle, back: bool) -> None:
    cut, k = style.cut, style.washed
    for sign in (1, -1):
        wear(sheet, (sign * 9.5, 33), (5.0, 15.0), 3 * sign, 0.13 * k, 0.25)
        wear(sheet, (sign * (cut.elbow[0] - 5), cut.elbow[1] + 3), (3.5, 10.0), -sign * cut.arm_angle, 0.14 * k, 0.3)
        wear(sheet, (sign * (cut.chest - 0.8), 40), (1.8, 20.0), 0, -0.22 * k, 0.2)
    if back:
        wear(sheet, (0, 24), (10.0, 11.0), 0, 0.11 * k, 0.25)
