"""Decoded pictures of a film as frames: upright, square pixels, true colours, no larger than wanted."""

from typing import Any

import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from tryon_app.cameras.aspects import LEAST_ASPECT, MOST_ASPECT
from tryon_app.cameras.hdr import Transfer, to_sdr
from tryon_app.core.types import UInt8

_HD_HEIGHT = 720
_BT2020 = 9
_PLAIN = "yuv420p", "yuvj420p"
_KNOWN_SPACES = {1: Colorspace.ITU709, 7: Colorspace.SMPTE240M, 9: Colorspace.BT2020, 10: Colorspace.BT2020}


class PictureConverter:
    """For one open file: it keeps its scalers, as building one costs more than a frame.

    Args:
        within: Width and height that pictures are scaled down into; None = as they are.
        pixel_aspect: Width of a pixel over its height, before the picture is turned upright; 1 where not known.
    """

    def __init__(self, within: tuple[int, int] | None, pixel_aspect: float = 1.0) -> None:
        self._within = within
        self._aspect = pixel_aspect if LEAST_ASPECT <= pixel_aspect <= MOST_ASPECT else 1.0
        self._shrinker = VideoReformatter()
        self._scaler = VideoReformatter()

    def upright_rgb(self, picture: Any) -> UInt8:
        """The picture as players show it: uint8 RGB, contiguous."""
        turns = round((picture.rotation or 0) / 90) % 4
        width, height = self._size(picture.width, picture.height, turns % 2 > 0)
        transfer = next((kind for kind in Transfer if kind == int(picture.color_trc)), None)
        space = _colorspace(picture)
        if picture.format.name in _PLAIN and width <= picture.width and height < picture.height:
            # Made smaller first, then coloured: FFmpeg has machine code for either, but not for both at once.
            picture = self._shrinker.reformat(
                picture,
                width=width,
                height=height,
                format=picture.format.name,
                interpolation=Interpolation.BILINEAR,
            )
        converted = self._scaler.reformat(
            picture,
            width=width,
            height=height,
            format="rgb24" if transfer is None else "rgb48le",
            src_colorspace=space,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.JPEG,
        ).to_ndarray()
        if transfer is not None:
            converted = to_sdr(
                np.asarray(converted, np.uint16), transfer, wide=int(picture.color_primaries) in {_BT2020, 0, 2}
            )
        # FFmpeg's angle counts anticlockwise, as `rot90` does.
        return np.ascontiguousarray(np.rot90(np.asarray(converted, np.uint8), turns))

    def _size(self, width: int, height: int, turned: bool) -> tuple[int, int]:
        """Size to convert to, before turning: even where it is not the file's own, as video codecs want it."""
        across = width * self._aspect
        scale = 1.0
        if self._within is not None:
            limits = self._within[::-1] if turned else self._within
            scale = min(1.0, limits[0] / across, limits[1] / height)
        if scale == 1.0 and self._aspect == 1.0:
            return width, height
        if scale == 1.0:
            return max(2, round(across / 2) * 2), height
        return max(2, round(across * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _colorspace(picture: Any) -> Colorspace:
    space = int(picture.colorspace)
    if space not in {1, 5, 6, 7, 9, 10}:  # not said: players take large pictures for BT.709, small ones for BT.601
        space = 1 if picture.height >= _HD_HEIGHT else 5
    return _KNOWN_SPACES.get(space, Colorspace.ITU601)
