"""Trousers, shorts or a skirt on a person."""

import numpy as np

from tryon_app.core.types import FitPiece, Float32, Landmark, sided
from tryon_app.fitting.arms import to_arm
from tryon_app.fitting.body import Body, unit_vector
from tryon_app.fitting.bottom_chart import BottomChart
from tryon_app.fitting.legs import Leg, legs_of
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.steady import Steadied, unsteadied
from tryon_app.fitting.strip import Ladder, extended, piece, smooth

# In units (see body.py): flat measures of a bottom that fits, and of the body itself.
_HIP, _WAIST = 1.42, 1.17
_INSEAM = 2.1
_CROTCH = 0.30
"""Below the line of the hip joints."""
_ASTRIDE = 0.45
"""How much wider than standing, in half widths, the hips may be at the crotch when the legs are far apart."""
_SEAT = 1.4
"""How much further from the hips the crotch looks where the thighs part."""
_WORN = 0.84
_STANDS, _SITS = 0.75, 0.5
"""How long thighs look, as a share of their length, from which on, and up to which, a skirt hangs or lies on them."""
_SKIRT_WAIST = 0.62
"""Natural waist above the line of the hip joints."""


def bottom_seen(body: Body, width: int, height: int) -> str:
    """Why a bottom cannot be drawn: "" when it can."""
    presence = body.pose.presence
    hips = presence[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]]
    top = body.hip_mid - body.down * 0.35 * body.unit
    if float(hips.max()) < 0.3 or float(top[1]) > height or not -0.2 * width < float(top[0]) < 1.2 * width:
        return "the hips and legs are not in the picture"
    return ""


class BottomFit:
    """The geometry of one bottom on one pose.

    Args:
        chart: Of the garment.
        body: Of the person.
        silhouette: Of the person.
        ease: Width and length of the chosen size over those of the default size.
    """

    def __init__(
        self, chart: BottomChart, body: Body, silhouette: Silhouette, ease: tuple[float, float] = (1.0, 1.0)
    ) -> None:
        self.chart = chart
        self.body = body
        self.legs = legs_of(body)
        self.silhouette = silhouette
        fit = 0.65 * np.log(_HIP / max(chart.hip, 1.0)) + 0.35 * np.log(_WAIST / max(chart.waist, 1.0))
        scale = body.unit * float(np.exp(fit))
        self.across_scale = scale * ease[0]
        self.along_scale = scale * ease[1]

    def pieces(self, frame_size: tuple[int, int], step: int, steady: Steadied = unsteadied) -> list[FitPiece]:
        """All pieces in drawing order.

        Args:
            frame_size: Width, height.
            step: Frame pixels between flow samples.
            steady: Smooths each piece's grid over time.
        """
        chart = self.chart
        drawn: list[FitPiece | None] = []
        if chart.skirt is not None:
            target = self._skirt(chart.skirt)
            drawn.append(self._piece("skirt", target, chart.skirt, frame_size, step, steady, None))
            waist = target.first[0], target.second[0]
        else:
            edges = self._legs()
            depth = self.body.pose.depth
            near = {1: depth[Landmark.LEFT_KNEE], -1: depth[Landmark.RIGHT_KNEE]}
            # The farther leg first.
            for side in sorted(edges, key=lambda s: -float(near[s])):
                name = "leg_left" if side > 0 else "leg_right"
                weight = chart.weights[side]
                drawn.append(self._piece(name, edges[side], chart.legs[side], frame_size, step, steady, weight))
            waist = edges[1].first[0], edges[-1].first[0]
        if chart.bib is not None:
            drawn.append(self._piece("bib", self._bib(waist), chart.bib, frame_size, step, steady, chart.bib_weight))
        return [item for item in drawn if item is not None]

    def _piece(
        self,
        name: str,
        target: Ladder,
        source: Ladder,
        frame_size: tuple[int, int],
        step: int,
        steady: Steadied,
        weight: Float32 | None,
    ) -> FitPiece | None:
        bent, flat = extended(target.grid(), source.grid())
        return piece(name, steady(name, bent), flat, frame_size, step=step, weight=weight)

    def _block(self, waist: float, end: float, rungs: int) -> tuple[Float32, dict[int, Float32]]:
        """Middle and outer edges between two heights, pixels along the spine from the hip line, down positive."""
        body = self.body
        along = np.linspace(waist, end, rungs, dtype=np.float32)
        centre = body.hip_mid + body.down * along[:, None]
        hips = unit_vector(body.hips[0] - body.hips[1], body.across)
        across = unit_vector(hips + body.across, body.across)
        factor = np.interp(along / body.unit, [-0.75, -0.45, 0.05, 0.4], [1.0, 1.03, 1.22, 1.26])
        girths = (body.girth(1.0) * factor).astype(np.float32)
        edges = {}
        for side, leg in self.legs.items():
            direction = np.tile(across * side, (rungs, 1)).astype(np.float32)
            # With the legs apart the hips are as wide as the thighs reach.
            most = 1.22 + _ASTRIDE * leg.apart(body) * np.linspace(0.0, 1.0, rungs, dtype=np.float32)
            limit = girths * (most + 0.3)
            # From the bone on: the middle may lie between the legs already.
            bone = leg.centre(np.maximum(along, 0.0))
            inside = np.clip(((bone - centre) * direction).sum(axis=1), 0.0, 0.8 * girths)
            start = (centre + direction * inside[:, None]).astype(np.float32)
            # An arm hanging beside the hip is not the hip.
            seen = np.minimum(
                inside + self.silhouette.reach(start, direction, (limit - inside).astype(np.float32)),
                to_arm(body, body.arms[side], centre.astype(np.float32), direction, limit),
            )
            half = np.where(seen >= limit * 0.999, girths, np.clip(seen, 0.8 * girths, most * girths))
            edges[side] = (centre + direction * smooth(half.astype(np.float32), 2)[:, None] * 1.01).astype(np.float32)
        return centre.astype(np.float32), edges

    def _legs(self) -> dict[int, Ladder]:
        body, chart = self.body, self.chart
        unit = body.unit
        crotch = _CROTCH * unit
        waist = crotch - float(np.clip(0.85 * chart.rise * self.along_scale, 0.45 * unit, 1.0 * unit))
        block = chart.crotch_rung
        centre, edges = self._block(waist, crotch, block + 1)
        legs = self.legs
        t = np.linspace(0.0, 1.0, block + 1, dtype=np.float32)[:, None]
        # Between the thighs, wherever they go.
        seated = max(leg.bent for leg in legs.values())
        ways = [unit_vector(leg.line[1] - leg.line[0], body.down) for leg in legs.values()]
        between = body.hip_mid + unit_vector(ways[0] + ways[1] + body.down, body.down) * _SEAT * crotch
        centre = (centre + t * t * seated * (between - centre[-1])).astype(np.float32)
        result = {}
        for side, leg in legs.items():
            ladder = chart.legs[side]
            outer, inner = self._tube(leg, ladder, len(ladder.first) - block, centre[-1], edges[side])
            # The outer seam of a seated leg goes from the waist over the hip to the upper side of the thigh.
            bent = edges[side][0] + (outer[0] - edges[side][0]) * t
            seam = edges[side] + leg.bent * (bent - edges[side])
            first = np.concatenate([seam[:-1], outer]).astype(np.float32)
            second = np.concatenate([centre[:-1], inner]).astype(np.float32)
            result[side] = Ladder(first, second)
        return result

    def _tube(self, leg: Leg, ladder: Ladder, rungs: int, crotch: Float32, block: Float32) -> tuple[Float32, Float32]:
        """Outer and inner edge of a leg from the crotch down: float32 rungs x 2 each.

        Args:
            leg: Which.
            ladder: Of the photo.
            rungs: How many.
            crotch: float32 2.
            block: Outer edge from the waist to the height of the crotch, were the leg standing: float32 n x 2.
        """
        body = self.body
        unit = body.unit
        natural = self.chart.inseam * self.along_scale / (_INSEAM * unit)
        # Full-length trousers end at the ankle, whoever wears them.
        share = 1.03 if 0.85 < natural < 1.3 or self.chart.inseam > 1.25 * self.chart.hip else natural
        down = float((crotch - body.hip_mid) @ body.down) * (1.0 - leg.bent) + _CROTCH * unit * leg.bent
        t = np.linspace(0.0, 1.0, rungs, dtype=np.float32)
        start = min(max(down / leg.whole, 0.0), 0.3)
        stops = leg.stops(start + t * share * (1.0 - start))
        centre = leg.centre(stops)
        normal = leg.outward(centre, body)
        radius = np.interp(stops, [0.0, leg.seen[0], leg.whole], [0.33, 0.215, 0.14]).astype(np.float32) * unit
        flat = ladder.widths[-rungs:] * self.across_scale * _WORN * 0.5
        edges = []
        for sign in (1.0, -1.0):
            limit = radius * 1.9
            ray = (sign * normal).astype(np.float32)
            seen = self.silhouette.reach(centre, ray, limit)
            if sign > 0:
                seen = np.minimum(seen, to_arm(body, body.arms[leg.side], centre, ray, limit))
            known = np.where(seen >= limit * 0.999, radius, np.clip(seen, 0.75 * radius, 1.7 * radius))
            half = np.clip(flat, known * 1.03, known * (1.5 if sign > 0 else 1.25))
            edge = centre + ray * smooth(half.astype(np.float32), 2)[:, None]
            fixed = block[-1] + leg.bent * (edge[0] - block[-1]) if sign > 0 else crotch
            blend = np.clip(t * rungs / 3.0, 0.0, 1.0)[:, None]
            # From the fixed point downwards along the leg, then over to the tube.
            straight = fixed + (centre - centre[0])
            edges.append((straight * (1.0 - blend) + edge * blend).astype(np.float32))
        return edges[0], edges[1]

    def _skirt(self, ladder: Ladder) -> Ladder:
        body, unit = self.body, self.body.unit
        length = self.chart.inseam * self.along_scale
        rungs = len(ladder.first)
        waist = -_SKIRT_WAIST * unit
        hip_rung = int(np.clip(round((0.1 * unit - waist) / max(length, 1.0) * (rungs - 1)), 2, rungs - 2))
        _, edges = self._block(waist, 0.1 * unit, hip_rung + 1)
        flat = ladder.widths * self.across_scale * _WORN
        below = np.linspace(0.0, 1.0, rungs - hip_rung, dtype=np.float32)[1:]
        end = waist + length
        along = 0.1 * unit + below * (end - 0.1 * unit)
        start = body.hip_mid + body.down * 0.1 * unit
        centre = start + body.hang * (along - 0.1 * unit)[:, None]
        hung = {}
        for side in (1, -1):
            across = unit_vector(edges[side][-1] - start, body.across * side)
            base = float(np.linalg.norm(edges[side][-1] - start))
            legs = self._leg_reach(centre, across, side)
            half = np.clip(0.5 * flat[hip_rung + 1 :], legs * 1.02, np.maximum(legs * 1.02, 2.2 * base))
            half = smooth(np.concatenate([[base], half]).astype(np.float32), 2)[1:]
            hung[side] = centre + across * half[:, None]
        seated = float(np.clip((_STANDS - body.thighs) / (_STANDS - _SITS), 0.0, 1.0))
        if seated > 0.0:
            laid = self._over_thighs(along - 0.1 * unit, 0.5 * flat[hip_rung + 1 :])
            hung = {side: edge + seated * (laid[side] - edge) for side, edge in hung.items()}
        sides = [np.concatenate([edges[side], hung[side]]).astype(np.float32) for side in (1, -1)]
        return Ladder(sides[0], sides[1])

    def _over_thighs(self, along: Float32, half: Float32) -> dict[int, Float32]:
        """Outer edges, by side, of a skirt in which somebody sits: it lies on the thighs and hangs from the knees.

        Args:
            along: float32 n, how far below the hips, pixels of cloth.
            half: float32 n, half of the skirt's width there.
        """
        body, unit = self.body, self.body.unit
        stops = {side: leg.stops(along / float(leg.true.sum())) for side, leg in self.legs.items()}
        lines = {side: leg.centre(stops[side]) for side, leg in self.legs.items()}
        apart = 0.5 * np.linalg.norm(lines[1] - lines[-1], axis=1)
        edges = {}
        for side, leg in self.legs.items():
            radius = np.interp(stops[side], [0.0, leg.seen[0], leg.whole], [0.34, 0.24, 0.2]) * unit
            slack = np.maximum(half - apart - radius, 0.0)
            out = (radius + 0.5 * slack)[:, None].astype(np.float32)
            edges[side] = smooth((lines[side] + leg.outward(lines[side], body) * out).astype(np.float32), 2)
        return edges

    def _leg_reach(self, centre: Float32, across: Float32, side: int) -> Float32:
        """How far that side's leg stands off the skirt's middle: float32 n, pixels."""
        body = self.body
        line = body.points[sided(side, "HIP", "KNEE", "ANKLE")]
        heights = line @ body.down
        order = np.argsort(heights)
        offset = (line - body.hip_mid) @ across
        at = np.interp(centre @ body.down, heights[order], offset[order])
        middle = (centre - body.hip_mid) @ across
        radius = np.interp(centre @ body.down, np.sort(heights), [0.34, 0.2, 0.14])
        reach: Float32 = np.maximum(at - middle + radius * body.unit, 0.25 * body.unit).astype(np.float32)
        return reach

    def _bib(self, waist: tuple[Float32, Float32]) -> Ladder:
        """From the waist to the shoulders."""
        body = self.body
        t = np.linspace(0.0, 1.0, 7, dtype=np.float32)[:, None]
        half = 0.5 * self.chart.waist * self.across_scale * 0.9
        top = body.shoulder_mid - body.down * 0.12 * body.unit
        ends = top + body.across * half, top - body.across * half
        return Ladder(
            (waist[0] + (ends[0] - waist[0]) * t).astype(np.float32),
            (waist[1] + (ends[1] - waist[1]) * t).astype(np.float32),
        )
