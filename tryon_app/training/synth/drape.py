"""Cloth on a moving body by extended position-based dynamics (Macklin et al. 2016), small and fast."""

from typing import Any

import numba
import numpy as np
from scipy.spatial import cKDTree

from tryon_app.core.types import Float32
from tryon_app.training.synth.body import Body, Posed
from tryon_app.training.synth.raster import vertex_normals
from tryon_app.training.synth.sewing import Sewn

_STEP_S = np.float32(1 / 240)
_SETTLE, _FOLLOW, _REST = 200, 10, 90
_FRICTION, _DAMPING = np.float32(0.4), np.float32(0.985)


def drape(body: Body, cloth: Sewn, frames: list[Posed], thickness: float) -> Float32:
    """Lay a garment on a body and carry it into the last pose.

    Args:
        body: The mesh.
        cloth: Sewn around the first of `frames`.
        frames: From the dressing pose to the wanted one.
        thickness: How far above the skin the cloth lies, metres.

    Returns:
        float32 N x 3, the cloth's vertices.
    """
    points, velocity = cloth.points.copy(), np.zeros_like(cloth.points)
    thick = np.full(len(points), thickness, np.float32)
    skin = frames[0].vertices
    nearest = body.skin_vertices[cKDTree(skin[body.skin_vertices]).query(points)[1]].astype(np.int64)
    walk = body.walk

    def simulate(steps: int, gravity: float) -> None:
        _simulate(
            points,
            velocity,
            cloth.edges,
            cloth.lengths,
            cloth.stiffness,
            nearest,
            skin,
            normals,
            walk.starts,
            walk.others,
            steps,
            thick,
            np.float32(gravity),
        )

    normals = vertex_normals(skin, body.skin_faces)
    simulate(_SETTLE // 2, 2.0)
    simulate(_SETTLE // 2, 9.8)
    for frame in frames[1:]:
        _walk_to_nearest(points, nearest, skin, walk.starts, walk.others)
        moved = (frame.vertices[nearest] - skin[nearest]).astype(np.float32)
        _smooth(moved, cloth.around.starts, cloth.around.others, 6)
        points += moved
        skin = frame.vertices
        normals = vertex_normals(skin, body.skin_faces)
        velocity *= 0.3
        simulate(_FOLLOW, 9.8)
    simulate(_REST, 9.8)
    smoothed = points.copy()
    _smooth(smoothed, cloth.around.starts, cloth.around.others, 2)
    return (points + 0.6 * (smoothed - points) * cloth.inner[:, None]).astype(np.float32)


@numba.njit(cache=True, fastmath=True)
def _walk_to_nearest(points: Any, nearest: Any, skin: Any, starts: Any, others: Any) -> None:
    """Each point's nearest vertex of the body, found by walking from the last one."""
    for i in range(points.shape[0]):
        here = nearest[i]
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        best = (skin[here, 0] - x) ** 2 + (skin[here, 1] - y) ** 2 + (skin[here, 2] - z) ** 2
        for _ in range(12):
            found = -1
            for k in range(starts[here], starts[here + 1]):
                j = others[k]
                distance = (skin[j, 0] - x) ** 2 + (skin[j, 1] - y) ** 2 + (skin[j, 2] - z) ** 2
                if distance < best:
                    best = distance
                    found = j
            if found < 0:
                break
            here = found
        nearest[i] = here


@numba.njit(cache=True, fastmath=True)
def _keep_outside(points: Any, before: Any, nearest: Any, skin: Any, normals: Any, thick: Any) -> None:
    """Push what is too near the skin out along its normal; skin brakes what slides over it."""
    for i in range(points.shape[0]):
        p = nearest[i]
        nx, ny, nz = normals[p, 0], normals[p, 1], normals[p, 2]
        above = (points[i, 0] - skin[p, 0]) * nx + (points[i, 1] - skin[p, 1]) * ny + (points[i, 2] - skin[p, 2]) * nz
        if above < thick[i]:
            push = min(thick[i] - above, 0.03)
            sx, sy, sz = points[i, 0] - before[i, 0], points[i, 1] - before[i, 1], points[i, 2] - before[i, 2]
            along = sx * nx + sy * ny + sz * nz
            points[i, 0] += push * nx - _FRICTION * (sx - along * nx)
            points[i, 1] += push * ny - _FRICTION * (sy - along * ny)
            points[i, 2] += push * nz - _FRICTION * (sz - along * nz)


@numba.njit(cache=True, fastmath=True)
def _simulate(
    points: Any,
    velocity: Any,
    edges: Any,
    lengths: Any,
    stiffness: Any,
    nearest: Any,
    skin: Any,
    normals: Any,
    starts: Any,
    others: Any,
    steps: int,
    thick: Any,
    gravity: Any,
) -> None:
    count = points.shape[0]
    before = points.copy()
    for step in range(steps):
        for i in range(count):
            velocity[i, 2] -= gravity * _STEP_S
            for k in range(3):
                velocity[i, k] *= _DAMPING
                before[i, k] = points[i, k]
                points[i, k] += velocity[i, k] * _STEP_S
        for _ in range(2):
            for e in range(edges.shape[0]):
                a, b = edges[e, 0], edges[e, 1]
                dx, dy, dz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
                length = np.sqrt(dx * dx + dy * dy + dz * dz) + 1e-9
                pull = (length - lengths[e]) / length * stiffness[e]
                points[a, 0] += dx * pull
                points[a, 1] += dy * pull
                points[a, 2] += dz * pull
                points[b, 0] -= dx * pull
                points[b, 1] -= dy * pull
                points[b, 2] -= dz * pull
        if step % 2 == 0:
            _walk_to_nearest(points, nearest, skin, starts, others)
        _keep_outside(points, before, nearest, skin, normals, thick)
        for i in range(count):
            speed = 0.0
            for k in range(3):
                velocity[i, k] = (points[i, k] - before[i, k]) / _STEP_S
                speed += velocity[i, k] ** 2
            if speed > 4.0:
                for k in range(3):
                    velocity[i, k] *= 2.0 / np.sqrt(speed)


@numba.njit(cache=True)
def _smooth(values: Any, starts: Any, others: Any, rounds: int) -> None:
    for _ in range(rounds):
        past = values.copy()
        for i in range(values.shape[0]):
            count = starts[i + 1] - starts[i]
            if count == 0:
                continue
            for k in range(3):
                total = 0.0
                for j in range(starts[i], starts[i + 1]):
                    total += past[others[j], k]
                values[i, k] = 0.5 * past[i, k] + 0.5 * total / count
