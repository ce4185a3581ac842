"""What gets into an installer and what does not."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APP = ROOT / "tryon_app"


@pytest.fixture
def contents(script):
    return script("contents")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("libQt6Quick.so.6", "Quick"),
        ("Qt6Quick.dll", "Quick"),
        ("QtQuick", "Quick"),
        ("QtQuick.framework", "Quick"),
        ("libQt6VirtualKeyboard.so.6", "VirtualKeyboard"),
        ("libqxcb.so", None),
        ("libavcodec.so.61", None),
    ],
)
def test_parts_of_qt_are_known_on_every_system(contents, name, part):
    assert contents.qt_part(name) == part


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("PySide6/Qt/lib/libQt6Quick.so.6", True),
        ("PySide6\\Qt6Quick.dll", True),
        ("PySide6/Qt/lib/QtQuick.framework/Versions/A/QtQuick", True),
        ("PySide6/Qt/lib/libQt6WebEngineCore.so.6", False),
        ("PySide6/Qt/lib/libQt6VirtualKeyboard.so.6", False),
        ("PySide6/Qt/lib/libQt6FFmpegStub-va.so.2", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/QtQuick.abi3.so", True),
        ("numpy/core.so", True),
    ],
)
def test_files_of_qt(contents, path, wanted):
    assert contents.qt_wanted(path) is wanted


def test_qml_of_a_module_that_is_not_imported_stays_out_also_below_one_that_is(contents):
    modules = {"QtQuick", "QtQuick/Scene3D", "QtQuick/Controls", "QtQuick/Controls/Material"}
    imported = {"QtQuick", "QtQuick/Controls", "QtQuick/Controls/Material"}
    wanted = {folder: contents.qml_file_wanted(folder, modules, imported) for folder in (*modules, "QtQuick/tooling")}
    assert wanted == {
        "QtQuick": True,
        "QtQuick/tooling": True,
        "QtQuick/Controls": True,
        "QtQuick/Scene3D": False,
        "QtQuick/Controls/Material": False,  # a style that is not used
    }


def test_what_our_window_imports_is_known_and_free_of_gpl(contents):
    """As Qt's own scanner finds it, in the PySide6 that is installed here."""
    import PySide6

    folder = Path(PySide6.__file__).parent
    name = "qmlimportscanner.exe" if sys.platform == "win32" else "qmlimportscanner"
    scanner = next(path for path in (folder / "Qt" / "libexec" / name, folder / name) if path.is_file())
    qml = next(path for path in (folder / "Qt" / "qml", folder / "qml") if path.is_dir())
    command = [str(scanner), "-rootPath", str(APP / "gui" / "qml"), "-importPath", str(qml)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    modules = {entry["relativePath"] for entry in found if entry.get("relativePath")}
    kept = {module for module in modules if contents.qml_file_wanted(module, modules, modules)}
    assert {"QtQuick", "QtQuick/Controls/Basic", "QtMultimedia", "QtQuick/Dialogs"} <= kept
    assert not [module for module in kept if module.replace("/", "").removeprefix("Qt") in contents.QT_GPL_ONLY]


def test_nothing_tells_where_the_app_was_built(contents):
    wanted = {name: contents.metadata_wanted(f"a-1.dist-info/{name}") for name in ("METADATA", "RECORD", "LICENSE")}
    assert wanted == {"METADATA": True, "RECORD": False, "LICENSE": True}
    assert not contents.metadata_wanted("a-1.dist-info\\direct_url.json")
    assert contents.metadata_wanted("resources/RECORD")


def test_nothing_is_both_kept_and_forbidden(contents):
    assert not contents.QT_LIBRARIES & contents.QT_GPL_ONLY
    assert not set(contents.HIDDEN_MODULES) & set(contents.EXCLUDED_MODULES)


def test_the_app_imports_nothing_that_is_left_out(contents):
    """But PyAV, for which OpenCV stands in, and what only developers run."""
    only_in_development = {"av", "matplotlib", "torch", "tryon_app.training"}
    excluded = set(contents.EXCLUDED_MODULES) - only_in_development
    wrong = []
    for path in APP.rglob("*.py"):
        if "training" in path.relative_to(APP).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            wrong += [(path.name, name) for name in names if name in excluded]
    assert wrong == []


def test_cuda_lies_where_onnx_runtime_looks(contents, tmp_path):
    names = ("cu13/lib/libcudart.so.13", "cudnn/bin/x86_64/cudnn64_9.dll", "cu13/lib/libcufft.so.12")
    unwanted = ("cu13/lib/libcudart_static.a", "cudnn/include/cudnn.h", "cu13/lib/libcufftw.so.12")
    for name in (*names, *unwanted):
        (tmp_path / "nvidia" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "nvidia" / name).touch()
    found = contents.cuda_libraries(tmp_path)
    assert {f"{folder}/{Path(source).name}" for source, folder in found} == {f"nvidia/{name}" for name in names}
    assert contents.cuda_libraries(tmp_path / "none") == []


def test_only_known_libraries_of_the_building_machine_come_along(contents):
    assert contents.host_library_wanted("/usr/lib/x86_64-linux-gnu/libxcb-cursor.so.0")
    assert contents.host_library_wanted("/home/me/venv/lib/python3.11/site-packages/cv2/cv2.abi3.so")
    assert contents.host_library_wanted("/usr/lib/python3.11/lib-dynload/_ssl.so")
    for name in ("libGL.so.1", "libstdc++.so.6", "libX11.so.6", "libglib-2.0.so.0", "libreadline.so.8"):
        assert not contents.host_library_wanted(f"/lib/x86_64-linux-gnu/{name}")


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("_internal/libx264-d6533a8d.so.165", True),
        ("_internal/x265.dll", True),
        ("_internal/libgdbm.so.6", True),
        ("_internal/av/__init__.py", True),
        ("_internal/torch/lib.so", True),
        ("_internal/PySide6/Qt/lib/libQt6Charts.so.6", True),
        ("_internal/tryon_app/training/train.py", True),
        ("_internal/PySide6/typing.pyi", True),
        ("_internal/libavcodec.so.61", False),
        ("_internal/cv2/cv2.abi3.so", False),
        ("_internal/resources/icons/app.svg", False),
    ],
)
def test_what_may_not_be_handed_out_is_found(script, tmp_path, path, bad):
    report = script("report")
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x")
    assert bool(report.forbidden(tmp_path)) is bad


def test_sizes_and_hashes_name_every_file_once(script, tmp_path):
    report = script("report")
    for name, size in {"_internal/cv2/a.so": 3000, "_internal/cv2.libs/b.so": 4000, "tryon": 500}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "_internal" / "b.so").symlink_to("cv2.libs/b.so")
    assert report.sizes(tmp_path) == {"cv2": 7000, "tryon": 500}
    assert "(3 files)" in report.size_table(tmp_path)
    lines = report.file_list(tmp_path).splitlines()
    assert [line[66:] for line in lines] == ["_internal/cv2/a.so", "_internal/cv2.libs/b.so", "tryon"]
    assert all(re.fullmatch(r"[0-9a-f]{64}  \S+", line) for line in lines)


def test_the_spec_builds_one_folder_without_upx(monkeypatch, tmp_path, script):
    """Run as PyInstaller runs it, with stand-ins that write down what they are given."""
    made = SimpleNamespace(analysis=None, programs=[], collected=None)

    class Analysis:
        def __init__(self, scripts, **options):
            made.analysis = SimpleNamespace(scripts=scripts, **options)
            self.scripts, self.pure = scripts, []
            self.binaries = [
                ("PySide6/Qt/lib/libQt6Quick.so.6", "/site-packages/PySide6/Qt/lib/libQt6Quick.so.6", "BINARY"),
                ("PySide6/Qt/lib/libQt6Charts.so.6", "/site-packages/PySide6/Qt/lib/libQt6Charts.so.6", "BINARY"),
                ("libQt6Charts.so.6", "PySide6/Qt/lib/libQt6Charts.so.6", "SYMLINK"),
            ]
            self.datas = [("resources/a.png", "/src/a.png", "DATA"), ("a-1.dist-info/RECORD", "/src/RECORD", "DATA")]

    def executable(*_args, **options):
        made.programs.append(options)
        return options["name"]

    def submodules(name, **options):
        return [found for found in (name, f"{name}.training") if options["filter"](found)]

    hooks = ModuleType("PyInstaller.utils.hooks")
    hooks.collect_submodules = submodules
    hooks.copy_metadata = lambda name: [(name, name)]
    monkeypatch.setattr(script("contents"), "cuda_libraries", lambda site: [("libcudart.so.13", "nvidia/cu13/lib")])
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    monkeypatch.setattr(script("licenses"), "collect", lambda *_: "licences")
    monkeypatch.setattr(sys, "platform", "linux")
    for name, value in {"MODELS_BUNDLE": tmp_path, "BUNDLE_INFO": tmp_path, "FLAVOUR": "cuda"}.items():
        monkeypatch.setenv(f"TRYON_{name}", str(value))
    spec = ROOT / "packaging" / "tryon.spec"
    stand_ins = {
        "SPECPATH": str(spec.parent),
        "Analysis": Analysis,
        "PYZ": lambda pure: pure,
        "EXE": executable,
        "COLLECT": lambda *parts, **options: setattr(made, "collected", (parts, options)),
    }
    exec(compile(spec.read_text("utf-8"), str(spec), "exec"), stand_ins)  # noqa: S102  ours
    assert Path(made.analysis.scripts[0]).is_file()
    assert all(Path(path).exists() for path in (*made.analysis.hookspath, *made.analysis.runtime_hooks))
    assert all(Path(source).exists() for source, place in made.analysis.datas if "/" in source)
    assert {place for _, place in made.analysis.datas} >= {"tryon_app/gui/qml", "resources/garments", "models"}
    assert made.analysis.hiddenimports[0] == "tryon_app"
    assert "tryon_app.training" not in made.analysis.hiddenimports
    assert {"av", "torch"} <= set(made.analysis.excludes)
    assert made.analysis.binaries == [("libcudart.so.13", "nvidia/cu13/lib")]
    parts, options = made.collected
    assert parts[0] == "tryon"
    assert [name for name, *_ in parts[1]] == ["PySide6/Qt/lib/libQt6Quick.so.6"]
    assert "a-1.dist-info/RECORD" not in [name for name, *_ in parts[2]]
    assert ("THIRD_PARTY_LICENSES.txt", str(tmp_path / "THIRD_PARTY_LICENSES.txt"), "DATA") in parts[2]
    assert options["upx"] is made.programs[0]["upx"] is False
