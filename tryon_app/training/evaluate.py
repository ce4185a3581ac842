"""How good a parsing is on synthetic people who were never trained on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tryon_app.core.types import BodyPart, Float32, Material
from tryon_app.training.datasets import PARSE_MEMBERS, SIDES, example, scene
from tryon_app.training.scores import Confusion
from tryon_app.training.shards import held_out

Says = Callable[[Float32], tuple[Float32, Float32]]
"""From a picture, 1 x 15 x 256 x 192, to logits or probabilities of body parts and materials, 1 x N x 128 x 96."""


def score_network(says: Says, folder: Path, most: int = 0, flawed: bool = True) -> dict[str, Confusion]:
    """Confusions of body parts and materials of a network on synthetic frames.

    Args:
        says: The network.
        folder: Shards that were not trained on.
        most: Frames to look at, spread evenly; 0 = all.
        flawed: With the flaws of landmarks, masks and cameras that training has, the same at every call.

    Returns:
        "parts" and "materials".

    Raises:
        InputError: There are no shards, or one is damaged.
    """
    store = held_out(folder, PARSE_MEMBERS)
    count = 2 * len(store)
    found = {
        "parts": Confusion([part.name.lower() for part in BodyPart]),
        "materials": Confusion([material.name.lower() for material in Material]),
    }
    for index in np.unique(np.linspace(0, count - 1, most if 0 < most < count else count).astype(int)):
        random = np.random.default_rng([0, int(index)]) if flawed else None
        shown = example(scene(store[int(index) // 2], SIDES[int(index) % 2]), random)
        parts, materials = says(shown.picture[None])
        found["parts"].add(shown.parts, parts[0].argmax(axis=0))
        found["materials"].add(shown.materials, materials[0].argmax(axis=0))
    return found
