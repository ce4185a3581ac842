"""Pairs of pictures: the same person in the same pose in two outfits, with everything that is known about them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np

from tryon_app.core.errors import InputError
from tryon_app.core.files import atomic_write
from tryon_app.core.types import Float32, Material, UInt8
from tryon_app.training.shards import write_shard
from tryon_app.training.synth.background import background, behind
from tryon_app.training.synth.body import SKIN_VERTICES, Body, Posed, random_shape
from tryon_app.training.synth.drape import drape
from tryon_app.training.synth.flatlay import lay_flat
from tryon_app.training.synth.looks import Looks
from tryon_app.training.synth.measure import Measures
from tryon_app.training.synth.photos import Photos
from tryon_app.training.synth.poses import between, dressing_pose, random_pose
from tryon_app.training.synth.raster import View
from tryon_app.training.synth.scene import (
    HEIGHT,
    SUPERSAMPLE,
    WIDTH,
    Dressed,
    Shot,
    bare_buffer,
    hidden,
    part_of_cloth,
    random_light,
    shoot,
)
from tryon_app.training.synth.wardrobe import Piece, random_outfit
from tryon_app.training.workers import Progress, pool_of

PER_SHARD = 100
VIEWS = 6
"""Pictures taken of each dressed person."""
FORMAT = 3
"""Rises with every change of what a seed makes."""
_OTHERS = 6
_FLOW_SCALE = 64


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    posed: Posed
    landmarks: Float32
    female: bool
    outfits: tuple[list[tuple[Piece, Float32, UInt8]], list[tuple[Piece, Float32, UInt8]]]


def generate(
    output: Path,
    pairs: int,
    seed: int,
    workers: int = 2,
    progress: Progress | None = None,
    held_out: bool = False,
    per_shard: int = PER_SHARD,
) -> None:
    """Make a data set, or go on with one: shards that are there are kept.

    Args:
        output: Folder.
        pairs: How many; rounded up to whole shards.
        seed: The same seed makes the same data, whatever the number of workers.
        workers: Processes.
        progress: Told how far it is.
        held_out: Take the photographs that training never sees.
        per_shard: Pairs in a file; part of what makes the data.

    Raises:
        InputError: The folder holds data made otherwise.
    """
    output.mkdir(parents=True, exist_ok=True)
    recipe = _recipe(seed, held_out, per_shard)
    _check_same(output, recipe)
    count = -(-pairs // per_shard)
    shards: dict[str, str] = {}
    missing = []
    for number in range(count):
        path = output / f"shard-{number:05d}.tar"
        if path.exists():
            shards[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            missing.append(number)
    if progress:
        progress(len(shards) * per_shard, count * per_shard)
    for name, digest in _made(
        missing, workers, partial(make_shard, output, seed=seed, held_out=held_out, count=per_shard)
    ):
        shards[name] = digest
        _write_index(output, recipe, shards)
        if progress:
            progress(len(shards) * per_shard, count * per_shard)
    _write_index(output, recipe, shards)


def _made(numbers: Sequence[int], workers: int, make: Callable[[int], tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What `make` returns for each, as it comes; one worker is this process, which is loaded already."""
    if workers == 1:
        yield from map(make, numbers)
        return
    with pool_of(workers) as pool:
        for job in as_completed([pool.submit(make, number) for number in numbers]):
            yield job.result()


def _recipe(seed: int, held_out: bool, per_shard: int) -> dict[str, object]:
    """What makes the data what it is."""
    photos = Photos(held_out).fingerprint
    return {"version": FORMAT, "seed": seed, "held_out": held_out, "photos": photos, "per_shard": per_shard}


def _check_same(output: Path, recipe: Mapping[str, object]) -> None:
    index = output / "dataset.json"
    if not index.exists():
        return
    before = json.loads(index.read_text())
    changed = [name for name, value in recipe.items() if before.get(name) != value]
    if changed:
        raise InputError(
            f"{output} holds data made otherwise: other {', '.join(changed)}.", "Name another folder, or remove it."
        )


def _write_index(output: Path, recipe: Mapping[str, object], shards: Mapping[str, str]) -> None:
    index = {**recipe, "pairs": len(shards) * int(str(recipe["per_shard"])), "shards": dict(sorted(shards.items()))}
    with atomic_write(output / "dataset.json") as partial:
        partial.write_text(json.dumps(index, indent=1) + "\n")


def make_shard(output: Path, number: int, seed: int, held_out: bool, count: int) -> tuple[str, str]:
    """One shard of a data set: its name and hash."""
    path = output / f"shard-{number:05d}.tar"
    return path.name, write_shard(path, samples(number, seed, held_out, count))


@lru_cache(maxsize=1)
def _studio(held_out: bool) -> "_Studio":
    """One for each process: the body model takes seconds to load."""
    return _Studio(held_out)


def samples(number: int, seed: int, held_out: bool, count: int = PER_SHARD) -> Iterator[dict[str, bytes]]:
    """The pairs of a shard, encoded."""
    random = np.random.default_rng([FORMAT, seed, number, int(held_out)])
    studio = _studio(held_out)
    studio.forget()
    made = 0
    while made < count:
        person = studio.person(random)
        if person is None:
            continue
        for _ in range(min(VIEWS, count - made)):
            sample = studio.pair(person, random)
            if sample is None:
                continue
            key = f"{number * count + made:07d}"
            yield {f"{key}.{name}": data for name, data in sample.items()}
            made += 1


class _Studio:
    def __init__(self, held_out: bool) -> None:
        self._body = Body()
        self._looks = Looks(self._body)
        self._photos = Photos(held_out)
        self._others: list[UInt8] = []

    def forget(self) -> None:
        """Nobody of an earlier shard stands behind the people of this one."""
        self._others = []

    def person(self, random: np.random.Generator) -> _Person | None:
        """A body in a pose with two outfits on; None where cloth could not be laid on it."""
        body = self._body
        shape = random_shape(random)
        drawn = random_pose(body, shape, random)
        frames = body.pose(shape, between(dressing_pose(), drawn.rotations, 10))
        try:
            measures = Measures(body, frames[0])
            first, second = (self._dressed(measures, frames, random) for _ in range(2))
        except (ValueError, IndexError, RuntimeError):
            # An unusual body has no slice where one is looked for, or cloth flew off: another one is drawn.
            return None
        return _Person(frames[-1], body.landmarks(frames[-1]), shape["gender"] > 0.5, (first, second))

    def _dressed(
        self, measures: Measures, frames: list[Posed], random: np.random.Generator
    ) -> list[tuple[Piece, Float32, UInt8]]:
        result = []
        for piece in random_outfit(measures, random):
            points = drape(self._body, piece.cloth, frames, piece.thickness)
            skin = frames[-1].vertices[:SKIN_VERTICES]
            if not np.isfinite(points).all() or (points < skin.min(axis=0) - 0.5).any():
                raise RuntimeError("cloth flew off")
            result.append((piece, points, part_of_cloth(self._body, piece, frames[0])))
        return result

    def pair(self, person: _Person, random: np.random.Generator) -> dict[str, bytes] | None:
        """One view of both outfits, encoded; None where hardly anything is in the picture."""
        view = _random_view(person.posed, random)
        fine = view.scaled(SUPERSAMPLE)
        surfaces = self._looks.surfaces(person.posed, not person.female, random)
        light = random_light(random)
        bare = bare_buffer(surfaces, fine)
        shots, paints = [], []
        for outfit in person.outfits:
            dressed = [
                Dressed(piece, points, lay_flat(piece, random, self._photos), part) for piece, points, part in outfit
            ]
            paints.append(dressed)
            shots.append(shoot(surfaces, bare, dressed, fine, light, random))
        if min(int((shot.parts > 0).sum()) for shot in shots) < 2000:
            return None
        scene = background(random, self._photos, WIDTH, HEIGHT)
        if self._others and random.random() < 0.15:
            scene = behind(random, scene, self._others)
        self._others = [*self._others[1 - _OTHERS :], shots[0].person]
        sample = self._encode_person(person, view, shots[0])
        flaws = random.uniform(0.3, 1.1), random.uniform(1, 7), random.uniform(0.75, 1.15)
        for side, shot in zip(("before", "after"), shots, strict=True):
            frame = _photographed(shot.person, scene, flaws, random)
            sample[f"{side}.jpg"] = _jpeg(frame)
            sample[f"{side}.parts.png"] = _png(shot.parts)
            sample[f"{side}.materials.png"] = _png(shot.materials)
        return sample | _encode_garment(paints[1], shots[1], random)

    def _encode_person(self, person: _Person, view: View, shot: Shot) -> dict[str, bytes]:
        placed = view.project(person.landmarks)
        visible = np.where(hidden(placed, shot.nearness), 0.5, 1.0).astype(np.float32)
        outside = (placed[:, :2] < 0).any(axis=1) | (placed[:, 0] >= WIDTH) | (placed[:, 1] >= HEIGHT)
        visible[outside] = 0.0
        hips = person.landmarks[[23, 24]].mean(axis=0)
        world = (person.landmarks - hips) * np.array([1, 1, -1], np.float32)
        cos, sin = np.cos(view.yaw), np.sin(view.yaw)
        turned = np.stack(
            [cos * world[:, 0] - sin * world[:, 1], world[:, 2], sin * world[:, 0] + cos * world[:, 1]], axis=1
        )
        return {
            "points.npy": _npy(placed[:, :2].astype(np.float32)),
            "visible.npy": _npy(visible),
            "world.npy": _npy(turned.astype(np.float32)),
        }


def _random_view(posed: Posed, random: np.random.Generator) -> View:
    """Full length, three quarters, half length as before a webcam, or close."""
    skin = posed.vertices[:SKIN_VERTICES]
    low, high = skin.min(axis=0), skin.max(axis=0)
    centre, tall = (low + high) / 2, float(high[2] - low[2])
    kind = float(random.random())
    if kind < 0.32:
        span, up, distance = tall * random.uniform(1.05, 1.5), random.normal(0, 0.03), random.uniform(2.2, 6)
    elif kind < 0.60:
        span, up, distance = tall * random.uniform(0.6, 0.9), random.uniform(0.10, 0.22), random.uniform(1.8, 4)
    elif kind < 0.92:
        span, up, distance = tall * random.uniform(0.40, 0.62), random.uniform(0.22, 0.32), random.uniform(0.9, 3)
    else:
        span, up, distance = tall * random.uniform(0.30, 0.42), random.uniform(0.24, 0.36), random.uniform(0.7, 2)
    turn = random.normal(0, 0.3) if random.random() < 0.7 else random.uniform(-1.05, 1.05)
    if random.random() < 0.04:
        turn += np.pi
    target = np.array([centre[0] + random.normal(0, 0.05), centre[1], centre[2] + tall * up], np.float32)
    focal = distance * HEIGHT / span
    return View(WIDTH, HEIGHT, float(turn), float(random.normal(0, 0.09)), float(distance), float(focal), target)


def _photographed(
    person: UInt8, scene: Float32, flaws: tuple[float, float, float], random: np.random.Generator
) -> UInt8:
    blur, noise, exposure = flaws
    alpha = person[..., 3:].astype(np.float32) / 255
    picture = person[..., :3] * alpha + scene * (1 - alpha)
    picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), blur) * exposure
    picture += random.standard_normal(picture.shape, np.float32) * np.float32(noise)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _encode_garment(dressed: list[Dressed], shot: Shot, random: np.random.Generator) -> dict[str, bytes]:
    """The garment that is put on: the outermost one of the upper body."""
    upper = [k for k, garment in enumerate(dressed) if garment.piece.material in (Material.UPPER, Material.DRESS)]
    chosen = upper[-1]
    cover = shot.cover[chosen]
    flow = np.zeros((HEIGHT, WIDTH, 3), np.uint16)
    flow[..., :2] = np.clip(shot.flow[chosen] * _FLOW_SCALE, 0, 65535) * (cover > 0)[..., None]
    flow[..., 2] = cover
    return {
        "flat.png": _png(cv2.cvtColor(dressed[chosen].paint.photo(random), cv2.COLOR_RGBA2BGRA)),
        "flow.png": _png(flow),
        "shade.png": _png(shot.shade),
    }


def _jpeg(image: UInt8) -> bytes:
    return bytes(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1])


def _png(image: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def _npy(values: Float32) -> bytes:
    import io

    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()
