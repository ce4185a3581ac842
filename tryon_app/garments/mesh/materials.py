"""The materials of a glTF document as surfaces: base colour, its texture and where it lies, whether it has holes."""

import numpy as np

from tryon_app.core.types import Float32, UInt8
from tryon_app.garments.mesh.container import Container, data_of
from tryon_app.garments.mesh.document import Image, Material, TextureInfo
from tryon_app.garments.mesh.files import damaged
from tryon_app.garments.mesh.model import PLAIN, Surface
from tryon_app.garments.mesh.texture import Textures


def surfaces_of(container: Container) -> tuple[Surface, ...]:
    """One surface a material, then plain cloth, then cloth of coloured points.

    Raises:
        GarmentError: A texture cannot be read.
    """
    textures, decoded = Textures(container.path), dict[int, UInt8]()
    made = [_surface(container, material, textures, decoded) for material in container.document.materials]
    return (*made, PLAIN, Surface())


def placed_uv(uv: Float32, info: TextureInfo) -> Float32:
    """Places on a texture that is shifted, turned or scaled (`KHR_texture_transform`); N x 2."""
    move = info.transform
    cosine, sine = np.cos(move.rotation), np.sin(move.rotation)
    scaled = uv * np.asarray(move.scale, np.float32)
    turned = scaled @ np.array([[cosine, -sine], [sine, cosine]], np.float32)
    return np.asarray(turned + np.asarray(move.offset, np.float32), dtype=np.float32)


def _surface(container: Container, material: Material, textures: Textures, decoded: dict[int, UInt8]) -> Surface:
    texture, info = None, material.base_texture
    if info is not None:
        image = _image_number(container, info)
        if image is not None:
            if image not in decoded:
                decoded[image] = textures.decode(_encoded(container, container.document.images[image]))
            texture = decoded[image]
    factor = [min(1.0, max(0.0, value)) for value in material.base_factor]
    cutoff = {"OPAQUE": 0.0, "MASK": material.alpha_cutoff, "BLEND": None}[material.alpha_mode]
    opaque = factor[3] == 1 and (texture is None or texture[..., 3].min() == 255)
    return Surface((factor[0], factor[1], factor[2], factor[3]), texture, 0.0 if opaque else cutoff)


def _image_number(container: Container, info: TextureInfo) -> int | None:
    document = container.document
    if info.index >= len(document.textures):
        raise damaged(container.path, f"there is no texture {info.index}")
    source = document.textures[info.index].image
    if source is not None and source >= len(document.images):
        raise damaged(container.path, f"there is no image {source}")
    return source


def _encoded(container: Container, image: Image) -> bytes:
    if image.buffer_view is not None:
        return bytes(container.view(image.buffer_view))
    return data_of(container.path, image.uri or "", container.embedded)
