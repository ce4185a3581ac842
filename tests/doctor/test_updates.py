"""The update check: only when asked, only at the address given, and saying nothing of this machine."""

import http.server
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.inference.local_server import LocalServer, Quiet, running
from tryon_app.cli import command
from tryon_app.core.errors import ModelError
from tryon_app.doctor.checks import all_checks
from tryon_app.doctor.report import Finding, Level, run_checks
from tryon_app.doctor.updates import check_updates


def look(address: object, installed: str = "1.2.0") -> Finding:
    (finding,) = check_updates(str(address), installed)
    return finding


@pytest.fixture
def document(tmp_path: Path) -> Callable[..., Path]:
    def write(content: object) -> Path:
        path = tmp_path / "latest.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


class Server(LocalServer):
    """Answers everything with the newest version and notes what it was told."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.told: list[tuple[str, dict[str, str]]] = []
        self.status = 200


class Handler(Quiet, http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.told.append((self.path, dict(self.headers)))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b'{"version": "1.10.0", "page": "https://example.org/tryon"}')


@pytest.fixture
def server() -> Iterator[Server]:
    with running(Server()) as server:
        yield server


def test_a_newer_version_is_a_warning_with_its_page(server: Server) -> None:
    address = f"{server.address}/latest.json"
    found = look(address)
    assert found.level is Level.WARN
    assert "1.10.0" in found.message
    assert "https://example.org/tryon" in found.remedy
    ((path, headers),) = server.told  # one request, and not a word of who asks
    assert path == "/latest.json"
    assert headers.pop("User-Agent") == "tryon"
    assert set(headers) <= {"Host", "Accept", "Accept-Encoding", "Connection"}
    assert "1.2.0" not in str(headers)


@pytest.mark.parametrize(
    ("newest", "installed", "level"),
    [
        ("1.2.0", "1.2.0", Level.OK),
        ("1.2", "1.2.0", Level.OK),
        ("1.9.9", "1.10.0", Level.OK),
        ("1.2.1", "1.2.0.dev3", Level.WARN),
        ("2", "1.99.99", Level.WARN),
    ],
)
def test_versions_are_compared_as_numbers(document, newest: str, installed: str, level: Level) -> None:
    assert look(document({"version": newest, "more": [1]}), installed).level is level


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<html>",
        "[]",
        {"version": "new"},
        {"version": 3},
        {"page": "https://example.org"},
        {"version": "9.0", "page": "javascript:alert(1)"},
        "[" * 100_000,
    ],
)
def test_anything_else_is_said_and_no_failure(document, content: object) -> None:
    found = look(document(content))
    assert found.level is Level.WARN
    assert "does not say" in found.message
    assert found.remedy


def test_an_address_that_cannot_be_read_is_a_warning(server: Server, tmp_path: Path) -> None:
    server.status = 404
    for address in (
        f"{server.address}/x",
        "http://127.0.0.1:1/",
        "http://[",
        tmp_path / "no",
    ):
        found = look(address)
        assert found.level is Level.WARN
        assert "cannot be read" in found.message
        assert found.remedy


def _no_store() -> None:
    raise ModelError("None here.", "Nothing.")


def test_nothing_is_looked_up_unless_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    internet: list[object] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: object) -> None:
        if self.family != getattr(socket, "AF_UNIX", None):
            internet.append(address)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", watched)
    findings = list(run_checks(all_checks(_no_store)))
    assert "updates" not in [finding.id for finding in findings]
    assert internet == []
    address = f"{server.address}/latest.json"
    (asked,) = run_checks(all_checks(_no_store, address)[:1])
    assert asked.id == "updates"
    assert len(internet) == 1


def test_the_command_reports_it_and_its_exit_code_does_not_change(document, capsys, monkeypatch) -> None:
    monkeypatch.setattr(
        "tryon_app.commands.doctor.all_checks", lambda _store, updates: all_checks(_no_store, updates)[:1]
    )
    with pytest.raises(SystemExit) as ended:
        command().main(args=["doctor", "--json", "--updates", str(document({"version": "99.0"}))], prog_name="tryon")
    assert ended.value.code == 0
    (entry,) = json.loads(capsys.readouterr().out)["checks"]
    assert (entry["id"], entry["level"], entry["details"]["newest"]) == ("updates", "warn", "99.0")
