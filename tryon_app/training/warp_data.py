"""Examples for the warp network on disk and in memory: made once, since laying a garment takes longer than a step."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.errors import InputError
from tryon_app.core.files import atomic_write
from tryon_app.core.types import Float32, UInt8
from tryon_app.fitting.refine_input import CHANNELS, SIZE
from tryon_app.training.datasets import SIDES
from tryon_app.training.shards import PATTERN, Sample, decode_picture, read_shard, write_shard
from tryon_app.training.warp_examples import WARP_MEMBERS, WarpExample, WarpExamples
from tryon_app.training.workers import Progress, pool_of

_MOVED_SCALE, _PHOTO_SCALE, _MIDDLE = 256.0, 32.0, 32768.0
_SHADE_SCALE = 160.0
_READ = (
    *WARP_MEMBERS,
    "points.npy",
    "visible.npy",
    *(f"{s}.{k}" for s in SIDES for k in ("jpg", "parts.png", "materials.png")),
)
_REMEDY = "Remove the file and run `tryon train lay` again."


def lay_shards(
    data: Path, network: Path, output: Path, seed: int, workers: int, progress: Progress | None = None
) -> None:
    """Lay the garments of all pairs on their people; what is there already is kept.

    Args:
        data: Folder of `tryon train synth`.
        network: The parsing network whose labels geometry goes by.
        output: Folder for the examples.
        seed: Of landmarks' errors, masks' holes and cameras' flaws.
        workers: Processes.
        progress: Told shards made and shards in all.

    Raises:
        InputError: There is no data, a shard is damaged, or the folder holds examples made otherwise.
    """
    shards = sorted(data.glob(PATTERN))
    if not shards:
        raise InputError(f"There is no training data in {data}.", "Make some with `tryon train synth`.")
    output.mkdir(parents=True, exist_ok=True)
    recipe = {"seed": seed, "network": hashlib.sha256(network.read_bytes()).hexdigest()}
    index = output / "laid.json"
    if index.exists() and json.loads(index.read_text()) != recipe:
        raise InputError(f"{output} holds examples made otherwise.", "Name another folder, or remove it.")
    with atomic_write(index) as part:
        part.write_text(json.dumps(recipe, indent=1) + "\n")
    missing = [path for path in shards if not (output / path.name).exists()]
    done = len(shards) - len(missing)
    with pool_of(workers) as pool:
        for job in as_completed([pool.submit(_lay_shard, path, network, output, seed) for path in missing]):
            job.result()
            done += 1
            if progress:
                progress(done, len(shards))


def _lay_shard(path: Path, network: Path, output: Path, seed: int) -> None:
    write_shard(output / path.name, _laid(path, network, seed))


def _laid(path: Path, network: Path, seed: int) -> Iterator[dict[str, bytes]]:
    examples = _examples(network)
    number = int(path.stem.rpartition("-")[2])
    for place, (key, sample) in enumerate(read_shard(path, _READ)):
        for which, side in enumerate(SIDES):
            made = examples.example(sample, side, np.random.default_rng([seed, number, place, which]))
            if made is not None:
                yield {f"{key}-{side}.{name}": content for name, content in packed(made).items()}


@lru_cache(maxsize=1)
def _examples(network: Path) -> WarpExamples:
    """One for each process: the network takes a while to load."""
    from tryon_app.inference.session import Network
    from tryon_app.perception.parsing_network import CONTRACT, MODEL, NetworkParser
    from tryon_app.perception.silhouette import SilhouetteParser

    parser = NetworkParser(SilhouetteParser(), Network(MODEL, lambda: network, CONTRACT))
    parser.open()
    return WarpExamples(parser)


def packed(example: WarpExample) -> dict[str, bytes]:
    """An example as pictures."""
    maps = np.clip(np.round(example.laid * 127.0) + 128.0, 0, 255).astype(np.uint8).reshape(CHANNELS * SIZE, SIZE)
    truth = [example.cover * 255.0, example.judged * 255.0, example.shade * _SHADE_SCALE + 128.0]
    moved = np.concatenate([example.moved * _MOVED_SCALE + _MIDDLE, example.known[None] * 65535.0])
    photos = np.concatenate([example.photo, example.laid_photo], axis=2).transpose(2, 0, 1) * _PHOTO_SCALE + _MIDDLE
    return {
        "maps.png": _png(maps),
        "truth.png": _png(np.clip(np.dstack(truth), 0, 255).astype(np.uint8)),
        "moved.png": _png(_words(moved.reshape(-1, SIZE))),
        "photos.png": _png(_words(photos.reshape(-1, SIZE))),
    }


@dataclass(frozen=True, slots=True, eq=False)
class WarpBatch:
    """Examples side by side, as `WarpExample` has them: N first, then channels.

    `same` is 1 where the person wears this very garment. Where it is 0 the labels cannot tell how large it is: `moved`
    is then what remains once the garment is as large, and hangs where, geometry has it.
    """

    laid: Float32
    moved: Float32
    known: Float32
    cover: Float32
    judged: Float32
    shade: Float32
    same: Float32


class LaidStore:
    """All examples of a folder in memory, packed; grows as more are laid.

    Args:
        folder: Of `lay_shards`.
        photos: Also the photo pixels, which only evaluation needs.
        most: Stop reading shards once so many are there; 0 = read all.

    Raises:
        InputError: There are none, or a shard is damaged.
    """

    def __init__(self, folder: Path, photos: bool = False, most: int = 0) -> None:
        self._folder, self._photos, self._most = folder, photos, most
        self._read: set[str] = set()
        self._samples: list[_Packed] = []
        if not self.refresh():
            raise InputError(f"There are no laid garments in {folder}.", "Make some with `tryon train lay`.")

    def refresh(self) -> int:
        """Read shards that are new since the last call: how many examples came.

        Raises:
            InputError: A shard is damaged.
        """
        before = len(self._samples)
        for path in sorted(self._folder.glob(PATTERN)):
            if path.name not in self._read and (not self._most or len(self._samples) < self._most):
                self._samples += [_unpacked(key, sample, self._photos) for key, sample in read_shard(path)]
                self._read.add(path.name)
        return len(self._samples) - before

    @property
    def shards(self) -> tuple[str, ...]:
        """Names of the shards read so far, sorted."""
        return tuple(sorted(self._read))

    def __len__(self) -> int:
        return len(self._samples)

    def batch(self, indices: NDArray[np.intp]) -> WarpBatch:
        """Some of them."""
        chosen = [self._samples[int(index)] for index in indices]
        moved = np.stack([entry.moved for entry in chosen])
        truth = np.stack([entry.truth for entry in chosen]).astype(np.float32)
        return WarpBatch(
            laid=((np.stack([entry.maps for entry in chosen]).astype(np.float32) - 128.0) / 127.0).astype(np.float32),
            moved=((moved[:, :2].astype(np.float32) - _MIDDLE) / _MOVED_SCALE).astype(np.float32),
            known=(moved[:, 2:] > 0).astype(np.float32),
            cover=truth[..., 0][:, None] / np.float32(255.0),
            judged=truth[..., 1][:, None] / np.float32(255.0),
            shade=(truth[..., 2][:, None] - 128.0) / np.float32(_SHADE_SCALE),
            same=np.array([entry.same for entry in chosen], np.float32)[:, None, None, None],
        )

    def photos(self, index: int) -> tuple[Float32, Float32]:
        """Photo pixels, the true ones and those geometry has: float32 2 x SIZE x SIZE each."""
        found = (self._samples[index].photos.astype(np.float32) - _MIDDLE) / _PHOTO_SCALE
        return found[:2], found[2:]


def shaken(batch: WarpBatch, random: np.random.Generator) -> WarpBatch:
    """The same garments, laid otherwise: pushed and bent at random, so that labels are trusted more than geometry.

    What was laid at p + e(p) is laid at p now, hence what was to come from p + d comes from p + d - e.
    """
    laid, moved = batch.laid.copy(), batch.moved.copy()
    x, y = np.meshgrid(np.arange(SIZE, dtype=np.float32), np.arange(SIZE, dtype=np.float32))
    for place in range(len(laid)):
        coarse = random.normal(0.0, _PUSHED * random.random(), (_PUSHES, _PUSHES, 2)).astype(np.float32)
        field = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
        stack = np.ascontiguousarray(laid[place, :_GARMENT].transpose(1, 2, 0))
        pushed = cv2.remap(stack, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR)
        laid[place, :_GARMENT] = pushed.transpose(2, 0, 1)
        came = np.zeros_like(moved[place])
        for _ in range(3):  # where it comes from now: a fixed point, and the pushes are gentle
            came = moved[place] - np.stack(
                cv2.split(cv2.remap(field, x + came[0], y + came[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
            )
        moved[place] = came
    return replace(batch, laid=laid, moved=moved)


_GARMENT = 6
"""Channels of the garment as it is laid; the rest are labels."""
_PUSHES, _PUSHED = 5, 2.5
"""Places along a side that are pushed on their own, and how far at most, cells (one sigma)."""
_SWAPPED = np.arange(CHANNELS)
_SWAPPED[[1, 2, 8, 9, 10, 11]] = [2, 1, 9, 8, 11, 10]
_ACROSS = 4


def mirrored(batch: WarpBatch) -> WarpBatch:
    """The same people in a mirror: left and right sleeves and arms change places."""
    names = ("laid", "moved", "known", "cover", "judged", "shade")
    flipped = {name: np.ascontiguousarray(getattr(batch, name)[..., ::-1]) for name in names}
    flipped["laid"] = flipped["laid"][:, _SWAPPED]
    flipped["laid"][:, _ACROSS] *= -1.0
    flipped["moved"][:, 0] *= -1.0
    return replace(batch, **flipped)


@dataclass(frozen=True, slots=True, eq=False)
class _Packed:
    maps: UInt8
    truth: UInt8
    moved: NDArray[np.uint16]
    photos: NDArray[np.uint16]
    same: bool


def _unpacked(key: str, sample: Sample, photos: bool) -> _Packed:
    nothing = np.zeros((0, SIZE, SIZE), np.uint16)
    same = key.endswith(SIDES[1])
    try:
        moved = decode_picture(sample["moved.png"]).reshape(3, SIZE, SIZE).astype(np.uint16)
        return _Packed(
            maps=decode_picture(sample["maps.png"]).reshape(CHANNELS, SIZE, SIZE),
            truth=decode_picture(sample["truth.png"])[..., ::-1],
            moved=moved if same else _as_large(moved),
            photos=decode_picture(sample["photos.png"]).reshape(4, SIZE, SIZE).astype(np.uint16) if photos else nothing,
            same=same,
        )
    except (KeyError, ValueError) as error:
        raise InputError("An example of a laid garment is damaged.", _REMEDY) from error


def _as_large(moved: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Packed movement without what another size and another place of the whole garment would explain."""
    y, x = np.nonzero(moved[2])
    if len(x) < SIZE:
        return moved
    values = moved[:2, y, x].T.astype(np.float64) - _MIDDLE
    base = np.stack([x, y, np.ones_like(x)], axis=1).astype(np.float64)
    rest = values - base @ np.linalg.lstsq(base, values, rcond=None)[0]
    result = moved.copy()
    result[:2, y, x] = _words(rest.T + _MIDDLE)
    return result


def _words(values: NDArray[np.floating]) -> NDArray[np.uint16]:
    return np.clip(np.round(values), 0, 65535).astype(np.uint16)


def _png(image: NDArray[np.generic]) -> bytes:
    return bytes(cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])
