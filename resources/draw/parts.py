"""Small parts: buttons, rivets, labels, pockets, zips, cords."""

import cv2
import numpy as np

from resources.draw.curves import Path, join, line, moved, smooth
from resources.draw.fabric import Fabric, Swatch, linear
from resources.draw.sheet import Float, Lay, Print, Sheet

Vector = tuple[float, float]


def button(sheet: Sheet, at: Vector, radius: float, colour: str, holes: int = 4, thread: str = "#e9e6dc") -> None:
    """A sewn button with a raised rim and its thread, or (no holes) a metal one."""
    window, distance, dx, dy = _disc(sheet, at, radius)
    cover = np.clip(0.5 + (radius - distance) * sheet.ppc, 0, 1)
    q = distance / radius
    relief = 0.16 * np.sqrt(np.clip(1 - q**4, 0, 1)) - 0.06 * np.exp(-(((q - 0.0) / 0.55) ** 4))
    rgb = np.broadcast_to(linear(colour), (*distance.shape, 3)).copy()
    if holes:
        for k in range(holes):
            angle = 2 * np.pi * k / holes + np.pi / 4
            r = 0.27 * radius
            near = np.hypot(dx - r * np.cos(angle), dy - r * np.sin(angle))
            rgb *= (1 - 0.75 * np.exp(-((near / (0.13 * radius)) ** 2)))[..., None]
        for sign in (1, -1):
            cross = np.abs(dx + sign * dy) / np.sqrt(2)
            k = np.clip(0.5 + (0.075 * radius - cross) * sheet.ppc, 0, 1) * (q < 0.3)
            rgb = rgb * (1 - 0.8 * k[..., None]) + linear(thread) * 0.8 * k[..., None]
    else:
        ring = np.exp(-(((q - 0.66) / 0.09) ** 2))
        relief += -0.05 * ring
        rgb *= (1 - 0.35 * ring)[..., None]
    _shadow(sheet, at, radius)
    sheet.put(window, cover.astype(np.float32), Swatch(rgb.astype(np.float32), relief.astype(np.float32)), 0.12, 0.5)


def rivet(sheet: Sheet, at: Vector, colour: str = "#b08a5a", radius: float = 0.42) -> None:
    """A copper rivet."""
    button(sheet, at, radius, colour, holes=0)


def _disc(sheet: Sheet, at: Vector, radius: float) -> tuple:
    around = np.array([at]) + np.array([(-radius, -radius), (radius, radius)]) * 1.2
    window = sheet.window(sheet.pixels(around))
    (cx, cy) = sheet.bend(np.array([at]))[0]
    dx, dy = window.x - cx, window.y - cy
    return window, np.hypot(dx, dy), dx, dy


def _shadow(sheet: Sheet, at: Vector, radius: float) -> None:
    window, distance, _, dy = _disc(sheet, (at[0] + 0.04, at[1] + 0.12), 1.6 * radius)
    del dy
    dark = 0.45 * np.exp(-((distance / (1.12 * radius)) ** 6))
    sheet.rgb[window.box] *= (1 - dark)[..., None].astype(np.float32)


def patch_pocket(
    sheet: Sheet,
    outline: Path,
    fabric: Fabric,
    *,
    thread: str | None = None,
    open_edge: int = 0,
    twin: bool = True,
    thick: float = 0.10,
    print_: Print | None = None,
    seed: int = 31,
    lay: Lay | None = None,
) -> None:
    """A pocket sewn on: closed polygon whose first edge (`open_edge`) is the opening."""
    sheet.panel(outline, fabric, thick=thick, edge=0.16, print_=print_, seed=seed, lay=lay)
    corners = np.roll(outline, -open_edge, axis=0)
    inset = _inset(corners, 0.22)
    around = join(inset[1:], inset[:1])
    sheet.stitch(around, thread)
    if twin:
        deeper = _inset(corners, 0.75)
        sheet.stitch(join(deeper[1:], deeper[:1]), thread)
    hem = line(*(tuple(p) for p in (corners[:2] + _inward(corners) * 1.6)))
    sheet.stitch(hem, thread)
    sheet.seam(line(tuple(corners[0]), tuple(corners[1])), depth=0.10, width=0.12, pucker=0.01)


def _inward(corners: Path) -> Path:
    direction = corners.mean(0) - corners[:2].mean(0)
    return direction / np.linalg.norm(direction)


def _inset(corners: Path, distance: float) -> Path:
    middle = corners.mean(0)
    size = np.abs(corners - middle).max(0)
    return middle + (corners - middle) * (1 - distance / np.maximum(size, 1e-6))


def label(
    sheet: Sheet, outline: Path, colour: str, ink: str, rows: tuple[float, ...] = (0.35, 0.62), gloss: float = 0.2
) -> None:
    """A patch with lines of pretended print."""
    sheet.panel(outline, Fabric(colour, gloss=gloss), thick=0.07, edge=0.06)
    (x0, y0), (x1, y1) = outline.min(0), outline.max(0)
    for k, share in enumerate(rows):
        half = (0.36 - 0.12 * k) * (x1 - x0)
        middle, y, h = 0.5 * (x0 + x1), y0 + share * (y1 - y0), 0.10 * (y1 - y0)
        bar = np.array([(middle - half, y), (middle + half, y), (middle + half, y + h), (middle - half, y + h)])
        window = sheet.window(sheet.pixels(bar))
        sheet.tint(window.box, 0.85 * sheet.cover(bar, window), np.broadcast_to(linear(ink), (*window.x.shape, 3)))


def zipper(sheet: Sheet, path: Path, tape: str, metal: str, width: float = 0.62) -> None:
    """A closed zip along a path: tape, teeth that mesh, pull at the start."""
    sheet.strip(path, 2.2 * width, Fabric(tape), thick=-0.06, puff=0.0, seed=40)
    r = sheet.ribbon(path, width)
    where = (r.rows, r.cols)
    pitch = 0.26
    tooth = np.where(r.across > 0, np.sin(2 * np.pi * r.along / pitch), -np.sin(2 * np.pi * r.along / pitch)) > -0.1
    k = (np.clip((0.55 * width - np.abs(r.across)) * sheet.ppc + 0.5, 0, 1) * tooth)[:, None].astype(np.float32)
    sheet.rgb[where] = sheet.rgb[where] * (1 - k) + linear(metal) * k
    sheet.height[where] += 0.10 * k[:, 0]
    sheet.gloss[where] = np.maximum(sheet.gloss[where], 0.7 * k[:, 0])
    x, y = float(path[0, 0]), float(path[0, 1])
    slider = np.array([(x - 0.42, y), (x + 0.42, y), (x + 0.34, y + 1.1), (x - 0.34, y + 1.1)])
    sheet.panel(slider, Fabric(metal, gloss=0.8), thick=0.25, edge=0.18)
    pull = np.array([(x - 0.2, y + 0.8), (x + 0.2, y + 0.8), (x + 0.3, y + 3.2), (x - 0.3, y + 3.2)])
    sheet.panel(pull, Fabric(metal, gloss=0.8), thick=0.15, edge=0.12)


def cord(sheet: Sheet, points: list[Vector], colour: str, width: float = 0.62, tip: str = "#c9c9c6") -> None:
    """A hanging drawstring with a metal tip, leaving an eyelet."""
    path = smooth(points)
    button(sheet, points[0], 0.55, "#a7a9ab", holes=0)
    twist = Fabric(colour, rib=(0.24, 0.05))
    _cast(sheet, moved(path, 0.12, 0.28), width)
    sheet.strip(path, width, twist, thick=0.12, puff=0.28, seed=50, free=True)
    end, before = path[-1], path[-4]
    d = (end - before) / max(float(np.linalg.norm(end - before)), 1e-6)
    sheet.strip(
        line(tuple(end - 0.2 * d), tuple(end + 1.5 * d)),
        width * 0.85,
        Fabric(tip, gloss=0.8),
        thick=0.0,
        puff=0.22,
        free=True,
    )


def _cast(sheet: Sheet, path: Path, width: float) -> None:
    r = sheet.ribbon(path, 1.3 * width)
    dark = 0.4 * np.exp(-((r.across / (0.75 * width)) ** 2))
    sheet.rgb[r.rows, r.cols] *= (1 - dark)[:, None].astype(np.float32)


def wear(sheet: Sheet, at: Vector, size: Vector, angle: float, amount: float, rough: float = 0.5) -> None:
    """A bleached (positive) or soaked (negative) place: an uneven soft ellipse, `size` half axes in cm."""
    reach = 2.4 * max(size)
    around = np.array([at]) + np.array([(-reach, -reach), (reach, reach)])
    window = sheet.window(sheet.pixels(around))
    if 0 in window.x.shape:
        return
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    dx, dy = window.x - at[0], window.y - at[1]
    a, b = (c * dx + s * dy) / size[0], (-s * dx + c * dy) / size[1]
    spot = np.exp(-(a * a + b * b))
    noise = sheet.rng.standard_normal((max(4, window.x.shape[0] // 12), max(4, window.x.shape[1] // 12))).astype(
        np.float32
    )
    noise = cv2.GaussianBlur(noise, (0, 0), 2.0)
    noise = cv2.resize(noise / max(float(noise.std()), 1e-6), window.x.shape[::-1], interpolation=cv2.INTER_CUBIC)
    dose: Float = (amount * spot * np.clip(1 + rough * noise, 0, 2.5)).astype(np.float32)
    toward = linear("#b9c6d6") if amount > 0 else linear("#0d1420")
    k = np.clip(np.abs(dose), 0, 0.9)[..., None]
    sheet.rgb[window.box] = sheet.rgb[window.box] * (1 - k) + toward * k
