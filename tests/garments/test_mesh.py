"""3-D garments: photographed, measured, and refused where they are damaged, hostile or too much."""

import base64
import json
import struct
import subprocess
import sys
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from tryon_app.core.errors import GarmentError, InputError
from tryon_app.core.types import Category, KeyPoint, Slot
from tryon_app.garments.checking import problems
from tryon_app.garments.importing import examine_photo, import_photo
from tryon_app.garments.mesh import camera as mesh_camera
from tryon_app.garments.mesh import files as mesh_files
from tryon_app.garments.mesh import gltf as mesh_gltf
from tryon_app.garments.mesh import obj as mesh_obj
from tryon_app.garments.mesh.photograph import photograph
from tryon_app.garments.storage import load_garment, save_garment

SIDE = 400
CHEST_A, CHEST_B = 0.22, 0.12
HALF_GIRTH = (
    100 * np.pi / 2 * (3 * (CHEST_A + CHEST_B) - np.sqrt((3 * CHEST_A + CHEST_B) * (CHEST_A + 3 * CHEST_B)))
)  # Ramanujan, cm


@pytest.fixture(autouse=True)
def _small_views(monkeypatch):
    """Views of less than a third of their size: ten times faster."""
    monkeypatch.setattr(mesh_camera, "_SIDE", SIDE)


def tube(centres, halves, around=48, dips=0.0):
    """Rings of a tube: centres (x, y, z), half axes (across, front to back), how much lower they are in front."""
    centres, halves = np.asarray(centres, float), np.asarray(halves, float)
    angle = np.linspace(0, 2 * np.pi, around + 1)  # u = 0 and 1 are two points: a seam
    along = np.diff(centres, axis=0, append=centres[-1:] * 2 - centres[-2:-1])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.cross(along, [0, 0, 1.0])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    rings = (
        centres[:, None]
        + halves[:, :1, None] * np.cos(angle)[:, None] * across[:, None]
        + halves[:, 1:, None] * np.sin(angle)[:, None] * [0, 0, 1.0]
    )
    rings[..., 1] -= np.broadcast_to(dips, len(centres))[:, None] * (1 + np.sin(angle)) / 2
    rows, columns = np.meshgrid(np.arange(len(centres) - 1), np.arange(around), indexing="ij")
    a = (rows * (around + 1) + columns).ravel()
    b, c, d = a + 1, a + around + 1, a + around + 2
    faces = np.concatenate((np.stack((a, b, d), 1), np.stack((a, d, c), 1)))
    uv = np.stack(np.broadcast_arrays(angle / (2 * np.pi), np.linspace(0, 1, len(centres))[:, None]), axis=-1)
    mesh = trimesh.Trimesh(rings.reshape(-1, 3), faces, process=False)
    if mesh.volume < 0:
        mesh.invert()
    return mesh, uv.reshape(-1, 2).copy()


def smooth(values, steps):
    """Rows between given rows."""
    values = np.asarray(values, float)
    at = np.linspace(0, len(values) - 1, steps)
    return np.stack([np.interp(at, np.arange(len(values)), column) for column in values.T], axis=1)


def parts_of_tee(sleeve=(0.42, 0.36), wide=CHEST_A, hem=0.0):
    """Torso and sleeves, in metres."""
    high = [hem, 0.3, 0.44, 0.58, 0.62, 0.64, 0.65]
    axes = [(wide, CHEST_B)] * 3 + [(0.205, 0.1), (0.16, 0.09), (0.12, 0.085), (0.095, 0.08)]
    yield tube([(0, y, 0) for y in high], axes, dips=[0, 0, 0, 0, 0.03, 0.055, 0.08])
    for side in (-1, 1):
        centres = [(side * 0.15, 0.56, 0), (side * sleeve[0], sleeve[1], 0)]
        yield tube(smooth(centres, 8), [(0.085, 0.085)] * 8)


def cloth():
    """A texture whose left half, the front of tubes, is blue, and whose right half is red."""
    picture = np.full((64, 128, 3), (30, 60, 200), np.uint8)
    picture[:, 64:] = (200, 30, 30)
    return Image.fromarray(picture)


def scene_of(parts, scale=1.0, material=None):
    scene = trimesh.Scene()
    for mesh, uv in parts:
        mesh.apply_scale(scale)
        if material is not None:
            mesh.visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
        scene.add_geometry(mesh)
    return scene


@pytest.fixture
def tee_glb(tmp_path):
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=cloth(), roughnessFactor=1.0)
    path = tmp_path / "Red Tee_01.glb"
    path.write_bytes(scene_of(parts_of_tee(), material=material).export(file_type="glb"))
    return path


def trousers(low=0.0):
    """A waist and two legs, in metres."""
    yield tube([(0, low + y, 0) for y in (0.72, 0.85, 1.0)], [(0.19, 0.13), (0.19, 0.13), (0.15, 0.11)])
    for side in (-1, 1):
        yield tube(
            smooth([(side * 0.14, low, 0), (side * 0.1, low + 0.74, 0)], 8), smooth([(0.055, 0.06), (0.1, 0.11)], 8)
        )


def solid(view):
    return view.rgba[..., 3] > 250


def test_a_model_becomes_a_garment_with_front_and_back(tee_glb):
    imported = examine_photo(tee_glb)
    garment = imported.garment
    assert (garment.id, garment.slot, garment.category) == ("red-tee-01", Slot.TOP, Category.TEE)
    assert problems(garment) == []
    assert garment.back is not None
    assert KeyPoint.NECK_FRONT in garment.front.keypoints
    assert KeyPoint.NECK_FRONT not in garment.back.keypoints
    assert (imported.garments, imported.confidence > 0.8) == (1, True)
    assert SIDE < max(garment.front.rgba.shape) < SIDE + 40


def test_the_texture_is_where_it_belongs(tee_glb):
    """The front is blue, the back is red, and what is seen of the back through the neck is a darker red."""
    garment = import_photo(tee_glb)
    front, back = garment.front, garment.back
    chest = front.keypoints[KeyPoint.NECK_FRONT]
    x, y = int(chest[0]), int(chest[1])
    red, _, blue = front.rgba[y + 40, x, :3].astype(int)
    assert blue > 150 > 60 > red
    inside = front.rgba[(y + int(front.keypoints[KeyPoint.NECK_BACK][1])) // 2, x].astype(int)
    assert inside[3] == 255
    behind = back.rgba[100, back.rgba.shape[1] // 2, :3].astype(int)
    assert behind[0] > 150 > 60 > behind[2]
    assert 2 * inside[2] < inside[0] < 0.8 * behind[0]


def test_alpha_is_soft_at_the_edge_and_closed_inside(tee_glb):
    shot = photograph(tee_glb).front
    alpha = shot.rgba[..., 3]
    assert {0, 255} <= set(np.unique(alpha))
    assert len(np.unique(alpha)) > 6
    filled = alpha[:, alpha.shape[1] // 2]
    inner = filled[np.flatnonzero(filled)[0] + 4 : np.flatnonzero(filled)[-1] - 4]
    assert inner.min() == 255


def test_folds_show_and_light_is_even(tmp_path):
    """A cylinder of one colour: bright in front, darker at its sides, never burnt out."""
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2, around=96)
    mesh.export(tmp_path / "tube.glb")
    shot = photograph(tmp_path / "tube.glb").front
    row = shot.rgba[SIDE // 2, :, 0][solid(shot)[SIDE // 2]].astype(int)
    assert row.max() < 215
    assert row.max() - row[[3, -3]].max() > 25


def test_the_picture_is_the_same_each_time(tee_glb):
    first, second = (photograph(tee_glb) for _ in range(2))
    assert (first.front.rgba == second.front.rgba).all()
    assert (first.back.rgba == second.back.rgba).all()


@pytest.mark.parametrize("scale", [1.0, 10.0, 100.0, 1000.0])
def test_sizes_are_the_models_own_whatever_its_unit(tmp_path, scale):
    mesh = scene_of(parts_of_tee(), scale).to_mesh()
    mesh.export(tmp_path / "tee.obj")
    garment = import_photo(tmp_path / "tee.obj")
    size = garment.size(None)
    assert size.chest == pytest.approx(HALF_GIRTH, abs=1.5)
    assert size.length == pytest.approx(63.5, abs=2)
    assert size.sleeve == pytest.approx(34, abs=2)
    chests = [each.chest for each in garment.sizes]
    assert chests == sorted(chests)
    assert [each.name for each in garment.sizes] == ["S", "M", "L", "XL"]


def test_a_model_of_no_human_size_gets_the_usual_sizes(tmp_path):
    mesh = scene_of(parts_of_tee(), 1e-6).to_mesh()
    mesh.export(tmp_path / "tee.glb")
    assert import_photo(tmp_path / "tee.glb").size("M").chest == 52


def test_of_a_suit_the_slot_chooses(tmp_path):
    parts = [*trousers(), *parts_of_tee(hem=0.0)]
    for mesh, _ in parts[3:]:
        mesh.apply_translation((0, 0.85, 0))
    scene_of(parts).export(tmp_path / "suit.glb")
    top = examine_photo(tmp_path / "suit.glb")
    bottom = examine_photo(tmp_path / "suit.glb", slot=Slot.BOTTOM)
    assert (top.garment.category, top.garments) == (Category.TEE, 2)
    assert (bottom.garment.category, bottom.garments) == (Category.TROUSERS, 2)
    assert problems(bottom.garment) == []


def test_sewn_pieces_are_one_garment(tmp_path):
    """A bodice and a skirt that meet at the waist, each a mesh of its own."""
    parts = [*parts_of_tee(wide=0.18, hem=0.2)]
    skirt, uv = tube([(0, y, 0) for y in (-0.5, -0.2, 0.2)], [(0.4, 0.3), (0.28, 0.2), (0.18, CHEST_B)])
    scene_of([*parts, (skirt, uv)]).export(tmp_path / "dress.glb")
    imported = examine_photo(tmp_path / "dress.glb")
    assert (imported.garment.category, imported.garments) == (Category.DRESS, 1)


def test_inside_of_cuffs_and_hem_is_cut_away(tmp_path):
    """Seen from a little below, a skirt shows its inside at the hem: legs will be there."""
    skirt, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.35, 0.2), (0.17, 0.12)])
    skirt.vertices[:, 1] += 0.1 * skirt.vertices[:, 2] * (skirt.vertices[:, 1] < 0.3)  # the hem's back hangs lower
    skirt.export(tmp_path / "skirt.glb")
    shot = photograph(tmp_path / "skirt.glb").front
    column = shot.rgba[:, shot.rgba.shape[1] // 2, 3]
    assert np.flatnonzero(column)[-1] < shot.rgba.shape[0] - 12 - 0.02 * shot.scale * 100 + 6


def test_a_mesh_that_is_inside_out_is_lit_as_any_other(tmp_path, tee_glb):
    scene = trimesh.load_scene(tee_glb)
    for mesh in scene.geometry.values():
        mesh.invert()
    scene.export(tmp_path / "out.glb")
    one, other = photograph(tee_glb).front.rgba, photograph(tmp_path / "out.glb").front.rgba
    assert np.abs(one.astype(int) - other).mean() < 1


def test_faces_that_are_there_twice_are_there_once(tmp_path):
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2)
    doubled = trimesh.Trimesh(mesh.vertices, np.concatenate((mesh.faces, mesh.faces[:, ::-1])), process=False)
    mesh.export(tmp_path / "once.glb")
    doubled.export(tmp_path / "twice.glb")
    once, twice = (photograph(tmp_path / f"{name}.glb").front.rgba for name in ("once", "twice"))
    assert np.abs(once.astype(int) - twice).mean() < 1


def test_lace_has_holes(tmp_path):
    holes = np.full((64, 64, 4), 255, np.uint8)
    holes[16:48, 16:48, 3] = 0
    material = trimesh.visual.material.PBRMaterial(
        baseColorTexture=Image.fromarray(holes), alphaMode="MASK", alphaCutoff=0.5
    )
    flat = trimesh.Trimesh(
        [(0, 0, 0), (0.5, 0, 0), (0.5, 0.5, 0.01), (0, 0.5, 0.01)], [(0, 1, 2), (0, 2, 3)], process=False
    )
    flat.visual = trimesh.visual.TextureVisuals(uv=[(0, 0), (1, 0), (1, 1), (0, 1)], material=material)
    flat.export(tmp_path / "lace.glb")
    alpha = photograph(tmp_path / "lace.glb").front.rgba[..., 3]
    assert alpha[alpha.shape[0] // 2, alpha.shape[1] // 2] == 0
    assert (alpha > 127).sum() / SIDE**2 == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("opacity", [60, 130, 255])
def test_sheer_cloth_has_an_outline(tmp_path, opacity):
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=[200, 60, 60, opacity], alphaMode="BLEND")
    (tmp_path / "tee.glb").write_bytes(scene_of(parts_of_tee(), material=material).export(file_type="glb"))
    garment = import_photo(tmp_path / "tee.glb")
    assert garment.category is Category.TEE
    x, y = garment.front.keypoints[KeyPoint.NECK_FRONT]
    alpha = garment.front.rgba[int(y) + 60 : int(y) + 100, int(x) - 20 : int(x) + 20, 3]
    assert alpha.mean() == pytest.approx(255 if opacity == 255 else 191, abs=3)


def test_vertex_colours_and_factors(tmp_path):
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2)
    mesh.visual.vertex_colors = (0, 255, 0, 255)
    mesh.export(tmp_path / "green.glb")
    mesh.export(tmp_path / "green.obj")
    for name in ("green.glb", "green.obj"):
        rgb = photograph(tmp_path / name).front.rgba[200, 140, :3].astype(int)
        assert rgb[1] > 180 > 20 > max(rgb[0], rgb[2])


def test_nodes_move_their_meshes(tmp_path):
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.1)] * 2)
    scene = trimesh.Scene()
    turn = trimesh.transformations.rotation_matrix(np.pi / 2, (0, 1, 0))
    scene.add_geometry(mesh, transform=turn)
    scene.export(tmp_path / "turned.glb")
    shot = photograph(tmp_path / "turned.glb").front
    assert solid(shot).any(axis=0).sum() / shot.scale == pytest.approx(20, abs=0.5)  # its narrow side, cm


def test_bones_put_a_mesh_where_they_say(tmp_path, parts):
    """A game's export: centimetres, z up, turned and scaled by the bones; the mesh's own node leads astray."""
    straight = photograph_of(tmp_path / "a.glb", parts.packed())
    turn = trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0))  # z up in the file
    inverse = np.linalg.inv(trimesh.transformations.translation_matrix((0, 1, 0)))
    position = parts.document["accessors"][parts.document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    start = parts.document["bufferViews"][position["bufferView"]].get("byteOffset", 0)
    points = np.frombuffer(parts.binary, np.float32, 3 * position["count"], start).reshape(-1, 3)
    moved = (100 * points @ turn[:3, :3].T).astype(np.float32).tobytes()
    bind = inverse @ np.diag((0.01, 0.01, 0.01, 1)) @ turn.T
    parts.binary = parts.binary[:start] + moved + parts.binary[start + len(moved) :]
    parts.document["bufferViews"].append({"buffer": 0, "byteOffset": len(parts.binary), "byteLength": 64})
    parts.binary += bind.T.astype(np.float32).tobytes()
    views, accessors = parts.document["bufferViews"], parts.document["accessors"]
    accessors.append({"bufferView": len(views) - 1, "componentType": 5126, "count": 1, "type": "MAT4"})
    parts.document["skins"] = [{"joints": [2], "inverseBindMatrices": len(accessors) - 1}]
    parts.document["nodes"] = [
        {"mesh": 0, "skin": 0, "rotation": [0, 0, 0.7071068, 0.7071068], "scale": [5, 1, 1]},
        {"children": [2], "rotation": [0, 1, 0, 0]},
        {"rotation": [0, -1, 0, 0], "translation": [0, 1, 0]},
    ]
    parts.document["scenes"] = [{"nodes": [0, 1]}]
    boned = photograph_of(tmp_path / "b.glb", parts.packed())
    assert boned.model.to_scale
    assert np.ptp(boned.model.vertices, axis=0) == pytest.approx(np.ptp(straight.model.vertices, axis=0), abs=0.01)
    parts.document["skins"][0]["joints"] = [9]
    refused(tmp_path / "b.glb", "no bones", parts.packed())


def test_a_saved_garment_holds_views_and_no_mesh(tee_glb, tmp_path):
    folder = save_garment(import_photo(tee_glb), tmp_path / "red-tee-01")
    assert {path.name for path in folder.iterdir()} == {"garment.toml", "front.png", "back.png"}
    assert load_garment(folder).size("M").chest == pytest.approx(HALF_GIRTH, abs=1.5)


def test_a_model_shows_its_own_back(tee_glb):
    with pytest.raises(GarmentError, match="own back"):
        import_photo(tee_glb, back=tee_glb)


def test_what_is_no_garment_is_refused_by_name(tmp_path):
    trimesh.creation.box((2, 0.05, 0.05)).export(tmp_path / "rod.glb")
    with pytest.raises(GarmentError, match=r"rod\.glb") as caught:
        import_photo(tmp_path / "rod.glb")
    assert "+Y up" in caught.value.remedy


def test_a_frozen_app_can_read_models(tee_glb):
    """What installers leave out is not asked for."""
    packaging = Path(__file__).parents[2] / "packaging"
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from contents import EXCLUDED_MODULES\n"
        "for name in EXCLUDED_MODULES: sys.modules[name] = None\n"
        "from pathlib import Path; from tryon_app.garments.mesh.gltf import read_gltf\n"
        "print(len(read_gltf(Path(sys.argv[2])).faces))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, packaging, tee_glb], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    assert int(done.stdout) > 500


# -- OBJ and what lies beside it ---------------------------------------------------------------------------------------

SQUARE = (
    "mtllib {library}\nv 0 0 0\nv 0.5 0 0\nv 0.5 0.5 0.1\nv 0 0.5 0.1\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl cloth\n"
)
FACE = "f 1/1 2/2 3/3 4/4\n"


def written(folder, library="cloth.mtl", picture="cloth.png", face=FACE):
    (folder / "square.obj").write_text(SQUARE.format(library=library) + face)
    (folder / "cloth.mtl").write_text(f"newmtl cloth\nKd 0 0 1\nmap_Kd {picture}\n")
    Image.new("RGB", (32, 32), (220, 20, 20)).save(folder / "cloth.png")
    return folder / "square.obj"


def colour_of(path):
    rgba = photograph(path).front.rgba
    return rgba[rgba.shape[0] // 2, rgba.shape[1] // 2, :3].astype(int)


def test_textures_beside_an_obj_are_used(tmp_path):
    red, green, blue = colour_of(written(tmp_path))
    assert red > 150 > 60 > max(green, blue)


@pytest.mark.parametrize(
    "face", ["f -4/-4 -3/-3 -2/-2 -1/-1\n", "f 1/1/1 2/2/1 3/3/1 4/4/1\n", "f 1/1 2/2 3/3\nf 1/1 3/3 4/4\n"]
)
def test_all_ways_to_write_a_face(tmp_path, face):
    red, green, blue = colour_of(written(tmp_path, face=face))
    assert red > 150 > 60 > max(green, blue)


@pytest.mark.parametrize(
    "picture", ["../cloth.png", "sub/cloth.png", "{root}/cloth.png", "http://127.0.0.1:9/cloth.png", "link.png"]
)
def test_nothing_outside_of_an_objs_folder_is_read(tmp_path, picture):
    folder = tmp_path / "inside"
    (folder / "sub").mkdir(parents=True)
    Image.new("RGB", (32, 32), (220, 20, 20)).save(tmp_path / "cloth.png")
    Image.new("RGB", (32, 32), (220, 20, 20)).save(folder / "sub" / "cloth.png")
    path = written(folder, picture=picture.format(root=tmp_path))
    if sys.platform != "win32":
        (folder / "link.png").symlink_to(tmp_path / "cloth.png")
    red, _, blue = colour_of(path)
    assert blue > 150 > 60 > red  # its colour without the picture


def test_a_changed_texture_is_another_garment(tmp_path):
    from tryon_app.garments.photo_cache import content_key

    path = written(tmp_path)
    first = content_key(path, None)
    assert content_key(path, None) == first
    Image.new("RGB", (32, 32), (20, 20, 220)).save(tmp_path / "cloth.png")
    assert content_key(path, None) != first


# -- Refusals ----------------------------------------------------------------------------------------------------------


@dataclass
class Glb:
    """A GLB taken apart."""

    document: dict
    binary: bytes

    @classmethod
    def of(cls, data: bytes) -> "Glb":
        (size,) = struct.unpack_from("<I", data, 12)
        return cls(json.loads(data[20 : 20 + size]), data[28 + size :])

    def packed(self) -> bytes:
        text = json.dumps(self.document).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
        chunks += struct.pack("<II", len(self.binary), 0x004E4942) + self.binary
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


@pytest.fixture
def parts():
    mesh, _ = tube([(0, 0, 0), (0, 0.6, 0)], [(0.2, 0.2)] * 2)
    return Glb.of(trimesh.Scene(mesh).export(file_type="glb"))


def refused(path, match, content=None):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=match) as caught:
        photograph(path)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    assert path.name in caught.value.message


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


def photograph_of(path, content):
    path.write_bytes(content)
    return photograph(path)


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


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("v 0 0 0\n", "no faces"),
        ("hello\n", "no faces"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "damaged"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 nan\nf 1 2 3\n", "line 3"),
        ("v 0 0 0\nv 1 0 0\nv 0 1.2.3 0\nf 1 2 3\n", "line 3"),
        ("v " + 8 * (200 * "1" + " ") + "x\n", "line 1"),
        ("v 0 0 0\nv 1 0 0\nv 0 1e999 0\nf 1 2 3\n", "nowhere"),
        ("v 0 0 0\nf 1 1 1\n", "flat"),
        ("v 0 0 0\nf 1 2\n", "line 2"),
        ("v 0 0 0\nf " + "1 " * 5000 + "\n", "a line"),
        ("f 1 2 3\n", "damaged|no faces"),
    ],
)
def test_damaged_obj(tmp_path, text, match):
    refused(tmp_path / "a.obj", match, text.encode())
