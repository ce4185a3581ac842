"""From what is typed to what is worn."""

from collections.abc import Sequence

from tryon_app.app import load_garment
from tryon_app.core.errors import UsageError
from tryon_app.core.types import Garment, Outfit, Slot, Worn


def load_outfit(specs: Sequence[str], slot: Slot | None = None, size: str | None = None) -> Outfit:
    """Garments by catalogue id or photo.

    Args:
        specs: One per garment.
        slot: Where they go; found out when None.
        size: For those that have it.

    Raises:
        GarmentError: There is no such garment, or a photo shows none.
        InputError: A photo cannot be read.
        UsageError: None of them has that size.
    """
    return in_size([load_garment(spec, slot) for spec in specs], size)


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
