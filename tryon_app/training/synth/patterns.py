"""Sewn patterns, kimono cut: a front and a back panel drawn from a body's measurements, metres.

A pattern is the right half of a panel, x >= 0, as edges that follow each other from the lower centre to the upper one.
Every edge is given twice: as it lies flat, which is the cloth's rest state and the product photo, and as it is held
around the body before it is let go. Flat and around are both seen from the front: (x, z).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tryon_app.training.synth.measure import Measures, Vector

Panel = Literal["front", "back"]
PANELS: tuple[Panel, Panel] = ("front", "back")
_GAP = 0.012


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """Part of a panel's outline.

    Attributes:
        flat: K x 2.
        around: M x 2.
        open: Not sewn to the other panel.
    """

    flat: Vector
    around: Vector
    open: bool


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Half of a garment.

    Attributes:
        edges: From the lower centre; the last one ends at the neckline or waist.
        closing: Panel -> the neckline or waist, up to the centre.
    """

    edges: tuple[Edge, ...]
    closing: dict[Panel, Edge]


@dataclass(frozen=True, slots=True)
class TopCut:
    """How a top, or a dress, is cut.

    Attributes:
        sleeve: Sleeve length as a share of the arm, 0 = none.
        length: From the collar point to the hem, metres.
        ease: Extra width as a share of the chest.
        flare: Extra half width of the hem, metres.
        neck_width: Half width of the neckline as a multiple of the neck's.
        neck_front: Depth of the front neckline, metres.
        v_neck: Whether it is pointed.
        slope: How far the sleeve hangs in the flat picture, degrees below level.
        wide: Width of the sleeve as a multiple of half the arm's girth.
    """

    sleeve: float
    length: float
    ease: float
    flare: float
    neck_width: float
    neck_front: float
    v_neck: bool
    slope: float
    wide: float


def _p(*points: tuple[float, float] | Vector) -> Vector:
    return np.array(points, np.float64)


def top(body: Measures, cut: TopCut) -> Pattern:
    """A tee, shirt, hoodie, tank, jacket or dress."""
    collar_z = body.neck_z - 0.01
    hem_z = collar_z - cut.length
    chest = body.chest * (1 + cut.ease) / 4
    side_x = body.chest_half + _GAP
    along = np.linspace(0, 0.2, 21)
    lower_arm = np.array([body.arm_edge(t, upper=False) for t in along])
    start = int(np.argmin(np.abs(lower_arm[:, 0] - side_x)))
    armpit_around = np.array([side_x, lower_arm[start, 1] - 0.01])
    neck_x = body.neck_half * cut.neck_width
    collar, collar_around = np.array([neck_x, collar_z]), np.array([max(neck_x, body.neck_half + 0.008), collar_z])
    shoulder_x = body.shoulder[0] + 0.04
    tip = np.array([shoulder_x, collar_z - 0.22 * (shoulder_x - neck_x)])
    tip_around = body.arm_edge(0.01, upper=True)
    armpit = np.array([chest, tip[1] - max(0.19, tip[1] - armpit_around[1]) - 0.01 - 0.03 * cut.ease])
    hem_x = max(body.hips / 4 * (1 + cut.ease * 0.6) if hem_z < body.hip_z + 0.1 else 0.0, chest * 0.97) + cut.flare
    edges = [
        Edge(_p((0, hem_z), (hem_x, hem_z)), _p((0, hem_z), _side(body, cut, hem_z, armpit_around)[0]), open=True),
        Edge(_p((hem_x, hem_z), armpit), _side(body, cut, hem_z, armpit_around), open=False),
    ]
    if cut.sleeve > 0:
        length = body.arm_length * cut.sleeve
        angle = np.deg2rad(-cut.slope)
        down = np.array([np.cos(angle), np.sin(angle)])
        cuff = tip + down * length
        inner = cuff + np.array([down[1], -down[0]]) * body.arm_girth / 2 * cut.wide
        under = [body.arm_edge(t, upper=False) for t in np.linspace(along[start], length + 0.01, 6)]
        over = [body.arm_edge(t, upper=True) for t in np.linspace(0.01, length + 0.01, 6)]
        edges += [
            Edge(_p(armpit, inner), _p(armpit_around, *under[1:]), open=False),
            Edge(_p(inner, cuff), _p(under[-1], over[-1]), open=True),
            Edge(_p(cuff, tip, collar), _p(*over[::-1], collar_around), open=False),
        ]
    else:
        edge_x = shoulder_x - 0.045
        tip = np.array([edge_x, collar_z - 0.22 * (edge_x - neck_x)])
        hole = _p(armpit, (edge_x - 0.03, armpit[1] * 0.45 + tip[1] * 0.55), (edge_x - 0.005, tip[1]))
        middle = (body.shoulder[0] + armpit_around[0]) / 2, (armpit_around[1] + tip_around[1]) / 2
        hole_around = _p(armpit_around, middle, (body.shoulder[0] - 0.02, tip_around[1] + 0.005))
        edges += [
            Edge(hole, hole_around, open=True),
            Edge(_p(hole[-1], collar), _p(hole_around[-1], collar_around), open=False),
        ]
    depths: dict[Panel, float] = {"front": cut.neck_front, "back": 0.02}
    closing = {
        panel: Edge(_neckline(collar, depth, cut.v_neck), _neckline(collar_around, depth, cut.v_neck), open=True)
        for panel, depth in depths.items()
    }
    return Pattern(tuple(edges), closing)


def _side(body: Measures, cut: TopCut, hem_z: float, armpit: Vector) -> Vector:
    """The side seam around the body, from the hem up: never narrower than what it hangs from."""
    heights = np.linspace(hem_z, armpit[1], 8)
    points = np.empty((8, 2))
    for row, z in enumerate(heights):
        width = body.half_width(z) + 0.015 if z > body.crotch_z - 0.2 else body.half_width(body.crotch_z - 0.1) + 0.02
        points[row] = width + cut.flare * (1 - row / 7) * 0.5, z
    points[-1] = armpit
    for row in range(6, -1, -1):
        points[row, 0] = max(points[row, 0], 0.9 * points[row + 1, 0])
    if hem_z < body.hip_z:
        hanging = heights < body.hip_z
        points[hanging, 0] = np.maximum(points[hanging, 0], body.hip_half + 0.015)
    return points


def _neckline(collar: Vector, depth: float, v_neck: bool) -> Vector:
    share = np.linspace(1.0, 0.0, 9)
    fall = 1 - share if v_neck else np.sqrt(np.clip(1 - share**2.2, 0, 1))
    return np.stack([collar[0] * share, collar[1] - depth * fall], axis=1)


def trousers(body: Measures, rise: float, length: float, ease: float, wide: float) -> Pattern:
    """Trousers, shorts or leggings.

    Args:
        body: Who wears them.
        rise: How far above the natural waist they begin, metres; negative on the hips.
        length: As a share of the leg.
        ease: Extra width of the hips, as a share.
        wide: Extra width of the leg's end, as a share.
    """
    waist_z, crotch_z = body.waist_z + rise, body.crotch_z - 0.015
    waist, hips = body.girth(waist_z) * 0.255, body.hips / 4 * (1 + ease)
    end_z = body.hip[1] - (body.hip[1] - body.ankle[1]) * length - 0.01
    heights = np.linspace(end_z, waist_z, 10)
    outer_around = np.array(
        [((body.leg_span(z)[1] if z < body.crotch_z - 0.02 else body.half_width(z)) + 0.012, z) for z in heights]
    )
    inner_heights = np.linspace(crotch_z - 0.03, end_z, 6)
    inner_around = np.array([(max(body.leg_span(z)[0] - 0.010, 0.006), z) for z in inner_heights])
    span = body.leg_span(end_z)
    end_width = max((span[1] - span[0]) * (1.25 + wide), 0.14)
    share = (body.hip[1] - end_z) / (body.hip[1] - body.ankle[1])
    end_x = hips * 0.5 + (body.ankle[0] - body.hip[0]) * share
    outer = _p((end_x + end_width / 2, end_z), (hips, body.hip_z), (waist, waist_z))
    inner = _p((0.0, crotch_z), (max(end_x - end_width / 2, 0.012), end_z))
    edges = (
        Edge(inner, np.concatenate([_p((0.0, crotch_z)), inner_around]), open=False),
        Edge(_p(inner[-1], outer[0]), _p(inner_around[-1], outer_around[0]), open=True),
        Edge(outer, outer_around, open=False),
    )
    return Pattern(edges, _waistband(outer, outer_around, waist_z))


def skirt(body: Measures, rise: float, length: float, flare: float) -> Pattern:
    """A skirt, metres; `rise` as for trousers."""
    waist_z = body.waist_z + rise
    waist, hips = body.girth(waist_z) * 0.252, body.hips / 4 * 1.06
    hem_z = waist_z - length

    def around(z: float) -> tuple[float, float]:
        width = max(
            body.half_width(z) if z > body.crotch_z else body.hip_half, body.hip_half if z < body.hip_z else 0.0
        )
        return width + 0.015 + flare * 0.4 * max(0.0, (body.hip_z - z) / length), z

    outer_around = np.array([around(z) for z in np.linspace(hem_z, waist_z, 8)])
    outer = _p((hips + flare, hem_z), (hips, body.hip_z), (waist, waist_z))
    edges = (
        Edge(_p((0, hem_z), outer[0]), _p((0, hem_z), outer_around[0]), open=True),
        Edge(outer, outer_around, open=False),
    )
    return Pattern(edges, _waistband(outer, outer_around, waist_z))


def _waistband(outer: Vector, around: Vector, z: float) -> dict[Panel, Edge]:
    dips: dict[Panel, float] = {"front": 0.01, "back": 0.0}
    return {panel: Edge(_p(outer[-1], (0, z - dip)), _p(around[-1], (0, z)), open=True) for panel, dip in dips.items()}
