"""glTF and GLB: damaged, hostile or too much, and refused."""

import base64
import json
import struct
import sys
import threading
import zlib

import numpy as np
import pytest
import trimesh

from tests.garments.mesh.models import photograph_of, refused
from tryon_app.garments.mesh import files as mesh_files
from tryon_app.garments.mesh import gltf as mesh_gltf
from tryon_app.garments.mesh import obj as mesh_obj
from tryon_app.garments.mesh.photograph import photograph


def test_cut_short_or_something_else(tmp_path, parts):
    path, whole = tmp_path / "a.glb", parts.packed()
    photograph_of(path, whole)
    for length in (1, 11, 19, 100, len(whole) - 1):
        refused(path, "cut short|no GLB", whole[:length])
    refused(path, "empty", b"")
    refused(path, "no GLB", b"\x89PNG\r\n\x1a\n" + bytes(100))
    refused(path, "GLB version 1", whole[:4] + struct.pack("<I", 1) + whole[8:])
    refused(tmp_path / "a.gltf", "no glTF", b"{")
    refused(tmp_path / "b.gltf", "no glTF", b"[" * 100_000)
    refused(tmp_path / "no.glb", "does not exist")
    refused(tmp_path / "c.gltf", r"glTF 1\.0", b'{"asset": {"version": "1.0"}}')
    refused(tmp_path / "d.gltf", "MB of text", b'{"x": "' + bytes(5 * 2**20) + b'"}')
    refused(tmp_path / "e.gltf", "pieces of data", b'["data:a;base64,",' * 3000)


def test_embedded_data_is_read(tmp_path, parts):
    data = base64.b64encode(parts.binary).decode()
    parts.document["buffers"][0]["uri"] = f"data:application/octet-stream;base64,{data}"
    (tmp_path / "a.glb").write_bytes(parts.packed())
    (tmp_path / "a.gltf").write_text(json.dumps(parts.document, indent=2))
    one, other = (photograph(tmp_path / name).front.rgba for name in ("a.glb", "a.gltf"))
    assert (one == other).all()


@pytest.mark.parametrize(
    "uri", ["other.bin", "/etc/passwd", "../x.bin", "http://127.0.0.1:9/x.bin", "file:///etc/passwd"]
)
@pytest.mark.parametrize("where", ["buffers", "images"])
def test_other_files_are_never_opened(tmp_path, parts, monkeypatch, uri, where):
    (tmp_path / "other.bin").write_bytes(parts.binary)
    if where == "buffers":
        parts.document["buffers"][0]["uri"] = uri
    else:
        parts.document |= {
            "images": [{"uri": uri}],
            "textures": [{"source": 0}],
            "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
        }
    path = tmp_path / "a.glb"
    path.write_bytes(parts.packed())
    opened = []
    sys.addaudithook(
        lambda event, found: (
            opened.append(found[0])
            if event in ("open", "socket.connect") and threading.current_thread().name == "watched"
            else None
        )
    )
    thread = threading.Thread(target=lambda: refused(path, "needs another file"), name="watched")
    thread.start()
    thread.join()
    assert [str(name) for name in opened if not str(name).endswith((".py", ".pyc", ".so"))] == [str(path)]


def test_bad_numbers(tmp_path, parts):
    path = tmp_path / "a.glb"
    accessors, views = parts.document["accessors"], parts.document["bufferViews"]
    primitive = parts.document["meshes"][0]["primitives"][0]
    indices, position = accessors[primitive["indices"]], accessors[primitive["attributes"]["POSITION"]]

    def spoilt(match, record, **changes):
        before = dict(record)
        record.update(changes)
        refused(path, match, parts.packed())
        record.clear()
        record.update(before)

    spoilt("damaged", indices, count=2**31 - 1)
    spoilt("damaged", indices, count=-3)
    spoilt("damaged", indices, componentType=5126)
    spoilt("damaged", position, byteOffset=10**6)
    spoilt("compressed", position, componentType=5123)
    spoilt("compressed", position, bufferView=None)
    spoilt("damaged", primitive, indices=99)
    spoilt("damaged", primitive, material=99)
    spoilt("no faces", primitive, mode=0)
    spoilt("compressed", primitive, extensions={"KHR_draco_mesh_compression": {"bufferView": 0}})
    spoilt("damaged", views[0], byteLength=10**8)
    spoilt("damaged", parts.document, extensionsRequired=5)
    spoilt(
        "KHR_draco_mesh_compression.*not supported", parts.document, extensionsRequired=["KHR_draco_mesh_compression"]
    )
    spoilt("no faces", parts.document, scenes=[{"nodes": []}])
    spoilt("damaged", parts.document["nodes"][0], children=[0])
    photograph_of(path, parts.packed())


def test_points_that_are_nowhere_and_faces_of_no_points(tmp_path, parts):
    whole = parts.binary
    primitive = parts.document["meshes"][0]["primitives"][0]
    views, accessors = parts.document["bufferViews"], parts.document["accessors"]
    for name, value, match in (("POSITION", np.float32(np.nan), "nowhere"), ("indices", np.uint32(10**9), "damaged")):
        number = primitive["attributes"][name] if name == "POSITION" else primitive["indices"]
        start = views[accessors[number]["bufferView"]].get("byteOffset", 0)
        parts.binary = whole[:start] + value.tobytes() + whole[start + 4 :]
        refused(tmp_path / "a.glb", match, parts.packed())
    flat = trimesh.Trimesh([(0, 0, 0), (1, 0, 0), (0, 0, 1)], [(0, 1, 2)], process=False)
    refused(tmp_path / "flat.glb", "flat", trimesh.Scene(flat).export(file_type="glb"))


def test_many_faces_are_refused_before_they_are_made(tmp_path, parts, monkeypatch):
    def never(*_):
        raise AssertionError("was loaded")

    monkeypatch.setattr(mesh_gltf, "load_scene", never)
    # A few bytes of faces, placed a thousand times; and really as many bytes as that.
    parts.document["nodes"] = [{"mesh": 0} for _ in range(999)]
    parts.document["scenes"] = [{"nodes": list(range(999))}]
    parts.document["meshes"][0]["primitives"] *= 1
    indices = parts.document["accessors"][parts.document["meshes"][0]["primitives"][0]["indices"]]
    parts.binary = bytes(8_000_000)
    indices.update(count=1_999_998, componentType=5125, bufferView=0, byteOffset=0)
    parts.document["bufferViews"][0].update(byteOffset=0, byteLength=8_000_000)
    refused(tmp_path / "a.glb", "triangles", parts.packed())
    parts.document["nodes"] = [{"mesh": 0} for _ in range(1001)]
    parts.document["scenes"] = [{"nodes": list(range(1001))}]
    refused(tmp_path / "a.glb", "meshes", parts.packed())


@pytest.mark.parametrize("side", [9_000, 60_000])
def test_texture_bombs_are_refused_by_their_header(tmp_path, parts, side):
    start, bomb = len(parts.binary), b"\x89PNG\r\n\x1a\n"
    header = b"IHDR" + struct.pack(">II", side, side) + bytes((8, 0, 0, 0, 0))
    for body in (header, b"IDAT" + zlib.compress(bytes(1000))):
        bomb += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    parts.document["bufferViews"].append({"buffer": 0, "byteOffset": start, "byteLength": len(bomb)})
    parts.document |= {
        "images": [{"bufferView": len(parts.document["bufferViews"]) - 1}],
        "textures": [{"source": 0}],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
    }
    parts.binary += bomb
    refused(tmp_path / "a.glb", "megapixels", parts.packed())
    parts.document["bufferViews"][-1]["byteLength"] = 10
    refused(tmp_path / "a.glb", "texture that cannot be read", parts.packed())


def test_large_files_are_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(mesh_obj, "_MOST_BYTES", 1000)
    (tmp_path / "a.obj").write_bytes(bytes(1001))
    refused(tmp_path / "a.obj", "too large")
    with (tmp_path / "a.glb").open("wb") as file:
        file.truncate(mesh_files.MOST_BYTES + 1)
    refused(tmp_path / "a.glb", "too large")
