"""Poses drawn by where the hands are: hanging, on the hips, crossed, at the face, overhead, gesturing before the body.

A hand's place is reached by two-bone inverse kinematics, so that arms touch the body rather than run through it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from tryon_app.core.types import BodyPart
from tryon_app.training.synth.body import SKIN_VERTICES, Body, Posed, Rotations
from tryon_app.training.synth.measure import Vector

_SIDES = (("L", 1.0), ("R", -1.0))


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a wrist goes, in arm lengths from the shoulder: outwards, backwards, up.

    Attributes:
        place: Mean.
        spread: Standard deviation.
        elbow: Which way the elbow points.
        clear: Whether the wrist is kept in front of the body's surface.
        weight: How often.
    """

    place: tuple[float, float, float]
    spread: tuple[float, float, float]
    elbow: tuple[float, float, float]
    clear: bool
    weight: float


_REACHES: dict[str, Reach] = {
    "hanging": Reach((0.14, -0.04, -0.93), (0.10, 0.10, 0.05), (0.8, 0.6, 0.0), False, 0.20),
    "away": Reach((0.40, -0.10, -0.80), (0.15, 0.15, 0.10), (0.6, 0.8, 0.0), False, 0.09),
    "hip": Reach((-0.02, -0.10, -0.66), (0.04, 0.06, 0.05), (1.0, 0.35, -0.1), True, 0.10),
    "pocket": Reach((0.00, -0.16, -0.86), (0.05, 0.06, 0.05), (0.8, 0.6, 0.0), True, 0.05),
    "behind": Reach((-0.28, 0.24, -0.62), (0.10, 0.05, 0.10), (0.7, 0.7, -0.2), False, 0.05),
    "chest": Reach((-0.38, -0.30, -0.25), (0.15, 0.06, 0.15), (0.7, 0.1, -0.7), True, 0.09),
    "belly": Reach((-0.30, -0.30, -0.58), (0.14, 0.06, 0.10), (0.8, 0.4, -0.4), True, 0.08),
    "face": Reach((-0.30, -0.36, 0.14), (0.10, 0.06, 0.10), (0.5, 0.0, -0.9), False, 0.06),
    "hair": Reach((-0.18, -0.02, 0.42), (0.10, 0.10, 0.10), (1.0, -0.2, -0.1), False, 0.04),
    "overhead": Reach((0.10, -0.10, 0.85), (0.30, 0.20, 0.15), (0.9, 0.3, 0.0), False, 0.04),
    "spread": Reach((0.85, -0.10, 0.00), (0.10, 0.25, 0.35), (0.2, 0.6, -0.8), False, 0.05),
    "forward": Reach((-0.05, -0.75, -0.10), (0.25, 0.12, 0.30), (0.5, 0.2, -0.8), True, 0.05),
    "gesture": Reach((-0.10, -0.45, -0.25), (0.25, 0.15, 0.25), (0.7, 0.2, -0.7), True, 0.10),
}
_CROSSED = Reach((-0.56, -0.34, -0.36), (0.06, 0.03, 0.05), (0.85, -0.15, -0.5), True, 0.0)
_CROSSED_SHARE = 0.07
_SAME_SHARE = 0.45
"""How often both arms do the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A pose and what it is called.

    Attributes:
        rotations: For `Body.pose`.
        seated: Whether the thighs lie forward.
    """

    rotations: Rotations
    seated: bool


def random_pose(body: Body, shape: dict[str, float], random: np.random.Generator) -> Drawn:
    """A pose for one body.

    Args:
        body: The mesh.
        shape: Its phenotypes.
        random: Source of chance.
    """
    rotations: Rotations = {}
    reaches = _arms(random)
    for (side, sign), reach in zip(_SIDES, reaches, strict=True):
        lift = float(np.clip(reach.place[2] * 0.4, 0.0, 0.35))
        if lift > 0:
            rotations[f"clavicle.{side}"] = np.array([0.0, -sign * lift, 0.0], np.float32)
            rotations[f"shoulder01.{side}"] = np.array([0.0, -sign * lift * 0.8, 0.0], np.float32)
    rest = body.pose(shape, [rotations])[0]
    for number, ((side, sign), reach) in enumerate(zip(_SIDES, reaches, strict=True)):
        _place_arm(body, rest, rotations, side, sign, reach, random, nearer=0.04 * number)
        _place_hand(body, rest, rotations, side, random)
    seated = _place_legs(rotations, random)
    for bone, spread in (("spine03", 0.06), ("spine01", 0.05), ("neck01", 0.07)):
        rotations[bone] = random.normal(0.0, spread, 3).astype(np.float32)
    rotations["head"] = random.normal(0.0, [0.14, 0.08, 0.28]).astype(np.float32)
    return Drawn(rotations, seated)


def dressing_pose() -> Rotations:
    """How a body stands while its clothes are put on: legs apart, arms as at rest."""
    apart = np.array([0.0, 0.06, 0.0], np.float32)
    return {"upperleg01.L": -apart, "upperleg01.R": apart}


def between(first: Rotations, last: Rotations, steps: int) -> list[Rotations]:
    """Poses on the way from one to the other, both included."""
    still = np.zeros(3, np.float32)
    bones = sorted(first.keys() | last.keys())
    return [
        {bone: first.get(bone, still) * (1 - t) + last.get(bone, still) * t for bone in bones}
        for t in np.linspace(0.0, 1.0, steps, dtype=np.float32)
    ]


def _arms(random: np.random.Generator) -> tuple[Reach, Reach]:
    if random.random() < _CROSSED_SHARE:
        return _CROSSED, _CROSSED
    names = list(_REACHES)
    weights = np.array([_REACHES[name].weight for name in names])
    first, second = (_REACHES[names[int(random.choice(len(names), p=weights / weights.sum()))]] for _ in range(2))
    return (first, first) if random.random() < _SAME_SHARE else (first, second)


def _place_arm(
    body: Body,
    rest: Posed,
    rotations: Rotations,
    side: str,
    sign: float,
    reach: Reach,
    random: np.random.Generator,
    nearer: float,
) -> None:
    shoulder, elbow, wrist = (
        body.joint(rest.joints, f"{bone}.{side}").astype(np.float64) for bone in ("upperarm01", "lowerarm01", "wrist")
    )
    upper, lower = float(np.linalg.norm(elbow - shoulder)), float(np.linalg.norm(wrist - elbow))
    outwards = np.array([sign, 1.0, 1.0])
    goal = shoulder + outwards * random.normal(reach.place, reach.spread) * (upper + lower)
    if reach.clear:
        goal[1] = min(goal[1], _front(body, rest, goal) - 0.045 - nearer)
    way = goal - shoulder
    distance = float(np.clip(np.linalg.norm(way), 0.35 * (upper + lower), 0.985 * (upper + lower)))
    ahead = way / np.linalg.norm(way)
    hint = outwards * (np.array(reach.elbow) + random.normal(0.0, 0.15, 3))
    aside = hint - ahead * float(hint @ ahead)
    aside /= np.linalg.norm(aside) + 1e-9
    along = (upper**2 - lower**2 + distance**2) / (2 * distance)
    bent = shoulder + ahead * along + aside * np.sqrt(max(upper**2 - along**2, 0.0))
    parent = Rotation.identity()
    for bone in ("clavicle", "shoulder01"):
        if f"{bone}.{side}" in rotations:
            parent = parent * Rotation.from_rotvec(rotations[f"{bone}.{side}"])
    # Directions as they lie in the posed rest body; turning them is then exact.
    first = _turn(elbow - shoulder, bent - shoulder)
    second = _turn(first.apply(wrist - elbow), shoulder + ahead * distance - bent)
    whole = first * parent
    rotations[f"upperarm01.{side}"] = (parent.inv() * whole).as_rotvec().astype(np.float32)
    rotations[f"lowerarm01.{side}"] = (whole.inv() * second * whole).as_rotvec().astype(np.float32)


def _front(body: Body, rest: Posed, goal: Vector) -> float:
    """The y of the torso's front near a point."""
    points = rest.vertices[:SKIN_VERTICES][body.part[:SKIN_VERTICES] == BodyPart.TORSO]
    near = (np.abs(points[:, 2] - goal[2]) < 0.06) & (np.abs(points[:, 0] - goal[0]) < 0.08)
    return float(points[near, 1].min()) if near.any() else 9.0


def _turn(start: Vector, end: Vector) -> Rotation:
    """The smallest rotation that brings one direction to another."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    axis = np.cross(a, b)
    length = float(np.linalg.norm(axis))
    if length < 1e-8:
        return Rotation.identity()
    return Rotation.from_rotvec(axis / length * np.arctan2(length, float(a @ b)))


def _place_hand(body: Body, rest: Posed, rotations: Rotations, side: str, random: np.random.Generator) -> None:
    rotations[f"wrist.{side}"] = random.normal(0.0, 0.22, 3).astype(np.float32)
    first, last = (body.joint(rest.joints, f"finger{number}-1.{side}") for number in (2, 5))
    axis = (last - first) / (np.linalg.norm(last - first) + 1e-9)
    curl = float(random.choice([0.0, 0.25, 0.9], p=[0.4, 0.4, 0.2]))
    for finger in range(2, 6):
        for joint in range(1, 4):
            bend = curl * (0.6 + 0.25 * joint) + random.normal(0.0, 0.06)
            rotations[f"finger{finger}-{joint}.{side}"] = (axis * bend).astype(np.float32)


def _place_legs(rotations: Rotations, random: np.random.Generator) -> bool:
    seated = bool(random.random() < 0.1)
    stride = float(random.normal(0.0, 0.14))
    for side, sign in _SIDES:
        if seated:
            bend = float(random.uniform(1.1, 1.5))
            rotations[f"upperleg01.{side}"] = np.array([-bend, random.normal(-0.1 * sign, 0.1), 0.0], np.float32)
            rotations[f"lowerleg01.{side}"] = np.array([random.uniform(0.9, 1.6), 0.0, 0.0], np.float32)
        else:
            sideways = random.normal(0.02, 0.05) * sign
            rotations[f"upperleg01.{side}"] = np.array([stride * sign, sideways, 0.0], np.float32)
            rotations[f"lowerleg01.{side}"] = np.array([abs(random.normal(0.0, 0.12)), 0.0, 0.0], np.float32)
    return seated
