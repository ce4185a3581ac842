from dataclasses import replace

import numpy as np
import pytest

from tryon_app.compositing.warp import PieceSampler
from tryon_app.core.types import FitPiece, GarmentView, Rect

SIDE = 96
STEP = 4


def view(rgb: tuple[int, int, int] = (200, 40, 40)) -> GarmentView:
    rgba = np.zeros((2 * SIDE, 2 * SIDE, 4), np.uint8)
    rgba[..., :3] = rgb
    rgba[16:-16, 16:-16, 3] = 255
    return GarmentView(rgba, {})


def piece(scale: float, cut: tuple[float, float, float] | None = None) -> FitPiece:
    """The whole photo in a square frame, `scale` photo pixels to a frame pixel."""
    side = round(2 * SIDE / scale)
    line = (np.arange(0, side, STEP, dtype=np.float32) + 0.5) * np.float32(scale) - 0.5
    flow = np.stack(np.meshgrid(line, line), axis=2).astype(np.float32)
    return FitPiece("torso", Rect(0, 0, side, side), flow, STEP, cut=cut)


@pytest.mark.parametrize("scale", [0.7, 1.0, 2.0, 3.7])
def test_what_is_tucked_in_is_cut_off_along_its_line_at_every_size(scale: float) -> None:
    found = PieceSampler().sample(view(), piece(scale, (0.0, 1.0, 100.0)))
    rows = found[:, found.shape[1] // 2, 3].astype(float)
    end = int(np.flatnonzero(rows > 127).max())
    assert end == pytest.approx(100.0 / scale, abs=1.6)
    assert (rows[: end - 1][rows[: end - 1] > 0][int(12 / scale) :] == 255).all(), "sharp: a pixel or two of soft edge"
    assert (rows[end + 3 :] == 0).all()


def test_a_slanted_cut_follows_its_line_and_narrows_the_box() -> None:
    across, down = np.array([-0.28, 0.96]) / np.hypot(0.28, 0.96)
    sampler, cut = PieceSampler(), (float(across), float(down), 80.0)
    trimmed = sampler.trimmed(view(), piece(1.0, cut))
    assert trimmed is not None
    assert trimmed.roi.y1 < sampler.trimmed(view(), piece(1.0)).roi.y1 - 20
    drawn = sampler.sample(view(), trimmed)[..., 3] > 127
    y, x = np.nonzero(drawn)
    assert ((x + trimmed.roi.x0) * across + (y + trimmed.roi.y0) * down).max() == pytest.approx(80.0, abs=1.5)


def test_a_piece_that_is_cut_off_altogether_is_none() -> None:
    assert PieceSampler().trimmed(view(), piece(1.0, (0.0, 1.0, 5.0))) is None


def test_half_a_photo_keeps_the_garments_colour_at_its_edge() -> None:
    found = PieceSampler().sample(view(), piece(3.7))
    edge = (found[..., 3] > 20) & (found[..., 3] < 230)
    assert edge.any()
    np.testing.assert_allclose(found[edge][:, :3], np.tile([200, 40, 40], (int(edge.sum()), 1)), atol=2)


def test_between_two_layers_of_a_piece_nothing_of_what_lies_between_them_is_seen() -> None:
    """Red above, blue below, and in the photo a wide green band between the two."""
    photo = view()
    photo.rgba[64:128, :, :3] = (40, 200, 40)
    photo.rgba[128:, :, :3] = (40, 40, 200)
    flat = piece(1.0)
    flow = flat.flow.copy()
    middle = flow.shape[0] // 2
    rows = np.arange(flow.shape[0])[:, None]
    flow[..., 1] = np.where(rows < middle, 60.0, 130.0) + 0.05 * rows
    tears = np.zeros(flow.shape[:2], np.uint8)
    tears[middle - 1] = 1
    torn = PieceSampler().sample(photo, replace(flat, flow=flow, torn=tears))
    mixed = PieceSampler().sample(photo, replace(flat, flow=flow))
    assert (mixed[..., 1] > 150).any()
    assert torn[..., 1].max() < 60
    seen = torn[torn[..., 3] == 255]
    assert (seen[:, 0] > 150).any()
    assert (seen[:, 2] > 150).any()
