"""Hoods that lie on the shoulders, and the collars of blouses under jackets, put on people who have none.

Beside a face, a roll of cloth with folds looks like hair, and its inside like skin, to a network that never saw one.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import BodyPart, Float32, Landmark, Material, UInt8
from tryon_app.training.augment import FACE_AXIS, IN_FRONT, Random, torso_length

_EYES, _MOUTH = FACE_AXIS
_LEAST_CLOTH = 200
"""Pixels of the chest's cloth that say what the hood is made of."""
_Sizes = tuple[tuple[float, float], ...]
_HOOD: _Sizes = ((-0.2, 0.04), (0.13, 0.22), (0.2, 0.45), (0.12, 0.2), (0.42, 0.62))
_COLLAR: _Sizes = ((-0.35, -0.05), (0.1, 0.16), (0.12, 0.26), (0.06, 0.12), (0.2, 0.36))
"""From and to, in shoulder widths: where the sides meet; how far from the middle, how high and how wide they are at the
neck; where they end on the shoulder.
"""
_COLLARS, _CORDS, _BEHIND_HAIR = 0.35, 0.65, 0.6
"""Shares of collars among all, of hoods with cords, and of all that lie behind the hair."""
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a hood is: between the shoulders, outwards to the person's left, up, and pixels of a shoulder width."""

    middle: Float32
    aside: Float32
    up: Float32
    unit: float

    def at(self, aside: float, up: float) -> Float32:
        """A pixel, from shoulder widths."""
        return np.asarray(self.middle + self.unit * (aside * self.aside + up * self.up), np.float32)


def hooded(random: Random, image: UInt8, parts: UInt8, materials: UInt8, points: Float32) -> bool:
    """Draw a hood: picture and labels change, in place.

    Args:
        random: Where chance comes from.
        image: uint8 RGB H x W x 3.
        parts: uint8 H x W, `BodyPart`; the hood is `TORSO`.
        materials: uint8 H x W, `Material`; the hood is `UPPER`.
        points: float32 33 x 2, landmarks in pixels.

    Returns:
        Whether there is somebody with a top who looks at the camera.
    """
    place = _place(points)
    cloth = (materials == Material.UPPER) & (parts == BodyPart.TORSO)
    if place is None or int(cloth.sum()) < _LEAST_CLOTH:
        return False
    collar = random.random() < _COLLARS
    rolls, inside = _rolls(random, place, parts.shape, _COLLAR if collar else _HOOD)
    before = np.isin(materials, (Material.FACE, Material.OTHER)) | np.isin(parts, IN_FRONT)
    if random.random() < _BEHIND_HAIR:
        before |= materials == Material.HAIR
    behind = inside & ~rolls & np.isin(materials, (Material.BACKGROUND, Material.HAIR)) & ~before
    rolls &= ~before
    colours = _blouse(random, parts.shape) if collar else _cloth(image, cloth, place)
    _paint(image, rolls, colours * _folds(random, rolls, place)[..., None])
    _paint(image, behind, colours * np.float32(random.uniform(0.35, 0.7)))
    hood = rolls | behind
    if not collar and random.random() < _CORDS:
        cords = _cords(random, place, parts.shape) & (rolls | cloth) & ~before
        tone = image[cloth].mean(axis=0) if random.random() < 0.5 else random.uniform(10, 245, 3)
        _paint(image, cords, np.broadcast_to(np.float32(tone) * np.float32(random.uniform(0.7, 1.25)), colours.shape))
        hood |= cords
    materials[hood], parts[hood] = Material.UPPER, BodyPart.TORSO
    return True


def _place(points: Float32) -> _Place | None:
    """Where it belongs; None where the person looks away or is small."""
    left, right = points[Landmark.LEFT_SHOULDER], points[Landmark.RIGHT_SHOULDER]
    eyes, mouth = points[_EYES].mean(axis=0), points[_MOUTH].mean(axis=0)
    across, unit = left - right, float(np.hypot(*(left - right)))
    face = float(np.hypot(*(mouth - eyes)))
    if unit < 0.5 * torso_length(points) or unit < 12.0 or face < 0.1 * unit:
        return None
    nose = float((points[Landmark.NOSE] - eyes) @ across) / unit
    up = eyes - (left + right) / 2.0
    height = float(np.hypot(*up))
    if abs(nose) > 0.5 * face or height < 0.35 * unit:
        return None
    return _Place((left + right) / np.float32(2.0), across / np.float32(unit), up / np.float32(height), unit)


def _rolls(random: Random, place: _Place, shape: tuple[int, ...], sizes: _Sizes) -> tuple[_Mask, _Mask]:
    """The rolls of cloth, and what lies between them and the neck."""
    rolls, inside = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    low, inner, top, wide, end = (float(random.uniform(*limits)) for limits in sizes)
    for side in (-1.0, 1.0):
        jitter = random.normal(0.0, 0.012, 12)
        edge = [
            (0.02, low),
            (0.55 * inner + jitter[0], 0.35 * low + 0.12 * top + jitter[1]),
            (0.92 * inner + jitter[2], 0.55 * top + jitter[3]),
            (inner + jitter[4], top),
        ]
        back = [
            (inner + 0.5 * wide, top + 0.05 + jitter[5]),
            (inner + wide + jitter[6], 0.75 * top + jitter[7]),
            (0.75 * end + 0.1 + jitter[8], 0.3 * top + 0.04 + jitter[9]),
            (end, 0.1 + jitter[10]),
            (0.55 * end, 0.5 * low - 0.05 + jitter[11]),
            (0.2, low - 0.1),
        ]
        _fill(rolls, [place.at(side * a, h) for a, h in edge + back])
        _fill(inside, [place.at(side * a, h) for a, h in [*edge, (inner - 0.02, top), (0.0, 0.8 * top)]])
    return rolls > 0, inside > 0


def _fill(target: UInt8, corners: list[Float32]) -> None:
    """A closed curve through some points, filled: Catmull and Rom's."""
    spots = np.stack(corners)
    before, after, beyond = np.roll(spots, 1, axis=0), np.roll(spots, -1, axis=0), np.roll(spots, -2, axis=0)
    share = np.linspace(0.0, 1.0, 8, endpoint=False, dtype=np.float32)[:, None, None]
    curve = spots + 0.5 * share * (
        after
        - before
        + share * (2 * before - 5 * spots + 4 * after - beyond + share * (3 * (spots - after) + beyond - before))
    )
    line = curve.transpose(1, 0, 2).reshape(-1, 2)
    cv2.fillPoly(target, [np.round(np.clip(line, -1e4, 1e4) * 8.0).astype(np.int32)], 1, cv2.LINE_8, 3)


def _cloth(image: UInt8, cloth: _Mask, place: _Place) -> Float32:
    """The chest's cloth, mirrored upwards; where there is none, its mean colour."""
    height, width = cloth.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    chest = place.at(0.0, -0.3)
    above = (x - chest[0]) * place.up[0] + (y - chest[1]) * place.up[1]
    there = x - 2.0 * above * place.up[0], y - 2.0 * above * place.up[1]
    mean = image[cloth].mean(axis=0)
    shown = np.where(cloth[..., None], image, np.round(mean).astype(np.uint8)).astype(np.uint8)
    taken: UInt8 = cv2.remap(shown, *there, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return taken.astype(np.float32)


def _blouse(random: Random, shape: tuple[int, ...]) -> Float32:
    """Plain cloth, mostly light."""
    tone = random.uniform(20, 235, 3) if random.random() < 0.4 else random.uniform(170, 240) + random.normal(0, 8, 3)
    return np.broadcast_to(tone.astype(np.float32), (*shape, 3))


def _folds(random: Random, rolls: _Mask, place: _Place) -> Float32:
    """Light and shade of rolls: dark at their rims, with folds along them."""
    deep = cv2.distanceTransform(rolls.astype(np.uint8), cv2.DIST_L2, 3) / np.float32(place.unit)
    wave = random.uniform(0.05, 0.14)
    light = 1.0 - random.uniform(0.15, 0.45) * np.exp(-deep / 0.025)
    light += random.uniform(0.0, 0.18) * np.sin(2.0 * np.pi * deep / wave + 6.3 * random.random())
    height, width = rolls.shape
    rough = cv2.resize(
        random.normal(0.0, 0.07, (9, 9)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(light + rough + random.normal(0.0, 0.05), np.float32)


def _cords(random: Random, place: _Place, shape: tuple[int, ...]) -> _Mask:
    """Two cords hanging from the neck."""
    drawn = np.zeros(shape, np.uint8)
    thick = max(round(random.uniform(0.012, 0.03) * place.unit), 1)
    for side in (-1.0, 1.0):
        out, end = random.uniform(0.05, 0.16), random.uniform(0.25, 0.9)
        line = [place.at(side * (out + random.normal(0.0, 0.015)), 0.02 - end * k / 5) for k in range(6)]
        cv2.polylines(drawn, [np.round(np.stack(line)).astype(np.int32)], False, 1, thick)
    return drawn > 0


def _paint(image: UInt8, where: _Mask, colours: Float32) -> None:
    alpha = cv2.blur(where.astype(np.float32), (3, 3))[..., None]
    np.copyto(image, np.clip(image + (colours - image) * alpha + 0.5, 0, 255).astype(np.uint8))
