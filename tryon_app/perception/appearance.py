"""Where the top ends and the trousers begin, by how this person's top and trousers look.

The network knows people in general; once it has found the chest and the thighs, their colours say more about the pixels
in between than any experience does.
"""

import cv2
import numpy as np

from tryon_app.core.colour import ColourSpace, overlap
from tryon_app.core.types import Float32, Material, UInt8

_SURE = 0.6
"""Likelihood from which on a pixel says what the material looks like."""
_MOST = 2.5
"""Largest evidence of one colour, natural logarithm."""
_ROUNDS = 2
"""In the first, some of the trousers may still count as top."""
_STRENGTH = 3.0
"""Weight of that evidence where the two materials share no colour."""


def told_apart(rgb: UInt8, materials: Float32) -> Float32:
    """Materials with the likelihoods of the upper and the lower garment shared out anew, by colour.

    Where both have the same colours nothing changes; all other materials keep their likelihood everywhere.

    Args:
        rgb: uint8 h x w x 3, what the maps show.
        materials: float32 9 x h x w, 0..1.
    """
    colours = ColourSpace(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB))
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


def _evidence(colours: ColourSpace, materials: Float32) -> Float32 | None:
    """For the upper and against the lower garment, natural logarithm, h x w; None where one of them is not seen."""
    sure = (np.where(materials[one] > _SURE, materials[one], 0) for one in (Material.UPPER, Material.LOWER))
    above, below = (colours.model(weight.astype(np.float32)) for weight in sure)
    if above is None or below is None:
        return None
    ratio = np.clip(colours.ratio(above, [below]), -_MOST, _MOST) * (_STRENGTH * (1.0 - overlap(above, below)))
    blurred: Float32 = cv2.GaussianBlur(ratio.astype(np.float32), (0, 0), 1.0)
    return blurred
