"""Every kind of still picture comes out as the same upright 8-bit sRGB; what is no picture is named and refused."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tryon_app.core.errors import InputError
from tryon_app.core.stills import flatten, read_image, read_rgba

RED, BLUE = (220, 40, 30), (30, 60, 210)


@pytest.fixture
def picture() -> Image.Image:
    """Left half red, right half blue, 40 x 24."""
    values = np.zeros((24, 40, 3), np.uint8)
    values[:, :20], values[:, 20:] = RED, BLUE
    return Image.fromarray(values)


def saved(image: Image.Image, path: Path, **options) -> Path:
    image.save(path, **options)
    return path


def close_to(value: np.ndarray, wanted: tuple[int, ...], tolerance: int = 6) -> bool:
    return bool(np.abs(value.astype(int) - np.array(wanted)).max() <= tolerance)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tif", ".gif"])
def test_formats(picture: Image.Image, tmp_path: Path, suffix: str) -> None:
    image = read_image(saved(picture, tmp_path / f"ein Bild 图{suffix}"))
    assert image.shape == (24, 40, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert close_to(image[12, 5], RED, 12)
    assert close_to(image[12, 35], BLUE, 12)


@pytest.mark.parametrize(
    ("orientation", "shape", "red_at"),
    [
        (1, (24, 40), (12, 5)),
        (2, (24, 40), (12, 35)),
        (3, (24, 40), (12, 35)),
        (6, (40, 24), (5, 12)),
        (8, (40, 24), (35, 12)),
    ],
)
def test_exif_orientation(
    picture: Image.Image, tmp_path: Path, orientation: int, shape: tuple[int, int], red_at: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = read_image(saved(picture, tmp_path / "phone.jpg", exif=exif, quality=95))
    assert image.shape[:2] == shape
    assert close_to(image[red_at], RED, 12)


def test_damaged_exif_costs_nothing(picture: Image.Image, tmp_path: Path) -> None:
    image = read_image(saved(picture, tmp_path / "odd.jpg", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff", quality=95))
    assert image.shape == (24, 40, 3)


def test_grey_and_black_and_white(picture: Image.Image, tmp_path: Path) -> None:
    grey = read_image(saved(picture.convert("L"), tmp_path / "grey.png"))
    assert (grey[..., 0] == grey[..., 2]).all()
    assert close_to(grey[12, 5], tuple([picture.convert("L").getpixel((5, 12))] * 3), 0)
    lines = read_image(saved(picture.convert("1"), tmp_path / "fax.png"))
    assert set(np.unique(lines)) <= {0, 255}


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path, suffix: str) -> None:
    ramp = np.linspace(0, 65535, 32 * 32).astype(np.uint16).reshape(32, 32)
    image = read_image(saved(Image.fromarray(ramp), tmp_path / f"deep{suffix}"))
    assert np.abs(image[..., 0].astype(float) - ramp / 257).max() <= 1


def test_sixteen_bit_colour(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + struct.pack(">HHH", 60000, 10000, 300) * 20 for _ in range(20))
    image = read_image(written_png(tmp_path / "deep.png", 20, 20, rows, depth=16, colour=2))
    assert close_to(image[10, 10], (60000 // 257, 10000 // 257, 1), 1)


def test_floating_point_tiff(tmp_path: Path) -> None:
    values = np.full((20, 20), 0.5, np.float32)
    assert close_to(read_image(saved(Image.fromarray(values), tmp_path / "float.tif"))[3, 3], (128, 128, 128), 1)


def test_palette_with_transparency(picture: Image.Image, tmp_path: Path) -> None:
    palette = picture.quantize(4)
    path = saved(palette, tmp_path / "palette.png", transparency=palette.getpixel((35, 12)))
    rgba, transparent = read_rgba(path)
    assert transparent
    assert rgba[12, 5, 3] == 255
    assert rgba[12, 35, 3] == 0
    assert close_to(read_image(path)[12, 35], (255, 255, 255), 0)


def test_alpha_is_straight_and_kept(picture: Image.Image, tmp_path: Path) -> None:
    picture.putalpha(Image.fromarray(np.full((24, 40), 128, np.uint8)))
    rgba, transparent = read_rgba(saved(picture, tmp_path / "half.png"))
    assert transparent
    assert close_to(rgba[12, 5], (*RED, 128), 0)


def test_full_alpha_is_no_cut_out(picture: Image.Image, tmp_path: Path) -> None:
    rgba, transparent = read_rgba(saved(picture.convert("RGBA"), tmp_path / "opaque.png"))
    assert not transparent
    assert (rgba[..., 3] == 255).all()


def test_cmyk_with_and_without_adobes_marker(picture: Image.Image, tmp_path: Path) -> None:
    cmyk = picture.convert("CMYK")
    with_marker = saved(cmyk, tmp_path / "adobe.jpg", quality=95)
    plain = with_marker.read_bytes()
    start = plain.index(b"\xff\xee")
    length = struct.unpack(">H", plain[start + 2 : start + 4])[0]
    assert b"Adobe" in plain[start : start + 2 + length]
    without = tmp_path / "plain.jpg"
    # Without the marker the numbers are what they seem: store the complement, then take the marker out.
    inverted = saved(
        Image.fromarray(255 - np.asarray(cmyk), "CMYK"), tmp_path / "inverted.jpg", quality=95
    ).read_bytes()
    start = inverted.index(b"\xff\xee")
    without.write_bytes(inverted[:start] + inverted[start + 2 + length :])
    for path in (with_marker, without, saved(cmyk, tmp_path / "print.tif")):
        image = read_image(path)
        assert close_to(image[12, 5], RED, 25), path.name
        assert close_to(image[12, 35], BLUE, 25), path.name


def test_colour_profile_is_applied(tmp_path: Path) -> None:
    """A picture in a space with a gamma of 1 is much lighter on the screen than its numbers."""
    linear = ImageCms.ImageCmsProfile(io.BytesIO(linear_profile()))
    values = Image.new("RGB", (20, 20), (128, 128, 128))
    path = saved(values, tmp_path / "linear.png", icc_profile=linear.tobytes())
    assert close_to(read_image(path)[5, 5], (188, 188, 188), 3)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert close_to(read_image(saved(values, tmp_path / "srgb.png", icc_profile=srgb))[5, 5], (128, 128, 128), 0)
    assert close_to(read_image(saved(values, tmp_path / "bad.png", icc_profile=b"nonsense"))[5, 5], (128,) * 3, 0)


def test_flatten_lays_on_white() -> None:
    rgba = np.array([[[10, 20, 30, 0], [10, 20, 30, 255], [0, 0, 0, 128]]], np.uint8)
    assert flatten(rgba).tolist() == [[[255, 255, 255], [10, 20, 30], [127, 127, 127]]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("text.png", b"this is no picture, only text\n" * 20, "not a picture"),
        ("empty.jpg", b"", "0 bytes"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "HEIC"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
        ("vector.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    ],
)
def test_what_is_no_picture(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=name) as caught:
        read_image(path)
    assert said in caught.value.message
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_truncated(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), tmp_path / f"whole{suffix}").read_bytes()
    path = tmp_path / f"half{suffix}"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="half") as caught:
        read_image(path)
    assert caught.value.remedy


def test_missing_folder_and_device(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path / "no.png", "does not exist"),
        (tmp_path, "folder"),
        (Path("/dev/null"), "not a file"),
    ):
        with pytest.raises(InputError, match=said):
            read_image(path)


def test_too_small(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1x1"):
        read_image(saved(Image.new("RGB", (1, 1)), tmp_path / "dot.png"))


@pytest.mark.parametrize("side", [20_000, 11_000])
def test_too_large_is_refused_from_the_header(tmp_path: Path, side: int) -> None:
    """The pixels are not even there: refused by what the header promises."""
    path = written_png(tmp_path / "bomb.png", side, side, b"", depth=8, colour=2)
    with pytest.raises(InputError, match="too large") as caught:
        read_image(path)
    assert caught.value.remedy


def written_png(path: Path, width: int, height: int, rows: bytes, depth: int, colour: int) -> Path:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def linear_profile() -> bytes:
    """The sRGB profile with its three curves replaced by straight lines (an ICC curve with no points is linear)."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", data[128:132])[0]
    for index in range(count):
        entry = 132 + 12 * index
        name, offset, _ = struct.unpack(">4sII", data[entry : entry + 12])
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            data[offset : offset + 12] = b"curv" + bytes(8)
            data[entry + 8 : entry + 12] = struct.pack(">I", 12)
        if name == b"desc":  # named otherwise, or it is taken for sRGB
            text = (
                bytes(data[offset : offset + 64])
                .replace(b"s\0R\0G\0B", b"l\0i\0n\0e")
                .replace(b"\0s\0R\0G\0B", b"\0l\0i\0n\0e")
            )
            data[offset : offset + 64] = text
    return bytes(data)
