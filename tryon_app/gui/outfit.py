"""What goes with what: one top and one bottom, or a dress; a jacket over any of them."""

from collections.abc import Collection, Mapping, Sequence

from tryon_app.core.types import Garment, Outfit, Slot, Worn

REPLACES: Mapping[Slot, frozenset[Slot]] = {
    Slot.TOP: frozenset({Slot.TOP, Slot.DRESS}),
    Slot.BOTTOM: frozenset({Slot.BOTTOM, Slot.DRESS}),
    Slot.DRESS: frozenset({Slot.TOP, Slot.BOTTOM, Slot.DRESS}),
    Slot.OUTER: frozenset({Slot.OUTER}),
}


def put_on(outfit: Outfit, garment: Garment, size: str | None = None) -> Outfit:
    """The outfit with the garment added and whatever it takes the place of removed; inner layers first."""
    kept = [worn for worn in outfit if worn.garment.slot not in REPLACES[garment.slot]]
    # The same order whichever was loaded first: a top goes over trousers.
    return tuple(
        sorted([*kept, Worn(garment, size)], key=lambda w: (w.garment.layer, w.garment.slot is not Slot.BOTTOM))
    )


def take_off(outfit: Outfit, garment_id: str) -> Outfit:
    """The outfit without that garment."""
    return tuple(worn for worn in outfit if worn.garment.id != garment_id)


def exchange(
    outfit: Outfit, old: Collection[str], new: Sequence[Worn], displaced: Outfit = ()
) -> tuple[Outfit, Outfit]:
    """Wear some garments instead of others, as if those had never been put on.

    Args:
        outfit: What is worn.
        old: Ids of what goes.
        new: What comes.
        displaced: What had to go for the old ones: it comes back where its place is free.

    Returns:
        The outfit, and what had to go for the new ones.
    """
    bare = tuple(worn for worn in outfit if worn.garment.id not in old)
    for worn in displaced if len(bare) < len(outfit) else ():
        if not any(other.garment.slot in REPLACES[worn.garment.slot] for other in bare):
            bare = put_on(bare, worn.garment, worn.size)
    dressed = bare
    for worn in new:
        dressed = put_on(dressed, worn.garment, worn.size)
    left = {worn.garment.id for worn in dressed}
    return dressed, tuple(worn for worn in bare if worn.garment.id not in left)


def resize(outfit: Outfit, garment_id: str, size: str) -> Outfit:
    """The outfit with that garment in another size."""
    return tuple(Worn(worn.garment, size) if worn.garment.id == garment_id else worn for worn in outfit)


def shown_size(worn: Worn) -> str:
    """Name of the size that is worn, "" where the garment's sizes are unknown."""
    try:
        size = worn.garment.size(worn.size)
    except KeyError:
        return ""
    return size.name if size else ""
