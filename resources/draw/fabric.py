"""What cloth is made of: grain, ribs, gloss. Every fabric is a declaration; one function samples them all."""

from dataclasses import dataclass, field, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
TILE_PX = 1024


@dataclass(frozen=True)
class Grain:
    """Stretched noise: correlation lengths along and across in cm, direction in degrees, strength."""

    along: float
    across: float
    angle: float
    amount: float


@dataclass(frozen=True)
class Fabric:
    """A cloth.

    Attributes:
        colour: "#rrggbb" as seen in even light.
        relief: Grains of height; amount in cm.
        tone: Grains of lightness; amount relative (0.05 = five per cent).
        second: Colour of the other yarn, mixed in by `mix`; "" = none.
        mix: Grains that say where the other yarn shows.
        rib: (pitch cm, depth cm) of ribs along v; (0, 0) = none.
        knit: (pitch cm, depth cm) of visible knit columns with their V stitches; (0, 0) = none.
        gloss: 0 dull .. 1 satin.
        stiff: How strongly folds show, 1 = jersey.
    """

    colour: str
    relief: tuple[Grain, ...] = ()
    tone: tuple[Grain, ...] = ()
    second: str = ""
    mix: tuple[Grain, ...] = ()
    rib: tuple[float, float] = (0.0, 0.0)
    knit: tuple[float, float] = (0.0, 0.0)
    gloss: float = 0.05
    stiff: float = 1.0
    share: float = field(default=0.5)

    def dyed(self, colour: str, second: str | None = None) -> "Fabric":
        """The same cloth in another colour."""
        return replace(self, colour=colour, second=self.second if second is None else second)


def linear(colour: str) -> Float:
    """Linear-light RGB of "#rrggbb"."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


@lru_cache(maxsize=48)
def _tile(along: float, across: float, angle: float, ppc: float, seed: int) -> Float:
    """A periodic noise tile with unit deviation, `ppc` pixels a cm."""
    white = np.random.default_rng(seed).standard_normal((TILE_PX, TILE_PX)).astype(np.float32)
    f = np.fft.fftfreq(TILE_PX) * ppc
    fx, fy = np.meshgrid(f[: TILE_PX // 2 + 1], f)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    a, b = c * fx + s * fy, -s * fx + c * fy
    keep = np.exp(-2 * np.pi**2 * ((along * a) ** 2 + (across * b) ** 2))
    keep[0, 0] = 0
    out = np.fft.irfft2(np.fft.rfft2(white) * keep, s=white.shape)
    return (out / max(float(out.std()), 1e-9)).astype(np.float32)


def _grains(grains: tuple[Grain, ...], u: Float, v: Float, ppc: float, seed: int) -> Float:
    total = np.zeros(u.shape, np.float32)
    for index, g in enumerate(grains):
        tile = _tile(g.along, g.across, g.angle, ppc, seed + 101 * index)
        shift = 377.0 * (index + 1)
        mx = np.mod(u * ppc + shift, TILE_PX).astype(np.float32)
        my = np.mod(v * ppc + shift, TILE_PX).astype(np.float32)
        total += g.amount * cv2.remap(tile, mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return total


@dataclass(frozen=True)
class Swatch:
    """Cloth sampled at points: linear RGB (h x w x 3) and relief in cm (h x w)."""

    rgb: Float
    relief: Float


def swatch(fabric: Fabric, u: Float, v: Float, ppc: float, seed: int) -> Swatch:
    """The cloth at cloth coordinates `u` (across the grain) and `v` (along it), in cm."""
    rgb = np.broadcast_to(linear(fabric.colour), (*u.shape, 3)).astype(np.float32)
    if fabric.second:
        share = np.clip(fabric.share + _grains(fabric.mix, u, v, ppc, seed + 7), 0, 1)[..., None]
        rgb = rgb * (1 - share) + linear(fabric.second) * share
    rgb = rgb * np.exp(_grains(fabric.tone, u, v, ppc, seed))[..., None]
    relief = _grains(fabric.relief, u, v, ppc, seed + 3)
    for (pitch, depth), stitches in ((fabric.rib, False), (fabric.knit, True)):
        if pitch <= 0:
            continue
        column = u / pitch
        groove = np.abs(np.sin(np.pi * column)) ** 0.8
        wave = groove
        if stitches:
            side = np.abs(np.mod(column, 1.0) - 0.5)
            wave = groove * (0.72 + 0.28 * np.cos(2 * np.pi * (v / (pitch * 0.85) + 0.9 * side)))
        relief = relief + depth * wave
        rgb = rgb * (0.84 + 0.16 * wave)[..., None]
    return Swatch(rgb.astype(np.float32), relief.astype(np.float32))


JERSEY = Fabric(
    "#e9e9e7",
    relief=(Grain(0.035, 0.10, 0, 0.0022), Grain(0.25, 0.3, 0, 0.0035)),
    tone=(Grain(0.03, 0.09, 0, 0.012), Grain(0.8, 1.2, 0, 0.006)),
)
HEATHER = Fabric(
    "#a9abac",
    second="#6f7275",
    mix=(Grain(0.16, 0.04, 0, 0.16), Grain(0.5, 0.07, 4, 0.11), Grain(1.1, 0.3, 0, 0.05)),
    relief=(Grain(0.05, 0.07, 0, 0.003), Grain(0.3, 0.3, 0, 0.008)),
    tone=(Grain(0.04, 0.04, 0, 0.03),),
    share=0.42,
    stiff=0.9,
)
FLEECE = Fabric(
    "#6d7f6b",
    relief=(Grain(0.06, 0.06, 0, 0.005), Grain(0.35, 0.35, 0, 0.010)),
    tone=(Grain(0.05, 0.06, 0, 0.03), Grain(0.35, 0.35, 0, 0.022)),
    stiff=0.9,
)
POPLIN = Fabric(
    "#a9c3ea",
    second="#d5e2f6",
    mix=(Grain(0.16, 0.025, 0, 0.10), Grain(0.025, 0.16, 0, 0.10)),
    relief=(Grain(0.25, 0.04, 0, 0.0022), Grain(0.04, 0.25, 0, 0.0022)),
    tone=(Grain(0.04, 0.04, 0, 0.010),),
    share=0.35,
    stiff=1.4,
)
DENIM = Fabric(
    "#22334f",
    second="#7d94b2",
    mix=(
        Grain(0.09, 0.022, 62, 0.085),
        Grain(0.022, 0.7, 0, 0.045),
        Grain(0.4, 0.022, 0, 0.03),
        Grain(0.6, 1.6, 0, 0.022),
    ),
    relief=(Grain(0.12, 0.03, 62, 0.0030), Grain(0.4, 0.4, 0, 0.006)),
    tone=(Grain(0.035, 0.04, 0, 0.045),),
    share=0.17,
    stiff=2.0,
)
TWILL = Fabric(
    "#b89e78",
    relief=(Grain(0.22, 0.035, 62, 0.0045), Grain(0.3, 0.3, 0, 0.004)),
    tone=(Grain(0.18, 0.03, 62, 0.028), Grain(0.04, 0.5, 0, 0.012), Grain(0.9, 1.2, 0, 0.010)),
    stiff=1.7,
)
RIB = Fabric(
    "#e9e9e7",
    relief=(Grain(0.04, 0.12, 0, 0.003),),
    tone=(Grain(0.04, 0.1, 0, 0.015),),
    rib=(0.32, 0.05),
)
KNIT = Fabric(
    "#e9e0cf",
    relief=(Grain(0.05, 0.1, 0, 0.006), Grain(0.4, 0.4, 0, 0.012)),
    tone=(Grain(0.05, 0.1, 0, 0.03), Grain(0.5, 0.6, 0, 0.015)),
    knit=(0.36, 0.06),
    stiff=0.95,
)
SATIN = Fabric(
    "#2e3b33",
    relief=(Grain(0.03, 0.3, 0, 0.0015), Grain(0.5, 0.5, 0, 0.008)),
    tone=(Grain(0.03, 0.25, 0, 0.012),),
    gloss=0.55,
    stiff=1.25,
)
CREPE = Fabric(
    "#7c2f3e",
    relief=(Grain(0.04, 0.05, 0, 0.0035), Grain(0.25, 0.35, 0, 0.004)),
    tone=(Grain(0.04, 0.05, 0, 0.022), Grain(0.6, 1.0, 0, 0.008)),
    gloss=0.12,
)
