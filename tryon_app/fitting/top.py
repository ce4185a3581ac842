"""A top, outer garment or dress on a person."""

from dataclasses import replace
from functools import cached_property

import numpy as np

from tryon_app.core.types import Category, FitPiece, Float32, Landmark
from tryon_app.fitting.body import ROUND, Body, unit_vector
from tryon_app.fitting.round import COLUMNS, spread_round
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.sleeve import Armhole, SleeveFit
from tryon_app.fitting.steady import Steadied, unsteadied
from tryon_app.fitting.strip import Ladder, arc_length, extended, piece, polyline
from tryon_app.fitting.top_chart import SleeveChart, TopChart
from tryon_app.fitting.trunk import SIDES, Trunk
from tryon_app.fitting.worn import WornNow

# Flat measures of a garment that fits, in units (see body.py): what a photo without measurements is taken for.
_CHEST, _SHOULDER, _LENGTH = 1.43, 1.27, 1.88
_LENGTHS = {Category.DRESS: 3.0, Category.JACKET: 1.85, Category.TANK: 1.88}
_HANG = 0.93
"""Length seen from the front of cloth that measures 1 lying flat: it goes over the chest, and bunches."""

_GIVES = 0.92, 1.2
"""How much shorter and longer than it is a garment may be drawn."""

_SAME = 0.88, 1.8
"""The same where the person wears this very garment: the photo tells shapes, and hardly sizes."""

_LONGER = 0.04
"""How much further than the present hem a top is drawn that is tucked in, in units."""

_CLEAR = 0.2
"""How far the flow goes on below a hem that is tucked in, in units."""

_SHORT = 0.7
"""Sleeves up to that length leave the forearm bare, in units."""

_NECK_HEIGHT = 0.21
"""Where neck and shoulder meet, above the line of the shoulder joints, in units."""

_MIDDLE = 0.15, 0.85
"""Between which shares of a torso's width its middle is believed to lie."""

_LIFT = 0.7
"""How far shoulders are lifted onto the outline at most, in shares of how far they lie below the collar."""

_STEEPER = 0.35
"""How much more steeply than usual shoulders rise to the neck at most."""

_RIBS = 0.1
"""How much nearer to the spine than the shoulder joint the side of the chest is, in units."""

_SHOULDER_ROUND = 0.5
"""How much the shoulders are round: 0 as flat as the photo, 1 as the chest."""

_SLEEVE_MARGIN = 0.35
"""Beyond the edges of a sleeve, in its widths: folds and cuffs bulge out of its rungs and must be drawn too."""


def photo_scale(chart: TopChart, category: Category, unit: float) -> float:
    """Frame pixels for one photo pixel, so that the garment fits an average body.

    Chest and shoulders say most; the length steadies both where the cut is unusually wide or narrow.

    Args:
        chart: Of the garment.
        category: Of the garment.
        unit: Of the body, pixels.
    """
    votes = [(_CHEST / max(chart.chest, 1.0), 0.40), (_SHOULDER / max(chart.shoulder, 1.0), 0.30)]
    length = _LENGTHS.get(category, _LENGTH)
    votes.append((length / max(chart.length, 1.0), 0.30))
    logs = sum(weight * np.log(value) for value, weight in votes)
    return float(unit * np.exp(logs))


class TopFit:
    """The geometry of one top on one pose.

    Args:
        chart: Of the garment.
        category: Of the garment.
        body: Of the person.
        silhouette: Of the person.
        ease: Width and length of the chosen size over those of the default size.
        worn: What the person wears now; None where that is not known.
    """

    def __init__(
        self,
        chart: TopChart,
        category: Category,
        body: Body,
        silhouette: Silhouette,
        ease: tuple[float, float] = (1.0, 1.0),
        worn: WornNow | None = None,
    ) -> None:
        self.chart = chart
        self.category = category
        self.worn = worn or WornNow()
        self.body = body
        self.silhouette = silhouette
        scale = photo_scale(chart, category, body.unit)
        self.ease = ease[0]
        self.across_scale = scale * self.ease
        self.along_scale = scale * ease[1]
        self.arms = body.arms
        self.arm_ways = {side: self._directions(side) for side in SIDES}
        self.tucked = False
        """Whether the photo goes on below the last rung."""
        self._trunk = Trunk(body, silhouette, self.worn, tuple(map(self._short, SIDES)), id(chart))
        self.torso = self._torso()

    def pieces(self, frame_size: tuple[int, int], step: int, steady: Steadied = unsteadied) -> list[FitPiece]:
        """All pieces in drawing order.

        Args:
            frame_size: Width, height.
            step: Frame pixels between flow samples.
            steady: Smooths each piece's grid over time.
        """
        above: list[FitPiece | None] = []
        below: list[FitPiece | None] = []
        torso_target, torso_source = self._torso_grids()
        torso_target = steady("torso", torso_target)
        weight = self.chart.weight
        torso = piece("torso", torso_target, torso_source, frame_size, step=step, weight=weight, cut=self._cut())
        above.append(torso)
        if torso is not None and self.chart.inside is not None:
            below.append(replace(torso, name="back_collar", weight=self.chart.inside, behind=True))
        for side, sleeve in self.chart.sleeves.items():
            fitted = self._sleeve(side, sleeve)
            target = fitted.ladder()
            if target is None:
                continue
            name = "sleeve_left" if side > 0 else "sleeve_right"
            reach = fitted.reach()
            bent, flat = extended(target.grid(margin=_SLEEVE_MARGIN), sleeve.ladder.grid(margin=_SLEEVE_MARGIN))
            bent, weight = steady(name, bent), sleeve.weight
            drawn = piece(name, bent, flat, frame_size, step=step, weight=weight, reach=reach, folds=True)
            (below if self.arms[side].behind else above).append(drawn)
        return [item for item in below + above if item is not None]

    # -- torso ---------------------------------------------------------------------------------------------------------

    def _torso(self) -> Ladder:
        """Edges on the person at the chart's rungs."""
        chart = self.chart
        tip_rung, armpit_rung = chart.rungs
        lifts = np.stack([self._shoulder_lift(side) for side in SIDES])
        joints = np.stack([self.arms[side].joints[0] for side in SIDES])
        bones = self._covering(joints + 0.17 * self.body.unit * lifts, lifts)
        tips = np.stack([self._tip(side, bone) for side, bone in zip(SIDES, bones, strict=True)])
        pits = np.stack([self._armpit(side) for side in SIDES])
        # All from the neck down, both sides at once: float32 rungs x 2 x 2.
        shoulders = np.stack(
            [self._shoulder_line(*turns, tip_rung) for turns in zip(SIDES, bones, tips, strict=True)], axis=1
        )
        shoulders = self._sloping(shoulders)
        part = np.arange(armpit_rung - tip_rung, dtype=np.float32)[:, None, None] / (armpit_rung - tip_rung)
        self.source, along = self._hung(pits)
        edges = np.concatenate([shoulders, tips + (pits - tips) * part, self._sides(pits, along)]).astype(np.float32)
        return Ladder(edges[:, 0], edges[:, 1])

    def _shoulder_line(self, side: int, bone: Float32, tip: Float32, rungs: int) -> Float32:
        """From the collar over the top of the shoulder towards the tip: float32 rungs x 2, without the tip."""
        collar = self._collar(side)
        corners = np.stack([collar, bone, tip] if self._dropped > 0.02 * self.body.unit else [collar, tip])
        return polyline(corners, arc_length(corners) / rungs * np.arange(rungs, dtype=np.float32))

    def _covering(self, points: Float32, outward: Float32) -> Float32:
        """Points moved onto the outline when that lies a little further out: nothing worn now shows beyond.

        Args:
            points: float32 ... x 2.
            outward: float32 ... x 2, unit vectors.
        """
        limit = 0.09 * self.body.unit
        seen = self.silhouette.reach(
            points - outward * limit, outward, np.full(points.shape[:-1], 2 * limit, np.float32)
        )
        lift = np.where(seen >= 1.99 * limit, 0.0, np.maximum(seen - limit + 0.01 * self.body.unit, 0.0))
        return (points + outward * lift[..., None]).astype(np.float32)

    def _sloping(self, line: Float32) -> Float32:
        """Shoulder lines that cover what is worn now, still falling from the collar on: a hood, hair or a scarf on them
        are no shoulder, and a rung above the one before would fold the cloth over.

        Args:
            line: float32 rungs x 2 x 2, from the collars on, both sides.
        """
        upward = -self._up()
        usual = line @ upward
        lifts = self._covering(line, np.broadcast_to(upward, line.shape)) @ upward - usual
        # A neck rises gently from the shoulder; what does so steeply is a hood.
        rises = np.float32(_STEEPER) * np.linalg.norm(np.diff(line, axis=0), axis=2)
        for rung in range(len(line) - 2, -1, -1):
            lifts[rung] = np.minimum(lifts[rung], lifts[rung + 1] + rises[rung])
        # Both collars alike: hair may lie on one shoulder.
        lifts[0] = lifts[0].min()
        highest = usual + np.float32(_LIFT) * np.maximum(usual[0] + lifts[0] - usual, 0.0)
        highest[0] = usual[0] + lifts[0]
        height = np.minimum.accumulate(np.minimum(usual + lifts, highest), axis=0)
        return (line + upward * (height - usual)[..., None]).astype(np.float32)

    def _shoulder_lift(self, side: int) -> Float32:
        """From the shoulder joint to the top of the shoulder: up and out with the arm hanging, up with it spread."""
        _, outward = self.arm_ways[side]
        return unit_vector(outward - 1.2 * self.body.down, -self.body.down)

    @cached_property
    def _dropped(self) -> float:
        """How far the garment's shoulder tip lies beyond the body's, pixels; negative when it lies inside."""
        body = self.body
        extra = 0.5 * self.chart.shoulder * self.across_scale - 0.60 * body.unit
        return min(max(extra, -0.22 * body.unit), 0.45 * body.unit)

    def _collar(self, side: int) -> Float32:
        """Where the neckline meets the shoulder on the body."""
        body = self.body
        half = min(max(0.5 * self.chart.collar * self.across_scale, 0.20 * body.unit), 0.52 * body.unit)
        # The wider the neck opening, the further out and so the lower it lies on the slope of the shoulder.
        slope = _NECK_HEIGHT - 0.30 * max(half / body.unit - 0.25, 0.0)
        half *= max(abs(body.facing), 0.45)
        return body.shoulder_mid + body.across * side * half - self._up() * slope * body.unit

    def _up(self) -> Float32:
        """Down the spine at the shoulders, squarer to the shoulder line than the hips alone say."""
        body = self.body
        square = np.array([-body.across[1], body.across[0]], np.float32) * (1.0 if not body.back else -1.0)
        return unit_vector(square + body.down, body.down)

    def _directions(self, side: int) -> tuple[Float32, Float32]:
        """Direction of the upper arm and its normal away from the body."""
        arm = self.arms[side]
        along = unit_vector(arm.joints[1] - arm.joints[0], self.body.down)
        outward = np.array([along[1], -along[0]], np.float32)
        # With the arm hanging, this normal points away from the spine.
        hanging = np.array([self.body.down[1], -self.body.down[0]], np.float32)
        sign = 1.0 if float(hanging @ self.body.across) * side > 0 else -1.0
        return along, outward * sign

    def _tip(self, side: int, bone: Float32) -> Float32:
        """The tip of the garment's shoulder on the body, whose own is at `bone`."""
        body = self.body
        along, outward = self.arm_ways[side]
        extra = self._dropped
        if extra < 0:
            # Narrower than the shoulders (a tank): back towards the collar.
            return bone + unit_vector(self._collar(side) - bone, -along) * -extra
        beyond = self.arms[side].joints[0] + outward * 0.185 * body.unit + along * 0.1 * body.unit
        way = np.stack([bone, beyond, beyond + along * body.unit]).astype(np.float32)
        return polyline(way, np.array([extra * max(float(self.arms[side].reach[0]), 0.3)], np.float32))[0]

    def _armpit(self, side: int) -> Float32:
        body, chart = self.body, self.chart
        _, outward = self.arm_ways[side]
        armhole = float(chart.ladder.first[chart.rungs[1], 1] - chart.ladder.first[chart.rungs[0], 1])
        depth = min(max(armhole * self.along_scale / body.unit - 0.2, 0.22), 0.56)
        # Below a deep armhole the side of the chest goes straight down.
        inwards = min(0.30, _RIBS / depth) * outward
        direction = unit_vector(body.down - inwards, body.down)
        return self.arms[side].joints[0] + direction * depth * body.unit * body.upright

    def _start(self, pits: Float32) -> float:
        """How far down the spine the armpits are, pixels from the shoulder line."""
        return float((0.5 * (pits[0] + pits[1]) - self.body.shoulder_mid) @ self.body.down)

    def _drop(self, ladder: Ladder) -> Float32:
        """How far below the armpits the rungs of a photo's ladder hang, pixels, before anything stretches."""
        heights = 0.5 * (ladder.first[:, 1] + ladder.second[:, 1])[self.chart.rungs[1] :]
        return np.asarray((heights - heights[0]) * self.along_scale * _HANG * self.body.upright, np.float32)

    def _hung(self, pits: Float32) -> tuple[Ladder, Float32]:
        """The photo's ladder as it shows, and how far down the spine its rungs from the armpits on hang, pixels."""
        ladder, rung = self.chart.ladder, self.chart.rungs[1]
        drop, start = self._drop(ladder), self._start(pits)
        # A rounded tail hangs below the hem line in the middle, where the present hem is read.
        tail = self.chart.tail * self.along_scale * _HANG * self.body.upright
        natural = start + float(drop[-1]) + tail
        wanted = self.worn.hem_for(natural, self.body, self.category)
        least, most = (usual + (same - usual) * self.worn.alike for usual, same in zip(_GIVES, _SAME, strict=True))
        stretch = min(max((wanted - start) / max(natural - start, 1.0), least), most)
        shown = (wanted - start) / stretch / max(natural - start, 1.0)
        if not 0.2 < shown < 0.98:
            return ladder, start + drop * stretch
        # Tucked in: the rungs close up, and what the last one leaves of the photo is out of sight.
        closer = drop * np.float32((wanted - start) / stretch / float(drop[-1]))
        place = np.interp(closer, drop, np.arange(len(drop), dtype=np.float32))
        along = start + closer * stretch
        self.tucked = True
        whole = np.minimum(place.astype(int), len(drop) - 2)
        part = (place - whole)[:, None]
        edges = []
        for edge in (ladder.first, ladder.second):
            lower = edge[rung:]
            between = lower[whole] * (1.0 - part) + lower[whole + 1] * part
            edges.append(np.concatenate([edge[:rung], between]).astype(np.float32))
        return Ladder(edges[0], edges[1]), along.astype(np.float32)

    def _sides(self, pits: Float32, along: Float32) -> Float32:
        """Side seams from armpit to hem, where the rungs hang: float32 n x 2 x 2, left and right."""
        body, rung = self.body, self.chart.rungs[1]
        # Seated, the cloth below the hips lies on thighs that point at the camera.
        below = np.maximum(along - body.torso, 0.0)
        along = (along - below * (1.0 - body.thighs)).astype(np.float32)
        centre = np.stack([self._spine(along)] * 2, axis=1)
        outward = np.broadcast_to(np.stack([body.across, -body.across]), centre.shape)
        flat = self.source.widths[rung:] * (self.across_scale / self.ease) * ROUND * 0.5
        measured = self._trunk.measured(along, centre, outward)
        turn = max(abs(body.facing), 0.6)
        # At least over the body, wider where the cut is wider; a bodice not by much, a skirt as far as it flares.
        flare = np.interp(along, [0.8 * body.torso, 1.5 * body.torso], [1.22, 2.4])
        wide = self.worn.side_for((flat * turn).astype(np.float32)[:, None], measured) * self.ease
        half = np.minimum(np.maximum(wide, measured * 1.015), measured * flare[:, None])
        edges = centre + outward * half[..., None]
        # Meets the armhole where the sleeve hangs from it.
        fade = np.maximum(1.0 - np.arange(len(along)) / 3.0, 0.0)[:, None, None]
        return (edges + (pits - edges[0]) * fade).astype(np.float32)

    def _short(self, side: int) -> bool:
        """Whether the garment leaves that forearm bare."""
        sleeve = self.chart.sleeves.get(side)
        return sleeve is None or sleeve.length * self.along_scale < _SHORT * self.body.unit

    def _spine(self, along: Float32) -> Float32:
        """Centre line: float32 n x 2 at pixels from the shoulder line; below the hips cloth hangs by gravity."""
        body = self.body
        points = body.shoulder_mid + body.down * along[:, None]
        below = np.maximum(along - body.torso * 1.05, 0.0)
        return (points + (body.hang - body.down) * below[:, None]).astype(np.float32)

    def _torso_grids(self) -> tuple[Float32, Float32]:
        spread = self._spread()
        above = self.chart.rise + 0.08 * self.chart.length
        # A tucked hem is cut off where the flow goes on evenly: it would end in the steps of its samples.
        beyond = _CLEAR if self.tucked else 0.06
        below = (0.0 if self.tucked else self.chart.tail) + beyond * self.body.unit / max(self.along_scale, 1e-6)
        target = _taller(self.torso.grid(spread), above * self.along_scale, below * self.along_scale)
        return target, _taller(self.source.grid(COLUMNS), above, below)

    def _cut(self) -> tuple[float, float, float] | None:
        """See `FitPiece.cut`: along the last rung."""
        if not self.tucked:
            return None
        start, end = self.source.first[-1], self.source.second[-1]
        across = unit_vector(end - start, np.array([1.0, 0.0], np.float32))
        down = np.array([-across[1], across[0]], np.float32)
        if float(down @ (start - self.source.first[0])) < 0.0:
            down = -down
        # A little longer than the present one: no line of that shall show.
        return float(down[0]), float(down[1]), float(down @ start) + _LONGER * self.body.unit / self.along_scale

    def _spread(self) -> Float32:
        """Where columns of the photo lie between the torso's edges: float32 rungs x `COLUMNS`, 0..1."""
        body, edges = self.body, self.torso
        across = edges.second - edges.first
        middle = _cross(body.shoulder_mid - edges.first, body.down) / _cross(across, body.down)
        middle = np.clip(np.nan_to_num(middle, nan=0.5), *_MIDDLE)
        turn = body.yaw * (-1.0 if body.back else 1.0)
        flat, chest = 0.5 * self.source.widths * self.across_scale, 0.5 * self.chart.chest * self.across_scale
        spread = spread_round(flat, chest, middle * edges.widths, (1.0 - middle) * edges.widths, turn)
        # The collar lies where it was put; from there to the armpits a shoulder becomes a chest.
        round_ = np.interp(np.arange(len(flat)), (0, *self.chart.rungs), (0.0, _SHOULDER_ROUND, 1.0))[:, None]
        return np.asarray(COLUMNS + round_ * (spread - COLUMNS), np.float32)

    def _sleeve(self, side: int, sleeve: SleeveChart) -> SleeveFit:
        edge, rungs = (self.torso.first if side > 0 else self.torso.second), self.chart.rungs
        armhole = Armhole(edge[rungs[0]], edge[rungs[1]], *self.arm_ways[side])
        scales = self.across_scale, self.along_scale, self.ease
        placed = self.arms[side], armhole, self.body, self.silhouette, self.worn
        return SleeveFit(sleeve, *placed, *scales, owner=id(self.chart))


def _cross(one: Float32, other: Float32) -> Float32:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0], np.float32)


def _taller(grid: Float32, above: float, below: float) -> Float32:
    """A grid with two rows above the first, square to it, and two beyond the last rung."""
    top, bottom = grid[0], grid[-1]
    across = unit_vector(top[-1] - top[0], np.array([1.0, 0.0], np.float32))
    upward = np.array([across[1], -across[0]], np.float32)
    if float(upward @ (grid[-1].mean(axis=0) - top.mean(axis=0))) > 0:
        upward = -upward
    higher = np.stack([top + upward * above, top + upward * 0.5 * above])
    lower = np.stack([bottom + _along(grid) * far for far in (below, 1.5 * below)])
    return np.concatenate([higher, grid, lower]).astype(np.float32)


def _along(grid: Float32) -> Float32:
    return unit_vector(grid[-1].mean(axis=0) - grid[-2].mean(axis=0), np.array([0.0, 1.0], np.float32))


def top_seen(body: Body, width: int, height: int) -> str:
    """Why a top cannot be drawn: "" when it can."""
    size = np.array([width, height], np.float32)
    inside = ((body.shoulders > -0.25 * size) & (body.shoulders < 1.25 * size)).all(axis=1)
    presence = body.pose.presence[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
    if not (inside & (presence > 0.3)).any() or float(body.shoulder_mid[1]) > height * 0.98:
        return "the shoulders are not in the picture"
    return ""
