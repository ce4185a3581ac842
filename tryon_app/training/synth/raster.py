"""A z-buffer: which triangle is seen at each pixel, and where in it."""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8

Int32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class View:
    """A pinhole camera that looks at a point, in pixels and metres.

    World axes: x to the person's left, y backwards, z up; unturned, the camera stands at -y and looks along +y.

    Attributes:
        width: Of the picture.
        height: Of the picture.
        yaw: The camera's way around the person, radians.
        pitch: Its tilt, radians.
        distance: From the point looked at, metres.
        focal: In pixels.
        target: The point looked at.
    """

    width: int
    height: int
    yaw: float
    pitch: float
    distance: float
    focal: float
    target: Float32

    def project(self, points: Float32) -> Float32:
        """N x 3 world points -> float32 N x 3: x, y in pixels and 1 / depth."""
        cos, sin = np.cos(self.yaw), np.sin(self.yaw)
        offset = points - self.target
        across = cos * offset[:, 0] - sin * offset[:, 1]
        along = sin * offset[:, 0] + cos * offset[:, 1]
        cos, sin = np.cos(self.pitch), np.sin(self.pitch)
        along, up = cos * along - sin * offset[:, 2], sin * along + cos * offset[:, 2]
        depth = np.maximum(along + self.distance, 0.05)
        x = self.width / 2 + self.focal * across / depth
        y = self.height / 2 - self.focal * up / depth
        return np.stack([x, y, 1.0 / depth], axis=1).astype(np.float32)

    def scaled(self, factor: int) -> "View":
        """The same view with that many times the pixels."""
        return View(
            self.width * factor,
            self.height * factor,
            self.yaw,
            self.pitch,
            self.distance,
            self.focal * factor,
            self.target,
        )


class Buffer:
    """What is seen so far.

    Attributes:
        triangle: int32 h x w, number of the triangle in drawing order, -1 where nothing is.
        second: float32 h x w, weight of the triangle's second corner (perspective-correct).
        third: float32 h x w, weight of its third corner.
        nearness: float32 h x w, 1 / depth, 0 where nothing is.
    """

    def __init__(self, width: int, height: int) -> None:
        self.triangle: Int32 = np.full((height, width), -1, np.int32)
        self.second: Float32 = np.zeros((height, width), np.float32)
        self.third: Float32 = np.zeros((height, width), np.float32)
        self.nearness: Float32 = np.zeros((height, width), np.float32)

    def draw(self, projected: Float32, faces: Int32, first: int, cut: "Cut | None" = None) -> None:
        """Add triangles.

        Args:
            projected: N x 3, see `View.project`.
            faces: M x 3.
            first: Number of the first of them.
            cut: Where the cloth is not: those pixels are left out.
        """
        corners, flat, mask = (
            (faces, np.zeros((0, 2), np.float32), np.zeros((1, 1), np.uint8))
            if cut is None
            else (cut.corners, cut.flat, cut.mask)
        )
        _raster(projected, faces, self.triangle, self.second, self.third, self.nearness, first, corners, flat, mask)

    def blend(self, values: Float32, faces: Int32) -> Float32:
        """Values of the vertices, interpolated: float32 h x w x C, 0 where nothing is."""
        mixed = np.zeros((*self.triangle.shape, values.shape[1]), np.float32)
        _blend(self.triangle, self.second, self.third, values, faces, 0, mixed)
        return mixed

    def blend_some(self, values: Float32, corners: Int32, first: int) -> Float32:
        """The same for the triangles from `first` on that `corners` names, with rows of `values` of their own."""
        mixed = np.zeros((*self.triangle.shape, values.shape[1]), np.float32)
        _blend(self.triangle, self.second, self.third, values, corners, first, mixed)
        return mixed

    def copy(self) -> "Buffer":
        """Another one with the same content."""
        height, width = self.triangle.shape
        other = Buffer(width, height)
        other.triangle[:], other.nearness[:] = self.triangle, self.nearness
        other.second[:], other.third[:] = self.second, self.third
        return other


@dataclass(frozen=True, slots=True)
class Cut:
    """A picture of the cloth that says where it is.

    Attributes:
        corners: int32 M x 3, of each triangle: rows of `flat`.
        flat: float32 N x 2, pixels of `mask`.
        mask: uint8 H x W, 0 where the cloth is cut away.
    """

    corners: Int32
    flat: Float32
    mask: UInt8


@numba.njit(cache=True, fastmath=True)
def _raster(
    points: Any,
    faces: Any,
    triangle: Any,
    second: Any,
    third: Any,
    nearness: Any,
    first: int,
    corners: Any,
    flat: Any,
    mask: Any,
) -> None:
    height, width = triangle.shape
    has_cut = flat.shape[0] > 0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x0, y0, x1, y1 = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
        x2, y2 = points[c, 0], points[c, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9:
            continue
        left, right = int(max(0, np.floor(min(x0, x1, x2)))), int(min(width - 1, np.ceil(max(x0, x1, x2))))
        top, bottom = int(max(0, np.floor(min(y0, y1, y2)))), int(min(height - 1, np.ceil(max(y0, y1, y2))))
        inverse = 1.0 / area
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                px, py = x + 0.5, y + 0.5
                w1 = ((px - x0) * (y2 - y0) - (x2 - x0) * (py - y0)) * inverse
                w2 = ((x1 - x0) * (py - y0) - (px - x0) * (y1 - y0)) * inverse
                w0 = 1 - w1 - w2
                if w0 < 0 or w1 < 0 or w2 < 0:
                    continue
                near = w0 * points[a, 2] + w1 * points[b, 2] + w2 * points[c, 2]
                if near <= nearness[y, x]:
                    continue
                u, v = w1 * points[b, 2] / near, w2 * points[c, 2] / near
                if has_cut:
                    i, j, k = corners[f, 0], corners[f, 1], corners[f, 2]
                    fx = int(flat[i, 0] * (1 - u - v) + flat[j, 0] * u + flat[k, 0] * v + 0.5)
                    fy = int(flat[i, 1] * (1 - u - v) + flat[j, 1] * u + flat[k, 1] * v + 0.5)
                    fx, fy = min(max(fx, -1), mask.shape[1] - 1), min(max(fy, -1), mask.shape[0] - 1)
                    if fx >= 0 and fy >= 0 and mask[fy, fx] == 0:
                        continue
                nearness[y, x] = near
                triangle[y, x] = f + first
                second[y, x], third[y, x] = u, v


@numba.njit(cache=True, fastmath=True)
def _blend(triangle: Any, second: Any, third: Any, values: Any, corners: Any, first: int, mixed: Any) -> None:
    count = corners.shape[0]
    for y in range(triangle.shape[0]):
        for x in range(triangle.shape[1]):
            f = triangle[y, x] - first
            if f < 0 or f >= count:
                continue
            u, v = second[y, x], third[y, x]
            a, b, c = corners[f, 0], corners[f, 1], corners[f, 2]
            for k in range(values.shape[1]):
                mixed[y, x, k] = values[a, k] * (1 - u - v) + values[b, k] * u + values[c, k] * v


@numba.njit(cache=True, fastmath=True)
def lamp_light(normals: Any, towards: Any, key: Any, fill: Any, ambient: float) -> Any:
    """Light on surfaces, float32 h x w, 0 where there is no normal.

    Args:
        normals: float32 h x w x 3, of any length; those that look away from the camera are turned round.
        towards: Unit vector to the camera.
        key: Unit vector to the strong lamp.
        fill: Unit vector to the weak one.
        ambient: What is everywhere, 0..1.
    """
    shade = np.zeros(normals.shape[:2], np.float32)
    for y in range(normals.shape[0]):
        for x in range(normals.shape[1]):
            a, b, c = normals[y, x, 0], normals[y, x, 1], normals[y, x, 2]
            length = np.sqrt(a * a + b * b + c * c)
            if length < 1e-6:
                continue
            if a * towards[0] + b * towards[1] + c * towards[2] < 0:
                length = -length
            a, b, c = a / length, b / length, c / length
            strong = max(a * key[0] + b * key[1] + c * key[2], 0.0)
            weak = max(a * fill[0] + b * fill[1] + c * fill[2], 0.0)
            shade[y, x] = ambient + (1.05 - ambient) * (0.75 * strong + 0.25 * weak + 0.12 * c)
    return shade


@numba.njit(cache=True, fastmath=True)
def vertex_normals(points: Any, faces: Any) -> Any:
    """Area-weighted unit normals: float32 N x 3."""
    normals = np.zeros_like(points)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for k in (a, b, c):
            normals[k, 0] += nx
            normals[k, 1] += ny
            normals[k, 2] += nz
    for i in range(normals.shape[0]):
        length = np.sqrt(normals[i, 0] ** 2 + normals[i, 1] ** 2 + normals[i, 2] ** 2) + 1e-12
        for k in range(3):
            normals[i, k] /= length
    return normals
