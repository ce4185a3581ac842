"""From a pattern to a triangle mesh: panels filled with triangles, sewn at shared vertices, held around the body."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from matplotlib.path import Path as Polygon
from numpy.typing import NDArray
from scipy.sparse.linalg import spsolve
from scipy.spatial import Delaunay, cKDTree

from tryon_app.core.types import Float32
from tryon_app.training.synth.measure import Measures, Vector
from tryon_app.training.synth.mesh import Int32, Neighbours, neighbours
from tryon_app.training.synth.patterns import PANELS, Edge, Panel, Pattern

_STEP = 0.02
_STRETCH, _BEND = 0.48, 0.03
_LIFT = 0.012


@dataclass(frozen=True, slots=True, eq=False)
class Sewn:
    """A garment ready to be draped, metres.

    Attributes:
        points: float32 N x 3, around the body.
        faces: int32 M x 3 into `points`; the front panel's come first.
        flat: float32 F x 2, both panels as they lie flat, the front panel's first.
        corners: int32 M x 3, `faces` in rows of `flat`.
        front_faces: How many faces are the front panel's.
        edges, lengths, stiffness: int32 E x 2, float32 E, float32 E: what holds the cloth together.
        around: Neighbours of each point.
        inner: float32 N, 0 on the cloth's rims, 1 elsewhere.
    """

    points: Float32
    faces: Int32
    flat: Float32
    corners: Int32
    front_faces: int
    edges: Int32
    lengths: Float32
    stiffness: Float32
    around: Neighbours
    inner: Float32


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    flat: Vector
    points: Vector
    faces: NDArray[np.int64]
    outline: int
    sewn: NDArray[np.bool_]


def sew(body: Measures, pattern: Pattern) -> Sewn:
    """Put a pattern together around a body."""
    sheets = [_sheet(body, pattern, panel) for panel in PANELS]
    front, back = sheets
    owner = {tuple(np.round(front.flat[k], 5)): k for k in range(front.outline) if front.sewn[k]}
    own = np.full(len(back.flat), -1)
    for k in range(back.outline):
        if back.sewn[k]:
            own[k] = owner.get(tuple(np.round(back.flat[k], 5)), -1)
    fresh = own < 0
    own[fresh] = len(front.flat) + np.arange(int(fresh.sum()))
    points = np.concatenate([front.points, back.points[fresh]]).astype(np.float32)
    back_faces = back.faces[:, ::-1]
    faces = np.concatenate([front.faces, own[back_faces]]).astype(np.int32)
    corners = np.concatenate([front.faces, back_faces + len(front.flat)]).astype(np.int32)
    flat_of = {"front": _scattered(len(points), np.arange(len(front.flat)), front.flat)}
    flat_of["back"] = _scattered(len(points), own, back.flat)
    edges, lengths, stiffness = _springs(points, faces, [(front, np.arange(len(front.flat))), (back, own)], flat_of)
    rims = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, count = np.unique(rims, axis=0, return_counts=True)
    inner = np.ones(len(points), np.float32)
    inner[unique[count == 1].ravel()] = 0
    return Sewn(
        points,
        faces,
        np.concatenate([front.flat, back.flat]).astype(np.float32),
        corners,
        len(front.faces),
        edges,
        lengths,
        stiffness,
        neighbours(faces, len(points)),
        inner,
    )


def _sheet(body: Measures, pattern: Pattern, panel: Panel) -> _Sheet:
    """One panel, filled with triangles and bent around the body."""
    flat, around, open_edge = _outline(pattern, panel)
    count = len(flat)
    inside = _grid(flat)
    points = np.concatenate([flat, inside])
    polygon = Polygon(flat)
    faces = Delaunay(points).simplices.astype(np.int64)
    faces = faces[polygon.contains_points(points[faces].mean(axis=1))]
    first, second = points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    faces, area = faces[np.abs(area) > 1e-7], area[np.abs(area) > 1e-7]
    faces[area < 0] = faces[area < 0][:, ::-1]
    # Inside points lie between the outline's as a soap film would.
    near = neighbours(faces.astype(np.int32), len(points))
    links = sparse.csr_matrix((np.ones(len(near.others)), near.others, near.starts), (len(points), len(points)))
    laplace = (sparse.diags(np.asarray(links.sum(axis=1)).ravel()) - links).tocsr()
    free = np.arange(count, len(points))
    film = (
        spsolve(laplace[free][:, free].tocsc(), -laplace[free][:, :count] @ around) if len(free) else np.zeros((0, 2))
    )
    seen = np.concatenate([around, film.reshape(-1, 2)])
    y = body.depth(seen[:, 0], seen[:, 1], panel) + (-_LIFT if panel == "front" else _LIFT)
    sewn = np.zeros(len(points), bool)
    sewn[:count] = ~open_edge
    y[sewn] = body.depth(seen[:, 0], seen[:, 1], "middle")[sewn]
    return _Sheet(points, np.stack([seen[:, 0], y, seen[:, 1]], axis=1), faces, count, sewn)


def _outline(pattern: Pattern, panel: Panel) -> tuple[Vector, Vector, NDArray[np.bool_]]:
    """The whole outline, mirrored to both halves: flat, around, and which points are not sewn."""
    flat: list[Vector] = []
    around: list[Vector] = []
    opened: list[bool] = []
    edges: list[Edge] = [*pattern.edges, pattern.closing[panel]]
    for edge in edges:
        length = float(np.linalg.norm(np.diff(edge.flat, axis=0), axis=1).sum())
        count = max(2, round(length / _STEP))
        flat.append(_resampled(edge.flat, count))
        around.append(_resampled(edge.around, count))
        opened += [edge.open and k > 0 for k in range(count)]
    half = np.concatenate([*(points[:-1] for points in flat[:-1]), flat[-1]])
    half_around = np.concatenate([*(points[:-1] for points in around[:-1]), around[-1]])
    free = np.array([*opened, True])
    free[0] = edges[0].open
    last = 1 if abs(half[-1, 0]) < 1e-9 else 0
    first = -1 if abs(half[0, 0]) < 1e-9 else None
    other, other_around = half[::-1] * [-1, 1], half_around[::-1] * [-1, 1]
    return (
        np.concatenate([half, other[last:first]]),
        np.concatenate([half_around, other_around[last:first]]),
        np.concatenate([free, free[::-1][last:first]]),
    )


def _resampled(line: Vector, count: int) -> Vector:
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    wanted = np.linspace(0.0, along[-1], count + 1)
    return np.stack([np.interp(wanted, along, line[:, axis]) for axis in (0, 1)], axis=1)


def _grid(outline: Vector) -> Vector:
    low, high = outline.min(axis=0), outline.max(axis=0)
    x, z = np.meshgrid(np.arange(low[0], high[0], _STEP), np.arange(low[1], high[1], _STEP * 0.866))
    x[1::2] += _STEP / 2
    points = np.stack([x.ravel(), z.ravel()], axis=1)
    points = points[Polygon(outline).contains_points(points)]
    return np.asarray(points[cKDTree(outline).query(points)[0] > _STEP * 0.55])


def _scattered(count: int, rows: NDArray[np.int64], values: Vector) -> Vector:
    result = np.full((count, 2), np.nan)
    result[rows] = values
    return result


def _springs(
    points: Float32,
    faces: Int32,
    sheets: list[tuple[_Sheet, NDArray[np.int64]]],
    flat_of: dict[str, Vector],
) -> tuple[Int32, Float32, Float32]:
    """Edges keep their flat length; the far corners of neighbouring triangles keep the cloth from creasing."""
    found, rest = [], []
    for sheet, rows in sheets:
        pairs = np.concatenate([sheet.faces[:, [0, 1]], sheet.faces[:, [1, 2]], sheet.faces[:, [2, 0]]])
        pairs = np.unique(np.sort(pairs, axis=1), axis=0)
        found.append(rows[pairs])
        rest.append(np.linalg.norm(sheet.flat[pairs[:, 0]] - sheet.flat[pairs[:, 1]], axis=1))
    edges, lengths = np.concatenate(found), np.concatenate(rest)
    _, unique = np.unique(np.sort(edges, axis=1), axis=0, return_index=True)
    edges, lengths = edges[unique], lengths[unique]
    bends = _opposite(faces)
    bend_lengths = np.full(len(bends), np.nan)
    for flat in flat_of.values():
        inside = np.linalg.norm(flat[bends[:, 0]] - flat[bends[:, 1]], axis=1)
        bend_lengths = np.where(np.isnan(bend_lengths), inside, bend_lengths)
    # Across a seam there is no flat length: what the body gives, within reason.
    across = np.isnan(bend_lengths)
    held = np.linalg.norm(points[bends[across, 0]] - points[bends[across, 1]], axis=1)
    bend_lengths[across] = held.clip(0.018, 0.034)
    # In chance order, so that no direction is favoured.
    order = np.random.default_rng(0).permutation(len(edges) + len(bends))
    stiffness = np.concatenate([np.full(len(edges), _STRETCH), np.full(len(bends), _BEND)])
    return (
        np.concatenate([edges, bends]).astype(np.int32)[order],
        np.concatenate([lengths, bend_lengths]).astype(np.float32)[order],
        stiffness.astype(np.float32)[order],
    )


def _opposite(faces: Int32) -> NDArray[np.int64]:
    """The two corners beside each inner edge: K x 2."""
    sides = np.concatenate([faces[:, [0, 1, 2]], faces[:, [1, 2, 0]], faces[:, [2, 0, 1]]]).astype(np.int64)
    key = np.sort(sides[:, :2], axis=1)
    order = np.lexsort((key[:, 1], key[:, 0]))
    key, far = key[order], sides[order, 2]
    same = (key[1:] == key[:-1]).all(axis=1)
    return np.stack([far[:-1][same], far[1:][same]], axis=1)
