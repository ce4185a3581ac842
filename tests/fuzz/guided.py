"""Fuzzing guided by coverage, outside of the normal test run. It needs `pip install atheris` (Linux and macOS).

    python tests/fuzz/guided.py image -max_total_time=60
    python tests/fuzz/guided.py list

The bounds are libFuzzer's: five seconds and a gigabyte an input. Anything but a `TryOnError` with a message and a
remedy, a write outside the target's folder, or a bound that is passed, ends it and leaves the input in the current
folder.
"""

import hashlib
import io
import logging
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["tryon_app", "PIL", "trimesh", "zipfile", "csv", "tomllib"]):
    import trimesh
    from PIL import Image

    from tryon_app.commands.rendering.tables import read_table
    from tryon_app.core import paths
    from tryon_app.core.errors import TryOnError
    from tryon_app.core.settings import Settings, load_settings
    from tryon_app.core.stills import read_image, read_rgba
    from tryon_app.garments.mesh import camera as mesh_camera
    from tryon_app.garments.mesh.photograph import photograph
    from tryon_app.garments.storage import load_garment
    from tryon_app.inference.manifest import Manifest, load_manifest
    from tryon_app.inference.store import ModelStore

BOUNDS = ("-timeout=5", "-rss_limit_mb=1500", "-max_len=20000", "-print_final_stats=1", "-verbosity=0")
"""The gigabyte comes on top of what the program itself takes."""
PHOTO = b"a photo" * 50


@dataclass(frozen=True)
class Target:
    """What reads a file from outside.

    Attributes:
        file: What the input is called.
        read: Reads it.
        seeds: Inputs to begin with.
    """

    file: str
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]


def pictures() -> list[bytes]:
    """One of each format, and turned ones."""
    found = []
    for name in ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"):
        file, exif = io.BytesIO(), Image.Exif()
        exif[0x0112] = 6
        Image.radial_gradient("L").resize((24, 18)).convert("RGB").save(file, name, exif=exif)
        found.append(file.getvalue())
    return found


def read_picture(path: Path) -> None:
    """As the source of a picture and as a product photo."""
    read_image(path)
    read_rgba(path)


def garments() -> list[bytes]:
    """The catalogue's."""
    return [file.read_bytes() for file in sorted((paths.resources_dir() / "garments").glob("*/garment.toml"))[:6]]


def read_garment(path: Path) -> None:
    """A folder with a description and one picture."""
    (path.parent / "front.png").write_bytes(pictures()[0])
    load_garment(path.parent)


def models(kind: str) -> list[bytes]:
    """Plain, textured and coloured ones."""
    plain, textured, coloured = (trimesh.creation.box((0.4, 0.6, 0.2)) for _ in range(3))
    picture = trimesh.visual.material.PBRMaterial(baseColorTexture=Image.open(io.BytesIO(pictures()[0])))
    textured.visual = trimesh.visual.TextureVisuals(uv=textured.vertices[:, :2], material=picture)
    coloured.visual.vertex_colors = (20, 200, 90, 255)
    exported = [trimesh.Scene(mesh).export(file_type=kind) for mesh in (plain, textured, coloured)]
    return [found.encode() if isinstance(found, str) else found for found in exported]


def read_model(path: Path) -> None:
    """Photographed, small: what takes time must be the file."""
    mesh_camera._SIDE = 96
    photograph(path)


def read_settings(path: Path) -> None:
    """Whatever is in it: settings come out."""
    assert isinstance(load_settings(path, touch=False), Settings)


def settings() -> list[bytes]:
    """Some that are right, some that are not."""
    return [
        b'version = 1\n[view]\nlanguage = "zh_CN"\n',
        b"[pose]\nmodel = 3\n[camera]\nwidth = -1\n",
        b"version = 99\n",
    ]


def tables() -> list[bytes]:
    """Tables of pairs."""
    return [b"person,garment,slot\na.jpg,tee-white,top\n", b'\xef\xbb\xbfslot,garment,person\r\n,"a,""b""",c\r\n']


def manifests() -> list[bytes]:
    """The app's own."""
    return [(paths.models_dir() / "manifest.toml").read_bytes()]


def archives() -> list[bytes]:
    """Packed and unpacked, good and hostile."""
    found = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        for name in ("pack/photo.jpg", "../../evil.jpg", "/evil.jpg"):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", method) as archive:
                archive.writestr(name, PHOTO)
                archive.writestr("pack/photo.jpg", PHOTO)
            found.append(file.getvalue())
    return found


def read_archive(path: Path) -> None:
    """As a download whose own hash is right, so that its inside decides."""
    data = path.read_bytes()
    member = {"path": "pack/photo.jpg", "sha256": hashlib.sha256(PHOTO).hexdigest(), "name": "photo.jpg"}
    about = {"title": "T", "licence": "MIT", "origin": "us", "used_by": ["fuzz"], "input": "-", "output": "-"}
    pack = {"kind": "wheel", "name": "pack", "version": "1.0", "file": path.name, "size": len(data)}
    described = {
        "version": 1,
        "downloads": {"pack": pack | {"sha256": hashlib.sha256(data).hexdigest()}},
        "models": {
            "one": about | {"variants": [{"download": "pack", "make": "folder", "file": "f", "members": [member]}]}
        },
    }
    ModelStore(Manifest.model_validate(described), path.parent / "models").fetch(source=path.parent)


TARGETS = {
    "image": Target("picture", read_picture, pictures),
    "garment": Target("garment.toml", read_garment, garments),
    "settings": Target("settings.toml", read_settings, settings),
    "table": Target("pairs.csv", read_table, tables),
    "manifest": Target("manifest.toml", load_manifest, manifests),
    "glb": Target("model.glb", read_model, lambda: models("glb")),
    "obj": Target("model.obj", read_model, lambda: models("obj")),
    "archive": Target("pack-1.0-py3-none-any.whl", read_archive, archives),
}


def fuzz(name: str, options: list[str], work: Path) -> None:
    """Fuzz one target in an empty folder; does not come back."""
    target = TARGETS[name]
    logging.disable()
    outside, inside, corpus = work / "outside", work / "outside" / "inside", work / "corpus"
    corpus.mkdir()
    for index, seed in enumerate(target.seeds()):
        (corpus / str(index)).write_bytes(seed)

    def once(data: bytes) -> None:
        shutil.rmtree(outside, ignore_errors=True)
        inside.mkdir(parents=True)
        path = inside / target.file
        path.write_bytes(data)
        try:
            target.read(path)
        except TryOnError as error:
            if not (error.message and error.remedy):
                raise RuntimeError("a refusal without a message or a remedy") from error
        assert list(outside.iterdir()) == [inside], "written outside of its folder"

    atheris.Setup([sys.argv[0], *BOUNDS, str(corpus), *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"Targets: {', '.join(TARGETS)}")
    with tempfile.TemporaryDirectory(prefix="tryon-fuzz-") as name:
        child = os.fork()  # libFuzzer ends its process by itself, and the folder must go
        if child == 0:
            fuzz(sys.argv[1], sys.argv[2:], Path(name))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(code)
