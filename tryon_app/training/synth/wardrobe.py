"""What a person wears: which garments, how they are cut, in which order they lie on each other."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tryon_app.core.types import Material
from tryon_app.training.synth.measure import Measures
from tryon_app.training.synth.patterns import Pattern, TopCut, skirt, top, trousers
from tryon_app.training.synth.sewing import Sewn, sew

Style = Literal[
    "tee", "longsleeve", "tank", "shirt", "hoodie", "jacket", "open_jacket", "dress", "skirt", "trousers", "shorts"
]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One garment.

    Attributes:
        style: Decides collar, placket, pockets.
        material: What the parsing network is to call it.
        pattern: As it lies flat.
        cloth: Sewn, around the dressing pose.
        thickness: How far from the skin it lies, metres.
        rank: Greater lies over smaller.
    """

    style: Style
    material: Material
    pattern: Pattern
    cloth: Sewn
    thickness: float
    rank: int


_TOPS: dict[Style, float] = {"tee": 0.34, "longsleeve": 0.2, "tank": 0.12, "shirt": 0.17, "hoodie": 0.17}
_DRESSES = 0.16
_OUTER = 0.22


def random_outfit(body: Measures, random: np.random.Generator) -> list[Piece]:
    """Garments from the innermost to the outermost."""
    pieces: list[Piece] = []
    if random.random() < _DRESSES:
        pieces.append(_top(body, random, "dress", thickness=0.007, rank=1))
    else:
        names = list(_TOPS)
        style = names[int(random.choice(len(names), p=list(_TOPS.values())))]
        tucked = bool(random.random() < 0.42)
        pieces.append(_lower(body, random, thickness=0.012 if tucked else 0.004, rank=2 if tucked else 0))
        pieces.append(_top(body, random, style, thickness=0.006 if tucked else 0.010, rank=1))
        pieces.sort(key=lambda piece: piece.rank)
    if random.random() < _OUTER:
        outer: Style = "open_jacket" if random.random() < 0.7 else "jacket"
        pieces.append(_top(body, random, outer, thickness=0.022, rank=4))
    return pieces


def _top(body: Measures, random: np.random.Generator, style: Style, thickness: float, rank: int) -> Piece:
    cut = _cut(random, style)
    pattern = top(body, cut)
    material = Material.DRESS if style == "dress" else Material.UPPER
    return Piece(style, material, pattern, sew(body, pattern), thickness, rank)


def _cut(random: np.random.Generator, style: Style) -> TopCut:
    def within(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    short, long = within(0.32, 0.58), within(0.98, 1.16)
    sleeve = {"tee": short, "tank": 0.0, "dress": [0.0, short, long][int(random.choice(3, p=[0.45, 0.3, 0.25]))]}.get(
        style, long
    )
    if style in {"longsleeve", "shirt"} and random.random() < 0.2:
        sleeve = within(0.62, 0.9)
    loose = style in {"hoodie", "jacket", "open_jacket", "shirt"}
    length = within(0.8, 1.15) if style == "dress" else within(0.42, 0.80) + (0.05 if rank_is_outer(style) else 0.0)
    return TopCut(
        sleeve=sleeve,
        length=length,
        ease=within(0.06, 0.30) if loose else within(0.0, 0.22),
        flare=within(0.02, 0.18) if style == "dress" else max(0.0, float(random.normal(0.0, 0.015))),
        neck_width=within(1.05, 1.3) if loose else within(1.1, 1.7),
        neck_front=within(0.05, 0.10) if loose else within(0.05, 0.17),
        v_neck=bool(random.random() < (0.5 if style in {"shirt", "open_jacket"} else 0.28)),
        slope=float(random.normal(48, 6)),
        wide=within(1.15, 1.55) if sleeve < 0.7 else within(0.75, 1.15),
    )


def rank_is_outer(style: Style) -> bool:
    """Whether it is worn over another top."""
    return style in {"jacket", "open_jacket"}


def _lower(body: Measures, random: np.random.Generator, thickness: float, rank: int) -> Piece:
    kind = float(random.random())
    # On the hips, at the waist, above it: where a top ends over them must be seen, not known.
    rise = float(random.uniform(-0.12, 0.04))
    style: Style
    if kind < 0.2:
        style = "skirt"
        pattern = skirt(body, rise, float(random.uniform(0.33, 0.8)), float(random.uniform(0.01, 0.18)))
    elif kind < 0.38:
        style = "shorts"
        pattern = trousers(body, rise, float(random.uniform(0.3, 0.6)), float(random.uniform(0.04, 0.14)), 0.3)
    else:
        style = "trousers"
        length, wide = float(random.uniform(0.82, 0.98)), float(random.uniform(0.0, 0.6))
        pattern = trousers(body, rise, length, float(random.uniform(0.03, 0.12)), wide)
    return Piece(style, Material.LOWER, pattern, sew(body, pattern), thickness, rank)
