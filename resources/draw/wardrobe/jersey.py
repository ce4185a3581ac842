"""Tops of jersey and knit: tee, long sleeve, sweater, sweatshirt."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from resources.draw.curves import Path, join, line, offset, part, whole
from resources.draw.cut_top import TopCut
from resources.draw.fabric import JERSEY, RIB, Fabric, linear
from resources.draw.folds import Folds, away, directions
from resources.draw.sheet import Float, Lay, Print, Sheet
from resources.draw.wardrobe.drawing import Drawing

MARGIN = 1.6
Decor = Callable[[Sheet, TopCut, bool], None]


def no_decor(_sheet: Sheet, _cut: TopCut, _back: bool) -> None:
    """Nothing sewn or printed on."""


@dataclass(frozen=True)
class JerseyStyle:
    """A knitted top.

    Attributes:
        collar_rib: Width in cm of the neck rib; `collar_fabric` its cloth.
        hem_rib, cuff_rib: Height of ribbed hem and cuffs; 0 = a turned hem with twin stitching.
        drape: Strength of the folds.
        print_: Print over the whole cloth; `decor` paints what is sewn or printed on a finished body.
        binding: Width of the armhole edge of a sleeveless top.
        label: Whether a woven label shows inside the neck.
    """

    cut: TopCut
    fabric: Fabric = JERSEY
    collar_fabric: Fabric = RIB
    collar_rib: float = 1.9
    hem_rib: float = 0.0
    cuff_rib: float = 0.0
    drape: float = 1.0
    print_: Print | None = None
    decor: Decor = no_decor
    label: bool = True
    binding: float = 1.1
    thread: str | None = None


def jersey_top(style: JerseyStyle, view: str) -> Drawing:
    """The drawing of one view."""
    back = view == "back"
    cut = style.cut
    x0, y0, x1, y1 = cut.extent()
    return Drawing(
        (x0 - MARGIN, y0 - MARGIN, x1 + MARGIN, y1 + MARGIN + cut.hem_drop),
        cut.keypoints(back),
        lambda sheet: _paint(sheet, style, back),
    )


def flip(path: Path) -> Path:
    """The path on the other side, walked the same way."""
    return path * (-1, 1)


def full_neck(half: Path) -> Path:
    """The whole neckline, from the picture's left collar point to the right one."""
    return join(flip(half), half[::-1][1:])


def body_folds(sheet: Sheet, cut: TopCut, strength: float, seed: int) -> Float:
    """Folds of a hanging torso: pulled from the armpits, falling from the chest, resting on the hem."""
    folds = Folds(sheet, seed)
    folds.inflate(sheet, 2.2, 6.5)
    ax, ay = cut.pit
    length = cut.length
    pits = [(ax, ay), (-ax, ay)]
    sources = [(1.2 * folds.near(p, 11), away(folds.x, folds.y, p)) for p in pits]
    field_ = directions(90.0, sources)
    low = np.clip((folds.y - 0.35 * length) / (0.65 * length), 0, 1)
    calm = 1 - 0.75 * folds.near((0, 0.33 * length), 0.22 * length)
    flank = np.clip(np.abs(folds.x) / ax, 0, 1) ** 1.5
    weight = (0.25 + 0.5 * low + 0.55 * flank) * calm
    folds.streaks(field_, 3.4, 26, 0.17 * strength, weight)
    folds.streaks(field_, 1.5, 13, 0.03 * strength, weight)
    for sign, p in zip((1, -1), pits, strict=True):
        inward = 180 if sign > 0 else 0
        folds.radiate(p, inward - sign * 38, 62, 5, (9, 21), (1.1, 2.0), 0.17 * strength, sag=0.10)
        folds.crease(
            [(sign * (cut.shoulder - 2.2), cut.slope + 3), (sign * (ax - 4.2), ay - 9), (sign * (ax - 3.0), ay - 1)],
            1.5, 0.17 * strength, 0.5 * sign,
        )  # fmt: skip
        folds.crease(
            [(sign * (ax - 1.5), ay + 2), (sign * (0.8 * ax), ay + 0.34 * length), (sign * 0.84 * cut.hem, length - 2)],
            1.9, 0.14 * strength, -0.5 * sign,
        )  # fmt: skip
    return folds.done()


def sleeve_folds(sheet: Sheet, cut: TopCut, side: int, strength: float, seed: int) -> Float:
    """Folds of a hanging sleeve (side 1 right of the picture, -1 left)."""
    folds = Folds(sheet, seed)
    folds.inflate(sheet, 1.5, 4.0)
    ax, ay = cut.pit
    pit = (side * ax, ay)
    axis = 90 - side * cut.arm_angle
    cross = folds.near(pit, 9)
    field_ = directions(axis, [(1.6 * cross, away(folds.x, folds.y, pit))])
    folds.streaks(field_, 2.4, 15, 0.16 * strength, 0.7 + 0.5 * cross)
    tip = cut.tip
    aim = float(np.degrees(np.arctan2(tip[1] - ay, side * (tip[0] + 4 - ax))))
    folds.radiate(pit, aim + side * 38, 60, 3, (7, 0.6 * cut.armpit), (1.0, 1.6), 0.12 * strength)
    if cut.sleeve > 35:
        (ex, ey), reach = cut.elbow, cut.cuff
        ux, uy = cut.axis[0]
        crook = (side * (ex - 1.15 * reach * uy), ey + 1.15 * reach * ux)
        lower = 90 - side * cut.bend
        along = (folds.x - side * ex) * side * cut.axis[1][0] + (folds.y - ey) * cut.axis[1][1]
        elbow = np.exp(-((along / 9) ** 2))
        slouch = np.clip((along - 0.26 * cut.sleeve) / 8, 0, 1)
        folds.streaks(lower + side * 58, 2.0, 9, 0.17 * strength, 0.9 * elbow + 0.75 * slouch)
        folds.streaks(lower - side * 62, 1.7, 7, 0.11 * strength, 0.7 * elbow + 0.9 * slouch)
        outward = float(np.degrees(np.arctan2(ey - crook[1], side * ex - crook[0])))
        folds.radiate(crook, outward, 95, 6, (6, 13), (0.9, 1.5), 0.26 * strength)
    return folds.done()


def neck_label(sheet: Sheet, y: float, colour: str = "#f3f1ec", width: float = 3.6, height: float = 1.9) -> None:
    """The woven label inside the back of the neck."""
    outline = np.array([(-width / 2, y), (width / 2, y), (width / 2, y + height), (-width / 2, y + height)])
    sheet.panel(outline, Fabric(colour, gloss=0.2), thick=0.06, edge=0.04)
    ink = linear("#3b3f45" if sum(linear(colour)) > 1 else "#d8d8d8")
    for dx, w, dy, h in ((-0.0, 1.7, 0.55, 0.30), (0.0, 1.0, 1.08, 0.12)):
        bar = np.array([(dx - w / 2, y + dy), (dx + w / 2, y + dy), (dx + w / 2, y + dy + h), (dx - w / 2, y + dy + h)])
        window = sheet.window(sheet.pixels(bar))
        sheet.tint(window.box, 0.8 * sheet.cover(bar, window), np.broadcast_to(ink, (*window.x.shape, 3)))


def _neck_inside(sheet: Sheet, style: JerseyStyle) -> None:
    cut = style.cut
    sheet.panel(cut.opening, style.fabric, level=-1.3, dim=0.72, seed=9)
    rib = style.collar_rib
    curve = full_neck(cut.back_neck)
    sheet.strip(offset(curve, rib / 2), rib, style.collar_fabric, thick=0.05, puff=0.05, dim=0.86, seed=3)
    tape = offset(curve, rib + 0.35)
    sheet.strip(tape, 0.8, style.fabric, thick=0.06, puff=0.06, dim=0.88, seed=4)
    sheet.stitch(offset(curve, rib + 0.12), style.thread)
    sheet.stitch(offset(curve, rib + 0.66), style.thread)
    if style.label:
        neck_label(sheet, cut.back_drop + rib + 0.7)


def _paint(sheet: Sheet, style: JerseyStyle, back: bool) -> None:
    cut = style.cut
    neck = cut.back_neck if back else cut.front_neck
    if not back and cut.back_drop < cut.drop:
        _neck_inside(sheet, style)
    paint_body(sheet, cut, back, style.fabric, style.drape, style.print_)
    for sign in (1, -1) if cut.sleeve else ():
        armhole = cut.armhole if sign > 0 else flip(cut.armhole)
        sheet.seam(armhole, depth=0.07, width=0.16, ledge=sign * 0.05, pucker=0.022)
        sheet.stitch(offset(armhole, sign * 0.55), style.thread, sink=0.008)
    ribbed_ends(sheet, style)
    _collar(sheet, style, neck)
    style.decor(sheet, cut, back)


def paint_body(
    sheet: Sheet, cut: TopCut, back: bool, fabric: Fabric, drape: float, print_: Print | None = None
) -> None:
    """Torso and sleeves, with their folds."""
    body = cut.body(cut.back_neck if back else cut.front_neck)
    arms = [cut.arm, flip(cut.arm)] if cut.sleeve else []
    if cut.ruffle and not back:
        behind = replace(cut, ruffle=0.0, length=cut.length + 0.5 * cut.ruffle, hem=cut.hem - 0.4)
        half = join(line((behind.waist, behind.waist_y + 3)), part(behind.side, 0.7, 1.0), behind.hem_line)
        sheet.panel(whole(half), fabric, level=-1.8, dim=0.62, seed=6)
    sheet.silhouette([body, *arms])
    strength = drape * fabric.stiff
    for side, arm in zip((1, -1), arms, strict=False):
        lay = Lay(side * cut.tip[0], cut.tip[1], -side * cut.arm_angle)
        folds = sleeve_folds(sheet, cut, side, strength, sheet.seed + 11 + side)
        sheet.panel(arm, fabric, lay=lay, level=0.0, roll=0.5, folds=folds, print_=print_, seed=2 + side)
    folds = body_folds(sheet, cut, strength, sheet.seed + 5)
    if cut.ruffle:
        folds = folds + flare_folds(sheet, (cut.waist, cut.waist_y), (cut.hem, cut.length), cut.waves, 0.75 * drape)
    sheet.panel(body, fabric, level=0.0, thick=0.04, roll=0.5, folds=folds, print_=print_, seed=0)


def flare_folds(
    sheet: Sheet, waist: tuple[float, float], hem: tuple[float, float], waves: float, amount: float
) -> Float:
    """The deep folds of a falling skirt: narrow at the waist (half width, depth), waves of the hem at the hem."""
    x, y = sheet.coarse()
    down = np.clip((y - waist[1]) / (hem[1] - waist[1]), 0, 1.1)
    half = waist[0] + (hem[0] - waist[0]) * down
    folds = Folds(sheet, sheet.seed + 60)
    folds.streaks(90.0, 5.0, 40, 1.0)
    warp = 0.05 * folds.height
    across = np.clip(np.abs(x / half) + warp, 0, 1.2)
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * waves * across)
    ridge = wave**0.75 - 0.5
    fall = np.clip(down * 1.15, 0, 1) ** 1.2
    return (amount * fall * (ridge + 0.22 * folds.height)).astype(np.float32)


def ribbed_ends(sheet: Sheet, style: JerseyStyle) -> None:
    """Hem and cuffs: ribbed, or turned and twin-stitched; bound armholes where there are no sleeves."""
    cut = style.cut
    if style.hem_rib:
        band = style.hem_rib
        sheet.strip(cut.above_hem(band / 2), band, style.collar_fabric, thick=-0.10, puff=0.22, seed=5)
        sheet.seam(cut.above_hem(band), depth=0.12, width=0.2, pucker=0.05, spacing=1.3)
    else:
        _turned_hem(sheet, style, cut.above_hem(2.2), cut.above_hem(1.95))
    for sign in () if cut.sleeve else (1, -1):
        rim = cut.armhole if sign > 0 else flip(cut.armhole)
        sheet.strip(
            offset(rim, sign * 0.5 * style.binding), style.binding, style.collar_fabric, thick=0.02, puff=0.10, seed=6
        )
        sheet.stitch(offset(rim, sign * (style.binding - 0.2)), style.thread)
        sheet.seam(offset(rim, sign * style.binding), depth=0.05, width=0.12, pucker=0.03)
    for sign in (1, -1) if cut.sleeve else ():
        place = (lambda path: path) if sign > 0 else flip
        if style.cuff_rib:
            band = style.cuff_rib
            sheet.strip(
                place(cut.across_sleeve(band / 2)), band, style.collar_fabric, thick=-0.10, puff=0.22, seed=6 + sign
            )
            sheet.seam(place(cut.across_sleeve(band)), depth=0.12, width=0.2, pucker=0.05, spacing=1.1)
        else:
            _turned_hem(sheet, style, place(cut.across_sleeve(2.2)), place(cut.across_sleeve(1.95)))


def _turned_hem(sheet: Sheet, style: JerseyStyle, upper: Path, lower: Path) -> None:
    sheet.seam(upper, depth=0.03, width=0.2, pucker=0.022, spacing=1.4)
    sheet.stitch(upper, style.thread)
    sheet.stitch(lower, style.thread)


def _collar(sheet: Sheet, style: JerseyStyle, neck: Path) -> None:
    rib = style.collar_rib
    curve = full_neck(neck)
    sheet.strip(offset(curve, rib / 2), rib, style.collar_fabric, thick=0.02, puff=0.16, seed=8)
    sheet.seam(offset(curve, rib), depth=0.07, width=0.13, ledge=0.03, pucker=0.015)
    sheet.stitch(offset(curve, rib + 0.42), style.thread, sink=0.012)
