"""How good a parsing is: on synthetic people who were never trained on, and on real ones with labels by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from tryon_app.core.errors import InputError
from tryon_app.core.types import BodyPart, Material
from tryon_app.training.datasets import PARSE_MEMBERS, SIDES, example, scene
from tryon_app.training.scores import Confusion
from tryon_app.training.shards import SampleStore


def score_network(network: Any, folder: Path, most: int = 0, flawed: bool = True) -> dict[str, Confusion]:
    """Confusions of body parts and materials of a torch network on synthetic frames.

    Args:
        network: A `ParsingNetwork` in evaluation mode.
        folder: Shards that were not trained on.
        most: Frames to look at, spread evenly; 0 = all.
        flawed: With the flaws of landmarks, masks and cameras that training has, the same at every call.

    Returns:
        "parts" and "materials".

    Raises:
        InputError: There are no shards, or one is damaged.
    """
    store = SampleStore(folder, PARSE_MEMBERS)
    store.refresh()
    if not len(store):
        raise InputError(f"There is no data in {folder}.", "Make some with `tryon train synth` and another --seed.")
    count = 2 * len(store)
    found = {
        "parts": Confusion([part.name.lower() for part in BodyPart]),
        "materials": Confusion([material.name.lower() for material in Material]),
    }
    for index in np.unique(np.linspace(0, count - 1, most if 0 < most < count else count).astype(int)):
        random = np.random.default_rng([0, int(index)]) if flawed else None
        shown = example(scene(store[int(index) // 2], SIDES[int(index) % 2]), random)
        with torch.no_grad():
            parts, materials = network(torch.from_numpy(shown.picture)[None])
        found["parts"].add(shown.parts, parts[0].argmax(dim=0).numpy())
        found["materials"].add(shown.materials, materials[0].argmax(dim=0).numpy())
    return found
