"""What the warp network says moves pieces as it says, never far, never jumping; without it geometry goes on."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tryon_app.core.errors import ModelError
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import BodyPart, Fit, Float32, Frame, Labels, Material, Notice, Parsing, Pose, Worn
from tryon_app.fitting.body import Body
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.refine import CONTRACT, MODEL, NetworkRefiner
from tryon_app.fitting.refine_input import ABOVE, CELLS, CHANNELS, SIZE, Laid, Layer, around, encode
from tryon_app.garments.catalogue import Catalogue
from tryon_app.inference.manifest import Contract

WIDTH, HEIGHT = 640, 720
CATALOGUE = Catalogue((resources_dir() / "garments",))


class Said:
    """A network that says the same every time."""

    def __init__(self, right: float = 0.0, down: float = 0.0, shade: float = 1.0) -> None:
        self.right, self.down, self.shade = right, down, shade
        self.contract: Contract = CONTRACT
        self.runs_on = "a test"
        self.notices: tuple[Notice, ...] = ()
        self.trouble: ModelError | None = None
        self.asked: list[Float32] = []
        self.opened = 0

    def open(self) -> None:
        if self.trouble:
            raise self.trouble
        self.opened += 1

    def run(self, inputs: Mapping[str, Float32]) -> dict[str, Float32]:
        if self.trouble:
            raise self.trouble
        self.asked.append(inputs["laid"])
        moved = np.zeros((1, 2, SIZE, SIZE), np.float32)
        moved[:, 0], moved[:, 1] = self.right, self.down
        ones = np.ones((1, 1, SIZE, SIZE), np.float32)
        return {"moved": moved, "cover": ones, "shade": ones * np.float32(self.shade)}

    def close(self) -> None:
        self.opened -= 1


def labels() -> Labels:
    """Upper garment everywhere, on the torso everywhere."""
    parts = np.zeros((len(BodyPart), 90, 80), np.float32)
    materials = np.zeros((len(Material), 90, 80), np.float32)
    parts[BodyPart.TORSO] = materials[Material.UPPER] = 1.0
    return Labels(np.array([[0.125, 0, 0], [0, 0.125, 0]], np.float32), parts, materials)


def fitted(pose: Pose, garment: str, time_s: float = 0.0) -> tuple[Frame, Parsing, Fit]:
    frame = Frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8), timestamp_s=time_s)
    assert pose.person is not None
    plain = Parsing(pose.person)
    return (
        frame,
        replace(plain, labels=labels()),
        FlatFitter().fit(frame, pose, plain, (Worn(CATALOGUE.load(garment)),)),
    )


def opened(network: Said) -> NetworkRefiner:
    refiner = NetworkRefiner(network)
    refiner.open()
    return refiner


def lay(fit: Fit, pose: Pose) -> Laid:
    return Layer().lay(fit.garments[0], around(Body(pose)))


def test_a_garment_lies_on_the_cells_as_on_the_person(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    _, _, fit = fitted(pose, "tee-white")
    laid = lay(fit, pose)
    rows, columns = np.nonzero(laid.alpha > 0.5)
    # From a little above the shoulders to the hips, as wide as shoulders and upper arms.
    assert 0.5 * CELLS < rows.min() < 1.0 * CELLS < 2.0 * CELLS < rows.max() < 3.2 * CELLS
    assert abs(columns.mean() - (SIZE - 1) / 2) < 2
    assert laid.pieces[0].sum() > laid.pieces[1].sum() > 50
    left, right = (np.nonzero(laid.pieces[k] > 0.5)[1].mean() for k in (1, 2))
    assert left > SIZE / 2 > right
    # The photo's columns run from left to right, its rows down, and places are told from the armpits.
    middle = laid.place[:, round(1.5 * CELLS), SIZE // 2]
    assert abs(middle[0]) < 0.05
    assert (np.diff(laid.place[0, round(1.5 * CELLS), SIZE // 2 - 10 : SIZE // 2 + 10]) > 0).all()
    assert (np.diff(laid.place[1, 40:60, SIZE // 2]) > 0).all()


def test_people_near_and_far_look_alike(make_figure: Callable[..., Pose]) -> None:
    laid = []
    for scale in (1.0, 0.5):
        pose = make_figure(scale=scale)
        laid.append(lay(fitted(pose, "tee-white")[2], pose))
    assert np.abs(laid[0].alpha - laid[1].alpha).mean() < 0.02
    assert np.abs(laid[0].place - laid[1].place).mean() < 0.02


def test_the_network_is_shown_garment_and_labels(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    _, parsing, fit = fitted(pose, "tee-white")
    assert parsing.labels is not None
    laid, matrix = lay(fit, pose), around(Body(pose))
    shown = encode(laid, parsing.labels, matrix, 0.5)
    assert shown.shape == (CHANNELS, SIZE, SIZE)
    assert np.abs(shown).max() < 1.001
    assert np.array_equal(shown[:4], laid.pieces)
    inside = shown[:, 40, 56]
    assert inside[7] == inside[13] == 1.0  # torso, upper garment
    assert inside[[6, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18]].max() == 0.0
    assert (shown[19] == 0.5).all()  # as likely as not, it is worn already


def test_nothing_moved_is_the_same_fit(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    frame, parsing, fit = fitted(pose, "hoodie-moss")
    refined = opened(Said()).refine(frame, pose, parsing, fit)
    assert len(refined.garments[0].pieces) == len(fit.garments[0].pieces)
    for old, new in zip(fit.garments[0].pieces, refined.garments[0].pieces, strict=True):
        assert (old.roi, old.step, old.name) == (new.roi, new.step, new.name)
        inside = old.flow[..., 0] > 0.5 * OUTSIDE
        assert np.abs(old.flow - new.flow)[inside].max() < 0.5
    assert np.allclose(refined.garments[0].shading.factor, 1.0)


@pytest.mark.parametrize(("right", "down"), [(3.0, 0.0), (0.0, -4.0), (-2.0, 2.0)])
def test_places_move_as_the_network_says(make_figure: Callable[..., Pose], right: float, down: float) -> None:
    """What belongs at a cell was laid `right` and `down` of it: the garment moves the other way."""
    pose = make_figure()
    frame, parsing, fit = fitted(pose, "tee-white")
    refined = opened(Said(right, down)).refine(frame, pose, parsing, fit)
    before, after = lay(fit, pose), lay(refined, pose)
    shift = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
    wanted = cv2.warpAffine(before.alpha, shift, (SIZE, SIZE))
    assert np.abs(after.alpha - before.alpha).sum() > 100
    chest = round((ABOVE + 0.5) * CELLS)  # a collar keeps its cut
    assert np.abs(after.alpha - wanted)[chest:].sum() < 0.05 * before.alpha[chest:].sum()


def test_nothing_moves_far(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    frame, parsing, fit = fitted(pose, "tee-white")
    refined = opened(Said(60.0, 0.0)).refine(frame, pose, parsing, fit)
    before, after = (np.nonzero(lay(which, pose).alpha > 0.5)[1].mean() for which in (fit, refined))
    assert 0.2 * CELLS < before - after < 0.4 * CELLS


def test_what_leaves_the_frame_is_cut(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(at=(40.0, 100.0))
    frame, parsing, fit = fitted(pose, "tee-white")
    for piece in opened(Said(6.0, 6.0)).refine(frame, pose, parsing, fit).garments[0].pieces:
        assert piece.roi == piece.roi.clipped(WIDTH, HEIGHT)
        assert piece.flow.shape[:2] == (-(-piece.roi.height // piece.step), -(-piece.roi.width // piece.step))


def test_shading_is_handed_on_in_part(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    frame, parsing, fit = fitted(pose, "tee-white")
    shading = opened(Said(shade=0.5)).refine(frame, pose, parsing, fit).garments[0].shading
    assert 0.5 < shading.factor.min() < 0.75
    assert shading.cover.max() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("garment", ["jeans-indigo", "skirt-camel"])
def test_bottoms_stay(make_figure: Callable[..., Pose], garment: str) -> None:
    pose, network = make_figure(), Said(3.0)
    frame, parsing, fit = fitted(pose, garment)
    assert opened(network).refine(frame, pose, parsing, fit).garments[0] is fit.garments[0]
    assert not network.asked


def test_without_labels_nothing_is_refined(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    frame, parsing, fit = fitted(pose, "tee-white")
    assert opened(Said(3.0)).refine(frame, pose, replace(parsing, labels=None), fit) is fit


def test_a_network_that_fails_is_told_and_left_alone(make_figure: Callable[..., Pose]) -> None:
    pose, network = make_figure(), Said(3.0)
    frame, parsing, fit = fitted(pose, "tee-white")
    refiner = opened(network)
    assert refiner.providers == {MODEL: "a test"}
    assert refiner.notices == ()
    network.trouble = ModelError("It is gone.", "Get it back.")
    assert refiner.refine(frame, pose, parsing, fit).garments[0] is fit.garments[0]
    (notice,) = refiner.notices
    assert "It is gone." in notice.message
    assert notice.remedy == "Get it back."
    assert refiner.providers == {}
    assert network.opened == 0
    network.trouble = None
    refiner.open()
    assert refiner.notices == ()
    assert refiner.refine(frame, pose, parsing, fit).garments[0] is not fit.garments[0]


@pytest.mark.parametrize("broken", ["missing", "other"])
def test_a_network_that_cannot_be_opened_is_told(make_figure: Callable[..., Pose], broken: str) -> None:
    pose, network = make_figure(), Said(3.0)
    frame, parsing, fit = fitted(pose, "tee-white")
    if broken == "missing":
        network.trouble = ModelError("There is none.", "Fetch it.")
    else:
        network.contract = Contract(inputs={"laid": (1, 3, 8, 8)}, outputs=CONTRACT.outputs)
    refiner = opened(network)
    assert refiner.refine(frame, pose, parsing, fit) is fit
    assert len(refiner.notices) == 1


def test_flicker_is_averaged_and_what_stays_is_followed(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()

    def seen_at(network: Said, refiner: NetworkRefiner, time_s: float, right: float) -> float:
        network.right = right
        frame, parsing, fit = fitted(pose, "tee-white", time_s)
        refined = refiner.refine(frame, pose, parsing, fit)
        return float(np.nonzero(lay(refined, pose).alpha > 0.5)[1].mean())

    network = Said()
    refiner = opened(network)
    still = seen_at(network, refiner, 1.0, 0.0)
    assert 0.0 < still - seen_at(network, refiner, 1.04, 0.4) < 0.35
    for step in range(30):
        moved = still - seen_at(network, refiner, 1.08 + 0.04 * step, 5.0)
    assert moved == pytest.approx(5.0, abs=0.5)
    refiner.reset()
    assert still - seen_at(network, refiner, 2.4, 0.0) == pytest.approx(0.0, abs=0.1)


def test_where_the_frame_cuts_the_body_no_strip_of_the_garment_is_missing(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(at=(320.0, 590.0))
    frame, parsing, fit = fitted(pose, "tee-white", 1.0)

    def shown(item: Fit) -> np.ndarray:
        torso = next(piece for piece in item.garments[0].pieces if piece.name == "torso")
        last = torso.flow[(HEIGHT - 1 - torso.roi.y0) // torso.step]
        left = (280 - torso.roi.x0) // torso.step
        return last[left : left + 80 // torso.step, 1]

    assert (shown(fit) > 0).all()
    # Cloth is wanted there that lies below the picture.
    refined = opened(Said(down=5.0)).refine(frame, pose, parsing, fit)
    assert (shown(refined) > 0).all()


@pytest.mark.parametrize(("thorough", "wanted"), [(True, 12), (False, 3)])
def test_in_a_quick_video_the_network_is_asked_now_and_then(
    make_figure: Callable[..., Pose], thorough: bool, wanted: int
) -> None:
    pose, network = make_figure(), Said(3.0, shade=0.8)
    refiner = NetworkRefiner(network, thorough)
    refiner.open()
    for number in range(12):
        frame, parsing, fit = fitted(pose, "tee-white", 1.0 + number / 30.0)
        item = refiner.refine(frame, pose, parsing, fit).garments[0]
        assert item.pieces[0].flow.shape != fit.garments[0].pieces[0].flow.shape
        assert item.shading.factor.max() < 0.9
    assert len(network.asked) == wanted
    refiner.refine(replace(frame, scene=1), pose, parsing, fit)
    assert len(network.asked) == wanted + 1
