"""A camera before or behind a model: what it sees at each sample, and how cloth looks there."""

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32
from tryon_app.garments.mesh.model import Floats, Ints, Model
from tryon_app.garments.mesh.raster import Weights, visible, work
from tryon_app.garments.mesh.texture import sampled

FINE = 2
"""Samples a pixel, each way."""
_SIDE = 1400
"""Pixels of the longer side of a view."""
_MARGIN = 12
"""Pixels around the garment."""
_MOST_SAMPLES = 60_000_000
"""Looked at per view: some seconds. A dress of five layers needs twenty million."""
_SHEEREST = 0.7
"""Sheer cloth is shown at least as opaque as this, three samples of four, so that it has an outline."""
_NO_CLOTH = 0.05
"""Where sheer cloth is less opaque, there is a hole in it."""


class Camera:
    """An orthographic camera.

    Args:
        model: What is before it.
        normals: float64 N x 3 at its vertices.
        side: +1 before, -1 behind the garment.

    Attributes:
        scale: Pixels a cm.
        left: x of the left edge in cm, as the camera sees x.
        top: y of the upper edge in cm.
        size: Width and height, pixels.
        shown: bool M: the faces whose outside is towards it, by the order of their corners.
    """

    def __init__(self, model: Model, normals: Floats, side: float) -> None:
        turned = np.array([side, 1.0, side])
        at = model.vertices * turned
        used = at[np.unique(model.faces)]
        low, extent = used.min(axis=0), np.ptp(used, axis=0)
        self.scale = float(_SIDE / max(extent[0], extent[1]))
        margin = _MARGIN / self.scale
        self.left, self.top = float(low[0] - margin), float(low[1] + extent[1] + margin)
        width, height = (int(np.ceil(side * self.scale)) + 2 * _MARGIN for side in extent[:2])
        self.size = (width, height)
        fine = self.scale * FINE
        corners = np.stack(((at[:, 0] - self.left) * fine, (self.top - at[:, 1]) * fine, at[:, 2]), axis=1)[model.faces]
        to_b, to_c = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        self.shown = to_b[:, 0] * to_c[:, 1] < to_b[:, 1] * to_c[:, 0]  # y points down here
        self._model, self._corners, self._weights = model, corners, Weights(corners)
        self._normals = _by_corner((normals * turned)[model.faces])
        self._depths = _by_corner(corners[..., 2:])
        self._uv = _by_corner(model.uv[model.faces])
        tinted = bool((model.colours != 1).any())
        self._colours = _by_corner(model.colours[model.faces]) if tinted else None

    def look(self) -> Ints:
        """The nearest triangle at each sample, -1 where there is none; rows and columns are `size` times `FINE`.

        Raises:
            GarmentError: There are so many layers of cloth that this would take minutes.
        """
        if work(self._corners) > _MOST_SAMPLES:
            raise GarmentError(
                "The model has too many layers of cloth to be looked at.",
                "Export it without lining, stitches and thickness.",
            )
        see_through = np.array([surface.cutoff != 0 for surface in self._model.surfaces])[self._model.surface]
        size = (self.size[0] * FINE, self.size[1] * FINE)
        return visible(self._corners, size, lambda *samples: self._is_cloth(see_through, *samples))

    def seen(self, triangle: Ints, column: Ints, row: Ints) -> tuple[Float32, Float32, Float32]:
        """At samples: linear colour N x 3, unit normal towards the camera 3 x N, depth N in cm."""
        weights = self._weights.at(triangle, column, row)
        colours, _ = self._cloth(triangle, weights)
        normal = _between(self._normals, triangle, weights)
        length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
        normal /= np.where(normal[2] < 0, -1, 1) * np.maximum(length, 1e-6)
        return colours, normal, _between(self._depths, triangle, weights)[0]

    def _cloth(self, triangle: Ints, weights: Float32) -> tuple[Float32, Float32]:
        """Linear colour N x 3 and alpha N at places of triangles."""
        model = self._model
        uv = _between(self._uv, triangle, weights)
        tint = None if self._colours is None else _between(self._colours, triangle, weights).T
        kinds = model.surface[triangle]
        present = np.flatnonzero(np.bincount(kinds, minlength=len(model.surfaces)))
        if len(present) == 1:
            return sampled(model.surfaces[present[0]], uv.T, tint)
        colours, alpha = np.zeros((len(triangle), 3), np.float32), np.zeros(len(triangle), np.float32)
        for kind in present:
            here = np.flatnonzero(kinds == kind)
            some = sampled(model.surfaces[kind], uv.T[here], None if tint is None else tint[here])
            colours[here], alpha[here] = some
        return colours, alpha

    def _is_cloth(self, see_through: NDArray[np.bool_], triangle: Ints, column: Ints, row: Ints) -> NDArray[np.bool_]:
        """Whether there is cloth at samples: sheer cloth covers a share of the samples of each pixel."""
        cloth = np.ones(len(triangle), bool)
        doubtful = np.flatnonzero(see_through[triangle])
        if not len(doubtful):
            return cloth
        triangle, column, row = triangle[doubtful], column[doubtful], row[doubtful]
        _, alpha = self._cloth(triangle, self._weights.at(triangle, column, row))
        order = (column % FINE) * FINE + row % FINE
        share = (order + 0.5) / FINE**2
        cutoffs = np.array([np.nan if surface.cutoff is None else surface.cutoff for surface in self._model.surfaces])
        cutoff = cutoffs[self._model.surface[triangle]]
        sheer = np.where(alpha < _NO_CLOTH, 0.0, np.maximum(alpha, _SHEEREST))
        cloth[doubtful] = np.where(np.isnan(cutoff), sheer > share, alpha >= cutoff)
        return cloth


def _by_corner(values: NDArray[np.floating]) -> Float32:
    """M x 3 x K as float32 3 x K x M: samples pick from long rows."""
    return np.ascontiguousarray(values.transpose(1, 2, 0), dtype=np.float32)


def _between(values: Float32, triangle: Ints, weights: Float32) -> Float32:
    """float32 K x N: values of corners, of `_by_corner`, at samples."""
    return np.stack(
        [sum(weights[corner] * values[corner, k][triangle] for corner in range(3)) for k in range(values.shape[1])]
    )
