"""Which faces of a model belong together: points that are one in space, pieces sewn to each other, whole garments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Slot
from tryon_app.garments.mesh.model import Floats, Ints, Model

_GRID = 2**20
_CELLS = 2**14
_SEAM_CM = 0.3
"""Edges of two pattern pieces that run about as close as this are a seam."""
_SEWN = 0.2
"""Of the shorter one's edge, at least."""
_LEAST_GARMENT = 0.15
"""Of all cloth: smaller groups are shoes, belts and jewellery."""
_LEAST_PIECE = 0.01
"""Of all cloth: smaller pieces are buttons and stitches, and belong to whatever hangs at their height."""
_ATTACHED_CM = 5.0


def welded(model: Model) -> tuple[Model, Ints]:
    """Without faces that are there twice (once for each side) or have no area, and which points are one in space.

    Returns:
        The model, and int64 N: the same number for vertices at the same place.
    """
    points = model.vertices
    low, size = points.min(axis=0), float(np.ptp(points, axis=0).max())
    cells = np.round((points - low) / size * (_GRID - 1)).astype(np.int64)
    _, place = np.unique((cells[:, 0] * _GRID + cells[:, 1]) * _GRID + cells[:, 2], return_inverse=True)
    faces = place[model.faces]
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    ordered = np.sort(faces, axis=1)
    order = np.lexsort((np.arange(len(faces)), ordered[:, 2], ordered[:, 1], ordered[:, 0]))
    again = np.zeros(len(faces), bool)
    again[order[1:]] = (ordered[order[1:]] == ordered[order[:-1]]).all(axis=1)
    return model.only(whole & ~again), place


def pieces(model: Model, place: Ints) -> Ints:
    """int64 M: the connected piece each face belongs to, from 0."""
    faces = place[model.faces]
    ends = np.concatenate((faces[:, :2], faces[:, 1:]))
    _, label = np.unique(_connected(ends, int(place.max()) + 1)[faces[:, 0]], return_inverse=True)
    return label


def smooth_normals(model: Model, place: Ints) -> Floats:
    """float64 N x 3: unit normals at the vertices, of the faces around each place in space, by their area."""
    corners = model.corners
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    count = int(place.max()) + 1
    faces = place[model.faces]
    total = np.stack(
        [np.bincount(faces.ravel(), np.repeat(across[:, axis], 3), minlength=count) for axis in range(3)], axis=1
    )
    length = np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return np.asarray((total / length)[place])


def of_slot(model: Model, place: Ints, slot: Slot | None) -> tuple[NDArray[np.bool_], int]:
    """The faces of one garment of a suit.

    Pattern pieces that are sewn to each other, or hang at the same height, make a garment; what is worn as a dress is
    all of them, a bottom is the lowest, anything else the highest.

    Args:
        model: Welded.
        place: Of `welded`.
        slot: Where it is worn; the highest when None.

    Returns:
        bool M, and how many garments there are.
    """
    piece = pieces(model, place)
    group = _garments(model, place, piece)
    areas = np.bincount(group, _areas(model))
    large = np.flatnonzero(areas >= _LEAST_GARMENT * areas.sum())
    if len(large) < 2 or slot is Slot.DRESS:
        return np.ones(len(group), bool), len(large)
    heights = np.bincount(group, _areas(model) * model.corners[..., 1].mean(axis=1))[large] / areas[large]
    chosen = large[heights.argmin() if slot is Slot.BOTTOM else heights.argmax()]
    return group == chosen, len(large)


def _garments(model: Model, place: Ints, piece: Ints) -> Ints:
    """int64 M: a number for each garment."""
    spans = _spans_of(model, piece)
    large = np.flatnonzero(spans.area >= _LEAST_PIECE * spans.area.sum())
    links = [_seams(model, place, piece, large), _beside(spans, large), _attached(spans, large)]
    label = _connected(np.concatenate(links), len(spans.area))
    return np.unique(label[piece], return_inverse=True)[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Of each piece: its area, and the heights of its lowest point, its middle, and its highest point; cm."""

    area: Floats
    bottom: Floats
    middle: Floats
    top: Floats


def _spans_of(model: Model, piece: Ints) -> _Spans:
    heights, areas = model.corners[..., 1], _areas(model)
    area = np.asarray(np.bincount(piece, areas), np.float64)
    top, bottom = np.full(len(area), -np.inf), np.full(len(area), np.inf)
    np.maximum.at(top, piece, heights.max(axis=1))
    np.minimum.at(bottom, piece, heights.min(axis=1))
    return _Spans(area, bottom, np.bincount(piece, areas * heights.mean(axis=1)) / np.maximum(area, 1e-12), top)


def _seams(model: Model, place: Ints, piece: Ints, large: Ints) -> Ints:
    """Pairs of large pieces whose open edges run along each other."""
    points, owner = _open_edges(model, place, piece)
    order = np.full(int(piece.max()) + 1, -1)
    order[large] = np.arange(len(large))
    owner = order[owner]
    points, owner = points[owner >= 0], owner[owner >= 0]
    cells = np.clip((points - model.vertices.min(axis=0)) / _SEAM_CM, 0, _CELLS - 3).astype(np.int64) + 1
    code = (cells[:, 0] * _CELLS + cells[:, 1]) * _CELLS + cells[:, 2]
    code, owner = np.divmod(np.unique(code * len(large) + owner), len(large))
    steps = np.arange(-1, 2)
    around = ((steps[:, None, None] * _CELLS + steps[:, None]) * _CELLS + steps).ravel()
    length = np.bincount(owner, minlength=len(large))
    found = []
    for one in range(len(large)):
        near = np.isin(code, np.unique(code[owner == one][:, None] + around))
        sewn = np.flatnonzero(np.bincount(owner[near], minlength=len(large)) > _SEWN * length)
        found += [(large[one], large[other]) for other in sewn if length[other] <= length[one]]
    return np.array(found, np.int64).reshape(-1, 2)


def _open_edges(model: Model, place: Ints, piece: Ints) -> tuple[Floats, Ints]:
    """Middles of edges with a face on one side only, and the pieces they belong to."""
    faces, count = place[model.faces], int(place.max()) + 1
    edges = np.concatenate((faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]))
    code = edges.min(axis=1) * count + edges.max(axis=1)
    _, first, uses = np.unique(code, return_index=True, return_counts=True)
    single = first[uses == 1]
    at = np.zeros((count, 3))
    at[place] = model.vertices
    return at[edges[single]].mean(axis=1), np.tile(piece, 3)[single]


def _beside(spans: _Spans, large: Ints) -> Ints:
    """Pairs of large pieces one of which hangs at the height of the other: sleeves and second layers."""
    order = large[np.argsort(-spans.area[large], kind="stable")]
    links = []
    for rank, smaller in enumerate(order):
        larger = order[:rank]
        rim = 0.1 * (spans.top[larger] - spans.bottom[larger])
        middle = spans.middle[smaller]
        inside = (spans.bottom[larger] + rim <= middle) & (middle <= spans.top[larger] - rim)
        links += [(smaller, other) for other in larger[inside]]
    return np.array(links, np.int64).reshape(-1, 2)


def _attached(spans: _Spans, large: Ints) -> Ints:
    """Pairs of a small piece (a button, a collar) and the large one whose height it is nearest to."""
    nearest, best = np.full(len(spans.area), -1), np.full(len(spans.area), np.inf)
    for one in large:
        beyond = np.maximum(spans.bottom[one] - spans.middle, spans.middle - spans.top[one])
        away = np.abs(spans.middle - spans.middle[one]) / max(1e-9, spans.top[one] - spans.bottom[one])
        nearer = (beyond < _ATTACHED_CM) & (away < best)
        nearest[nearer], best[nearer] = one, away[nearer]
    small = np.setdiff1d(np.flatnonzero(nearest >= 0), large)
    return np.column_stack((small, nearest[small]))


def _areas(model: Model) -> Floats:
    corners = model.corners
    return np.asarray(
        np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    )


def _connected(pairs: Ints, count: int) -> Ints:
    """int64 count: a number for each group of things that pairs connect."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
