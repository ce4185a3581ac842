"""The warp network: what geometry cannot know of how cloth lies, as small shifts of what it laid, and as shading."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from tryon_app.core.errors import ModelError, TryOnError
from tryon_app.core.types import (
    Fit,
    FitPiece,
    Float32,
    Frame,
    GarmentFit,
    Labels,
    Notice,
    Parsing,
    Pose,
    Rect,
    Shading,
    Slot,
)
from tryon_app.fitting.body import Body
from tryon_app.fitting.ends import straightened
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.refine_input import CELLS, CHANNELS, PIECES, SIZE, Layer, around, encode
from tryon_app.fitting.strip import torn, unfold
from tryon_app.inference.manifest import Contract
from tryon_app.inference.running import Dispensable, RunningNetwork

MODEL = "warp"
CONTRACT = Contract(
    inputs={"laid": (1, CHANNELS, SIZE, SIZE)},
    outputs={"moved": (1, 2, SIZE, SIZE), "cover": (1, 1, SIZE, SIZE), "shade": (1, 1, SIZE, SIZE)},
)
"""What the network takes and gives."""
_FARTHEST = 0.3
"""No place is moved farther, in units of the body: whatever asks for more is an error."""
_RIM = 6
"""Cells from the edge of the maps within which nothing is moved: a part of the garment may lie beyond."""
_SHADE = 0.7
"""Share of the shading that is drawn: the scene's own light is there already."""
_CARRIED = 4.5
"""Samples for which a piece's border is carried on outwards."""
_LEAP = 4.0
"""Times the usual change of the flow along a border."""
_GAP_S = 0.2
_SETTLES_S = 0.45
"""Time in which what is moved follows what the network says: cloth does not tremble."""
_CHANGED = 10.0
"""Cells of change from which on something really moved."""
_EVERY_S = 0.12
"""How often the network is asked while somebody waits: what it says changes slowly."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the network said of a garment, and when: float32 3 x 2 x SIZE x SIZE (`PIECES`), and SIZE x SIZE twice."""

    time_s: float
    moved: Float32
    shade: Float32
    cover: Float32


_STRANGE = ModelError("The warp network was made for another version.", "Install the app again.")


def _worse(error: TryOnError) -> Notice:
    return Notice(f"Garments follow the body less closely for now. {error.message}", error.remedy)


class NetworkRefiner:
    """Implements `core.protocols.Refiner`, `RunsModels` and `GivesNotice`.

    Tops, dresses and jackets seen from the front are refined, where there are labels. When the network cannot be loaded
    or fails, geometry's fit goes on unchanged, and `notices` says so.

    Args:
        network: With the contract `CONTRACT`; not opened yet.
        thorough: Ask the network about every frame; otherwise about every fourth of a quick video.
    """

    def __init__(self, network: RunningNetwork, thorough: bool = True) -> None:
        self._network = Dispensable(MODEL, network, CONTRACT, _STRANGE, _worse)
        self._thorough = thorough
        self._layer = Layer()
        self._past: dict[int, _Seen] = {}
        self._scene, self._time_s = 0, 0.0

    @property
    def providers(self) -> Mapping[str, str]:
        """What runs the network; empty where nothing does."""
        return self._network.providers

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Why nothing is refined, or that another provider had to take over."""
        return self._network.notices

    def open(self) -> None:
        """Load the network. Where that fails nothing is refined: raises nothing of its own."""
        self.reset()
        self._network.open()

    def close(self) -> None:
        """Free the network; may be called twice."""
        self.reset()
        self._network.close()

    def reset(self) -> None:
        """See `core.protocols.Refiner`."""
        self._past.clear()

    def refine(self, frame: Frame, pose: Pose, parsing: Parsing, fit: Fit) -> Fit:
        """See `core.protocols.Refiner`."""
        if not self._network.running or parsing.labels is None:
            return fit
        if frame.scene != self._scene or not 0.0 < frame.timestamp_s - self._time_s < _GAP_S:
            self.reset()
        self._scene, self._time_s = frame.scene, frame.timestamp_s
        matrix = around(Body(pose))
        return Fit(
            tuple(self._one(order, frame, item, parsing.labels, matrix) for order, item in enumerate(fit.garments))
        )

    def _one(self, order: int, frame: Frame, item: GarmentFit, labels: Labels, matrix: Float32) -> GarmentFit:
        garment = item.worn.garment
        if (
            not self._network.running
            or not item.pieces
            or garment.slot is Slot.BOTTOM
            or item.view is not garment.front
        ):
            return item
        seen = self._past.get(order)
        if seen is None or self._thorough or not frame.timestamp_s - seen.time_s < _EVERY_S:
            laid = self._layer.lay(item, matrix)
            said = self._network.run({"laid": encode(laid, labels, matrix, item.alike)[None]})
            if said is None:
                return item
            shade = np.power(said["shade"][0, 0], np.float32(_SHADE))
            shifts = straightened(_bounded(said["moved"][0]), laid, item.view)
            seen = _settled(_Seen(frame.timestamp_s, shifts, shade, laid.alpha), seen)
            self._past[order] = seen
        moved = np.ascontiguousarray(seen.moved.transpose(0, 2, 3, 1))
        farthest = float(np.abs(moved).max())
        pieces: list[FitPiece] = []
        for piece in item.pieces:
            # The inside of a collar lies where the torso does: one flow for both.
            twin = next((new for old, new in zip(item.pieces, pieces, strict=False) if old.flow is piece.flow), None)
            own = moved[PIECES.index(piece.name) if piece.name in PIECES else 0]
            new = twin or _moved(piece, own, farthest, matrix, frame.width, frame.height)
            pieces.append(replace(piece, roi=new.roi, flow=new.flow, torn=new.torn))
        return replace(item, pieces=tuple(pieces), shading=Shading(matrix, seen.shade, seen.cover))


def _settled(seen: _Seen, past: _Seen | None) -> _Seen:
    """What is new, on its way from what was; where something really moved, what is new counts."""
    if past is None:
        return seen
    change = np.abs(past.moved - seen.moved).max(axis=(0, 1))
    kept = np.float32(np.exp((past.time_s - seen.time_s) / _SETTLES_S)) * np.clip(1.0 - change / _CHANGED, 0.0, 1.0)
    return replace(
        seen,
        moved=seen.moved + kept * (past.moved - seen.moved),
        shade=seen.shade + kept * (past.shade - seen.shade),
    )


def _bounded(moved: Float32) -> Float32:
    """What is moved: never far, and nothing at the edge of the maps. Float32 2 x SIZE x SIZE, cells."""
    length = np.hypot(moved[0], moved[1])
    most = np.float32(_FARTHEST * CELLS)
    moved = moved * np.minimum(1.0, most / np.maximum(length, 1e-3))
    inward = np.minimum(np.arange(SIZE), np.arange(SIZE)[::-1])
    rim = np.clip(inward.astype(np.float32) / _RIM, 0.0, 1.0)
    return np.asarray(moved * rim * rim[:, None], np.float32)


def _moved(piece: FitPiece, moved: Float32, farthest: float, matrix: Float32, width: int, height: int) -> FitPiece:
    """A piece whose places are where the network wants them.

    Args:
        piece: As geometry laid it.
        moved: float32 SIZE x SIZE x 2, cells from where a place should be to where it was laid.
        farthest: Cells by which anything is moved at most.
        matrix: float32 2 x 3, from a pixel of the frame to a cell.
        width: Of the frame.
        height: Of the frame.
    """
    step, scale = piece.step, float(matrix[0, 0])
    more = math.ceil(farthest / (scale * step))
    # Larger by whole steps: samples stay where they were.
    roi = Rect(
        max(piece.roi.x0 - more * step, piece.roi.x0 % step),
        max(piece.roi.y0 - more * step, piece.roi.y0 % step),
        min(piece.roi.x1 + more * step, width),
        min(piece.roi.y1 + more * step, height),
    )
    size = -(-roi.width // step), -(-roi.height // step)
    onto = matrix @ np.array([[step, 0.0, roi.x0], [0.0, step, roi.y0], [0.0, 0.0, 1.0]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    # From cells to samples of the flow.
    shift = cv2.warpAffine(moved, onto, size, flags=flags)
    shift *= np.float32(1.0 / (scale * step))
    shift[..., 0] += np.arange(size[0], dtype=np.float32) + np.float32((roi.x0 - piece.roi.x0) / step)
    shift[..., 1] += np.arange(size[1], dtype=np.float32)[:, None] + np.float32((roi.y0 - piece.roi.y0) / step)
    # Beyond the frame nothing was laid: its edge is what comes nearest.
    for axis, (first, last, end) in enumerate(
        ((piece.roi.x0, piece.roi.x1, width), (piece.roi.y0, piece.roi.y1, height))
    ):
        if first <= 0:
            np.maximum(shift[..., axis], 0.0, out=shift[..., axis])
        if last >= end:
            np.minimum(shift[..., axis], np.float32(piece.flow.shape[1 - axis] - 1), out=shift[..., axis])
    carried = _beyond(piece.flow)
    flow: Float32 = cv2.remap(
        carried, shift, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(OUTSIDE, OUTSIDE)
    )
    # A sample with a grain of nothing in it would lie anywhere in the photo.
    nothing = cv2.compare(carried[..., 0], 0.5 * OUTSIDE, cv2.CMP_LT)
    mixed = cv2.remap(nothing, shift, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    flow[cv2.dilate(mixed, None) > 0] = OUTSIDE
    tears = None
    if piece.name in PIECES[1:] and piece.weight is not None:
        between = torn(carried)
        if between is not None:
            # Where it lies on itself, a sample is of one layer or the other.
            amid = cv2.remap(between, np.floor(shift), None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT) > 0
            flow[amid] = cv2.remap(carried, shift, None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)[amid]
        tears = unfold(flow, piece.weight)
    return replace(piece, roi=roi, flow=flow, torn=tears)


def _beyond(flow: Float32) -> Float32:
    """The flow with its border carried on outwards: samples are mixed anew, and a mixture with nothing is nothing."""
    outside = (flow[..., 0] < 0.5 * OUTSIDE).astype(np.uint8)
    distance, nearest = cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, cv2.DIST_MASK_3, labelType=cv2.DIST_LABEL_PIXEL
    )
    rim = np.flatnonzero((distance > 0.0) & (distance < _CARRIED))
    inner = np.flatnonzero(outside.ravel() == 0)  # in the order in which OpenCV numbers them
    if not len(rim) or not len(inner):
        return flow
    edge = inner[nearest.ravel()[rim] - 1]
    # As far inside the edge as the rim lies outside it: beyond the edge the photo goes on as it came.
    width = flow.shape[1]
    rows = np.clip(2 * (edge // width) - rim // width, 0, flow.shape[0] - 1)
    inside = rows * width + np.clip(2 * (edge % width) - rim % width, 0, width - 1)
    inside = np.where(outside.ravel()[inside] > 0, edge, inside)
    flat = flow.reshape(-1, 2)
    carried = flat[edge] - flat[inside]
    length = np.abs(carried).sum(axis=1) / distance.ravel()[rim]
    # A fold inside would be carried on as a leap.
    even = length < _LEAP * max(float(np.median(length)), 1e-3)
    result = flow.copy()
    result.reshape(-1, 2)[rim[even]] = flat[edge[even]] + carried[even]
    return result
