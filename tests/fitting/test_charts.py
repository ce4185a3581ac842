import numpy as np
import pytest

from tryon_app.core.errors import GarmentError
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import GarmentView, KeyPoint, Slot
from tryon_app.fitting.bottom_chart import read_bottom
from tryon_app.fitting.top_chart import read_top
from tryon_app.garments.catalogue import Catalogue

CATALOGUE = Catalogue((resources_dir() / "garments",))
TOPS = [entry.id for entry in CATALOGUE.entries() if entry.slot is not Slot.BOTTOM]
BOTTOMS = [entry.id for entry in CATALOGUE.entries() if entry.slot is Slot.BOTTOM]


@pytest.mark.parametrize("garment_id", TOPS)
def test_the_pieces_of_a_top_cover_all_of_its_photo(garment_id: str) -> None:
    view = CATALOGUE.load(garment_id).front
    chart = read_top(view)
    total = chart.weight.copy()
    for sleeve in chart.sleeves.values():
        total = np.maximum(total, sleeve.weight)
    if chart.inside is not None:
        total = np.maximum(total, chart.inside)
    solid = view.rgba[..., 3] > 200
    # A fringe of a pixel or two may belong to nobody; no hole may open inside.
    assert float((total[solid] > 0.45).mean()) > 0.995


@pytest.mark.parametrize("garment_id", TOPS)
def test_the_rungs_of_a_top_lie_in_order(garment_id: str) -> None:
    chart = read_top(CATALOGUE.load(garment_id).front)
    # Left is the wearer's: the right of a front photo; rungs go down from the collar.
    assert (chart.ladder.first[:, 0] > chart.ladder.second[:, 0]).all()
    middle = 0.5 * (chart.ladder.first + chart.ladder.second)
    # Level where straps are cut straight across.
    assert (np.diff(middle[:, 1]) > -0.001 * chart.length).all()
    for sleeve in chart.sleeves.values():
        assert (sleeve.widths > 0).all()
        assert sleeve.length > 0


@pytest.mark.parametrize("garment_id", BOTTOMS)
def test_bottoms_have_two_legs_or_a_skirt(garment_id: str) -> None:
    chart = read_bottom(CATALOGUE.load(garment_id).front)
    assert (set(chart.legs) == {1, -1}) != (chart.skirt is not None)
    assert chart.hip >= 0.9 * chart.waist
    assert chart.inseam > 0


def test_key_points_that_are_missing_are_named() -> None:
    view = GarmentView(np.zeros((10, 10, 4), np.uint8), {})
    with pytest.raises(GarmentError, match="collar_left"):
        read_top(view)
    with pytest.raises(GarmentError, match="waist"):
        read_bottom(view)


@pytest.mark.parametrize(("garment", "pointed"), [("shirt-oxford", True), ("tee-white", False)])
def test_the_neckline_follows_what_is_seen(garment: str, pointed: bool) -> None:
    """The front of a shirt goes up beside its first button in straight lines, that of a tee round."""
    view = CATALOGUE.load(garment).front
    inside = read_top(view).inside
    k = KeyPoint
    left, right, front = (np.array(view.keypoints[name]) for name in (k.COLLAR_LEFT, k.COLLAR_RIGHT, k.NECK_FRONT))
    middle = 0.5 * (left + right)
    x, y = np.round(middle + np.array([0.55, 0.72]) * (left[0] - middle[0], front[1] - middle[1])).astype(int)
    assert (inside[y, x] > 0.5) == (not pointed)
