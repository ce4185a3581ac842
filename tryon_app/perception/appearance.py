"""Where the top ends and the trousers or the skin begin, by how this person's clothes and face look.

The network knows people in general; once it has found the chest and the thighs, their colours say more about the pixels
in between than any experience does. They also say that there are two garments at all, where it sees one dress, and that
sleeves and collars of the chest's colour are no bare skin.
"""

import cv2
import numpy as np

from tryon_app.core.colour import ColourSpace, overlap
from tryon_app.core.types import ARM_PARTS, BodyPart, Float32, Material, UInt8

_SURE = 0.6
"""Likelihood from which on a pixel says what the material looks like."""
_MOST = 2.5
"""Largest evidence of one colour, natural logarithm."""
_ROUNDS = 2
"""In the first, some of the trousers may still count as top."""
_STRENGTH = 3.0
"""Weight of that evidence where the two materials share no colour."""

_SAME, _OTHER = 0.5, 0.3
"""What the colours of chest and legs have in common in a dress, at least, and in a top with a skirt, at most."""
_CHEST = 0.55
"""Share of the torso, from above, that no skirt reaches."""
_LEGS = (BodyPart.LEFT_THIGH, BodyPart.RIGHT_THIGH, BodyPart.LEFT_SHIN, BodyPart.RIGHT_SHIN)
_CLOTH = (Material.UPPER, Material.LOWER, Material.DRESS)
_ARMS = tuple(part for side in (1, -1) for part in ARM_PARTS[side][:2])
_COLLARS = (BodyPart.HEAD, BodyPart.TORSO)
_ALIKE = 0.3, 0.15
"""What the colours of chest and face may have in common where they tell sleeves from arms, and collars from a neck, of
which more is bare.
"""
_DOUBT = 0.9, 1.5
"""Evidence of cloth, natural logarithm, below which arm and neck stay bare: they are not lit as faces are."""
_FIRM = 2.0, 4.0
"""How fast it tells beyond that."""
_SOME = 0.2
"""Likelihood of a collar from which on it may hang together with the top."""
_A_DRESS = 40.0
"""Cells: less of a dress is a doubt."""


def told_apart(rgb: UInt8, parts: Float32, materials: Float32) -> Float32:
    """Materials with the likelihoods of the upper and the lower garment shared out anew, by colour.

    Where both have the same colours nothing changes; a dress whose chest and legs are of different cloth becomes a top
    and a skirt; skin that has the chest's colour and not the face's becomes a sleeve or a collar. All other materials
    keep their likelihood everywhere.

    Args:
        rgb: uint8 h x w x 3, what the maps show.
        parts: float32 15 x h x w, 0..1.
        materials: float32 9 x h x w, 0..1.
    """
    colours = ColourSpace(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB))
    materials = _in_two(colours, parts, _sleeves_and_collars(colours, parts, materials))
    for _ in range(_ROUNDS):
        evidence = _evidence(colours, materials)
        if evidence is None:
            return materials
        upper, lower = materials[Material.UPPER], materials[Material.LOWER]
        both = upper + lower
        odds = (upper + 1e-4) / (lower + 1e-4) * np.exp(evidence * np.clip(2.0 * both - 0.6, 0.0, 1.0))
        materials = materials.copy()
        materials[Material.UPPER] = both * odds / (1.0 + odds)
        materials[Material.LOWER] = both - materials[Material.UPPER]
    return materials


def _in_two(colours: ColourSpace, parts: Float32, materials: Float32) -> Float32:
    """A dress of two cloths as a top and a skirt, by how little chest and legs have in common."""
    dress = materials[Material.DRESS]
    if float(dress.sum()) < _A_DRESS:
        return materials
    cloth = materials[list(_CLOTH)].sum(axis=0)
    torso, legs = parts[BodyPart.TORSO], parts[list(_LEGS)].sum(axis=0)
    rows = np.flatnonzero((torso > _SURE).any(axis=1))
    if not len(rows):
        return materials
    waist = rows[0] + round(_CHEST * (rows[-1] - rows[0] + 1))
    chest = np.where((cloth > _SURE) & (torso > _SURE), cloth, np.float32(0.0))
    chest[waist:] = 0.0
    above = colours.model(chest)
    below = colours.model(np.where((cloth > _SURE) & (legs > _SURE), cloth, np.float32(0.0)))
    if above is None or below is None:
        return materials
    # A dress without a chest is a skirt, whatever its colour.
    worn = float((dress * (chest > 0.0)).sum() / chest.sum())
    share = max(_from(_SAME, _OTHER, overlap(above, below)), _from(0.35, 0.15, worn))
    if share == 0.0:
        return materials
    # Colour decides, and where it cannot, the place: arms and chest are a top's, legs a skirt's.
    place = 2.0 * (1.0 - 2.0 * legs)
    for_top = 1.0 / (1.0 + np.exp(-(np.clip(colours.ratio(above, [below]), -_MOST, _MOST) + place)))
    materials = materials.copy()
    moved = dress * np.float32(share)
    materials[Material.UPPER] += moved * for_top
    materials[Material.LOWER] += moved * (1.0 - for_top)
    materials[Material.DRESS] -= moved
    return materials


def _sleeves_and_collars(colours: ColourSpace, parts: Float32, materials: Float32) -> Float32:
    """Skin above the legs as upper garment where its colour is the chest's, and not the face's."""
    upper, face, skin = (materials[kind] for kind in (Material.UPPER, Material.FACE, Material.SKIN))
    places = [np.minimum(parts[list(names)].sum(axis=0), 1.0) for names in (_ARMS, _COLLARS)]
    bared = [bool(((skin > 0.5) & (place > 0.5)).any()) for place in places]
    if not any(bared):
        return materials
    cloth = colours.model(np.where((upper > _SURE) & (parts[BodyPart.TORSO] > _SURE), upper, np.float32(0.0)))
    bare = colours.model(np.where(face > _SURE, face, np.float32(0.0)))
    alike = overlap(cloth, bare)
    apart = [_from(most, 0.5 * most, alike) * here for most, here in zip(_ALIKE, bared, strict=True)]
    if not any(apart):
        return materials
    evidence = cv2.GaussianBlur(np.clip(colours.ratio(cloth, [bare]), -_MOST, _MOST), (0, 0), 1.0)
    arms, collars = (
        place * np.clip((evidence - doubt) * np.float32(firm * share), 0.0, 1.0)
        for place, share, doubt, firm in zip(places, apart, _DOUBT, _FIRM, strict=True)
    )
    moved = skin * np.minimum(arms + _beside(upper, collars), 1.0)
    materials = materials.copy()
    materials[Material.UPPER] += moved
    materials[Material.SKIN] -= moved
    return materials


def _beside(cloth: Float32, more: Float32) -> Float32:
    """Of more cloth what hangs together with what is known: a shadow in the middle of a throat does not."""
    _, pieces = cv2.connectedComponents((more > _SOME).astype(np.uint8))
    near = cv2.dilate((cloth > _SURE).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(np.isin(pieces, np.unique(pieces[near & (pieces > 0)])), more, np.float32(0.0))


def _from(none: float, full: float, value: float) -> float:
    """0 at `none` and above, 1 at `full` and below."""
    return min(max((none - value) / (none - full), 0.0), 1.0)


def _evidence(colours: ColourSpace, materials: Float32) -> Float32 | None:
    """For the upper and against the lower garment, natural logarithm, h x w; None where one of them is not seen."""
    sure = (np.where(materials[one] > _SURE, materials[one], 0) for one in (Material.UPPER, Material.LOWER))
    above, below = (colours.model(weight.astype(np.float32)) for weight in sure)
    if above is None or below is None:
        return None
    ratio = np.clip(colours.ratio(above, [below]), -_MOST, _MOST) * (_STRENGTH * (1.0 - overlap(above, below)))
    blurred: Float32 = cv2.GaussianBlur(ratio.astype(np.float32), (0, 0), 1.0)
    return blurred
