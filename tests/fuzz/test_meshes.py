"""3-D models from outside: whatever is in them, they are photographed or refused, in time and within their folder."""

import base64
import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.fuzz.test_inputs import replaced
from tryon_app.core.errors import InputError
from tryon_app.garments.mesh import camera as mesh_camera
from tryon_app.garments.mesh.photograph import photograph
from tryon_app.garments.photo_cache import content_key

bounded = settings.get_profile("bounded")


@pytest.fixture(autouse=True)
def _small_views(monkeypatch):
    """What costs time here must be the file, not the picture."""
    monkeypatch.setattr(mesh_camera, "_SIDE", 96)


def scene() -> trimesh.Scene:
    """A tube with a texture and one with colours, the second in a node of a node."""
    upright = trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0))
    tube = trimesh.creation.cylinder(0.2, 0.6, sections=12, transform=upright)
    coloured = tube.copy()
    coloured.visual.vertex_colors = np.full((len(coloured.vertices), 4), (20, 200, 90, 255), np.uint8)
    tube.visual = trimesh.visual.TextureVisuals(
        uv=tube.vertices[:, :2],
        material=trimesh.visual.material.PBRMaterial(
            baseColorTexture=Image.radial_gradient("L").resize((16, 16)).convert("RGBA"),
            baseColorFactor=[250, 200, 190, 255],
            alphaMode="MASK",
            alphaCutoff=0.1,
        ),
    )
    made = trimesh.Scene(tube)
    made.graph.update(frame_to="holder", matrix=trimesh.transformations.translation_matrix((0, 0.3, 0)))
    made.add_geometry(coloured, parent_node_name="holder")
    return made


GLB = scene().export(file_type="glb")
(_JSON_SIZE,) = struct.unpack_from("<I", GLB, 12)
DOCUMENT, BINARY = json.loads(GLB[20 : 20 + _JSON_SIZE]), GLB[28 + _JSON_SIZE :]
DOCUMENT["skins"] = [{"joints": [next(n for n, node in enumerate(DOCUMENT["nodes"]) if "children" in node)]}]
next(node for node in DOCUMENT["nodes"] if "mesh" in node)["skin"] = 0
OBJ = b"mtllib a.mtl\nv 0 0 0\nv .5 0 0 1 0 0\nv .5 .5 0\nv 0 .5 .1\nvt 0 0\nvt 1 1\n"
OBJ += b"usemtl a\nf 1/1 2/2 -2/2 4/1\nf 1//1 2 3\n"
MTL = b"newmtl a\nKd 0.5 0.2 0.1\nd 0.5\nmap_Kd a.png\n"


def glb(document, binary: bytes) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def gltf(document, binary: bytes) -> bytes:
    uri = f"data:application/octet-stream;base64,{base64.b64encode(binary).decode()}"
    return json.dumps(document | {"buffers": [{"uri": uri, "byteLength": len(binary)}]}).encode()


def picture() -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((16, 16)).save(file, "PNG")
    return file.getvalue()


wounds = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=5)
hostile_bytes = st.sampled_from([b"\xff\xff\xff\x7f", b"\x00\x00\xc0\x7f", b"\x00\x00\x80\xff", b"\0" * 8])
cuts = st.one_of(st.just(1.0), st.floats(0, 1))


def wounded(data: bytes, places, cut: float) -> bytes:
    """Bytes overwritten here and there, and the end cut off."""
    spoilt = bytearray(data)
    for where, some in places:
        at = int(where * len(spoilt))
        spoilt[at : at + len(some)] = some
    return bytes(spoilt[: int(cut * len(spoilt))])


def photographed_or_refused(path: Path) -> bool:
    """Whether it was photographed; otherwise it was refused with a message and a remedy, each of one line."""
    before = sorted(path.parent.iterdir())
    caught = None
    try:
        shots = photograph(path)
        assert shots.front.rgba.dtype == np.uint8
        assert max(shots.front.rgba.shape) < 400
        content_key(path, None)
    except InputError as error:
        caught = error
    assert caught is None or (caught.message and caught.remedy and "\n" not in str(caught))
    assert sorted(path.parent.iterdir()) == before
    return caught is None


def test_the_seeds_are_models(put) -> None:
    put("a.mtl", MTL)
    put("a.png", picture())
    for name, content in (
        ("a.glb", GLB),
        ("b.glb", glb(DOCUMENT, BINARY)),
        ("a.gltf", gltf(DOCUMENT, BINARY)),
        ("a.obj", OBJ),
    ):
        assert photographed_or_refused(put(name, content))


@bounded
@given(places=wounds, cut=cuts)
@example(places=[], cut=0.99)
@example(places=[(0.0, b"glTF\x02\0\0\0")], cut=0.02)
def test_wounded_glb(put, places, cut) -> None:
    photographed_or_refused(put("a.glb", wounded(GLB, places, cut)))


@bounded
@given(places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), hostile_bytes), max_size=4))
def test_any_numbers_in_a_sound_document(put, places) -> None:
    photographed_or_refused(put("a.glb", glb(DOCUMENT, wounded(BINARY, places, 1.0))))


def leaves(document, path=()):
    yield path
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


numbers = st.sampled_from([-1, 0, 1, 2, 3, 7, 255, 2**16, 2**31 - 1, 2**31, 2**63, 2**70, 1e300, -1e-300, 0.5])
words = st.sampled_from(["", "VEC3", "SCALAR", "MAT4", "OPAQUE", "BLEND", "../../etc/passwd", "file:///etc/passwd"])
words |= st.sampled_from(["http://127.0.0.1:9/a", "data:0", "data:,x", "2.0", "world"])
keys = st.sampled_from(["mesh", "children", "index", "x"])
values = st.recursive(
    numbers | words | st.none() | st.booleans() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner),
    max_leaves=6,
)


@bounded
@given(
    changes=st.lists(st.tuples(st.sampled_from([p for p in leaves(DOCUMENT) if p]), values), min_size=1, max_size=3),
    embedded=st.booleans(),
)
def test_documents_of_any_values(put, changes, embedded) -> None:
    document = DOCUMENT
    for place, value in changes:
        try:
            document = replaced(document, place, value)
        except (KeyError, IndexError, TypeError):  # an earlier change took its place away
            continue
    if embedded and isinstance(document, dict):
        photographed_or_refused(put("a.gltf", gltf(document, BINARY)))
    else:
        photographed_or_refused(put("a.glb", glb(document, BINARY)))


@bounded
@given(content=st.binary(max_size=300), name=st.sampled_from(["b.glb", "b.gltf", "b.obj"]))
def test_any_bytes(put, content, name) -> None:
    assert not photographed_or_refused(put(name, content))


FACES = [b"f 1 2 3", b"f 1/1 2/2 3/3", b"f -1 -2 -3", b"f 0 0 0", b"f 999999999 2 3", b"f 1//9 2//9 3//9"]
POINTS = [b"v 1e308 -1e308 1", b"v 1 2", b"v - . e", b"v 1 2 3 4 5 6", b"vt 9 9 9", b"vt 1"]
WORDS = [
    b"usemtl b",
    b"usemtl",
    b"o x",
    b"g",
    b"l 1 2",
    b"mtllib ../a.mtl",
    b"mtllib " + 400 * b"a" + b".mtl",
    b"\\",
    b"#\xff",
]
lines = st.lists(st.sampled_from(FACES + POINTS + WORDS), max_size=8)


@bounded
@given(
    places=wounds, cut=cuts, more=lines, first=st.booleans(), mtl=st.tuples(wounds, cuts), png=st.tuples(wounds, cuts)
)
def test_wounded_obj(put, places, cut, more, first, mtl, png) -> None:
    put("a.mtl", wounded(MTL, *mtl))
    put("a.png", wounded(picture(), *png))
    extra = b"\n".join(more) + b"\n"
    spoilt = wounded(OBJ, places, cut)
    photographed_or_refused(put("a.obj", extra + spoilt if first else spoilt + extra))
