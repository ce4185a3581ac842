"""The cut of a slip dress: thin straps, a pointed front, a low back."""

from dataclasses import dataclass
from functools import cached_property

from resources.draw.curves import Path, join, line, smooth
from resources.draw.cut_top import TopCut


@dataclass(frozen=True)
class SlipCut(TopCut):
    """A `TopCut` hanging from straps; `bust` is the depth at which straps meet the body."""

    bust: float = 11.5

    @cached_property
    def front_neck(self) -> Path:
        """Right half of the front edge: down the strap, then to the centre."""
        x, y = self.collar
        cup = smooth(
            [
                (x - 0.1, self.bust),
                (0.72 * x, self.bust + 0.42 * (self.drop - self.bust)),
                (0.3 * x, self.drop - 0.7),
                (0, self.drop),
            ]
        )
        return join(line((x, y)), cup)

    @cached_property
    def back_neck(self) -> Path:
        """Right half of the back edge: down the strap, then straight across."""
        x, y = self.collar
        low = self.back_drop
        return join(line((x, y)), smooth([(x + 0.1, low - 1.4), (0.6 * x, low - 0.3), (0, low)]))

    @cached_property
    def armhole(self) -> Path:
        """Down the strap's outer edge, then out to the armpit."""
        (sx, sy), (ax, ay) = self.tip, self.pit
        low = self.bust - 0.3
        return join(
            line((sx, sy)),
            smooth([(sx, low), (sx + 0.35 * (ax - sx), low + 0.62 * (ay - low)), (ax - 1.8, ay - 0.9), (ax, ay)]),
        )
