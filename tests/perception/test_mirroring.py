"""The parsing network asked about a picture and its mirror image."""

from dataclasses import replace

import numpy as np

from tests.perception.test_parsing_network import SIZE, FakeNetwork, frame, standing_in
from tryon_app.core.types import BodyPart, Frame, Landmark
from tryon_app.perception.mirroring import LANDMARK_MIRROR, PART_MIRROR, in_a_mirror, with_mirror
from tryon_app.perception.parse_input import crop_around, encode
from tryon_app.perception.parsing_network import CONTRACT, NetworkParser
from tryon_app.perception.silhouette import SilhouetteParser


def test_orders_of_the_mirror_are_their_own_inverse() -> None:
    for order, names in ((LANDMARK_MIRROR, Landmark), (PART_MIRROR, BodyPart)):
        assert np.array_equal(order[order], np.arange(len(names)))
    assert LANDMARK_MIRROR[Landmark.LEFT_WRIST] == Landmark.RIGHT_WRIST
    assert LANDMARK_MIRROR[Landmark.NOSE] == Landmark.NOSE
    assert PART_MIRROR[BodyPart.RIGHT_SHIN] == BodyPart.LEFT_SHIN
    assert PART_MIRROR[BodyPart.TORSO] == BodyPart.TORSO


def test_the_input_in_a_mirror_is_that_of_the_mirrored_frame_and_person() -> None:
    picture = frame()
    pose = standing_in(picture, shift=30.0)
    points = pose.points.copy()
    points[Landmark.LEFT_WRIST] += (70.0, -90.0)
    points[Landmark.RIGHT_KNEE] += (-40.0, 10.0)
    other = points[LANDMARK_MIRROR] * (-1.0, 1.0) + (SIZE[0] - 1.0, 0.0)
    made = []
    for image, places in ((picture.image, points), (picture.image[:, ::-1], other.astype(np.float32))):
        crop = crop_around(places, pose.presence, *SIZE)
        made.append(encode(np.ascontiguousarray(image), None, places, pose.presence, crop))
    turned = in_a_mirror(made[0])
    for channel, (mine, theirs) in enumerate(zip(turned, made[1], strict=True)):
        if theirs.std() > 0.0:
            assert np.corrcoef(mine.ravel(), theirs.ravel())[0, 1] > (0.9 if channel > 2 else 0.3), channel


class Lopsided(FakeNetwork):
    """Always sees a left hand in the picture's upper left corner."""

    def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:  # type: ignore[override]
        said = super().run(inputs)
        said["parts"][:] = 0.0
        said["parts"][0, BodyPart.LEFT_HAND, :4, :4] = 1.0
        return said


def test_what_is_said_of_the_mirror_image_comes_back_on_the_other_side() -> None:
    network = Lopsided()
    parser = NetworkParser(SilhouetteParser(), network, mirrored=True)
    parser.open()
    labels = parser.parse(frame(), standing_in(frame())).labels
    assert labels is not None
    assert len(network.seen) == 2
    np.testing.assert_array_equal(network.seen[1][0], in_a_mirror(network.seen[0][0]))
    assert (labels.parts[BodyPart.LEFT_HAND, :4, :4] == 0.5).all()
    assert (labels.parts[BodyPart.RIGHT_HAND, :4, -4:] == 0.5).all()


def test_one_failure_is_enough_to_go_on_without_labels() -> None:
    network = FakeNetwork(fails=True)
    parser = NetworkParser(SilhouetteParser(), network, mirrored=True)
    parser.open()
    picture: Frame = replace(frame())
    assert parser.parse(picture, standing_in(picture)).labels is None


def test_materials_have_no_sides() -> None:
    maps = np.random.default_rng(1).random(CONTRACT.outputs["materials"][1:]).astype(np.float32)
    np.testing.assert_allclose(with_mirror(maps, maps[:, :, ::-1], parts=False), maps)
