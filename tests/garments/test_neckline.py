import pytest

from tryon_app.core.paths import resources_dir
from tryon_app.core.types import KeyPoint
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
