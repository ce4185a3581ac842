"""What is drawn onto people of sticks and ellipses, beside the people as they were."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tryon_app.training.datasets import Scene

Drawn = tuple[bool, np.ndarray, np.ndarray, np.ndarray]


def drawn(draw: Callable[..., bool], person: Scene, seed: int = 0) -> Drawn:
    """Whether anything was drawn; picture, parts and materials after it."""
    image, parts, materials = person.image.copy(), person.parts.copy(), person.materials.copy()
    done = draw(np.random.default_rng(seed), image, parts, materials, person.points)
    return done, image, parts, materials


def stays(draw: Callable[..., bool], person: Scene, where: Any) -> bool:
    """Whether labels are never changed in some places."""
    made = [drawn(draw, person, seed) for seed in range(8)]
    return all(
        np.array_equal(parts[where], person.parts[where]) and np.array_equal(materials[where], person.materials[where])
        for _, _, parts, materials in made
    )


def nothing(draw: Callable[..., bool], person: Scene) -> bool:
    """Whether nothing is drawn, and nothing said to be."""
    done, image, _, materials = drawn(draw, person)
    return not done and np.array_equal(image, person.image) and np.array_equal(materials, person.materials)


def repeatable(draw: Callable[..., bool], person: Scene) -> bool:
    """Whether the same chance draws the same."""
    pair = zip(drawn(draw, person, 3), drawn(draw, person, 3), strict=True)
    return all(np.array_equal(one, other) for one, other in pair)
