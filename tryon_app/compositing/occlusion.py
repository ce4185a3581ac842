"""What stands in front of a garment: head, hair, arms, hands, things carried; and the neck that hides a back collar.

The parsing network says so where it ran, guesses do where it did not.
"""

from collections.abc import Mapping
from typing import Protocol

from tryon_app.compositing.anatomy import Anatomy
from tryon_app.compositing.guessed import Guessed
from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import Grid, strongest
from tryon_app.core.types import FitPiece, Float32, Frame, Parsing, Pose, Rect, UInt8

_GUESSED_SIDE = 168
"""Longer side, in cells, of the small picture that is looked at."""
_LABELLED_SIDES, _LABELLED_PIXELS = (128, 152, 256), (2.4, 4.0)
"""The same with labels: at least the first number; the second once cells are as wide as the first size, in frame
pixels; up to the third so that they are no wider than the second size."""
_FINER = 1.75
"""So many times as many cells where nothing waits for the picture."""
_SIDES = {"sleeve_left": 1, "sleeve_right": -1}


class Evidence(Protocol):
    """What a frame shows, as small maps: float32 h x w, 0..1 each.

    Attributes:
        small: uint8 h x w x 3, the picture.
        body: The landmarks' shapes.
        cloth_seed: What the torso wears now.
    """

    small: UInt8
    body: Anatomy
    cloth_seed: Float32

    def head(self) -> Float32:
        """Face and hair."""

    def neck(self) -> Float32:
        """The bare neck."""

    def arm(self, side: int, reach: float) -> Float32:
        """An arm from a place on: 0 the shoulder, 1 the elbow, 2 the wrist."""


class Front:
    """What is in front, as small maps over a box: float32 h x w, 0..1 each.

    Attributes:
        grid: Where the maps lie.
        head: Face and hair.
        neck: The bare neck.
        labelled: The network's evidence; None where these are guesses.
        small: uint8 h x w x 3, the box of the frame at the size of the maps.
        cloth: What the torso wears now, for the light.
        unit: Shoulder width in pixels of the frame.
    """

    def __init__(self, seen: Evidence, grid: Grid) -> None:
        self.grid = grid
        self._seen = seen
        self._arms: dict[tuple[int, float], Float32] = {}
        self.head = seen.head()
        self.neck = seen.neck()
        self.labelled = seen if isinstance(seen, Labelled) else None
        self.small = seen.small
        self.cloth = seen.cloth_seed
        self.unit = seen.body.unit

    def over(self, piece: FitPiece, sleeves: Mapping[int, float], hangs: bool = False) -> Float32:
        """What hides a piece.

        Args:
            piece: Of a garment.
            sleeves: Side, +1 left, -1 right -> how far down the arm this garment's sleeve goes: what it covers needs no
                gap in the torso.
            hangs: Whether the present top hangs over it.

        Returns:
            float32 h x w, 0..1.
        """
        side = _SIDES.get(piece.name)
        if side is not None:
            other = max(sleeves.get(-side, 0.0), 1.0)
            return strongest([self.head, self._arm(side, 2.0), self._arm(-side, other)])
        maps = [self.head, *(self._arm(side, sleeves.get(side, 0.0)) for side in (1, -1))]
        if self.labelled is not None:
            maps.append(self.labelled.objects)
            if hangs:
                maps.append(self.labelled.hanging)
        if piece.behind:
            maps.append(self.neck)
        return strongest(maps)

    def _arm(self, side: int, reach: float) -> Float32:
        """One arm from a place on."""
        key = side, round(reach, 2)
        if key not in self._arms:
            self._arms[key] = self._seen.arm(side, reach)
        return self._arms[key]


def sleeves_of(pieces: tuple[FitPiece, ...]) -> dict[int, float]:
    """Side, +1 left, -1 right -> how far down the arm a garment's sleeve goes; without sleeves that are not there."""
    return {_SIDES[piece.name]: piece.reach for piece in pieces if piece.name in _SIDES}


def front_of(frame: Frame, pose: Pose, parsing: Parsing, box: Rect, thorough: bool = False) -> Front:
    """What is in front over a box of the frame.

    Args:
        frame: The picture.
        pose: The person.
        parsing: Their mask, and what the network says if it ran.
        box: Of the frame.
        thorough: On finer maps.
    """
    labels = parsing.labels
    if labels is None:
        grid = Grid.over(box, _GUESSED_SIDE, 0.0)
    else:
        longer = max(box.width, box.height)
        fewest, usual, most = _LABELLED_SIDES
        fine, coarse = (longer / pixels for pixels in _LABELLED_PIXELS)
        cells = min(max(fewest, min(fine, usual), coarse), most)
        grid = Grid.over(box, round(_FINER * cells if thorough else cells))
    small = grid.picture(frame.image)
    person = grid.mask(parsing.person, frame.width, frame.height)
    body = Anatomy(pose, *grid.axes())
    if labels is None:
        return Front(Guessed(small, person, body), grid)
    return Front(Labelled(small, person, body, labels, grid), grid)
