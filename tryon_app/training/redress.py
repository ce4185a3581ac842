"""The same person in other cloth: labels say where a garment is, so it can be dyed, printed or tucked in anew.

What was simulated has a few thousand outfits; a network that has seen each of them often knows them by heart, and calls
whatever it has never seen by the nearest of them: a blouse above flowered trousers "dress". Where the cloth changes
with every look, only shape and place can be learned.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import ARM_PARTS, BodyPart, Float32, Material, UInt8, sided
from tryon_app.training.augment import Random, torso_length
from tryon_app.training.synth.fabric import fabric
from tryon_app.training.synth.noise import colour, field
from tryon_app.training.synth.photos import Photos

Mask = NDArray[np.bool_]

_TILES, _TILE, _PER_METRE = 192, 320, 260.0
_CHANCES = {
    Material.BACKGROUND: 0.16,
    Material.HAIR: 0.12,
    Material.UPPER: 0.30,
    Material.LOWER: 0.40,
    Material.DRESS: 0.30,
    Material.SHOES: 0.20,
}
_CUT = 0.45
"""Of the pictures: what hangs below the waist becomes another garment."""
_BELT = 0.35
_OPEN, _ROLLED = 0.22, 0.14
"""Of the pictures: another neckline; of the arms: a shorter sleeve."""
_PLAIN = 0.55
"""Of what is dyed: without a pattern."""
_FEW = 24
"""Pixels: less of a garment is left alone."""
_NEUTRAL = ((20, 20, 22), (55, 55, 58), (120, 120, 122), (200, 200, 200), (244, 244, 242), (32, 38, 66), (70, 92, 130),
            (196, 172, 140), (120, 84, 56), (206, 158, 128))  # fmt: skip
"""Black, greys, white, navy, denim, beige, brown, and the tone of skin: what most wardrobes hold."""
_ARMS = np.array(sorted(part for parts in ARM_PARTS.values() for part in parts), np.uint8)


class Fabrics:
    """A stock of cloth; each piece is drawn when it is wanted for the first time.

    Args:
        seed: Of what is drawn.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._photos = Photos(held_out=False)
        self._tiles: dict[int, UInt8] = {}

    def _tile(self, number: int) -> UInt8:
        if number not in self._tiles:
            random = np.random.default_rng([self._seed, number])
            self._tiles[number] = fabric(random, self._photos, _TILE, _TILE, _PER_METRE).astype(np.uint8)
        return self._tiles[number]

    def pick(self, random: Random, width: int, height: int) -> UInt8:
        """A piece of cloth with a pattern, uint8 RGB height x width x 3."""
        tile = self._tile(int(random.integers(_TILES)))
        tile = np.roll(tile, random.integers(0, _TILE, 2).tolist(), axis=(0, 1))
        scale = float(np.exp(random.uniform(-0.7, 0.5)))
        matrix = np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]])
        large: UInt8 = cv2.warpAffine(tile, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
        if random.random() < 0.4:
            large = cv2.multiply(large, (*np.exp(random.normal(0.0, 0.4, 3)).tolist(), 1.0))
        return large


def redressed(random: Random, fabrics: Fabrics, image: UInt8, parts: UInt8, materials: UInt8, points: Float32) -> None:
    """Bare necks and arms, cut off what hangs below the waist, dye and print: picture and materials change, in place.

    Args:
        random: Where chance comes from.
        fabrics: For prints.
        image: uint8 RGB H x W x 3.
        parts: uint8 H x W, `BodyPart`.
        materials: uint8 H x W, `Material`.
        points: float32 33 x 2, landmarks in pixels.
    """
    _bared(random, image, parts, materials, points)
    chances = dict(_CHANCES)
    if random.random() < _CUT and _cut(random, image, parts, materials, points):
        chances[Material.LOWER] = 1.0
    seen = image.copy()
    for material, chance in chances.items():
        if random.random() >= chance:
            continue
        where = materials == material
        if material == Material.BACKGROUND:
            where &= parts == BodyPart.BACKGROUND
        if np.count_nonzero(where) < _FEW:
            continue
        if material == Material.BACKGROUND:
            _studio(random, fabrics, image, where)
        else:
            _dyed(random, fabrics, image, seen, where, materials)
    # Cloth meets cloth without a seam of single pixels.
    if random.random() < 0.5:
        cv2.GaussianBlur(image, (3, 3), float(random.uniform(0.3, 0.6)), dst=image)


def _bared(random: Random, image: UInt8, parts: UInt8, materials: UInt8, points: Float32) -> None:
    """Other necklines and shorter sleeves: what they uncover is skin like that of the face."""
    skin = (materials == Material.FACE) | (materials == Material.SKIN)
    if np.count_nonzero(skin) < _FEW:
        return
    cloth = (materials == Material.UPPER) | (materials == Material.DRESS)
    bare = np.zeros(cloth.shape, np.bool_)
    if random.random() < _OPEN:
        bare |= cloth & (parts == BodyPart.TORSO) & _neckline(random, points, *cloth.shape)
    for side, (upper_arm, forearm, _) in ARM_PARTS.items():
        if random.random() < _ROLLED:
            shoulder, elbow, wrist = (points[one] for one in sided(side, "SHOULDER", "ELBOW", "WRIST"))
            end = float(random.uniform(0.25, 1.9))
            above = (parts == upper_arm) & (_along(shoulder, elbow, *cloth.shape) > end)
            bare |= cloth & (above | (parts == forearm) & (_along(elbow, wrist, *cloth.shape) > end - 1.0))
    if np.count_nonzero(bare) >= _FEW:
        _painted(random, image, image.copy(), bare, np.median(image[skin], axis=0).astype(np.float32))
        materials[bare] = Material.SKIN


def _neckline(random: Random, points: Float32, height: int, width: int) -> Mask:
    """A V or an oval below the neck, between the shoulders."""
    middle, across = points[[11, 12]].mean(axis=0), points[11] - points[12]
    size = max(float(np.hypot(*across)), 0.4 * torso_length(points))
    across = across / max(float(np.hypot(*across)), 1e-3)
    down = points[[23, 24]].mean(axis=0) - middle
    down = down / max(float(np.hypot(*down)), 1e-3)
    x = np.arange(width, dtype=np.float32)[None] - middle[0]
    y = np.arange(height, dtype=np.float32)[:, None] - middle[1]
    aside = np.abs(x * across[0] + y * across[1]) / size
    depth = float(random.uniform(0.1, 0.8))
    share = ((x * down[0] + y * down[1]) / size + 0.25) / (depth + 0.25)
    wide = float(random.uniform(0.12, 0.36))
    inside: Mask = (aside < wide * (1.0 - share)) if random.random() < 0.5 else (aside / wide) ** 2 + share**2 < 1.0
    return inside


def _along(start: Float32, end: Float32, height: int, width: int) -> Float32:
    """How far along a limb each pixel is: 0 at the start, 1 at the end."""
    limb = end - start
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    far: Float32 = ((x - start[0]) * limb[0] + (y - start[1]) * limb[1]) / max(float(limb @ limb), 1.0)
    return far


def _cut(random: Random, image: UInt8, parts: UInt8, materials: UInt8, points: Float32) -> bool:
    """Tops tucked in, dresses cut into top and skirt: below a line across the waist it is the lower garment's.

    Returns:
        Whether something became the lower garment's; its cloth is still that of the upper one.
    """
    shoulders, hips = points[[11, 12]].mean(axis=0), points[[23, 24]].mean(axis=0)
    torso = torso_length(points)
    spine = hips - shoulders
    length = float(np.hypot(*spine))
    if length < 0.3 * torso:  # seen from above or bent forward: there is no telling where the waist is
        return False
    down = spine / length
    turned = float(random.normal(0.0, 0.12))
    down = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]]) @ down
    waist = shoulders + spine * float(random.uniform(0.62, 1.12))
    height, width = parts.shape
    x, y = np.arange(width, dtype=np.float32)[None] - waist[0], np.arange(height, dtype=np.float32)[:, None] - waist[1]
    across = (y * down[0] - x * down[1]) / torso
    below = (x * down[0] + y * down[1]) / torso + float(random.normal(0.0, 0.25)) * across * across
    hanging = (materials == Material.UPPER) | (materials == Material.DRESS)
    moved = hanging & (below > 0.0) & ~np.isin(parts, _ARMS)
    if np.count_nonzero(moved) < _FEW or np.count_nonzero(hanging & (below <= 0.0)) < _FEW:
        return False
    materials[moved] = Material.LOWER
    # What is left above is a top, also where it was a dress.
    materials[materials == Material.DRESS] = Material.UPPER
    if random.random() < _BELT:
        belt = (materials == Material.LOWER) & (below > 0.0) & (below < random.uniform(0.03, 0.12))
        image[belt] = np.clip(_tone(random, image, materials), 0, 255).astype(np.uint8)
    return True


def _studio(random: Random, fabrics: Fabrics, image: UInt8, where: Mask) -> None:
    """In front of a plain wall, as shops photograph, or of some other mess."""
    height, width = where.shape
    if random.random() < 0.3:
        wall = fabrics.pick(random, width, height).astype(np.float32)
        wall = cv2.GaussianBlur(wall, (0, 0), float(random.uniform(0.5, 6.0)))
    else:
        tone = colour(random) if random.random() < 0.4 else np.full(3, random.uniform(150.0, 255.0), np.float32)
        light = 1.0 + float(random.uniform(0.0, 0.12)) * field(random, width, height, max(width, height) * 0.7)
        wall = tone * light[..., None]
    _laid_on(image, wall, where)


def _dyed(random: Random, fabrics: Fabrics, image: UInt8, seen: UInt8, where: Mask, materials: UInt8) -> None:
    """A garment, or hair, in another colour or print."""
    if random.random() < _PLAIN:
        _painted(random, image, seen, where, _tone(random, seen, materials))
    else:
        _painted(random, image, seen, where, fabrics.pick(random, *where.shape[::-1]))


def _painted(random: Random, image: UInt8, seen: UInt8, where: Mask, look: UInt8 | Float32) -> None:
    """Another colour, or a picture as large as the image, with the light and shade that was there."""
    x, y, width, height = cv2.boundingRect(where.view(np.uint8))
    box = np.s_[y : y + height, x : x + width]
    inside = where[box]
    light = _light(random, seen[box], inside)[..., None]
    _laid_on(image[box], (look[box] if look.ndim > 1 else look) * light, inside)


def _light(random: Random, seen: UInt8, inside: Mask) -> Float32:
    """Light and shade of a garment as a factor: large folds always, small ones and its old print to some degree."""
    grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY).astype(np.float32) + 4.0
    weight = inside.astype(np.float32)
    sigma = max(1.0, 0.03 * max(inside.shape))
    smooth = cv2.GaussianBlur(grey * weight, (0, 0), sigma) / (cv2.GaussianBlur(weight, (0, 0), sigma) + 1e-3)
    middle = float(np.median(grey[inside]))
    factor = smooth / middle * (grey / np.maximum(smooth, 1.0)) ** float(random.choice([0.0, 0.3, 0.8]))
    return np.clip(factor, 0.35, 1.9) ** float(random.uniform(0.5, 1.1))


def _tone(random: Random, seen: UInt8, materials: UInt8) -> Float32:
    """A plain colour: of a wardrobe, of anything, or of something else in this picture, which is what confuses."""
    kind = float(random.random())
    if kind < 0.40:
        neutral = np.array(_NEUTRAL[int(random.integers(len(_NEUTRAL)))], np.float32)
        return neutral * np.exp(random.normal(0.0, 0.12, 3)).astype(np.float32)
    if kind < 0.65:
        other = materials == (Material.SKIN if kind < 0.48 else int(random.integers(len(Material))))
        if np.count_nonzero(other) >= _FEW:
            rows, columns = np.nonzero(other)
            some = random.integers(0, len(rows), 32)
            return np.median(seen[rows[some], columns[some]], axis=0).astype(np.float32)
    return colour(random)


def _laid_on(image: UInt8, cloth: Float32, inside: Mask) -> None:
    """Soft at the edge, inward only: what lies around keeps its own."""
    alpha = cv2.blur(inside.astype(np.float32), (3, 3))[..., None] * inside[..., None]
    image[:] = np.clip(image + (cloth - image) * alpha + 0.5, 0, 255).astype(np.uint8)
