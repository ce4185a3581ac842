"""The part of a glTF document that garments need; whatever else is in one is left out before trimesh sees it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Index = Annotated[int, Field(ge=0, lt=100_000)]
Bytes = Annotated[int, Field(ge=0, lt=2**31)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]
Colour = Annotated[list[Number], Field(min_length=4, max_length=4)]


class Record(BaseModel):
    """Known keys only; anything else is dropped."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="ignore",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
    )


class Buffer(Record):
    """Bytes; `uri` is missing where they are in the GLB itself."""

    uri: str | None = None
    byte_length: Bytes


class View(Record):
    """A piece of a buffer."""

    buffer: Index
    byte_offset: Bytes = 0
    byte_length: Bytes
    byte_stride: Annotated[int, Field(ge=1, le=252)] | None = None


class Accessor(Record):
    """Numbers in a view."""

    buffer_view: Index | None = None
    byte_offset: Bytes = 0
    component_type: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    normalized: bool = False
    count: Annotated[int, Field(ge=1, lt=2**31)]
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    sparse: dict[str, Any] | None = None


class Primitive(Record):
    """Triangles of one material."""

    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Index = 4
    extensions: dict[str, Any] = {}


class Mesh(Record):
    """Primitives."""

    primitives: Annotated[list[Primitive], Field(max_length=1000)]


class Node(Record):
    """A place in the scene."""

    children: list[Index] | None = None
    mesh: Index | None = None
    skin: Index | None = None
    matrix: Annotated[list[Number], Field(min_length=16, max_length=16)] | None = None
    translation: Annotated[list[Number], Field(min_length=3, max_length=3)] | None = None
    rotation: Colour | None = None
    scale: Annotated[list[Number], Field(min_length=3, max_length=3)] | None = None


class Skin(Record):
    """Bones that move a mesh."""

    joints: Annotated[list[Index], Field(min_length=1, max_length=5000)]
    inverse_bind_matrices: Index | None = None


class Scene(Record):
    """Roots."""

    nodes: list[Index] = []


class Transform(Record):
    """Where a texture lies: `KHR_texture_transform`."""

    offset: Pair = [0.0, 0.0]
    rotation: Number = 0.0
    scale: Pair = [1.0, 1.0]
    tex_coord: Annotated[int, Field(ge=0, le=7)] | None = None


class InfoExtensions(Record):
    """Those of a texture's use."""

    transform: Transform = Field(default=Transform(), alias="KHR_texture_transform")


class TextureInfo(Record):
    """Which texture, by which set of places."""

    index: Index
    tex_coord: Annotated[int, Field(ge=0, le=7)] = 0
    extensions: InfoExtensions = InfoExtensions()

    @property
    def transform(self) -> Transform:
        """Where the texture lies."""
        return self.extensions.transform

    @property
    def uv_set(self) -> int:
        """Which `TEXCOORD_n` it goes by."""
        return self.tex_coord if self.transform.tex_coord is None else self.transform.tex_coord


class Metallic(Record):
    """Base colour."""

    base_color_factor: Colour = [1.0, 1.0, 1.0, 1.0]
    base_color_texture: TextureInfo | None = None


class Glossy(Record):
    """Base colour as older exporters write it: `KHR_materials_pbrSpecularGlossiness`."""

    diffuse_factor: Colour = [1.0, 1.0, 1.0, 1.0]
    diffuse_texture: TextureInfo | None = None


class MaterialExtensions(Record):
    """Those of a material."""

    glossy: Glossy | None = Field(default=None, alias="KHR_materials_pbrSpecularGlossiness")


class Material(Record):
    """How cloth looks."""

    pbr_metallic_roughness: Metallic = Metallic()
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    alpha_cutoff: Number = 0.5
    extensions: MaterialExtensions = MaterialExtensions()

    @property
    def base_texture(self) -> TextureInfo | None:
        """The texture of its base colour."""
        glossy = self.extensions.glossy
        return self.pbr_metallic_roughness.base_color_texture if glossy is None else glossy.diffuse_texture

    @property
    def base_factor(self) -> list[float]:
        """What that is multiplied by: linear RGBA."""
        glossy = self.extensions.glossy
        return self.pbr_metallic_roughness.base_color_factor if glossy is None else glossy.diffuse_factor


class Source(Record):
    """Another image for a texture."""

    source: Index


class TextureExtensions(Record):
    """Those of a texture."""

    webp: Source | None = Field(default=None, alias="EXT_texture_webp")


class Texture(Record):
    """Which image."""

    source: Index | None = None
    extensions: TextureExtensions = TextureExtensions()

    @property
    def image(self) -> int | None:
        """The number of its image."""
        return self.source if self.extensions.webp is None else self.extensions.webp.source


class Image(Record):
    """An encoded picture."""

    uri: str | None = None
    buffer_view: Index | None = None


class Asset(Record):
    """The format's version."""

    version: str


class Document(Record):
    """The whole."""

    asset: Asset
    extensions_required: list[str] = []
    scene: Index = 0
    scenes: Annotated[list[Scene], Field(max_length=1000)] = []
    nodes: Annotated[list[Node], Field(max_length=5000)] = []
    meshes: Annotated[list[Mesh], Field(max_length=2000)] = []
    skins: Annotated[list[Skin], Field(max_length=1000)] = []
    accessors: Annotated[list[Accessor], Field(max_length=20_000)] = []
    buffer_views: Annotated[list[View], Field(max_length=20_000)] = []
    buffers: Annotated[list[Buffer], Field(max_length=1000)] = []
    materials: Annotated[list[Material], Field(max_length=1000)] = []
    textures: Annotated[list[Texture], Field(max_length=1000)] = []
    images: Annotated[list[Image], Field(max_length=1000)] = []
