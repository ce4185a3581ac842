"""A network that begins with what a narrower one of the same build has learnt.

The narrow network's channels come first in the wide one's layers, and what they hear of the new channels is zero: in
the beginning both say the same, and the new channels learn from there.
"""

from collections.abc import Mapping
from typing import Any

import torch

from tryon_app.core.errors import InputError


def grow(network: Any, learnt: Mapping[str, Any]) -> None:
    """Put weights into a network as wide as theirs or wider, in place.

    Args:
        network: A torch module, untrained.
        learnt: Its weights or those of a narrower one of the same build, by name.

    Raises:
        InputError: They are of a network of another build, or of a wider one.
    """
    own = network.state_dict()
    if set(own) != set(learnt) or not all(_fits(own[name], values) for name, values in learnt.items()):
        raise InputError("These weights are of a network of another build.", "Start from another checkpoint.")
    with torch.no_grad():
        for name, values in learnt.items():
            corner = tuple(slice(0, size) for size in values.shape)
            if own[name].ndim > 1:
                own[name][corner[0]] = 0.0
            own[name][corner] = values


def _fits(wide: Any, narrow: Any) -> bool:
    return wide.ndim == narrow.ndim and all(w >= n for w, n in zip(wide.shape, narrow.shape, strict=True))
