"""Parametric bodies: anny (Apache-2.0) with MakeHuman's CC0 data. Never its `smplx` topology: non-commercial."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anny
import numpy as np
import roma
import torch
from numpy.typing import NDArray

from tryon_app.core.types import BodyPart, Float32
from tryon_app.training.synth.mesh import neighbours
from tryon_app.training.synth.raster import Int32

Rotations = dict[str, Float32]
"""Bone -> rotation vector about the world's axes as the bone lies at rest, radians."""
Mask = NDArray[np.bool_]

SKIN_VERTICES = 13380
"""The first so many are the body's own surface; helpers for clothes, eyes and hair follow."""
_EYES = (slice(14598, 14670), slice(14670, 14742))

# By what a bone's name starts with; the first that fits counts.
_PARTS: tuple[tuple[tuple[str, ...], BodyPart | None, BodyPart | None], ...] = (
    (("upperleg",), BodyPart.LEFT_THIGH, BodyPart.RIGHT_THIGH),
    (("lowerleg",), BodyPart.LEFT_SHIN, BodyPart.RIGHT_SHIN),
    (("foot", "toe"), BodyPart.LEFT_FOOT, BodyPart.RIGHT_FOOT),
    (("upperarm",), BodyPart.LEFT_UPPER_ARM, BodyPart.RIGHT_UPPER_ARM),
    (("lowerarm",), BodyPart.LEFT_FOREARM, BodyPart.RIGHT_FOREARM),
    (("wrist", "finger", "metacarpal"), BodyPart.LEFT_HAND, BodyPart.RIGHT_HAND),
    (("head", "eye"), BodyPart.HEAD, BodyPart.HEAD),
)

# Median of MediaPipe's landmark less the joint, over 113 synthetic pictures, in torso lengths (outwards, down), by the
# left landmark of a pair. What is left of the spread, 0.02-0.08, is MediaPipe's own.
_OFFSETS: dict[int, tuple[float, float]] = {
    7: (-0.048, -0.015),
    11: (0.0, -0.053),
    13: (-0.005, -0.022),
    15: (0.004, -0.020),
    17: (0.048, -0.045),
    19: (0.033, -0.002),
    23: (-0.034, 0.051),
    25: (0.0, 0.036),
    27: (-0.006, -0.060),
    29: (-0.022, -0.037),
    31: (0.036, -0.025),
}


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """One body in one pose, metres.

    Attributes:
        vertices: float32 V x 3.
        joints: float32 bones x 3, where each bone starts.
    """

    vertices: Float32
    joints: Float32


class Body:
    """The mesh, what its vertices are, and the way from shape and pose to points.

    Attributes:
        faces: int32 M x 3, everything that is drawn: skin and eyes.
        skin_faces: int32 M x 3, the surface that cloth lies on.
        part: uint8 V, `BodyPart` of each vertex.
        template: float32 V x 3, the mean body at rest.
        uv: float32 V x 2, 0..1.
    """

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._model: Any = anny.Anny(topology="anny-full", phenotypes="all").to(torch.float32)
        self._bones: list[str] = list(self._model.bone_labels)
        self._index = {name: number for number, name in enumerate(self._bones)}
        self.faces: Int32 = self._model.faces.numpy().astype(np.int32)
        self.skin_faces: Int32 = np.ascontiguousarray(self.faces[self.faces.max(axis=1) < SKIN_VERTICES])
        self.skin_vertices = np.unique(self.skin_faces)
        self.walk = neighbours(self.skin_faces, SKIN_VERTICES)
        self.template: Float32 = self._model.template_vertices.numpy().astype(np.float32)
        weights = self._model.vertex_bone_weights.numpy()
        bones = self._model.vertex_bone_indices.numpy()
        dominant = bones[np.arange(len(weights)), weights.argmax(axis=1)]
        self.part = np.array([_part(name) for name in self._bones], np.uint8)[dominant]
        self.helper_faces = _helper_faces()
        self.uv: Float32 = np.zeros((len(self.template), 2), np.float32)
        corners = self._model.face_texture_coordinate_indices.numpy()
        self.uv[self.faces.ravel()] = self._model.texture_coordinates.numpy()[corners.ravel()]
        self._find_features()

    def _find_features(self) -> None:
        points = self.template
        skin = np.arange(len(points)) < SKIN_VERTICES
        head = np.flatnonzero((self.part == BodyPart.HEAD) & skin)
        self.head = (self.part == BodyPart.HEAD) & skin
        self.nose = int(head[points[head, 1].argmin()])
        first, second = (np.arange(len(points))[eye] for eye in _EYES)
        self.eyes = (first, second) if points[first].mean(axis=0)[0] > 0 else (second, first)
        level = points[self.eyes[0]].mean(axis=0)[2] - 0.01
        beside = head[np.abs(points[head, 2] - level) < 0.02]
        self.ears = int(beside[points[beside, 0].argmax()]), int(beside[points[beside, 0].argmin()])
        self._soles = {}
        for side, part in (("L", BodyPart.LEFT_FOOT), ("R", BodyPart.RIGHT_FOOT)):
            foot = np.flatnonzero((self.part == part) & skin)
            self._soles[side] = int(foot[points[foot, 1].argmax()]), int(foot[points[foot, 1].argmin()])

    def joint(self, joints: Float32, name: str) -> Float32:
        """Where a bone starts, float32 3."""
        return joints[self._index[name]]

    def has_bone(self, name: str) -> bool:
        """Whether there is a bone of that name."""
        return name in self._index

    @torch.no_grad()  # type: ignore[no-untyped-call,untyped-decorator,unused-ignore]
    def pose(self, shape: dict[str, float], poses: list[Rotations]) -> list[Posed]:
        """One body in several poses.

        Args:
            shape: anny's phenotypes, 0..1.
            poses: Rotations; bones that are not named stay at rest.
        """
        turned = torch.eye(4)[None, None].repeat(len(poses), len(self._bones), 1, 1)
        for number, rotations in enumerate(poses):
            for name, vector in rotations.items():
                turned[number, self._index[name], :3, :3] = roma.rotvec_to_rotmat(
                    torch.tensor(np.asarray(vector, np.float32))
                )
        found = self._model(
            pose_parameters=turned,
            phenotype_kwargs={name: torch.full((len(poses),), float(value)) for name, value in shape.items()},
        )
        vertices = found["vertices"].numpy()
        joints = found["bone_poses"][:, :, :3, 3].numpy()
        return [Posed(*pair) for pair in zip(vertices, joints, strict=True)]

    def landmarks(self, posed: Posed) -> Float32:
        """The 33 landmarks of MediaPipe's convention in the world: float32 33 x 3."""
        points, joints = posed.vertices, posed.joints
        left, right, nose = points[self.eyes[0]].mean(axis=0), points[self.eyes[1]].mean(axis=0), points[self.nose]
        across = (left - right) * 0.22
        mouth = nose + (nose - (left + right) / 2) * 0.75
        found = [nose, left - across, left, left + across, right + across, right, right - across]
        found += [points[self.ears[0]], points[self.ears[1]], mouth + across * 1.6, mouth - across * 1.6]
        for bone in ("upperarm01", "lowerarm01", "wrist", "finger5-1", "finger2-1", "finger1-2"):
            found += [self.joint(joints, f"{bone}.L"), self.joint(joints, f"{bone}.R")]
        for bone in ("upperleg01", "lowerleg01", "foot"):
            found += [self.joint(joints, f"{bone}.L"), self.joint(joints, f"{bone}.R")]
        (left_heel, left_toe), (right_heel, right_toe) = self._soles["L"], self._soles["R"]
        found += [points[left_heel], points[right_heel], points[left_toe], points[right_toe]]
        return _as_mediapipe(np.array(found, np.float32))


def _as_mediapipe(landmarks: Float32) -> Float32:
    """From joints to where MediaPipe sees them."""
    shoulders, hips = landmarks[[11, 12]].mean(axis=0), landmarks[[23, 24]].mean(axis=0)
    torso = float(np.linalg.norm(hips - shoulders))
    down, left = (hips - shoulders) / torso, landmarks[11] - landmarks[12]
    left = left / np.linalg.norm(left)
    moved = landmarks.copy()
    for index, (outwards, downwards) in _OFFSETS.items():
        for number, sign in ((index, 1.0), (index + 1, -1.0)):
            moved[number] += torso * (sign * outwards * left + downwards * down)
    return moved


def random_shape(random: np.random.Generator) -> dict[str, float]:
    """A grown-up, drawn wide: anny's phenotypes."""
    female = random.random() < 0.5

    def drawn(mean: float, spread: float, low: float, high: float) -> float:
        return float(np.clip(random.normal(mean, spread), low, high))

    return {
        "gender": (0.05 if female else 0.95) + float(random.normal(0, 0.03)),
        "age": drawn(0.66, 0.1, 0.5, 0.95),
        "muscle": drawn(0.5, 0.15, 0.1, 0.95),
        "weight": drawn(0.5, 0.18, 0.05, 0.95),
        "height": drawn(0.5, 0.15, 0.1, 0.9),
        "proportions": drawn(0.55, 0.15, 0.0, 1.0),
        "cupsize": drawn(0.5, 0.15, 0.0, 1.0),
        "firmness": drawn(0.5, 0.15, 0.0, 1.0),
        "african": float(random.random()),
        "asian": float(random.random()),
        "caucasian": float(random.random()),
    }


def texture_folder() -> Path:
    """Where MakeHuman's grey masks for lips and the like are."""
    return Path(next(iter(anny.__path__))) / "data" / "mpfb2" / "textures"


def _part(bone: str) -> BodyPart:
    for starts, left, right in _PARTS:
        if bone.startswith(starts):
            part = left if bone.endswith(".L") else right
            if part is not None:
                return part
    return BodyPart.TORSO


def _helper_faces() -> dict[str, Int32]:
    """MakeHuman's helper surfaces (hair, skirt, tights): group -> int32 M x 3."""
    groups: dict[str, list[list[int]]] = {}
    current = ""
    mesh = Path(next(iter(anny.__path__))) / "data" / "mpfb2" / "3dobjs" / "base.obj"
    for line in mesh.read_text().splitlines():
        if line.startswith("g "):
            current = line.split()[1]
        elif line.startswith("f ") and current.startswith("helper-"):
            corners = [int(corner.split("/")[0]) - 1 for corner in line.split()[1:]]
            triangles = groups.setdefault(current.removeprefix("helper-"), [])
            triangles += [[corners[0], *corners[k : k + 2]] for k in range(1, len(corners) - 1)]
    return {name: np.array(triangles, np.int32) for name, triangles in groups.items()}
