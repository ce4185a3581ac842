"""Hems and cuffs stay straight: where a garment ends, cloth moves along the body as one.

The warp network sees the outline of what is worn now and bends the new garment's ends to it: into the opening of a
jacket, around a wider sleeve. Across the body that is right; along it, a hem was cut straight and stays so.
"""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon_app.core.types import Float32, GarmentView, KeyPoint
from tryon_app.fitting.refine_input import Laid

_BINS = 24
_BLUR = np.array([1, 2, 3, 2, 1], np.float32)
_FROM, _TO = 0.45, 0.8
"""Shares of a piece's length between which what is moved becomes one."""
_AIM = (0.55, 0.8), 0.9
"""Which way the end points: from the middle of these shares to what is beyond that one."""
_LAST = 97.0
"""Per cent of a piece that lie before its end: single cells say little."""
_BEYOND = 10.0
"""Cells beyond the garment that move with its end."""
_GROWS = 4.0
"""Cells beyond its outline over which a garment without sleeves may grow, and as far again until nothing moves: old
sleeves are none of its own."""
_SEEN = 0.5
_FEW = 6
_NECK = 0.06, 0.4
"""Chest widths from the neckline: within the first nothing moves, from the second on everything may."""
_EVEN = 1.0
"""Cells over which what is moved is evened out: cloth does not wrinkle sideways."""


def straightened(moved: Float32, laid: Laid, view: GarmentView) -> Float32:
    """What the network moves, for each piece with its end moved along the limb as a whole.

    Args:
        moved: float32 2 x h x w, cells.
        laid: The garment as geometry laid it, on the same cells.
        view: Its photo.

    Returns:
        float32 3 x 2 x h x w: torso, left and right sleeve.
    """
    alpha = np.where(laid.alpha > _SEEN, np.float32(1.0), np.float32(0.0))
    weight = cv2.GaussianBlur(alpha, (0, 0), _EVEN)
    even = [cv2.GaussianBlur(part * alpha, (0, 0), _EVEN) / np.maximum(weight, 1e-3) for part in moved]
    moved = np.where(alpha > 0.0, np.stack(even), moved)
    known = laid.photo[..., 0] > -1.0
    moved = moved * _from_neck(laid, known, view)
    lengths = _lengths(view)
    seen = (laid.pieces[: len(lengths)] > _SEEN) & known
    grows = None if KeyPoint.CUFF_OUTER_LEFT in view.keypoints else _GROWS
    return np.stack([_piece(moved, own, laid, *ends, grows) for own, ends in zip(seen, lengths, strict=True)])


def _from_neck(laid: Laid, known: NDArray[np.bool_], view: GarmentView) -> Float32:
    """How far each cell is from the neckline, 0 at it to 1: a collar keeps its cut, whatever is worn now."""
    names = (KeyPoint.COLLAR_LEFT, KeyPoint.NECK_FRONT, KeyPoint.COLLAR_RIGHT)
    if not all(name in view.keypoints for name in (*names, KeyPoint.ARMPIT_LEFT, KeyPoint.ARMPIT_RIGHT)):
        return np.ones(known.shape, np.float32)
    points = [np.array(view.keypoints[name], np.float32) for name in names]
    chest = max(abs(view.keypoints[KeyPoint.ARMPIT_LEFT][0] - view.keypoints[KeyPoint.ARMPIT_RIGHT][0]), 1.0)
    photo = laid.photo[known]
    far = np.full(len(photo), np.float32(1e6))
    for start, end in pairwise(points):
        line = end - start
        away = photo - start
        along = np.clip((away @ line) / max(float(line @ line), 1.0), 0.0, 1.0)
        away -= along[:, None] * line
        np.minimum(far, np.hypot(away[:, 0], away[:, 1]), out=far)
    near, free = _NECK
    kept = np.ones(known.shape, np.float32)
    kept[known] = np.clip((far / np.float32(chest) - near) / (free - near), 0.0, 1.0)
    # Around the neckline, where nothing is laid, nothing moves either.
    return cv2.erode(kept, None, iterations=3)


def _piece(
    moved: Float32, own: NDArray[np.bool_], laid: Laid, start: Float32, end: Float32, grows: float | None
) -> Float32:
    """The same for one piece: float32 2 x h x w.

    Args:
        moved: float32 2 x h x w, cells.
        own: bool h x w, where the piece is seen.
        laid: The garment.
        start: Where the piece begins in the photo.
        end: Where it ends.
        grows: Cells over which it may grow; None = as far as the network wants.
    """
    if np.count_nonzero(own) < _FEW:
        return moved
    axis = end - start
    along = np.asarray(((laid.photo - start) @ axis) / max(float(axis @ axis), 1.0), np.float32)
    # What is tucked in ends before the photo does.
    along /= np.float32(max(float(np.percentile(along[own], _LAST)), 0.1))
    aim = _aim(own, along)
    if aim is None:
        return moved
    length = float(np.hypot(*aim))
    direction = (aim / length).astype(np.float32)
    far = moved[0] * direction[0] + moved[1] * direction[1]
    bins = np.clip((along[own] * _BINS).astype(np.int32), 0, _BINS - 1)
    counts, sums = np.bincount(bins, minlength=_BINS), np.bincount(bins, far[own], minlength=_BINS)
    mean = np.convolve(sums, _BLUR, "same") / np.maximum(np.convolve(counts, _BLUR, "same"), 1e-3)
    # Beyond the piece its length goes on as it came.
    distance, nearest = _nearest(own)
    rows, columns = np.ogrid[: own.shape[0], : own.shape[1]]
    down, across = np.divmod(nearest, own.shape[1])
    place = along.ravel()[nearest] + ((columns - across) * direction[0] + (rows - down) * direction[1]) / length
    share = np.clip((place - _FROM) / (_TO - _FROM), 0.0, 1.0) * np.clip(2.0 - distance / _BEYOND, 0.0, 1.0)
    wanted = np.interp(place, (np.arange(_BINS) + 0.5) / _BINS, mean)
    straight = np.asarray(moved + (share * (wanted - far))[None] * direction[:, None, None], np.float32)
    return straight if grows is None else straight * np.clip(2.0 - distance / np.float32(grows), 0.0, 1.0)


def _nearest(own: NDArray[np.bool_]) -> tuple[Float32, NDArray[np.intp]]:
    """For each cell how far it is to the piece, and the flat index of the nearest cell of it."""
    outside = np.where(own, np.uint8(0), np.uint8(1))
    kind = cv2.DIST_LABEL_PIXEL
    distance, labels = cv2.distanceTransformWithLabels(outside, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=kind)
    return np.asarray(distance, np.float32), np.flatnonzero(own)[labels - 1]


def _lengths(view: GarmentView) -> list[tuple[Float32, Float32]]:
    """Start and end of torso, left and right sleeve in the photo; the torso's again where there is no sleeve."""
    points = {name: np.array(point, np.float32) for name, point in view.keypoints.items()}

    def middle(*names: KeyPoint) -> Float32:
        return np.asarray(np.mean([points[name] for name in names], axis=0), np.float32)

    found = [
        (middle(KeyPoint.ARMPIT_LEFT, KeyPoint.ARMPIT_RIGHT), middle(KeyPoint.HEM_LEFT, KeyPoint.HEM_RIGHT)),
    ]
    for side in ("LEFT", "RIGHT"):
        cuffs = [KeyPoint[f"CUFF_OUTER_{side}"], KeyPoint[f"CUFF_INNER_{side}"]]
        if all(cuff in points for cuff in cuffs):
            tips = [KeyPoint[f"SHOULDER_{side}"], KeyPoint[f"ARMPIT_{side}"]]
            found.append((middle(*tips), middle(*cuffs)))
        else:
            found.append(found[0])
    return found


def _aim(own: NDArray[np.bool_], along: Float32) -> Float32 | None:
    """Which way a piece goes, in cells for its whole length; None where too little of its end is seen."""
    (low, high), last = _AIM
    before, end = own & (along > low) & (along < high), own & (along > last)
    if np.count_nonzero(before) < _FEW or np.count_nonzero(end) < _FEW:
        return None
    step = np.argwhere(end).mean(axis=0) - np.argwhere(before).mean(axis=0)
    share = max(float(along[end].mean() - along[before].mean()), 0.05)
    return None if float(np.hypot(*step)) < 1.0 else (step[::-1] / share).astype(np.float32)
