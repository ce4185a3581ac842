"""Downloads and the list of models: damaged, hostile or absurd, nothing is ever written outside the models' folder."""

import hashlib
import io
import zipfile

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from tryon_app.core.errors import ModelError, OutputError
from tryon_app.inference.manifest import Manifest, load_manifest
from tryon_app.inference.store import ModelStore

bounded = settings.get_profile("bounded")
PHOTO = b"a photo" * 50
NAMES = [
    "pack/photo.jpg",
    "../../evil.jpg",
    "/evil.jpg",
    "pack/../../evil.jpg",
    "C:\\evil.jpg",
    "pack/photo.jpg\0.exe",
    "",
]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wheel(names, repeated: int) -> bytes:
    """An archive; large members are almost nothing when packed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict.fromkeys(name.partition("\0")[0] or "x" for name in names):
            archive.writestr(name, PHOTO + bytes(repeated))
    return file.getvalue()


def manifest(archive: bytes, member: str, file: str, name: str, content: bytes = PHOTO) -> dict:
    about = {"title": "T", "licence": "MIT", "origin": "us", "used_by": ["tests"], "input": "-", "output": "-"}
    made = {"path": member, "sha256": digest(content), "name": name}
    variant = {"download": "pack", "make": "folder", "file": file, "notice": "MIT", "members": [made]}
    download = {
        "kind": "wheel",
        "name": "pack",
        "version": "1.0",
        "file": "pack-1.0-py3-none-any.whl",
        "size": len(archive),
        "sha256": digest(archive),
    }
    return {"version": 1, "downloads": {"pack": download}, "models": {"one": about | {"variants": [variant]}}}


@bounded
@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4),
    member=st.sampled_from(NAMES),
    file=st.sampled_from(["folder", "../out", "/out", "a/../../out", "..", "C:\\out", ""]),
    name=st.sampled_from(["photo.jpg", "../photo.jpg", "/photo.jpg", "..\\photo.jpg", "a/../../photo.jpg"]),
    spoil=st.one_of(st.none(), st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255))),
    repeated=st.sampled_from([0, 10_000, 5_000_000]),
)
def test_archives_write_inside_the_models_folder_or_not_at_all(
    tmp_path_factory, names, member, file, name, spoil, repeated
) -> None:
    root = tmp_path_factory.mktemp("archive")
    folder, given_folder = root / "inside" / "models", root / "given"
    given_folder.mkdir()
    content = bytearray(wheel(names, repeated))
    if spoil:
        content[int(spoil[0] * len(content))] ^= spoil[1]
    archive = bytes(content)  # the manifest agrees with it: what is wrong is inside
    (given_folder / "pack-1.0-py3-none-any.whl").write_bytes(archive)
    try:
        described = Manifest.model_validate(manifest(archive, member, file, name, PHOTO + bytes(repeated)))
        ModelStore(described, folder).fetch(source=given_folder)
    except (ModelError, OutputError) as error:
        refusal = error
        assert refusal.message
    except ValueError:  # the list itself is refused
        pass
    written = [path for path in root.rglob("*") if path.is_file() and given_folder not in path.parents]
    assert [path for path in written if folder not in path.parents] == []
    assert not list(root.parent.rglob("evil*"))


def fetched(archive: bytes, folder):
    """What the store makes of a download whose own hash is right."""
    (folder / "pack-1.0-py3-none-any.whl").write_bytes(archive)
    described = Manifest.model_validate(manifest(archive, "pack/photo.jpg", "folder", "photo.jpg"))
    ModelStore(described, folder / "models").fetch(source=folder)


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_damaged_anywhere_are_refused_in_words(tmp_path, kind) -> None:
    """Found by fuzzing: an offset before the file's beginning is an error of the system, not of the archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        archive.writestr("pack/photo.jpg", PHOTO)
    whole = file.getvalue()
    fetched(whole, tmp_path)
    refused = 0
    for at in range(len(whole)):
        for value in (0, 255):
            spoilt = bytearray(whole)
            spoilt[at] = value
            try:
                fetched(bytes(spoilt), tmp_path)
            except ModelError:
                refused += 1
            (tmp_path / "models" / "folder" / "photo.jpg").unlink(missing_ok=True)
    assert refused > len(whole) // 4


def test_a_member_that_claims_gigabytes_is_not_unpacked(tmp_path) -> None:
    archive = bytearray(wheel(["pack/photo.jpg"], 0))
    at = archive.index(b"PK\1\2") + 24  # its size in the central directory, which is the one that is believed
    archive[at : at + 4] = (2**31).to_bytes(4, "little")
    with pytest.raises(ModelError, match="too large"):
        fetched(bytes(archive), tmp_path)


@bounded
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_lists_of_models_of_any_bytes_are_refused(put, content) -> None:
    path = put("manifest.toml", content)
    try:
        load_manifest(path)
    except ModelError as error:
        refusal = error
    else:
        raise AssertionError("read")
    assert refusal.remedy


@bounded
@given(
    value=st.one_of(st.integers(), st.text(max_size=10), st.lists(st.text(max_size=3), max_size=2), st.booleans()),
    place=st.integers(0, 30),
)
def test_lists_of_models_of_any_values_are_read_or_refused(put, value, place) -> None:
    document = manifest(b"x", "pack/photo.jpg", "folder", "photo.jpg")
    places = [(document["downloads"]["pack"], key) for key in document["downloads"]["pack"]]
    one = document["models"]["one"]
    places += [(one, key) for key in one]
    places += [(one["variants"][0], key) for key in one["variants"][0]]
    places += [(one["variants"][0]["members"][0], key) for key in one["variants"][0]["members"][0]]
    holder, key = places[place % len(places)]
    holder[key] = value
    try:
        text = tomli_w.dumps(document)
    except (TypeError, ValueError, UnicodeEncodeError):
        return
    try:
        loaded = load_manifest(put("manifest.toml", text.encode("utf-8", "replace")))
    except ModelError as error:
        refusal = error
        assert refusal.remedy
    else:
        assert isinstance(loaded, Manifest)
