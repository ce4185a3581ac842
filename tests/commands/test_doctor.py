import json
import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tryon_app.cameras.discovery import CameraDevice
from tryon_app.cli import command
from tryon_app.core import paths
from tryon_app.core.errors import ModelError
from tryon_app.doctor import checks, devices, folders, libraries, model_checks, providers, python_checks, system
from tryon_app.doctor.report import Check, Finding, Level, run_checks
from tryon_app.inference.manifest import Manifest
from tryon_app.inference.store import ModelStore

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"  # of b"foo"


def by_id(findings):
    return {finding.id: finding for finding in findings}


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        command().main(args=["doctor", *arguments], prog_name="tryon")
    return ended.value.code


# The command


def test_a_support_archive_is_written_beside_the_report(tmp_path, capsys):
    run("--bundle", str(tmp_path / "support.zip"))
    assert "support.zip: README.txt, report.json" in " ".join(capsys.readouterr().out.split())
    with zipfile.ZipFile(tmp_path / "support.zip") as archive:
        assert json.loads(archive.read("report.json"))


def test_json_is_stable_and_complete(capsys):
    code = run("--json")
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"format", "app", "ok", "checks"}
    assert report["format"] == 1
    assert report["ok"] is (code == 0)
    for entry in report["checks"]:
        assert set(entry) == {"id", "level", "title", "message", "remedy", "details"}
        assert entry["level"] in ("ok", "warn", "fail")
        assert entry["message"]
        assert (entry["remedy"] == "") == (entry["level"] == "ok"), entry
    ids = [entry["id"] for entry in report["checks"]]
    assert {"python", "packages", "display", "disk", "settings", "write.models", "models.pose"} <= set(ids)


def test_a_failure_is_shown_with_its_remedy_and_code(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("TRYON_MODELS", str(tmp_path / "empty"))
    monkeypatch.setenv("COLUMNS", "200")
    assert run() == 1
    out = capsys.readouterr().out
    assert "tryon models fetch pose" in out
    assert "failure" in out


def test_warnings_alone_are_no_failure(monkeypatch, capsys):
    only = (Check("x", "X", lambda: [Finding("x", Level.WARN, "X", "less", "do")]),)
    monkeypatch.setattr("tryon_app.commands.doctor.all_checks", lambda open_store, updates: only)
    assert run() == 0
    assert "1 warning, 0 failures" in capsys.readouterr().out


def test_it_changes_nothing(capsys, tmp_path):
    file = paths.settings_file()
    file.parent.mkdir(parents=True)
    file.write_text("[[[")
    run("--json")
    assert file.read_text() == "[[["
    assert sorted(path.name for path in (tmp_path / "home").rglob("*")) == ["config", "settings.toml"]
    assert json.loads(capsys.readouterr().out)["checks"][-1]["level"] == "warn"


@pytest.mark.parametrize("package", ["psutil", "PySide6", "mediapipe", "cv2", "onnxruntime", "numpy"])
def test_a_missing_package_is_a_finding(package):
    """In a process of its own, which cannot import the package."""
    script = f"""
import sys, importlib.util
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == {package!r} else real(name, *rest)
from tryon_app.__main__ import main
main(["doctor", "--json"])
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 1, result.stderr
    report = json.loads(result.stdout)
    packages = next(entry for entry in report["checks"] if entry["id"] == "packages")
    assert packages["level"] == "fail"
    wanted = {"cv2": "opencv-python-headless"}.get(package, package)
    assert wanted in packages["message"]


def test_qt_and_mediapipe_are_not_imported():
    script = """
import sys
from tryon_app.doctor.checks import all_checks
from tryon_app.doctor.report import run_checks
list(run_checks(all_checks(lambda: None)))
print(sorted({name.partition(".")[0] for name in sys.modules} & {"PySide6", "mediapipe", "torch"}))
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert result.stdout.strip() == "[]"


def test_a_check_that_breaks_is_a_finding_and_the_rest_goes_on():
    def broken():
        yield Finding("a", Level.OK, "A", "fine")
        raise RuntimeError("driver fell over")

    found = list(run_checks([Check("a", "A", broken), Check("b", "B", lambda: [Finding("b", Level.OK, "B", "fine")])]))
    assert [finding.level for finding in found] == [Level.OK, Level.FAIL, Level.OK]
    assert "driver fell over" in found[1].message


def test_every_check_can_be_imported():
    found = list(run_checks(checks.all_checks(lambda: (ModelStore(manifest(), paths.models_cache_dir()), ()))))
    assert not [finding for finding in found if "could not be checked" in finding.message]


# Python and packages


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1, "final", 0))
    assert by_id(python_checks.check_python())["python"].level is Level.FAIL


def test_an_old_c_library_is_named(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for found, wrong in ((("glibc", "2.17"), True), (("", ""), True), (("glibc", "2.36"), False)):
        monkeypatch.setattr("platform.libc_ver", lambda found=found: found)
        assert ("python.libc" in by_id(python_checks.check_python())) is wrong


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        ({"onnxruntime": "1.32", "onnxruntime-gpu": "1.31"}, ("packages.onnxruntime", Level.FAIL)),
        ({"opencv-python": "4.11"}, ("packages.opencv", Level.FAIL)),
        ({"mediapipe": "1.2.2"}, ("packages.mediapipe", Level.WARN)),
    ],
)
def test_packages_that_harm_each_other(monkeypatch, installed, expected):
    real = python_checks._version
    monkeypatch.setattr(python_checks, "_version", lambda name: installed.get(name, real(name)))
    finding = by_id(python_checks.check_packages())[expected[0]]
    assert finding.level is expected[1]
    assert "pip" in finding.remedy


def test_this_environment_is_whole():
    assert [finding.level for finding in python_checks.check_packages()] == [Level.OK]


def test_the_list_of_packages_is_the_one_the_app_asks_for():
    wanted = {
        requirement.split(";")[0].split(">")[0].split("=")[0].split("!")[0].strip().lower()
        for requirement in metadata.requires("tryon_app") or []
        if "extra ==" not in requirement
    }
    assert wanted - {"onnxruntime", "onnxruntime-gpu"} == {name.lower() for name in python_checks._NEEDED}


# Libraries


@LINUX
def test_a_missing_library_is_named_with_its_package(monkeypatch, tmp_path):
    package = tmp_path / "PySide6"
    plugin = package / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    monkeypatch.setattr(libraries, "_package_folder", lambda module: package if module == "PySide6" else None)
    monkeypatch.setattr(libraries, "missing_libraries", lambda binaries: ["libEGL.so.1", "libxcb-cursor.so.0"])
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    finding = by_id(libraries.check_libraries())["qt.libraries"]
    assert finding.level is Level.FAIL
    assert "libxcb-cursor.so.0" in finding.message
    assert finding.remedy == "sudo apt-get install -y libegl1 libxcb-cursor0"


@LINUX
def test_the_loader_is_asked(tmp_path):
    """A real library, and one that needs what nobody has: its name is patched into a copy."""
    import _ctypes

    source = Path(_ctypes.__file__).read_bytes() if hasattr(_ctypes, "__file__") else b""
    if b"libc.so.6\0" not in source:
        pytest.skip("this Python's extension modules have no libc of their own")
    whole, broken = tmp_path / "whole.so", tmp_path / "broken.so"
    whole.write_bytes(source)
    broken.write_bytes(source.replace(b"libc.so.6\0", b"libq.so.6\0"))
    assert libraries.missing_libraries([whole]) == []
    assert libraries.missing_libraries([whole, broken]) == ["libq.so.6"]


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libGLESv2.so.2", "libgles2"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libva-x11.so.2", "libva-x11-2"),
        ("libpipewire-0.3.so.0", "libpipewire-0.3-0"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
    ],
)
def test_packages_have_debians_names(library, package):
    assert libraries.debian_package(library) == package


@LINUX
def test_no_opengl_driver_is_a_warning(tmp_path):
    assert by_id(libraries.check_opengl([tmp_path]))["opengl"].level is Level.WARN
    (tmp_path / "50_mesa.json").touch()
    assert by_id(libraries.check_opengl([tmp_path]))["opengl"].level is Level.OK


# Display and fonts


@LINUX
def test_displays(tmp_path):
    def level(**environment):
        return by_id(system.check_display(environment))["display"].level

    assert level() is Level.WARN
    assert level(DISPLAY=":54321") is Level.WARN
    assert level(DISPLAY="nonsense") is Level.WARN
    assert level(DISPLAY="somewhere:10.0") is Level.OK
    assert level(WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=str(tmp_path)) is Level.WARN


@LINUX
@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="no X display")
def test_the_display_of_this_test_answers():
    assert by_id(system.check_display())["display"].level is Level.OK


@LINUX
def test_fonts_without_fontconfig(monkeypatch, tmp_path):
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(system, "_FONT_FOLDERS", (tmp_path,))
    assert by_id(system.check_fonts())["fonts.chinese"].level is Level.WARN
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    assert by_id(system.check_fonts())["fonts.chinese"].level is Level.OK


# Cameras


def test_cameras_are_listed_by_name():
    assert by_id(devices.check_cameras(lambda: ()))["camera"].level is Level.WARN
    device = CameraDevice("046d-0825-3f2a9c", "HD Webcam", "/dev/video0", ((200, 0),))
    finding = by_id(devices.check_cameras(lambda: (device,)))["camera"]
    assert finding.level is Level.OK
    assert "HD Webcam" in finding.message


@LINUX
def test_a_camera_that_may_not_be_opened(monkeypatch, tmp_path):
    assert by_id(devices.check_camera_permission(tmp_path))["camera.permission"].level is Level.OK
    (tmp_path / "video0").touch()
    assert by_id(devices.check_camera_permission(tmp_path))["camera.permission"].message == "granted"
    monkeypatch.setattr("os.access", lambda path, mode: False)
    finding = by_id(devices.check_camera_permission(tmp_path))["camera.permission"]
    assert finding.level is Level.FAIL
    assert "usermod" in finding.remedy


# Providers


@pytest.mark.parametrize(
    ("gpu", "failing", "level", "word"),
    [
        (False, {}, Level.OK, "CPU"),
        (True, {}, Level.OK, "CUDA"),
        (True, {"CUDAExecutionProvider": "it fell back to CPU"}, Level.WARN, "fell back"),
        (False, {"CPUExecutionProvider": "illegal instruction"}, Level.FAIL, "illegal instruction"),
    ],
)
def test_providers_count_when_they_run(monkeypatch, gpu, failing, level, word):
    offered = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: offered)
    (finding,) = providers.check_providers(lambda name: failing.get(name, ""), lambda: gpu)
    assert finding.level is level
    assert word in finding.message


def test_a_network_really_runs_here():
    assert providers._run_on("CPUExecutionProvider") == ""


@pytest.mark.skipif(Path("/dev/nvidia0").exists() or sys.platform != "linux", reason="for machines without a GPU")
def test_a_provider_that_is_only_listed_does_not_count():
    assert providers._run_on("CUDAExecutionProvider") != ""


# Models, folders, settings


def manifest():
    return Manifest.model_validate(
        {
            "version": 1,
            "downloads": {"d": {"kind": "url", "url": "https://x.org/f", "file": "f", "size": 3, "sha256": DIGEST}},
            "models": {
                "pose": {
                    "title": "Pose",
                    "licence": "MIT",
                    "origin": "x",
                    "used_by": [],
                    "input": "",
                    "output": "",
                    "variants": [{"download": "d", "make": "whole", "file": "f.task", "sha256": DIGEST}],
                }
            },
        }
    )


@pytest.mark.parametrize(
    ("content", "level", "word"),
    [(None, Level.FAIL, "missing"), (b"bar", Level.FAIL, "damaged"), (b"foo", Level.OK, "f.task")],
)
def test_models_are_compared_with_their_hashes(tmp_path, content, level, word):
    if content is not None:
        (tmp_path / "f.task").write_bytes(content)
    store = ModelStore(manifest(), tmp_path)
    finding = by_id(model_checks.check_models(lambda: (store, ("pose",))))["models.pose"]
    assert finding.level is level
    assert word in finding.message
    if content is not None:
        assert (tmp_path / "f.task").read_bytes() == content


def test_a_model_that_the_app_can_do_without_is_a_warning(tmp_path):
    finding = by_id(model_checks.check_models(lambda: (ModelStore(manifest(), tmp_path), ())))["models.pose"]
    assert finding.level is Level.WARN


def test_a_broken_list_of_models_is_a_finding():
    def broken():
        raise ModelError("The list of models is not valid.", "Install the app again.")

    finding = by_id(model_checks.check_models(broken))["models"]
    assert (finding.level, finding.remedy) == (Level.FAIL, "Install the app again.")


def test_folders_are_tried_without_being_made(tmp_path):
    found = by_id(folders.check_folders())
    assert {finding.level for key, finding in found.items() if key.startswith("write.")} == {Level.OK}
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_written_to_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("TRYON_MODELS", str(tmp_path / "file" / "models"))
    found = by_id(folders.check_folders())
    assert found["write.models"].level is Level.FAIL
    assert found["write.logs"].level is Level.OK


@pytest.mark.parametrize(("free_mb", "level"), [(50, Level.FAIL), (500, Level.WARN), (5000, Level.OK)])
def test_disk_space(monkeypatch, free_mb, level):
    usage = type("Usage", (), {"free": free_mb * 2**20})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    assert by_id(folders.check_folders())["disk"].level is level


def test_settings_with_a_bad_value_are_a_warning():
    file = paths.settings_file()
    assert by_id(folders.check_settings())["settings"].level is Level.OK
    file.parent.mkdir(parents=True)
    file.write_text("version = 1\n[live]\ntarget_fps = 100000\n")
    finding = by_id(folders.check_settings())["settings"]
    assert finding.level is Level.WARN
    assert "target_fps" in finding.message
