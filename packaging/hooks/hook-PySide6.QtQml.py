"""The QML modules that our window imports, directly or through others; PyInstaller's own hook takes all there are."""

import json
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

from PyInstaller.utils.hooks.qt import add_qt6_dependencies, pyside6_library_info

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from contents import qml_file_wanted  # noqa: E402  a hook is run from anywhere

QML = HERE.parent.parent / "tryon_app" / "gui" / "qml"


def imported_modules() -> frozenset[str]:
    """Folders of the modules below Qt's own `qml` folder, as Qt's scanner finds them."""
    location = pyside6_library_info.location
    name = "qmlimportscanner.exe" if os.name == "nt" else "qmlimportscanner"
    places = [Path(location["LibraryExecutablesPath"]), Path(location["PrefixPath"]), Path(location["BinariesPath"])]
    scanner = next(folder / name for folder in places if (folder / name).is_file())
    command = [str(scanner), "-rootPath", str(QML), "-importPath", location["QmlImportsPath"]]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return frozenset(module["relativePath"] for module in found if module.get("relativePath"))


def _below_qml(destination: str) -> str:
    parts = PurePosixPath(destination.replace("\\", "/")).parts
    return "/".join(parts[parts.index("qml") + 1 :])


hiddenimports, binaries, datas = add_qt6_dependencies(__file__)
_binaries, _datas = pyside6_library_info.collect_qtqml_files()
_imported = imported_modules()
_modules = {_below_qml(folder) for source, folder in _datas if Path(source).name == "qmldir"}
_wanted = [
    [file for file in files if qml_file_wanted(_below_qml(file[1]), _modules, _imported)]
    for files in (_binaries, _datas)
]
binaries += _wanted[0]
# Types for editors and linters are not needed to run.
datas += [file for file in _wanted[1] if not file[0].endswith(".qmltypes")]
