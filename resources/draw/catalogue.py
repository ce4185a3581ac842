"""The list of garments that the catalogue ships with."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from resources.draw import fabric as cloth
from resources.draw.curves import line, moved
from resources.draw.cut_bottom import LegCut
from resources.draw.cut_top import TopCut
from resources.draw.cuts import FLARED, LONG, SHIRT, SLIP, TANK, TRUCKER, WIDE
from resources.draw.parts import zipper
from resources.draw.prints import artwork, blossoms, peaks, stripes, sunrise, varsity
from resources.draw.sheet import Sheet
from resources.draw.wardrobe.drawing import Drawing, Product
from resources.draw.wardrobe.hoodie import HoodieStyle, hoodie
from resources.draw.wardrobe.jersey import JerseyStyle, jersey_top
from resources.draw.wardrobe.skirt import SkirtStyle, skirt
from resources.draw.wardrobe.trousers import TrouserStyle, trousers
from resources.draw.wardrobe.woven import WovenStyle, woven_top

Draw = Callable[[str], Drawing]
Sizes = tuple[tuple[str, Mapping[str, float]], ...]


def graded(medium: Mapping[str, float], steps: Mapping[str, float]) -> Sizes:
    """Sizes S to XL from the measures of M and what each step adds, in cm."""
    return tuple(
        (name, {k: round(v + step * steps.get(k, 0.0), 1) for k, v in medium.items()})
        for step, name in enumerate(("S", "M", "L", "XL"), -1)
    )


TOP_STEPS = {"chest": 2.5, "waist": 2.5, "hip": 2.5, "length": 2.0, "sleeve": 0.7, "shoulder": 1.5}
BOTTOM_STEPS = {"waist": 2.5, "hip": 2.5, "length": 1.0}


def _top(chest: float, length: float, sleeve: float, shoulder: float, waist: float = 0.0, hip: float = 0.0) -> Sizes:
    medium = {"chest": chest, "waist": waist or chest - 1, "hip": hip or chest, "length": length, "shoulder": shoulder}
    return graded(medium | ({"sleeve": sleeve} if sleeve else {}), TOP_STEPS)


def _bottom(waist: float, hip: float, length: float) -> Sizes:
    return graded({"waist": waist, "hip": hip, "length": length}, BOTTOM_STEPS)


def _jersey(style: JerseyStyle) -> Draw:
    return lambda view: jersey_top(style, view)


def _legs(style: TrouserStyle) -> Draw:
    return lambda view: trousers(style, view)


def _woven(style: WovenStyle) -> Draw:
    return lambda view: woven_top(style, view)


def _plain(colour: str, cut: TopCut) -> JerseyStyle:
    return JerseyStyle(cut, cloth.JERSEY.dyed(colour), cloth.RIB.dyed(colour))


def _front_print(sheet: Sheet, _cut: TopCut, back: bool) -> None:
    if not back:
        artwork(sheet, (0, 31.5), (22, 24), sunrise, "#f0b45c")


def _chest_mark(sheet: Sheet, _cut: TopCut, back: bool) -> None:
    if not back:
        artwork(sheet, (10.2, 19.0), (8, 8), peaks, "#f2efe6")


def _crew_name(sheet: Sheet, _cut: TopCut, back: bool) -> None:
    if not back:
        artwork(sheet, (0, 26.0), (30, 10), varsity, "#27344f", 0.86)


def _zipped(sheet: Sheet, cut: TopCut, back: bool) -> None:
    if back:
        return
    zipper(sheet, line((0, cut.drop - 0.2), (0, cut.length + cut.hem_drop - 0.2)), "#1f2622", "#b9a878")
    for sign in (1, -1):
        welt = line((sign * 10.2, cut.length - 27.0), (sign * 14.8, cut.length - 12.5))
        sheet.seam(moved(welt, sign * 0.9, -0.3), depth=0.14, width=0.16, pucker=0.02)
        sheet.strip(welt, 1.7, cloth.SATIN, thick=0.12, puff=0.10, turned=True, seed=44)
        for shift in (-0.65, 0.65):
            sheet.stitch(moved(welt, shift, 0), None)


RIBBED = replace(cloth.JERSEY, rib=(0.36, 0.035), stiff=0.8)
OXBLOOD = cloth.CREPE
SWEATER = cloth.KNIT
HEATHER_RIB = replace(cloth.HEATHER, rib=(0.40, 0.11), mix=(cloth.Grain(0.05, 0.10, 0, 0.10),))
MOSS = cloth.FLEECE
GARDEN = cloth.CREPE.dyed("#27324a")

PRODUCTS: tuple[Product, ...] = (
    Product(
        "tee-white",
        "White T-shirt",
        "白色T恤",
        "tee",
        10,
        "#e9e9e7",
        _top(52, 71, 21.5, 46),
        _jersey(_plain("#e9e9e7", TopCut())),
        3,
    ),
    Product(
        "tee-tide",
        "Black T-shirt, Slow Tide print",
        "黑色印花T恤",
        "tee",
        10,
        "#222326",
        _top(54, 71, 21.5, 47),
        _jersey(replace(_plain("#26272a", TopCut()), decor=_front_print)),
        21,
    ),
    Product(
        "tee-breton",
        "Striped T-shirt",
        "海军条纹T恤",
        "tee",
        10,
        "#ece8dd",
        _top(52, 70, 21.0, 46),
        _jersey(
            replace(
                _plain("#ece8dd", replace(TopCut(), length=70.0, drop=8.0)), print_=stripes("#25365c", 2.6, 1.1, 10.0)
            )
        ),
        4,
    ),
    Product(
        "longsleeve-navy",
        "Navy long-sleeve",
        "藏青色长袖T恤",
        "longsleeve",
        10,
        "#2b3550",
        _top(52, 71, 62, 46),
        _jersey(replace(_plain("#2b3550", LONG), cuff_rib=4.5, decor=_chest_mark)),
        8,
    ),
    Product(
        "tank-terracotta",
        "Terracotta rib tank",
        "陶土色罗纹背心",
        "tank",
        10,
        "#b4654a",
        _top(47, 66, 0, 23),
        _jersey(JerseyStyle(TANK, RIBBED.dyed("#b4654a"), cloth.JERSEY.dyed("#ad5f45"), collar_rib=1.2)),
        6,
    ),
    Product(
        "shirt-oxford",
        "Blue Oxford shirt",
        "蓝色牛津纺衬衫",
        "shirt",
        15,
        "#b4caea",
        _top(54, 75, 63, 46),
        _woven(WovenStyle(SHIRT, cloth.POPLIN)),
        12,
    ),
    Product(
        "shirt-white",
        "White poplin shirt",
        "白色府绸衬衫",
        "shirt",
        15,
        "#ececec",
        _top(54, 75, 63, 46),
        _woven(WovenStyle(replace(SHIRT, chest=22.0), cloth.POPLIN.dyed("#e4e6e9", "#eeeff0"))),
        30,
    ),
    Product(
        "sweater-striped",
        "Striped wool sweater",
        "条纹羊毛衫",
        "sweater",
        20,
        "#e4dac6",
        _top(55, 67, 60, 47),
        _jersey(
            JerseyStyle(
                replace(WIDE, neck=8.4, drop=8.0),
                SWEATER,
                replace(cloth.RIB.dyed("#e4dac6"), rib=(0.55, 0.07)),
                collar_rib=2.6,
                hem_rib=6.0,
                cuff_rib=6.0,
                drape=0.8,
                print_=stripes("#7a4a3a", 7.0, 3.2, 14.0),
                label=True,
            )
        ),
        9,
    ),
    Product(
        "sweatshirt-heather",
        "Grey heather sweatshirt",
        "麻灰色卫衣",
        "sweater",
        20,
        "#96989a",
        _top(56, 68, 61, 48),
        _jersey(
            JerseyStyle(
                replace(WIDE, neck=8.6, drop=8.2),
                cloth.HEATHER,
                HEATHER_RIB,
                collar_rib=2.4,
                hem_rib=6.2,
                cuff_rib=6.4,
                drape=0.9,
                decor=_crew_name,
            )
        ),
        10,
    ),
    Product(
        "hoodie-moss",
        "Moss green hoodie",
        "苔绿色连帽衫",
        "hoodie",
        25,
        "#6d7f6b",
        _top(57, 69, 62, 48),
        lambda view: hoodie(
            HoodieStyle(
                replace(WIDE, neck=9.0, drop=8.4), MOSS, replace(cloth.RIB.dyed(MOSS.colour), rib=(0.36, 0.06))
            ),
            view,
        ),
        14,
    ),
    Product(
        "jacket-denim",
        "Denim jacket",
        "牛仔夹克",
        "jacket",
        30,
        "#54709a",
        _top(56, 62, 61, 47),
        _woven(
            WovenStyle(TRUCKER, cloth.DENIM.dyed("#47628a", "#a9bdd4"), "#c08a4a", "#b9b4a8", jacket=True, washed=1.0)
        ),
        15,
    ),
    Product(
        "jacket-bomber",
        "Forest bomber jacket",
        "墨绿飞行员夹克",
        "jacket",
        30,
        "#2e3b33",
        _top(58, 66, 62, 48),
        _jersey(
            JerseyStyle(
                replace(WIDE, neck=8.0, drop=5.6, back_drop=0.2, length=65.0, hem=21.0, cuff=10.6),
                cloth.SATIN,
                replace(cloth.RIB.dyed("#26312b"), rib=(0.42, 0.07)),
                collar_rib=4.4,
                hem_rib=6.4,
                cuff_rib=6.4,
                drape=1.4,
                decor=_zipped,
            )
        ),
        16,
    ),
    Product(
        "dress-garden",
        "Floral dress",
        "碎花连衣裙",
        "dress",
        10,
        "#27324a",
        _top(46, 98, 19, 38, 38, 56),
        _jersey(
            JerseyStyle(
                FLARED,
                GARDEN,
                cloth.CREPE.dyed("#222c42"),
                collar_rib=0.9,
                drape=0.8,
                print_=blossoms(("#e9b7a6", "#f1ddc6", "#d98b7c"), "#e2b04a", "#7c9a80"),
            )
        ),
        17,
    ),
    Product(
        "dress-slip",
        "Oxblood slip dress",
        "酒红吊带连衣裙",
        "dress",
        10,
        "#7c2f3e",
        _top(43, 112, 0, 19, 39, 48),
        _jersey(
            JerseyStyle(
                SLIP, replace(OXBLOOD, gloss=0.45), replace(OXBLOOD, gloss=0.45), collar_rib=0.7, binding=0.5, drape=1.1
            )
        ),
        18,
    ),
    Product(
        "skirt-camel",
        "Camel midi skirt",
        "驼色中长裙",
        "skirt",
        10,
        "#b89e78",
        _bottom(36, 50, 72),
        lambda view: skirt(SkirtStyle(cloth.TWILL.dyed("#b0926a")), view),
        19,
    ),
    Product(
        "jeans-indigo",
        "Indigo jeans",
        "靛蓝牛仔裤",
        "trousers",
        10,
        "#33486b",
        _bottom(42, 51, 103),
        _legs(TrouserStyle(LegCut())),
        5,
    ),
    Product(
        "chinos-sand",
        "Sand chinos",
        "沙色斜纹裤",
        "trousers",
        10,
        "#b9a27e",
        _bottom(42, 51, 102),
        _legs(
            TrouserStyle(
                LegCut(length=102.0, knee=17.8, ankle=16.0),
                cloth.TWILL.dyed("#b9a27e"),
                None,
                jeans=False,
                washed=0.0,
                crease=True,
            )
        ),
        23,
    ),
    Product(
        "shorts-navy",
        "Navy shorts",
        "藏青色短裤",
        "shorts",
        10,
        "#2f3c57",
        _bottom(42, 52, 50),
        _legs(
            TrouserStyle(
                LegCut(length=49.0, ankle=24.0, spread=13.4, thigh=24.0),
                cloth.TWILL.dyed("#34425f"),
                None,
                jeans=False,
                washed=0.0,
            )
        ),
        24,
    ),
)
