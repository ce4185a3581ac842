"""How much of what is said and what is true overlap."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Confusion:
    """Counts of (true, said) over all pixels shown to it.

    Args:
        names: Of the classes, in the order of their numbers.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.counts = np.zeros((len(names), len(names)), np.int64)

    def add(self, true: NDArray[np.integer], said: NDArray[np.integer]) -> None:
        """Count two label maps of one shape."""
        size = len(self.names)
        flat = true.astype(np.int64).ravel() * size + said.astype(np.int64).ravel()
        self.counts += np.bincount(flat, minlength=size * size).reshape(size, size)

    def iou(self) -> dict[str, float]:
        """Intersection over union of each class that is in the truth, pooled over all pixels."""
        hit = self.counts.diagonal()
        union = self.counts.sum(axis=0) + self.counts.sum(axis=1) - hit
        there = self.counts.sum(axis=1) > 0
        return {name: float(h / u) for name, h, u, t in zip(self.names, hit, union, there, strict=True) if t}

    def mean_iou(self) -> float:
        """Mean over the classes that are in the truth."""
        values = list(self.iou().values())
        return float(np.mean(values)) if values else 0.0
