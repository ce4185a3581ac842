from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Frame, Garment, GarmentFit, Landmark, Parsing, Pose, Worn
from tryon_app.fitting.body import Body
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.legs import legs_of
from tryon_app.garments.catalogue import Catalogue

WIDTH, HEIGHT, UNIT = 640, 720, 100.0
CATALOGUE = Catalogue((resources_dir() / "garments",))
ASIDE = {
    Landmark.RIGHT_KNEE: (-1.4, 1.6),
    Landmark.RIGHT_ANKLE: (-1.45, 2.7),
    Landmark.LEFT_KNEE: (0.0, 2.6),
    Landmark.LEFT_ANKLE: (-0.3, 3.6),
}
"""Seated, one thigh across the picture."""
FACING = {
    Landmark.LEFT_KNEE: (0.45, 1.95),
    Landmark.RIGHT_KNEE: (-0.45, 1.95),
    Landmark.LEFT_ANKLE: (0.45, 3.0),
    Landmark.RIGHT_ANKLE: (-0.45, 3.0),
}
"""Seated, both knees towards the camera."""
ASTRIDE = {
    Landmark.LEFT_KNEE: (0.95, 2.45),
    Landmark.RIGHT_KNEE: (-0.95, 2.45),
    Landmark.LEFT_ANKLE: (1.35, 3.45),
    Landmark.RIGHT_ANKLE: (-1.35, 3.45),
    Landmark.LEFT_ELBOW: (1.3, 0.0),
    Landmark.LEFT_WRIST: (2.1, 0.0),
    Landmark.RIGHT_ELBOW: (-1.3, 0.0),
    Landmark.RIGHT_WRIST: (-2.1, 0.0),
}


def turned_to_camera(pose: Pose) -> Pose:
    """Thighs are as long in the world as they would be standing."""
    for side in ("LEFT", "RIGHT"):
        hip, knee, ankle = (Landmark[f"{side}_{name}"] for name in ("HIP", "KNEE", "ANKLE"))
        pose.world[knee, 2] -= 0.37
        pose.world[ankle, 2] -= 0.37
        pose.world[knee, 1] = pose.world[hip, 1] + 0.13
    return pose


def worn(pose: Pose, garment: Garment) -> GarmentFit:
    assert pose.person is not None
    frame = Frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    return FlatFitter().fit(frame, pose, Parsing(pose.person), (Worn(garment),)).garments[0]


def cloth(found: GarmentFit, *, piece: str = "") -> np.ndarray:
    """Where the garment is seen: H x W, 0..1."""
    alpha = found.view.rgba[..., 3].astype(np.float32) / 255.0
    seen = np.zeros((HEIGHT, WIDTH), np.float32)
    for item in found.pieces:
        if piece in item.name:
            weight = alpha if item.weight is None else alpha * item.weight
            flow = cv2.resize(item.flow, (item.roi.width, item.roi.height), interpolation=cv2.INTER_LINEAR)
            drawn = cv2.remap(weight, flow, None, cv2.INTER_LINEAR)
            seen[item.roi.slices] = np.maximum(seen[item.roi.slices], drawn)
    return seen


def along(pose: Pose, start: Landmark, end: Landmark, shares: Sequence[float], aside: float = 0.0) -> np.ndarray:
    """Pixels on a bone, or so many units to its right as seen along it."""
    a, b = pose.points[start], pose.points[end]
    ahead = (b - a) / np.linalg.norm(b - a)
    places = a + np.array(shares)[:, None] * (b - a) + aside * UNIT * np.array([-ahead[1], ahead[0]])
    return np.asarray(np.round(places), int)


THIGH = [0.45, 0.6, 0.75, 0.9]


@pytest.mark.parametrize("aside", [-0.16, 0.0, 0.16])
def test_trousers_cover_a_thigh_that_goes_across_the_picture(aside: float, make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(ASIDE)
    seen = cloth(worn(pose, CATALOGUE.load("jeans-indigo")))
    for x, y in along(pose, Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, THIGH, aside):
        assert seen[y, x] > 0.8
    for x, y in along(pose, Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE, [0.3, 0.6, 0.9], aside * 0.6):
        assert seen[y, x] > 0.8


def test_the_outer_seam_goes_along_the_upper_side_of_a_lifted_thigh(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(ASIDE)
    found = worn(pose, CATALOGUE.load("jeans-indigo"))
    leg = next(piece for piece in found.pieces if piece.name == "leg_right")
    middle = found.view.rgba.shape[1] / 2
    from_middle = []
    for aside in (-0.16, 0.16):
        columns = []
        for x, y in along(pose, Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, THIGH, aside):
            column = leg.flow[(y - leg.roi.y0) // leg.step, (x - leg.roi.x0) // leg.step, 0]
            columns.append(abs(float(column) - middle))
        from_middle.append(float(np.mean(columns)))
    below, above = from_middle
    assert above > below + 20


def test_shorts_end_above_knees_that_point_at_the_camera(make_figure: Callable[..., Pose]) -> None:
    pose = turned_to_camera(make_figure(FACING))
    seen = cloth(worn(pose, CATALOGUE.load("shorts-navy")))
    for side in ("LEFT", "RIGHT"):
        hip, knee, ankle = (Landmark[f"{side}_{name}"] for name in ("HIP", "KNEE", "ANKLE"))
        x, y = along(pose, hip, knee, [0.4])[0]
        assert seen[y, x] > 0.8
        x, y = along(pose, knee, ankle, [0.25])[0]
        assert seen[y, x] < 0.2


def test_a_skirt_lies_on_the_thighs_of_somebody_seated(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(ASIDE)
    seen = cloth(worn(pose, CATALOGUE.load("skirt-camel")))
    for x, y in along(pose, Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, THIGH):
        assert seen[y, x] > 0.8
    for x, y in along(pose, Landmark.LEFT_HIP, Landmark.LEFT_KNEE, THIGH):
        assert seen[y, x] > 0.8


def test_trousers_have_no_notch_at_the_hips_of_legs_astride(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(ASTRIDE)
    seen = cloth(worn(pose, CATALOGUE.load("jeans-indigo")))
    assert pose.person is not None
    person = cv2.resize(pose.person, (WIDTH, HEIGHT))
    hip, knee = pose.points[Landmark.LEFT_HIP], pose.points[Landmark.LEFT_KNEE]
    for row in range(round(float(hip[1])), round(float(knee[1])), 4):
        bare = (person[row] > 0.9) & (seen[row] < 0.5)
        assert bare.sum() < 0.1 * (person[row] > 0.9).sum(), f"bare at row {row}"


def test_legs_that_stand_are_not_bent_and_share_out_what_is_seen(make_figure: Callable[..., Pose]) -> None:
    for leg in legs_of(Body(make_figure())).values():
        assert leg.bent == 0.0
        np.testing.assert_allclose(leg.true, leg.seen, rtol=1e-3)
        np.testing.assert_allclose(leg.stops(np.array([0.0, 0.5, 1.0, 1.1], np.float32)) / leg.whole, [0, 0.5, 1, 1.1])


def test_half_of_a_seated_leg_is_above_the_knee_though_it_looks_short(make_figure: Callable[..., Pose]) -> None:
    for leg in legs_of(Body(turned_to_camera(make_figure(FACING)))).values():
        half = float(leg.stops(np.array([0.45], np.float32))[0])
        assert half < leg.seen[0]
