"""Builds the installers of this system: `python packaging/build.py` (`make package`).

A clean environment from the flavour's lock, the models, PyInstaller, checks of what is inside, a size table, then what
this system installs from: .deb and tar.zst, setup.exe and zip, or a .dmg. Everything lies below `build/package/`, the
results in `build/package/results`.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import archive
import elf
import report
from requirements import FLAVOURS, ROOT, lock_file, project

HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "package"
RESULTS = BUILD / "results"
NO_ENVIRONMENT = 75
"""Exit code where what the build needs cannot be had (EX_TEMPFAIL): tools, an index of packages, the models."""
LIMIT_MB = {"cpu": 600.0, "cuda": 6000.0}
# Programs that the build calls on Linux, and libraries whose packages the .deb names: each with its Debian package.
LINUX_TOOLS = {"objdump": "binutils", "strip": "binutils", "dpkg-deb": "dpkg", "zstd": "zstd"}
LINUX_LIBRARIES = {
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libpulse.so.0": "libpulse0",
}
WINDOWS, MACOS = sys.platform == "win32", sys.platform == "darwin"


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flavour", choices=FLAVOURS, default="cpu")
    parser.add_argument("--models-from", metavar="URL|FOLDER", help="take the models' downloads from a mirror")
    parser.add_argument("--app-only", action="store_true", help="stop after the frozen app")
    wanted = parser.parse_args()
    if wanted.flavour == "cuda" and MACOS:
        parser.error("there is no CUDA on macOS")
    look_for_tools(wanted.app_only)
    version = str(project()["version"])
    environment = frozen_environment()
    python = make_environment(wanted.flavour, environment)
    models = gather_models(wanted.flavour, python, environment, wanted.models_from)
    app = freeze(wanted.flavour, python, environment, models, version)
    demands = [elf.demand(path) for path in elf.binaries(app)] if sys.platform.startswith("linux") else []
    oldest = check(app, wanted.flavour, demands)
    if wanted.app_only:
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    installers(app, wanted.flavour, version, demands, oldest)
    results = [path for path in RESULTS.iterdir() if version in path.name]
    (RESULTS / "SHA256SUMS").write_text(report.check_sums(results), "utf-8")
    step(f"Done: {RESULTS}")
    print((RESULTS / "SHA256SUMS").read_text("utf-8"), end="")


def look_for_tools(app_only: bool) -> None:
    """Say at once what the build will lack on Linux, not after minutes.

    Args:
        app_only: Nothing is packed.

    Raises:
        SystemExit: Something is missing (code `NO_ENVIRONMENT`); the line that installs it is on stderr.
    """
    if not sys.platform.startswith("linux"):
        return
    tools = {tool: package for tool, package in LINUX_TOOLS.items() if package == "binutils" or not app_only}
    missing = {package for tool, package in tools.items() if shutil.which(tool) is None}
    if not app_only:
        known = elf.system_libraries()
        missing |= {package for library, package in LINUX_LIBRARIES.items() if library not in known}
    if missing:
        packages = " ".join(sorted(missing))
        print(f"To build here: sudo apt-get install -y --no-install-recommends {packages}", file=sys.stderr)
        sys.exit(NO_ENVIRONMENT)


def step(text: str) -> None:
    """Say what comes next."""
    print(f"== {text}", flush=True)


def frozen_environment() -> dict[str, str]:
    """Environment variables that make the same inputs give the same files."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told is None:
        asked = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        told = asked.stdout.strip() or "315532800"
    os.environ["SOURCE_DATE_EPOCH"] = told
    fixed = {"SOURCE_DATE_EPOCH": told, "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1"}
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | fixed


def make_environment(flavour: str, environment: Mapping[str, str]) -> Path:
    """A virtual environment with what the lock names and nothing else; kept until the lock changes.

    Returns:
        Its Python.

    Raises:
        SystemExit: It cannot be made (code `NO_ENVIRONMENT`), or the project cannot be put into it.
    """
    folder = BUILD / flavour / "venv"
    python = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    stamp = folder / "stamp"
    wanted = hashlib.sha256(lock_file(flavour).read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text("ascii") != wanted:
        step(f"Environment for {flavour}")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _run([sys.executable, "-m", "venv", str(folder)], environment)
            install = [str(python), "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
            _run([*install, "--require-hashes", "-r", str(lock_file(flavour))], environment)
        except SystemExit as failed:
            print(failed, file=sys.stderr)
            sys.exit(NO_ENVIRONMENT)
        stamp.write_text(wanted, "ascii")
    # The project itself, each time: its version may have changed.
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    _run([*command, "--disable-pip-version-check"], environment)
    return python


def gather_models(flavour: str, python: Path, environment: Mapping[str, str], source: str | None) -> Path:
    """Everything that lies in `models/` in the installed app: manifest, own networks, fetched models, samples.

    Raises:
        SystemExit: They cannot be fetched (code `NO_ENVIRONMENT`).
    """
    step("Models")
    fetched = BUILD / "models"
    command = [str(python), "-m", "tryon_app", "models", "fetch"]
    if source:
        command += ["--mirror", source if "://" in source else str(Path(source).resolve())]
    home = {"TRYON_MODELS": str(fetched), "TRYON_HOME": str(BUILD / "home")}
    try:
        _run(command, {**environment, **home})
    except SystemExit as failed:
        print(failed, file=sys.stderr)
        sys.exit(NO_ENVIRONMENT)
    folder = BUILD / flavour / "models"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(fetched, folder, ignore=shutil.ignore_patterns("downloads", "*.broken"))
    # Second: what lies in the project wins.
    left_out = shutil.ignore_patterns("cache", "training", ".*")
    shutil.copytree(ROOT / "models", folder, dirs_exist_ok=True, ignore=left_out)
    return folder


def freeze(flavour: str, python: Path, environment: Mapping[str, str], models: Path, version: str) -> Path:
    """Run PyInstaller.

    Returns:
        The folder of the app; on macOS the .app.
    """
    step("PyInstaller")
    info = BUILD / flavour / "info"
    info.mkdir(parents=True, exist_ok=True)
    if WINDOWS:
        from windows.version_info import version_resource

        (info / "version_info.txt").write_text(version_resource(version), "utf-8")
    told = {"TRYON_MODELS_BUNDLE": str(models), "TRYON_BUNDLE_INFO": str(info), "TRYON_FLAVOUR": flavour}
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(BUILD / flavour / "dist"), "--workpath", str(BUILD / flavour / "work")]
    _run([*command, str(HERE / "tryon.spec")], {**environment, **told})
    app = BUILD / flavour / "dist" / ("Tryon.app" if MACOS else "tryon")
    if sys.platform.startswith("linux"):
        # Distributions and pyenv leave it its debugging symbols: two thirds of it.
        for library in (app / "_internal").glob("libpython3*.so*"):
            _run(["strip", "--strip-debug", str(library)], environment)
    return app


def check(app: Path, flavour: str, demands: list[elf.Demand]) -> str:
    """Sizes, hashes, and that nothing is inside that must not be.

    Returns:
        The oldest glibc that it runs on; "" where there is none.

    Raises:
        SystemExit: Something is inside that must not be, or it is too large.
    """
    bad = report.forbidden(app)
    if bad:
        raise SystemExit("Not to be handed out:\n  " + "\n  ".join(bad))
    table = report.size_table(app)
    oldest = ".".join(map(str, elf.floor(demands)[0]))
    (BUILD / f"sizes-{flavour}.txt").write_text(table, "utf-8")
    (BUILD / f"files-{flavour}.txt").write_text(report.file_list(app), "utf-8")
    step(f"Sizes ({flavour})")
    print(table, end="")
    if oldest:
        print(f"Oldest glibc: {oldest}")
    total = sum(report.sizes(app).values()) / 1e6
    if total > LIMIT_MB[flavour]:
        raise SystemExit(f"{total:.0f} MB: the limit for {flavour} is {LIMIT_MB[flavour]:.0f} MB.")
    return oldest


def installers(app: Path, flavour: str, version: str, demands: list[elf.Demand], oldest: str) -> None:
    """What this system installs from."""
    name = f"tryon-{version}-{_system()}-{flavour}"
    if WINDOWS:
        step("zip")
        archive.zip_file(app, RESULTS, name)
        compiler = shutil.which("iscc")
        if compiler is None:
            print("Inno Setup (iscc) is not on the PATH: no setup.exe.")
            return
        step("setup.exe")
        from windows.version_info import numbers_of

        defines = [f"/DVersion={version}", f"/DNumbers={numbers_of(version)}", f"/DFlavour={flavour}"]
        defines += [f"/DApp={app}", f"/O{RESULTS}"]
        _run([compiler, "/Q", *defines, str(HERE / "windows" / "tryon.iss")], os.environ)
    elif MACOS:
        step("dmg")
        archive.disk_image(app, RESULTS, name)
    else:
        build_deb = _deb_builder()
        step("deb")
        build_deb(app, RESULTS, version, flavour, demands)
        step("tar.zst")
        archive.tar_zst(app, RESULTS, name, oldest)


def _deb_builder() -> Callable[..., Path]:
    sys.path.insert(0, str(HERE / "linux"))
    import deb

    return deb.build


def _system() -> str:
    name = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    return f"{name}-{platform.machine().lower().replace('amd64', 'x86_64')}"


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=dict(environment), check=False)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} {' '.join(command[1:4])} ... failed ({done.returncode}).")


if __name__ == "__main__":
    main()
