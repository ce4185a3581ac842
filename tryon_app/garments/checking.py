"""Whether a garment can be worn: key points that are needed, on the right side, in the right order, on the cloth."""

from itertools import pairwise

from tryon_app.core.types import Category, Garment, GarmentView, KeyPoint, Slot

_TOP = ("collar", "shoulder", "armpit", "hem")
_SKIRT = ("waist", "hip", "hem")
_LEGS = ("waist", "hip", "ankle_outer", "ankle_inner")
_NEAR = 0.04


def problems(garment: Garment) -> list[str]:
    """Everything that is wrong with a garment, one line each; empty when all is well."""
    found = []
    for view_name, view in (("front", garment.front), ("back", garment.back)):
        if view is not None:
            found += [f"{view_name}: {text}" for text in _view_problems(garment, view, back=view_name == "back")]
    if garment.sizes and garment.default_size not in {size.name for size in garment.sizes}:
        found.append(f"default_size: {garment.default_size!r} is none of the sizes")
    if not garment.name.get("en"):
        found.append("name: there is no English one")
    return found


def _view_problems(garment: Garment, view: GarmentView, *, back: bool) -> list[str]:
    pairs = _pairs(garment)
    names = [KeyPoint(f"{pair}_{side}") for pair in pairs for side in ("left", "right")]
    if garment.slot is Slot.BOTTOM and garment.category is not Category.SKIRT:
        names.append(KeyPoint.CROTCH)
    missing = [name for name in names if name not in view.keypoints]
    if missing:
        return [f"key points are missing: {', '.join(missing)}"]
    found = []
    for name, (x, y) in view.keypoints.items():
        if not _on_cloth(view, x, y):
            found.append(f"{name} ({x:g}, {y:g}) lies far from the garment")
    for pair in pairs:
        left, right = view.keypoints[KeyPoint(f"{pair}_left")], view.keypoints[KeyPoint(f"{pair}_right")]
        if (left[0] > right[0]) == back:
            where = "left" if back else "right"
            found.append(f"{pair}_left must lie in the {where} half: left is the wearer's left")
    found += [
        f"{upper} must lie above {lower}"
        for upper, lower in _orders(garment)
        if view.keypoints[upper][1] >= view.keypoints[lower][1]
    ]
    return found


def _pairs(garment: Garment) -> tuple[str, ...]:
    if garment.slot is not Slot.BOTTOM:
        return _TOP
    return _SKIRT if garment.category is Category.SKIRT else _LEGS


def _orders(garment: Garment) -> list[tuple[KeyPoint, KeyPoint]]:
    chain = ("collar", "armpit", "hem") if garment.slot is not Slot.BOTTOM else _pairs(garment)[:3]
    return [
        (KeyPoint(f"{upper}_{side}"), KeyPoint(f"{lower}_{side}"))
        for side in ("left", "right")
        for upper, lower in pairwise(chain)
    ]


def _on_cloth(view: GarmentView, x: float, y: float) -> bool:
    height, width = view.rgba.shape[:2]
    reach = max(2, round(_NEAR * max(height, width)))
    top, left = max(0, round(y) - reach), max(0, round(x) - reach)
    return bool((view.rgba[top : round(y) + reach + 1, left : round(x) + reach + 1, 3] > 127).any())
