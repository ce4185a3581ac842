"""Batches: repeatable, labels where the picture shows them, left and right swapped in the mirror."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from tryon_app.core.types import BodyPart, Landmark, Material
from tryon_app.perception import parse_input
from tryon_app.training import augment, datasets
from tryon_app.training.datasets import PARSE_MEMBERS, ParseBatches, example
from tryon_app.training.shards import SampleStore


@pytest.fixture
def store(shards):
    store = SampleStore(shards, PARSE_MEMBERS)
    store.refresh()
    return store


def same(first, second):
    return all(
        np.array_equal(getattr(first, name), getattr(second, name)) for name in ("picture", "parts", "materials")
    )


def test_the_same_seed_gives_the_same_batch(store):
    batch = ParseBatches(store, seed=3, size=4).batch(7)
    assert same(batch, ParseBatches(store, seed=3, size=4).batch(7))
    assert not same(batch, ParseBatches(store, seed=4, size=4).batch(7))
    assert not same(batch, ParseBatches(store, seed=3, size=4).batch(8))
    assert batch.picture.shape == (4, parse_input.CHANNELS, parse_input.HEIGHT, parse_input.WIDTH)
    assert batch.parts.shape == batch.materials.shape == (4, 128, 96)
    assert np.abs(batch.picture).max() <= 0.5


def test_threads_change_nothing(store):
    batches = ParseBatches(store, seed=3, size=2, threads=2)
    stream = batches.run(5)
    found = list(islice(stream, 3))
    stream.close()
    assert [batch.step for batch in found] == [5, 6, 7]
    assert all(same(batch, batches.batch(batch.step)) for batch in found)


def test_labels_are_where_the_picture_shows_them(person):
    shown = example(person)
    small = shown.picture[:3].reshape(3, 128, 2, 96, 2).mean(axis=(2, 4))  # a cell is 2 x 2 pixels
    shirt = shown.materials == Material.UPPER
    assert shirt.sum() > 300
    green = small[1] - np.maximum(small[0], small[2])
    there = green > 0.2
    assert (shirt & there).sum() / (shirt | there).sum() > 0.9
    left, right = (np.argwhere(shown.parts == part).mean(axis=0) for part in (BodyPart.LEFT_HAND, BodyPart.RIGHT_HAND))
    assert left[1] > right[1]  # the person's left is on the right of the picture
    assert left[0] < right[0]  # and up


@pytest.mark.parametrize(("below_the_hips", "dress"), [(1.2, True), (0.6, True), (0.2, False), (-0.3, False)])
def test_a_dress_that_nothing_tells_from_a_top_is_labelled_as_one(person, below_the_hips, dress):
    """A torso is two units long: tops may end a quarter of that below the hips."""
    person.materials[person.materials == Material.UPPER] = Material.DRESS
    unit = float(np.hypot(*(person.points[Landmark.LEFT_SHOULDER] - person.points[Landmark.RIGHT_SHOULDER]))) / 1.6
    end = round(float(person.points[Landmark.LEFT_HIP][1]) + below_the_hips * unit)
    cut = replace(person, image=person.image[:end], parts=person.parts[:end], materials=person.materials[:end])
    labels = example(cut).materials
    assert ((labels == Material.DRESS).any(), (labels == Material.UPPER).any()) == (dress, not dress)
    assert (person.materials == Material.DRESS).any(), "what was given is not changed"


def test_labels_stay_with_the_picture_whatever_is_done_to_it(person):
    """Over all flaws: what is labelled as shirt is greener than the rest."""
    margins = []
    for seed in range(30):
        shown = example(person, np.random.default_rng(seed))
        small = shown.picture[:3].reshape(3, 128, 2, 96, 2).mean(axis=(2, 4))
        green = small[1] - (small[0] + small[2]) / 2
        shirt = shown.materials == Material.UPPER
        if shirt.sum() > 100:
            margins.append(green[shirt].mean() - green[~shirt].mean())
    assert len(margins) > 25
    assert np.median(margins) > 0.2
    assert np.mean(np.array(margins) > 0.05) > 0.85  # the rest has lost its colour


def test_a_mirrored_person_keeps_their_own_left(person, monkeypatch):
    """The raised left arm is on the right of the picture; in the mirror it is on the left, and a right arm."""
    sides = {True: [], False: []}
    for seed in range(24):
        random = np.random.default_rng(seed)
        moved = datasets._moved(random, person)
        hand = np.argwhere(moved.parts == BodyPart.LEFT_HAND)
        other = np.argwhere(moved.parts == BodyPart.RIGHT_HAND)
        if len(hand) < 5 or len(other) < 5:
            continue
        flipped = hand[:, 0].mean() > other[:, 0].mean()  # now the left one hangs
        sides[flipped].append((hand, other, moved))
    assert len(sides[True]) > 3
    assert len(sides[False]) > 3
    for hand, other, moved in sides[True] + sides[False]:
        assert hand[:, 1].mean() > other[:, 1].mean()  # left stays right of right: the person faces the camera
        for labels, landmark in ((hand, Landmark.LEFT_INDEX), (other, Landmark.RIGHT_INDEX)):
            middle = labels.mean(axis=0)[::-1]
            assert np.hypot(*(moved.points[landmark] - middle)) < 12


def test_landmarks_err_by_a_few_per_cent_and_limbs_get_lost(person):
    torso = augment.torso_length(person.points)
    off, lost = [], 0
    for seed in range(200):
        points, presence = augment.erring_landmarks(
            np.random.default_rng(seed), person.points, person.visible, *person.parts.shape[::-1]
        )
        off.append(np.hypot(*(points - person.points)[[11, 12, 23, 24]].T).mean() / torso)
        lost += bool((presence < 0.3).any())
    assert 0.01 < np.median(off) < 0.08
    assert 5 < lost < 80


def test_masks_are_soft_sometimes_wrong_and_sometimes_none(person):
    truth = np.where(person.parts > 0, np.uint8(255), np.uint8(0))
    hair = (person.materials == Material.HAIR).astype(np.uint8)
    masks = [augment.flawed_mask(np.random.default_rng(seed), truth, hair, person.points) for seed in range(100)]
    assert 0 < sum(mask is None for mask in masks) < 20
    overlaps = [
        ((mask > 0.5) & (truth > 0)).sum() / ((mask > 0.5) | (truth > 0)).sum() for mask in masks if mask is not None
    ]
    assert np.median(overlaps) > 0.75
    assert min(overlaps) < 0.75
    assert max(overlaps) < 1.0


def test_things_in_front_hide_the_person(person):
    parts, materials, image = person.parts.copy(), person.materials.copy(), person.image.copy()
    augment.something_in_front(np.random.default_rng(1), image, parts, materials, person.points)
    hidden = (person.parts > 0) & (parts == 0)
    assert hidden.any()
    assert (materials[hidden] == Material.OTHER).all()
    assert (materials[(person.parts == 0)] == 0).all()
    untouched = (image == person.image).all(axis=-1)
    assert np.array_equal(parts[untouched], person.parts[untouched])
