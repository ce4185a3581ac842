"""What stands in for the stages where they could not be built."""

from collections.abc import Mapping

from tryon_app.core.errors import TryOnError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Mode, Notice


class UnavailablePipeline(Pipeline):
    """Says why there are no stages when it is opened: a session then shows the plain picture and the remedy.

    Args:
        error: Why.
    """

    def __init__(self, error: TryOnError) -> None:
        self._error = error

    def open(self, mode: Mode) -> None:  # noqa: ARG002
        """Never opens.

        Raises:
            TryOnError: Always.
        """
        raise self._error

    def close(self) -> None:
        """Nothing was opened."""

    @property
    def providers(self) -> Mapping[str, str]:
        """Nothing runs."""
        return {}

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is wrong was said when it was opened."""
        return ()
