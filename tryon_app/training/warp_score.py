"""How good a warp is on synthetic people who were never trained on, beside geometry alone."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.refine_input import SIZE
from tryon_app.training.warp_data import LaidStore

Says = Callable[[Float32], tuple[Float32, Float32]]
"""From laid garments, N x 20 x SIZE x SIZE, to how far they move, N x 2 x SIZE x SIZE, and how likely they are seen,
N x 1 x SIZE x SIZE."""
_BATCH = 16
_FIGURES = ("flow", "flow_geometry", "cover", "cover_geometry", "cover_said")


def score_warp(says: Says, store: LaidStore) -> Mapping[str, float]:
    """Figures of a network, and the same of geometry alone.

    Args:
        says: The network.
        store: Examples with their photo pixels.

    Returns:
        For "same", people who wear the garment already, and "other", who do not, so that nothing tells its size:
        "flow" and "flow_geometry", median over the examples of the median distance, in pixels of a flat picture of
        384 x 512, between the photo pixel drawn and the true one; "cover" and "cover_geometry", mean IoU of what is
        drawn with what is truly seen, where nothing may be in front; "cover_said" and "cover_said_median", mean and
        median of the IoU of the network's own map.
    """
    flows: dict[str, list[list[float]]] = {"same": [], "other": []}
    covers: dict[str, list[list[float]]] = {"same": [], "other": []}
    for first in range(0, len(store), _BATCH):
        indices = np.arange(first, min(first + _BATCH, len(store)))
        batch = store.batch(indices)
        moved, likely = says(batch.laid)
        for place, index in enumerate(indices):
            group = "same" if batch.same[place].item() > 0.5 else "other"
            truth, laid = store.photos(int(index))
            alpha = batch.laid[place, :4].sum(axis=0).clip(0.0, 1.0)
            seen, judged = batch.cover[place, 0] > 0.5, batch.judged[place, 0] > 0.5
            drawn = _taken(alpha, moved[place])
            covers[group].append([_iou(map_ > 0.5, seen, judged) for map_ in (drawn, alpha, likely[place, 0])])
            there = laid[0] > 0.5 * OUTSIDE
            mine = seen & there & (batch.known[place, 0] > 0.5)
            if mine.sum() > SIZE:
                after = np.stack([_taken(channel, moved[place]) for channel in laid])
                flows[group].append([_error(after, truth, mine), _error(laid, truth, mine)])
    found: dict[str, float] = {}
    for group in ("same", "other"):
        if flows[group]:
            figures = [*np.median(flows[group], axis=0), *np.mean(covers[group], axis=0)]
            found |= {f"{name}_{group}": float(value) for name, value in zip(_FIGURES, figures, strict=True)}
            found[f"cover_said_median_{group}"] = float(np.median(covers[group], axis=0)[-1])
    return found


def _taken(values: Float32, moved: Float32) -> Float32:
    """A map drawn from where its places were laid."""
    x, y = np.meshgrid(np.arange(SIZE, dtype=np.float32), np.arange(SIZE, dtype=np.float32))
    values = np.ascontiguousarray(values, np.float32)
    taken: Float32 = cv2.remap(values, x + moved[0], y + moved[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return taken


def _error(photo: Float32, truth: Float32, where: NDArray[np.bool_]) -> float:
    return float(np.median(np.hypot(*(photo - truth)[:, where])))


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_], where: NDArray[np.bool_]) -> float:
    union = int(((one | other) & where).sum())
    return int((one & other & where).sum()) / union if union else 1.0
