"""What users of a network need of `session.Network`, and how they go on without one."""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from tryon_app.core.errors import ModelError, TryOnError
from tryon_app.core.types import Float32, Notice
from tryon_app.inference.manifest import Contract

_log = logging.getLogger(__name__)


class RunningNetwork(Protocol):
    """A network that can be opened and asked."""

    @property
    def contract(self) -> Contract:
        """What it takes and gives."""

    @property
    def runs_on(self) -> str:
        """What runs it, for people; "" while closed."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know of it."""

    def open(self) -> None:
        """Load it."""

    def run(self, inputs: Mapping[str, Float32]) -> dict[str, Float32]:
        """Outputs by name."""

    def close(self) -> None:
        """Free it."""


class Dispensable:
    """A network that the app can do without: when it cannot be loaded, or fails, it is left alone until opened anew.

    Args:
        model: Its name in the manifest.
        network: Not opened yet.
        contract: What its user knows it to take and give.
        strange: What to say where it takes or gives something else.
        worse: What a person should know when it is missing.
    """

    def __init__(
        self,
        model: str,
        network: RunningNetwork,
        contract: Contract,
        strange: ModelError,
        worse: Callable[[TryOnError], Notice],
    ) -> None:
        self._model, self._network, self._contract = model, network, contract
        self._strange, self._worse = strange, worse
        self._trouble: Notice | None = None
        self.running = False

    @property
    def providers(self) -> Mapping[str, str]:
        """What runs the network; empty where nothing does."""
        return {self._model: self._network.runs_on} if self.running else {}

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Why it is missing, or that another provider had to take over."""
        return self._network.notices if self._trouble is None else (self._trouble,)

    def open(self) -> None:
        """Load it, if it can be loaded: raises nothing of its own."""
        self._trouble = None
        try:
            if self._network.contract != self._contract:
                raise ModelError(self._strange.message, self._strange.remedy)
            self._network.open()
        except TryOnError as error:
            self._do_without(error)
        else:
            self.running = True

    def run(self, inputs: Mapping[str, Float32]) -> dict[str, Float32] | None:
        """Outputs by name; None when it failed."""
        try:
            return self._network.run(inputs)
        except TryOnError as error:
            self._do_without(error)
            return None

    def close(self) -> None:
        """Free it; may be called twice."""
        self.running = False
        self._network.close()

    def _do_without(self, error: TryOnError) -> None:
        _log.warning("The network %s is left alone: %s", self._model, error)
        self._trouble = self._worse(error)
        self.close()
