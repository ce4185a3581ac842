"""Long hair, grown onto people who have none: strands, over shoulders and chest.

What falls over a garment must stay in front of it. Simulated hair is a smooth sheet; photographed hair is streaks of
many tones with ragged edges, and a network that never saw those takes them for cloth.
"""

import cv2
import numpy as np

from tryon_app.core.types import BodyPart, Float32, Landmark, Material, UInt8
from tryon_app.training.augment import FACE_AXIS, IN_FRONT, Random, torso_length

_EYES, _MOUTH = FACE_AXIS
_TONES = ((24, 20, 20), (44, 32, 26), (78, 52, 34), (120, 82, 50), (168, 128, 84), (206, 172, 120), (150, 70, 40),
          (150, 150, 150), (214, 212, 208))  # fmt: skip
_REACH = 9.0


def grown(random: Random, image: UInt8, parts: UInt8, materials: UInt8, points: Float32) -> bool:
    """Draw long hair around a face that looks at the camera: picture and labels change, in place.

    Args:
        random: Where chance comes from.
        image: uint8 RGB H x W x 3.
        parts: uint8 H x W, `BodyPart`; hair is `HEAD`.
        materials: uint8 H x W, `Material`.
        points: float32 33 x 2, landmarks in pixels.

    Returns:
        Whether there is a face to grow it around.
    """
    eyes, mouth = points[_EYES].mean(axis=0), points[_MOUTH].mean(axis=0)
    unit = float(np.hypot(*(mouth - eyes)))  # some 7 cm
    across = points[_EYES[0]] - points[_EYES[1]]
    apart = float(np.hypot(*across))
    turned = abs(float((points[Landmark.NOSE] - eyes) @ across)) > 0.35 * apart * unit
    if unit < max(2.0, 0.09 * torso_length(points)) or apart < 0.55 * unit or turned:
        return False
    down = (mouth - eyes) / unit
    height, width = parts.shape
    low = np.maximum(np.floor(eyes - _REACH * unit), 0).astype(int)
    high = np.minimum(np.ceil(eyes + (_REACH + 2.0) * unit), (width, height)).astype(int)
    if (high - low < 4).any():
        return False
    box = np.s_[low[1] : high[1], low[0] : high[0]]
    x = (np.arange(low[0], high[0], dtype=np.float32)[None] - eyes[0]) / unit
    y = (np.arange(low[1], high[1], dtype=np.float32)[:, None] - eyes[1]) / unit
    below, aside = x * down[0] + y * down[1], x * down[1] - y * down[0]
    strand = _strands(random, aside, below)
    covered = _locks(random, aside + 0.16 * (strand - 0.5), below, strand)
    covered &= ~np.isin(parts[box], IN_FRONT)
    hair = covered | (materials[box] == Material.HAIR)
    tone = np.array(_TONES[int(random.integers(len(_TONES)))], np.float32)
    tone *= np.exp(random.normal(0.0, 0.12, 3)).astype(np.float32)
    contrast = float(random.uniform(0.5, 1.6))
    gleam = 1.0 + float(random.uniform(0.0, 0.25)) * np.sin(below * float(random.uniform(0.6, 1.6)) + random.random())
    look = tone * ((0.6 + 0.8 * strand) ** contrast * gleam)[..., None]
    alpha = cv2.blur(hair.astype(np.float32), (3, 3))[..., None]
    image[box] = np.clip(image[box] + (look - image[box]) * alpha + 0.5, 0, 255).astype(np.uint8)
    materials[box][covered], parts[box][covered] = Material.HAIR, BodyPart.HEAD
    return True


def _strands(random: Random, aside: Float32, below: Float32) -> Float32:
    """Streaks along the hair, wavy, 0..1."""
    tile = random.random((16, 256), np.float32)
    tile = 0.6 * tile + 0.4 * cv2.blur(tile, (9, 1), borderType=cv2.BORDER_REFLECT)
    wave = float(random.uniform(0.0, 0.25)) * np.sin(below * float(random.uniform(1.0, 3.5)) + 6.3 * random.random())
    fine = float(random.uniform(14.0, 30.0))
    columns = ((aside + wave * np.sign(aside)) * fine) % 255.0
    rows = (below * 0.6 + 0.2 * np.abs(aside)) % 15.0
    streaks = cv2.remap(tile, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR)
    low, high = np.percentile(streaks, (2, 98))
    return np.clip((streaks - low) / max(float(high - low), 1e-3), 0.0, 1.0).astype(np.float32)


def _locks(random: Random, aside: Float32, below: Float32, strand: Float32) -> np.ndarray:
    """Where hair is, bool: a cap over the head and a lock on either side of the face; in eye-to-mouth units."""
    cap = (aside / random.uniform(1.2, 1.5)) ** 2 + ((below + 0.35) / random.uniform(1.7, 2.2)) ** 2 < 1.0
    face = (aside / random.uniform(0.85, 1.0)) ** 2 + ((below - 0.45) / random.uniform(1.35, 1.7)) ** 2 < 1.0
    found: np.ndarray = cap & ~face & (below < 0.8)
    for side in (-1.0, 1.0):
        if random.random() < 0.12:  # behind the shoulder
            continue
        out = side * aside
        end = random.uniform(1.6, 7.5) - 1.2 * strand
        fall = np.clip((below - 0.6) / 3.0, 0.0, 1.0)
        inner = random.uniform(0.85, 1.05) + fall * random.uniform(-0.75, 0.5)
        inner += random.uniform(0.0, 0.15) * np.sin(below * random.uniform(0.8, 2.5) + 6.3 * random.random())
        outer = inner + random.uniform(0.25, 0.75) + fall * random.uniform(-0.1, 1.1)
        tip = np.clip((end - below) / 1.2, 0.0, 1.0) ** 0.5  # locks end in a point
        outer = inner + (outer - inner) * tip
        found |= (out > inner) & (out < outer) & (below > -0.9) & (below < end)
    return found & ~face
