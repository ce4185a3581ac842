"""What the warp network has to learn: geometry's errors, the garment's outline, its light."""

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from tryon_app.core.types import Float32
from tryon_app.fitting.refine_input import SIZE
from tryon_app.training.learner import Losses
from tryon_app.training.networks import WarpNetwork
from tryon_app.training.settings import TrainSettings
from tryon_app.training.warp_data import LaidStore, WarpBatch, mirrored, shaken
from tryon_app.training.warp_score import score_warp

KIND = "warp"
_FLOW, _OUTLINE, _COVER, _SHADE, _ROUGH, _IDLE = 1.0, 24.0, 1.0, 3.0, 0.5, 0.02
"""Weights of the losses."""
_STEEPEST = 0.8
"""Change of the movement from cell to cell beyond which cloth nearly folds over."""


class WarpTask:
    """See `train.Task`.

    Raises:
        InputError: There is no data, or a shard is damaged.
    """

    kind = KIND

    def __init__(self, settings: TrainSettings) -> None:
        self._settings = settings
        self._store = LaidStore(Path(settings.data))
        self._holdout = LaidStore(Path(settings.holdout), photos=True) if settings.holdout else None

    def network(self) -> WarpNetwork:
        """See `train.Task`."""
        return WarpNetwork()

    def losses(self, network: Callable[[Any], tuple[Any, ...]], batch: WarpBatch) -> Losses:
        """See `train.Task`."""
        moved, cover, shade = network(batch.laid)
        return warp_loss(moved, cover, shade, batch)

    def batches(self, first: int) -> Generator[WarpBatch, None, None]:
        """See `train.Task`."""
        step = first
        while True:
            random = np.random.default_rng([self._settings.seed, step])
            batch = self._store.batch(random.integers(len(self._store), size=self._settings.batch))
            batch = shaken(batch, random)
            yield mirrored(batch) if random.random() < 0.5 else batch
            step += 1

    def refresh(self) -> int:
        """See `train.Task`."""
        return self._store.refresh()

    @property
    def count(self) -> int:
        """See `train.Task`."""
        return len(self._store)

    @property
    def shards(self) -> tuple[str, ...]:
        """See `train.Task`."""
        return self._store.shards

    def score(self, network: WarpNetwork) -> Mapping[str, float]:
        """See `train.Task`."""
        if self._holdout is None:
            return {}

        def says(laid: Float32) -> tuple[Float32, Float32]:
            with torch.no_grad():
                moved, cover, _ = network(torch.from_numpy(laid))
            return moved.numpy(), cover.sigmoid().numpy()

        return score_warp(says, self._holdout)


def warp_loss(moved: Any, cover: Any, shade: Any, batch: WarpBatch) -> Losses:
    """How wrong the network is.

    Args:
        moved: N x 2 x SIZE x SIZE, cells.
        cover: N x 1 x SIZE x SIZE, logit.
        shade: N x 1 x SIZE x SIZE, natural logarithm.
        batch: What was shown, and the truth.
    """
    known, judged, seen, same = (torch.from_numpy(v) for v in (batch.known, batch.judged, batch.cover, batch.same))
    alpha = torch.from_numpy(batch.laid[:, :4].sum(axis=1, keepdims=True).clip(0.0, 1.0))
    apart = (moved - torch.from_numpy(batch.moved)).square().sum(dim=1, keepdim=True).add(0.05).sqrt()
    drawn = functional.grid_sample(alpha, _grid(moved), align_corners=True)
    # Nothing tells the outline of a garment that is not worn yet but geometry.
    outline = torch.where(same > 0.5, seen, alpha)
    entropy = functional.binary_cross_entropy_with_logits(cover, seen, reduction="none")
    # Cloth bends, but neither jumps nor folds over; and what is no garment need not move.
    bent = moved.diff(n=2, dim=3).abs().mean() + moved.diff(n=2, dim=2).abs().mean()
    folded = sum(functional.relu(moved.diff(dim=dim).abs() - _STEEPEST).mean() for dim in (2, 3))
    idle = (moved.abs() * (1.0 - torch.maximum(known, alpha))).mean()
    return {
        "flow": _FLOW * _mean(apart, known),
        "outline": _OUTLINE * _mean((drawn - outline).abs(), judged),
        "cover": _COVER * _mean(entropy, judged),
        "shade": _SHADE * _mean((shade - torch.from_numpy(batch.shade)).abs(), seen),
        "rough": _ROUGH * (bent + 4.0 * folded) + _IDLE * idle,
    }


def _mean(values: Any, weight: Any) -> Any:
    return (values * weight).sum() / weight.sum().clamp(min=1.0)


def _grid(moved: Any) -> Any:
    """Where to look, as `grid_sample` wants it: -1..1, x before y, last."""
    line = torch.arange(SIZE, dtype=moved.dtype)
    y, x = torch.meshgrid(line, line, indexing="ij")
    place = torch.stack([x, y]) + moved
    return (place * (2.0 / (SIZE - 1)) - 1.0).permute(0, 2, 3, 1)
