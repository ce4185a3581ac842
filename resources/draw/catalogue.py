"""The list of garments that the catalogue ships with."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from resources.draw.cut_bottom import LegCut
from resources.draw.cut_top import TopCut
from resources.draw.fabric import JERSEY, RIB
from resources.draw.wardrobe.drawing import Drawing, Product
from resources.draw.wardrobe.jersey import JerseyStyle, jersey_top
from resources.draw.wardrobe.trousers import TrouserStyle, trousers

Sizes = tuple[tuple[str, Mapping[str, float]], ...]


def graded(medium: Mapping[str, float], steps: Mapping[str, float]) -> Sizes:
    """Sizes S to XL from the measures of M and what each step adds, in cm."""
    return tuple(
        (name, {k: round(v + k_step * steps.get(k, 0.0), 1) for k, v in medium.items()})
        for k_step, name in enumerate(("S", "M", "L", "XL"), -1)
    )


TOP_STEPS = {"chest": 2.5, "waist": 2.5, "hip": 2.5, "length": 2.0, "sleeve": 0.7, "shoulder": 1.5}
BOTTOM_STEPS = {"waist": 2.5, "hip": 2.5, "length": 1.0}
TEE = graded({"chest": 52, "waist": 51, "hip": 52, "length": 71, "sleeve": 21.5, "shoulder": 46}, TOP_STEPS)
LONG = graded({"chest": 52, "waist": 50, "hip": 51, "length": 71, "sleeve": 62, "shoulder": 46}, TOP_STEPS)
TROUSERS = graded({"waist": 42, "hip": 51, "length": 103}, BOTTOM_STEPS)

LONG_CUT = TopCut(sleeve=58.0, angle=24.0, bend=17.0, cuff=9.6, armpit=22.5, shoulder=20.6, chest=22.4)


def _jersey(style: JerseyStyle) -> Callable[[str], Drawing]:
    return lambda view: jersey_top(style, view)


def _legs(style: TrouserStyle) -> Callable[[str], Drawing]:
    return lambda view: trousers(style, view)


def _plain(colour: str, cut: TopCut, **more: object) -> JerseyStyle:
    return replace(JerseyStyle(cut, JERSEY.dyed(colour), RIB.dyed(colour)), **more)


PRODUCTS: tuple[Product, ...] = (
    Product("tee-white", "White T-shirt", "白色T恤", "tee", 10, "#e9e9e7", TEE, _jersey(_plain("#e9e9e7", TopCut())), 3),
    Product(
        "longsleeve-navy", "Navy long-sleeve", "藏青色长袖T恤", "longsleeve", 10, "#2b3550", LONG,
        _jersey(_plain("#2b3550", LONG_CUT, cuff_rib=5.0)), 8,
    ),
    Product("jeans-indigo", "Indigo jeans", "靛蓝牛仔裤", "trousers", 10, "#33486b", TROUSERS, _legs(TrouserStyle(LegCut())), 5),
)  # fmt: skip
