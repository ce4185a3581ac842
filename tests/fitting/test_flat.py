from collections.abc import Callable

import numpy as np
import pytest

from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Fit, FitPiece, Frame, Garment, Landmark, Parsing, Pose, Worn
from tryon_app.fitting.body import Body
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.top import TopFit
from tryon_app.fitting.top_chart import read_top
from tryon_app.garments.catalogue import Catalogue

WIDTH, HEIGHT = 640, 720
CATALOGUE = Catalogue((resources_dir() / "garments",))

STANCES = {
    "arms down": {},
    "arms raised": {
        Landmark.LEFT_ELBOW: (0.7, -0.8),
        Landmark.LEFT_WRIST: (0.5, -1.5),
        Landmark.RIGHT_ELBOW: (-0.7, -0.8),
        Landmark.RIGHT_WRIST: (-0.5, -1.5),
    },
    "hands on hips": {
        Landmark.LEFT_ELBOW: (1.0, 0.75),
        Landmark.LEFT_WRIST: (0.45, 1.3),
        Landmark.RIGHT_ELBOW: (-1.0, 0.75),
        Landmark.RIGHT_WRIST: (-0.45, 1.3),
    },
    "arms crossed": {
        Landmark.LEFT_ELBOW: (0.6, 0.8),
        Landmark.LEFT_WRIST: (-0.3, 0.75),
        Landmark.RIGHT_ELBOW: (-0.6, 0.8),
        Landmark.RIGHT_WRIST: (0.3, 0.7),
    },
    "arms spread": {
        Landmark.LEFT_ELBOW: (1.3, 0.0),
        Landmark.LEFT_WRIST: (2.1, 0.0),
        Landmark.RIGHT_ELBOW: (-1.3, 0.0),
        Landmark.RIGHT_WRIST: (-2.1, 0.0),
    },
    "hand to the camera": {Landmark.LEFT_ELBOW: (0.55, 0.1), Landmark.LEFT_WRIST: (0.5, 0.05)},
    "seated": {
        Landmark.LEFT_KNEE: (0.4, 1.9),
        Landmark.RIGHT_KNEE: (-0.4, 1.9),
        Landmark.LEFT_ANKLE: (0.4, 2.9),
        Landmark.RIGHT_ANKLE: (-0.4, 2.9),
    },
    "leaning": {
        Landmark.LEFT_SHOULDER: (0.75, 0.25),
        Landmark.RIGHT_SHOULDER: (-0.2, -0.1),
    },
}


def fit(pose: Pose, *garments: Garment, width: int = WIDTH, height: int = HEIGHT) -> Fit:
    frame = Frame(np.zeros((height, width, 3), np.uint8))
    parsing = Parsing(pose.person if pose.person is not None else np.ones((8, 8), np.float32))
    return FlatFitter().fit(frame, pose, parsing, tuple(Worn(garment) for garment in garments))


def landed(piece: FitPiece) -> np.ndarray:
    return piece.flow[..., 0] > 0.5 * OUTSIDE


def trunk(pose: Pose, *bumps: tuple[int, int], garment_id: str = "tee-white") -> tuple[np.ndarray, tuple[int, int]]:
    """Edges of a garment's trunk, float32 rungs x 2 x 2, with bumps on the shoulders of the mask; and the rungs of tip
    and armpit.

    Args:
        bumps: First and last column of each, at half the frame's size.
    """
    assert pose.person is not None
    mask = pose.person.copy()
    for left, right in bumps:
        mask[87:100, left:right] = 1.0
    garment = CATALOGUE.load(garment_id)
    chart = read_top(garment.front)
    torso = TopFit(chart, garment.category, Body(pose), Silhouette(mask, WIDTH, HEIGHT)).torso
    return np.stack([torso.first, torso.second], axis=1), chart.rungs


LEFT, RIGHT = (170, 194), (126, 150)


def test_a_hood_or_hair_on_the_shoulders_folds_no_cloth_over(make_figure: Callable[..., Pose]) -> None:
    bumpy, (tip, _) = trunk(make_figure(), (176, 194), (126, 144))
    plain, _ = trunk(make_figure())
    assert (bumpy[1:tip, :, 1] < plain[1:tip, :, 1] - 1.0).any(), "nothing covers it: the test shows nothing"
    assert (np.diff(bumpy[:tip, :, 1], axis=0) >= 0.0).all()


def test_collars_lie_as_high_as_shoulders_are_but_not_on_hair_on_one_of_them(make_figure: Callable[..., Pose]) -> None:
    plain, _ = trunk(make_figure())
    high, _ = trunk(make_figure(), LEFT, RIGHT)
    assert (high[0, :, 1] < plain[0, :, 1] - 3.0).all()
    one, _ = trunk(make_figure(), LEFT)
    assert np.abs(one[0, :, 1] - plain[0, :, 1]).max() < 0.5


def test_a_collar_does_not_climb_a_hood(make_figure: Callable[..., Pose]) -> None:
    plain, _ = trunk(make_figure())
    hood, _ = trunk(make_figure(), (166, 176), (144, 154))  # high beside the neck, and no more halfway to the joint
    assert (hood[0, :, 1] > plain[0, :, 1] - 4.5).all()


@pytest.mark.parametrize("garment_id", ["dress-slip", "tank-terracotta"])
def test_below_a_deep_armhole_the_sides_of_the_chest_are_covered(
    garment_id: str, make_figure: Callable[..., Pose]
) -> None:
    pose = make_figure()
    edges, (_, pit) = trunk(pose, garment_id=garment_id)
    assert np.ptp(edges[pit, :, 0]) > 0.76 * np.ptp(pose.points[[11, 12], 0])


@pytest.mark.parametrize("stance", STANCES)
@pytest.mark.parametrize("garment_id", ["tee-white", "longsleeve-navy", "dress-slip", "jeans-indigo", "skirt-camel"])
def test_nothing_folds_or_explodes(garment_id: str, stance: str, make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(STANCES[stance])
    found = fit(pose, CATALOGUE.load(garment_id)).garments[0]
    assert found.pieces, found.message
    limits = np.concatenate([pose.points[11:17], pose.points[23:29]])
    low, high = limits.min(axis=0) - 110, limits.max(axis=0) + 110
    for piece in found.pieces:
        assert np.isfinite(piece.flow).all()
        ys, xs = np.nonzero(landed(piece))
        assert len(ys)
        # Never further from the body than a hand's breadth and the piece's own margin.
        x, y = piece.roi.x0 + xs * piece.step, piece.roi.y0 + ys * piece.step
        assert x.min() > low[0]
        assert x.max() < high[0]
        assert y.max() < high[1]


def test_a_tee_sits_on_the_shoulders_and_ends_below_the_hips(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    garment = CATALOGUE.load("tee-white")
    torso = next(p for p in fit(pose, garment).garments[0].pieces if p.name == "torso")
    alpha = garment.front.rgba[..., 3]
    x, y = np.round(torso.flow[..., 0]).astype(int), np.round(torso.flow[..., 1]).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < alpha.shape[1]) & (y < alpha.shape[0])
    cloth = np.zeros(inside.shape, bool)
    cloth[inside] = alpha[y[inside], x[inside]] > 127
    rows = torso.roi.y0 + np.flatnonzero(cloth.any(axis=1)) * torso.step
    shoulder, hip = 200.0, 355.0
    assert shoulder - 45 < rows.min() < shoulder
    assert hip - 20 < rows.max() < hip + 60


def test_a_larger_size_is_wider_and_longer(make_figure: Callable[..., Pose]) -> None:
    pose, garment = make_figure(), CATALOGUE.load("tee-white")
    frame = Frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    assert pose.person is not None
    boxes = []
    for size in ("S", "XL"):
        found = FlatFitter().fit(frame, pose, Parsing(pose.person), (Worn(garment, size),))
        boxes.append(next(p for p in found.garments[0].pieces if p.name == "torso").roi)
    assert boxes[1].height > boxes[0].height


def test_a_sleeve_whose_elbow_is_hidden_is_not_drawn(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure()
    pose.presence[[Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST]] = 0.01
    names = {p.name for p in fit(pose, CATALOGUE.load("longsleeve-navy")).garments[0].pieces}
    assert "sleeve_right" in names
    assert "sleeve_left" not in names


def test_a_person_turned_sideways_or_away_is_never_dressed_in_the_front(make_figure: Callable[..., Pose]) -> None:
    garment = CATALOGUE.load("tee-white")
    sideways = make_figure()
    sideways.world[Landmark.LEFT_SHOULDER] = (0.01, -0.5, 0.17)
    sideways.world[Landmark.RIGHT_SHOULDER] = (-0.01, -0.5, -0.17)
    found = fit(sideways, garment).garments[0]
    assert not found.pieces
    assert "sideways" in found.message
    away = make_figure()
    away.world[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]] = away.world[
        [Landmark.RIGHT_SHOULDER, Landmark.LEFT_SHOULDER]
    ]
    assert fit(away, garment).garments[0].view is garment.back


def test_legs_outside_the_picture_are_said_and_not_drawn(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure(at=(320.0, 640.0))
    found = fit(pose, CATALOGUE.load("jeans-indigo")).garments[0]
    assert not found.pieces
    assert "not in the picture" in found.message


@pytest.mark.parametrize("scale", [0.08, 0.3, 4.0])
def test_near_and_far(scale: float, make_figure: Callable[..., Pose]) -> None:
    found = fit(make_figure(scale=scale, at=(320.0, 360.0)), CATALOGUE.load("longsleeve-navy")).garments[0]
    for piece in found.pieces:
        assert 0 <= piece.roi.x0 < piece.roi.x1 <= WIDTH
        assert 0 <= piece.roi.y0 < piece.roi.y1 <= HEIGHT


def test_odd_poses_raise_nothing(make_figure: Callable[..., Pose]) -> None:
    rng = np.random.default_rng(0)
    garments = [CATALOGUE.load(i) for i in ("tee-white", "jeans-indigo", "skirt-camel")]
    for _ in range(20):
        pose = make_figure()
        pose.points[:] = rng.uniform(-2000, 3000, (33, 2))
        pose.world[:] = rng.normal(0, 0.5, (33, 3))
        fit(pose, *garments)
    pose.points[:] = 100.0
    fit(pose, *garments)
    pose.points[:] = np.nan
    fit(pose, *garments)


def test_an_outfit_is_drawn_trousers_first_and_jacket_last(make_figure: Callable[..., Pose]) -> None:
    outfit = [CATALOGUE.load(i) for i in ("jacket-bomber", "jeans-indigo", "tee-white")]
    order = [item.worn.garment.id for item in fit(make_figure(), *outfit).garments]
    assert order == ["jeans-indigo", "tee-white", "jacket-bomber"]


def test_a_sleeve_bent_back_on_itself_has_no_hole(make_figure: Callable[..., Pose]) -> None:
    pose = make_figure({Landmark.RIGHT_ELBOW: (-0.97, 0.69), Landmark.RIGHT_WRIST: (-0.41, 0.34)})
    item = fit(pose, CATALOGUE.load("longsleeve-navy")).garments[0]
    sleeve = next(piece for piece in item.pieces if piece.name == "sleeve_right")
    alpha = item.view.rgba[..., 3]
    shoulder, elbow = pose.points[[Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW]]
    outward = np.array([-0.83, -0.55], np.float32)
    for share in np.linspace(0.35, 0.8, 10):
        for aside in (0.0, 6.0, 11.0):
            point = shoulder + share * (elbow - shoulder) + aside * outward
            column, row = np.round((point - (sleeve.roi.x0, sleeve.roi.y0)) / sleeve.step).astype(int)
            x, y = np.round(sleeve.flow[row, column]).astype(int)
            assert 0 <= y < alpha.shape[0]
            assert 0 <= x < alpha.shape[1]
            assert alpha[y, x] > 127, (share, aside)
