from dataclasses import replace

import numpy as np
import pytest

from tryon_app.compositing.compositor import GarmentCompositor
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Composite, Fit, Frame, Garment, Landmark, Parsing, Pose, Worn
from tryon_app.fitting.flat import FlatFitter
from tryon_app.garments.catalogue import Catalogue
from tryon_app.perception.scripted import ScriptedPose

CATALOGUE = Catalogue((resources_dir() / "garments",))
SKIN, CLOTH, WALL = (205, 150, 120), (40, 70, 60), (190, 190, 185)


def scene(pose_change: dict[Landmark, tuple[float, float]] | None = None, light: float = 1.0) -> tuple[Frame, Pose]:
    """A person with bare arms in a dark green shirt before a grey wall: 480 x 640."""
    import cv2

    blank = Frame(np.full((640, 480, 3), WALL, np.uint8))
    poser = ScriptedPose()
    poser.open("image")
    pose = poser.estimate(blank)
    assert pose is not None
    points = pose.points.copy()
    for landmark, place in (pose_change or {}).items():
        points[landmark] = place
    pose = replace(pose, points=points)
    image = blank.image.copy()

    def at(name: Landmark) -> tuple[int, int]:
        return int(points[name][0]), int(points[name][1])

    trunk = [at(n) for n in (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP, Landmark.LEFT_HIP)]
    cv2.fillPoly(image, [np.array(trunk)], CLOTH)
    cv2.line(image, trunk[0], trunk[1], CLOTH, 30)
    cv2.line(image, trunk[2], trunk[3], CLOTH, 50)
    for side in ("LEFT", "RIGHT"):
        for a, b in (("SHOULDER", "ELBOW"), ("ELBOW", "WRIST"), ("WRIST", "INDEX")):
            cv2.line(image, at(Landmark[f"{side}_{a}"]), at(Landmark[f"{side}_{b}"]), SKIN, 24)
    cv2.ellipse(image, at(Landmark.NOSE), (26, 36), 0, 0, 360, SKIN, -1)
    mask = (image != np.array(WALL, np.uint8)).any(axis=2).astype(np.float32)
    image = (image * light).astype(np.uint8)
    image.flags.writeable = False
    return Frame(image), replace(pose, person=mask)


def dress(frame: Frame, pose: Pose, *garments: Garment) -> Composite:
    assert pose.person is not None
    parsing = Parsing(pose.person)
    fit = FlatFitter().fit(frame, pose, parsing, tuple(Worn(garment) for garment in garments))
    return GarmentCompositor().composite(frame, pose, parsing, fit)


def test_only_the_box_is_touched_and_the_layer_explains_every_changed_pixel() -> None:
    frame, pose = scene()
    result = dress(frame, pose, CATALOGUE.load("tee-white"))
    outside = np.ones(frame.image.shape[:2], bool)
    outside[result.roi.slices] = False
    np.testing.assert_array_equal(result.image[outside], frame.image[outside])
    layer = result.layer()
    alpha = layer[..., 3:].astype(np.float32) / 255
    rebuilt = frame.image * (1 - alpha) + layer[..., :3] * alpha
    assert np.abs(rebuilt - result.image).max() <= 3.0
    assert not result.image.flags.writeable


def test_the_shirt_is_covered_and_face_and_forearms_are_not() -> None:
    frame, pose = scene()
    layer = dress(frame, pose, CATALOGUE.load("tee-white")).layer()[..., 3]
    middle = pose.points[[11, 12, 23, 24]].mean(axis=0).astype(int)
    assert layer[middle[1], middle[0]] > 240
    for name in (Landmark.NOSE, Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST, Landmark.LEFT_INDEX):
        x, y = pose.points[name].astype(int)
        assert layer[y, x] < 20


def test_a_bare_forearm_across_the_chest_stays_in_front() -> None:
    _, pose = scene()
    left = pose.points
    chest = 0.65 * left[[11, 12]].mean(axis=0) + 0.35 * left[[23, 24]].mean(axis=0)
    unit = float(np.linalg.norm(left[11] - left[12]))
    change = {
        Landmark.LEFT_ELBOW: (float(left[11][0] + 0.25 * unit), float(chest[1] + 0.3 * unit)),
        Landmark.LEFT_WRIST: (float(chest[0] - 0.2 * unit), float(chest[1])),
        Landmark.LEFT_INDEX: (float(chest[0] - 0.42 * unit), float(chest[1] - 0.02 * unit)),
        Landmark.LEFT_PINKY: (float(chest[0] - 0.42 * unit), float(chest[1] + 0.04 * unit)),
        Landmark.LEFT_THUMB: (float(chest[0] - 0.35 * unit), float(chest[1] - 0.1 * unit)),
    }
    frame, pose = scene(change)
    layer = dress(frame, pose, CATALOGUE.load("tee-white")).layer()[..., 3]
    elbow, wrist = pose.points[Landmark.LEFT_ELBOW], pose.points[Landmark.LEFT_WRIST]
    for share in (0.45, 0.6, 0.75, 0.9):
        x, y = (elbow + share * (wrist - elbow)).astype(int)
        assert layer[y, x] < 60, f"covered at {share} of the forearm"
    # Just above and below the arm the shirt is still there.
    for offset in (-0.32, 0.34):
        assert layer[int(wrist[1] + offset * unit), int(wrist[0])] > 200


def test_a_dark_room_darkens_the_garment() -> None:
    bright, dark = scene(), scene(light=0.4)
    means = []
    for frame, pose in (bright, dark):
        layer = dress(frame, pose, CATALOGUE.load("tee-white")).layer()
        means.append(float(layer[..., :3][layer[..., 3] > 250].mean()))
    assert means[1] < 0.75 * means[0]
    assert means[0] > 190.0


def test_an_outfit_shows_both_and_nothing_worn_changes_nothing() -> None:
    frame, pose = scene()
    assert pose.person is not None
    both = dress(frame, pose, CATALOGUE.load("jeans-indigo"), CATALOGUE.load("tee-white"))
    layer = both.layer()
    knee = pose.points[Landmark.LEFT_KNEE].astype(int)
    assert layer[knee[1], knee[0], 3] > 240
    empty = GarmentCompositor().composite(frame, pose, Parsing(pose.person), Fit())
    assert empty.image is frame.image
    assert empty.layer().max() == 0


@pytest.mark.parametrize("garment_id", ["tee-white", "dress-garden", "hoodie-moss", "shorts-navy", "skirt-camel"])
def test_edges_have_no_halo(garment_id: str) -> None:
    """Colours under half-transparent pixels are those of the cloth beside them, not of a product photo's background."""
    frame, pose = scene()
    layer = dress(frame, pose, CATALOGUE.load(garment_id)).layer().astype(np.float32)
    alpha = layer[..., 3]
    edge, solid = (alpha > 40) & (alpha < 160), alpha > 250
    assert edge.any()
    low, high = np.percentile(layer[..., :3][solid].mean(axis=1), [1, 99])
    assert np.percentile(layer[..., :3][edge].mean(axis=1), 95) < high + 25
    assert np.percentile(layer[..., :3][edge].mean(axis=1), 5) > low - 40


def test_light_is_forgotten_on_reset_and_follows_slowly_before() -> None:
    compositor, fitter = GarmentCompositor(), FlatFitter()
    worn = (Worn(CATALOGUE.load("tee-white")),)

    def brightness(frame: Frame, pose: Pose) -> float:
        assert pose.person is not None
        parsing = Parsing(pose.person)
        layer = compositor.composite(frame, pose, parsing, fitter.fit(frame, pose, parsing, worn)).layer()
        return float(layer[..., :3][layer[..., 3] > 250].mean())

    first = brightness(*scene())
    flash = brightness(*scene(light=0.4))
    compositor.reset()
    after = brightness(*scene(light=0.4))
    assert first > flash > after + 10
