"""What makes a garment look worn: skin that goes on where a sleeve ended, shoulders, hems, shadows, light."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.compositing.figures import CLOTH, SKIN, TROUSERS, WALL, Figure, at, dress, figure, fit_of
from tryon_app.compositing import bare
from tryon_app.compositing.anatomy import Anatomy
from tryon_app.compositing.contact import cast
from tryon_app.compositing.fill import with_old_clothes
from tryon_app.compositing.girth import girth_seen
from tryon_app.compositing.labelled import Labelled
from tryon_app.compositing.maps import Grid
from tryon_app.core.types import BodyPart, Frame, Labels, Landmark, Material, Rect, sided


def seen_of(person: Figure) -> tuple[Labelled, Grid]:
    """What the network says of all of the picture, a cell a pixel."""
    height, width = person.mask.shape
    grid = Grid.over(Rect(0, 0, width, height), max(width, height))
    body = Anatomy(person.pose, *grid.axes())
    return Labelled(grid.picture(person.frame.image), person.mask, body, person.labels, grid), grid


def beside_its_landmarks() -> tuple[Figure, float]:
    """Somebody in short sleeves whose left elbow is marked to one side of it, and how far, pixels."""
    drawn = figure(sleeves=0.6, loose=1.4)
    points = drawn.pose.points.copy()
    off = 0.09 * float(np.linalg.norm(points[11] - points[12]))
    points[Landmark.LEFT_ELBOW] -= (off, 0.0)
    return replace(drawn, pose=replace(drawn.pose, points=points)), off


def test_the_bare_part_tells_how_thick_an_arm_is_and_where_it_lies() -> None:
    person, off = beside_its_landmarks()
    seen, grid = seen_of(person)
    clothed = seen.sleeve(1, 0.0)
    girth = girth_seen(seen.small, seen.skin, clothed, grid.pixel)
    assert girth is not None
    assert girth.bone == 0
    assert 0.6 < girth.place < 0.85
    assert abs(abs(girth.off) - off * girth.place) < 2.0
    usual = (0.150 + (0.120 - 0.150) * girth.place) * seen.body.unit
    assert abs(girth.thicker * usual - 0.13 * seen.body.unit) < 2.0
    assert 0.9 < girth.light.mean() < 1.1


def test_with_only_a_hand_bare_nothing_is_told() -> None:
    person = figure(sleeves=2.0)
    seen, grid = seen_of(person)
    assert girth_seen(seen.small, seen.skin, seen.sleeve(1, 0.0), grid.pixel) is None


def test_a_bared_arm_goes_on_as_its_bare_part_does(monkeypatch: pytest.MonkeyPatch) -> None:
    person, _ = beside_its_landmarks()
    drawn = figure(sleeves=0.6, loose=1.4).pose.points
    shoulder, elbow = drawn[[Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW]]
    axis = (elbow - shoulder) / np.linalg.norm(elbow - shoulder)
    outward = np.array([-axis[1], axis[0]]) * (1.0 if -axis[1] > 0 else -1.0)
    steps = np.arange(0.0, 30.0, 0.5)

    def edge(image: np.ndarray, share: float) -> float:
        places = (shoulder + share * (elbow - shoulder) + steps[:, None] * outward).astype(np.float32)
        line = cv2.remap(image, places[None], None, cv2.INTER_LINEAR)[0].astype(int)
        return float(steps[np.argmin(np.abs(line - SKIN).max(axis=1) < 60)])

    def jump() -> float:
        image = dress(person, "tank-terracotta", person.labels).image
        return float(np.abs(np.diff([edge(image, share) for share in (0.55, 0.65, 0.75, 0.85)])).max())

    told = jump()
    monkeypatch.setattr(bare, "girth_seen", lambda *_: None)
    assert told <= 3.0
    assert jump() > told + 1.0


def test_skin_goes_on_without_a_line_where_the_sleeve_ended() -> None:
    person = figure(sleeves=0.6, loose=1.2)
    image = dress(person, "tank-terracotta", person.labels).image.astype(np.float32)
    tones = [image[at(person, s, Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW)] for s in np.linspace(0.4, 0.8, 17)]
    assert np.abs(np.diff(tones, axis=0)).max() < 25


def test_an_old_hem_behind_a_hand_becomes_the_trousers() -> None:
    points = figure(sleeves=0.0).pose.points
    hip, middle = points[Landmark.LEFT_HIP], points[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    wrist = 0.9 * hip + 0.1 * middle + (0.0, 42.0)
    moved = dict.fromkeys(sided(1, "WRIST", "PINKY", "THUMB"), tuple(wrist))
    moved |= {
        Landmark.LEFT_INDEX: tuple(wrist - (18.0, 0.0)),
        Landmark.LEFT_ELBOW: (float(hip[0] + 60.0), float(hip[1] - 30.0)),
    }
    person = figure(moved, sleeves=0.0, hem=0.05)
    result = dress(person, "tee-white", person.labels)
    column = round(float(wrist[0] - 8.0))
    last = int(np.flatnonzero(result.layer()[..., 3][:, column] > 128).max())
    first_of_hand = last + int(np.argmax(np.abs(person.frame.image[last:, column].astype(int) - SKIN).max(axis=1) < 40))
    assert first_of_hand > last + 10, "the hand is not below the hem"
    for row in range(last + 6, first_of_hand - 4, 3):
        assert np.abs(result.image[row, column].astype(int) - TROUSERS).max() < 40
    hand = result.image[round(float(wrist[1])), column].astype(int)
    assert np.abs(hand - SKIN).max() < 30


def test_a_garment_casts_a_soft_shadow_on_what_is_below_it_and_on_nothing_else() -> None:
    person = figure(sleeves=0.0)
    image = dress(person, "tee-white", person.labels).image.astype(np.float32)
    layer = dress(person, "tee-white", person.labels).layer()[..., 3]
    column = round(float(person.pose.points[Landmark.LEFT_HIP][0]))
    last = int(np.flatnonzero(layer[:, column] > 0).max())
    plain = person.frame.image.astype(np.float32)
    below = np.s_[last + 1 : last + 25, column - 3 : column + 4]
    light = image[below].sum(axis=(1, 2)) / plain[below].sum(axis=(1, 2))
    assert light[0] < 0.9
    assert light[-1] > 0.99
    assert np.diff(light).min() > -0.05, "it grows lighter downwards"
    wall = (np.abs(plain - WALL).max(axis=2) < 20) & (layer == 0)
    inside = cv2.erode(wall.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    np.testing.assert_array_equal(image[inside], plain[inside])


def test_hands_get_no_shadow_of_what_they_are_in_front_of() -> None:
    points = figure(sleeves=0.0).pose.points
    chest = points[[11, 12, 23, 24]].mean(axis=0)
    moved = dict.fromkeys(sided(1, "WRIST", "PINKY", "THUMB"), tuple(chest))
    moved |= {Landmark.LEFT_INDEX: tuple(chest - (25.0, 0.0))}
    person = figure(moved, sleeves=0.0)
    image = dress(person, "tee-white", person.labels).image
    row, column = round(float(chest[1])), round(float(chest[0] - 12.0))
    np.testing.assert_allclose(image[row, column].astype(int), person.frame.image[row, column], atol=3)


def test_a_white_badge_on_the_old_top_is_no_light_on_the_new_one() -> None:
    person = figure(sleeves=0.0)
    row, column = np.round(person.pose.points[[11, 12, 23, 24]].mean(axis=0)[::-1]).astype(int)
    image = person.frame.image.copy()
    image[row - 14 : row + 14, column - 10 : column + 10] = (225, 228, 230)
    image.flags.writeable = False
    plain, badged = (
        dress(replace(person, frame=frame), "tee-white", person.labels).layer()[..., :3].astype(int)
        for frame in (person.frame, Frame(image))
    )
    around = np.s_[row - 30 : row + 30, column - 25 : column + 25]
    assert np.abs(plain[around] - badged[around]).max() <= 12


def test_shoulders_are_as_high_as_they_are_under_cloth_unless_the_garment_lies_on_them() -> None:
    person = figure(sleeves=2.0)
    seen, grid = seen_of(person)
    body = seen.body
    joint = person.pose.points[Landmark.LEFT_SHOULDER]
    neck = body.neck_base - 0.14 * body.unit * body.spine[0]
    x, y = np.round(0.45 * neck + 0.55 * joint - (0.0, 0.15 * body.unit)).astype(int)
    shapes = [
        bare.bare_trunk(seen, (1, -1), True, np.full(person.mask.shape, cover, np.float32), grid)[0]
        for cover in (0.0, 1.0)
    ]
    assert shapes[0][y, x] > 0.5
    assert shapes[1][y, x] < 0.5


@pytest.mark.parametrize(("colour", "goes"), [((228, 222, 210), True), ((255, 205, 160), False)])
def test_a_pale_collar_that_the_network_takes_for_skin_goes_and_skin_in_the_sun_stays(
    colour: tuple[int, int, int], goes: bool
) -> None:
    person = figure(sleeves=0.0)
    points = person.pose.points
    middle = points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=0)
    unit = float(np.linalg.norm(points[Landmark.LEFT_SHOULDER] - points[Landmark.RIGHT_SHOULDER]))
    column, row = np.round(middle - (0.05 * unit, 0.12 * unit)).astype(int)
    half = round(0.05 * unit)
    image = person.frame.image.copy()
    image[row - half : row + half, column - half : column + half] = colour
    image.flags.writeable = False
    seen = dress(replace(person, frame=Frame(image)), "tank-terracotta", person.labels).image[row, column].astype(int)
    apart = np.abs(seen - colour).max()
    assert (apart > 40) == goes
    if goes:
        assert np.abs(seen - SKIN).max() < 45


def test_where_no_shadow_falls_nothing_is_touched() -> None:
    box = Rect(3, 4, 43, 34)
    image = np.full((60, 80, 3), 90, np.uint8)
    touched = cast(np.zeros((30, 40), np.float32), image, Grid(box, 40, 30))
    assert touched.empty
    assert (image == 90).all()
    assert box.union(touched) == touched.union(box) == box


def test_a_hood_beside_the_neck_goes_though_the_network_doubts_it() -> None:
    hooded, plain = figure(sleeves=0.0, hood=True), figure(sleeves=0.0)
    materials = hooded.labels.materials.copy()
    hood = (materials[Material.UPPER] > 0.5) & (plain.labels.materials[Material.UPPER] < 0.5)
    for material, likely in ((Material.UPPER, 0.45), (Material.SKIN, 0.3), (Material.HAIR, 0.25)):
        materials[material][hood] = likely
    doubted = Labels(hooded.labels.matrix, hooded.labels.parts, materials)
    result = dress(hooded, "tee-white", doubted)
    there = (hooded.frame.image != plain.frame.image).any(axis=2)
    place = there & (plain.mask < 0.5) & (result.layer()[..., 3] == 0)
    assert place.sum() > 300, "no hood: the test shows nothing"
    stays = np.abs(result.image[place].astype(int) - CLOTH).max(axis=1) < 90
    assert stays.mean() < 0.25


def test_skin_beside_the_neck_is_no_hood() -> None:
    person = figure(sleeves=0.0)
    result = dress(person, "tee-white", person.labels)
    p = person.pose.points
    unit = float(np.linalg.norm(p[11] - p[12]))
    row = round(float(p[[11, 12], 1].mean() - 0.3 * unit))
    bare = (np.abs(person.frame.image[row].astype(int) - SKIN).max(axis=1) < 20) & (result.layer()[row, :, 3] == 0)
    assert bare.sum() > 10
    assert np.abs(result.image[row][bare].astype(int) - SKIN).max() < 60


def test_what_a_flared_skirt_leaves_beside_bared_legs_becomes_wall() -> None:
    person = figure(sleeves=0.0, skirt=0.7)
    result = dress(person, "shorts-navy", person.labels)
    old = (np.abs(person.frame.image.astype(int) - TROUSERS).max(axis=2) < 25) & (result.layer()[..., 3] == 0)
    assert old.sum() > 2000
    stays = np.abs(result.image.astype(int) - TROUSERS).max(axis=2) < 25
    assert (old & stays).sum() < 0.03 * old.sum()


def test_the_face_tells_the_colour_of_skin_where_no_hands_are_seen() -> None:
    person = figure(sleeves=0.0)
    parts = person.labels.parts.copy()
    hands = [BodyPart.LEFT_HAND, BodyPart.RIGHT_HAND]
    parts[0] += parts[hands].sum(axis=0)
    parts[hands] = 0.0
    hidden = Labels(person.labels.matrix, parts, person.labels.materials)
    fit = fit_of(person, "shorts-navy")
    knees = Rect(150, 450, 330, 600)
    assert with_old_clothes(knees, person.labels, person.frame, fit).y0 > person.pose.points[0, 1]
    assert with_old_clothes(knees, hidden, person.frame, fit).y0 < person.pose.points[0, 1]


def test_beside_straps_old_cloth_stays_whole_where_sleeves_stay() -> None:
    person, bare = figure(sleeves=2.0, loose=2.6, hood=True), figure(sleeves=0.0)
    hood = (person.frame.image != bare.frame.image).any(axis=2) & (bare.mask < 0.5)
    hood[round(float(person.pose.points[[11, 12], 1].min())) :] = False
    for garment, stays in (("tank-terracotta", True), ("tee-white", False)):
        result = dress(person, garment, person.labels)
        place = hood & (result.layer()[..., 3] == 0)
        assert place.sum() > 200
        kept = np.abs(result.image[place].astype(int) - CLOTH).max(axis=1) < 40
        assert (kept.mean() > 0.7) if stays else (kept.mean() < 0.3)
