"""Garments laid on people whose truth is known: what the warp network is asked to learn is what is wrong."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tryon_app.core.errors import InputError
from tryon_app.core.paths import resources_dir
from tryon_app.core.types import BodyPart, Labels, Landmark, Material, Parsing, Size, Worn
from tryon_app.fitting.body import Body
from tryon_app.fitting.flat import FlatFitter
from tryon_app.fitting.raster import OUTSIDE
from tryon_app.fitting.refine_input import CHANNELS, SIZE, Laid, Layer, around
from tryon_app.training import warp_examples
from tryon_app.training.shards import write_shard
from tryon_app.training.warp_data import LaidStore, mirrored, packed, shaken
from tryon_app.training.warp_examples import WarpExamples, read_garment
from tryon_app.training.warp_score import score_warp

WIDTH, HEIGHT = 384, 512
UNIT = 90.0


class Knowing:
    """A parser that says what it is told."""

    def open(self):
        pass

    def close(self):
        pass

    def parse(self, frame, pose):
        parts = np.zeros((len(BodyPart), 64, 48), np.float32)
        materials = np.zeros((len(Material), 64, 48), np.float32)
        parts[BodyPart.TORSO] = materials[Material.UPPER] = 1.0
        matrix = np.array([[0.125, 0, 0], [0, 0.125, 0]], np.float32)
        return Parsing(np.ones((64, 48), np.float32), Labels(matrix, parts, materials))


def flat_picture():
    """A tee as the generator draws them: 384 x 512, straight alpha."""
    with (resources_dir() / "garments" / "tee-white" / "front.png").open("rb") as file:
        photo = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    scale = min(0.9 * WIDTH / photo.shape[1], 0.9 * HEIGHT / photo.shape[0])
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    flat = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    top, left = (HEIGHT - small.shape[0]) // 2, (WIDTH - small.shape[1]) // 2
    flat[top : top + small.shape[0], left : left + small.shape[1]] = small
    return flat


def landmarks():
    points = np.zeros((33, 2), np.float32)
    places = {"SHOULDER": (0.5, 0), "ELBOW": (0.66, 0.84), "WRIST": (0.7, 1.6), "HIP": (0.28, 1.55), "KNEE": (0.3, 2.7)}
    for name, (x, y) in places.items():
        for side, sign in (("LEFT", 1), ("RIGHT", -1)):
            points[Landmark[f"{side}_{name}"]] = sign * x, y
    for side, sign in (("LEFT", 1), ("RIGHT", -1)):
        for name in ("INDEX", "PINKY", "THUMB"):
            points[Landmark[f"{side}_{name}"]] = sign * 0.7, 1.85
    points[:11] = (0.0, -0.75)
    return points * UNIT + (WIDTH / 2, 130)


def written(values):
    import io

    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def png(values):
    return cv2.imencode(".png", values)[1].tobytes()


@pytest.fixture
def exact(monkeypatch):
    """No flaws: landmarks, mask, picture and sizes are true."""
    monkeypatch.setattr(warp_examples, "erring_landmarks", lambda _r, points, visible, _w, _h: (points, visible))
    monkeypatch.setattr(warp_examples, "flawed_mask", lambda *_: None)
    monkeypatch.setattr(warp_examples, "camera_flaws", lambda _r, image: image)
    size = Size("true", chest=1.0, length=1.0)
    monkeypatch.setattr(warp_examples, "_sizes", lambda *_: (replace(size, name="usual"), size))


def pair(shift=(0.0, 0.0)):
    """A pair in which the tee lies as geometry lays it, but so many pixels farther."""
    flat, points = flat_picture(), landmarks()
    world = np.zeros((33, 3), np.float32)
    world[:, :2] = (points - points[[23, 24]].mean(axis=0)) / UNIT * 0.34
    image = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    sample = {
        "points.npy": written(points),
        "visible.npy": written(np.ones(33, np.float32)),
        "world.npy": written(world),
    }
    maps = {"parts.png": np.full((HEIGHT, WIDTH), BodyPart.TORSO, np.uint8)}
    maps["materials.png"] = np.full((HEIGHT, WIDTH), Material.UPPER, np.uint8)
    for side in ("before", "after"):
        sample[f"{side}.jpg"] = cv2.imencode(".jpg", image)[1].tobytes()
        sample |= {f"{side}.{name}": png(values) for name, values in maps.items()}
    sample["flat.png"] = png(flat)
    decoded = cv2.cvtColor(flat, cv2.COLOR_BGRA2RGBA)
    garment, corner = read_garment(decoded)
    assert garment is not None
    pose = warp_examples._pose(warp_examples.scene(sample, "after"), world, np.random.default_rng(0))
    frame = warp_examples.Frame(image)
    parsing = Knowing().parse(frame, pose)
    item = FlatFitter().fit(frame, pose, parsing, (Worn(garment),)).garments[0]
    truth = Layer().lay(item, np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32), HEIGHT)
    flow = np.zeros((HEIGHT, WIDTH, 3), np.uint16)
    seen = (truth.alpha > 0.5)[:, :WIDTH]
    photo = truth.photo[:, :WIDTH] + corner
    flow[..., :2] = np.clip(photo * 64, 0, 65535) * seen[..., None]
    flow[..., 2] = seen
    sample["flow.png"] = png(flow)
    sample["shade.png"] = png(
        np.where(np.arange(HEIGHT)[:, None] < HEIGHT // 2, 160, 96).astype(np.uint8) + np.zeros((1, WIDTH), np.uint8)
    )
    return sample, Body(pose)


def test_where_geometry_is_right_nothing_is_to_move(exact):
    sample, _ = pair()
    made = WarpExamples(Knowing()).example(sample, "after", np.random.default_rng(1))
    assert made.laid.shape == (CHANNELS, SIZE, SIZE)
    assert made.known.sum() > 800
    assert np.abs(made.moved[:, made.known]).max() < 0.7
    assert np.median(np.abs(made.photo - made.laid_photo)[made.known]) < 2.0
    drawn = made.laid[:4].sum(axis=0) > 0.5
    assert (drawn == (made.cover > 0.5)).mean() > 0.99


def test_what_lies_elsewhere_is_to_move_from_there(exact):
    """The garment truly hangs 9 pixels right and 13 down, as if landmarks erred: places were laid left and above."""
    sample, body = pair(shift=(9.0, 13.0))
    made = WarpExamples(Knowing()).example(sample, "after", np.random.default_rng(1))
    cells = around(body)[0, 0]
    assert np.median(made.moved[0, made.known]) == pytest.approx(-9 * cells, abs=0.5)
    assert np.median(made.moved[1, made.known]) == pytest.approx(-13 * cells, abs=0.5)


@pytest.mark.parametrize("true", [90, 75, None])
def test_a_garment_is_laid_as_long_as_it_is(monkeypatch, true):
    """Geometry's ends at row 75 of the cells; where the frame cuts the true one, nothing is known."""
    monkeypatch.setattr(warp_examples, "_SIZE_ERRS", 0.0)
    nothing = np.zeros((SIZE, SIZE), np.float32)

    def cover(end):
        made = nothing.copy()
        made[20:end, 40:70] = 1.0
        return made

    laid = Laid(cover(75), nothing, nothing, nothing)
    inside = np.ones((SIZE, SIZE), bool)
    inside[95:] = False
    seen = cover(true or 95)
    truth = warp_examples._Truth(nothing, seen, nothing, nothing, nothing, inside)
    usual, found = warp_examples._sizes(laid, truth, np.random.default_rng(0))
    assert (usual.chest, usual.length, found.chest) == (1.0, 1.0, 1.0)
    assert found.length == pytest.approx((true - 24) / (75 - 24) if true else 1.0)


def test_shade_is_told_about_its_median(exact):
    sample, _ = pair()
    made = WarpExamples(Knowing()).example(sample, "after", np.random.default_rng(1))
    light = made.shade[made.cover > 0.5]
    assert np.median(light) == pytest.approx(0.0, abs=1e-3)
    assert light.max() - light.min() == pytest.approx(np.log(160 / 96), abs=0.02)
    assert (made.shade[made.cover < 0.5] == 0).all()


def test_the_same_seed_makes_the_same_example():
    sample, _ = pair()
    first, second, other = (
        WarpExamples(Knowing()).example(sample, "before", np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    assert packed(first) == packed(second)
    assert packed(first) != packed(other)


@pytest.fixture
def laid(tmp_path, exact):
    """A folder of sixteen laid garments, each hanging elsewhere."""
    examples, folder = WarpExamples(Knowing()), tmp_path / "laid"
    folder.mkdir()
    for shard in range(2):
        samples = []
        for key in range(8):
            sample, _ = pair(shift=(4.0 * (key - 4), 3.0 * key))
            made = examples.example(sample, "after", np.random.default_rng(key))
            samples.append({f"{key:07d}-after.{name}": data for name, data in packed(made).items()})
        write_shard(folder / f"shard-{shard:05d}.tar", samples)
    return folder


def test_examples_come_back_as_they_were(exact, tmp_path):
    sample, _ = pair(shift=(6.0, 0.0))
    made = WarpExamples(Knowing()).example(sample, "after", np.random.default_rng(1))
    write_shard(tmp_path / "shard-00000.tar", [{f"0-after.{name}": data for name, data in packed(made).items()}])
    store = LaidStore(tmp_path, photos=True)
    batch = store.batch(np.array([0]))
    assert np.abs(batch.laid[0] - made.laid).max() < 0.01
    assert np.abs(batch.moved[0] - made.moved)[:, made.known].max() < 0.01
    assert np.array_equal(batch.known[0, 0] > 0.5, made.known)
    assert np.abs(batch.cover[0, 0] - made.cover).max() < 0.01
    assert np.abs(batch.shade[0, 0] - made.shade).max() < 0.01
    truth, drawn = store.photos(0)
    both = made.known & (made.laid_photo[..., 0] > 0.5 * OUTSIDE)
    assert np.abs(truth.transpose(1, 2, 0) - made.photo)[both].max() < 0.1
    assert np.abs(drawn.transpose(1, 2, 0) - made.laid_photo)[both].max() < 0.1


def test_of_a_garment_that_is_not_worn_only_its_bends_are_learnt(exact, tmp_path):
    """Nothing tells its size or place but geometry: movement of the whole is taken out, what remains stays."""
    sample, _ = pair(shift=(8.0, 6.0))
    made = WarpExamples(Knowing()).example(sample, "before", np.random.default_rng(1))
    bend = np.where(made.known, 2.0 * np.sin(np.arange(SIZE) / 4.0), 0.0).astype(np.float32)
    made = replace(made, moved=made.moved + np.stack([bend, np.zeros_like(bend)]))
    write_shard(tmp_path / "shard-00000.tar", [{f"0-before.{name}": data for name, data in packed(made).items()}])
    batch = LaidStore(tmp_path).batch(np.array([0]))
    assert batch.same.item() == 0.0
    moved = batch.moved[0][:, made.known]
    assert np.abs(moved.mean(axis=1)).max() < 0.05
    assert np.corrcoef(moved[0], bend[made.known])[0, 1] > 0.9


def test_a_mirror_swaps_sleeves_and_turns_round_what_moves(laid):
    store = LaidStore(laid)
    batch = store.batch(np.array([0, 3]))
    flipped = mirrored(batch)
    assert np.array_equal(flipped.laid[:, 1, :, ::-1], batch.laid[:, 2])
    assert np.array_equal(flipped.laid[:, 4, :, ::-1], -batch.laid[:, 4])
    assert np.array_equal(flipped.moved[:, 0, :, ::-1], -batch.moved[:, 0])
    assert np.array_equal(flipped.moved[:, 1, :, ::-1], batch.moved[:, 1])
    again = mirrored(flipped)
    assert all(np.array_equal(getattr(again, name), getattr(batch, name)) for name in ("laid", "moved", "cover"))


def test_a_garment_that_is_pushed_is_asked_to_move_back(laid):
    """Drawn from where it says, the pushed garment stands where the one that was not pushed would have been drawn."""
    batch = LaidStore(laid).batch(np.array([0, 5]))
    pushed = shaken(batch, np.random.default_rng(2))
    assert np.abs(pushed.laid[:, :4] - batch.laid[:, :4]).max() > 0.5
    assert np.array_equal(pushed.laid[:, 6:], batch.laid[:, 6:])
    for place in range(2):
        x, y = np.meshgrid(np.arange(SIZE, dtype=np.float32), np.arange(SIZE, dtype=np.float32))
        for channel in range(4, 6):
            drawn = [
                cv2.remap(np.ascontiguousarray(b.laid[place, channel]), x + b.moved[place, 0], y + b.moved[place, 1], 1)
                for b in (batch, pushed)
            ]
            inner = cv2.erode(batch.known[place, 0], np.ones((9, 9))) > 0
            assert np.abs(drawn[0] - drawn[1])[inner].mean() < 0.01


def test_scores_tell_a_perfect_answer_from_none(laid):
    store = LaidStore(laid, photos=True)

    def perfect(shown):
        index = next(i for i in range(0, len(store), 16))
        batch = store.batch(np.arange(index, index + len(shown)))
        whole = np.where(
            batch.known > 0, batch.moved, np.median(batch.moved[batch.known[:, 0].astype(bool)[:, None].repeat(2, 1)])
        )
        return whole, batch.cover

    def nothing(shown):
        return np.zeros((len(shown), 2, SIZE, SIZE), np.float32), np.zeros((len(shown), 1, SIZE, SIZE), np.float32)

    best, none = score_warp(perfect, store), score_warp(nothing, store)
    assert none["flow_same"] == none["flow_geometry_same"] == best["flow_geometry_same"] > 5.0
    assert none["cover_same"] == none["cover_geometry_same"]
    assert best["flow_same"] < 0.3 * best["flow_geometry_same"]
    assert best["cover_said_same"] == best["cover_said_median_same"] == 1.0
    assert none["cover_said_same"] == 0.0


def test_a_training_makes_the_loss_fall_and_is_resumed(laid, tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    pytest.importorskip("matplotlib")
    from tryon_app.training.settings import TrainSettings
    from tryon_app.training.train import resume, train
    from tryon_app.training.warp_task import KIND, WarpTask

    settings = TrainSettings(
        data=str(laid), holdout=str(laid), steps=20, batch=4, warm_up=2, log_steps=5, threads=1, every_s=1e9
    )
    done = train(WarpTask, settings, tmp_path / "run", lambda _: None)
    assert done.step == 20
    lines = [json.loads(line) for line in (tmp_path / "run" / "warp.jsonl").read_text().splitlines()]
    flows = [line["flow_loss"] for line in lines if "flow_loss" in line]
    assert flows[-1] < 0.92 * flows[0]
    assert {"flow_same", "flow_geometry_same", "cover_same", "cover_geometry_same", "cover_said_same"} <= set(lines[-1])
    assert resume(WarpTask, KIND, tmp_path / "run", lambda _: None, steps=22).step == 22


def test_the_8_bit_copy_says_the_same(laid, tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    from tryon_app.fitting.refine import CONTRACT, MODEL
    from tryon_app.inference.session import Network
    from tryon_app.training.export import onnx_bytes, rounded
    from tryon_app.training.networks import Refinement, WarpNetwork
    from tryon_app.training.quantize import quantize_network

    torch.manual_seed(1)
    network = WarpNetwork()
    torch.nn.init.normal_(network.head[-1].weight, std=4.0)
    path = tmp_path / "warp.onnx"
    path.write_bytes(onnx_bytes(rounded(Refinement(network).eval()), CONTRACT))
    found = quantize_network(path, laid, tmp_path / "warp-cpu.onnx", pictures=8)
    assert 0.0 < found.difference < 0.1
    assert found.size < 0.7 * path.stat().st_size
    said = []
    for file in (path, found.path):
        running = Network(MODEL, lambda file=file: file, CONTRACT)
        running.open()
        said.append(running.run({"laid": LaidStore(laid).batch(np.array([3])).laid})["moved"])
        running.close()
    assert said[0].std() > 0.1
    assert np.abs(said[0] - said[1]).mean() < 0.1 * said[0].std()


def test_untrained_it_leaves_everything_in_place_and_ships_as_the_app_wants_it(tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    pytest.importorskip("safetensors")
    from tryon_app.fitting.refine import CONTRACT, MODEL
    from tryon_app.inference.session import Network
    from tryon_app.training.checkpoint import Checkpoint, save_checkpoint
    from tryon_app.training.export import export_network
    from tryon_app.training.networks import WarpNetwork, parameter_count

    torch.manual_seed(1)
    network = WarpNetwork().eval()
    assert parameter_count(network) < 2e6
    tensors = {f"average.{name}": values for name, values in network.state_dict().items()}
    save_checkpoint(tmp_path / "warp.json", Checkpoint("warp", 1, 1.0, {}, (), tensors))
    found = export_network(tmp_path / "warp.json", "warp", tmp_path / "warp.onnx")
    assert found.difference <= 1e-3
    running = Network(MODEL, lambda: found.path, CONTRACT)
    running.open()
    shown = np.random.default_rng(0).uniform(-1, 1, CONTRACT.inputs["laid"]).astype(np.float32)
    said = running.run({"laid": shown})
    running.close()
    assert np.abs(said["moved"]).max() < 1e-5
    assert np.abs(said["shade"] - 1.0).max() < 1e-5
    assert said["cover"] == pytest.approx(0.5)


def test_there_must_be_laid_garments(tmp_path):
    with pytest.raises(InputError, match="no laid garments"):
        LaidStore(tmp_path)
    (tmp_path / "shard-00000.tar").write_bytes(b"nothing")
    with pytest.raises(InputError, match="cannot be read"):
        LaidStore(tmp_path)
