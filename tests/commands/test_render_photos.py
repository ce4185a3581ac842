"""`tryon render` on one photo."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tryon_app.core.stills import read_image, read_rgba

Tryon = Callable[..., tuple[int, str]]
Photo = Callable[..., Path]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_catalogue_garment(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    code, said = tryon(
        "render", "--source", photo("me.png"), "--garment", "tee-green", "-o", tmp_path / "a" / "out.png"
    )
    assert (code, said) == (0, "")
    result = pixels(tmp_path / "a" / "out.png")
    assert result.shape == (30, 40, 3)
    assert result[10, 12].tolist() == [69, 145, 54]
    assert result[0, 0].tolist() == [120, 90, 70]
    assert world.pose.opened == ["image"]
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["out.png"]


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".tif", ".bmp", ".JPG"])
def test_output_formats(world, tryon: Tryon, photo: Photo, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"out{suffix}"
    assert tryon("render", "--source", photo("me.jpg"), "--garment", "tee-green", "-o", output)[0] == 0
    assert read_image(output).shape == (30, 40, 3)


def test_upright_as_exif_says(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    source = photo("phone.jpg", exif=exif)
    assert tryon("render", "--source", source, "--garment", "tee-green", "-o", tmp_path / "out.jpg")[0] == 0
    with Image.open(tmp_path / "out.jpg") as result:
        assert result.size == (30, 40)
        assert 0x0112 not in result.getexif()  # turned once, not twice


def test_transparency_of_the_source_stays_and_the_garment_lies_over_it(
    world, tryon: Tryon, photo: Photo, tmp_path: Path
) -> None:
    source = photo("cut.png", (120, 90, 70, 0))
    assert tryon("render", "--source", source, "--garment", "tee-green", "-o", tmp_path / "out.png")[0] == 0
    rgba, transparent = read_rgba(tmp_path / "out.png")
    assert transparent
    assert rgba[0, 0].tolist() == [120, 90, 70, 0]
    assert np.abs(rgba[10, 12].astype(int) - (20, 200, 40, 128)).max() <= 1
    assert tryon("render", "--source", source, "--garment", "tee-green", "-o", tmp_path / "out.jpg")[0] == 0
    assert read_image(tmp_path / "out.jpg")[0, 0].min() > 250


def test_layer(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    arguments = ("--source", photo("me.png"), "--garment", "tee-green", "-o", tmp_path / "out.png")
    assert tryon("render", *arguments, "--layers", tmp_path / "parts")[0] == 0
    layer = pixels(tmp_path / "parts" / "00000.layer.png")
    assert layer.shape == (30, 40, 4)
    assert np.abs(layer[10, 12].astype(int) - (20, 200, 40, 128)).max() <= 1
    assert layer[0, 0, 3] == 0


def test_a_photo_as_garment_in_the_slot_that_is_said(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    arguments = ("--source", photo("me.png"), "--garment", photo("my shirt.png", (200, 10, 10)), "--slot", "dress")
    assert tryon("render", *arguments, "--output", tmp_path / "out.png")[0] == 0
    assert list(world.imports) == [("my shirt.png", "dress")]


def test_what_is_not_in_the_picture_is_said(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    code, said = tryon("render", "--source", photo("me.png"), "--garment", "jeans", "-o", tmp_path / "out.png")
    assert code == 0
    assert said == "note: jeans: the legs are not in the picture\n"


def test_nobody_there(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    code, said = tryon("render", "--source", photo("empty.png", (0, 0, 0)), "--garment", "tee-green", "-o", "out.png")
    assert code == 1
    assert said.startswith("error: Nobody was found in empty.png. Use ")
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("size", "code", "said"), [("m", 0, ""), ("XXL", 2, "tee-green comes in S, M, L"), ("", 2, "no size")]
)
def test_sizes(world, tryon: Tryon, photo: Photo, tmp_path: Path, size: str, code: int, said: str) -> None:
    arguments = (
        "--source",
        photo("me.png"),
        "--garment",
        "tee-green",
        "--garment",
        "jeans",
        "-o",
        tmp_path / "out.png",
    )
    result, err = tryon("render", *arguments, "--size", size)
    assert result == code
    assert said in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--source is missing"),
        (("--source", "me.png", "-o", "out.png"), "--garment is missing"),
        (("--source", "me.png", "--garment", "tee-green"), "--output is missing"),
        (("--source", "me.png", "--garment", "tee-green", "-o", "out.mp4"), "A photo cannot be written to 'out.mp4'"),
        (("--source", "me.png", "--garment", "tee-green", "-o", "out"), "A photo cannot be written to 'out'"),
        (("--source", "me.png", "--garment", "tee-green", "-o", "out.xyz"), "A photo cannot be written to 'out.xyz'"),
        (("--source", "me.png", "--garment", "tee-green", "-o", "me.png"), "would overwrite me.png"),
        (("--source", "me.png", "--garment", "tee-green", "-o", "o.png", "--slot", "hat"), "--slot cannot be 'hat'"),
        (("--pairs", "p.csv", "-o", "out", "--garment", "tee-green"), "--garment does not go with --pairs"),
        (("--pairs", "p.csv"), "--output is missing"),
        (("--nonsense",), "No such option"),
    ],
)
def test_wrong_usage(world, tryon: Tryon, photo: Photo, arguments: tuple[str, ...], said: str) -> None:
    before = photo("me.png").read_bytes()
    code, err = tryon("render", *arguments)
    assert code == 2
    assert said in err
    assert Path("me.png").read_bytes() == before
    assert not list(Path().glob("o*"))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("tee-gren", "Did you mean tee-green?"),
        ("zzz", "`tryon garments list`"),
        ("shop/no.png", "There is no picture 'shop/no.png'"),
    ],
)
def test_garments_that_are_not_there(world, tryon: Tryon, photo: Photo, spec: str, said: str) -> None:
    code, err = tryon("render", "--source", photo("me.png"), "--garment", spec, "-o", "out.png")
    assert code == 1
    assert said in err


def test_slot_that_a_catalogue_garment_does_not_have(world, tryon: Tryon, photo: Photo) -> None:
    arguments = ("--source", photo("me.png"), "--garment", "jeans", "-o", "out.png", "--slot")
    code, err = tryon("render", *arguments, "top")
    assert code == 1
    assert "worn as bottom, not as top" in err
    assert tryon("render", *arguments, "bottom")[0] == 0


def test_interrupted_leaves_nothing(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    world.pose.raises[120, 90, 70] = KeyboardInterrupt
    code, said = tryon(
        "render", "--source", photo("me.png"), "--garment", "tee-green", "-o", tmp_path / "new" / "out.png"
    )
    assert (code, said) == (130, "")
    assert not (tmp_path / "new").exists()
