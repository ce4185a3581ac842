"""Photographs of a model: front and back, in soft studio light, with the alpha of its outline."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, UInt8
from tryon_app.garments.mesh.camera import FINE, Camera
from tryon_app.garments.mesh.ends import without_ends
from tryon_app.garments.mesh.model import Ints, Model
from tryon_app.garments.mesh.parts import pieces, smooth_normals
from tryon_app.garments.mesh.texture import to_srgb

_STRIP = 48
"""Rows of pixels lit at a time."""
_AMBIENT, _SKY, _KEY, _FILL = 0.34, 0.12, 0.44, 0.20
"""Light from everywhere, from above, from the upper left, from the right: about 0.95 on cloth that faces the camera."""
_KEY_FROM, _FILL_FROM = (-0.42, 0.50, 0.76), (0.62, 0.05, 0.78)
_INSIDE = 0.55
"""Light that gets inside a garment, seen through its neck."""
_HOLLOW, _HOLLOW_CM, _REACHES_CM = 0.2, 2.5, (0.7, 2.5)
"""How much darker hollows are, how deep such a hollow is, and how wide."""
_COARSE = 4
"""Hollows are looked for on pixels that many times larger."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A photograph.

    Attributes:
        rgba: uint8 H x W x 4, straight alpha.
        scale: Pixels a cm.
        left: x of the left edge in cm: the model's for the front, minus the model's for the back.
        top: y of the upper edge in cm.
    """

    rgba: UInt8
    scale: float
    left: float
    top: float


def photographed(model: Model, place: Ints) -> tuple[Shot, Shot]:
    """Front and back of a model.

    Args:
        model: Welded.
        place: Of `parts.welded`.

    Raises:
        GarmentError: It has so many layers that this would take minutes.
    """
    normals = smooth_normals(model, place)
    cameras = [Camera(model, normals, side) for side in (1.0, -1.0)]
    seen = [camera.look() for camera in cameras]
    # Where a mesh is inside out, the side that shows most is the outside.
    piece = pieces(model, place)
    votes = np.zeros(int(piece.max()) + 1)
    for camera, triangles in zip(cameras, seen, strict=True):
        often = np.bincount(triangles[triangles >= 0], minlength=len(piece))
        votes += np.bincount(piece, np.where(camera.shown, often, -often), minlength=len(votes))
    turned = (votes < 0)[piece]
    front, back = (_developed(camera, triangles, turned) for camera, triangles in zip(cameras, seen, strict=True))
    return front, back


def _developed(camera: Camera, triangles: Ints, turned: NDArray[np.bool_]) -> Shot:
    """The picture of what a camera sees; `turned` says which faces are inside out."""
    width, height = camera.size
    light = np.zeros((height, width, 4), np.float32)  # and depth, both times alpha
    alpha, hollow = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    inside = camera.shown == turned
    for top in range(0, height, _STRIP):
        some = triangles[top * FINE : (top + _STRIP) * FINE]
        row, column = np.nonzero(some >= 0)
        if not len(row):
            continue
        triangle = some[row, column]
        colours, normals, depth = camera.seen(triangle, column, row + top * FINE)
        within = inside[triangle]
        shine = _shine(normals) * np.where(within, _INSIDE, 1).astype(np.float32)
        lit = np.zeros((*some.shape, 4), np.float32)
        lit[row, column] = np.column_stack((colours * shine[:, None], depth))
        size = (width, some.shape[0] // FINE)
        light[top : top + _STRIP] = cv2.resize(lit, size, interpolation=cv2.INTER_AREA)
        covered = np.zeros((*some.shape, 2), np.float32)
        covered[row, column] = np.column_stack((np.ones(len(row)), within))
        covered = cv2.resize(covered, size, interpolation=cv2.INTER_AREA)
        alpha[top : top + _STRIP], hollow[top : top + _STRIP] = covered[..., 0], covered[..., 1]
    light /= np.maximum(alpha, 1e-6)[..., None]
    shown = to_srgb(light[..., :3] * _hollows(light[..., 3], alpha, camera.scale)[..., None])
    alpha = without_ends(alpha, hollow, camera.scale)
    soft = cv2.GaussianBlur(alpha, (3, 3), 0.5)  # a lens is never as sharp as samples are
    rgba = np.dstack((shown, (soft * 255 + 0.5).astype(np.uint8)))
    return Shot(np.ascontiguousarray(rgba), camera.scale, camera.left, camera.top)


def _shine(normals: Float32) -> Float32:
    """float32 N: the light that white cloth with these normals (3 x N) sends back."""
    light = _AMBIENT + _SKY * (0.5 + 0.5 * normals[1])
    for strength, origin in ((_KEY, _KEY_FROM), (_FILL, _FILL_FROM)):
        x, y, z = np.asarray(origin, np.float32) / np.float32(np.linalg.norm(origin))
        light += strength * np.maximum(x * normals[0] + y * normals[1] + z * normals[2], 0)
    return np.asarray(light, dtype=np.float32)


def _hollows(depth: Float32, alpha: Float32, scale: float) -> Float32:
    """float32 H x W: how much light reaches each pixel past what stands before it around."""
    height, width = alpha.shape
    small = (max(1, width // _COARSE), max(1, height // _COARSE))
    weight = cv2.resize(alpha, small, interpolation=cv2.INTER_AREA)
    mass = cv2.resize(depth * alpha, small, interpolation=cv2.INTER_AREA)
    result = np.ones_like(alpha)
    for reach in _REACHES_CM:
        sigma = reach * scale / _COARSE
        around = cv2.GaussianBlur(mass, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-4)
        before = cv2.resize(around, (width, height), interpolation=cv2.INTER_LINEAR) - depth
        result *= 1 - _HOLLOW * np.clip(before / _HOLLOW_CM, 0, 1)
    return result
