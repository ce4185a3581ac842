"""The smoke test itself: a program that behaves passes, and each way of misbehaving is found and named."""

import json
import struct
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a first line")

# Stands in for the app; `broken` says how it misbehaves.
APP = """#!{python} -S
import json, os, signal, struct, sys, time
broken = {broken!r}
samples = {samples!r}
arguments = sys.argv[1:]
if broken == "noise":
    print("Traceback (most recent call last):", file=sys.stderr)
if broken == "code":
    sys.exit(3)
def option(name):
    return arguments[arguments.index(name) + 1]
if arguments == ["--version"]:
    print("tryon 1.2.3" if broken != "version" else "Python 3.11")
elif arguments[0] == "doctor":
    level = "fail" if broken == "doctor" else "ok"
    print(json.dumps({{"ok": level == "ok", "checks": [{{"level": level, "title": "Qt", "message": "gone"}}]}}))
    sys.exit(level != "ok")
elif arguments[0] == "models":
    where = os.environ["TRYON_HOME"] if broken == "fetched" else samples
    print(json.dumps([{{"id": "samples", "path": samples}}, {{"id": "pose", "path": where}}]))
elif arguments[0] == "render":
    output = option("--output")
    if output.endswith(".mp4"):
        print("note: The file has no sound: PyAV is not installed.", file=sys.stderr)
        content = b"" if broken == "film" else bytes(4) + b"ftyp" + bytes(20000)
    else:
        os.mkdir(option("--layers"))
        layer = 100 if broken == "layer" else 20000
        open(option("--layers") + "/0.layer.png", "wb").write(bytes(layer))
        side = 1 if broken == "picture" else 300
        content = b"\\x89PNG\\r\\n\\x1a\\n" + struct.pack(">I4sII", 13, b"IHDR", side, side)
    open(output, "wb").write(content)
elif arguments[0] == "bench":
    if broken == "home":
        os.makedirs(os.environ["TRYON_HOME"] + "/pictures")
        open(os.environ["TRYON_HOME"] + "/pictures/face.png", "w").close()
    composite = 0.0 if broken == "undressed" else 20.0
    start = 99.0 if broken == "slow" else 3.0
    print(json.dumps({{"frames": 60, "fps": 20, "peak_rss_mb": 1, "startup_s": start,
                      "stages": {{"composite": {{"median_ms": composite}}}}}}))
elif arguments[0] == "mirror":
    if broken == "crash":
        sys.exit("no window")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1 if broken == "end" else 0))
    open(os.environ["HOME"] + "/ready", "w").close()
    while True:
        time.sleep(0.01)
"""


@pytest.fixture
def smoke(script):
    return script("smoke_test")


@pytest.fixture
def place(script, tmp_path):
    """Builds a stand-in and the place that it runs in."""
    samples = tmp_path / "samples"
    (samples / "people").mkdir(parents=True)
    Image.new("RGB", (64, 48)).save(samples / "people" / "1_posture.jpg")
    scratch = tmp_path / "work"
    for name in ("home", "data"):
        (scratch / name).mkdir(parents=True)

    def make(broken=""):
        app = tmp_path / "app"
        app.write_text(APP.format(python=sys.executable, broken=broken, samples=str(samples)))
        app.chmod(0o755)
        return script("place").Place(str(app), None, scratch, network=True)

    return make


def outcome(smoke, place, window=True):
    """What each check says; the window lives until it can be asked to end."""

    def live(shown, _seconds):
        while not (place.scratch / "home" / "ready").exists():
            smoke.alive(shown)

    smoke._live = live
    options = SimpleNamespace(start_limit=8.0, no_window=not window, seconds=0.0, picture=None)
    return {line["name"]: line for line in smoke.smoke(place, options, None).lines}


@POSIX
def test_an_app_that_behaves_passes(smoke, place, capsys):
    lines = outcome(smoke, place())
    assert [name for name, line in lines.items() if not line["ok"]] == []
    assert set(lines) == {"no python", "version", "doctor", "models", "render", "film", "bench", "mirror", "home"}
    assert "first composite after 3.0 s" in lines["bench"]["said"]
    assert capsys.readouterr().out.count("ok  ") == len(lines)


@POSIX
@pytest.mark.parametrize(
    ("broken", "check", "words"),
    [
        ("version", "version", "Python 3.11"),
        ("doctor", "doctor", "Qt: gone"),
        ("fetched", "models", "did not come with the app"),
        ("picture", "render", "1x1"),
        ("layer", "render", "empty"),
        ("film", "film", "0 bytes"),
        ("undressed", "bench", "nobody was dressed"),
        ("slow", "bench", "99.0 s"),
        ("home", "home", "face.png"),
        ("crash", "mirror", "ended by itself (exit code 1): no window"),
        ("end", "mirror", "exit code 1"),
    ],
)
def test_each_way_of_misbehaving_is_found(smoke, place, broken, check, words):
    lines = outcome(smoke, place(broken), window=check == "mirror")
    assert [name for name, line in lines.items() if not line["ok"]] == [check]
    assert words in lines[check]["said"]


@POSIX
@pytest.mark.parametrize("broken", ["noise", "code"])
def test_a_line_on_stderr_or_an_exit_code_fails_every_check_that_starts_the_app(smoke, place, broken):
    lines = outcome(smoke, place(broken), window=False)
    assert {name for name, line in lines.items() if not line["ok"]} >= {"version", "render", "bench"}


def test_only_whole_lines_are_allowed(script):
    allowed, known = script("place").allowed, script("place").ALLOWED
    assert allowed("")
    assert all(allowed(line) and reason for line, reason in known.items())
    for line in known:
        assert not allowed(f"{line} And more.")
        assert not allowed(f"error: {line}")


@POSIX
def test_an_app_that_does_not_end_is_said_so(script, place, monkeypatch):
    """`mirror` never ends by itself."""
    starting = script("place")
    begin = time.monotonic()
    with pytest.raises(starting.Failed, match="did not end within"):
        starting.run(place(), "mirror", patience_s=0.5)
    assert time.monotonic() - begin < 60


def test_commands_enter_the_root_and_lose_the_network(script, tmp_path, monkeypatch):
    starting = script("place")
    monkeypatch.setattr(starting, "tool", lambda name: f"/bin/{name}")
    monkeypatch.setattr(starting, "LINUX", True)
    monkeypatch.setattr(starting.os, "geteuid", lambda: 0, raising=False)
    inside = starting.Place("/usr/bin/tryon", tmp_path, tmp_path / "tmp" / "x")
    assert inside.command(["doctor"]) == [
        *("/bin/unshare", "-n", "--", "/bin/chroot", str(tmp_path), "/usr/bin/tryon", "doctor"),
    ]
    assert inside.inside(tmp_path / "tmp" / "x" / "a.png") == str(Path("/tmp/x/a.png"))  # noqa: S108
    assert inside.environment()["TRYON_HOME"] == str(Path("/tmp/x/data"))  # noqa: S108
    assert "PYTHONPATH" not in inside.environment()


def test_a_python_in_the_root_is_found(smoke, script, tmp_path):
    here = script("place").Place("tryon", tmp_path, tmp_path / "tmp")
    assert smoke.check_no_python(here) == "none"
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/python3").touch()
    with pytest.raises(script("place").Failed, match="python3"):
        smoke.check_no_python(here)


def test_a_screen_is_read_and_written_as_a_picture(script, tmp_path):
    screen = script("screen")
    truth = np.random.default_rng(1).integers(0, 255, (5, 4, 3), np.uint8)
    header = [0] * 25
    header[0], header[1], header[4], header[5], header[11], header[12], header[19] = 108, 7, 4, 5, 32, 20, 2
    rows = b"".join(b"".join(bytes([*pixel[::-1], 0]) for pixel in row) + b"pad!" for row in truth)
    width, height, pixels = screen.decode_dump(struct.pack(">25I", *header) + bytes(8 + 24) + rows)
    assert (width, height) == (4, 5)
    assert np.array_equal(np.frombuffer(pixels, np.uint8).reshape(5, 4, 3), truth)
    (tmp_path / "a.png").write_bytes(screen.png(width, height, pixels))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), truth)
    assert screen.png_size((tmp_path / "a.png").read_bytes()) == (4, 5)
    with pytest.raises(ValueError, match="not a PNG"):
        screen.png_size(b"GIF89a")


def test_a_standing_picture_and_a_spinner_are_not_somebody_moving(smoke, monkeypatch):
    monkeypatch.setattr(smoke.time, "sleep", lambda _: None)
    many = [bytes([index % 256, index // 256, 0]) for index in range(20000)]

    def shown(*pictures):
        left = list(pictures)
        return SimpleNamespace(sample=lambda: left.pop(0))

    assert smoke._moving(shown(many, many[::-1]))
    assert not smoke._moving(shown(many, many))
    assert not smoke._moving(shown([b"abc"] * 20000, [b"abd"] * 20000))  # one colour
    assert not smoke._moving(shown(many, [b"xyz"] * 20 + many[20:]))  # a spinner


def test_a_film_of_one_picture_is_one_that_opencv_reads(script, tmp_path):
    film = script("film")
    Image.new("RGB", (64, 48), (200, 30, 40)).save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    assert film.jpeg_size(data) == (64, 48)
    (tmp_path / "a.avi").write_bytes(film.motion_jpeg(data, 5))
    capture = cv2.VideoCapture(str(tmp_path / "a.avi"), cv2.CAP_FFMPEG)
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(read[1])
    assert capture.get(cv2.CAP_PROP_FPS) == film.RATE
    capture.release()
    assert [picture.shape for picture in pictures] == [(48, 64, 3)] * 5
    assert np.abs(pictures[0][20, 20].astype(int) - (40, 30, 200)).max() < 12
    with pytest.raises(ValueError, match="not a JPEG"):
        film.jpeg_size(b"\x89PNG")


def test_results_are_written_down(smoke, place, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(smoke, "smoke", lambda *_: smoke.Outcome([{"name": "bench", "ok": False, "said": "slow"}]))
    code = smoke.main([place().app, "--no-window", "--json", str(tmp_path / "r.json")])
    assert code == 1
    assert json.loads((tmp_path / "r.json").read_text())[0]["said"] == "slow"
    assert "0 passed, 1 failed" in capsys.readouterr().out
