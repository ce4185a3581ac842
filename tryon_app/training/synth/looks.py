"""What a body looks like bare: skin, eyes, lips, hair, shoes; surfaces that are drawn without a pattern."""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.core.types import BodyPart, Float32, Material, UInt8
from tryon_app.training.synth.body import SKIN_VERTICES, Body, Posed, texture_folder
from tryon_app.training.synth.noise import colour
from tryon_app.training.synth.raster import Int32, vertex_normals

_TONES = np.array(
    [[255, 222, 196], [241, 198, 165], [224, 172, 133], [192, 138, 98], [140, 92, 64], [88, 58, 44]], np.float32
)
_HAIR = np.array(
    [
        [22, 18, 17],
        [45, 32, 26],
        [70, 46, 30],
        [115, 78, 45],
        [195, 155, 95],
        [225, 195, 140],
        [150, 150, 150],
        [125, 50, 25],
    ],
    np.float32,
)
_HANDS = (BodyPart.LEFT_HAND, BodyPart.RIGHT_HAND)
_FEET = (BodyPart.LEFT_FOOT, BodyPart.RIGHT_FOOT)
_SHINS = (BodyPart.LEFT_SHIN, BodyPart.RIGHT_SHIN)
_THIGHS = (BodyPart.LEFT_THIGH, BodyPart.RIGHT_THIGH)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Triangles of one material.

    Attributes:
        points: float32 N x 3.
        faces: int32 M x 3.
        normals: float32 N x 3.
        colours: float32 N x 3, 0..255.
        part: uint8 N, `BodyPart` of each vertex.
        material: uint8 N, `Material` of each vertex.
        rank: Greater is drawn a little nearer.
    """

    points: Float32
    faces: Int32
    normals: Float32
    colours: Float32
    part: UInt8
    material: UInt8
    rank: int = 0


class Looks:
    """Knows where brows, lips, scalp and hair are on the mesh."""

    def __init__(self, body: Body) -> None:
        self._body = body
        points = body.template
        eye = points[body.eyes[0]].mean(axis=0)
        self._eye_z = float(eye[2])
        front, ear = float(points[body.nose][1]), points[body.ears[0]]
        x, y, z = points.T
        beside_ear = (np.abs(np.abs(x) - abs(ear[0])) < 0.018) & (z < eye[2] + 0.02) & (z > eye[2] - 0.06)
        beside_ear &= y < ear[1] + 0.03
        self._scalp = body.head & ((z - (eye[2] + 0.055)) + (y - (front + 0.035)) * 0.9 > 0) & ~beside_ear
        self._beard = body.head & (z < eye[2] - 0.055) & (y < ear[1] + 0.01) & (np.abs(x) < 0.09)
        self._brow = body.head & (np.abs(z - (eye[2] + 0.022)) < 0.006) & (np.abs(np.abs(x) - abs(eye[0])) < 0.022)
        self._brow &= y < front + 0.05
        self._white = np.zeros(len(points), bool)
        self._iris = np.zeros(len(points), bool)
        for ball in body.eyes:
            self._white[ball] = True
            ahead = points[ball] - points[ball].mean(axis=0)
            ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
            self._iris[ball[ahead[:, 1] < -0.86]] = True
        grey: UInt8 = np.asarray(cv2.imread(str(texture_folder() / "mpfb_lips.jpg"), cv2.IMREAD_GRAYSCALE))
        row = np.clip(((1 - body.uv[:, 1]) * grey.shape[0]).astype(int), 0, grey.shape[0] - 1)
        column = np.clip((body.uv[:, 0] * grey.shape[1]).astype(int), 0, grey.shape[1] - 1)
        self._lips = (grey[row, column] / 255.0).astype(np.float32)
        middle = points[body.helper_faces["hair"]].mean(axis=1)
        over_face = (np.abs(middle[:, 0]) < 0.085) & (middle[:, 1] < ear[1]) & (middle[:, 2] < eye[2] + 0.07)
        self._hair_faces = body.helper_faces["hair"][~over_face]
        self._hair_z = middle[~over_face][:, 2]
        self._neck = (body.part == BodyPart.TORSO) & (np.arange(len(points)) < SKIN_VERTICES)

    def surfaces(self, posed: Posed, female: bool, random: np.random.Generator) -> list[Surface]:
        """Body, hair, shoes, and at times what is worn skin-tight: tights, a roll-neck, a hat, gloves."""
        body, points = self._body, posed.vertices
        normals = vertex_normals(points, body.faces)
        hair = _HAIR[int(random.integers(len(_HAIR)))] * float(random.uniform(0.8, 1.2))
        found = [self._bare(posed, normals, female, hair, random)]
        look = float(random.random())
        if look < 0.93:
            found.append(self._scalp_hair(points, normals, hair, random))
        if random.random() < (0.6 if female else 0.08):
            shown = self._hair_faces[self._hair_z > self._eye_z - random.uniform(0.05, 0.45)]
            found.append(self._patch(points, shown, hair, Material.HAIR, random, strands=True))
        if random.random() < 0.06:
            found.append(self._worn(points, normals, self._scalp, 0.03, colour(random), Material.OTHER, random))
        if random.random() < 0.9:
            shoe = np.isin(body.part, _FEET)
            if random.random() < 0.2:
                height = float(points[np.isin(body.part, _SHINS), 2].min()) + float(random.uniform(0.1, 0.35))
                shoe |= np.isin(body.part, _SHINS) & (points[:, 2] < height)
            found.append(self._worn(points, normals, shoe, 0.009, colour(random), Material.SHOES, random))
        if random.random() < 0.1:
            legs = np.isin(body.part, (*_THIGHS, *_SHINS))
            found.append(self._worn(points, normals, legs, 0.0025, colour(random), Material.LOWER, random))
        if random.random() < 0.1:
            low = float(body.joint(posed.joints, "neck01")[2]) - 0.05
            neck = self._neck & (points[:, 2] > low)
            found.append(self._worn(points, normals, neck, 0.009, colour(random), Material.UPPER, random))
        if random.random() < 0.02:
            hands = np.isin(body.part, _HANDS)
            found.append(self._worn(points, normals, hands, 0.004, colour(random), Material.OTHER, random))
        return found

    def _bare(
        self, posed: Posed, normals: Float32, female: bool, hair: Float32, random: np.random.Generator
    ) -> Surface:
        body, count = self._body, len(posed.vertices)
        place = float(random.uniform(0, len(_TONES) - 1.01))
        share, step = place % 1, int(place)
        tone = _TONES[step] * (1 - share) + _TONES[step + 1] * share
        skin = np.tile(tone, (count, 1)) * (1 + 0.03 * random.normal(0, 1, (count, 1)))
        lips = self._lips[:, None] * float(random.uniform(0.3, 0.7))
        skin = skin * (1 - lips) + tone * [0.85, 0.5, 0.5] * lips
        skin[self._brow] = hair * 0.8
        if not female and random.random() < 0.35:
            thick = float(random.uniform(0.3, 0.9))
            skin[self._beard] = skin[self._beard] * (1 - thick) + hair * 0.9 * thick
        skin[self._white] = (235, 235, 230)
        skin[self._iris] = random.uniform(20, 90, 3)
        material = np.full(count, Material.SKIN, np.uint8)
        material[body.part == BodyPart.HEAD] = Material.FACE
        return Surface(posed.vertices, body.faces, normals, skin.astype(np.float32), body.part, material)

    def _scalp_hair(self, points: Float32, normals: Float32, hair: Float32, random: np.random.Generator) -> Surface:
        grown = points.copy()
        lift = float(random.uniform(0.004, 0.04)) if random.random() < 0.85 else float(random.uniform(0.04, 0.07))
        grown[self._scalp] += normals[self._scalp] * lift
        grown[self._scalp] += random.normal(0, 0.0025, (int(self._scalp.sum()), 3)).astype(np.float32)
        faces = np.ascontiguousarray(self._body.skin_faces[self._scalp[self._body.skin_faces].all(axis=1)])
        return self._patch(grown, faces, hair, Material.HAIR, random, strands=True)

    def _worn(
        self,
        points: Float32,
        normals: Float32,
        where: np.ndarray,
        lift: float,
        shade: Float32,
        material: Material,
        random: np.random.Generator,
    ) -> Surface:
        raised = (points + normals * np.float32(lift)).astype(np.float32)
        faces = np.ascontiguousarray(self._body.skin_faces[where[self._body.skin_faces].all(axis=1)])
        return self._patch(raised, faces, shade, material, random, strands=False)

    def _patch(
        self,
        points: Float32,
        faces: Int32,
        shade: Float32,
        material: Material,
        random: np.random.Generator,
        strands: bool,
    ) -> Surface:
        count = len(points)
        grain = random.normal(0, 0.3 if strands else 0.03, (count, 1))
        colours = np.clip(shade * (1 + grain), 0, 255).astype(np.float32)
        part = self._body.part
        if material is Material.HAIR:
            part = np.full(count, BodyPart.HEAD, np.uint8)
        faces = np.ascontiguousarray(faces.astype(np.int32))
        normals = vertex_normals(points, faces)
        return Surface(points, faces, normals, colours, part, np.full(count, material, np.uint8))
