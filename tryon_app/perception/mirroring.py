"""A picture seen in a mirror too: what the parsing network says of both is surer than what it says of one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import BodyPart, Float32, Landmark
from tryon_app.perception.parse_input import SIDES


def mirrored_order(names: Sequence[str]) -> NDArray[np.intp]:
    """For each name its counterpart on the other side of the body: `names[order[i]]` is the mirror of `names[i]`."""
    places = {name: index for index, name in enumerate(names)}
    order = []
    for name in names:
        other = name.replace("LEFT", "#").replace("RIGHT", "LEFT").replace("#", "RIGHT")
        order.append(places[other])
    return np.array(order, np.intp)


LANDMARK_MIRROR = mirrored_order([entry.name for entry in Landmark])
PART_MIRROR = mirrored_order([entry.name for entry in BodyPart])


def in_a_mirror(picture: Float32) -> Float32:
    """The parsing network's input as a mirror shows it: left and right limbs change places.

    Args:
        picture: float32 `CHANNELS` x h x w (`parse_input.encode`).
    """
    return np.ascontiguousarray(picture[SIDES, :, ::-1])


def with_mirror(maps: Float32, mirrored: Float32, parts: bool) -> Float32:
    """The mean of what is said of a picture and of its mirror image.

    Args:
        maps: float32 n x h x w.
        mirrored: The same of the mirror image.
        parts: Whether these are body parts, which have sides.
    """
    back = mirrored[PART_MIRROR] if parts else mirrored
    return np.asarray(np.float32(0.5) * (maps + back[:, :, ::-1]), np.float32)
