"""The studio: one garment view from drawing to picture and key points."""

import numpy as np

from resources.draw.shade import render
from resources.draw.sheet import Sheet
from resources.draw.wardrobe.drawing import Product

LONG_SIDE = 1200
OVERSAMPLE = 2


def photograph(
    product: Product, view: str, long_side: int = LONG_SIDE
) -> tuple[np.ndarray, dict[str, tuple[float, float]]]:
    """One view of a garment.

    Args:
        product: What to draw.
        view: "front" or "back".
        long_side: Pixels of the longer side of the picture.

    Returns:
        uint8 RGBA (straight alpha) and key points in its pixels, centres at whole numbers.
    """
    drawing = product.draw(view)
    x0, y0, x1, y1 = drawing.extent
    ppc = long_side / max(x1 - x0, y1 - y0)
    sheet = Sheet(drawing.extent, ppc * OVERSAMPLE, product.seed * 2 + (view == "back"))
    drawing.paint(sheet)
    picture = render(sheet, OVERSAMPLE)
    names = list(drawing.keypoints)
    spots = sheet.pixels(np.array([drawing.keypoints[n] for n in names]))
    spots = (spots + 0.5) / OVERSAMPLE - 0.5
    return picture, {n: (round(float(x), 1), round(float(y), 1)) for n, (x, y) in zip(names, spots, strict=True)}
