"""A dressed person seen by a camera: the picture, and the truth about each of its pixels."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tryon_app.core.types import BodyPart, Float32, Material, UInt8
from tryon_app.training.synth.body import Body, Posed
from tryon_app.training.synth.flatlay import FlatLay, wrinkles
from tryon_app.training.synth.looks import Surface
from tryon_app.training.synth.raster import Buffer, Cut, View, lamp_light, vertex_normals
from tryon_app.training.synth.wardrobe import Piece

WIDTH, HEIGHT = 384, 512
SUPERSAMPLE = 2
SHADE_ONE = 128
"""Shading of 1.0 in the 8-bit map."""
_Value = TypeVar("_Value", bound=np.generic)
_RANK_STEP = 0.002
_HIDDEN_BY = 0.16
_ARMS = (
    BodyPart.LEFT_FOREARM,
    BodyPart.RIGHT_FOREARM,
    BodyPart.LEFT_HAND,
    BodyPart.RIGHT_HAND,
    BodyPart.HEAD,
)


@dataclass(frozen=True, slots=True, eq=False)
class Dressed:
    """One garment on a body: its vertices in the world, and how it is painted."""

    piece: Piece
    points: Float32
    paint: FlatLay
    part: UInt8


@dataclass(frozen=True, slots=True)
class Light:
    """Two lamps and what is everywhere.

    Attributes:
        key, fill: Unit vectors towards the lamps.
        ambient: 0..1.
        tint: Of the light, red, green, blue around 1.
    """

    key: Float32
    fill: Float32
    ambient: float
    tint: Float32


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture of one person, before a background is put behind it. All maps `HEIGHT` x `WIDTH`.

    Attributes:
        person: uint8 x 4, straight alpha.
        parts: uint8 of `BodyPart`.
        materials: uint8 of `Material`.
        shade: uint8, light and shade, `SHADE_ONE` = 1.0.
        flow: For each garment: float32 x 2, pixel of its flat picture; only where `cover` says so.
        cover: For each garment: uint8, 0 = not seen, 1 = its front from outside, 2 = its back or inside.
        nearness: float32, 1 / depth.
    """

    person: UInt8
    parts: UInt8
    materials: UInt8
    shade: UInt8
    flow: list[Float32]
    cover: list[UInt8]
    nearness: Float32


def part_of_cloth(body: Body, piece: Piece, dressing: Posed) -> UInt8:
    """Which part of the body each vertex of a garment lies on, uint8 N."""
    tree = cKDTree(dressing.vertices[body.skin_vertices])
    return np.asarray(body.part[body.skin_vertices[tree.query(piece.cloth.points)[1]]], np.uint8)


def random_light(random: np.random.Generator) -> Light:
    """Lamps before, above and beside the person."""
    key = np.array([random.normal(0, 0.7), -1.0, random.uniform(0.2, 1.2)])
    fill = np.array([random.normal(0, 1.0), -0.6, random.normal(0, 0.5)])
    return Light(
        (key / np.linalg.norm(key)).astype(np.float32),
        (fill / np.linalg.norm(fill)).astype(np.float32),
        float(random.uniform(0.3, 0.65)),
        (1 + random.normal(0, 0.07, 3)).astype(np.float32),
    )


def bare_buffer(surfaces: list[Surface], view: View) -> Buffer:
    """The body without garments, drawn once for all that it wears."""
    buffer = Buffer(view.width, view.height)
    first = 0
    for surface in surfaces:
        buffer.draw(_nearer(view.project(surface.points), surface.rank), surface.faces, first)
        first += len(surface.faces)
    return buffer


def shoot(
    surfaces: list[Surface],
    bare: Buffer,
    dressed: list[Dressed],
    view: View,
    light: Light,
    random: np.random.Generator,
) -> Shot:
    """Draw garments over a bare body.

    Args:
        surfaces: The body's.
        bare: What `bare_buffer` made of them.
        dressed: Garments, innermost first.
        view: The camera, supersampled.
        light: The lamps.
        random: For small folds and what is carried.
    """
    buffer = bare.copy()
    first = sum(len(surface.faces) for surface in surfaces)
    starts = []
    for garment in dressed:
        cloth = garment.piece.cloth
        corners = cloth.corners
        cut = None
        if (garment.paint.cut == 0).any():
            mask = garment.paint.cut
            # Only the front panel is open.
            flat = garment.paint.points.copy()
            flat[cloth.corners[cloth.front_faces :].min() :] = -10.0
            cut = Cut(corners, flat, mask)
        buffer.draw(_nearer(view.project(garment.points), garment.piece.rank), cloth.faces, first, cut)
        starts.append(first)
        first += len(cloth.faces)
    return _Painter(surfaces, dressed, starts, buffer, view, light, random).shot()


def hidden(points: Float32, nearness: Float32) -> NDArray[np.bool_]:
    """Which projected points lie behind what is seen, N."""
    column = np.clip(points[:, 0].astype(int), 0, nearness.shape[1] - 1)
    row = np.clip(points[:, 1].astype(int), 0, nearness.shape[0] - 1)
    depth = 1.0 / points[:, 2]
    seen = 1.0 / np.maximum(nearness[row, column], 1e-6)
    return np.asarray(seen < depth - _HIDDEN_BY)


def _nearer(projected: Float32, rank: int) -> Float32:
    projected[:, 2] *= 1 + _RANK_STEP * rank
    return projected


class _Painter:
    """From triangles to colours and labels."""

    def __init__(
        self,
        surfaces: list[Surface],
        dressed: list[Dressed],
        starts: list[int],
        buffer: Buffer,
        view: View,
        light: Light,
        random: np.random.Generator,
    ) -> None:
        self._dressed, self._starts, self._buffer = dressed, starts, buffer
        self._view, self._light, self._random = view, light, random
        self._seen = buffer.triangle >= 0
        faces, normals, colours, parts, materials = [], [], [], [], []
        offset = 0
        for surface in surfaces:
            faces.append(surface.faces + offset)
            normals.append(surface.normals)
            colours.append(surface.colours)
            parts.append(surface.part)
            materials.append(surface.material)
            offset += len(surface.points)
        for garment in dressed:
            faces.append(garment.piece.cloth.faces + offset)
            normals.append(vertex_normals(garment.points, garment.piece.cloth.faces))
            colours.append(np.zeros_like(garment.points))
            parts.append(garment.part)
            materials.append(np.full(len(garment.points), garment.piece.material, np.uint8))
            offset += len(garment.points)
        self._faces = np.concatenate(faces)
        self._normals, self._colours = np.concatenate(normals), np.concatenate(colours)
        self._corner = self._faces[:, 0]
        self._parts, self._materials = np.concatenate(parts), np.concatenate(materials)

    def shot(self) -> Shot:
        buffer, seen = self._buffer, self._seen
        shade = self._shading()
        colours = buffer.blend(self._colours, self._faces)
        flows, covers = [], []
        for garment, start in zip(self._dressed, self._starts, strict=True):
            flow, cover = self._dress(garment, start, colours, shade)
            flows.append(_thinned(flow))
            covers.append(_thinned(cover))
        parts, materials = np.zeros(seen.shape, np.uint8), np.zeros(seen.shape, np.uint8)
        owner = self._corner[buffer.triangle[seen]]
        parts[seen], materials[seen] = self._parts[owner], self._materials[owner]
        lit = colours * shade[..., None] * self._light.tint
        alpha = seen.astype(np.float32)
        if self._random.random() < 0.2:
            self._carry(lit, shade, alpha, parts, materials)
        return Shot(
            _shrunk(lit, alpha),
            _thinned(parts),
            _thinned(materials),
            np.clip(_thinned(shade) * SHADE_ONE, 0, 255).astype(np.uint8),
            flows,
            covers,
            _thinned(buffer.nearness),
        )

    def _shading(self) -> Float32:
        buffer, seen, light, view = self._buffer, self._seen, self._light, self._view
        towards = np.array([-np.sin(view.yaw), -np.cos(view.yaw), 0], np.float32)
        # Lamps turn with the camera: a person who turns is lit anew.
        cos, sin = np.cos(view.yaw), np.sin(view.yaw)
        turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], np.float32)
        normals = buffer.blend(self._normals, self._faces)
        shade: Float32 = lamp_light(normals, towards, turn @ light.key, turn @ light.fill, light.ambient)
        depth = np.where(seen, 1 / np.maximum(buffer.nearness, 1e-6), view.distance + 0.6).astype(np.float32)
        small = cv2.resize(depth, (view.width // 4, view.height // 4), interpolation=cv2.INTER_AREA)
        hollow = small - cv2.GaussianBlur(small, (0, 0), 6) + 0.5 * (small - cv2.GaussianBlur(small, (0, 0), 2))
        shade *= np.clip(1 - 1.6 * np.clip(cv2.resize(hollow, (view.width, view.height)), 0, 0.25), 0.55, 1)
        return shade

    def _dress(self, garment: Dressed, start: int, colours: Float32, shade: Float32) -> tuple[Float32, UInt8]:
        """Paint one garment's pixels; where it is in its flat picture, and which side is seen."""
        buffer, cloth, paint = self._buffer, garment.piece.cloth, garment.paint
        number = buffer.triangle - start
        mine = (number >= 0) & (number < len(cloth.faces))
        flow = buffer.blend_some(paint.points, cloth.corners, start)
        cover = np.zeros(mine.shape, np.uint8)
        if not mine.any():
            return flow, cover
        number = number[mine]
        front = number < cloth.front_faces
        outside = self._outside(garment, number)
        cover[mine] = np.where(front & outside, 1, 2)
        box = cv2.boundingRect(mine.astype(np.uint8))
        part = slice(box[1], box[1] + box[3]), slice(box[0], box[0] + box[2])
        x, y = np.ascontiguousarray(flow[part][..., 0]), np.ascontiguousarray(flow[part][..., 1])
        inside = mine[part]
        sampled = cv2.remap(paint.front, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        behind = cv2.remap(paint.back, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        chosen = np.where(front[:, None], sampled[inside], behind[inside] * 0.9)
        colours[part][inside] = np.where(outside[:, None], chosen, chosen * 0.75)
        folds = wrinkles(self._random, box[2], box[3], float(self._random.uniform(0.0, 0.9)))
        shade[part][inside] *= folds[inside]
        return flow, cover

    def _outside(self, garment: Dressed, number: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether the cloth's outer face is seen, for triangles of a garment."""
        corners = self._view.project(garment.points)[garment.piece.cloth.faces]
        first, second = corners[:, 1, :2] - corners[:, 0, :2], corners[:, 2, :2] - corners[:, 0, :2]
        turned = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
        # Panels are drawn counter-clockwise as seen from outside, with z up; pictures have y down.
        return np.asarray((turned < 0)[number])

    def _carry(self, lit: Float32, shade: Float32, alpha: Float32, parts: UInt8, materials: UInt8) -> None:
        """A strap across the chest, or a bag before the body."""
        random, torso = self._random, np.isin(parts, _ARMS, invert=True) & (alpha > 0)
        where = np.argwhere(torso)
        if len(where) < 100:
            return
        (top, left), (bottom, right) = np.percentile(where, 8, axis=0), np.percentile(where, 92, axis=0)
        leather = random.uniform(15, 230, 3).astype(np.float32)
        drawn = np.zeros(parts.shape, np.uint8)
        over = torso
        if random.random() < 0.6:
            ends = [(left, bottom), (right, top)] if random.random() < 0.5 else [(left, top), (right, bottom)]
            width = int(random.uniform(0.02, 0.09) * (right - left) + 3)
            (x0, y0), (x1, y1) = ends
            cv2.line(drawn, (int(x0), int(y0)), (int(x1), int(y1)), 255, width)
        else:
            x, y = random.uniform(left, right), random.uniform((top + bottom) / 2, bottom)
            half = random.uniform(0.12, 0.4, 2) * (right - left)
            cv2.ellipse(drawn, (int(x), int(y)), (int(half[0]), int(half[1])), random.uniform(0, 30), 0, 360, 255, -1)
            over = np.isin(parts, _ARMS, invert=True)
        bag = (drawn > 0) & over
        lit[bag] = leather * np.maximum(shade[bag], 0.6)[:, None] * self._light.tint
        parts[bag & (alpha == 0)] = BodyPart.BACKGROUND
        materials[bag] = Material.OTHER
        alpha[bag] = 1.0


def _thinned(values: NDArray[_Value]) -> NDArray[_Value]:
    return np.ascontiguousarray(values[SUPERSAMPLE // 2 :: SUPERSAMPLE, SUPERSAMPLE // 2 :: SUPERSAMPLE])


def _shrunk(lit: Float32, alpha: Float32) -> UInt8:
    """Averaged down, straight alpha: uint8 x 4."""
    size = alpha.shape[1] // SUPERSAMPLE, alpha.shape[0] // SUPERSAMPLE
    colours = cv2.resize(lit * alpha[..., None], size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)[..., None]
    straight = colours / np.maximum(share, 1e-3)
    return np.clip(np.concatenate([straight, share * 255], axis=2), 0, 255).astype(np.uint8)
