"""The networks, in torch.

Plain 3 x 3 convolutions at small sizes instead of MobileNet's thin ones: for the same quality they train twice as fast
on a CPU and run no slower in ONNX Runtime, where moving memory costs more than multiplying.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from torch import nn
from torch.nn import functional

from tryon_app.core.types import BodyPart, Material
from tryon_app.fitting import refine_input
from tryon_app.perception import parse_input

PARTS, MATERIALS = len(BodyPart), len(Material)
WIDTHS = (24, 48, 80, 160, 256)
"""Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input."""
DEPTHS = (1, 2, 2, 2)
"""Residual blocks at 1/4 and below."""
_HEAD = 32
_WARP_HEAD = 24
WARP_WIDTHS = (24, 48, 96, 160)
WARP_DEPTHS = (2, 2, 3)
_REACH = 4.0
"""Cells for an output of 1: about what has to be moved."""


class _Conv(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class _Residual(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.first = _Conv(inputs, outputs, 3, stride)
        self.second = nn.Sequential(nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.short: Any = nn.Identity()
        if inputs != outputs or stride != 1:
            self.short = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, values: Any) -> Any:
        """Channels in, channels out."""
        return functional.relu(self.second(self.first(values)) + self.short(values))


class _UNet(nn.Module):
    """A stem that halves the picture, an encoder, a decoder back to the stem's size, and a head."""

    def __init__(self, inputs: int, widths: Sequence[int], depths: Sequence[int], head: int, outputs: int) -> None:
        super().__init__()
        self.stem = _Conv(inputs, widths[0], 3, 2)
        self.encoder = nn.ModuleList()
        for (shallow, deep), depth in zip(pairwise(widths), depths, strict=True):
            blocks = [_Residual(shallow, deep, 2), *(_Residual(deep, deep) for _ in range(depth - 1))]
            self.encoder.append(nn.Sequential(*blocks))
        self.rise = nn.ModuleList(_Conv(deep, shallow, 1) for shallow, deep in reversed(list(pairwise(widths))))
        self.decoder = nn.ModuleList(_Conv(shallow, shallow) for shallow in reversed(list(widths[:-1])))
        self.head = nn.Sequential(_Conv(widths[0], head), nn.Conv2d(head, outputs, 1))

    def half(self, picture: Any) -> Any:
        """The head's outputs at half the picture's size."""
        levels = [self.stem(picture)]
        for stage in self.encoder:
            levels.append(stage(levels[-1]))
        values = levels.pop()
        for narrow, stage in zip(self.rise, self.decoder, strict=True):
            # Made narrow before it is enlarged, and added instead of set beside: at 128 x 96 memory is what costs.
            larger = functional.interpolate(narrow(values), scale_factor=2.0, mode="bilinear", align_corners=False)
            values = stage(larger + levels.pop())
        return self.head(values)


class ParsingNetwork(_UNet):
    """Body part and material of each pixel: a small U-Net with two heads in one last layer.

    Input: float32 N x 15 x 256 x 192 (`perception.parse_input.encode`). Output: logits of the body parts,
    N x 15 x 128 x 96, and of the materials, N x 9 x 128 x 96.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, depths: Sequence[int] = DEPTHS, head: int = _HEAD) -> None:
        super().__init__(parse_input.CHANNELS, widths, depths, head, PARTS + MATERIALS)

    def forward(self, picture: Any) -> tuple[Any, Any]:
        """Logits of body parts and materials."""
        parts, materials = self.half(picture).split([PARTS, MATERIALS], dim=1)
        return parts, materials


class Probabilities(nn.Module):
    """A `ParsingNetwork` as it is shipped: softmax instead of logits."""

    def __init__(self, network: ParsingNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Any) -> tuple[Any, Any]:
        """Probabilities of body parts and materials."""
        parts, materials = self.network(picture)
        return parts.softmax(dim=1), materials.softmax(dim=1)


class WarpNetwork(_UNet):
    """Where the places of a laid garment belong, whether it is seen, and its light: a small U-Net.

    Input: float32 N x 20 x 112 x 112 (`fitting.refine_input.encode`). Output: how far from each cell, in cells, the
    place that belongs there was laid, N x 2 x 112 x 112; logit of the garment being seen there, N x 1 x 112 x 112;
    natural logarithm of light and shade, N x 1 x 112 x 112.
    """

    def __init__(self, widths: Sequence[int] = WARP_WIDTHS, depths: Sequence[int] = WARP_DEPTHS) -> None:
        super().__init__(refine_input.CHANNELS, widths, depths, _WARP_HEAD, 4)
        last: Any = self.head[-1]
        # Untrained, it leaves everything where geometry laid it.
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, laid: Any) -> tuple[Any, Any, Any]:
        """How far, logit of being seen, light."""
        values = functional.interpolate(self.half(laid), scale_factor=2.0, mode="bilinear", align_corners=False)
        moved, cover, shade = values.split([2, 1, 1], dim=1)
        return moved * _REACH, cover, shade


class Refinement(nn.Module):
    """A `WarpNetwork` as it is shipped: how likely the garment is seen, and light as a factor."""

    def __init__(self, network: WarpNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, laid: Any) -> tuple[Any, Any, Any]:
        """How far, 0..1, factor."""
        moved, cover, shade = self.network(laid)
        return moved, cover.sigmoid(), shade.clamp(-0.7, 0.7).exp()


def parameter_count(network: Any) -> int:
    """Number of trained values."""
    return sum(values.numel() for values in network.parameters())
