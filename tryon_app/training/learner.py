"""A network in training: its weights, their running average, and the optimiser."""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from tryon_app.core.errors import InputError
from tryon_app.training.growth import grow
from tryon_app.training.settings import TrainSettings

Losses = dict[str, Any]
"""Name -> value; what is made small is their sum."""


class Learner:
    """All that a checkpoint keeps.

    Args:
        make: Makes the network, untrained.
        settings: How to learn.
    """

    def __init__(self, make: Callable[[], Any], settings: TrainSettings) -> None:
        torch.manual_seed(settings.seed)
        self.network = make().to(memory_format=torch.channels_last)
        self.average = make().to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.network.state_dict())
        self.average.eval()
        self._settings = settings
        thick = [values for values in self.network.parameters() if values.ndim > 1]
        thin = [values for values in self.network.parameters() if values.ndim <= 1]
        groups = [{"params": thick, "weight_decay": settings.decay}, {"params": thin, "weight_decay": 0.0}]
        self._optimiser = torch.optim.AdamW(groups, lr=settings.rate, betas=(0.9, 0.99), fused=True)

    def step(self, losses: Callable[[Any], Losses], count: int, rate: float) -> dict[str, float]:
        """One step of training.

        Args:
            losses: Given the network as a function, says how wrong it is.
            count: Steps done before.
            rate: Learning rate.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        found = losses(self._forward)
        self._optimiser.zero_grad()
        torch.stack(list(found.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self._optimiser.step()
        self._follow(count)
        return {name: float(value.detach()) for name, value in found.items()}

    def _forward(self, values: Any) -> tuple[Any, ...]:
        """The network's outputs for values from numpy."""
        values = torch.from_numpy(values).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._settings.bf16):
            outputs = self.network(values)
        return tuple(output.float() for output in outputs)

    def _follow(self, count: int) -> None:
        """Move the averaged weights on; in the beginning they follow more closely."""
        keep = min(self._settings.average, (1.0 + count) / (10.0 + count))
        with torch.no_grad():
            for mean, now in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(now, 1.0 - keep)
                else:
                    mean.copy_(now)

    def tensors(self) -> dict[str, Any]:
        """Everything learnt, by name."""
        found = {f"network.{name}": values for name, values in self.network.state_dict().items()}
        found |= {f"average.{name}": values for name, values in self.average.state_dict().items()}
        for index, state in self._optimiser.state_dict()["state"].items():
            found |= {f"optimiser.{index}.{name}": values for name, values in state.items()}
        return found

    def begin(self, tensors: Mapping[str, Any]) -> None:
        """Start with the averaged weights of another training, of a network as wide or narrower.

        Raises:
            InputError: They are of a network of another build.
        """
        for network in (self.network, self.average):
            grow(network, _below(tensors, "average"))

    def restore(self, tensors: Mapping[str, Any]) -> None:
        """Continue from what `tensors` gave; from the averaged weights alone where nothing else was kept.

        Raises:
            InputError: It does not fit this network.
        """
        states: dict[int, dict[str, Any]] = {}
        for name, values in tensors.items():
            owner, _, rest = name.partition(".")
            if owner == "optimiser":
                index, _, what = rest.partition(".")
                states.setdefault(int(index), {})[what] = values
        try:
            self.network.load_state_dict(_below(tensors, "network") or _below(tensors, "average"))
            self.average.load_state_dict(_below(tensors, "average"))
            trained: list[Any] = [values for group in self._optimiser.param_groups for values in group["params"]]
            for place, state in states.items():
                # The fused optimiser walks through memory: moments must lie there as their weights do.
                like = trained[place]
                state |= {n: torch.empty_like(like).copy_(v) for n, v in state.items() if v.shape == like.shape}
            if states:
                self._optimiser.load_state_dict(self._optimiser.state_dict() | {"state": states})
        except (RuntimeError, ValueError, IndexError) as error:
            raise InputError("The checkpoint is of a network of another shape.", "Train anew.") from error


def averaged(network: Any, tensors: Mapping[str, Any]) -> Any:
    """A network with the averaged weights of a checkpoint, in evaluation mode: as it is used.

    Raises:
        InputError: The checkpoint is of a network of another shape.
    """
    try:
        network.load_state_dict(_below(tensors, "average"))
    except RuntimeError as error:
        raise InputError("The checkpoint is of a network of another shape.", "Train anew.") from error
    return network.eval()


def _below(tensors: Mapping[str, Any], owner: str) -> dict[str, Any]:
    prefix = f"{owner}."
    return {name.removeprefix(prefix): values for name, values in tensors.items() if name.startswith(prefix)}
