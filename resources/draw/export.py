"""Writes pictures small and garment descriptions whole."""

from pathlib import Path

import cv2
import numpy as np
import tomli_w
from PIL import Image
from scipy.spatial import cKDTree

from resources.draw.studio import LONG_SIDE, photograph
from resources.draw.wardrobe.drawing import Product

SLOTS = {
    "jacket": "outer",
    "dress": "dress",
    "skirt": "bottom",
    "trousers": "bottom",
    "shorts": "bottom",
}
LICENCE = "Apache-2.0"
COLOURS = 256
SAMPLE = 60_000


def palette_png(rgba: np.ndarray, path: Path) -> None:
    """Save uint8 RGBA as a PNG of 256 colours with alpha: a third of the size, unseen on cloth of few hues.

    Alpha is kept in its own steps, so that soft edges stay soft.
    """
    flat = rgba.reshape(-1, 4)
    rng = np.random.default_rng(0)
    alpha = flat[:, 3]
    indices = np.zeros(len(flat), np.uint8)
    tables: list[np.ndarray] = []
    used = 0
    # Solid, soft and empty pixels never share a colour: cloth stays opaque and nothing dirty floats beside it.
    for chosen, count in ((alpha == 255, COLOURS - 40), ((alpha > 0) & (alpha < 255), 32), (alpha == 0, 8)):
        pixels = flat[chosen]
        if not len(pixels):
            continue
        table = np.round(_cluster(pixels[rng.integers(0, len(pixels), min(SAMPLE, len(pixels)))], count)).astype(
            np.uint8
        )
        indices[chosen] = used + _nearest(pixels, table)
        tables.append(table)
        used += len(table)
    table = np.vstack(tables)
    picture = Image.fromarray(indices.reshape(rgba.shape[:2]), "P")
    picture.putpalette(table[:, :3].tobytes())
    picture.save(path, optimize=True, transparency=table[:, 3].tobytes())


def _cluster(pixels: np.ndarray, count: int) -> np.ndarray:
    points = np.unique(pixels.astype(np.float32), axis=0)
    if len(points) <= count:
        return points
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_COUNT, 8, 0.0)
    _, _, centres = cv2.kmeans(pixels.astype(np.float32), count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
    return centres


def _nearest(flat: np.ndarray, table: np.ndarray) -> np.ndarray:
    weight = np.array([1, 1, 1, 1.5], np.float32)
    distinct, back = np.unique(np.ascontiguousarray(flat).view(np.uint32).ravel(), return_inverse=True)
    colours = distinct.view(np.uint8).reshape(-1, 4)
    _, index = cKDTree(table * weight).query(colours * weight)
    return index[back].astype(np.uint8)


def describe(product: Product, keypoints: dict[str, dict[str, tuple[float, float]]]) -> dict:
    """The content of `garment.toml`."""
    sizes = [{"name": name, **{k: float(v) for k, v in measures.items()}} for name, measures in product.sizes]
    views = {
        view: {"image": f"{view}.png", "keypoints": {n: list(p) for n, p in points.items()}}
        for view, points in keypoints.items()
    }
    return {
        "slot": SLOTS.get(product.category, "top"),
        "category": product.category,
        "layer": product.layer,
        "colour": product.colour,
        "licence": LICENCE,
        "default_size": "M",
        "name": {"en": product.en, "zh_CN": product.zh_cn},
        "sizes": sizes,
        **views,
    }


def export(product: Product, folder: Path, long_side: int = LONG_SIDE) -> Path:
    """Draw both views of a garment into `folder/<id>` and describe them; returns that folder."""
    target = folder / product.id
    target.mkdir(parents=True, exist_ok=True)
    keypoints = {}
    for view in ("front", "back"):
        picture, keypoints[view] = photograph(product, view, long_side)
        palette_png(picture, target / f"{view}.png")
    (target / "garment.toml").write_text(tomli_w.dumps(describe(product, keypoints)), "utf-8")
    return target
