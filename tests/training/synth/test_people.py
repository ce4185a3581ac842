import numpy as np
import pytest
from scipy.spatial import cKDTree

pytest.importorskip("anny")

from tryon_app.core.types import BodyPart
from tryon_app.training.synth.body import SKIN_VERTICES, random_shape
from tryon_app.training.synth.drape import drape
from tryon_app.training.synth.measure import Measures
from tryon_app.training.synth.patterns import TopCut, skirt, top, trousers
from tryon_app.training.synth.poses import between, dressing_pose, random_pose
from tryon_app.training.synth.raster import vertex_normals
from tryon_app.training.synth.sewing import sew

TEE = TopCut(0.45, 0.68, 0.12, 0.0, 1.3, 0.09, v_neck=False, slope=48, wide=1.3)


def forearm(body, posed):
    return np.linalg.norm(body.joint(posed.joints, "wrist.L") - body.joint(posed.joints, "lowerarm01.L"))


@pytest.fixture(scope="module")
def dressed(body):
    random = np.random.default_rng(4)
    shape = random_shape(random)
    frames = body.pose(shape, between(dressing_pose(), random_pose(body, shape, random).rotations, 10))
    return frames, Measures(body, frames[0])


def test_every_part_of_a_body_is_named(body):
    named = set(body.part[:SKIN_VERTICES].tolist())
    assert named == {int(part) for part in BodyPart} - {int(BodyPart.BACKGROUND)}


def test_left_is_left(body):
    points = body.template[:SKIN_VERTICES]
    for part in (BodyPart.LEFT_HAND, BodyPart.LEFT_FOOT, BodyPart.LEFT_FOREARM):
        assert (points[body.part[:SKIN_VERTICES] == part, 0] > 0).all()


def test_landmarks_lie_where_their_names_say(body, dressed):
    frames, _ = dressed
    found = body.landmarks(frames[0])
    assert found.shape == (33, 3)
    assert (found[[11, 13, 15, 23, 25, 27, 7], 0] > found[[12, 14, 16, 24, 26, 28, 8], 0]).all()
    heights = [found[k, 2] for k in (0, 11, 23, 25, 27)]
    assert heights == sorted(heights, reverse=True)


def test_poses_differ_and_hands_stay_on_their_arms(body):
    random = np.random.default_rng(0)
    shape = random_shape(random)
    rest = body.pose(shape, [{}])[0]
    wrists = []
    for _ in range(12):
        posed = body.pose(shape, [random_pose(body, shape, random).rotations])[0]
        assert forearm(body, posed) == pytest.approx(forearm(body, rest), abs=0.01)
        wrists.append(body.joint(posed.joints, "wrist.L"))
    assert np.ptp(np.array(wrists), axis=0).max() > 0.3


@pytest.mark.parametrize("kind", ["tee", "trousers", "skirt"])
def test_a_pattern_is_sewn_without_gaps(dressed, kind):
    _, measures = dressed
    made = {
        "tee": lambda: top(measures, TEE),
        "trousers": lambda: trousers(measures, -0.05, 0.95, 0.08, 0.2),
        "skirt": lambda: skirt(measures, 0.0, 0.5, 0.05),
    }
    cloth = sew(measures, made[kind]())
    assert len(cloth.points) < len(cloth.flat), "seams are shared by both panels"
    assert 0 < cloth.front_faces < len(cloth.faces)
    assert cloth.corners.max() == len(cloth.flat) - 1
    assert cloth.faces.max() == len(cloth.points) - 1
    assert np.isfinite(cloth.lengths).all()
    assert (cloth.lengths < 1e-3).sum() < 20, "corners of the outline may meet"
    # The flat picture is the cloth's rest state: edges inside the front panel have their length there.
    inside = (cloth.edges < cloth.corners[: cloth.front_faces].max() + 1).all(axis=1) & (cloth.stiffness > 0.1)
    flat = np.linalg.norm(cloth.flat[cloth.edges[inside, 0]] - cloth.flat[cloth.edges[inside, 1]], axis=1)
    assert np.median(np.abs(flat - cloth.lengths[inside])) < 1e-5


def test_cloth_comes_to_rest_on_the_body(body, dressed):
    frames, measures = dressed
    cloth = sew(measures, top(measures, TEE))
    points = drape(body, cloth, frames, 0.01)
    assert np.isfinite(points).all()
    skin = frames[-1].vertices
    nearest = body.skin_vertices[cKDTree(skin[body.skin_vertices]).query(points)[1]]
    above = ((points - skin[nearest]) * vertex_normals(skin, body.skin_faces)[nearest]).sum(axis=1)
    assert np.percentile(above, 5) > -0.005, "it does not run through the body"
    assert np.median(above) < 0.06, "nor fly about it"
    held = (cloth.stiffness > 0.1) & (cloth.lengths > 1e-3)
    first, second = cloth.edges[held].T
    stretched = np.linalg.norm(points[first] - points[second], axis=1) / cloth.lengths[held]
    assert np.median(stretched) == pytest.approx(1.0, abs=0.05)
