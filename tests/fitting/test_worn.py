"""What is worn now, and what a new top makes of it; labels are drawn around the figure of `conftest`."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.fitting.conftest import HEIGHT, UNIT, WIDTH, figure
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import BodyPart, Category, Frame, Labels, Landmark, Material, Parsing, Worn
from tryon_app.fitting.body import Body
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.labelled import Labelled
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.top import TopFit
from tryon_app.fitting.top_chart import read_top
from tryon_app.fitting.trunk import Trunk
from tryon_app.fitting.worn import WornMemory, WornNow, read_worn
from tryon_app.garments.catalogue import Catalogue

CATALOGUE = Catalogue((resources_dir() / "garments",))
CHART = read_top(CATALOGUE.load("tee-white").front)
TORSO = 1.55 * UNIT
SHOULDERS_Y = 200.0
STEP = 4


def labels(pose, hem, *, below=Material.LOWER, bare=0.0, cuff=0.5, thick=3, hidden=()):
    """A top down to `hem` (torsos from the shoulders), `bare` more of skin, sleeves to `cuff` (share of the arm), and
    arms of `thick` cells to each side."""
    size = WIDTH // STEP, HEIGHT // STEP
    person = cv2.resize(pose.person, size, interpolation=cv2.INTER_AREA) > 0.5
    parts, materials = np.zeros(size[::-1], np.uint8), np.zeros(size[::-1], np.uint8)
    parts[person], materials[person] = BodyPart.TORSO, Material.SKIN
    edge = int((SHOULDERS_Y + hem * TORSO) / STEP)
    materials[:edge][person[:edge]] = Material.UPPER
    edge = int((SHOULDERS_Y + (hem + bare) * TORSO) / STEP)
    materials[edge:][person[edge:]] = below
    for side, part in (("LEFT", BodyPart.LEFT_FOREARM), ("RIGHT", BodyPart.RIGHT_FOREARM)):
        a, b, c = (pose.points[Landmark[f"{side}_{joint}"]] / STEP for joint in ("SHOULDER", "ELBOW", "WRIST"))
        for share in np.linspace(0, 1.15, 200):
            point = a + (b - a) * min(share * 2, 1) + (c - b) * max(share * 2 - 1, 0)
            centre = tuple(int(value) for value in point)
            cv2.circle(parts, centre, thick, int(part), -1)
            cv2.circle(materials, centre, thick, int(Material.UPPER if share < cuff else Material.SKIN), -1)
    for box in hidden:
        parts[box], materials[box] = BodyPart.LEFT_HAND, Material.SKIN
    matrix = np.array([[1 / STEP, 0, 0], [0, 1 / STEP, 0]], np.float32)
    return Labels(matrix, one_hot(parts, len(BodyPart)), one_hot(materials, len(Material)))


def one_hot(values, count):
    return np.eye(count, dtype=np.float32)[values].transpose(2, 0, 1)


@pytest.mark.parametrize("hem", [0.58, 0.75, 0.9, 1.1, 1.4])
def test_a_hem_over_trousers_is_found(hem):
    pose = figure()
    worn = read_worn(labels(pose, hem), Body(pose))
    assert worn.hem == pytest.approx(hem * TORSO, abs=0.05 * TORSO)
    assert worn.over_bottom


def test_a_strip_of_skin_above_trousers_is_seen():
    pose = figure()
    worn = read_worn(labels(pose, 0.6, bare=0.15), Body(pose))
    assert worn.hem == pytest.approx(0.6 * TORSO, abs=0.05 * TORSO)
    assert worn.over_bottom
    assert worn.bare == pytest.approx(0.15 * TORSO, abs=0.04 * TORSO)
    assert read_worn(labels(pose, 0.75), Body(pose)).bare == 0.0


def test_a_hem_over_skin_is_no_hem_over_trousers():
    pose = figure()
    worn = read_worn(labels(pose, 0.8, below=Material.SKIN), Body(pose))
    assert worn.hem == pytest.approx(0.8 * TORSO, abs=0.05 * TORSO)
    assert not worn.over_bottom


def test_a_skirt_taken_for_a_dress_does_not_hide_the_hem_above_it():
    pose = figure()
    worn = read_worn(labels(pose, 0.9, below=Material.DRESS), Body(pose))
    assert worn.hem == pytest.approx(0.9 * TORSO, abs=0.05 * TORSO)


def test_no_hem_is_invented_where_the_cloth_goes_on():
    pose = figure()
    worn = read_worn(labels(pose, 9.0), Body(pose))
    assert worn.hem is None
    assert worn.covers > 1.2 * TORSO


def test_what_is_too_little_to_be_an_end_is_none():
    """A neckline above, and at the frame's edge something that may be trousers or a fold in the shadow."""
    pose = figure()
    found = labels(pose, 1.97)
    neck = int((SHOULDERS_Y + 0.4 * TORSO) / STEP)
    found.materials[Material.UPPER, :neck], found.materials[Material.SKIN, :neck] = 0.0, 1.0
    worn = read_worn(found, Body(pose))
    assert worn.hem is None
    assert worn.covers == pytest.approx(1.97 * TORSO, abs=0.06 * TORSO)


def test_a_new_top_goes_as_far_as_the_present_one_is_seen():
    body = Body(figure())
    worn = WornNow(covers=1.1 * TORSO)
    assert worn.hem_for(1.0 * TORSO, body, Category.TEE) == pytest.approx(1.1 * TORSO)
    assert worn.hem_for(1.3 * TORSO, body, Category.TEE) == pytest.approx(1.3 * TORSO)
    assert worn.hem_for(0.7 * TORSO, body, Category.TEE) == pytest.approx(0.7 * TORSO), "a short top stays short"


def test_hands_before_the_hem_do_not_move_it():
    pose = figure()
    low = int((SHOULDERS_Y + 0.8 * TORSO) / STEP)
    hidden = [np.s_[low : low + 8, 70:90]]
    worn = read_worn(labels(pose, 0.9, hidden=hidden), Body(pose))
    assert worn.hem == pytest.approx(0.9 * TORSO, abs=0.06 * TORSO)


@pytest.mark.parametrize("cuff", [0.3, 0.5, 0.75])
def test_cuffs_are_found_on_both_arms(cuff):
    pose = figure()
    body = Body(pose)
    worn = read_worn(labels(pose, 0.9, cuff=cuff), body)
    for side in (1, -1):
        arm = body.arms[side].joints[:3]
        length = float(np.linalg.norm(np.diff(arm, axis=0), axis=1).sum())
        # The skin drawn after the cuff is round and reaches back over it.
        assert worn.cuffs[side] == pytest.approx(cuff * length - 3 * STEP, abs=0.05 * length)


def test_bare_and_covered_arms_have_no_cuff():
    pose = figure()
    assert read_worn(labels(pose, 0.9, cuff=0.0), Body(pose)).cuffs == {}
    assert read_worn(labels(pose, 0.9, cuff=2.0), Body(pose)).cuffs == {}


def test_a_hem_gives_way_when_near_and_stays_when_far():
    body = Body(figure())
    worn = WornNow(hem=1.0 * TORSO, over_bottom=False)
    assert worn.hem_for(1.05 * TORSO, body, Category.TEE) == pytest.approx(TORSO)
    assert worn.hem_for(1.5 * TORSO, body, Category.TEE) == pytest.approx(1.5 * TORSO)
    values = [worn.hem_for(natural * TORSO, body, Category.TEE) for natural in np.linspace(1.0, 1.5, 60)]
    assert np.diff(values).max() < 0.06 * TORSO, "without a jump between"


def test_tops_are_tucked_in_like_the_present_one_and_hoodies_and_dresses_are_not():
    body = Body(figure())
    worn = WornNow(hem=0.7 * TORSO, over_bottom=True)
    assert worn.hem_for(1.2 * TORSO, body, Category.SHIRT) == pytest.approx(0.7 * TORSO)
    assert worn.hem_for(1.2 * TORSO, body, Category.HOODIE) == pytest.approx(1.2 * TORSO)
    assert worn.hem_for(2.0 * TORSO, body, Category.DRESS) == pytest.approx(2.0 * TORSO)


def test_a_longer_top_than_a_cropped_one_covers_the_skin_and_is_tucked_in_below_it():
    body = Body(figure())
    worn = WornNow(hem=0.55 * TORSO, over_bottom=True, bare=0.15 * TORSO)
    assert worn.hem_for(1.2 * TORSO, body, Category.TEE) == pytest.approx(0.7 * TORSO)
    assert worn.hem_for(0.6 * TORSO, body, Category.TEE) == pytest.approx(0.55 * TORSO)
    values = [worn.hem_for(natural * TORSO, body, Category.TEE) for natural in np.linspace(0.5, 1.5, 400)]
    assert np.diff(values).min() > -1e-3
    assert np.diff(values).max() < 0.02 * TORSO


BLACK = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def drawn(pose, found, garment="tee-white", image=BLACK):
    """Lowest row of the torso piece that shows cloth."""
    frame = Frame(image)
    worn = (Worn(CATALOGUE.load(garment)),)
    fit = FlatFitter().fit(frame, pose, Parsing(pose.person, found), worn)
    torso = next(piece for piece in fit.garments[0].pieces if piece.name == "torso")
    alpha = fit.garments[0].view.rgba[..., 3]
    x, y = (torso.flow[..., axis] for axis in (0, 1))
    inside = (x > OUTSIDE / 2) & (x >= 0) & (y >= 0) & (x < alpha.shape[1] - 1) & (y < alpha.shape[0] - 1)
    if torso.cut is not None:
        inside &= torso.flow @ np.array(torso.cut[:2]) <= torso.cut[2]
    shown = inside & (alpha[y.clip(0, alpha.shape[0] - 1).astype(int), x.clip(0, alpha.shape[1] - 1).astype(int)] > 128)
    return torso.roi.y0 + torso.step * int(np.flatnonzero(shown.any(axis=1)).max())


@pytest.mark.parametrize("garment", ["tee-white", "shirt-oxford"])
def test_a_new_top_ends_where_the_present_one_is_tucked_in_tail_and_all(garment):
    pose = figure()
    plain = drawn(pose, None, garment)
    for hem in (0.6, 0.7, 0.8):
        end = drawn(pose, labels(pose, hem), garment)
        assert end < plain - 0.08 * TORSO
        assert end == pytest.approx(SHOULDERS_Y + hem * TORSO, abs=0.04 * TORSO)


def test_readings_are_averaged_and_kept_while_hidden():
    pose = figure()
    body = Body(pose)
    memory = WornMemory()
    first = memory.read(labels(pose, 0.8), body, 0.0, 0)
    second = memory.read(labels(pose, 1.0), body, 0.04, 0)
    assert first.hem < second.hem < 0.5 * (0.8 + 1.0) * TORSO
    hands = [np.s_[round((SHOULDERS_Y + 0.7 * TORSO) / STEP) :, :]]
    kept = memory.read(labels(pose, 1.0, hidden=hands), body, 0.08, 0)
    assert kept.hem == pytest.approx(second.hem)
    assert memory.read(labels(pose, 9.0), body, 0.12, 1).hem is None, "another scene is another person"
    assert memory.read(None, body, 0.16, 1) == WornNow()


def widths(pose, found, memory, time_s):
    """Half width of a tee's body near the waist, to its left and right, pixels."""
    body = Body(pose)
    now = memory.read(found, body, time_s, 0)
    silhouette = Silhouette(pose.person, WIDTH, HEIGHT)
    torso = TopFit(CHART, Category.TEE, body, silhouette, worn=now).torso
    rung = len(torso.first) - 4
    return abs(torso.first[rung, 0] - body.shoulder_mid[0]), abs(torso.second[rung, 0] - body.shoulder_mid[0])


def narrowed(pose, by):
    """Labels of a top whose sides lie `by` pixels further in, with bare arms hanging against them."""
    found = labels(pose, 0.95)
    middle = pose.points[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], 0].mean() / STEP
    half = 0.5 * UNIT / STEP - by / STEP
    columns = np.arange(WIDTH // STEP)
    parts, materials = found.parts.argmax(axis=0), found.materials.argmax(axis=0)
    torso = parts == BodyPart.TORSO
    for part, beside in (
        (BodyPart.LEFT_UPPER_ARM, columns > middle + half),
        (BodyPart.RIGHT_UPPER_ARM, columns < middle - half),
    ):
        parts[torso & beside], materials[torso & beside] = part, Material.SKIN
    return Labels(found.matrix, one_hot(parts, len(BodyPart)), one_hot(materials, len(Material)))


def test_a_hem_that_was_an_error_goes_down_again_and_does_not_leap():
    pose = figure()
    body, memory = Body(pose), WornMemory()
    gown = labels(pose, 5.0)
    assert read_worn(gown, body).covers is not None
    hem = memory.read(labels(pose, 0.75), body, 0.0, 0).hem
    hems = [memory.read(gown, body, step / 25, 0).hem for step in range(1, 40)]
    assert hems[-1] is None
    for before, after in zip([hem, *hems], hems, strict=False):
        assert before is None or after is None or 0.0 < after - before < 0.25 * TORSO
        if after is None:
            break
    assert hems.index(None) > 3


def test_a_hem_seen_once_where_cloth_went_on_is_an_error_and_one_that_stays_is_not():
    pose = figure()
    body, memory = Body(pose), WornMemory()
    gown, short = labels(pose, 5.0), labels(pose, 0.75)
    covers = memory.read(gown, body, 0.0, 0).covers
    once = memory.read(short, body, 0.04, 0)
    assert once.hem is None
    assert covers - 0.25 * TORSO < once.covers < covers
    assert memory.read(gown, body, 0.08, 0).hem is None
    hems = [memory.read(short, body, 0.12 + step / 25, 0).hem for step in range(30)]
    assert hems[1] is None
    assert hems[-1] == pytest.approx(0.75 * TORSO, abs=0.05 * TORSO)


def test_a_body_whose_cut_comes_near_is_as_wide_as_the_present_one():
    pose = figure()
    wide, narrow = (widths(pose, narrowed(pose, by), WornMemory(), 0.0) for by in (0.0, 0.08 * UNIT))
    for side in (0, 1):
        assert 0.03 * UNIT < wide[side] - narrow[side] < 0.09 * UNIT


def test_one_frame_of_odd_edges_hardly_moves_the_body():
    pose = figure()
    memory = WornMemory()
    before = widths(pose, narrowed(pose, 0.0), memory, 0.0)
    after = widths(pose, narrowed(pose, 0.08 * UNIT), memory, 0.04)
    assert 0.0 < before[0] - after[0] < 0.015 * UNIT


def test_a_sleeve_far_from_the_present_one_keeps_its_own_width():
    pose = figure()
    worn = read_worn(labels(pose, 0.9, cuff=2.0), Body(pose))
    centre = Body(pose).arms[1].joints[[0, 1]]
    measured = np.full(2, 20.0, np.float32)
    assert worn.sleeve_for(np.full(2, 24.0, np.float32), measured, centre)[1] == pytest.approx(20.0, abs=1.0)
    assert worn.sleeve_for(np.full(2, 60.0, np.float32), measured, centre)[1] == pytest.approx(60.0)


def trunk(short, *, cuff, thick=7):
    """Half width of the waist of somebody whose arms hang against the body."""
    pose = figure()
    worn = replace(WornNow(), seen=Labelled(labels(pose, 1.3, cuff=cuff, thick=thick)))
    body = Body(pose)
    found = Trunk(body, Silhouette(pose.person, WIDTH, HEIGHT), worn, (short, short), "me")
    along = np.linspace(0.3 * TORSO, 0.9 * TORSO, 7, dtype=np.float32)
    centre = np.stack([body.shoulder_mid + body.down * along[:, None]] * 2, axis=1)
    half = found.measured(along, centre, np.broadcast_to(np.stack([body.across, -body.across]), centre.shape))
    return half[4:].mean()


def test_a_trunk_goes_on_behind_an_old_sleeve_that_comes_off_up_to_the_bare_arm():
    assert trunk(True, cuff=1.3) > trunk(False, cuff=1.3) + 0.05 * UNIT
    # Nothing comes off a bare arm, however thick it is.
    assert trunk(True, cuff=0.0) == pytest.approx(trunk(False, cuff=0.0), abs=1e-3)
