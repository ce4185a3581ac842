"""Neighbours on a triangle mesh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """For vertex i: `others[starts[i] : starts[i + 1]]`."""

    starts: Int32
    others: Int32


def neighbours(faces: Int32, count: int) -> Neighbours:
    """Which vertices share an edge.

    Args:
        faces: int32 M x 3.
        count: Number of vertices.
    """
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    starts = np.searchsorted(edges[:, 0], np.arange(count + 1)).astype(np.int32)
    return Neighbours(starts, np.ascontiguousarray(edges[:, 1].astype(np.int32)))
