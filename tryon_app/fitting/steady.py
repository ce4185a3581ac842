"""Grids that do not tremble: the mask's edge is never quite the same in two frames, a garment's should be."""

from collections.abc import Callable

from tryon_app.core.smoothing import OneEuro
from tryon_app.core.types import Float32, Frame

Steadied = Callable[[str, Float32], Float32]
"""Name of a piece and its grid -> the grid, smoothed over time."""

_MIN_CUTOFF, _BETA = 1.8, 4.0
_GAP_S = 0.5


class Steady:
    """Smooths each grid over time within one scene. Photos, whose time does not go on, pass unchanged."""

    def __init__(self) -> None:
        self._filters: dict[tuple[int, str], OneEuro] = {}
        self._scene = 0
        self._time_s = 0.0
        self._unit = 1.0

    def reset(self) -> None:
        """Forget the past."""
        self._filters.clear()

    def begin(self, frame: Frame, unit: float) -> None:
        """A new frame.

        Args:
            frame: Its scene and time.
            unit: Of the body, pixels.
        """
        goes_on = frame.scene == self._scene and 0.0 < frame.timestamp_s - self._time_s < _GAP_S
        # Somebody of another size is somebody else.
        if not goes_on or not 0.7 < unit / self._unit < 1.4:
            self.reset()
        self._scene, self._time_s, self._unit = frame.scene, frame.timestamp_s, unit

    def __call__(self, owner: int, name: str, grid: Float32) -> Float32:
        """The grid, steadied.

        Args:
            owner: Which garment of the outfit.
            name: Of the piece.
            grid: float32 rows x columns x 2, frame pixels.
        """
        one = self._filters.setdefault((owner, name), OneEuro(_MIN_CUTOFF, _BETA))
        return one(grid, self._time_s, self._unit)


def unsteadied(_name: str, grid: Float32) -> Float32:
    """The grid as it is."""
    return grid
