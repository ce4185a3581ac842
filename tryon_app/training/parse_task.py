"""What the parsing network has to learn."""

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import torch

from tryon_app.core.errors import InputError
from tryon_app.core.types import Float32
from tryon_app.training.datasets import PARSE_MEMBERS, Batch, ParseBatches
from tryon_app.training.evaluate import score_network
from tryon_app.training.learner import Losses
from tryon_app.training.losses import parsing_loss
from tryon_app.training.networks import ParsingNetwork
from tryon_app.training.settings import TrainSettings
from tryon_app.training.shards import SampleStore

KIND = "parse"
_HOLDOUT_FRAMES = 200


class ParseTask:
    """See `train.Task`.

    Raises:
        InputError: There is no data, or a shard is damaged.
    """

    kind = KIND

    def __init__(self, settings: TrainSettings) -> None:
        self._settings = settings
        self._store = SampleStore(Path(settings.data), PARSE_MEMBERS)
        self._store.refresh()
        if not len(self._store):
            raise InputError(f"There is no training data in {settings.data}.", "Make some with `tryon train synth`.")

    def network(self) -> ParsingNetwork:
        """See `train.Task`."""
        return ParsingNetwork()

    def losses(self, network: Callable[[Any], tuple[Any, ...]], batch: Batch) -> Losses:
        """See `train.Task`."""
        parts, materials = network(batch.picture)
        found = parsing_loss((parts, materials), torch.from_numpy(batch.parts), torch.from_numpy(batch.materials))
        return dict(zip(("parts", "materials"), found, strict=True))

    def batches(self, first: int) -> Generator[Batch, None, None]:
        """See `train.Task`."""
        settings = self._settings
        return ParseBatches(self._store, settings.seed, settings.batch, settings.workers).run(first)

    def refresh(self) -> int:
        """See `train.Task`."""
        return 2 * self._store.refresh()

    @property
    def count(self) -> int:
        """See `train.Task`."""
        return 2 * len(self._store)

    @property
    def shards(self) -> tuple[str, ...]:
        """See `train.Task`."""
        return self._store.shards

    def score(self, network: ParsingNetwork) -> Mapping[str, float]:
        """See `train.Task`."""
        if not self._settings.holdout:
            return {}

        def says(picture: Float32) -> tuple[Float32, Float32]:
            with torch.no_grad():
                parts, materials = network(torch.from_numpy(picture))
            return parts.numpy(), materials.numpy()

        found = score_network(says, Path(self._settings.holdout), _HOLDOUT_FRAMES)
        return {f"{head}_miou": score.mean_iou() for head, score in found.items()}
