import cv2
import numpy as np
import pytest

from tryon_app.core.collar import opening
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import GarmentView, KeyPoint
from tryon_app.fitting.top_chart import read_top
from tryon_app.garments.catalogue import Catalogue
from tryon_app.garments.landmarks import find_keypoints

CATALOGUE = Catalogue((resources_dir() / "garments",))


@pytest.mark.parametrize(
    "garment_id",
    ["tee-white", "tee-tide", "tee-breton", "longsleeve-navy", "sweater-striped", "sweatshirt-heather"],
)
def test_the_seam_of_the_backs_band_and_a_label_are_no_front_neckline(garment_id: str) -> None:
    """In these photos one looks into the neck, on the back's band, its seam and a label."""
    view = CATALOGUE.load(garment_id).front
    found = find_keypoints(view.rgba).keypoints
    true = view.keypoints[KeyPoint.NECK_FRONT]
    width = abs(view.keypoints[KeyPoint.COLLAR_LEFT][0] - view.keypoints[KeyPoint.COLLAR_RIGHT][0])
    assert abs(found[KeyPoint.NECK_FRONT][1] - true[1]) < 0.09 * width


def test_where_nothing_stands_out_there_is_no_front_neckline() -> None:
    view = CATALOGUE.load("tee-white").front
    plain = view.rgba.copy()
    plain[..., :3] = 120
    assert KeyPoint.NECK_FRONT not in find_keypoints(plain).keypoints


@pytest.mark.parametrize("deep", [62.0, 130.0])
def test_a_collar_that_stands_opens_between_its_upper_corners(draw_top, deep: float) -> None:
    """Closed it ends high, with a zip drawn down lower: what is below is its front, and no inside of the back."""
    rgba, _ = draw_top()
    collar = np.array([(332, 100), (350, 42), (450, 42), (468, 100), (400, 190)], np.int32)
    cv2.fillPoly(rgba, [collar], (60, 90, 150, 255))
    mouth = np.zeros(rgba.shape[:2], np.uint8)
    cv2.ellipse(mouth, (400, 46), (44, round(deep)), 0, 0, 180, 1, -1)
    rgba[..., :3][mouth > 0] = (36, 54, 90)
    found = find_keypoints(rgba).keypoints
    assert abs(found[KeyPoint.NECK_FRONT][1] - (46 + deep)) < 8
    inside = read_top(GarmentView(rgba, found)).inside
    assert inside is not None
    assert inside[mouth > 0].mean() > 0.85
    assert inside[(mouth == 0) & (rgba[..., 3] > 0)].sum() < 0.25 * mouth.sum()


def silhouette(*corners: tuple[float, float]) -> np.ndarray:
    solid = np.zeros((300, 300), np.uint8)
    cv2.fillPoly(solid, [np.array([(20, 290), (20, 120), *corners, (280, 120), (280, 290)], np.int32)], 1)
    return solid


@pytest.mark.parametrize(
    ("corners", "stands"),
    [
        ([(100, 90), (120, 60), (180, 60), (200, 90)], True),
        ([(100, 90), (115, 20), (185, 20), (200, 90)], False),  # a hood
        ([(100, 90), (150, 100), (200, 90)], False),  # a round neck
        ([(100, 90), (148, 60), (152, 60), (200, 90)], False),  # a point
    ],
)
def test_what_stands_around_a_neck(corners: list[tuple[float, float]], stands: bool) -> None:
    left, right = np.array([200.0, 90.0], np.float32), np.array([100.0, 90.0], np.float32)
    found = opening(silhouette(*corners), left, right)
    assert (found is not None) == stands
    if found is not None:
        assert abs(found[0][0] - 180) < 8
        assert abs(found[1][0] - 120) < 8
    assert opening(np.zeros((300, 300), np.uint8), left, right) is None
    assert opening(silhouette(*corners), left + 900, right + 900) is None
