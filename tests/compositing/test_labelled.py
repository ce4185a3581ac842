"""The composite with what the parsing network would say: drawn people, drawn labels."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.compositing.figures import CLOTH, SKIN, TROUSERS, WALL, Figure, at, dress, figure
from tryon_app.compositing.compositor import GarmentCompositor
from tryon_app.core.types import BodyPart, Frame, Landmark, Material, sided


def test_nothing_outside_the_box_changes_and_the_layer_holds_no_fill() -> None:
    person = figure(sleeves=2.0)
    result = dress(person, "tee-white", person.labels)
    outside = np.ones(result.image.shape[:2], bool)
    outside[result.roi.slices] = False
    np.testing.assert_array_equal(result.image[outside], person.frame.image[outside])
    changed = np.abs(result.image.astype(int) - person.frame.image).max(axis=2) > 30
    layer = result.layer()
    assert (changed & (layer[..., 3] == 0)).any(), "nothing was filled"
    # Where the layer is opaque the picture is the layer: what was painted below it belongs to nobody.
    solid = layer[..., 3] == 255
    assert np.abs(layer[solid][:, :3].astype(int) - result.image[solid]).max() <= 2
    forearm = at(person, 0.5, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
    assert layer[forearm][3] == 0


@pytest.mark.parametrize("side", ["LEFT", "RIGHT"])
def test_an_old_long_sleeve_under_a_tee_becomes_skin_and_the_hand_stays(side: str) -> None:
    person = figure(sleeves=2.0)
    result = dress(person, "tee-white", person.labels)
    for share in (0.2, 0.5, 0.8):
        place = at(person, share, Landmark[f"{side}_ELBOW"], Landmark[f"{side}_WRIST"])
        assert np.abs(result.image[place].astype(int) - SKIN).max() < 40, f"not skin at {share} of the forearm"
    hand = np.zeros(result.image.shape[:2], np.uint8)
    wrist, index = (at(person, s, Landmark[f"{side}_WRIST"], Landmark[f"{side}_INDEX"]) for s in (0.4, 1.0))
    cv2.line(hand, wrist[::-1], index[::-1], 1, 11)
    same = np.abs(result.image.astype(int) - person.frame.image).max(axis=2)[hand > 0]
    assert np.percentile(same, 95) < 12


def test_cloth_beside_the_bared_arm_becomes_wall() -> None:
    person = figure(sleeves=2.0, loose=1.25)
    result = dress(person, "tee-white", person.labels)
    elbow, wrist = person.pose.points[[Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST]]
    along = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    outward = np.array([-along[1], along[0]]) * (1.0 if -along[1] > 0 else -1.0)
    rim = elbow + 0.6 * (wrist - elbow) + outward * (person.sleeve_radius - 2.0)
    column, row = rim.round().astype(int)
    before, after = person.frame.image[row, column].astype(int), result.image[row, column].astype(int)
    assert np.abs(before - WALL).max() > 60, "the test looks beside the sleeve"
    assert np.abs(after - WALL).max() < 45


def test_a_sleeve_too_wide_to_be_an_arm_is_left_alone() -> None:
    person = figure(sleeves=2.0, loose=2.6)
    result = dress(person, "tee-white", person.labels)
    for share in (0.3, 0.6):
        place = at(person, share, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
        np.testing.assert_array_equal(result.image[place], person.frame.image[place])


def test_a_sleeve_too_wide_to_be_an_arm_comes_off_where_the_room_is_known() -> None:
    person = figure(sleeves=2.0, loose=2.6)
    compositor = GarmentCompositor()
    # Stripes tell the room from a colour carried on from beside the sleeve.
    wall = np.full_like(person.frame.image, WALL)
    wall[:, ::12] = wall[:, 1::12] = wall[:, 2::12] = (90, 120, 90)
    for _ in range(20):
        compositor.watch(Frame(wall))
    image = np.where(person.mask[..., None] > 0, person.frame.image, wall)
    result = dress(replace(person, frame=Frame(image)), "tee-white", person.labels, compositor=compositor)
    place = at(person, 0.6, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
    assert np.abs(result.image[place].astype(int) - SKIN).max() < 40
    elbow, wrist = person.pose.points[[Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST]]
    along = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    outward = np.array([-along[1], along[0]]) * (1.0 if -along[1] > 0 else -1.0)
    column, row = (elbow + 0.6 * (wrist - elbow) + outward * 0.75 * person.sleeve_radius).round().astype(int)
    rim = np.s_[row - 4 : row + 5, column - 6 : column + 7]
    assert np.abs(person.frame.image[rim].astype(int) - CLOTH).mean() < 20, "the test looks beside the sleeve"
    assert np.abs(result.image[rim].astype(int) - wall[rim]).mean() < 15


def test_with_one_arm_in_an_uncertain_place_both_sleeves_stay() -> None:
    person = figure(sleeves=2.0)
    visibility = person.pose.visibility.copy()
    visibility[[Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST]] = 0.1
    doubtful = replace(person, pose=replace(person.pose, visibility=visibility))
    result = dress(doubtful, "tee-white", doubtful.labels)
    for side in ("LEFT", "RIGHT"):
        place = at(person, 0.6, Landmark[f"{side}_ELBOW"], Landmark[f"{side}_WRIST"])
        np.testing.assert_array_equal(result.image[place], person.frame.image[place])


def test_bare_arms_are_not_painted() -> None:
    person = figure(sleeves=0.0)
    result = dress(person, "tee-white", person.labels)
    place = at(person, 0.5, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
    np.testing.assert_array_equal(result.image[place], person.frame.image[place])


def test_trousers_take_nothing_off_above() -> None:
    person = figure(sleeves=2.0)
    result = dress(person, "jeans-indigo", person.labels)
    place = at(person, 0.5, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
    np.testing.assert_array_equal(result.image[place], person.frame.image[place])


CROSSED = {
    Landmark.LEFT_ELBOW: (302.0, 235.0),
    Landmark.LEFT_WRIST: (222.0, 208.0),
    Landmark.LEFT_INDEX: (192.0, 200.0),
    Landmark.LEFT_PINKY: (192.0, 210.0),
    Landmark.LEFT_THUMB: (198.0, 192.0),
}


def test_a_forearm_across_the_chest_stays_in_front_of_the_torso() -> None:
    person = figure(CROSSED, sleeves=0.0)
    layer = dress(person, "tee-white", person.labels).layer()[..., 3]
    for share in (0.3, 0.5, 0.7, 0.9):
        assert layer[at(person, share, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)] < 40
    assert layer[at(person, 0.5, Landmark.LEFT_WRIST, Landmark.LEFT_INDEX)] < 40
    above, below = (at(person, 0.6, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)[0] + d for d in (-45, 50))
    column = at(person, 0.6, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)[1]
    assert layer[above, column] > 220
    assert layer[below, column] > 220


def test_a_long_sleeve_lies_over_the_arm_that_crosses_the_chest() -> None:
    person = figure(CROSSED, sleeves=0.0)
    layer = dress(person, "longsleeve-navy", person.labels).layer()[..., 3]
    assert layer[at(person, 0.5, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)] > 220
    assert layer[at(person, 0.7, Landmark.LEFT_WRIST, Landmark.LEFT_INDEX)] < 60


def test_long_hair_over_the_shoulder_stays() -> None:
    person = figure(sleeves=0.0, hair=True)
    layer = dress(person, "tee-white", person.labels).layer()[..., 3]
    row, column = person.hair_end
    assert layer[row - 12, column] < 60
    without = dress(person, "tee-white", figure(sleeves=0.0).labels).layer()[..., 3]
    assert without[row - 12, column] > 200


def test_a_stray_blob_of_arm_or_hair_cuts_no_hole() -> None:
    person = figure(sleeves=0.0)
    parts, materials = person.labels.parts.copy(), person.labels.materials.copy()
    x, y = person.pose.points[[11, 12, 23, 24]].mean(axis=0)
    column, row = (person.labels.matrix[:, :2] @ (x, y) + person.labels.matrix[:, 2]).round().astype(int)
    spot = slice(row - 3, row + 4), slice(column - 3, column + 4)
    for maps, wrong in ((parts, BodyPart.LEFT_HAND), (materials, Material.HAIR)):
        maps[:, *spot] *= 0.1
        maps[wrong][spot] += 0.9
    layer = dress(person, "tee-white", replace(person.labels, parts=parts, materials=materials)).layer()[..., 3]
    around = layer[round(float(y)) - 15 : round(float(y)) + 16, round(float(x)) - 15 : round(float(x)) + 16]
    assert around.min() > 200


def test_cloth_amid_cloth_that_the_network_takes_for_a_bag_is_covered() -> None:
    person = figure(sleeves=0.0)
    materials = person.labels.materials.copy()
    x, y = person.pose.points[[11, 12, 23, 24]].mean(axis=0)
    column, row = (person.labels.matrix[:, :2] @ (x, y) + person.labels.matrix[:, 2]).round().astype(int)
    spot = slice(row - 4, row + 5), slice(column - 4, column + 5)
    materials[:, *spot] *= 0.05
    materials[Material.OTHER][spot] += 0.95
    layer = dress(person, "tee-white", replace(person.labels, materials=materials)).layer()[..., 3]
    assert layer[round(float(y)) - 10 : round(float(y)) + 11, round(float(x)) - 10 : round(float(x)) + 11].min() > 200


def test_an_arm_that_the_network_misses_is_found_by_the_pose() -> None:
    person = figure(CROSSED, sleeves=0.0)
    parts, materials = person.labels.parts.copy(), person.labels.materials.copy()
    arms = [part for part in BodyPart if part.name.endswith(("ARM", "HAND"))]
    parts[BodyPart.TORSO] += parts[arms].sum(axis=0)
    parts[arms] = 0.0
    materials[Material.UPPER] += materials[Material.SKIN]
    materials[Material.SKIN] = 0.0
    layer = dress(person, "tee-white", replace(person.labels, parts=parts, materials=materials)).layer()[..., 3]
    for share in (0.4, 0.6, 0.8):
        assert layer[at(person, share, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)] < 60


def test_skin_that_the_network_takes_for_cloth_is_not_painted() -> None:
    person = figure(sleeves=0.0)
    materials = person.labels.materials.copy()
    forearms = person.labels.part(BodyPart.LEFT_FOREARM, BodyPart.RIGHT_FOREARM)
    moved = materials[Material.SKIN] * forearms
    materials[Material.SKIN] -= moved
    materials[Material.UPPER] += moved
    result = dress(person, "tee-white", replace(person.labels, materials=materials))
    place = at(person, 0.5, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
    np.testing.assert_array_equal(result.image[place], person.frame.image[place])


def test_sleeves_of_arms_that_leave_the_picture_come_off() -> None:
    """Elbows below the frame's edge, as before a laptop, and a network that sees too little of the arms."""
    person = figure(sleeves=2.0)
    pose = person.pose
    cut = round(float(pose.points[Landmark.LEFT_ELBOW][1])) - 8
    presence, visibility = pose.presence.copy(), pose.visibility.copy()
    gone = pose.points[:, 1] > cut
    presence[gone], visibility[gone] = 0.05, 0.05
    frame = Frame(np.ascontiguousarray(person.frame.image[:cut]))
    parts = person.labels.parts.copy()
    for arm in (BodyPart.LEFT_UPPER_ARM, BodyPart.RIGHT_UPPER_ARM):
        missed = 0.7 * parts[arm]
        parts[arm] -= missed
        parts[BodyPart.TORSO] += missed
    near = replace(
        person,
        frame=frame,
        mask=person.mask[:cut],
        pose=replace(pose, presence=presence, visibility=visibility, person=person.mask[:cut]),
        labels=replace(person.labels, parts=parts),
    )
    result = dress(near, "tank-terracotta", near.labels)
    for side in ("LEFT", "RIGHT"):
        place = at(person, 0.6, Landmark[f"{side}_SHOULDER"], Landmark[f"{side}_ELBOW"])
        assert np.abs(frame.image[place].astype(int) - CLOTH).max() < 20, "the test looks beside the sleeve"
        assert np.abs(result.image[place].astype(int) - SKIN).max() < 60


def test_red_cloth_that_the_network_takes_for_skin_reddens_no_arm() -> None:
    person = figure(sleeves=2.0)
    image = person.frame.image.copy()
    image[np.abs(image.astype(int) - CLOTH).max(axis=2) < 20] = (200, 30, 35)
    materials = person.labels.materials.copy()
    wrong = person.labels.part(BodyPart.LEFT_UPPER_ARM, BodyPart.RIGHT_UPPER_ARM)
    moved = materials[Material.UPPER] * wrong
    materials[Material.UPPER] -= moved
    materials[Material.SKIN] += moved
    red = replace(person, frame=Frame(image))
    result = dress(red, "tee-white", replace(person.labels, materials=materials))
    place = at(person, 0.4, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
    assert np.abs(image[place].astype(int) - SKIN).max() > 90
    assert np.abs(result.image[place].astype(int) - SKIN).max() < 40


def test_trousers_below_new_shorts_become_legs_and_shoes_stay() -> None:
    person = figure(sleeves=0.0)
    result = dress(person, "shorts-navy", person.labels)
    shin = at(person, 0.5, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE)
    assert result.layer()[shin][3] == 0
    assert np.abs(result.image[shin].astype(int) - SKIN).max() < 40
    foot = at(person, 0.6, Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX)
    np.testing.assert_array_equal(result.image[foot], person.frame.image[foot])
    arm = at(person, 0.5, Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW)
    np.testing.assert_array_equal(result.image[arm], person.frame.image[arm])


def test_a_strap_in_front_stays() -> None:
    person = figure(sleeves=0.0, strap=True)
    layer = dress(person, "tee-white", person.labels).layer()[..., 3]
    middle = person.pose.points[[11, 12, 23, 24]].mean(axis=0).round().astype(int)
    assert layer[middle[1], middle[0]] < 60
    without = dress(person, "tee-white", figure(sleeves=0.0).labels).layer()[..., 3]
    assert without[middle[1], middle[0]] > 220


def test_an_old_hem_below_the_new_one_becomes_the_trousers() -> None:
    person = figure(sleeves=0.0, hem=0.07)
    result = dress(person, "tee-white", person.labels)
    layer = result.layer()[..., 3]
    column = round(float(person.pose.points[Landmark.LEFT_HIP][0]))
    last = int(np.flatnonzero(layer[:, column] > 128).max())
    assert last + 8 < person.hem_row, "the new hem hangs below the old one: the test shows nothing"
    for row in range(last + 5, person.hem_row - 3, 4):
        assert np.abs(result.image[row, column].astype(int) - TROUSERS).max() < 40


def test_an_old_high_collar_becomes_neck() -> None:
    person = figure(sleeves=0.0, collar=True)
    result = dress(person, "tee-white", person.labels)
    row, column = person.collar_place
    assert result.layer()[row, column, 3] < 20
    assert np.abs(result.image[row, column].astype(int) - SKIN).max() < 75
    assert np.abs(person.frame.image[row, column].astype(int) - SKIN).max() > 90


def test_a_reset_forgets_bared_arms() -> None:
    compositor = GarmentCompositor()
    person, wide = figure(sleeves=2.0), figure(sleeves=2.0, loose=2.4)
    place = at(person, 0.5, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)

    def bared(other: Figure) -> bool:
        image = dress(other, "tee-white", other.labels, compositor=compositor).image
        return bool((image[place] != other.frame.image[place]).any())

    assert not bared(wide)
    assert bared(person)
    assert bared(wide), "an arm that is bared stays so near the limit"
    compositor.reset()
    assert not bared(wide)


def test_a_sleeve_that_is_loose_for_a_moment_flashes_up_on_no_arm_that_was_bared() -> None:
    slim, loose = figure(sleeves=2.0), figure(sleeves=2.0, loose=2.6)
    compositor = GarmentCompositor()
    dress(slim, "tee-white", slim.labels, compositor=compositor)
    place = at(slim, 0.6, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
    seen = []
    for _ in range(12):
        result = dress(loose, "tee-white", loose.labels, compositor=compositor)
        seen.append(bool(np.abs(result.image[place].astype(int) - SKIN).max() < 40))
    assert all(seen[:6]), "a sleeve flashed up"
    assert not seen[-1], "a sleeve that stays loose is no arm"


def test_an_arm_that_is_lost_for_a_moment_keeps_no_sleeve_for_a_moment() -> None:
    person = figure(sleeves=2.0)
    visibility = person.pose.visibility.copy()
    visibility[[Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST]] = 0.1
    lost = replace(person, pose=replace(person.pose, visibility=visibility))
    compositor = GarmentCompositor()
    dress(person, "tee-white", person.labels, compositor=compositor)
    place = at(person, 0.6, Landmark.RIGHT_ELBOW, Landmark.RIGHT_WRIST)
    bared = []
    for _ in range(6):
        result = dress(lost, "tee-white", lost.labels, compositor=compositor)
        bared.append(bool((result.image[place] != lost.frame.image[place]).any()))
    assert bared == [True] * 3 + [False] * 3


def test_bared_arms_hang_in_front_of_trousers_that_go_on_below_a_hem() -> None:
    """With hands in their pockets, so that old sleeves end at trousers as the old hem does."""
    points = figure(sleeves=2.0).pose.points
    hips = points[sided(1, "HIP")[0]], points[sided(-1, "HIP")[0]]
    out = 0.1 * (hips[0][0] - hips[1][0])
    moved: dict[Landmark, tuple[float, float]] = {}
    for side, hip in ((1, hips[0]), (-1, hips[1])):
        wrist = float(hip[0] + side * out), float(hip[1] + 20)
        moved |= dict.fromkeys(sided(side, "WRIST", "INDEX", "PINKY", "THUMB"), wrist)
    person = figure(moved, sleeves=2.0, loose=1.5, hem=0.03)
    image = dress(person, "tee-white", person.labels).image.astype(int)
    for share in np.linspace(0.4, 0.95, 12):
        place = at(person, float(share), Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST)
        assert np.abs(image[place] - TROUSERS).max() > 50
