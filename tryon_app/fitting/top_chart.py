"""The photo of a top or dress, read once: its torso and sleeves as ladders, and which pixel belongs to which."""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon_app.core.collar import opening
from tryon_app.core.errors import GarmentError
from tryon_app.core.types import Float32, GarmentView, KeyPoint, UInt8
from tryon_app.fitting.strip import Ladder

_SHOULDER_RUNGS = 4
_ARMHOLE_RUNGS = 4
_SIDE_RUNGS = 9
_FAN_RUNGS = 4
_SLEEVE_RUNGS = 16

_REQUIRED = (
    KeyPoint.COLLAR_LEFT,
    KeyPoint.COLLAR_RIGHT,
    KeyPoint.SHOULDER_LEFT,
    KeyPoint.SHOULDER_RIGHT,
    KeyPoint.ARMPIT_LEFT,
    KeyPoint.ARMPIT_RIGHT,
    KeyPoint.HEM_LEFT,
    KeyPoint.HEM_RIGHT,
)


_NECKS = (1.1, 1.35, 1.7, 2.1, 2.7)
"""How round necklines may be: 1 pointed, 2 an ellipse, more nearly square."""
_USUAL, _EITHER_SIDE = 1.6, (0.86, 1.14)
"""What the usual neckline counts beside these; where colours are compared, shares of the way out from its middle."""


@dataclass(frozen=True, eq=False)
class SleeveChart:
    """One sleeve.

    Attributes:
        ladder: Outer edge (shoulder tip to cuff) and inner edge (armpit to cuff), photo pixels. The first rungs fan out
            from the armpit until they stand square to the sleeve, the others stay square.
        fan: Index of the first square rung.
        weight: float32 H x W, 0..1, the sleeve's share of the photo.
        length: From the first square rung to the cuff, photo pixels.
        widths: float32 n, across each rung, photo pixels.
    """

    ladder: Ladder
    fan: int
    weight: Float32
    length: float
    widths: Float32


@dataclass(frozen=True, eq=False)
class TopChart:
    """A top or dress.

    Attributes:
        ladder: Left and right edge of the torso from collar over shoulder tip and armpit to the hem, photo pixels. Left
            is the wearer's.
        rungs: Index of the shoulder and the armpit rung.
        weight: float32 H x W, the torso's share of the photo.
        inside: float32 H x W, the inside of the back collar seen through the neck opening, or None.
        sleeves: By side, +1 left, -1 right; a missing side has none.
        chest: Width at the armpits, photo pixels.
        shoulder: Width from tip to tip, photo pixels.
        collar: Width between the collar points, photo pixels.
        rise: Pixels from the highest pixel of the garment down to the collar points.
        length: Collar line to hem, photo pixels.
        drop: Collar line to shoulder tips, photo pixels.
        tail: How far the torso hangs below the hem line (a rounded shirt tail), photo pixels.
    """

    ladder: Ladder
    rungs: tuple[int, int]
    weight: Float32
    inside: Float32 | None
    sleeves: dict[int, SleeveChart]
    chest: float
    shoulder: float
    collar: float
    rise: float
    length: float
    drop: float
    tail: float


def read_top(view: GarmentView) -> TopChart:
    """Chart a photo.

    Args:
        view: A top's or dress's photo with its key points.

    Raises:
        GarmentError: Key points are missing.
    """
    missing = [name for name in _REQUIRED if name not in view.keypoints]
    if missing:
        raise GarmentError(
            f"The garment lacks the key points {', '.join(missing)}.", "Import the photo again or add them by hand."
        )
    keys = {name: np.array(point, np.float32) for name, point in view.keypoints.items()}
    alpha: UInt8 = np.ascontiguousarray(view.rgba[..., 3])
    solid = (alpha > 127).astype(np.uint8)
    sleeves: dict[int, SleeveChart] = {}
    torso = solid.copy()
    for side, suffix in ((1, "left"), (-1, "right")):
        region = _sleeve_region(solid, keys, suffix)
        if region is not None:
            torso[region > 0] = 0
            sleeves[side] = _sleeve(region, keys, suffix)
    ladder = _torso_ladder(torso, keys)
    k = KeyPoint
    collar_line = 0.5 * (keys[k.COLLAR_LEFT] + keys[k.COLLAR_RIGHT])
    tips = 0.5 * (keys[k.SHOULDER_LEFT] + keys[k.SHOULDER_RIGHT])
    hem = 0.5 * (keys[k.HEM_LEFT] + keys[k.HEM_RIGHT])
    ys = np.flatnonzero(torso.any(axis=1))
    inside = _inside(view.rgba[..., :3], solid, keys)
    weight = _share(torso, alpha)
    if inside is not None:
        weight = weight * (1.0 - inside)
    return TopChart(
        ladder=ladder,
        rungs=(_SHOULDER_RUNGS, _SHOULDER_RUNGS + _ARMHOLE_RUNGS),
        weight=weight,
        inside=inside,
        sleeves=sleeves,
        chest=float(np.linalg.norm(keys[k.ARMPIT_LEFT] - keys[k.ARMPIT_RIGHT])),
        shoulder=float(np.linalg.norm(keys[k.SHOULDER_LEFT] - keys[k.SHOULDER_RIGHT])),
        collar=float(np.linalg.norm(keys[k.COLLAR_LEFT] - keys[k.COLLAR_RIGHT])),
        rise=max(float(collar_line[1] - ys[0]), 0.0) if len(ys) else 0.0,
        length=float(hem[1] - collar_line[1]),
        drop=max(float(tips[1] - collar_line[1]), 0.0),
        tail=max(float(ys[-1] - hem[1]), 0.0) if len(ys) else 0.0,
    )


def _share(region: UInt8, alpha: UInt8) -> Float32:
    """A piece's region, grown into the soft edge of the garment and feathered where it meets another piece."""
    other = ((alpha > 127) & (region == 0)).astype(np.uint8)
    size = max(3, round(0.008 * max(alpha.shape)) * 2 + 1)
    near = cv2.dilate(region, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1)))
    near[cv2.dilate(other, np.ones((3, 3), np.uint8)) > 0] = 0
    near[region > 0] = 1
    # Overlap the neighbour a little: both show the same cloth there, and no gap opens while the seam bends.
    grown = cv2.dilate(near, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    soft: Float32 = cv2.GaussianBlur(grown.astype(np.float32), (0, 0), size / 4)
    return np.maximum(soft, near.astype(np.float32))


def _sleeve_region(solid: UInt8, keys: dict[KeyPoint, Float32], suffix: str) -> UInt8 | None:
    """uint8 H x W, 1 on the sleeve; None where there is none."""
    try:
        outer, inner = keys[KeyPoint(f"cuff_outer_{suffix}")], keys[KeyPoint(f"cuff_inner_{suffix}")]
    except KeyError:
        return None
    tip, armpit = keys[KeyPoint(f"shoulder_{suffix}")], keys[KeyPoint(f"armpit_{suffix}")]
    middle = 0.5 * (keys[KeyPoint.HEM_LEFT] + keys[KeyPoint.HEM_RIGHT])
    trunk = (0.5 * (armpit + middle)).astype(np.float32)
    seam = tip - armpit
    # Beyond the tip the cut goes on outwards of the garment; below the armpit it follows the sleeve's inner edge.
    start = tip + 0.35 * seam
    height, width = solid.shape
    cut = solid.copy()
    _line(cut, start, armpit)
    region = _component(cut, 0.5 * (outer + inner), tip, armpit)
    if region is None or _contains(region, trunk):
        notch = _notch(solid, armpit, inner, keys[KeyPoint(f"hem_{suffix}")])
        _line(cut, armpit, notch)
        _line(cut, notch, notch + 0.25 * (inner - armpit))
        region = _component(cut, 0.5 * (outer + inner), tip, armpit)
    if region is None or _contains(region, trunk):
        # Joined by a shadow: everything on the sleeve's side of armhole and inner edge, however far it bulges out.
        chord = outer - tip
        aside = np.array([-chord[1], chord[0]], np.float32)
        aside *= 0.5 * (1.0 if float(aside @ (tip - trunk)) > 0 else -1.0)
        notch = _notch(solid, armpit, inner, keys[KeyPoint(f"hem_{suffix}")])
        polygon = np.stack(
            [start, start + aside, outer + aside, outer + 0.3 * chord, inner + 0.3 * chord, notch, armpit]
        )
        region = np.zeros((height, width), np.uint8)
        cv2.fillPoly(region, [np.round(polygon).astype(np.int32)], 1)
        region &= solid
    # The cut itself belongs to the sleeve.
    region = cv2.dilate(region, np.ones((3, 3), np.uint8)) & solid
    return region if int(region.sum()) > 20 else None


def _notch(solid: UInt8, armpit: Float32, cuff: Float32, hem: Float32) -> Float32:
    """Where a sleeve lying against the torso parts from it: the highest background between the two; else the cuff."""
    wedge = np.zeros(solid.shape, np.uint8)
    corners = np.stack([armpit, cuff + 0.3 * (cuff - armpit), hem + 0.1 * (hem - armpit)])
    cv2.fillPoly(wedge, [np.round(corners).astype(np.int32)], 1)
    ys, xs = np.nonzero((wedge > 0) & (solid == 0))
    if not len(ys):
        return cuff
    top = int(np.argmin(ys))
    return np.array([xs[top], ys[top]], np.float32)


def _line(mask: UInt8, a: Float32, b: Float32) -> None:
    start, end = (tuple(round(float(value)) for value in point) for point in (a, b))
    cv2.line(mask, start, end, 0, 2)


def _component(mask: UInt8, cuff: Float32, tip: Float32, armpit: Float32) -> UInt8 | None:
    """The connected part between the cuff and the seam."""
    _, labels = cv2.connectedComponents(mask, connectivity=4)
    seam = 0.5 * (tip + armpit)
    votes = []
    for part in (0.35, 0.55, 0.75, 0.92):
        x, y = np.round(seam + part * (cuff - seam)).astype(int)
        if 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1] and labels[y, x]:
            votes.append(int(labels[y, x]))
    if not votes:
        return None
    return (labels == max(set(votes), key=votes.count)).astype(np.uint8)


def _contains(region: UInt8, point: Float32) -> bool:
    x, y = np.round(point).astype(int)
    return bool(0 <= y < region.shape[0] and 0 <= x < region.shape[1] and region[y, x])


def _sleeve(region: UInt8, keys: dict[KeyPoint, Float32], suffix: str) -> SleeveChart:
    tip, armpit = keys[KeyPoint(f"shoulder_{suffix}")], keys[KeyPoint(f"armpit_{suffix}")]
    outer, inner = keys[KeyPoint(f"cuff_outer_{suffix}")], keys[KeyPoint(f"cuff_inner_{suffix}")]
    # Opposite the armpit, square to the sleeve.
    chord = outer - tip
    share = float(np.clip((armpit - tip) @ chord / max(float(chord @ chord), 1.0), 0.0, 0.6))
    opposite = tip + share * chord
    t = np.linspace(0.0, 1.0, _SLEEVE_RUNGS, dtype=np.float32)[:, None]
    first, second = snap(
        region,
        (opposite + (outer - opposite) * t).astype(np.float32),
        (armpit + (inner - armpit) * t).astype(np.float32),
    )
    # At the armpit and the cuff the key points are the truth.
    second[0], first[-1], second[-1] = armpit, outer, inner
    fan = np.linspace(0.0, 1.0, _FAN_RUNGS, endpoint=False, dtype=np.float32)[:, None]
    arch = tip + (first[0] - tip) * fan
    bulged, _ = snap(region, arch[1:], np.repeat(armpit[None], _FAN_RUNGS - 1, axis=0))
    arch[1:] = bulged
    first = np.concatenate([arch, first]).astype(np.float32)
    second = np.concatenate([np.repeat(armpit[None], _FAN_RUNGS, axis=0), second]).astype(np.float32)
    return SleeveChart(
        ladder=Ladder(first, second),
        fan=_FAN_RUNGS,
        weight=_share_sleeve(region),
        length=float(np.linalg.norm(0.5 * (outer + inner) - 0.5 * (first[_FAN_RUNGS] + armpit))),
        widths=np.linalg.norm(first - second, axis=1).astype(np.float32),
    )


def _share_sleeve(region: UInt8) -> Float32:
    """Sharp where the sleeve ends in the background, feathered by a few pixels at the seam."""
    size = max(3, round(0.006 * max(region.shape)) * 2 + 1)
    grown = cv2.dilate(region, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    soft: Float32 = cv2.GaussianBlur(grown.astype(np.float32), (0, 0), size / 3)
    return soft


def snap(region: UInt8, first: Float32, second: Float32) -> tuple[Float32, Float32]:
    """Move both ends of each rung to the edge of the region along the rung.

    Args:
        region: uint8 H x W, 1 inside.
        first: float32 n x 2, photo pixels.
        second: float32 n x 2.
    """
    middle = 0.5 * (first + second)
    half = np.linalg.norm(first - second, axis=1) * 0.5
    direction = (first - second) / np.maximum(2 * half, 1e-6)[:, None]
    reach = np.linspace(0.0, 2.6, 105, dtype=np.float32)
    found = []
    for sign in (1.0, -1.0):
        points = middle[:, None] + sign * direction[:, None] * (half[:, None] * reach)[..., None]
        x = np.clip(np.round(points[..., 0]).astype(int), 0, region.shape[1] - 1)
        y = np.clip(np.round(points[..., 1]).astype(int), 0, region.shape[0] - 1)
        outside = region[y, x] == 0
        stop = np.where(outside.any(axis=1), outside.argmax(axis=1), len(reach) - 1)
        distance = half * reach[np.maximum(stop - 1, 0)]
        # A rung whose middle misses the sleeve, or an edge much nearer than the key points say, keeps the chord.
        distance = np.where(outside[:, 0] | (distance < 0.4 * half), half, distance)
        found.append(distance)
    a, b = found
    return middle + direction * a[:, None], middle - direction * b[:, None]


def _torso_ladder(torso: UInt8, keys: dict[KeyPoint, Float32]) -> Ladder:
    edges = []
    for suffix in ("left", "right"):
        collar, tip = keys[KeyPoint(f"collar_{suffix}")], keys[KeyPoint(f"shoulder_{suffix}")]
        armpit, hem = keys[KeyPoint(f"armpit_{suffix}")], keys[KeyPoint(f"hem_{suffix}")]
        shoulder = collar + (tip - collar) * np.linspace(0, 1, _SHOULDER_RUNGS, endpoint=False)[:, None]
        shoulder[1:] = _to_contour(torso, shoulder[1:].astype(np.float32), tip - collar)
        armhole = tip + (armpit - tip) * np.linspace(0, 1, _ARMHOLE_RUNGS, endpoint=False)[:, None]
        side = armpit + (hem - armpit) * np.linspace(0, 1, _SIDE_RUNGS)[:, None]
        edges.append(np.concatenate([shoulder, armhole, side]).astype(np.float32))
    start = _SHOULDER_RUNGS + _ARMHOLE_RUNGS + 1
    left, right = edges
    snapped = snap(torso, left[start:-1], right[start:-1])
    left[start:-1], right[start:-1] = snapped
    return Ladder(left, right)


def _to_contour(torso: UInt8, points: Float32, along: Float32) -> Float32:
    """Points of the shoulder line moved up to the outline: a shoulder is round, its chord is not."""
    length = max(float(np.linalg.norm(along)), 1.0)
    upward = np.array([along[1], -along[0]], np.float32) / length
    if upward[1] > 0:
        upward = -upward
    reach = np.linspace(-0.12, 0.35, 64, dtype=np.float32) * length
    places = points[:, None] + upward * reach[None, :, None]
    x = np.clip(np.round(places[..., 0]).astype(int), 0, torso.shape[1] - 1)
    y = np.clip(np.round(places[..., 1]).astype(int), 0, torso.shape[0] - 1)
    inside = torso[y, x] > 0
    last = inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)
    # A collar or hood standing on the shoulder is not its outline.
    offset = np.where(inside.any(axis=1) & (last < inside.shape[1] - 2), reach[last], 0.0)
    return (points + upward * offset[:, None]).astype(np.float32)


def _neckline(left: Float32, right: Float32, front: Float32, depth: float, power: float) -> Float32:
    """From the right collar point (the picture's left) down to the front and up to the left one: float32 41 x 2."""
    t = np.linspace(-1.0, 1.0, 41)[:, None]
    curve = front + (np.where(t < 0, right, left) - front) * np.abs(t)
    curve[:, 1] = front[1] - depth * (1.0 - (1.0 - np.abs(t[:, 0]) ** power) ** (1.0 / power))
    return np.asarray(curve, np.float32)


def _told(rgb: UInt8, curve: Float32, front: Float32, depth: float) -> float:
    """How much the colours on either side of a neckline differ along its sides, where necklines differ."""
    centre = np.array([front[0], front[1] - depth], np.float32)
    low = curve[:, 1] - centre[1]
    sides = curve[(low > 0.15 * depth) & (low < 0.9 * depth)]
    colours = []
    for share in _EITHER_SIDE:
        x, y = np.round(centre + (sides - centre) * np.float32(share)).astype(int).T
        colours.append(rgb[y.clip(0, len(rgb) - 1), x.clip(0, rgb.shape[1] - 1)].astype(np.float32))
    return float(np.linalg.norm(colours[0] - colours[1], axis=1).mean()) if len(sides) else 0.0


def _inside(rgb: UInt8, solid: UInt8, keys: dict[KeyPoint, Float32]) -> Float32 | None:
    """The inner back of the collar: what lies above the front neckline between the collar points."""
    front = keys.get(KeyPoint.NECK_FRONT)
    if front is None:
        return None
    left, right = keys[KeyPoint.COLLAR_LEFT], keys[KeyPoint.COLLAR_RIGHT]
    left, right = opening(solid, left, right) or (left, right)
    width, depth = float(np.linalg.norm(left - right)), float(front[1] - 0.5 * (left[1] + right[1]))
    if width < 4 or depth < 0.04 * width:
        return None
    # Between a deep V and a square neck, a round one in the middle; unless the picture says, the deeper the straighter.
    usual = float(np.clip(2.3 - 0.9 * depth / width, 1.15, 2.2))
    told = {power: _told(rgb, _neckline(left, right, front, depth, power), front, depth) for power in _NECKS}
    told[usual] = _USUAL * _told(rgb, _neckline(left, right, front, depth, usual), front, depth)
    curve = _neckline(left, right, front, depth, max(told, key=lambda power: told[power]))
    top = np.array([[left[0], 0.0], [right[0], 0.0]])
    region = np.zeros(solid.shape, np.uint8)
    cv2.fillPoly(region, [np.round(np.concatenate([curve, top])).astype(np.int32)], 1)
    # With the soft edge of the garment: a line of it would be drawn across the neck.
    region &= cv2.dilate(solid, np.ones((7, 7), np.uint8))
    if not (region & solid).any():
        return None
    soft: Float32 = cv2.GaussianBlur(region.astype(np.float32), (0, 0), 1.0)
    return soft
