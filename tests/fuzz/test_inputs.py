"""Files from outside: whatever is in them, the app reads them or says what is wrong, in time and within its folders."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from tryon_app.commands.rendering.tables import read_table
from tryon_app.core.errors import GarmentError, InputError, TryOnError
from tryon_app.core.logs import redacted
from tryon_app.core.settings import Settings, load_settings, save_settings, settings_problems
from tryon_app.core.stills import read_image, read_rgba
from tryon_app.garments.storage import load_garment
from tryon_app.supervision.heart import read_beat

bounded = settings.get_profile("bounded")
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF")


def picture(name: str) -> bytes:
    """A small valid picture."""
    file = io.BytesIO()
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    image.save(file, name, **({"exif": exif} if name in ("JPEG", "PNG", "WEBP", "TIFF") else {}))
    return file.getvalue()


SEEDS = {name: picture(name) for name in FORMATS}
edits = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "repeat", "large"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(max_size=8),
    ),
    min_size=1,
    max_size=6,
)


def spoilt(data: bytes, changes: Sequence[tuple[str, float, bytes]]) -> bytes:
    """The file with some damage; `where` is a share of its length, so that headers are hit as often as bodies."""
    spoiled = bytearray(data)
    for kind, where, some in changes:
        at = int(where**3 * len(spoiled))  # more often near the beginning
        if kind == "flip" and spoiled:
            spoiled[at] ^= (some[0] if some else 0) | 1
        elif kind == "cut":
            del spoiled[at:]
        elif kind == "insert":
            spoiled[at:at] = some
        elif kind == "repeat":
            spoiled[at:at] = spoiled[at : at + 64] * 16
        else:  # a size that nobody has memory for
            spoiled[at : at + 4] = b"\x7f\xff\xff\xff"
    return bytes(spoiled)


def read_or_refusal(read, refusal):
    """What is read; None where it is refused with a message and a remedy, as it must be."""
    try:
        return read()
    except refusal as error:
        caught = error
    assert caught.message
    assert caught.remedy
    return None


@bounded
@given(name=st.sampled_from(FORMATS), changes=edits)
def test_spoilt_pictures_are_read_or_refused(put, name, changes) -> None:
    path = put("picture", spoilt(SEEDS[name], changes))
    for read in (read_image, lambda file: read_rgba(file)[0]):
        image = read_or_refusal(lambda: read(path), InputError)  # noqa: B023
        if image is not None:
            assert image.dtype == np.uint8
            assert image.ndim == 3
            assert math.prod(image.shape) < 2**28
    assert list(path.parent.iterdir()) == [path]


@bounded
@given(content=st.binary(max_size=400))
@example(content=b"")
@example(content=b"\x89PNG\r\n\x1a\n" + bytes(100))
@example(content=b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(20))
@example(content=b"II*\0\x08\0\0\0\xff\xff" + bytes(40))
@example(content=b"glTF\x02\0\0\0\x64\0\0\0\x50\0\0\0JSON{}" + bytes(80))  # a model is no picture
def test_bytes_that_are_no_picture_are_refused(put, content) -> None:
    path = put("picture.png", content)
    with pytest.raises(InputError):
        read_image(path)


scalars = st.one_of(
    st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=True), st.text(max_size=20), st.binary().map(str)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=10), inner, max_size=3),
)
SETTINGS_KEYS = [
    f"{section}.{key}"
    for section in ("pose", "camera", "view", "capture", "live", "last")
    for key in type(getattr(Settings(), section)).model_fields
]


@bounded
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_settings_of_any_bytes_never_stop_the_start_and_are_never_lost(put, content) -> None:
    path = put("settings.toml", content)
    for other in path.parent.iterdir():
        if other != path:
            other.unlink()
    settings_problems(path)
    assert path.read_bytes() == content  # looking changes nothing
    assert isinstance(load_settings(path), Settings)
    save_settings(Settings(), path)
    assert load_settings(path) == Settings()


@bounded
@given(entries=st.dictionaries(st.sampled_from(SETTINGS_KEYS), values, max_size=6), version=values)
def test_settings_of_any_values_use_what_is_right_and_default_the_rest(put, entries, version) -> None:
    document = {"version": version}
    for dotted, value in entries.items():
        section, key = dotted.split(".")
        document.setdefault(section, {})[key] = value
    try:
        text = tomli_w.dumps(document)
    except (TypeError, ValueError, UnicodeEncodeError, OverflowError):
        return  # not a document that TOML can hold
    loaded = load_settings(put("settings.toml", text.encode("utf-8", "replace")), touch=False)
    assert Settings.model_validate(loaded.model_dump()) == loaded


GARMENT = {
    "format": 1,
    "slot": "top",
    "category": "tee",
    "name": {"en": "Tee"},
    "front": {"image": "front.png", "keypoints": {"neck_front": [16.0, 4.0], "hem_left": [28.0, 22.0]}},
    "sizes": [{"name": "M", "chest": 50.0}],
}


def leaves(document, path=()):
    """Every place in a document."""
    yield path
    if isinstance(document, dict):
        for key, value in document.items():
            yield from leaves(value, (*path, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from leaves(value, (*path, index))


def replaced(document, path, value):
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = replaced(document[path[0]], path[1:], value)
    return copy


@bounded
@given(
    place=st.sampled_from([path for path in leaves(GARMENT) if path]),
    value=values | st.sampled_from(["../../../etc/passwd", "/etc/passwd", "front.png\0", "C:\\x.png", "..", ""]),
)
def test_garments_of_any_description_are_read_or_refused(put, place, value) -> None:
    try:
        text = tomli_w.dumps(replaced(GARMENT, place, value))
    except (TypeError, ValueError, UnicodeEncodeError, OverflowError):
        return
    path = put("garment.toml", text.encode("utf-8", "replace"))
    put("front.png", SEEDS["PNG"])
    garment = read_or_refusal(lambda: load_garment(path.parent), GarmentError)
    assert garment is None or garment.front.rgba.shape[2] == 4


@bounded
@given(content=st.binary(max_size=300))
def test_garments_of_any_bytes_are_refused(put, content) -> None:
    path = put("garment.toml", content)
    with pytest.raises(GarmentError):
        load_garment(path.parent)


cells = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)


@bounded
@given(
    rows=st.lists(st.lists(cells, max_size=5), max_size=5),
    header=st.sampled_from(
        ["person,garment,slot", "slot,garment,person", "person,garment", "\ufeffperson,garment,slot"]
    ),
    tail=st.binary(max_size=20),
)
def test_tables_are_read_or_refused(put, rows, header, tail) -> None:
    text = "\n".join([header, *(",".join(row) for row in rows)])
    path = put("pairs.csv", text.encode() + tail)
    found = read_or_refusal(lambda: read_table(path), TryOnError) or []
    assert all(isinstance(value, str) for row in found for value in (row.person, row.garment, row.slot))


@bounded
@given(text=st.text(max_size=200))
def test_log_lines_of_any_text_are_redacted_in_time(text) -> None:
    home = str(Path.home())
    assert home not in redacted(f"{text} {home}/x.jpg") or len(home) < 3
    assert redacted(redacted(text)) == redacted(text)


@bounded
@given(line=st.text(max_size=60) | st.text(max_size=30).map(lambda rest: f"beat {rest}"))
def test_heartbeats_of_any_text_are_counts_or_nothing(line) -> None:
    counts = read_beat(line)
    assert counts is None or all(count >= 0 for count in counts.values())
