"""People of sticks and ellipses, in shards like those of the generator: small, and quick to draw."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tryon_app.core.types import BodyPart, Landmark, Material
from tryon_app.training.datasets import Scene
from tryon_app.training.shards import write_shard

WIDTH, HEIGHT = 120, 160
SKIN, HAIR, SHIRT, JEANS, SHOE = (230, 180, 150), (60, 40, 20), (30, 200, 40), (40, 60, 220), (10, 10, 10)


@pytest.fixture(autouse=True)
def _compiler_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch makes a folder for its compiler, though nothing is compiled."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "compiler"))


def stick_points(random: np.random.Generator) -> np.ndarray:
    """33 landmarks, the person's left on the right of the picture; the left arm up, the right one down."""
    points = np.zeros((33, 2), np.float32)
    unit, middle, top = random.uniform(17, 20), WIDTH / 2 + random.normal(0, 4), random.uniform(38, 44)

    def put(name: str, x: float, y: float) -> None:
        for side, sign in (("LEFT", 1), ("RIGHT", -1)):
            points[Landmark[f"{side}_{name}"]] = middle + sign * x * unit, top + y * unit

    for name, x, y in (("SHOULDER", 0.8, 0), ("HIP", 0.5, 2), ("KNEE", 0.55, 3.5), ("ANKLE", 0.55, 5.0)):
        put(name, x, y)
    for name, x, y in (("HEEL", 0.5, 5.1), ("FOOT_INDEX", 0.75, 5.3), ("EAR", 0.3, -0.8), ("EYE", 0.12, -0.9)):
        put(name, x, y)
    put("EYE_INNER", 0.08, -0.9)
    put("EYE_OUTER", 0.16, -0.9)
    put("ELBOW", 1.3, 0.9)
    put("WRIST", 1.4, 1.8)
    for name in ("PINKY", "INDEX", "THUMB"):
        put(name, 1.45, 2.2)
    points[Landmark.LEFT_WRIST] = middle + 1.9 * unit, top - 0.2 * unit
    for name in ("PINKY", "INDEX", "THUMB"):
        points[Landmark[f"LEFT_{name}"]] = middle + 2.0 * unit, top - 0.6 * unit
    points[Landmark.NOSE] = middle, top - 0.75 * unit
    points[Landmark.MOUTH_LEFT] = middle + 0.1 * unit, top - 0.55 * unit
    points[Landmark.MOUTH_RIGHT] = middle - 0.1 * unit, top - 0.55 * unit
    return points


def stick_person(random: np.random.Generator) -> Scene:
    """A person before a grey wall; each material has a colour of its own."""
    points = stick_points(random)
    image = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    parts, materials = np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
    width = max(3, round(np.hypot(*(points[11] - points[12])) / 4))

    def limb(start: str, end: str, part: str, material: Material, colour: tuple[int, int, int]) -> None:
        for side in ("LEFT", "RIGHT"):
            line = [tuple(int(v) for v in np.round(points[Landmark[f"{side}_{name}"]])) for name in (start, end)]
            for target, value in (
                (image, colour),
                (parts, int(BodyPart[f"{side}_{part}"])),
                (materials, int(material)),
            ):
                cv2.line(target, *line, value, width)

    limb("HIP", "KNEE", "THIGH", Material.LOWER, JEANS)
    limb("KNEE", "ANKLE", "SHIN", Material.LOWER, JEANS)
    limb("HEEL", "FOOT_INDEX", "FOOT", Material.SHOES, SHOE)
    torso = np.int32(points[[11, 12, 24, 23]])
    for target, value in ((image, SHIRT), (parts, int(BodyPart.TORSO)), (materials, int(Material.UPPER))):
        cv2.fillPoly(target, [torso], value)
    limb("SHOULDER", "ELBOW", "UPPER_ARM", Material.UPPER, SHIRT)
    limb("ELBOW", "WRIST", "FOREARM", Material.SKIN, SKIN)
    limb("WRIST", "INDEX", "HAND", Material.SKIN, SKIN)
    nose = tuple(int(v) for v in points[0])
    for radius, material, colour in ((width + 2, Material.HAIR, HAIR), (width, Material.FACE, SKIN)):
        for target, value in ((image, colour), (parts, int(BodyPart.HEAD)), (materials, int(material))):
            cv2.circle(target, nose, radius, value, -1)
    return Scene(image, parts, materials, points, np.ones(33, np.float32))


def _array(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def _picture(kind: str, picture: np.ndarray) -> bytes:
    return cv2.imencode(kind, picture)[1].tobytes()


def stick_sample(key: int) -> dict[str, bytes]:
    """One pair; the second frame is darker."""
    person = stick_person(np.random.default_rng(key))
    name = f"{key:07d}"
    sample = {f"{name}.points.npy": _array(person.points), f"{name}.visible.npy": _array(person.visible)}
    for side, light in (("before", 1.0), ("after", 0.7)):
        frame = (person.image[..., ::-1] * light).astype(np.uint8)
        sample[f"{name}.{side}.jpg"] = _picture(".jpg", frame)
        sample[f"{name}.{side}.parts.png"] = _picture(".png", person.parts)
        sample[f"{name}.{side}.materials.png"] = _picture(".png", person.materials)
    return sample


@pytest.fixture
def trained() -> Callable[[Any, int], Any]:
    """`trained(make, seed)`: a network of random weights and, as after a training, batch norms that do something."""
    import torch

    def made(make: Any, seed: int) -> Any:
        torch.manual_seed(seed)
        network = make()
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.uniform_(module.weight, 0.5, 1.5)
                torch.nn.init.normal_(module.bias, 0.0, 0.2)
                module.running_mean.normal_(0.0, 0.2)
                module.running_var.uniform_(0.5, 1.5)
        return network.eval()

    return made


@pytest.fixture
def person() -> Scene:
    return stick_person(np.random.default_rng(5))


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """A folder with 16 pairs, 32 frames, in two shards."""
    folder = tmp_path / "data"
    for number in range(2):
        keys = range(number * 8, number * 8 + 8)
        write_shard(folder / f"shard-{number:05d}.tar", [stick_sample(key) for key in keys])
    return folder


@pytest.fixture
def sample_of():
    return stick_sample
