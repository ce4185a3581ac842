"""How wide a trunk is: to the edge of the person, or to the arm that hangs against it."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32
from tryon_app.fitting.arms import to_arm
from tryon_app.fitting.body import Body
from tryon_app.fitting.labelled import Labelled
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.strip import smooth
from tryon_app.fitting.worn import WornNow

SIDES = 1, -1
"""Left and right, in the order of arrays of both."""
_FARTHEST = 1.55
"""How far edges are looked for, beside an average body; the following are so too."""
_UNSEEN = 1.1
_NARROWEST, _WIDEST = 0.78, 1.4
_BEHIND = 1.15
"""How far a trunk may go on behind an old sleeve that comes off."""
_BELOW = 0.25
"""How far below the armpits that begins, in units, and as far again until it is whole."""
_INTO = 0.08
"""How far beyond the trunk's edge that sleeve is looked for, in units."""


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """Measures the trunk on one pose.

    Attributes:
        body: Of the person.
        silhouette: Of the person.
        worn: What the person wears now.
        short: For left and right, whether the new garment leaves the forearm bare.
        owner: Whose readings these are, among all that are averaged over time.
    """

    body: Body
    silhouette: Silhouette
    worn: WornNow
    short: tuple[bool, ...]
    owner: Hashable

    def measured(self, along: Float32, centre: Float32, outward: Float32) -> Float32:
        """Half widths seen, left and right: float32 n x 2, pixels.

        Args:
            along: float32 n, pixels down the spine from the shoulder line.
            centre: float32 n x 2 x 2, the spine there, once for each side.
            outward: float32 n x 2 x 2, unit vectors.
        """
        girths = np.stack([self._girths(along)] * 2, axis=1)
        limit = girths * np.float32(_FARTHEST)
        seen = self.silhouette.reach(centre, outward, limit)
        half = np.minimum(self._to_arms(along, centre, outward, girths, limit), seen)
        half = np.where(seen >= limit * 0.999, np.minimum(half, girths * _UNSEEN), half)
        share = np.clip(half / np.maximum(girths, 1e-6), _NARROWEST, _WIDEST).astype(np.float32)
        return smooth(self.worn.settled((self.owner, "torso"), share) * girths, 2)

    def _girths(self, along: Float32) -> Float32:
        """Half widths of an average body: float32 n, pixels."""
        body = self.body
        factor = np.interp(along / max(body.torso, 1.0), [0.2, 0.65, 1.0, 1.5], [1.22, 1.05, 1.18, 1.25])
        return (body.girth(1.0) * factor).astype(np.float32)

    def _to_arms(self, along: Float32, centre: Float32, outward: Float32, girths: Float32, limit: Float32) -> Float32:
        """How far the trunk goes until an arm hides it: float32 n x 2."""
        if self.worn.seen is None:
            return self._to_bones(centre, outward, limit)
        reach = self.worn.seen.torso_reach(centre, outward, limit)
        bared = self._bared(self.worn.seen, centre, outward, reach)
        if not bared.any():
            return reach
        # The bare arm is slimmer than its old sleeve. At the armpits trunk and arm are one.
        further = np.minimum(self._to_bones(centre, outward, limit), _BEHIND * girths)
        apart = np.clip((along - along[0]) / (_BELOW * self.body.unit) - 1.0, 0.0, 1.0)[:, None]
        return np.where(bared, reach + apart * np.maximum(further - reach, 0.0), reach).astype(np.float32)

    def _to_bones(self, centre: Float32, outward: Float32, limit: Float32) -> Float32:
        """The same by the pose alone."""
        sides = [
            to_arm(self.body, self.body.arms[side], centre[:, place], outward[:, place], limit[:, place])
            for place, side in enumerate(SIDES)
        ]
        return np.stack(sides, axis=1)

    def _bared(self, seen: Labelled, centre: Float32, outward: Float32, reach: Float32) -> NDArray[np.bool_]:
        """Where what hides the trunk is an old sleeve that comes off: bool n x 2."""
        if not any(self.short):
            return np.zeros(reach.shape, bool)
        beyond = centre + outward * (reach + _INTO * self.body.unit)[..., None]
        (upper, dress, _), (left, right, _) = seen.cloth(beyond), seen.body(beyond)
        return np.asarray((upper + dress > 0.5) & (left + right > 0.5) & np.array(self.short))
