"""Curves on the pattern table: smooth paths through points, offsets, mirror images. Lengths are centimetres, y down."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Path = NDArray[np.float64]
Points = Sequence[tuple[float, float]]


def line(*points: tuple[float, float]) -> Path:
    """A polyline (N x 2) through the points, corners kept."""
    return np.asarray(points, float)


def smooth(points: Points | Path, per: int = 16) -> Path:
    """A centripetal Catmull-Rom curve through the points, `per` samples a span."""
    p = np.asarray(points, float)
    if len(p) < 3:
        steps = np.linspace(0, 1, per + 1)[:, None]
        return p[0] * (1 - steps) + p[-1] * steps
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        t = np.cumsum([0.0, *(max(float(np.linalg.norm(v)), 1e-6) ** 0.5 for v in (b - a, c - b, d - c))])
        s = np.linspace(t[1], t[2], per, endpoint=False)[:, None]
        a1 = (t[1] - s) / (t[1] - t[0]) * a + (s - t[0]) / (t[1] - t[0]) * b
        a2 = (t[2] - s) / (t[2] - t[1]) * b + (s - t[1]) / (t[2] - t[1]) * c
        a3 = (t[3] - s) / (t[3] - t[2]) * c + (s - t[2]) / (t[3] - t[2]) * d
        b1 = (t[2] - s) / (t[2] - t[0]) * a1 + (s - t[0]) / (t[2] - t[0]) * a2
        b2 = (t[3] - s) / (t[3] - t[1]) * a2 + (s - t[1]) / (t[3] - t[1]) * a3
        out.append((t[2] - s) / (t[2] - t[1]) * b1 + (s - t[1]) / (t[2] - t[1]) * b2)
    return np.vstack([*out, p[-2][None]])


def arc(a: tuple[float, float], b: tuple[float, float], power: float = 2.0, n: int = 40) -> Path:
    """A quarter of a superellipse from `a` (leaving vertically) to `b` (arriving horizontally)."""
    t = np.linspace(0, np.pi / 2, n)
    x = np.cos(t) ** (2 / power)
    y = np.sin(t) ** (2 / power)
    return np.column_stack([b[0] + (a[0] - b[0]) * x, a[1] + (b[1] - a[1]) * y])


def join(*paths: Path) -> Path:
    """One path after the other."""
    return np.vstack(paths)


def mirror(path: Path) -> Path:
    """The path on the other side of the centre line, walked the other way, so that a half joins its mirror image."""
    return (path * (-1, 1))[::-1]


def whole(half: Path) -> Path:
    """A closed outline from its right half, which starts and ends near the centre line."""
    return join(half, mirror(half))


def lengths(path: Path) -> NDArray[np.float64]:
    """Distance from the start along the path, per vertex."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])


def resample(path: Path, step: float) -> Path:
    """Equally spaced points, at most `step` apart."""
    along = lengths(path)
    count = max(2, int(np.ceil(along[-1] / step)) + 1)
    wanted = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(wanted, along, path[:, i]) for i in (0, 1)])


def at(path: Path, fraction: float) -> tuple[float, float]:
    """The point at that fraction of the length."""
    along = lengths(path)
    x, y = (float(np.interp(fraction * along[-1], along, path[:, i])) for i in (0, 1))
    return x, y


def part(path: Path, start: float, end: float) -> Path:
    """The stretch between two fractions of the length."""
    along = lengths(path)
    inner = path[(along > start * along[-1]) & (along < end * along[-1])]
    return np.vstack([at(path, start), inner, at(path, end)])


def moved(path: Path, dx: float, dy: float) -> Path:
    """The path shifted as a whole."""
    return path + np.array([dx, dy])


def extended(path: Path, by: float) -> Path:
    """The path, longer by `by` cm at both ends."""
    ends = []
    for end, before in ((path[0], path[1]), (path[-1], path[-2])):
        direction = (end - before) / max(float(np.linalg.norm(end - before)), 1e-9)
        ends.append(end + by * direction)
    return np.vstack([ends[0], path, ends[1]])


def normals(path: Path) -> Path:
    """Unit normals, to the right of the walking direction (y down)."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    return np.column_stack([-tangent[:, 1], tangent[:, 0]])


def offset(path: Path, distance: float) -> Path:
    """The path moved sideways, to the right of the walking direction (y down)."""
    dense = resample(path, 0.25)
    return dense + distance * normals(dense)


def wobble(path: Path, rng: np.random.Generator, amount: float, wave: float) -> Path:
    """The path with a gentle irregularity across it; its ends stay."""
    dense = resample(path, min(0.3, wave / 6))
    along = lengths(dense)
    sway = np.zeros(len(dense))
    for k in (1.0, 1.7, 2.9):
        sway += np.sin(along * 2 * np.pi * k / wave + rng.uniform(0, 2 * np.pi)) / k
    ends = np.clip(np.minimum(along, along[-1] - along) / max(wave / 2, 1e-6), 0, 1)
    return dense + (amount * 0.7 * sway * ends)[:, None] * normals(dense)


def turn(vector: tuple[float, float], degrees: float) -> tuple[float, float]:
    """The vector turned clockwise as seen on the picture."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return float(c * vector[0] - s * vector[1]), float(s * vector[0] + c * vector[1])
