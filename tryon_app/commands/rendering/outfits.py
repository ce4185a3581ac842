"""From what is typed to what is worn."""

from collections.abc import Sequence
from dataclasses import dataclass

from tryon_app.app import load_garment
from tryon_app.core.errors import UsageError
from tryon_app.core.types import Garment, Outfit, Slot, Worn


@dataclass(frozen=True, slots=True)
class Wish:
    """An outfit as it was asked for; nothing is loaded yet.

    Attributes:
        specs: Catalogue ids, photos and 3-D models.
        slot: Where photos and models go; found out when None.
        size: For those garments that have it.
    """

    specs: tuple[str, ...]
    slot: Slot | None = None
    size: str | None = None

    def outfit(self) -> Outfit:
        """Load the garments.

        Raises:
            GarmentError: There is no such garment, or a photo shows none.
            InputError: A photo cannot be read.
            UsageError: None of them has that size.
        """
        return in_size([load_garment(spec, self.slot) for spec in self.specs], self.size)


def in_size(garments: Sequence[Garment], size: str | None) -> Outfit:
    """Garments in a size; those of an outfit that do not have it are worn in their usual one.

    Raises:
        UsageError: None of them has it.
    """
    if size is None:
        return tuple(Worn(garment) for garment in garments)
    outfit = tuple(Worn(garment, _matching(garment, size)) for garment in garments)
    if all(worn.size is None for worn in outfit):
        known = [
            f"{garment.id} comes in {', '.join(s.name for s in garment.sizes)}" for garment in garments if garment.sizes
        ]
        raise UsageError(
            f"There is no size {size!r}.", f"{'; '.join(known) or 'A photo has no sizes: leave --size out'}."
        )
    return outfit


def _matching(garment: Garment, size: str) -> str | None:
    return next((known.name for known in garment.sizes if known.name.lower() == size.lower()), None)
