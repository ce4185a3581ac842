"""Jeans, chinos and shorts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from resources.draw.curves import Path, at, join, line, moved, offset, part, smooth
from resources.draw.cut_bottom import LegCut
from resources.draw.fabric import DENIM, Fabric
from resources.draw.folds import Folds, away, directions
from resources.draw.parts import button, label, patch_pocket, rivet, wear
from resources.draw.sheet import Float, Lay, Sheet
from resources.draw.wardrobe.drawing import Drawing
from resources.draw.wardrobe.jersey import MARGIN, flip


@dataclass(frozen=True)
class TrouserStyle:
    """Trousers of woven cloth.

    Attributes:
        thread: Colour of the stitches; None = the cloth's own, sewn invisibly where jeans have twin stitching.
        jeans: Five pockets, yoke, rivets and patch; otherwise slant pockets in front and welt pockets behind.
        washed: Strength of the bleached thighs, knees and whiskers.
        crease: Whether a pressed crease runs down the legs.
    """

    cut: LegCut
    fabric: Fabric = DENIM
    thread: str | None = "#b9793a"
    jeans: bool = True
    washed: float = 1.0
    crease: bool = False
    drape: float = 1.0
    metal: str = "#a98b5e"


def trousers(style: TrouserStyle, view: str) -> Drawing:
    """The drawing of one view."""
    back = view == "back"
    x0, y0, x1, y1 = style.cut.extent()
    box = (x0 - MARGIN, y0 - MARGIN, x1 + MARGIN, y1 + MARGIN)
    return Drawing(box, style.cut.keypoints(back), lambda sheet: _paint(sheet, style, back))


Place = Callable[[Path], Path]


def _sides() -> list[tuple[int, Place]]:
    return [(1, lambda path: path), (-1, flip)]


def _folds(sheet: Sheet, style: TrouserStyle, side: int, back: bool) -> Float:
    cut, strength = style.cut, style.drape * style.fabric.stiff
    folds = Folds(sheet, sheet.seed + 20 + side)
    folds.inflate(sheet, 2.0, 5.5)
    crotch = (0.0, cut.rise - 1.5)
    pull = folds.near(crotch, 9)
    knee = (side * cut.leg_middle(cut.knee_y), cut.knee_y)
    below = np.clip((folds.y - cut.rise) / 12, 0, 1)
    folds.streaks(
        directions(88.0, [(2.0 * pull, away(folds.x, folds.y, crotch))]), 3.0, 24, 0.11 * strength, 0.5 + 0.5 * below
    )
    knees = np.exp(-(((folds.y - cut.knee_y) / 8) ** 2))
    if cut.length > cut.knee_y + 20:
        low = np.clip((folds.y - cut.length + 24) / 20, 0, 1)
        folds.streaks(8.0 * side, 1.5, 9, 0.13 * strength, 0.8 * knees + 0.9 * low)
        folds.streaks(-22.0 * side, 1.9, 11, 0.13 * strength, 0.9 * knees + 0.8 * low)
        folds.radiate(
            (knee[0] - side * 8, knee[1] + 2), 0 if side > 0 else 180, 80, 5, (6, 15), (0.9, 1.5), 0.18 * strength
        )
        folds.radiate(
            (knee[0] + side * 9, knee[1] + 6), 180 if side > 0 else 0, 60, 4, (6, 14), (0.9, 1.4), 0.16 * strength
        )
    outward = 10 if side > 0 else 170
    tilt = 24 if not back else -14
    folds.radiate(crotch, outward - side * tilt, 60, 6, (10, 20), (0.7, 1.3), 0.22 * strength, sag=0.04)
    folds.radiate((side * 1.0, cut.rise + 1.5), 68 if side > 0 else 112, 40, 4, (10, 30), (0.9, 1.6), 0.20 * strength)
    if back:
        seat = (side * 0.5 * cut.hip, cut.rise + 2.0)
        folds.crease(
            [(side * 2.5, cut.rise + 1.0), (seat[0], seat[1] + 2.2), (side * 0.9 * cut.hip, cut.rise - 0.5)],
            1.6,
            0.22 * strength,
            0.5,
        )
        folds.height += (0.9 * folds.near((side * 0.48 * cut.hip, 0.66 * cut.rise), 6.5)).astype(np.float32)
    else:
        folds.crease(
            [(side * 3, cut.rise - 7), (side * 9, cut.rise - 9), (side * 16, cut.rise - 11)], 0.9, 0.16 * strength, 0.4
        )
    if style.crease:
        top = (side * 0.47 * cut.waist, cut.band + 8)
        folds.crease([top, knee, (side * cut.spread, cut.length - 1)], 0.8, 0.16, 0.0)
    return folds.done()


def _paint(sheet: Sheet, style: TrouserStyle, back: bool) -> None:
    cut, fabric = style.cut, style.fabric
    if not back:
        sheet.panel(cut.opening, fabric, level=-1.6, dim=0.62, seed=7)
        inner = smooth([(-cut.waist, 0.4), (0, -cut.behind + 1.9), (cut.waist, 0.4)])
        sheet.strip(inner, 3.6, fabric, thick=0.02, puff=0.0, dim=0.66, seed=8)
        sheet.stitch(offset(inner, 1.75), style.thread)
    sheet.silhouette([cut.body(back)])
    for side, place in _sides():
        folds = _folds(sheet, style, side, back)
        lay = Lay(0, 0, -side * 1.5)
        sheet.panel(place(cut.leg(back)), fabric, lay=lay, level=0.0, roll=0.45, folds=folds, seed=2 + side)
    if style.washed:
        _wash(sheet, style, back)
    _seams(sheet, style, back)
    (_jeans_back if style.jeans and back else _jeans_front if style.jeans else _chino_back if back else _chino_front)(
        sheet, style
    )
    _waistband(sheet, style, back)


def _wash(sheet: Sheet, style: TrouserStyle, back: bool) -> None:
    cut, k = style.cut, style.washed
    for side, _ in _sides():
        x = side * cut.leg_middle(cut.rise + 14)
        wear(
            sheet,
            (side * 0.50 * cut.hip, cut.rise + (10 if not back else -9)),
            (5.0, 17.0 if not back else 8.5),
            4 * side,
            0.17 * k,
            0.22,
        )
        wear(sheet, (x + side, cut.knee_y + (-2 if not back else 6)), (4.6, 12.0), 2 * side, 0.12 * k, 0.3)
        wear(sheet, (side * (cut.hip - 1.5), cut.knee_y), (2.2, 36.0), 0, -0.22 * k, 0.2)
        wear(sheet, (side * 2.6, cut.rise + 14), (2.2, 16.0), 0, -0.22 * k, 0.2)
        for i in range(5 if not back else 0):
            y = cut.rise - 10.5 + 2.6 * i + sheet.rng.uniform(-0.4, 0.4)
            wear(sheet, (side * (9.5 - 0.5 * i), y), (5.5, 0.34), side * (-14 + 9 * i), 0.15 * k, 0.4)
        for i in range(5):
            y = cut.knee_y + (-6 if not back else -1) + 3.0 * i + sheet.rng.uniform(-0.7, 0.7)
            tilt = sheet.rng.uniform(-16, 16)
            wear(sheet, (side * (cut.leg_middle(y) + sheet.rng.uniform(-2, 2)), y), (4.2, 0.30), tilt, 0.09 * k, 0.4)


def _seams(sheet: Sheet, style: TrouserStyle, back: bool) -> None:
    cut = style.cut
    fade = 0.22 * style.washed
    centre = line((0, (-cut.behind if back else cut.dip)), (0, cut.rise + 0.3))
    sheet.seam(centre, depth=0.10, width=0.16, ledge=0.06, pucker=0.045, fade=fade)
    if style.jeans:
        for shift in (0.28, 0.82):
            sheet.stitch(moved(centre, shift if back else -shift, 0), style.thread)
    for side, place in _sides():
        edge = 0.55 if style.jeans else 0.35
        sheet.seam(offset(place(cut.side), side * edge), depth=0.05, width=0.18, pucker=0.03, fade=0.6 * fade)
        inseam = offset(place(cut.inseam), -side * 0.5)
        sheet.seam(inseam, depth=0.05, width=0.15, pucker=0.04, fade=fade)
        if style.jeans:
            sheet.stitch(offset(place(cut.inseam), -side * 0.85), style.thread)
            sheet.stitch(part(offset(place(cut.side), side * 0.85), 0.0, 0.17), style.thread)
        hem = place(cut.hem_above(1.4 if style.jeans else 3.2))
        sheet.seam(hem, depth=0.05, width=0.18, pucker=0.075, spacing=1.2, fade=1.4 * fade)
        if style.jeans:
            sheet.stitch(hem, style.thread)


def _jeans_front(sheet: Sheet, style: TrouserStyle) -> None:
    cut, fade = style.cut, 0.3 * style.washed
    top = cut.dip + cut.band - 0.6
    for side, place in _sides():
        mouth = place(
            smooth(
                [
                    (0.50 * cut.waist, top + 0.2),
                    (0.55 * cut.waist, top + 3.4),
                    (0.78 * cut.waist, top + 5.6),
                    (cut.waist + 2.0, top + 5.5),
                ]
            )
        )
        bag = join(mouth, line((side * (cut.waist + 1.6), 3.4), (side * 0.5 * cut.waist, top)))
        sheet.panel(bag, style.fabric, thick=-0.14, dim=0.86, seed=12 + side)
        if side < 0:
            upper = place(line((0.62 * cut.waist, top + 2.3), (cut.waist + 1.2, top + 1.9)))
            coin = join(upper, part(mouth, 0.42, 1.0)[::-1])
            sheet.panel(coin, style.fabric, thick=0.06, dim=0.95, seed=15)
            for shift in (0.3, 0.8):
                sheet.stitch(moved(upper, 0, shift), style.thread)
            sheet.seam(upper, depth=0.08, width=0.1, pucker=0.01)
        sheet.seam(mouth, depth=0.14, width=0.14, ledge=side * 0.09, pucker=0.03, fade=fade)
        for shift in (0.3, 0.85):
            sheet.stitch(offset(mouth, side * shift), style.thread)
        rivet(sheet, tuple(mouth[2] + (-side * 0.7, 0.9)), style.metal)
        rivet(sheet, (side * (cut.waist + 0.9), top + 6.3), style.metal)
    for shift in (0.0, 0.55):
        sheet.stitch(cut.fly() - (shift, shift), style.thread)
    sheet.seam(moved(cut.fly(), 0.2, 0), depth=0.03, width=0.3, pucker=0.05, fade=fade)


def _jeans_back(sheet: Sheet, style: TrouserStyle) -> None:
    cut, fade = style.cut, 0.3 * style.washed
    for side, place in _sides():
        yoke = place(smooth([(0, 9.6 - cut.behind), (0.5 * cut.waist, 7.6), (cut.waist + 2.4, 5.6)]))
        sheet.seam(yoke, depth=0.09, width=0.15, ledge=-side * 0.05, pucker=0.045, fade=fade)
        for shift in (0.3, 0.85):
            sheet.stitch(offset(yoke, -side * shift), style.thread)
        x, y = 3.4, 11.2
        pocket = place(
            line((x, y + 1.2), (x + 12.4, y - 0.2), (x + 12.6, y + 10.6), (x + 7.0, y + 14.6), (x + 1.2, y + 11.8))
        )
        patch_pocket(sheet, pocket, style.fabric, thread=style.thread, seed=22 + side, lay=Lay(0, 0, -side * 4))
        for shift in (0.0, 0.6):
            wave = place(
                smooth(
                    [
                        (x + 0.5, y + 5.6 + shift),
                        (x + 4.2, y + 6.6 + shift),
                        (x + 6.9, y + 8.8 + shift),
                        (x + 9.4, y + 6.0 + shift),
                        (x + 12.4, y + 4.6 + shift),
                    ]
                )
            )
            sheet.stitch(wave, style.thread)
        wear(sheet, (side * (x + 7), y + 8), (4.5, 5.0), 0, 0.11 * style.washed, 0.3)


def _chino_front(sheet: Sheet, style: TrouserStyle) -> None:
    cut = style.cut
    for side, place in _sides():
        mouth = place(line((0.66 * cut.waist, cut.band + 1.0), (cut.waist + 2.2, cut.band + 14.5)))
        sheet.seam(mouth, depth=0.16, width=0.13, ledge=-side * 0.08, pucker=0.015)
        sheet.stitch(offset(mouth, side * 0.65), style.thread)
        for end in (0.03, 0.97):
            x, y = at(mouth, end)
            sheet.stitch(line((x - 0.45, y), (x + 0.45, y)), style.thread, pitch=0.12)
    sheet.stitch(cut.fly(), style.thread)
    sheet.seam(moved(cut.fly(), 0.25, 0.1), depth=0.03, width=0.3, pucker=0.02)


def _chino_back(sheet: Sheet, style: TrouserStyle) -> None:
    for side, place in _sides():
        dart = place(line((9.6, style.cut.band - 0.6), (9.8, 9.6)))
        sheet.seam(dart, depth=0.07, width=0.14, pucker=0.01)
        for y in (10.2, 11.3):
            welt = place(line((3.6, y), (16.2, y - 0.5)))
            sheet.seam(welt, depth=0.13, width=0.12, ledge=side * 0.05, pucker=0.01)
        frame = place(line((3.5, 9.9), (16.3, 9.4), (16.4, 11.2), (3.6, 11.7), (3.5, 9.9)))
        sheet.stitch(frame, style.thread)
        button(sheet, (side * 9.9, 13.0), 0.62, "#8a7458" if style.thread is None else style.thread)


def _waistband(sheet: Sheet, style: TrouserStyle, back: bool) -> None:
    cut, fabric = style.cut, style.fabric
    band = cut.band
    middle = cut.below_waist(back, band / 2)
    sheet.strip(middle, band, fabric, thick=0.10, puff=0.08, turned=True, seed=25)
    lower = cut.below_waist(back, band)
    sheet.seam(lower, depth=0.10, width=0.15, pucker=0.04, fade=0.2 * style.washed)
    for depth in (0.35, band - 0.35):
        sheet.stitch(cut.below_waist(back, depth), style.thread)
    spots = [0.5] if back else []
    for share in (*spots, 0.16, 0.84) if back else (0.22, 0.78):
        loop = line(at(cut.below_waist(back, -0.15), share), at(cut.below_waist(back, band + 0.7), share))
        sheet.strip(loop, 1.25, fabric, thick=0.16, puff=0.10, seed=26, free=False)
        for shift in (-0.36, 0.36):
            sheet.stitch(moved(loop, shift, 0), style.thread)
    if back and style.jeans:
        x, y = at(middle, 0.70)
        label(
            sheet,
            line((x - 3.4, y - 1.9), (x + 3.4, y - 1.9), (x + 3.4, y + 2.3), (x - 3.4, y + 2.3)),
            "#8a5a34",
            "#3c2413",
        )
    if not back:
        y = cut.dip + band / 2
        sheet.seam(line((-2.2, cut.dip + 0.1), (-2.2, cut.dip + band)), depth=0.12, width=0.12, ledge=-0.1, pucker=0.0)
        metal = style.metal if style.jeans else "#6f5b43"
        button(sheet, (0.2, y), 0.85, metal, holes=0 if style.jeans else 4)
