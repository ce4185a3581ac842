"""What real life does to a frame: landmarks that err, masks with holes, cameras with flaws, things in the way.

Every function takes its random numbers from the generator it is given: the same seed, the same flaws.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import ARM_PARTS, Float32, Landmark, Material, UInt8, sided

Random = np.random.Generator
Arms = tuple[tuple[int, ...], tuple[int, ...]]

_ARMS: Arms = (
    tuple(sided(+1, "ELBOW", "WRIST", "PINKY", "INDEX", "THUMB")),
    tuple(sided(-1, "ELBOW", "WRIST", "PINKY", "INDEX", "THUMB")),
)
_LEGS: Arms = (
    tuple(sided(+1, "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")),
    tuple(sided(-1, "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")),
)
FACE_AXIS = [Landmark.LEFT_EYE, Landmark.RIGHT_EYE], [Landmark.MOUTH_LEFT, Landmark.MOUTH_RIGHT]
"""Eyes and corners of the mouth: their middles say where a face is, how large and which way up."""
IN_FRONT = np.array([part for side in ARM_PARTS.values() for part in side[1:]], np.uint8)
"""Forearms and hands: what may be before hair and cloth on the chest."""
_HANDS = tuple(set(limb[1:]) for limb in _ARMS)
_FACE = slice(Landmark.NOSE, Landmark.MOUTH_RIGHT + 1)


def torso_length(points: Float32) -> float:
    """Pixels from the shoulders to the hips, or from shoulder to shoulder where that is more."""
    shoulders, hips = points[[11, 12]].mean(axis=0), points[[23, 24]].mean(axis=0)
    return max(float(np.hypot(*(shoulders - hips))), float(np.hypot(*(points[11] - points[12]))), 8.0)


def erring_landmarks(
    random: Random, points: Float32, visible: Float32, width: int, height: int
) -> tuple[Float32, Float32]:
    """Landmarks as MediaPipe would give them: off by a few per cent of the torso, at times a limb wrong or lost.

    Args:
        random: Where chance comes from.
        points: 33 x 2, the truth, in pixels of the frame.
        visible: 33: 1 in sight, 0.5 hidden, 0 outside.
        width: Of the frame.
        height: Of the frame.

    Returns:
        Points (33 x 2) and presence (33, 0..1), float32.
    """
    torso = torso_length(points)
    inside = ((points >= 0.0) & (points < (width, height))).all(axis=1)
    sigma = np.where(visible >= 1.0, 0.028, 0.07) * np.where(inside, 1.0, 1.8)
    sigma[_FACE] *= 0.6
    moved = points + random.normal(0.0, 1.0, (33, 2)) * sigma[:, None] * (torso * random.choice([0.4, 1.0, 1.8]))
    centre = points[[11, 12, 23, 24]].mean(axis=0)
    moved = (moved - centre) * np.exp(random.normal(0.0, 0.02)) + centre + random.normal(0.0, 0.012 * torso, 2)
    # The fingers go where the wrist goes.
    for limb in _ARMS:
        moved[list(limb[2:])] += (moved[limb[1]] - points[limb[1]]) * 0.8
    presence = np.where(inside, random.uniform(0.75, 1.0, 33), random.uniform(0.0, 0.75, 33))
    presence[inside & (visible < 1.0)] *= random.uniform(0.55, 1.0)
    if random.random() < 0.16:
        _limb_fails(random, moved, presence, torso)
    return moved.astype(np.float32), presence.astype(np.float32)


def _limb_fails(random: Random, points: Float32, presence: Float32, torso: float) -> None:
    """One of the ways in which the pose model loses a limb, in place."""
    pair = _ARMS if random.random() < 0.75 else _LEGS
    limb = list(pair[int(random.integers(2))])
    way = int(random.integers(5))
    if way == 0:
        presence[limb] = random.uniform(0.0, 0.25)
    elif way == 1:
        presence[limb[1:]] = random.uniform(0.0, 0.25)
    elif way == 2:
        points[limb[1:]] += random.normal(0.0, 0.3 * torso, 2)
    elif way == 3:
        points[limb] += random.normal(0.0, 0.2 * torso, 2)
        points[limb[1:]] += random.normal(0.0, 0.25 * torso, 2)
    else:  # left taken for right
        first, second = list(pair[0][1:]), list(pair[1][1:])
        points[first], points[second] = points[second].copy(), points[first].copy()


def flawed_mask(random: Random, person: UInt8, hair: UInt8, points: Float32) -> Float32 | None:
    """A person mask like MediaPipe's: soft, swollen here and eaten there, hands and hair lost at times; or none.

    Args:
        random: Where chance comes from.
        person: uint8 h x w, 0 or 255: the truth.
        hair: uint8 h x w, above 0 where there is hair.
        points: 33 x 2, landmarks in pixels of the mask.

    Returns:
        float32 h x w, 0..1, or None.
    """
    if random.random() < 0.06:
        return None
    height, width = person.shape
    torso = torso_length(points)
    mask = person
    if random.random() < 0.45:
        mask = mask.copy()
        for _ in range(int(random.integers(1, 5))):
            near = points[int(random.choice([15, 16, 19, 20, 13, 14, 7, 8, 23, 24, 25, 26, 27, 28, 31, 32]))]
            where = near + random.normal(0.0, 0.12 * torso, 2)
            size = np.maximum(random.uniform(0.03, 0.22, 2) * torso, 1.0)
            tone = 0 if random.random() < 0.6 else 255
            _ellipse(mask, where, size, float(random.uniform(0, 180)), tone)
    if random.random() < 0.12:
        lost = random.uniform(0.2, 1.0) * 255.0
        mask = np.where(hair > 0, np.minimum(mask, np.uint8(255 - lost)), mask)
    if random.random() < 0.05:  # somebody else, or a coat on its hook
        mask = mask.copy()
        place, size = random.uniform(0, 1, 2) * (width, height), random.uniform(0.1, 0.4, 2) * torso
        _ellipse(mask, place, size, 0.0, 255)
    soft = cv2.GaussianBlur(mask, (0, 0), float(random.uniform(0.008, 0.03) * torso) + 0.3).astype(np.float32)
    rough = cv2.resize(
        random.normal(0.0, 1.0, (12, 9)).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    level = float(random.normal(0.5, 0.12)) * 255.0
    gain = float(np.exp(random.uniform(0.6, 2.0)))  # steep enough that far from the person it is 0
    soft += rough * float(random.uniform(0.0, 30.0)) - level
    return np.clip(soft * (gain / 255.0) + 0.5, 0.0, 1.0)


def _ellipse(target: UInt8, centre: NDArray[np.floating], size: NDArray[np.floating], angle: float, tone: int) -> None:
    limit = 1e4
    at = np.clip(centre, -limit, limit)
    cv2.ellipse(target, (tuple(map(float, at)), tuple(float(v) for v in size * 2.0), angle), tone, -1)


def something_in_front(random: Random, image: UInt8, parts: UInt8, materials: UInt8, points: Float32) -> None:
    """A thing between the camera and the person, drawn into the picture and the labels, in place.

    Where it hides the person it is `Material.OTHER`, without a body part; beside them it is background.
    """
    height, width = parts.shape
    torso = torso_length(points)
    seen = points[(points >= 0).all(axis=1) & (points < (width, height)).all(axis=1)]
    near = seen[int(random.integers(len(seen)))] if len(seen) else np.array([width, height]) / 2
    centre = near + random.normal(0.0, 0.3 * torso, 2)
    size = random.uniform(0.08, 0.45, 2) * torso
    cover = np.zeros((height, width), np.uint8)
    if random.random() < 0.5:
        _ellipse(cover, centre, size, float(random.uniform(0, 180)), 255)
    else:
        box = (tuple(map(float, centre)), tuple(float(v) for v in size * 2.0), float(random.uniform(0, 180)))
        cv2.fillConvexPoly(cover, np.int32(np.round(cv2.boxPoints(box))), 255)
    x, y, w, h = cv2.boundingRect(cover)
    if w == 0 or h == 0:
        return
    place = np.s_[y : y + h, x : x + w]
    inside = cover[place] > 0
    colour = np.clip(random.normal(128, 70, 3), 0, 255)
    if random.random() < 0.5:  # with something of the scene on it
        fx, fy = int(random.integers(0, width - w + 1)), int(random.integers(0, height - h + 1))
        look = image[fy : fy + h, fx : fx + w] * 0.5 + colour * 0.5
        look = look[::-1] if random.random() < 0.5 else look
    else:
        slope = np.linspace(-1, 1, h, dtype=np.float32)[:, None, None] * float(random.normal(0, 30))
        look = np.broadcast_to(colour + slope, (h, w, 3))
    image[place][inside] = np.clip(look, 0, 255).astype(np.uint8)[inside]
    materials[place][inside] = np.where(parts[place][inside] > 0, np.uint8(Material.OTHER), np.uint8(0))
    parts[place][inside] = 0


def camera_flaws(random: Random, image: UInt8) -> UInt8:
    """White balance, exposure, contrast, blur, noise, compression; at times no colour at all.

    Args:
        random: Where chance comes from.
        image: uint8 RGB; not changed.
    """
    ramp = np.arange(256, dtype=np.float32)[:, None] / 255.0
    gamma, gains = float(np.exp(random.normal(0.0, 0.22))), np.exp(random.normal(0.0, 0.07, 3))
    contrast, light = float(np.exp(random.normal(0.0, 0.15))), float(random.normal(0.0, 0.05))
    curve = ((ramp**gamma - 0.5) * contrast + 0.5 + light) * gains
    table = np.clip(curve * 255.0, 0, 255).astype(np.uint8)[None]
    image = cv2.LUT(image, table)
    if random.random() < 0.06:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if random.random() < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), float(random.uniform(0.4, 1.8)))
    if random.random() < 0.6:
        image = _noisy(random, image, float(random.exponential(5.0)))
    if random.random() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 90))]
        # The order of the channels does not matter on the way there and back.
        image = np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR))
    return image


_GRAIN_SIGMA = 32.0


@lru_cache(maxsize=1)
def _grain() -> UInt8:
    """Noise around 128, made once: drawing it for each frame would take longer than all the rest."""
    drawn = np.random.default_rng(0).normal(128.0, _GRAIN_SIGMA, (1024, 1024, 3))
    return np.clip(drawn, 0, 255).astype(np.uint8)


def _noisy(random: Random, image: UInt8, sigma: float) -> UInt8:
    height, width = image.shape[:2]
    grain = _grain()
    coarse = 2 if random.random() < 0.35 else 1
    h, w = -(-height // coarse), -(-width // coarse)
    if h >= grain.shape[0] or w >= grain.shape[1]:
        return image
    y, x = int(random.integers(grain.shape[0] - h)), int(random.integers(grain.shape[1] - w))
    part = grain[y : y + h, x : x + w]
    if coarse > 1:
        part = cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
    amount = min(sigma, 24.0) / _GRAIN_SIGMA
    return cv2.addWeighted(image, 1.0, part, amount, -128.0 * amount)
