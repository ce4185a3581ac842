"""Usual sizes in cm by category, for photos that come without a size chart: S to XL, unisex, measured flat."""

from collections.abc import Mapping

from tryon_app.core.types import Category, Size

DEFAULT_SIZE = "M"
_NAMES = ("S", "M", "L", "XL")

# Of size M, and what each size adds. Compiled from the ranges common in makers' published unisex charts.
_TOP: Mapping[str, tuple[float, float]] = {
    "chest": (52, 3),
    "waist": (51, 3),
    "hip": (52, 3),
    "length": (71, 2),
    "shoulder": (46, 1.5),
}
_CHARTS: Mapping[Category, Mapping[str, tuple[float, float]]] = {
    Category.TEE: {**_TOP, "sleeve": (21.5, 0.7)},
    Category.LONGSLEEVE: {**_TOP, "sleeve": (62, 1.2)},
    Category.SHIRT: {**_TOP, "chest": (54, 3), "length": (74, 2), "sleeve": (63, 1.2)},
    Category.TANK: {**_TOP, "chest": (49, 3), "shoulder": (36, 1.2)},
    Category.HOODIE: {**_TOP, "chest": (57, 3), "length": (69, 2), "sleeve": (62, 1.2), "shoulder": (49, 1.5)},
    Category.SWEATER: {**_TOP, "chest": (55, 3), "length": (68, 2), "sleeve": (62, 1.2), "shoulder": (48, 1.5)},
    Category.JACKET: {**_TOP, "chest": (57, 3), "length": (68, 2), "sleeve": (63, 1.2), "shoulder": (48, 1.5)},
    Category.DRESS: {"chest": (46, 3), "waist": (40, 3), "hip": (52, 3), "length": (96, 2), "shoulder": (38, 1)},
    Category.SKIRT: {"waist": (37, 3), "hip": (51, 3), "length": (62, 1)},
    Category.TROUSERS: {"waist": (41, 3), "hip": (52, 2.5), "length": (104, 1)},
    Category.SHORTS: {"waist": (41, 3), "hip": (53, 2.5), "length": (48, 1)},
    Category.OVERALLS: {"waist": (46, 3), "hip": (55, 2.5), "length": (106, 1)},
}


def usual_sizes(category: Category) -> tuple[Size, ...]:
    """S to XL of a category.

    Args:
        category: What the garment is.

    Returns:
        In rising order.
    """
    chart = _CHARTS[category]
    return tuple(
        Size(name, **{measure: middle + (step - 1) * grade for measure, (middle, grade) in chart.items()})
        for step, name in enumerate(_NAMES)
    )
