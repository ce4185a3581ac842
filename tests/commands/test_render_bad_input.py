"""What a user may get wrong: one line with a remedy, the right exit code, and nothing half-done left behind."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tryon_app import app
from tryon_app.core.errors import TryOnError

Tryon = Callable[..., tuple[int, str]]
Photo = Callable[..., Path]
Needs = Callable[[bool, str], None]


def refused(result: tuple[int, str], *parts: str, code: int = 1) -> None:
    """One line that names the case and ends in a remedy."""
    exit_code, said = result
    assert exit_code == code
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert "unexpected" not in said
    for part in parts:
        assert part in said
    what, _, remedy = said.strip().rpartition(": " if said.count(". ") == 0 else ". ")
    assert what
    assert len(remedy.split()) >= 3


def render(tryon: Tryon, source: Path, garment: str = "tee-green", output: str = "out.png") -> tuple[int, str]:
    return tryon("render", "--source", source, "--garment", garment, "--output", output)


def png_header(path: Path, width: int, height: int) -> Path:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("noise.jpg", bytes(range(256)) * 8, "not a picture"),
        ("text.png", b"Dear all, please find attached\n" * 30, "not a picture"),
        ("empty.png", b"", "0 bytes"),
        ("cut.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", "cut.jpg"),
    ],
)
def test_unreadable_photo(world, tryon: Tryon, tmp_path: Path, name: str, content: bytes, part: str) -> None:
    (tmp_path / name).write_bytes(content)
    refused(render(tryon, tmp_path / name), name, part)
    refused(render(tryon, tmp_path / "missing.jpg"), "missing.jpg", "does not exist")
    assert world.built == 0


def test_tiny_photo(world, tryon: Tryon, photo: Photo) -> None:
    refused(render(tryon, photo("dot.png", size=(1, 1))), "dot.png", "1x1")


def test_gigantic_photo(world, tryon: Tryon, tmp_path: Path) -> None:
    refused(render(tryon, png_header(tmp_path / "poster.png", 20_000, 20_000)), "poster.png", "too large")


@pytest.mark.parametrize("kind", ["no bytes", "text", "no frames", "sound only"])
def test_empty_video(world, tryon: Tryon, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "clip.mp4"
    if kind in {"no bytes", "text"}:
        path.write_bytes(b"" if kind == "no bytes" else b"not a film\n" * 50)
    else:
        with av.open(str(path), "w") as output:
            if kind == "no frames":
                video = output.add_stream("mpeg4", rate=10)
                video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
                output.start_encoding()
            else:
                audio = output.add_stream("aac", rate=48000, layout="mono")
                piece = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), format="s16", layout="mono")
                piece.rate = 48000
                output.mux(audio.encode(piece))
                output.mux(audio.encode(None))
    refused(render(tryon, path, output="out.mp4"), "clip.mp4")
    assert world.built == 0
    assert not list(tmp_path.glob("*out*"))


def test_missing_column(world, tryon: Tryon, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("person,cloth,slot\na.png,b.png,top\n")
    result = tryon("render", "--pairs", tmp_path / "pairs.csv", "--output", tmp_path / "out")
    refused(result, "pairs.csv", "no column 'garment'", code=2)
    assert not (tmp_path / "out").exists()


def garmentless(path: Path, kind: str) -> Path:
    image = Image.new("RGB", (600, 600), (252, 252, 252))
    if kind == "noise":
        image = Image.fromarray(np.random.default_rng(5).integers(0, 255, (600, 600, 3), dtype=np.uint8))
    if kind == "speck":
        ImageDraw.Draw(image).ellipse((295, 295, 310, 310), fill=(40, 40, 40))
    image.save(path)
    return path


@pytest.mark.parametrize("kind", ["plain", "noise", "speck"])
def test_garment_photo_without_a_garment(tryon: Tryon, photo: Photo, tmp_path: Path, kind: str) -> None:
    picture = garmentless(tmp_path / "nothing.png", kind)
    refused(render(tryon, photo("me.png"), str(picture)), "nothing.png")


def test_unreadable_garment_photo(tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    (tmp_path / "shirt.png").write_text("no picture")
    refused(render(tryon, photo("me.png"), str(tmp_path / "shirt.png")), "shirt.png", "not a picture")


@pytest.fixture
def real_models(needs: Needs) -> None:
    try:
        app.model_store().path("pose")
    except TryOnError:
        needs(False, "the pose model")


@pytest.fixture
def first_garment(needs: Needs) -> str:
    ids = app.catalogue().ids()
    needs(bool(ids), "the catalogue")
    return ids[0]


def test_photo_without_a_person(real_models: None, first_garment: str, tryon: Tryon, tmp_path: Path) -> None:
    room = Image.new("RGB", (480, 640), (198, 190, 176))
    draw = ImageDraw.Draw(room)
    draw.rectangle((0, 470, 480, 640), fill=(120, 92, 64))
    draw.rectangle((60, 90, 210, 260), fill=(150, 190, 220))
    draw.rectangle((300, 380, 430, 520), fill=(90, 60, 44))
    room.save(tmp_path / "room.png")
    refused(render(tryon, tmp_path / "room.png", first_garment), "Nobody was found in room.png")
    assert not (tmp_path / "out.png").exists()


def test_damaged_model(
    first_garment: str, tryon: Tryon, photo: Photo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named and set aside; where it cannot be fetched again, the line says so."""
    monkeypatch.setenv("TRYON_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    store = app.model_store()
    broken = tmp_path / "models" / store.model("pose").variants[0].file
    broken.parent.mkdir()
    broken.write_bytes(b"half a model")
    refused(render(tryon, photo("me.png", size=(300, 400)), first_garment))
    assert not broken.exists()
    assert [path.read_bytes() for path in broken.parent.glob(f"{broken.stem}*")] == [b"half a model"]


@pytest.mark.parametrize("what", ["photo", "video", "table"])
@pytest.mark.parametrize("state", ["read-only", "full", "a file"])
def test_outputs_that_cannot_be_written(
    world, tryon: Tryon, photo: Photo, tmp_path: Path, request: pytest.FixtureRequest, what: str, state: str
) -> None:
    if state == "a file":
        folder = tmp_path / "file"
        folder.touch()
    else:
        folder = request.getfixturevalue("mounted")("size=4k,ro" if state == "read-only" else "size=64k")
    noise = np.random.default_rng(3).integers(60, 255, (240, 320, 3), dtype=np.uint8)
    if what == "photo":
        Image.fromarray(noise).save(tmp_path / "me.png")
        result = render(tryon, tmp_path / "me.png", output=str(folder / "out.png"))
    elif what == "video":
        with av.open(str(tmp_path / "in.mp4"), "w") as output:
            video = output.add_stream("mpeg4", rate=10)
            video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
            for index in range(8):
                output.mux(video.encode(av.VideoFrame.from_ndarray(np.roll(noise, index * 11, 1))))
            output.mux(video.encode(None))
        result = render(tryon, tmp_path / "in.mp4", output=str(folder / "out.mp4"))
    else:
        if state == "full":  # not even the report's first line
            with pytest.raises(OSError, match="space"):
                (folder / "rest").write_bytes(bytes(1 << 20))
        photo("me.png")
        (tmp_path / "pairs.csv").write_text("person,garment,slot\nme.png,tee-green,top\n")
        result = tryon("render", "--pairs", tmp_path / "pairs.csv", "--output", folder)
    reasons = {"read-only": "ead-only", "full": "space", "a file": ""}
    refused(result, str(folder), reasons[state])
    if folder.is_dir():
        assert {entry.name for entry in folder.iterdir()} <= {"rest", "report.csv"}


def test_a_row_for_which_there_is_no_space_does_not_stop_the_others(
    world, tryon: Tryon, photo: Photo, tmp_path: Path, mounted: Callable[[str], Path]
) -> None:
    folder = mounted("size=64k")
    noise = np.random.default_rng(3).integers(60, 255, (240, 320, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "large.png")
    photo("small.png")
    rows = ["large.png,tee-green,", "small.png,tee-green,"]
    (tmp_path / "pairs.csv").write_text("\n".join(("person,garment,slot", *rows)))
    code, said = tryon("render", "--pairs", tmp_path / "pairs.csv", "--output", folder)
    assert code == 1
    assert "1 of 2 rows ok" in said
    lines = (folder / "report.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("0,error,")
    assert "disk is full" in lines[1]
    assert lines[2].startswith("1,ok,")
    assert {entry.name for entry in folder.iterdir()} == {"0001.png", "0001.layer.png", "report.csv"}
