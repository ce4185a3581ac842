"""What a garment hands to the studio: how big it is, how to paint it, where its key points are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from resources.draw.sheet import Bounds, Sheet

Vector = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """One view of a garment, in pattern coordinates (cm)."""

    extent: Bounds
    keypoints: Mapping[str, Vector]
    paint: Callable[[Sheet], None]


@dataclass(frozen=True)
class Product:
    """A garment of the catalogue.

    Attributes:
        sizes: Rows of (name, measures in cm by name).
        draw: "front" or "back" -> drawing.
    """

    id: str
    en: str
    zh_cn: str
    category: str
    layer: int
    colour: str
    sizes: tuple[tuple[str, Mapping[str, float]], ...]
    draw: Callable[[str], Drawing]
    seed: int
