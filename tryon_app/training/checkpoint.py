"""Checkpoints: numbers in safetensors, all else in JSON beside it; never a pickle.

`NAME.json` names the file of numbers and its SHA-256. It is replaced last, so that at any moment it leads to a complete
checkpoint, whatever is switched off.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from tryon_app.core.errors import InputError
from tryon_app.core.files import atomic_write, write_text

_VERSION = 1
_REMEDY = "Take another checkpoint, or train anew."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment of a training.

    Attributes:
        kind: Which network: "parse".
        step: Steps done.
        elapsed_s: Seconds of training so far.
        settings: What the training was started with.
        shards: Names of the shards of training data seen.
        tensors: Everything that is learnt, by name.
    """

    kind: str
    step: int
    elapsed_s: float
    settings: Mapping[str, Any]
    shards: tuple[str, ...]
    tensors: Mapping[str, Any]


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; the one that stood under this name before is replaced.

    Args:
        path: The JSON file, `NAME.json`; the numbers go to `NAME-STEP.safetensors`.
        checkpoint: What to write.

    Raises:
        OutputError: It cannot be written.
    """
    numbers = save_tensors({name: tensor.contiguous() for name, tensor in checkpoint.tensors.items()})
    target = path.with_name(f"{path.stem}-{checkpoint.step:06d}.safetensors")
    with atomic_write(target) as part:
        part.write_bytes(numbers)
    text = json.dumps(
        {
            "version": _VERSION,
            "kind": checkpoint.kind,
            "step": checkpoint.step,
            "elapsed_s": round(checkpoint.elapsed_s, 3),
            "settings": dict(checkpoint.settings),
            "shards": list(checkpoint.shards),
            "numbers": target.name,
            "sha256": hashlib.sha256(numbers).hexdigest(),
        },
        indent=1,
    )
    write_text(path, text + "\n")
    for old in path.parent.glob(f"{path.stem}-[0-9]*.safetensors"):
        if old != target:
            with suppress(OSError):
                old.unlink()


def load_checkpoint(path: Path, kind: str) -> Checkpoint:
    """Read a checkpoint.

    Args:
        path: The JSON file.
        kind: Which network it must be of.

    Raises:
        InputError: It is missing, damaged, or of another network.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        version, numbers_name, digest = found["version"], Path(found["numbers"]).name, found["sha256"]
        step, elapsed, settings = int(found["step"]), float(found["elapsed_s"]), dict(found["settings"])
        shards = tuple(map(str, found["shards"]))
        numbers = path.with_name(numbers_name).read_bytes()
    except OSError as error:
        raise InputError(f"The checkpoint {path} cannot be read: {error.strerror}.", _REMEDY) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no checkpoint.", _REMEDY) from error
    if version != _VERSION or found.get("kind") != kind:
        raise InputError(f"{path} is a checkpoint of another network or version.", _REMEDY)
    if hashlib.sha256(numbers).hexdigest() != digest:
        raise InputError(f"The checkpoint {path} is damaged: {numbers_name} is not what was saved.", _REMEDY)
    return Checkpoint(
        kind=kind, step=step, elapsed_s=elapsed, settings=settings, shards=shards, tensors=load_tensors(numbers)
    )
