"""Hems and cuffs stay straight and collars keep their cut, whatever the warp network says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tryon_app.core.types import Fit, Frame, KeyPoint, Parsing, Pose, Worn
from tryon_app.fitting.body import Body
from tryon_app.fitting.ends import straightened
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.refine_input import CELLS, PIECES, SIZE, Laid, Layer, around
from tryon_app.garments.catalogue import Catalogue

CATALOGUE = Catalogue([Path(__file__).parents[2] / "resources" / "garments"])
X, Y = np.meshgrid(np.arange(SIZE, dtype=np.float32), np.arange(SIZE, dtype=np.float32))
WAVE = 3.0 * np.sin(X / 5.0)
"""Up and down across the body."""


def laid_on(pose: Pose, garment: str) -> tuple[Laid, Fit]:
    assert pose.person is not None
    frame = Frame(np.zeros((480, 640, 3), np.uint8))
    fit = FlatFitter().fit(frame, pose, Parsing(pose.person), (Worn(CATALOGUE.load(garment)),))
    return Layer().lay(fit.garments[0], around(Body(pose))), fit


def bent(pose: Pose, garment: str) -> tuple[Laid, np.ndarray]:
    laid, fit = laid_on(pose, garment)
    moved = np.stack([np.zeros_like(WAVE), WAVE]).astype(np.float32)
    return laid, straightened(moved, laid, fit.garments[0].view)


def ends(seen: np.ndarray, rows: int = 4) -> np.ndarray:
    """The last cells of a piece in each of its columns, without those at its sides."""
    columns = np.flatnonzero(seen.any(axis=0))[3:-3]
    last = SIZE - 1 - np.argmax(seen[::-1, columns], axis=0)
    found = np.zeros_like(seen)
    for column, row in zip(columns, last, strict=True):
        found[row - rows + 1 : row + 3, column] = True  # and a little beyond
    return found


@pytest.mark.parametrize("garment", ["tee-white", "longsleeve-navy", "hoodie-moss"])
def test_a_hem_moves_as_one(make_figure: Callable[..., Pose], garment: str) -> None:
    laid, moved = bent(make_figure(), garment)
    assert moved.shape == (len(PIECES), 2, SIZE, SIZE)
    hem = ends(laid.pieces[0] > 0.5)
    assert np.ptp(WAVE[hem]) > 4.0
    assert np.ptp(moved[0, 1][hem]) < 0.5 * np.ptp(WAVE[hem])
    assert np.abs(moved[0, 0][hem]).max() < 0.5


def test_what_is_said_of_the_chest_counts(make_figure: Callable[..., Pose]) -> None:
    laid, moved = bent(make_figure(), "tee-white")
    rows = np.flatnonzero((laid.pieces[0] > 0.5).any(axis=1))
    chest = (laid.pieces[0] > 0.9) & (np.abs(Y - (0.62 * rows[0] + 0.38 * rows[-1])) < 3) & (np.abs(X - SIZE / 2) > 6)
    assert chest.sum() > 30
    assert np.abs(moved[0, 1] - WAVE)[chest].mean() < 0.4


def test_cuffs_move_as_one(make_figure: Callable[..., Pose]) -> None:
    """Along the sleeve, whichever way it points."""
    laid, fit = laid_on(make_figure(), "tee-white")
    view = fit.garments[0].view
    for piece, side in ((1, "left"), (2, "right")):
        own = laid.pieces[piece] > 0.5
        outer, inner = (np.array(view.keypoints[KeyPoint(f"cuff_{which}_{side}")]) for which in ("outer", "inner"))
        cuff = own & (np.linalg.norm(laid.photo - (outer + inner) / 2, axis=2) < 0.5 * np.hypot(*(outer - inner)))
        way = np.argwhere(cuff).mean(axis=0)[::-1] - np.argwhere(own).mean(axis=0)[::-1]
        way /= np.hypot(*way)
        across = X * -way[1] + Y * way[0]
        wave = 3.0 * np.sin(across / 2.0)
        moved = straightened((way[:, None, None] * wave).astype(np.float32), laid, view)[piece]
        far = moved[0] * way[0] + moved[1] * way[1]
        assert np.std(wave[cuff]) > 1.5
        assert np.std(far[cuff]) < 0.5 * np.std(wave[cuff])


def test_a_collar_keeps_its_cut(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    laid, fit = laid_on(pose, "tee-white")
    moved = straightened(np.full((2, SIZE, SIZE), 3.0, np.float32), laid, fit.garments[0].view)
    top = np.flatnonzero((laid.pieces[0] > 0.5)[:, SIZE // 2])[0]
    assert np.abs(moved[0, :, top - 2 : top + 1, SIZE // 2 - 1 : SIZE // 2 + 2]).max() < 0.6
    assert np.abs(moved[0, :, top + round(0.9 * CELLS), SIZE // 2] - 3.0).max() < 0.3


def test_a_garment_that_is_hardly_seen_is_left_to_the_network(make_figure: Callable[..., Pose]) -> None:
    laid, fit = laid_on(make_figure(), "tank-terracotta")
    nothing = Laid(
        np.zeros_like(laid.alpha), np.zeros_like(laid.pieces), np.full_like(laid.photo, -1e4), np.zeros_like(laid.place)
    )
    said = np.stack([WAVE, WAVE]).astype(np.float32)
    moved = straightened(said, nothing, fit.garments[0].view)
    assert np.array_equal(moved, np.stack([said] * len(PIECES)))
