"""The kept script draws the same picture again, at any size."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from tryon_app.core.types import KeyPoint

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    not (ROOT / "resources" / "draw").is_dir(), reason="the script ships with the source only"
)


def draw(*arguments):
    command = [sys.executable, "-m", "resources.draw", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_redrawing_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        done = draw("tank-terracotta", "--output", tmp_path / name, "--long-side", 200)
        assert done.returncode == 0, done.stderr
    for file in ("front.png", "back.png", "garment.toml"):
        first, second = (tmp_path / name / "tank-terracotta" / file for name in ("one", "two"))
        assert first.read_bytes() == second.read_bytes()


def test_a_small_picture_has_the_shape_and_key_points_of_the_big_one(tmp_path):
    assert draw("skirt-camel", "--output", tmp_path, "--long-side", 240).returncode == 0
    small, big = tmp_path / "skirt-camel", ROOT / "resources" / "garments" / "skirt-camel"
    with Image.open(small / "front.png") as a, Image.open(big / "front.png") as b:
        scale = max(b.size) / max(a.size)
        assert max(a.size) == 240
        assert abs(b.width / b.height - a.width / a.height) < 0.01
    points = [tomllib.loads((f / "garment.toml").read_text("utf-8"))["front"]["keypoints"] for f in (small, big)]
    assert {KeyPoint(name) for name in points[0]} == {KeyPoint(name) for name in points[1]}
    for name, (x, y) in points[0].items():
        assert abs((x + 0.5) * scale - 0.5 - points[1][name][0]) < 1.5 * scale
        assert abs((y + 0.5) * scale - 0.5 - points[1][name][1]) < 1.5 * scale


def test_an_unknown_garment_is_named():
    done = draw("toga")
    assert done.returncode == 2
    assert "no such garment: toga" in done.stderr
