"""Builds the .deb of a frozen app: the app below /opt/tryon, menu entry, icons, udev rule, a systemd user service."""

import ast
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
import elf  # noqa: E402  beside this folder

PREFIX = Path("opt/tryon")
MAINTAINER = "the tryon_app authors <tryon@localhost>"
# Newest symbol of libstdc++ -> the GCC that brought it; Debian's package is named by that.
_GCC: dict[tuple[int, ...], str] = {
    (3, 4, 28): "9",
    (3, 4, 29): "11",
    (3, 4, 30): "12",
    (3, 4, 31): "13.1",
    (3, 4, 32): "13.2",
    (3, 4, 33): "14",
}
# Renamed where time became 64 bits wide (Debian 13, Ubuntu 24.04).
_T64 = frozenset({"libglib2.0-0", "libssl3", "libpng16-16", "libcurl4", "libasound2", "libgtk-3-0", "libatk1.0-0"})
# Opened by name while running. Without a GL driver the window stays blank; without a font it shows boxes.
_OPENED = (
    "libgl1-mesa-dri",
    "libegl-mesa0",
    "libgles2",
    "xkb-data",
    "fonts-dejavu-core | fonts-noto-core",
)
# Of NVIDIA's driver, and of TensorRT where somebody installed it: the app runs without them.
_OPTIONAL = frozenset({"libcuda.so.1", "libnvinfer.so.10", "libnvonnxparser.so.10"})
_RECOMMENDED = ("fonts-noto-cjk",)


def dependencies(demands: Iterable[elf.Demand], packages: Mapping[str, str]) -> list[str]:
    """The field `Depends`.

    Args:
        demands: What the binaries ask for.
        packages: Name of a library -> Debian's package that holds it.

    Raises:
        SystemExit: A library belongs to no package.
    """
    demands = list(demands)
    libc, _ = elf.floor(demands, "GLIBC")
    stdcpp, _ = elf.floor(demands, "GLIBCXX")
    outside = elf.outside(demands).keys() - _OPTIONAL
    unknown = sorted(outside - packages.keys())
    if unknown:
        raise SystemExit(f"No Debian package is known for {', '.join(unknown)}: install it on the building machine.")
    names = {packages[name] for name in outside}
    versioned = {"libc6": f"libc6 (>= {'.'.join(map(str, libc))})"}
    if stdcpp:
        versioned["libstdc++6"] = f"libstdc++6 (>= {_GCC.get(stdcpp, '14')})"
    fields = {versioned.get(name, f"{name} | {name}t64" if name in _T64 else name) for name in names}
    return sorted(fields | set(_OPENED))


def owners(libraries: Iterable[str]) -> dict[str, str]:
    """Debian packages of shared libraries, asked of this machine."""
    places = elf.system_libraries()
    found: dict[str, str] = {}
    for name in libraries:
        place = places.get(name, f"/lib64/{name}")
        for path in (place, os.path.realpath(place), place.replace("/lib/", "/usr/lib/", 1)):
            asked = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False).stdout
            if asked:
                found[name] = asked.partition(":")[0]
                break
    return found


def control(version: str, flavour: str, depends: Iterable[str], installed_kib: int) -> str:
    """The file `control`."""
    name, other = ("tryon", "tryon-cuda") if flavour == "cpu" else (f"tryon-{flavour}", "tryon")
    lines = [
        f"Package: {name}",
        f"Version: {version}",
        "Architecture: amd64",
        f"Maintainer: {MAINTAINER}",
        "Section: graphics",
        "Priority: optional",
        f"Installed-Size: {installed_kib}",
        f"Depends: {', '.join(depends)}",
        f"Recommends: {', '.join(_RECOMMENDED)}",
        f"Conflicts: {other}",
        f"Replaces: {other}",
        "Description: puts garments on people in live video",
        " A mirror window for shops and designers, a renderer for photos and films, and",
        " checks of the machine. Everything is inside: no Python and no network needed.",
    ]
    if flavour == "cuda":
        lines.append(" This flavour brings the libraries to run its networks on NVIDIA GPUs.")
    return "\n".join(lines) + "\n"


def kiosk_command() -> str:
    """What the service starts: `kiosk` with its supervisor where the app has it."""
    tree = ast.parse((ROOT / "tryon_app" / "cli.py").read_text("utf-8"))
    names = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return "kiosk" if "kiosk" in names else "mirror --fullscreen"


def fill(app: Path, root: Path) -> None:
    """Lay out everything but `DEBIAN/` below `root`."""
    target = root / PREFIX
    target.parent.mkdir(parents=True)
    shutil.copytree(app, target, symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/tryon").symlink_to("/opt/tryon/tryon")
    icons = ROOT / "resources" / "icons"
    put = {
        HERE / "tryon.desktop": "usr/share/applications/tryon.desktop",
        icons / "app.svg": "usr/share/icons/hicolor/scalable/apps/tryon.svg",
        icons / "app.png": f"usr/share/icons/hicolor/{_png_side(icons / 'app.png')}/apps/tryon.png",
        HERE / "60-tryon.rules": "usr/lib/udev/rules.d/60-tryon.rules",
        HERE / "README.Debian": "usr/share/doc/tryon/README.Debian",
        ROOT / "NOTICE": "usr/share/doc/tryon/NOTICE",
    }
    for source, place in put.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, root / place)
    service = root / "usr/lib/systemd/user/tryon-kiosk.service"
    service.parent.mkdir(parents=True)
    service.write_text((HERE / "tryon-kiosk.service").read_text("utf-8").replace("@KIOSK@", kiosk_command()), "utf-8")
    docs = root / "usr/share/doc/tryon"
    (docs / "copyright").write_text(_copyright(), "utf-8")
    # No name and no time inside: the same changelog is the same file.
    with (docs / "changelog.gz").open("wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
        packed.write((ROOT / "CHANGELOG.md").read_bytes())
    for path in root.rglob("*"):
        if not path.is_symlink() and not (target in path.parents and path.is_file()):
            path.chmod(0o755 if path.is_dir() else 0o644)


def build(app: Path, output: Path, version: str, flavour: str, demands: Iterable[elf.Demand]) -> Path:
    """Write the package.

    Args:
        app: The frozen app's folder.
        output: Folder for the package.
        version: Of the app.
        flavour: "cpu" or "cuda".
        demands: What the app's binaries ask of the system.

    Returns:
        The .deb.

    Raises:
        SystemExit: A library that is needed belongs to no package here.
    """
    demands = list(demands)
    depends = dependencies(demands, owners(elf.outside(demands)))
    root = output / f"deb-{flavour}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    root.chmod(0o755)
    fill(app, root)
    kib = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir()) // 1024
    meta = root / "DEBIAN"
    meta.mkdir(mode=0o755)
    text = control(version, flavour, depends, kib)
    (meta / "control").write_text(text, "utf-8")
    for script in ("postinst", "postrm"):
        shutil.copyfile(HERE / script, meta / script)
        (meta / script).chmod(0o755)
    name = text.split("\n", 1)[0].removeprefix("Package: ")
    result = output / f"{name}_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zzstd", "-z12", "--build", str(root), str(result)], check=True)
    shutil.rmtree(root)
    return result


def _png_side(path: Path) -> str:
    header = path.read_bytes()[16:24]
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")
    return f"{width}x{height}"


def _copyright() -> str:
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
        "Files: *\nCopyright: 2026 the tryon_app authors\nLicense: Apache-2.0\n"
        " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n\n"
        "Files: opt/tryon/_internal/*\nCopyright: their authors\nLicense: see-file\n"
        " Every part and its licence: /opt/tryon/_internal/THIRD_PARTY_LICENSES.txt\n"
    )
