"""Labels from a network: in the right place, steady, and done without when the network fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.inference.onnx_files import doubling, parsing_like
from tryon_app.core.errors import ModelError
from tryon_app.core.protocols import GivesNotice, Parser, RunsModels
from tryon_app.core.types import BodyPart, Frame, Labels, Material, Notice, Parsing, Pose
from tryon_app.inference.manifest import Contract, load_manifest
from tryon_app.inference.session import Network
from tryon_app.perception.parse_input import HEIGHT, WIDTH, crop_around
from tryon_app.perception.parsing_network import CONTRACT, NetworkParser, map_matrix
from tryon_app.perception.scripted import ScriptedPose
from tryon_app.perception.silhouette import SilhouetteParser

PARTS, MATERIALS = CONTRACT.outputs["parts"], CONTRACT.outputs["materials"]
SIZE = (640, 480)


@dataclass
class FakeNetwork:
    """Says `parts` of every picture; fails when told to."""

    contract: Contract = CONTRACT
    notices: tuple[Notice, ...] = ()
    parts: np.ndarray = field(default_factory=lambda: even(PARTS))
    materials: np.ndarray = field(default_factory=lambda: even(MATERIALS))
    fails_to_open: bool = False
    fails: bool = False
    seen: list[np.ndarray] = field(default_factory=list)
    opened: int = 0
    closed: int = 0

    @property
    def runs_on(self) -> str:
        return "abacus" if self.opened else ""

    def open(self) -> None:
        if self.fails_to_open:
            raise ModelError("The network is broken.", "Mend it.")
        self.opened += 1

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        if self.fails:
            raise ModelError("The abacus broke.", "Get another.")
        self.seen.append(inputs["picture"])
        return {"parts": self.parts.copy(), "materials": self.materials.copy()}

    def close(self) -> None:
        self.closed += 1


def even(shape: tuple[int, ...]) -> np.ndarray:
    return np.full(shape, 1 / shape[1], np.float32)


def certain(shape: tuple[int, ...], label: int, share: float = 0.9) -> np.ndarray:
    """Everywhere `label`, with so much certainty."""
    maps = np.full(shape, (1 - share) / (shape[1] - 1), np.float32)
    maps[:, label] = share
    return maps


def frame(time_s: float = 0.0, scene: int = 0, size: tuple[int, int] = SIZE) -> Frame:
    image = np.random.default_rng(7).integers(90, 110, (size[1], size[0], 3)).astype(np.uint8)
    return Frame(image, timestamp_s=time_s, scene=scene)


def standing_in(picture: Frame, shift: float = 0.0) -> Pose:
    estimator = ScriptedPose()
    estimator.open("video")
    pose = estimator.estimate(picture)
    assert pose is not None
    return replace(pose, points=pose.points + np.array([shift, 0], np.float32))


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork()


@pytest.fixture
def parser(network: FakeNetwork) -> NetworkParser:
    made = NetworkParser(SilhouetteParser(), network)
    made.open()
    return made


def parsed(parser: NetworkParser, picture: Frame, shift: float = 0.0) -> Labels:
    labels = parser.parse(picture, standing_in(picture, shift)).labels
    assert labels is not None
    return labels


def test_it_is_a_parser_that_says_what_runs_it(parser: NetworkParser, network: FakeNetwork) -> None:
    assert isinstance(parser, Parser)
    assert isinstance(parser, RunsModels)
    assert isinstance(parser, GivesNotice)
    assert parser.providers == {"parsing": "abacus"}
    assert parser.notices == ()
    labels = parsed(parser, frame())
    assert labels.parts.shape == PARTS[1:]
    assert labels.materials.shape == MATERIALS[1:]
    assert labels.matrix.dtype == np.float32
    (picture,) = network.seen
    assert (picture.shape, picture.dtype) == (CONTRACT.inputs["picture"], np.float32)
    parser.close()
    assert network.closed == 1
    assert parser.providers == {}


def test_the_outline_is_the_other_parser_s(parser: NetworkParser) -> None:
    picture = frame()
    expected = SilhouetteParser().parse(picture, standing_in(picture)).person
    assert np.array_equal(parser.parse(picture, standing_in(picture)).person, expected)


def test_the_contract_fits_the_labels() -> None:
    assert PARTS[1] == len(BodyPart)
    assert MATERIALS[1] == len(Material)
    assert PARTS[2:] == MATERIALS[2:] == (HEIGHT // 2, WIDTH // 2)


def test_the_network_that_ships_has_the_contract() -> None:
    declared = load_manifest().models.get("parsing")
    assert declared is None or declared.tensors == CONTRACT


def test_a_mask_that_is_missing_is_shown_as_missing(parser: NetworkParser, network: FakeNetwork) -> None:
    picture = frame()
    pose = standing_in(picture)
    parser.parse(picture, pose)
    parser.parse(picture, replace(pose, person=None))
    masks = [seen[0, 3] for seen in network.seen]
    assert masks[0].min() < -0.4
    assert masks[1] == pytest.approx(np.full((HEIGHT, WIDTH), 128 / 255 - 0.5), abs=1e-6)


# -- where things are --------------------------------------------------------------------------------------------------


@pytest.fixture
def seeing(tmp_path: Path) -> NetworkParser:
    """A parser on a real network whose first three parts are how red, green and blue a cell is."""
    file = tmp_path / "seeing.onnx"
    file.write_bytes(parsing_like())
    made = NetworkParser(SilhouetteParser(), Network("parsing", lambda: file, CONTRACT))
    made.open()
    return made


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (240, 320)])
@pytest.mark.parametrize(("channel", "x", "y"), [(0, 0.45, 0.4), (1, 0.55, 0.55), (2, 0.5, 0.7)])
def test_a_spot_of_the_frame_is_at_its_cell(
    seeing: NetworkParser, size: tuple[int, int], channel: int, x: float, y: float
) -> None:
    image = np.zeros((size[1], size[0], 3), np.uint8)
    spot = round(x * size[0]), round(y * size[1])
    cv2.circle(image, spot, max(3, size[1] // 60), [255 * (k == channel) for k in range(3)], -1)
    labels = parsed(seeing, Frame(image))
    # How much more of the spot's colour there is than of another: 0 wherever it is grey.
    weights = np.log(labels.parts[channel] / labels.parts[(channel + 1) % 3])
    rows, columns = np.indices(weights.shape)
    found = np.array([(weights * columns).sum(), (weights * rows).sum()]) / weights.sum()
    expected = labels.matrix @ [*spot, 1.0]
    assert found == pytest.approx(expected, abs=0.1)
    seeing.close()


def test_cells_lie_between_the_pixels_that_they_cover() -> None:
    picture = frame()
    pose = standing_in(picture)
    crop = crop_around(pose.points, pose.presence, *SIZE)
    inverse = np.linalg.inv(np.vstack([crop.matrix, [0, 0, 1]]))
    middle = inverse @ [0.5, 0.5, 1.0]  # between the first four pixels of the input
    assert map_matrix(crop) @ middle == pytest.approx([0.0, 0.0], abs=1e-4)
    last = inverse @ [WIDTH - 1.5, HEIGHT - 1.5, 1.0]
    assert map_matrix(crop) @ last == pytest.approx([WIDTH / 2 - 1, HEIGHT / 2 - 1], abs=1e-4)


# -- from frame to frame -----------------------------------------------------------------------------------------------


def test_what_hardly_changes_is_held(parser: NetworkParser, network: FakeNetwork) -> None:
    network.parts = certain(PARTS, 2, 0.80)
    parsed(parser, frame(0.0))
    network.parts = certain(PARTS, 2, 0.86)
    labels = parsed(parser, frame(1 / 30))
    assert 0.80 < labels.parts[2].min() <= labels.parts[2].max() < 0.86
    assert labels.parts.sum(axis=0) == pytest.approx(np.ones(PARTS[2:]), abs=1e-5)


def test_what_really_changes_does_not_trail(parser: NetworkParser, network: FakeNetwork) -> None:
    network.parts = certain(PARTS, 2)
    parsed(parser, frame(0.0))
    network.parts = certain(PARTS, 5)
    labels = parsed(parser, frame(1 / 30))
    assert labels.parts == pytest.approx(network.parts[0], abs=1e-6)


def test_the_two_heads_are_steadied_each_for_itself(parser: NetworkParser, network: FakeNetwork) -> None:
    network.parts, network.materials = certain(PARTS, 2, 0.80), certain(MATERIALS, 4)
    parsed(parser, frame(0.0))
    network.parts, network.materials = certain(PARTS, 2, 0.86), certain(MATERIALS, 1)
    labels = parsed(parser, frame(1 / 30))
    assert labels.parts[2].max() < 0.86
    assert labels.materials == pytest.approx(network.materials[0], abs=1e-6)


@pytest.mark.parametrize(
    "later",
    [frame(1 / 30, scene=1), frame(3.0), frame(0.0), frame(-1.0), frame(1 / 30, size=(960, 720))],
    ids=["scene", "later", "still", "earlier", "size"],
)
def test_another_moment_is_looked_at_afresh(parser: NetworkParser, network: FakeNetwork, later: Frame) -> None:
    network.parts = certain(PARTS, 2, 0.80)
    parsed(parser, frame(0.0))
    network.parts = certain(PARTS, 2, 0.86)
    assert parsed(parser, later).parts[2] == pytest.approx(0.86)


def test_the_past_moves_with_the_crop(parser: NetworkParser, network: FakeNetwork) -> None:
    """An edge that stays where it is in the frame is steadied although the crop walks on with the person."""
    shift = 12.0
    before = stepped(parsed_matrix(0.0), 300.0, 0.80)
    after = stepped(parsed_matrix(shift), 300.0, 0.88)
    network.parts = before
    first = parsed(parser, frame(0.0))
    network.parts = after
    second = parsed(parser, frame(1 / 30), shift)
    assert not np.allclose(first.matrix, second.matrix)
    row = 64
    edge = round(float((second.matrix @ [300.0, 240.0, 1.0])[0]))
    for cell in (edge - 3, edge + 3):  # away from the interpolated edge itself
        label = int(after[0, :, row, cell].argmax())
        assert 0.805 < second.parts[label, row, cell] < 0.875
    assert second.parts.sum(axis=0) == pytest.approx(np.ones(PARTS[2:]), abs=1e-5)


def parsed_matrix(shift: float) -> np.ndarray:
    picture = frame()
    pose = standing_in(picture, shift)
    return map_matrix(crop_around(pose.points, pose.presence, *SIZE))


def stepped(matrix: np.ndarray, x: float, share: float) -> np.ndarray:
    """Torso left of a column of the frame, background right of it."""
    edge = float((matrix @ [x, 0.0, 1.0])[0])
    left = certain(PARTS, BodyPart.TORSO, share)
    right = certain(PARTS, BodyPart.BACKGROUND, share)
    return np.where(np.arange(PARTS[3]) < edge, left, right).astype(np.float32)


# -- doing without -----------------------------------------------------------------------------------------------------


def test_a_network_that_cannot_be_loaded_is_done_without(network: FakeNetwork) -> None:
    network.fails_to_open = True
    parser = NetworkParser(SilhouetteParser(), network)
    parser.open()
    assert parser.notices == (Notice("Garments have coarser edges for now. The network is broken.", "Mend it."),)
    picture = frame()
    parsing = parser.parse(picture, standing_in(picture))
    assert isinstance(parsing, Parsing)
    assert parsing.labels is None
    assert parsing.person.max() > 0.9
    assert parser.providers == {}
    network.fails_to_open = False
    parser.open()
    assert parser.notices == ()
    assert parsed(parser, picture).parts.shape == PARTS[1:]


def test_a_network_that_fails_later_is_done_without(parser: NetworkParser, network: FakeNetwork) -> None:
    picture = frame()
    parsed(parser, picture)
    network.fails = True
    assert parser.parse(picture, standing_in(picture)).labels is None
    assert parser.notices == (Notice("Garments have coarser edges for now. The abacus broke.", "Get another."),)
    network.fails = False
    assert parser.parse(picture, standing_in(picture)).labels is None, "until it is opened anew"
    assert len(network.seen) == 1
    assert parser.providers == {}


def test_what_the_network_has_to_say_is_passed_on(parser: NetworkParser, network: FakeNetwork) -> None:
    network.notices = (Notice("CUDA stopped working.", "Bring the driver up to date."),)
    assert parser.notices == network.notices


def test_a_network_of_another_kind(tmp_path: Path) -> None:
    file = tmp_path / "other.onnx"
    file.write_bytes(doubling())
    other = Contract(inputs={"x": (1, 4)}, outputs={"y": (1, 4)})
    parsers: list[Callable[[], NetworkParser]] = [
        lambda: NetworkParser(SilhouetteParser(), Network("parsing", lambda: file, other)),
        lambda: NetworkParser(SilhouetteParser(), Network("parsing", lambda: file, CONTRACT)),
    ]
    for build, said in zip(parsers, ("another version", "takes x"), strict=True):
        parser = build()
        parser.open()
        (notice,) = parser.notices
        assert said in notice.message
        assert notice.remedy == "Install the app again."
        parser.close()


class Ticking:
    """A clock on which a run of the network takes as long as is said."""

    def __init__(self, run_s: float) -> None:
        self.now, self.run_s = 0.0, run_s

    def __call__(self) -> float:
        self.now += self.run_s / 2
        return self.now


def asked(network: FakeNetwork, frames: list[Frame], shifts: list[float], run_s: float, thorough: bool = False) -> int:
    """How often the network was asked about frames of somebody who stands `shift` further to the right in each."""
    parser = NetworkParser(SilhouetteParser(), network, thorough=thorough, clock=Ticking(run_s))
    parser.open()
    for picture, shift in zip(frames, shifts, strict=True):
        assert parser.parse(picture, standing_in(picture, shift)).labels is not None
    parser.close()
    return len(network.seen)


FILM = [frame(index / 30) for index in range(6)]
STILL = [0.0] * 6


def test_a_slow_network_rests_in_every_second_frame_of_a_quick_film():
    assert asked(FakeNetwork(), FILM, STILL, run_s=0.1) == 3


def test_a_quick_network_is_asked_about_every_frame():
    assert asked(FakeNetwork(), FILM, STILL, run_s=0.002) == 6


def test_nothing_rests_in_slow_films_other_scenes_and_where_nobody_waits():
    slow = [frame(index / 10) for index in range(6)]
    cuts = [frame(index / 30, scene=index) for index in range(6)]
    assert asked(FakeNetwork(), slow, STILL, run_s=0.1) == 6
    assert asked(FakeNetwork(), cuts, STILL, run_s=0.1) == 6
    assert asked(FakeNetwork(), FILM, STILL, run_s=0.1, thorough=True) == 6


def test_labels_move_along_with_the_person_while_the_network_rests():
    parser = NetworkParser(SilhouetteParser(), FakeNetwork(), thorough=False, clock=Ticking(0.1))
    parser.open()
    first = parser.parse(FILM[0], standing_in(FILM[0])).labels
    second = parser.parse(FILM[1], standing_in(FILM[1], 12.0)).labels
    parser.close()
    assert second.parts is first.parts
    moved = (first.matrix[0, 2] - second.matrix[0, 2]) / second.matrix[0, 0]
    assert moved == pytest.approx(12.0, abs=1.0)
