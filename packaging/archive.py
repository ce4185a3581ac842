"""Packs a frozen app into one file without installation: tar.zst on Linux, zip elsewhere. The same input gives the same
bytes: fixed order, times and owners.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import report

HERE = Path(__file__).resolve().parent
_LEVEL = "-12"


def tar_zst(app: Path, output: Path, name: str, oldest_glibc: str) -> Path:
    """`NAME.tar.zst` with the app, its run script and menu entry.

    Args:
        app: The frozen app's folder.
        output: Folder for the result.
        name: Of the archive and of the folder in it.
        oldest_glibc: Written beside the run script, which compares it.
    """
    plain, result = output / f"{name}.tar", output / f"{name}.tar.zst"
    with tarfile.open(plain, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in [app, *sorted(app.rglob("*"))]:
            archive.add(path, str(Path(name) / path.relative_to(app)), recursive=False, filter=_plain_entry)
        for extra in ("run-tryon", "tryon.desktop"):
            archive.add(HERE / "linux" / extra, f"{name}/{extra}", filter=_plain_entry)
        note = tarfile.TarInfo(f"{name}/oldest-glibc")
        content = f"{oldest_glibc}\n".encode("ascii")
        note.size, note.mode = len(content), 0o644
        archive.addfile(_plain_entry(note), io.BytesIO(content))
    subprocess.run(["zstd", "-q", "-f", "--rm", "-T1", _LEVEL, str(plain), "-o", str(result)], check=True)
    return result


def zip_file(app: Path, output: Path, name: str) -> Path:
    """`NAME.zip` with the app, for Windows without an installation."""
    result = output / f"{name}.zip"
    moment = max(_moment(), 315532800)  # zip begins in 1980
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in report.files(app):
            entry = zipfile.ZipInfo(f"{name}/{path.relative_to(app).as_posix()}", time.gmtime(moment)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if os.access(path, os.X_OK) else 0o644) << 16
            archive.writestr(entry, path.read_bytes())
    return result


def _plain_entry(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = _moment()
    entry.mode = 0o777 if entry.issym() else 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def _moment() -> int:
    return int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))


def disk_image(app: Path, output: Path, name: str) -> Path:
    """`NAME.dmg` with `Tryon.app` and a link to the applications; macOS only."""
    if sys.platform != "darwin":
        raise SystemExit("Disk images are built on macOS.")
    result, folder = output / f"{name}.dmg", output / f"dmg-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run(["ditto", str(app), str(folder / app.name)], check=True)
    (folder / "Applications").symlink_to("/Applications")
    command = ["hdiutil", "create", "-quiet", "-ov", "-format", "UDZO", "-volname", "Tryon"]
    subprocess.run([*command, "-srcfolder", str(folder), str(result)], check=True)
    shutil.rmtree(folder)
    return result
