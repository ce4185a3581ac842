"""How thick a limb really is, where it really runs and how light falls on it: the part below a short sleeve tells what
lies under the sleeve, so that nothing shows where the one ends and the other begins.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.compositing.limbs import Clothed, Limb
from tryon_app.core.types import Float32, UInt8

_SEEN = 0.5
_LOOKED_AT, _STATIONS = 0.25, 6
"""How much of a bone is looked at beyond the end of the cloth, and in how many pieces."""
_ENDS = 0.12, 0.85
"""Where along a bone the cloth may end."""
_FEWEST = 3
"""Pieces that must show bare skin from side to side."""
_OFF, _THICKER = 0.12, (0.6, 1.5)
"""How far from its bone a limb may lie, in shoulder widths, and how thick it may be beside what is usual."""
_BANDS = 11
"""Strips from side to side whose light is told apart."""
_LIGHT = 0.45, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Girth:
    """What the bare part of a limb tells.

    Attributes:
        bone: On which bone the cloth ends.
        place: Where along it.
        off: How far to the side of the bone the limb's middle lies there, pixels.
        thicker: How thick the limb is there beside what is usual.
        light: float32 `_BANDS`: light from side to side, as factors of their mean.
        sure: How far all that is to be believed, 0..1.
    """

    bone: int
    place: float
    off: float
    thicker: float
    light: Float32
    sure: float

    def field(self, clothed: Clothed) -> tuple[Float32, Float32, Float32]:
        """Distance from the middle of the limb in radii of the bare limb, below 1 inside; its light, as a factor; and
        how far that is to be believed, 0..1: float32 h x w all three.
        """
        limb = clothed.limb
        along, _ = limb.axis(self.bone)
        across = limb.across(self.bone)
        share = np.clip(along / np.float32(self.place), 0.0, 1.0)
        # Towards the shoulder less and less: there the joint is known best, and the limb no round one.
        across = across - np.float32(self.off) * share
        radius = limb.radius(self.bone) * (1.0 + np.float32(self.thicker - 1.0) * (0.5 + 0.5 * share))
        past = np.float32(limb.length(self.bone)) * np.maximum(np.maximum(-along, along - 1.0), 0.0)
        own = cv2.magnitude(np.asarray(across, np.float32), np.asarray(past, np.float32)) / radius
        others = [
            limb.axis(bone)[1] / (limb.radius(bone) * np.float32(0.5 + 0.5 * self.thicker))
            for bone in range(len(limb.points) - 1)
            if bone != self.bone
        ]
        field = np.minimum.reduce([own, *others, limb.beyond_last()]).astype(np.float32)
        band = np.clip((across / radius + 1.0) * np.float32(0.5 * _BANDS) - 0.5, 0.0, _BANDS - 1.0)
        light = cv2.remap(self.light[None], band.astype(np.float32), np.zeros_like(field), cv2.INTER_LINEAR)
        return field, np.asarray(light, np.float32), np.asarray(share * np.float32(self.sure), np.float32)


def girth_seen(small: UInt8, skin: Float32, clothed: Clothed, pixel: float) -> Girth | None:
    """What the bare part of a limb tells, None where too little of it is seen.

    Args:
        small: uint8 h x w x 3, the picture.
        skin: float32 h x w, 0..1: bare skin.
        clothed: The limb.
        pixel: Width of a cell in frame pixels.
    """
    limb = clothed.limb
    for bone in range(len(limb.points) - 1):
        found = _on_bone(small, skin, clothed, bone, pixel) if limb.long(bone) else None
        if found is not None:
            return found
    return None


def _on_bone(small: UInt8, skin: Float32, clothed: Clothed, bone: int, pixel: float) -> Girth | None:
    limb = clothed.limb
    along, away = limb.axis(bone)
    near = away < 2.0 * limb.radius(bone)
    cloth = near & (clothed.cloth > _SEEN) & (along > 0.0) & (along < 1.0)
    if not cloth.any():
        return None
    place = float(np.quantile(along[cloth], 0.97))
    if not _ENDS[0] < place < _ENDS[1]:
        return None
    bare = near & (skin > _SEEN) & (clothed.whole > _SEEN) & (clothed.cloth < _SEEN)
    bare &= (along > place) & (along < min(place + _LOOKED_AT, 1.0))
    # At a bent elbow one part lies beside the other.
    for other in range(len(limb.points) - 1):
        if other != bone:
            bare &= away * limb.radius(other) <= limb.axis(other)[1] * limb.radius(bone)
    where = along[bare]
    if not len(where):
        return None
    across = limb.across(bone)[bare]
    station = ((where - place) * (_STATIONS / _LOOKED_AT)).astype(int).clip(0, _STATIONS - 1)
    low, high = np.full(_STATIONS, np.inf, np.float32), np.full(_STATIONS, -np.inf, np.float32)
    np.minimum.at(low, station, across)
    np.maximum.at(high, station, across)
    count = np.bincount(station, minlength=_STATIONS)
    # Where the cloth ends aslant, a piece may show one side alone.
    known = (high > low) & (count >= 0.5 * count.max())
    if known.sum() < _FEWEST:
        return None
    usual = float(np.median(limb.radius(bone)[bare]))
    low, high = low[known], high[known]
    off, radius = 0.5 * float(np.median(low + high)), 0.5 * float(np.median(high - low) + pixel)
    if abs(off) > _OFF * limb.unit or not _THICKER[0] * usual < radius < _THICKER[1] * usual:
        return None
    sure = _straight(limb, bone)
    thicker = 1.0 + (radius / usual - 1.0) * sure
    return Girth(bone, place, off * sure, thicker, _light(small[bare], (across - off) / radius), sure)


def _straight(limb: Limb, bone: int) -> float:
    """How straight a limb is at the end of a bone, 0..1: beside a bent elbow too much is arm."""
    if bone + 2 >= len(limb.points):
        return 1.0
    bones = np.diff(limb.points, axis=0)
    long = float(np.linalg.norm(bones[bone]) * np.linalg.norm(bones[bone + 1]))
    return float(np.clip(2.5 * float(bones[bone] @ bones[bone + 1]) / max(long, 1e-3) - 0.5, 0.0, 1.0))


def _light(colours: UInt8, across: Float32) -> Float32:
    """Light from side to side.

    Args:
        colours: uint8 n x 3.
        across: float32 n, -1..1.
    """
    bright = colours.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    band = ((across + 1.0) * (0.5 * _BANDS)).astype(int).clip(0, _BANDS - 1)
    mass = np.bincount(band, minlength=_BANDS).astype(np.float32)
    total = np.bincount(band, bright, _BANDS).astype(np.float32)
    mean = float(bright.mean())
    # A strip with hardly a cell says what its neighbours say.
    soft = np.array([[0.25, 0.5, 0.25]], np.float32)
    mass, total = (cv2.filter2D(part[None], -1, soft, borderType=cv2.BORDER_REPLICATE)[0] for part in (mass, total))
    light = (total + mean) / (mass + 1.0) / max(mean, 1.0)
    return np.clip(light, *_LIGHT).astype(np.float32)
