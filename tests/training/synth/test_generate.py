import io
import json

import cv2
import numpy as np
import pytest

pytest.importorskip("anny")

from tryon_app.core.errors import InputError
from tryon_app.core.types import BodyPart, Material
from tryon_app.training.synth import generate as module
from tryon_app.training.synth.generate import generate, samples


def picture(sample, name, flag=cv2.IMREAD_COLOR):
    return cv2.imdecode(np.frombuffer(sample[name], np.uint8), flag)


def test_the_same_seed_makes_the_same_data(pairs):
    module._studio.cache_clear()
    again = [{name.split(".", 1)[1]: data for name, data in sample.items()} for sample in samples(0, 5, False, count=2)]
    assert again == pairs[:2]
    other = next(iter(samples(0, 6, False, count=1)))
    assert next(data for name, data in other.items() if name.endswith("before.jpg")) != pairs[0]["before.jpg"]


def test_labels_agree_with_each_other(pairs):
    for sample in pairs:
        for side in ("before", "after"):
            parts = picture(sample, f"{side}.parts.png", cv2.IMREAD_UNCHANGED)
            materials = picture(sample, f"{side}.materials.png", cv2.IMREAD_UNCHANGED)
            assert parts.shape == materials.shape == (512, 384)
            assert parts.max() <= max(BodyPart)
            assert materials.max() <= max(Material)
            worn = ~np.isin(materials, (Material.BACKGROUND, Material.OTHER))
            assert (parts[worn] > 0).all()
            assert np.isin(materials[parts > 0], (Material.BACKGROUND,)).mean() == 0
            assert (parts[np.isin(materials, (Material.HAIR, Material.FACE))] == BodyPart.HEAD).all()
            assert (parts > 0).sum() > 2000


def test_the_pose_is_the_same_in_both_outfits(pairs):
    for sample in pairs:
        hands = [
            np.isin(picture(sample, f"{side}.parts.png", cv2.IMREAD_UNCHANGED), (BodyPart.HEAD,))
            for side in ("before", "after")
        ]
        assert (hands[0] & hands[1]).sum() >= 0.8 * (hands[0] | hands[1]).sum()


def test_the_flat_picture_and_the_flow_give_the_worn_garment(pairs):
    for sample in pairs:
        flat = picture(sample, "flat.png", cv2.IMREAD_UNCHANGED)[..., :3].astype(np.float32)
        flow = picture(sample, "flow.png", cv2.IMREAD_UNCHANGED)
        shade = picture(sample, "shade.png", cv2.IMREAD_UNCHANGED).astype(np.float32) / 128
        seen = cv2.erode((flow[..., 2] == 1).astype(np.uint8), np.ones((5, 5))) > 0
        seen &= picture(sample, "after.materials.png", cv2.IMREAD_UNCHANGED) != Material.OTHER
        if seen.sum() < 500:
            continue
        x, y = (flow[..., axis].astype(np.float32) / 64 for axis in (0, 1))
        drawn = cv2.remap(flat, x, y, cv2.INTER_LINEAR) * shade[..., None]
        real = picture(sample, "after.jpg").astype(np.float32)
        # Exposure, tint and noise differ; the picture is the same.
        a, b = drawn[seen].mean(axis=1), real[seen].mean(axis=1)
        gain = float((a * b).sum() / (a * a).sum())
        assert np.median(np.abs(a * gain - b)) < 0.12 * b.mean() + 6


def test_landmarks_are_on_the_person(pairs):
    for sample in pairs:
        points, visible = (np.load(io.BytesIO(sample[f"{name}.npy"])) for name in ("points", "visible"))
        assert points.shape == (33, 2)
        assert set(np.unique(visible)) <= {0.0, 0.5, 1.0}
        person = picture(sample, "before.parts.png", cv2.IMREAD_UNCHANGED) > 0
        near = cv2.dilate(person.astype(np.uint8), np.ones((31, 31))) > 0
        for index in (11, 12, 13, 14, 15, 16):
            if visible[index] == 1:
                x, y = points[index].astype(int)
                assert near[y, x]


def test_a_data_set_goes_on_where_it_stopped(tmp_path):
    told = []
    generate(tmp_path, 2, 9, workers=1, per_shard=1)
    index = json.loads((tmp_path / "dataset.json").read_text())
    assert index["pairs"] == 2
    (tmp_path / "shard-00001.tar").unlink()
    kept = (tmp_path / "shard-00000.tar").stat().st_mtime_ns
    generate(tmp_path, 2, 9, workers=1, per_shard=1, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (1, 2)
    assert told[-1] == (2, 2)
    assert (tmp_path / "shard-00000.tar").stat().st_mtime_ns == kept
    assert json.loads((tmp_path / "dataset.json").read_text()) == index


def test_data_of_another_seed_is_not_mixed_in(tmp_path):
    (tmp_path / "dataset.json").write_text(json.dumps({"version": module.FORMAT, "seed": 3}))
    with pytest.raises(InputError, match="made otherwise"):
        generate(tmp_path, 1, 4, workers=1, per_shard=1)
