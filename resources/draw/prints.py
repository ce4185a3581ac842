"""Prints and artwork of our own: stripes and small patterns over the cloth, drawn pictures on a finished body."""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from resources.draw.fabric import linear
from resources.draw.sheet import Float, Print, Sheet

Vector = tuple[float, float]
DETAIL = 48.0


def stripes(colour: str, pitch: float, width: float, start: float = 0.0, end: float = 1e9) -> Print:
    """Stripes across the cloth: every `pitch` cm one of `width` cm, from `start` to `end` along the cloth."""
    ink = linear(colour)

    def paint(_u: Float, v: Float, rgb: Float) -> Float:
        t = np.abs(np.mod(v - start, pitch) - pitch / 2)
        k = np.clip((width / 2 - t) / 0.05 + 0.5, 0, 1) * (v >= start) * (v <= end)
        # The dye takes over the cloth's own unevenness.
        tone = rgb / np.maximum(rgb.mean((0, 1), keepdims=True), 1e-4)
        return (rgb * (1 - k[..., None]) + ink * tone * k[..., None]).astype(np.float32)

    return paint


def blossoms(petals: tuple[str, ...], heart: str, leaf: str, pitch: float = 4.2, seed: int = 4) -> Print:
    """A scattered flower print: five petals, a heart and two leaves each, never twice the same."""
    size = 1536
    tile, cover = _blossom_tile(petals, heart, leaf, pitch, seed, size)
    ppc = size / (8 * pitch)

    def paint(u: Float, v: Float, rgb: Float) -> Float:
        mx, my = np.mod(u * ppc, size).astype(np.float32), np.mod(v * ppc, size).astype(np.float32)
        k = cv2.remap(cover, mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)[..., None]
        ink = cv2.remap(tile, mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        tone = rgb / np.maximum(rgb.mean((0, 1), keepdims=True), 1e-4)
        return (rgb * (1 - k) + ink * tone * k).astype(np.float32)

    return paint


def _blossom_tile(
    petals: tuple[str, ...], heart: str, leaf: str, pitch: float, seed: int, size: int
) -> tuple[Float, Float]:
    rng = np.random.default_rng(seed)
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    cell = size / 8
    for row in range(8):
        for col in range(8):
            x = (col + 0.5 * (row % 2) + rng.uniform(0.2, 0.8)) * cell
            y = (row + rng.uniform(0.2, 0.8)) * cell
            r = cell * rng.uniform(0.20, 0.36)
            colour, turn = str(rng.choice(petals)), rng.uniform(0, 2 * np.pi)
            for dx in (-size, 0, size):
                for dy in (-size, 0, size):
                    _flower(draw, (x + dx, y + dy), r, turn, colour, heart, leaf)
    data = np.asarray(picture, np.float32) / 255
    rgb = np.where(data[..., :3] <= 0.04045, data[..., :3] / 12.92, ((data[..., :3] + 0.055) / 1.055) ** 2.4)
    del pitch
    return rgb.astype(np.float32), cv2.GaussianBlur(np.ascontiguousarray(data[..., 3]), (0, 0), 0.8)


def _flower(draw: ImageDraw.ImageDraw, at: Vector, r: float, turn: float, colour: str, heart: str, leaf: str) -> None:
    x, y = at
    for k in (0.3, 2.6):
        a = turn + k
        tip = (x + 1.75 * r * np.cos(a), y + 1.75 * r * np.sin(a))
        side = (0.32 * r * np.sin(a), -0.32 * r * np.cos(a))
        mid = (x + 1.15 * r * np.cos(a), y + 1.15 * r * np.sin(a))
        draw.polygon(
            [(x, y), (mid[0] + side[0], mid[1] + side[1]), tip, (mid[0] - side[0], mid[1] - side[1])], fill=leaf
        )
    for k in range(5):
        a = turn + 2 * np.pi * k / 5
        px, py, pr = x + 0.55 * r * np.cos(a), y + 0.55 * r * np.sin(a), 0.46 * r
        draw.ellipse((px - pr, py - pr, px + pr, py + pr), fill=colour)
    draw.ellipse((x - 0.26 * r, y - 0.26 * r, x + 0.26 * r, y + 0.26 * r), fill=heart)


def artwork(
    sheet: Sheet,
    at: Vector,
    size: Vector,
    paint: Callable[[ImageDraw.ImageDraw, float], None],
    colour: str,
    ink: float = 0.9,
) -> None:
    """Screen-print a one-colour drawing, centred at `at`, `size` cm wide and high.

    `paint` draws in white on black, in pixels, `DETAIL` to a cm; the weave shows through where `ink` is below 1.
    """
    w, h = round(size[0] * DETAIL), round(size[1] * DETAIL)
    mask = Image.new("L", (w, h), 0)
    paint(ImageDraw.Draw(mask), DETAIL)
    box = np.array([(at[0] - size[0] / 2, at[1] - size[1] / 2), (at[0] + size[0] / 2, at[1] + size[1] / 2)])
    window = sheet.window(sheet.pixels(box))
    height = cv2.GaussianBlur(sheet.height[window.box], (0, 0), 0.4 * sheet.ppc)
    gy, gx = np.gradient(height, 1 / sheet.ppc)
    (x0, y0), _ = sheet.bend(box)
    mx = ((window.x - 0.8 * gx - x0) * DETAIL).astype(np.float32)
    my = ((window.y - 0.8 * gy - y0) * DETAIL).astype(np.float32)
    soft = cv2.GaussianBlur(np.asarray(mask, np.float32) / 255, (0, 0), 0.6 * DETAIL / sheet.ppc)
    cover = cv2.remap(soft, mx, my, cv2.INTER_LINEAR, borderValue=0)
    grain = sheet.rgb[window.box].mean(-1, keepdims=True)
    tone = grain / np.maximum(cv2.GaussianBlur(grain[..., 0], (0, 0), 0.3 * sheet.ppc), 1e-5)[..., None]
    sheet.tint(window.box, ink * cover, linear(colour) * np.clip(tone, 0.6, 1.5) ** 0.6)


def sunrise(draw: ImageDraw.ImageDraw, k: float) -> None:
    """A sun over waves, 22 x 24 cm."""
    cx, cy, r = 11 * k, 8.6 * k, 7.2 * k
    draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=255)
    for i in range(6):
        y, h = cy + (0.2 + 0.22 * i * (1 + 0.05 * i)) * r * 0.9, (0.05 + 0.022 * i) * r
        draw.rectangle((cx - r, y, cx + r, y + h), fill=0)
    for row in range(3):
        y0 = (17.2 + 1.25 * row) * k
        xs = np.linspace((2.2 + 0.8 * row) * k, (19.8 - 0.8 * row) * k, 200)
        ys = y0 + 0.42 * k * np.sin((xs / k + 0.9 * row) * 2 * np.pi / 2.9)
        draw.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=255, width=int(0.38 * k))
    text(draw, (11 * k, 22.4 * k), "SLOW TIDE", 2.0 * k, spread=0.34)


def peaks(draw: ImageDraw.ImageDraw, k: float) -> None:
    """Three peaks in a ring, 8 x 8 cm."""
    draw.ellipse((0.4 * k, 0.4 * k, 7.6 * k, 7.6 * k), outline=255, width=int(0.28 * k))
    for points in (((1.3, 5.6), (3.0, 2.9), (4.3, 5.0)), ((2.9, 5.6), (4.6, 2.2), (6.7, 5.6))):
        draw.line([(x * k, y * k) for x, y in points], fill=255, width=int(0.30 * k), joint="curve")
    draw.line([(1.2 * k, 5.75 * k), (6.8 * k, 5.75 * k)], fill=255, width=int(0.28 * k))


def varsity(draw: ImageDraw.ImageDraw, k: float) -> None:
    """Two lines of heavy lettering, 30 x 10 cm."""
    text(draw, (15 * k, 3.4 * k), "NORTHBANK", 3.6 * k, spread=0.09, bold=0.12)
    text(draw, (15 * k, 7.9 * k), "ROWING CLUB", 1.9 * k, spread=0.22, bold=0.05)


def text(
    draw: ImageDraw.ImageDraw, at: Vector, words: str, height: float, spread: float = 0.0, bold: float = 0.0
) -> None:
    """Lettering centred at `at`, `height` px tall, letters `spread` heights apart, strokes fatter by `bold` heights."""
    font = ImageFont.load_default(height)
    widths = [draw.textlength(letter, font=font) for letter in words]
    total = sum(widths) + spread * height * (len(words) - 1)
    x = at[0] - total / 2
    for letter, width in zip(words, widths, strict=True):
        draw.text((x, at[1]), letter, font=font, fill=255, anchor="lm", stroke_width=round(bold * height / 2))
        x += width + spread * height
