"""From a bent grid to a flow: which photo pixel is seen at each frame pixel."""

import numpy as np

from tryon_app.core.types import Float32, Rect

OUTSIDE = -1.0e5
"""Photo coordinate of flow samples on which nothing lands: so far out that no interpolation between it and a sample
inside the photo falls into the photo again."""


def bounds(target: Float32, width: int, height: int, margin: int = 2) -> Rect:
    """Box of the frame that a grid may touch, clipped to the frame.

    Args:
        target: float32 rows x columns x 2, frame pixels.
        width: Of the frame.
        height: Of the frame.
        margin: Pixels around.

    Returns:
        The box; empty when the grid lies outside the frame or is not finite.
    """
    if not np.isfinite(target).all():
        return Rect(0, 0, 0, 0)
    low = np.clip(np.floor(target.min(axis=(0, 1))) - margin, -1e6, 1e6).astype(int)
    high = np.clip(np.ceil(target.max(axis=(0, 1))) + margin + 1, -1e6, 1e6).astype(int)
    return Rect(int(low[0]), int(low[1]), int(high[0]), int(high[1])).clipped(width, height)


def rasterise(target: Float32, source: Float32, roi: Rect, step: int) -> Float32:
    """Fill a flow map from a structured grid.

    Each cell is cut into two triangles; inside a triangle photo coordinates are linear. Triangles that turned over are
    left out, so a fold shows its front only. Where triangles overlap, the later row and column win.

    Args:
        target: float32 rows x columns x 2, frame pixels of the grid points.
        source: float32 rows x columns x 2, photo pixels of the same points.
        roi: Box of the frame to fill.
        step: Frame pixels between samples.

    Returns:
        float32 h x w x 2 with h = ceil(roi.height / step), `OUTSIDE` where no triangle lies.
    """
    h, w = -(-roi.height // step), -(-roi.width // step)
    flow = np.full((h, w, 2), OUTSIDE, np.float32)
    corners = _triangles(np.asarray((target - (roi.x0, roi.y0)) / step, np.float32))
    values = _triangles(source)
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]
    orientation = _orientation(values)
    low = np.maximum(np.ceil(corners.min(axis=1) - 1e-3), 0).astype(np.int32)
    high = np.minimum(np.floor(corners.max(axis=1) + 1e-3), [w - 1, h - 1]).astype(np.int32)
    size = high - low + 1
    usable = (area * orientation > 1e-6) & (size > 0).all(axis=1)
    if not usable.any():
        return flow
    corners, values, area, low, size = corners[usable], values[usable], area[usable], low[usable], size[usable]
    edge1, edge2 = edge1[usable], edge2[usable]
    count = size[:, 0] * size[:, 1]
    owner = np.repeat(np.arange(len(count)), count)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    columns = size[owner, 0]
    x = low[owner, 0] + offset % columns
    y = low[owner, 1] + offset // columns
    dx, dy = x - corners[owner, 0, 0], y - corners[owner, 0, 1]
    inverse = 1.0 / area[owner]
    b1 = (dx * edge2[owner, 1] - dy * edge2[owner, 0]) * inverse
    b2 = (dy * edge1[owner, 0] - dx * edge1[owner, 1]) * inverse
    inside = (b1 >= -1e-4) & (b2 >= -1e-4) & (b1 + b2 <= 1 + 1e-4)
    owner, x, y, b1, b2 = owner[inside], x[inside], y[inside], b1[inside], b2[inside]
    origin = values[owner, 0]
    flow[y, x] = origin + b1[:, None] * (values[owner, 1] - origin) + b2[:, None] * (values[owner, 2] - origin)
    return flow


def _triangles(grid: Float32) -> Float32:
    """rows x columns x 2 -> n x 3 x 2, two triangles a cell, cells in row order."""
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]
    cells = np.stack([np.stack([a, b, c], axis=2), np.stack([b, d, c], axis=2)], axis=2)
    return np.ascontiguousarray(cells.reshape(-1, 3, 2), np.float32)


def _orientation(triangles: Float32) -> Float32:
    """Sign (n,) of each triangle's area in the photo: the side that must stay up."""
    edge1, edge2 = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    return np.sign(edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]).astype(np.float32)
