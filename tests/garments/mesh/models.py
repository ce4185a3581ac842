"""Models to photograph: tubes that make tees and trousers, and GLB files taken apart."""

import json
import struct
from dataclasses import dataclass

import numpy as np
import pytest
import trimesh
from PIL import Image

from tryon_app.core.errors import InputError
from tryon_app.garments.mesh.photograph import photograph

SIDE = 400
CHEST_A, CHEST_B = 0.22, 0.12
HALF_GIRTH = (
    100 * np.pi / 2 * (3 * (CHEST_A + CHEST_B) - np.sqrt((3 * CHEST_A + CHEST_B) * (CHEST_A + 3 * CHEST_B)))
)  # Ramanujan, cm


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


def trousers(low=0.0):
    """A waist and two legs, in metres."""
    yield tube([(0, low + y, 0) for y in (0.72, 0.85, 1.0)], [(0.19, 0.13), (0.19, 0.13), (0.15, 0.11)])
    for side in (-1, 1):
        yield tube(
            smooth([(side * 0.14, low, 0), (side * 0.1, low + 0.74, 0)], 8), smooth([(0.055, 0.06), (0.1, 0.11)], 8)
        )


def suit():
    """A tee over trousers, in metres."""
    yield from trousers()
    for mesh, uv in parts_of_tee():
        mesh.apply_translation((0, 0.85, 0))
        yield mesh, uv


def dress():
    """A bodice and a skirt that meet at the waist, each a mesh of its own; in metres."""
    yield from parts_of_tee(wide=0.18, hem=0.2)
    yield tube([(0, y, 0) for y in (-0.5, -0.2, 0.2)], [(0.4, 0.3), (0.28, 0.2), (0.18, CHEST_B)])


def solid(view):
    return view.rgba[..., 3] > 250


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


def refused(path, match, content=None):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=match) as caught:
        photograph(path)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    assert path.name in caught.value.message


def photograph_of(path, content):
    path.write_bytes(content)
    return photograph(path)
