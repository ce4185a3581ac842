"""The colour of a person's own skin, and how light falls on what is bared."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import box_mean
from tryon_app.core.types import Float32, UInt8

_COARSE = 3
"""Cells that are taken together where only smooth colours are wanted."""
_SURE = 0.6
_FEWEST = 14.0
"""Cells of skin needed to know its colour."""
_FACE = 0.2
"""Weight of the face beside other skin: it is redder, and made up."""
_ANY_HUE = 17.0
"""Difference in Lab's a and b up to which a colour may be the same person's skin as the face."""
_CHEST_LIGHT = 15.0
"""Difference in Lab's lightness up to which it may be so on the chest."""
_CHEST, _LEAST_CLOTH = 0.5, 0.002
"""How far down the torso pale cloth is looked for, and its smallest piece in square shoulder widths."""
_GLITTER, _MOSTLY = 4.0, 0.7
"""What light differs by in neighbouring places of jewellery, and the share of cloth where it does not."""
_PALE = 0.75
"""Share of the face's colourfulness below which something lighter is cloth."""
_SAME_LIGHT, _SAME_HUE, _VERY_HUE = 25.0, 8.0, 3.0
"""Differences in Lab up to which a colour may be the same skin in another light; the last where that is doubted."""
_NEAR = 0.22
"""How far skin that is seen passes its own colour on, in shoulder widths."""
_LIMB_LIGHT, _LIMB_DARK = 1.07, 0.36
_FOLDS = 0.3


class Skin:
    """One person's skin in one frame.

    Args:
        seen: What the network says.
        pixel: Width of a cell in frame pixels.
    """

    def __init__(self, seen: Labelled, pixel: float) -> None:
        self._seen = seen
        self._near = max(round(_NEAR * seen.body.unit / pixel), 2)
        other = (seen.skin > _SURE) * seen.skin
        face = (seen.face > _SURE) * seen.face * seen.body.face(0.8)
        inner = np.ones((3, 3), np.uint8)
        reference = _middle(seen.small, np.asarray(face, np.float32)) if float(face.sum()) > _FEWEST else None
        self._reference = reference
        if reference is not None:
            # Cloth of a warm colour is easily taken for skin, the face for nothing else: it says what counts.
            lighter, hue = _apart(seen.lab, reference)
            other = (hue < _ANY_HUE) * other
            # On the chest more than anywhere: a beige blouse has the hue of skin.
            other = np.where((seen.torso > 0.5) & (lighter > _CHEST_LIGHT), np.float32(0.0), other)
        self._weight: Float32 = np.asarray(cv2.erode(other, inner) + _FACE * cv2.erode(face, inner), np.float32)
        self._tone = _middle(seen.small, self._weight) if float(self._weight.sum()) > _FEWEST * _FACE else None

    @property
    def known(self) -> bool:
        """Whether enough skin is seen to know its colour."""
        return self._tone is not None

    def mistaken(self) -> Float32:
        """Pale cloth on neck and chest that the network takes for skin or other things: much lighter than the face and
        with less colour; and its edges.

        Returns:
            float32 h x w, 0..1.
        """
        seen = self._seen
        if self._reference is None or self._tone is None:
            return np.zeros_like(seen.skin)
        own = np.stack([_lab(self._reference), _lab(self._tone)])
        axis, length = seen.body.spine
        high = seen.body.along_axis(seen.body.middle, axis) < _CHEST * length
        where = (np.maximum(seen.body.neck(), seen.torso) > 0.4) & high & (seen.person > 0.5)
        where &= (seen.head() < 0.3) & (seen.objects < 0.3) & (seen.upper < _SURE)
        x, y, width, height = cv2.boundingRect(where.astype(np.uint8))
        result = np.zeros_like(seen.skin)
        if width and height:
            box = np.s_[y : y + height, x : x + width]
            result[box] = cv2.dilate(self._pale(seen.lab[box], where[box], own), np.ones((7, 7), np.uint8)) * where[box]
        return result

    def _pale(self, lab: UInt8, where: NDArray[np.bool_], own: Float32) -> UInt8:
        """Cloth paler than any skin of this person, no speck of shine and no jewellery, which glitters: uint8, 0 or 1.

        Args:
            lab: uint8 h x w x 3.
            where: h x w: places to look at.
            own: float32 n x 3, the person's skin in Lab: arms in the sun may be lighter than a face below a hat.
        """
        lightest, faintest = float(own[:, 0].max()), float(np.hypot(own[:, 1] - 128.0, own[:, 2] - 128.0).min())
        values = lab.astype(np.float32)
        light = (values[..., 0] - np.float32(lightest)) * np.float32(100.0 / 255.0)
        # Skin in full light has more colour, not less.
        least = (_PALE + 0.01 * (light - _CHEST_LIGHT)) * np.float32(faintest)
        colour = cv2.magnitude(values[..., 1] - 128.0, values[..., 2] - 128.0)
        found = (where & (light > _CHEST_LIGHT) & (colour < least)).astype(np.uint8)
        if not found.any():
            return found
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(found)
        plain = box_mean(cv2.absdiff(light, box_mean(light, 1)), 1) < _GLITTER
        smallest = _LEAST_CLOTH * (self._near / _NEAR) ** 2
        kept = np.zeros(count, np.uint8)
        for piece in range(1, count):
            if stats[piece, cv2.CC_STAT_AREA] > smallest:
                kept[piece] = float(plain[pieces == piece].mean()) > _MOSTLY
        return np.asarray(kept[pieces], np.uint8)

    def resembles(self, cells: Float32, doubted: bool) -> bool:
        """Whether what lies in some places may well be skin already, which the network took for cloth.

        Args:
            cells: float32 h x w, 0..1: the places.
            doubted: The network is sure of the cloth: then only the very colour of skin counts.
        """
        total = float(cells.sum())
        if self._tone is None or total < 1.0:
            return False
        mean = (self._seen.small * cells[..., None]).sum(axis=(0, 1)) / total
        pair = np.stack([mean, self._tone]).astype(np.float32)[None] / np.float32(255.0)
        there, skin = cv2.cvtColor(pair, cv2.COLOR_RGB2LAB)[0]
        lighter, hue = abs(float(there[0] - skin[0])), float(np.hypot(*(there[1:] - skin[1:])))
        return lighter < _SAME_LIGHT and hue < (_VERY_HUE if doubted else _SAME_HUE)

    def colour(self) -> Float32:
        """Skin everywhere: near skin that is seen its own colour, the person's tone elsewhere.

        Returns:
            float32 h x w x 3, 0..255.

        Raises:
            ValueError: Its colour is not known.
        """
        if self._tone is None:
            raise ValueError("no skin is seen")
        mass, colours = _coarse(self._seen.small, self._weight)
        near = max(round(self._near / _COARSE), 1)
        mass, colours = (box_mean(box_mean(values, near), near) for values in (mass, colours))
        local = (colours + np.float32(0.06) * self._tone) / (mass + np.float32(0.06))[..., None]
        return _fine(local, self._weight.shape)


def roundness(field: Float32) -> Float32:
    """How light a limb is across, darker towards its sides.

    Args:
        field: Distance from the bone in radii, float32 h x w.
    """
    across = np.clip(field, 0.0, 1.0)
    return np.asarray(_LIMB_LIGHT - _LIMB_DARK * across * across, np.float32)


def draped_light(small: UInt8, cloth: Float32, fine: int, coarse: int) -> Float32:
    """Light and shade that the old cloth shows, weakly and without its pattern: factors, float32 h x w.

    Args:
        small: uint8 h x w x 3.
        cloth: float32 h x w, 0..1: where the old cloth is.
        fine: Radius of what is left out as pattern, cells.
        coarse: Radius of what counts as one light, cells.
    """
    total = float(cloth.sum())
    if total < 30.0:
        return np.ones(cloth.shape, np.float32)
    size = max(cloth.shape[1] // _COARSE, 1), max(cloth.shape[0] // _COARSE, 1)
    mass: Float32 = cv2.resize(cloth, size, interpolation=cv2.INTER_AREA)
    log = np.log(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) + 16.0)
    mean = float((log * cloth).sum() / total)
    deviation = float(np.sqrt((cloth * (log - mean) ** 2).sum() / total))
    strength = _FOLDS * float(np.clip((0.6 - deviation) / 0.3, 0.15, 1.0))
    sums = np.stack([cv2.resize(log * cloth, size, interpolation=cv2.INTER_AREA), mass], axis=2)
    fine, coarse = (max(round(radius / _COARSE), 1) for radius in (fine, coarse))
    narrow, wide = (box_mean(box_mean(sums, radius), radius) for radius in (fine, coarse))
    light, middle = (part[..., 0] / np.maximum(part[..., 1], 1e-3) for part in (narrow, wide))
    change = np.clip(0.7 * (light - middle) + 0.3 * (light - mean), -0.7, 0.5)
    known = np.clip(narrow[..., 1] * 20.0, 0.0, 1.0)
    return _fine(np.exp(strength * change * known).astype(np.float32), cloth.shape)


def spread(small: UInt8, weight: Float32, radius: int) -> Float32:
    """Colours of some places carried on into the others around: float32 h x w x 3.

    Args:
        small: uint8 h x w x 3.
        weight: float32 h x w, 0..1: whose colours.
        radius: Cells.
    """
    mass, colours = _coarse(small, weight)
    result = colours.sum(axis=(0, 1)) / max(float(mass.sum()), 1e-3)
    for scale in (9, 3, 1):
        near = max(round(radius * scale / _COARSE), 1)
        local = box_mean(box_mean(colours, near), near) + np.float32(0.02) * result
        result = local / (box_mean(box_mean(mass, near), near) + np.float32(0.02))[..., None]
    return _fine(result, weight.shape)


def _coarse(small: UInt8, weight: Float32) -> tuple[Float32, Float32]:
    """Weights, and colours times weights, at a fraction of the size: what is carried on is smooth."""
    size = max(weight.shape[1] // _COARSE, 1), max(weight.shape[0] // _COARSE, 1)
    red, green, blue = (cv2.multiply(channel, weight, dtype=cv2.CV_32F) for channel in cv2.split(small))
    sums = cv2.resize(cv2.merge([red, green, blue, weight]), size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(sums[..., 3]), np.ascontiguousarray(sums[..., :3])


def _fine(coarse: Float32, shape: tuple[int, ...]) -> Float32:
    full: Float32 = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return full


def _apart(lab: UInt8, tone: Float32) -> tuple[Float32, Float32]:
    """How far colours in Lab are from a tone: in lightness (0..100), and in a and b, float32 h x w."""
    wanted = _lab(tone)
    light, a, b = (lab[..., channel].astype(np.float32) - wanted[channel] for channel in range(3))
    hue: Float32 = cv2.magnitude(a, b)
    return np.abs(light) * np.float32(100.0 / 255.0), hue


def _lab(tone: Float32) -> Float32:
    """A colour in CIE Lab as OpenCV stores it in 8 bits: float32 3."""
    colour = np.round(tone).astype(np.uint8)[None, None]
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2LAB)[0, 0], np.float32)


def _middle(small: UInt8, weight: Float32) -> Float32:
    """Weighted mean of the middle half by lightness: neither shine nor shadow."""
    chosen = weight > 0
    colours, mass = small[chosen].astype(np.float32), weight[chosen]
    order = np.argsort(colours @ np.array([0.299, 0.587, 0.114], np.float32))
    share = np.cumsum(mass[order]) / float(mass.sum())
    middle = order[(share > 0.3) & (share < 0.85)]
    if not len(middle):
        middle = order
    return np.asarray((colours[middle] * mass[middle, None]).sum(axis=0) / float(mass[middle].sum()), np.float32)
