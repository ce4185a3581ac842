"""Cut-outs of photos of which the truth is known."""

import numpy as np
import pytest
from PIL import Image

from tryon_app.core.errors import GarmentError
from tryon_app.core.paths import resources_dir
from tryon_app.garments.cutout import cut_out


def overlap(rgba, truth):
    mask, wanted = rgba[..., 3] > 127, truth[..., 3] > 127
    return (mask & wanted).sum() / (mask | wanted).sum()


@pytest.mark.parametrize("colour", [(60, 90, 150), (30, 30, 32), (170, 60, 50), (120, 120, 122)])
def test_a_garment_with_a_soft_shadow(draw_top, photograph, colour):
    truth, _ = draw_top(colour=colour)
    assert overlap(cut_out(photograph(truth)), truth) > 0.985


def test_white_on_near_white(draw_top, photograph):
    truth, _ = draw_top(colour=(250, 250, 250))
    assert overlap(cut_out(photograph(truth, backdrop=(236, 237, 233))), truth) > 0.98


def test_light_stripes_leave_no_notches_in_the_outline(photograph):
    with Image.open(resources_dir() / "garments" / "tee-breton" / "front.png") as picture:
        tee = picture.convert("RGBA")
    tee.thumbnail((670, 670))
    truth = np.pad(np.asarray(tee), ((80, 80), (80, 80), (0, 0)))
    assert overlap(cut_out(photograph(truth, backdrop=(205, 206, 208), shadow=0.18)), truth) > 0.988


def test_the_gap_between_the_legs_is_no_garment(draw_trousers, photograph):
    truth, _ = draw_trousers(apart=120)
    rgba = cut_out(photograph(truth))
    assert overlap(rgba, truth) > 0.985
    assert rgba[600, 400, 3] == 0


def test_a_white_print_on_white_paper_is_not_eaten(draw_top, photograph):
    truth, _ = draw_top(colour=(40, 60, 110))
    truth[350:500, 340:460, :3] = 255
    rgba = cut_out(photograph(truth, backdrop=(252, 252, 252), shadow=0.1))
    assert (rgba[352:498, 342:458, 3] == 255).all()


def test_edges_are_soft_and_without_a_halo(draw_top, photograph):
    truth, _ = draw_top(colour=(40, 60, 110))
    rgba = cut_out(photograph(truth))
    soft = (rgba[..., 3] > 10) & (rgba[..., 3] < 245)
    assert soft.sum() > 300
    beyond = rgba[..., 3] == 0
    near = np.zeros_like(beyond)
    near[:, 4:] = soft[:, :-4]
    assert rgba[near & beyond][:, :3].max(axis=1).mean() < 150


def test_a_small_photo(draw_top, photograph):
    truth, _ = draw_top()
    small = np.ascontiguousarray(photograph(truth)[::4, ::4])
    assert overlap(cut_out(small), truth[::4, ::4]) > 0.97


def test_an_empty_backdrop_is_refused(draw_top, photograph):
    truth, _ = draw_top()
    with pytest.raises(GarmentError, match="No garment"):
        cut_out(photograph(truth * np.array([1, 1, 1, 0], np.uint8)))


def test_a_busy_background_is_refused():
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3)).astype(np.uint8)
    with pytest.raises(GarmentError, match="busy"):
        cut_out(noise)
