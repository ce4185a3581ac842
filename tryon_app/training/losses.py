"""How wrong a parsing is."""

from functools import lru_cache
from typing import Any

import torch
from torch.nn import functional

from tryon_app.core.types import BodyPart, Material

_DICE = 0.5
_PART_WEIGHTS = {
    BodyPart.BACKGROUND: 0.6,
    BodyPart.TORSO: 0.8,
    BodyPart.LEFT_UPPER_ARM: 1.5,
    BodyPart.RIGHT_UPPER_ARM: 1.5,
    BodyPart.LEFT_FOREARM: 2.0,
    BodyPart.RIGHT_FOREARM: 2.0,
    BodyPart.LEFT_HAND: 3.0,
    BodyPart.RIGHT_HAND: 3.0,
    BodyPart.LEFT_FOOT: 2.0,
    BodyPart.RIGHT_FOOT: 2.0,
}
_MATERIAL_WEIGHTS = {
    Material.BACKGROUND: 0.6,
    Material.SKIN: 1.6,
    Material.HAIR: 1.3,
    Material.FACE: 1.3,
    Material.SHOES: 2.0,
    Material.OTHER: 1.5,
}
"""Small things count more, though far less than their size would ask for: they would be drawn too large."""


@lru_cache(maxsize=1)
def _weights() -> tuple[Any, Any]:
    return (
        torch.tensor([_PART_WEIGHTS.get(part, 1.0) for part in BodyPart]),
        torch.tensor([_MATERIAL_WEIGHTS.get(material, 1.0) for material in Material]),
    )


def parsing_loss(logits: tuple[Any, Any], parts: Any, materials: Any) -> tuple[Any, Any]:
    """The losses of both heads.

    Args:
        logits: N x 15 x h x w and N x 9 x h x w, float32.
        parts: int64 N x h x w.
        materials: int64 N x h x w.
    """
    part_weights, material_weights = _weights()
    return _head_loss(logits[0], parts, part_weights), _head_loss(logits[1], materials, material_weights)


def _head_loss(logits: Any, labels: Any, weights: Any) -> Any:
    """Cross entropy, and one minus the Dice overlap of the classes that are in the batch, which is what IoU rewards."""
    logs = logits.log_softmax(dim=1)
    entropy = functional.nll_loss(logs, labels, weight=weights)
    likely = logs.exp()
    hit = likely.gather(1, labels[:, None])[:, 0].flatten()
    flat = labels.flatten()
    count = torch.bincount(flat, minlength=weights.numel()).to(likely.dtype)
    overlap = torch.zeros_like(count).index_add(0, flat, hit)
    dice = (2.0 * overlap + 1.0) / (likely.sum(dim=(0, 2, 3)) + count + 1.0)
    there = count > 0
    return entropy + _DICE * (1.0 - dice[there].mean())
