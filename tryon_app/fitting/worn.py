"""What the person wears now, read from the parsing network: where their top ends, on the body and on the arms.

A new hem a hand's breadth from the old one would leave a strip of the old garment, or of skin, that nobody would
choose: lengths that come near what is there now end exactly there. And who wears their top tucked in wears the next one
so.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from tryon_app.core.types import Category, Float32, Labels
from tryon_app.fitting.body import Arm, Body
from tryon_app.fitting.labelled import Labelled
from tryon_app.fitting.strip import polyline

_SAMPLES = 64
_COLUMNS = np.array([[-0.24], [-0.12], [0.0], [0.12], [0.24]], np.float32)
"""Where lines run down the body, in units from the spine."""
_DOWN = np.linspace(0.2, 2.1, _SAMPLES, dtype=np.float32)
"""Where a hem is looked for, in torso lengths down from the shoulders."""
_OUT = np.linspace(0.08, 1.12, _SAMPLES, dtype=np.float32)
"""Where a cuff is looked for, in lengths of the arm down to the wrist."""
_LEAST_KNOWN = 0.12
"""Share of the line that must be seen on either side of an end."""
_CLEAR = 0.62
_GOES_ON = 0.8
"""Share of a line that is cloth where the top goes on to the frame's edge."""
_TIED = 0.4
"""Votes of samples that make no difference."""
_SIDE, _SLEEVE = 0.35, 0.6
"""How far the cut of body and sleeve may lie from what is seen and still be drawn as wide, in what is seen."""
_SAME = 0.5
"""How much further all these reach where the person wears this very garment."""
_FOLLOW = 0.15
"""Share of a new reading in the average."""
_LONGER = 0.34
"""Torsos up to which a present top that is longer makes the new one as long."""
_DENIED = 0.12
"""Torsos of cloth beyond a hem that say that there is none."""
_GAP_S = 0.5
_LOOSE = frozenset({Category.HOODIE, Category.SWEATER, Category.JACKET})
"""Worn over the trousers whatever is worn now."""


Settled = Callable[[Hashable, Float32], Float32]
"""Name and values in lengths of the body -> their average over the last frames."""


def as_read(_name: Hashable, values: Float32) -> Float32:
    """The values as they are."""
    return values


@dataclass(frozen=True, slots=True)
class WornNow:
    """Where the present top ends.

    Attributes:
        hem: Pixels down the spine from the shoulder line; None when that is not seen.
        covers: Where the hem is not seen: pixels down the spine to which cloth is seen at least; None where it is.
        over_bottom: Whether trousers or a skirt begin there or a little lower.
        bare: How much lower, pixels.
        cuffs: Side, +1 left, -1 right -> pixels down the arm from the shoulder joint, for arms where it is seen.
        seen: The maps of this very frame, for edges; None where no network ran.
        alike: 0..1, how likely it is the very garment that is to be put on: then it is as large as it is seen to be.
        settled: Averages what is read from `seen` under a name over time.
    """

    hem: float | None = None
    covers: float | None = None
    over_bottom: bool = False
    bare: float = 0.0
    cuffs: Mapping[int, float] = field(default_factory=dict)
    seen: Labelled | None = field(default=None, compare=False)
    alike: float = 0.0
    settled: Settled = field(default=as_read, compare=False)

    def hem_for(self, natural: float, body: Body, category: Category) -> float:
        """Where a new top ends in its middle.

        Args:
            natural: Where it would end by itself, pixels down the spine.
            body: Of the person.
            category: Of the new garment.
        """
        if category is Category.DRESS:
            return natural
        loose = category in _LOOSE
        if self.hem is None:
            # The present top goes on to the frame's edge, or behind something: so does the new one.
            short = 0.0 if self.covers is None else max(self.covers - natural, 0.0)
            return natural + short * _near(short, (0.24 + _SAME * self.alike) * body.torso)
        apart = self.hem - natural
        # A longer one shows below the new hem; a shorter one shows nothing.
        usual = _LONGER if apart > 0 else 0.12 if loose else 0.24
        tolerance = (usual + _SAME * self.alike) * body.torso
        if self.over_bottom and apart < 0 and not loose:
            # As short as the present one, if it is about as short; a longer one is tucked in where trousers begin.
            if apart < -self.bare:
                return self.hem + self.bare
            tolerance = min(tolerance, self.bare)
        return natural + apart * _near(apart, tolerance)

    def side_for(self, natural: Float32, measured: Float32) -> Float32:
        """Half widths of a new top's body: the present outline where its own cut comes near.

        Args:
            natural: float32 n x 1, half widths by its cut, pixels.
            measured: float32 n x 2, half widths of what is seen now on either side, pixels.
        """
        if self.seen is None:
            return natural
        apart = measured - natural
        return (natural + apart * nearness(apart, (_SIDE + _SAME * self.alike) * measured)).astype(np.float32)

    def sleeve_for(self, natural: Float32, measured: Float32, centre: Float32) -> Float32:
        """Half widths of a new sleeve: the present sleeve's where there is one and the cut comes near.

        Args:
            natural: float32 n, half widths by its cut, pixels.
            measured: float32 n x 2, half widths of what is seen now on either side, pixels.
            centre: float32 n x 2, middle of the arm, frame pixels.
        """
        natural = natural[:, None]
        if self.seen is None:
            return natural
        upper, dress, _ = self.seen.cloth(centre)
        apart = measured - natural
        covered = np.minimum(np.maximum(3.0 * (upper + dress) - 1.0, 0.0), 1.0)[:, None]
        change = apart * covered * nearness(apart, (_SLEEVE + _SAME * self.alike) * measured) / natural
        for rung in range(1, len(change)):
            # A cuff at the present one is as wide as the sleeve above it, not as the bare arm below.
            change[rung] += (1.0 - covered[rung]) * 0.95 * (change[rung - 1] - change[rung])
            # Where the cut no longer comes near it does not leap back: that would look like a frill.
            change[rung] = change[rung - 1] + np.clip(change[rung] - change[rung - 1], -_FRILL, _FRILL)
        return (natural * (1.0 + change)).astype(np.float32)

    def cuff_for(self, natural: float, arm: Arm, unit: float) -> float:
        """Where a new sleeve ends, true pixels down the arm from the shoulder joint.

        Args:
            natural: Where it would end by itself.
            arm: The arm.
            unit: Of the body, pixels.
        """
        cuff = self.cuffs.get(arm.side)
        if cuff is None:
            return natural
        # As seen -> true: bones that point at the camera look shorter.
        true, seen = arm.stops(unit)
        apart = float(np.interp(cuff, seen, true)) - natural
        return natural + apart * _near(apart, (0.28 + _SAME * self.alike) * unit)


_FRILL = 0.04
"""Most that a sleeve's change may differ from rung to rung, as a share of its width."""


def _near(apart: float, tolerance: float) -> float:
    """1 where two ends are near, 0 where they are not, and between them no jump."""
    return float(nearness(np.float32(apart), np.float32(tolerance)))


def nearness(apart: Float32 | np.float32, tolerance: Float32 | np.float32) -> Float32:
    """The same for many ends."""
    near = (tolerance - np.abs(apart)) / np.maximum(0.3 * tolerance, 1e-6)
    return np.minimum(np.maximum(near, 0.0), 1.0)


class WornMemory:
    """What is worn does not change from frame to frame: readings are averaged, and kept while an end is hidden."""

    def __init__(self) -> None:
        self._past: _Reading | None = None
        self._averages: dict[Hashable, Float32] = {}

    def reset(self) -> None:
        """Forget the past."""
        self._past = None
        self._averages.clear()

    def read(self, labels: Labels | None, body: Body, time_s: float, scene: int) -> WornNow:
        """What is worn now.

        Args:
            labels: Of the frame; None where no network ran.
            body: Of the person.
            time_s: Of the frame.
            scene: Of the frame.
        """
        if labels is None:
            return WornNow()
        now = read_worn(labels, body)
        fresh = _Reading.of(now, body, time_s, scene)
        past = self._past
        if past is not None and past.scene == scene and 0.0 < time_s - past.time_s < _GAP_S:
            fresh = past.followed_by(fresh)
        else:
            self._averages.clear()
        self._past = fresh
        return replace(fresh.worn(body), seen=now.seen, settled=self._settled)

    def _settled(self, name: Hashable, values: Float32) -> Float32:
        past = self._averages.get(name)
        if past is not None and past.shape == values.shape:
            values = past + _FOLLOW * (values - past)
        self._averages[name] = values
        return values


@dataclass(frozen=True, slots=True)
class _Reading:
    """A `WornNow` in lengths of the body: torsos and arms, so that it holds while the person moves.

    Attributes:
        hem: (torsos down the spine, share of bottom below it, torsos of skin between the two), or None.
        covers: Torsos down the spine, or None.
        cuffs: Side -> share of the arm down to the wrist.
        time_s: Of the frame.
        scene: Of the frame.
    """

    hem: tuple[float, ...] | None
    covers: float | None
    cuffs: Mapping[int, float]
    time_s: float
    scene: int

    @classmethod
    def of(cls, worn: WornNow, body: Body, time_s: float, scene: int) -> "_Reading":
        hem = None if worn.hem is None else (worn.hem / body.torso, float(worn.over_bottom), worn.bare / body.torso)
        cuffs = {side: cuff / body.arms[side].length for side, cuff in worn.cuffs.items()}
        covers = None if worn.covers is None else worn.covers / body.torso
        return cls(hem, covers, cuffs, time_s, scene)

    def followed_by(self, fresh: "_Reading") -> "_Reading":
        hem = fresh.hem or self.hem
        if self.hem and fresh.hem:
            hem = tuple(_mixed(*both) for both in zip(self.hem, fresh.hem, strict=True))
        elif self.hem and fresh.covers is not None and fresh.covers > self.hem[0] + _DENIED:
            # Cloth is seen where it was thought to end: it goes on to there, not in one leap.
            reached = _mixed(self.hem[0], fresh.covers)
            hem = (reached, *self.hem[1:]) if fresh.covers > reached + _DENIED else None
        covers = self.covers if fresh.covers is None else fresh.covers
        if self.covers is not None and fresh.covers is not None:
            covers = _mixed(self.covers, fresh.covers)
        elif self.covers is not None and not self.hem and fresh.hem and fresh.hem[0] < self.covers - _DENIED:
            # A hem where cloth was seen a moment ago: once is an error.
            covers = _mixed(self.covers, fresh.hem[0])
            hem = fresh.hem if fresh.hem[0] > covers - _DENIED else None
        cuffs = {**self.cuffs, **fresh.cuffs}
        for side in self.cuffs.keys() & fresh.cuffs.keys():
            cuffs[side] = _mixed(self.cuffs[side], fresh.cuffs[side])
        return _Reading(hem, covers, cuffs, fresh.time_s, fresh.scene)

    def worn(self, body: Body) -> WornNow:
        cuffs = {side: cuff * body.arms[side].length for side, cuff in self.cuffs.items()}
        if self.hem is None:
            return WornNow(covers=None if self.covers is None else self.covers * body.torso, cuffs=cuffs)
        hem, below, bare = self.hem
        return WornNow(hem=hem * body.torso, over_bottom=below > 0.5, bare=bare * body.torso, cuffs=cuffs)


def _mixed(past: float, fresh: float) -> float:
    return past + _FOLLOW * (fresh - past)


def read_worn(labels: Labels, body: Body) -> WornNow:
    """Find the ends of the present top.

    Args:
        labels: Of the frame.
        body: Of the person.
    """
    seen = Labelled(labels)
    hem, covers, over_bottom, bare = _hem(seen, body)
    cuffs: dict[int, float] = {}
    for side in (1, -1):
        end = _cuff(seen, body, side)
        if end is not None:
            cuffs[side] = end
    return WornNow(hem, covers, over_bottom, bare, cuffs, seen)


def _hem(seen: Labelled, body: Body) -> tuple[float | None, float | None, bool, float]:
    """`WornNow.hem`, `covers`, `over_bottom` and `bare`."""
    along = _DOWN * body.torso
    starts = body.shoulder_mid + body.across * _COLUMNS * body.unit
    points = (starts[:, None] + body.down * along[:, None]).astype(np.float32)
    upper, dress, bottom = seen.cloth(points)
    known = np.maximum(1.0 - sum(seen.body(points)), 0.0)
    tops = upper + dress
    ends, bottoms, bare, reached = [], [], [], []
    for column in range(len(_COLUMNS)):
        top, told = tops[column], known[column]
        # What goes on below a top and is taken for a dress is a skirt.
        split = _split(upper[column], told)
        split = _split(top, told) if split is None else split
        if split is None:
            # Above the first cloth there is a neck; below the last, a little that says too little to be an end.
            cloth = np.flatnonzero((top > 0.5) & (told > 0.5))
            if len(cloth) and float(top[cloth[0] :][told[cloth[0] :] > 0.5].mean()) > _GOES_ON:
                reached.append(float(along[cloth[-1]]))
            continue
        # Between the last sample of cloth and the first without.
        ends.append(float(along[split] - 0.5 * (along[1] - along[0])))
        below = slice(split, split + _SAMPLES // 3)
        weight = told[below]
        bottoms.append(float(bottom[column, below] @ weight) / max(float(weight.sum()), 1e-6))
        begins = int((bottom[column, split:] > 0.5).argmax())
        # Where labels change they are soft: one sample later is no gap.
        bare.append((begins if begins > 1 else 0) * float(along[1] - along[0]))
    if len(ends) >= 2:
        return float(np.median(ends)), None, float(np.median(bottoms)) > 0.45, float(np.median(bare))
    return None, float(np.median(reached)) if len(reached) >= 3 else None, False, 0.0


def _cuff(seen: Labelled, body: Body, side: int) -> float | None:
    arm = body.arms[side]
    if arm.behind or arm.seen < 0.5:
        return None
    along = _OUT * arm.length
    points = polyline(arm.joints[:3], along)
    upper, dress, _ = seen.cloth(points)
    left, right, _ = seen.body(points)
    # Either arm: networks mix up sides where arms meet.
    split = _split((upper + dress) * (left + right), left + right)
    return None if split is None else float(along[split] - 0.5 * (along[1] - along[0]))


def _split(inside: Float32, known: Float32) -> int | None:
    """The sample that best parts what is cloth from what is not; None where no clear end is seen.

    Args:
        inside: n, how likely it is cloth.
        known: n, how much the sample says.
    """
    cloth = inside * known
    before = np.append(0.0, np.cumsum(cloth - 0.5 * known))
    # Where something hides the end, all places behind it are as good: the middle of them.
    best = np.flatnonzero(before >= before.max() - _TIED)
    split = int(best[len(best) // 2])
    above, below = float(known[:split].sum()), float(known[split:].sum())
    if min(above, below) < _LEAST_KNOWN * len(known):
        return None
    if cloth[:split].sum() < _CLEAR * above or cloth[split:].sum() > (1.0 - _CLEAR) * below:
        return None
    return min(split, len(known) - 1)
