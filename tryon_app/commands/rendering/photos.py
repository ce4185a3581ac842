"""One photo."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tryon_app.commands.console import note
from tryon_app.commands.rendering import enlarged
from tryon_app.commands.rendering.outfits import Wish
from tryon_app.commands.rendering.stages import opened_stages
from tryon_app.core.errors import NoPersonError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.stills import flatten, read_rgba
from tryon_app.core.types import Frame, Outfit, UInt8
from tryon_app.outputs.images import save_image

_LEAST_SIDE = 768


@dataclass(frozen=True, slots=True, eq=False)
class DressedPhoto:
    """A photo with garments on.

    Attributes:
        image: uint8, RGB; RGBA with straight alpha where the photo had transparency.
        layer: uint8 RGBA, straight alpha, of the same size: the garments alone.
        messages: What a person should know.
    """

    image: UInt8
    layer: UInt8
    messages: tuple[str, ...]


def render_photo(source: Path, wish: Wish, output: Path, layers: Path | None, networks: bool = True) -> None:
    """Dress the person in a photo and write the result.

    Args:
        source: The photo.
        wish: What to wear.
        output: Where the result goes.
        layers: Folder for the garments alone, or None.
        networks: Whether our own networks are used.

    Raises:
        InputError: The photo cannot be read, or a garment cannot be had (also `GarmentError`, `UsageError`).
        NoPersonError: It shows nobody.
        OutputError: The result cannot be written.
    """
    rgba, transparent = read_rgba(source)
    outfit = wish.outfit()
    with opened_stages("image", networks) as pipeline:
        dressed = dress_photo(pipeline, rgba, transparent, outfit, source.name)
    save_image(output, dressed.image)
    if layers is not None:
        save_image(layer_path(layers, 0), dressed.layer)
    for message in dressed.messages:
        note(message)


def dress_photo(pipeline: Pipeline, rgba: UInt8, transparent: bool, outfit: Outfit, name: str) -> DressedPhoto:
    """Dress the person in a picture.

    Args:
        pipeline: Opened in mode "image".
        rgba: uint8 H x W x 4, straight alpha.
        transparent: Whether any of it is transparent.
        outfit: What to wear.
        name: What to call the picture in errors.

    Raises:
        NoPersonError: It shows nobody.
    """
    image = flatten(rgba) if transparent else np.ascontiguousarray(rgba[..., :3])
    image.flags.writeable = False
    pipeline.reset()
    composite = enlarged.process(pipeline, Frame(image), outfit, _LEAST_SIDE)
    if not composite.person:
        raise NoPersonError(
            f"Nobody was found in {name}.",
            "Use a photo that shows one person at least from head to chest, and upright.",
        )
    layer = composite.layer()
    return DressedPhoto(_over(layer, rgba) if transparent else composite.image, layer, composite.messages)


def layer_path(folder: Path, index: int) -> Path:
    """Where the layer of a frame goes."""
    return folder / f"{index:05d}.layer.png"


def _over(layer: UInt8, rgba: UInt8) -> UInt8:
    """The layer on a transparent picture: a garment may reach beyond a cut-out person. Both have straight alpha."""
    top = layer[..., 3:].astype(np.float32) / 255
    below = rgba[..., 3:].astype(np.float32) / 255 * (1 - top)
    alpha = top + below
    colour = (layer[..., :3] * top + rgba[..., :3] * below) / np.maximum(alpha, 1e-6)
    colour = np.where(alpha > 0, colour, rgba[..., :3])
    return np.concatenate((colour + 0.5, alpha * 255 + 0.5), axis=2).astype(np.uint8)
