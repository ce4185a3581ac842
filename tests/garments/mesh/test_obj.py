"""OBJ, and what lies beside it."""

import sys

import pytest
from PIL import Image

from tests.garments.mesh.models import refused
from tryon_app.garments.mesh.photograph import photograph

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
