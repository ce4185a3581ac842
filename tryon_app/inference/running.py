"""What users of a network need of `session.Network`."""

from collections.abc import Mapping
from typing import Protocol

from tryon_app.core.types import Float32, Notice
from tryon_app.inference.manifest import Contract


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
