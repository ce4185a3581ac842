"""Whether the person wears this very garment already, told by its colours.

Cloth of the same colours is most likely the same garment, and then what is seen now says how large it is; nobody
minds, where it is another one of the same colours.
"""

import cv2
import numpy as np

from tryon_app.core.types import Float32, UInt8
from tryon_app.fitting.body import Body
from tryon_app.fitting.labelled import Labelled

_ACROSS = np.linspace(-0.42, 0.42, 15, dtype=np.float32)
"""Where the trunk is looked at: units beside the spine."""
_DOWN = np.linspace(0.12, 1.1, 25, dtype=np.float32)
"""Torsos down from the shoulders."""
_LEVELS = np.linspace(0.04, 0.96, 24)
_LEAST = 40
"""Places of cloth that must be in sight."""
_SAMPLES = 400
_LIGHT = 0.5
"""What lightness counts beside hue: the light of the scene is another than that of the photo."""
_ALIKE, _UNLIKE = 9.0, 15.0
"""Distances of colours, CIELAB. Measured: the same garment under other lights 3 to 20, median 10; others from 10 on."""


def swatch(rgba: UInt8, weight: Float32) -> Float32:
    """The colours of a photo's trunk.

    Args:
        rgba: uint8 H x W x 4.
        weight: float32 H x W, above one half on the trunk.

    Returns:
        float32 levels x 3: how its L, a and b are spread.
    """
    rows, columns = np.nonzero((weight > 0.5) & (rgba[..., 3] > 200))
    some = np.linspace(0, max(len(rows) - 1, 0), _SAMPLES).astype(int) if len(rows) else np.zeros(0, int)
    return _spread(rgba[rows[some], columns[some], :3])


def worn_swatch(image: UInt8, seen: Labelled, body: Body) -> Float32 | None:
    """The colours of the top that is worn now; None where too little of it is in sight.

    Args:
        image: uint8 RGB H x W x 3.
        seen: Labels of the frame.
        body: Of the person.
    """
    points = (
        body.shoulder_mid
        + (body.across * body.unit * _ACROSS[:, None])[None]
        + (body.down * body.torso * _DOWN[:, None])[:, None]
    ).astype(np.float32)
    (upper, dress, _), (left, right, nobody) = seen.cloth(points), seen.body(points)
    height, width = image.shape[:2]
    x, y = np.round(points[..., 0]).astype(int), np.round(points[..., 1]).astype(int)
    there = (upper + dress > 0.6) & (left + right + nobody < 0.4) & (x >= 0) & (y >= 0) & (x < width) & (y < height)
    if np.count_nonzero(there) < _LEAST:
        return None
    return _spread(image[y[there], x[there]])


def likeness(first: Float32, second: Float32) -> float:
    """How likely two swatches are of one garment, 0..1."""
    return float(np.clip((_UNLIKE - distance(first, second)) / (_UNLIKE - _ALIKE), 0.0, 1.0))


def distance(first: Float32, second: Float32) -> float:
    """How far the colours of two swatches lie apart, CIELAB."""
    apart = np.abs(first - second).mean(axis=0) * (_LIGHT, 1.0, 1.0)
    return float(np.sqrt(np.square(apart).sum()))


def _spread(colours: UInt8) -> Float32:
    if not len(colours):
        return np.full((len(_LEVELS), 3), np.inf, np.float32)
    lab = cv2.cvtColor(colours[None].astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)[0]
    # Sorted and picked: a tenth of the time of numpy's quantiles.
    return np.sort(lab, axis=0)[np.round(_LEVELS * (len(lab) - 1)).astype(int)]
