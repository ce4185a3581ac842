"""A small manifest, its downloads, and a web server that can be made to misbehave."""

import hashlib
import http.server
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.inference.local_server import LocalServer, Quiet, running
from tryon_app.inference.manifest import Manifest


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


PHOTO, README, NETWORK = b"a photo", b"read me", b"a network " * 5000


class Server(LocalServer):
    """Serves `content`; `cut` breaks the next answer off after so many bytes; `ranges` says whether it can resume."""

    content: bytes = NETWORK
    cut: int | None = None
    ranges: bool = True
    status: int = 200

    def __init__(self) -> None:
        super().__init__(Handler)
        self.asked: list[str | None] = []


class Handler(Quiet, http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        asked = self.headers.get("Range")
        server.asked.append(asked)
        if server.status != 200:
            self.send_error(server.status)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and server.ranges else 0
        body = server.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut, server.cut = server.cut, None
        self.wfile.write(body[:cut])


@pytest.fixture
def server() -> Iterator[Server]:
    with running(Server()) as server:
        yield server


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """A folder as a user without a network would fill it."""
    folder = tmp_path / "given"
    folder.mkdir()
    with zipfile.ZipFile(folder / "pack-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("pack/photo.jpg", PHOTO)
        archive.writestr("pack/readme.txt", README)
    return folder


@pytest.fixture
def manifest_data(downloads: Path, server: Server) -> dict[str, Any]:
    wheel = next(downloads.glob("*.whl"))
    about = {"title": "T", "licence": "MIT", "origin": "us", "used_by": ["tests"], "input": "-", "output": "-"}
    photo = {"path": "pack/photo.jpg", "sha256": digest(PHOTO)}
    readme = {"path": "pack/readme.txt", "sha256": digest(README)}
    return {
        "version": 1,
        "downloads": {
            "pack": {
                "kind": "wheel",
                "name": "pack",
                "version": "1.0",
                "file": wheel.name,
                "size": wheel.stat().st_size,
                "sha256": digest(wheel.read_bytes()),
            },
            "net": {
                "kind": "url",
                "url": f"{server.address}/net.bin",
                "file": "net.bin",
                "size": len(NETWORK),
                "sha256": digest(NETWORK),
            },
        },
        "models": {
            "one": about
            | {
                "variants": [
                    {
                        "download": "pack",
                        "make": "member",
                        "file": "one.jpg",
                        "sha256": digest(PHOTO),
                        "members": [photo],
                    },
                ]
            },
            "folder": about
            | {
                "variants": [
                    {
                        "download": "pack",
                        "make": "folder",
                        "file": "folder",
                        "notice": "MIT etc.",
                        "members": [photo | {"name": "people/1.jpg"}, readme | {"name": "readme.txt"}],
                    }
                ]
            },
            "net": about
            | {"variants": [{"download": "net", "make": "whole", "file": "net.bin", "sha256": digest(NETWORK)}]},
        },
    }


@pytest.fixture
def make_manifest(manifest_data: dict[str, Any]) -> Callable[..., Manifest]:
    """The manifest, after a change to its data when wanted."""

    def make(change: Callable[[dict[str, Any]], None] | None = None) -> Manifest:
        if change:
            change(manifest_data)
        return Manifest.model_validate(manifest_data)

    return make
