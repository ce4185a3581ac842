"""Prints with something of the backdrop's own colour, and shapes that lack something for another reason."""

import cv2
import numpy as np
import pytest

from tryon_app.garments.cutout import cut_out
from tryon_app.garments.patches import without_patches

WALL = (250, 250, 250)
PURPLE = (70, 50, 140)


def overlap(photo, truth):
    found = cut_out(photo)[..., 3] > 127
    return float((found & truth).sum() / (found | truth).sum())


@pytest.mark.parametrize("share", [0.02, 0.035])
def test_stripes_are_cloth(draw_top, photograph, share):
    truth, _ = draw_top(colour=PURPLE)
    for row in range(260, 690, 70):
        truth[row : row + round(share * len(truth)), :, :3] = WALL
    assert overlap(photograph(truth, backdrop=WALL, shadow=0.0), truth[..., 3] > 127) > 0.975


def test_a_patch_on_one_side_is_cloth(draw_top, photograph):
    truth, _ = draw_top(colour=PURPLE)
    alpha = truth[..., 3].copy()
    edge = int(np.flatnonzero(alpha[560] > 127)[-1])
    cv2.ellipse(truth, (edge, 560), (70, 50), 0, 0, 360, (*WALL, 255), -1)
    truth[..., 3] = alpha
    assert overlap(photograph(truth, backdrop=WALL, shadow=0.0), alpha > 127) > 0.98


def test_a_shorter_sleeve_on_one_side_stays_as_it_is(draw_top, photograph):
    truth, _ = draw_top(colour=PURPLE)
    columns = np.flatnonzero((truth[..., 3] > 127).any(axis=0))
    truth[:, columns[-1] - 60 :, 3] = 0
    assert overlap(photograph(truth, backdrop=WALL, shadow=0.0), truth[..., 3] > 127) > 0.98


def test_gaps_that_run_down_stay_open(draw_trousers):
    """Between legs and beside sleeves, however narrow; and nothing changes where nothing is missing."""
    truth, _ = draw_trousers(apart=24)
    soft = (truth[..., 3] > 127).astype(np.float32)
    assert (without_patches(soft) == soft).all()
