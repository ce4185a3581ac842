"""Licences of everything inside an installer: collects `THIRD_PARTY_LICENSES.txt`, and refuses what may not be inside.

Python's packages are read from the environment that is built from, models from their manifest, libraries of the
building machine (Linux) from Debian's copyright files. `python packaging/licenses.py ENVIRONMENT OUTPUT` runs it alone.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = Path(__file__).resolve().parent / "licenses"

# In the environment, but not in what is shipped.
TOOLS = frozenset(
    [
        "altgraph",
        "cffi",
        "macholib",
        "packaging",
        "pefile",
        "pip",
        "pycparser",
        "pyinstaller-hooks-contrib",
        "pywin32-ctypes",
        "setuptools",
        "sounddevice",
        "tryon-app",
        "wheel",
    ]
)
# What some makers leave out of their packages. PySide6's own field reads "LGPL or GPL": the LGPL is what we choose.
# Its wheels also lack the notices of what Qt took from others.
_QT = ("LGPL-3.0-only", ("LGPL-3.0", "GPL-3.0", "Qt-third-party"))
_KNOWN = {
    "flatbuffers": ("Apache-2.0", ("Apache-2.0",)),
    "pyside6": _QT,
    "pyside6-addons": _QT,
    "pyside6-essentials": _QT,
    "shiboken6": ("LGPL-3.0-only", ("LGPL-3.0", "GPL-3.0")),
    # Its bootloader is inside, with an exception that allows programs of any licence.
    "pyinstaller": ("GPL-2.0-or-later WITH Bootloader-exception", ()),
}
_SHOWN_NAME = {"Apache-2.0": ROOT / "LICENSE"}

_NON_COMMERCIAL = re.compile(
    r"non-?commercial|\bCC-BY-NC|\bNC-SA\b|research (use )?only|evaluation only", re.IGNORECASE
)
_COPYLEFT = re.compile(r"\bA?GPL|(?<!lesser )(?<!library )general public license", re.IGNORECASE)
_MILD = re.compile(r"LGPL|lesser general public|library general public|WITH \S+-exception", re.IGNORECASE)
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors|third.?party)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Something inside the installer that others made.

    Attributes:
        name: What it is called.
        version: Its version, "" where it has none.
        licence: SPDX expression, or what the maker wrote.
        home: Where it comes from.
        texts: Licence texts and notices.
    """

    name: str
    version: str
    licence: str
    home: str
    texts: tuple[str, ...]


def refused(part: Part) -> str:
    """Why a part may not be handed out; "" = it may."""
    if _NON_COMMERCIAL.search(part.licence):
        return f"{part.name}: {part.licence} forbids commercial use"
    # "A or B" is as mild as its mildest choice.
    choices = re.split(r"\s+or\s+(?!later)", part.licence, flags=re.IGNORECASE)
    if all(_COPYLEFT.search(choice) and not _MILD.search(choice) for choice in choices):
        return f"{part.name}: {part.licence} is GPL only"
    if not part.texts:
        return f"{part.name}: no licence text was found"
    return ""


def python_parts(folders: Sequence[str]) -> list[Part]:
    """Packages of an environment that get into the installer.

    Args:
        folders: Its site-packages.
    """
    parts = [
        _python_part(found, name)
        for found in metadata.distributions(path=list(folders))
        if (name := _normal(found.metadata["Name"])) not in TOOLS
    ]
    return sorted(parts, key=lambda part: part.name.lower())


def _python_part(found: metadata.Distribution, name: str) -> Part:
    fields = found.metadata
    known, standard = _KNOWN.get(name, ("", ()))
    licence = known or fields.get("License-Expression") or _short(fields.get("License") or "") or _classifier(fields)
    texts = [text for text in map(_read, _licence_files(found)) if text]
    texts += [_standard(key) for key in standard]
    return Part(fields["Name"], found.version, licence, _home(fields), tuple(dict.fromkeys(texts)))


def _home(fields: metadata.PackageMetadata) -> str:
    """The project's page: the source where it is named, as licences ask for."""
    links = dict(line.partition(", ")[::2] for line in fields.get_all("Project-URL") or ())
    named = {label.lower().replace("-", "").replace(" ", ""): link for label, link in links.items()}
    wanted = ("source", "sourcecode", "repository", "github", "homepage", "download")
    return fields.get("Home-page") or next(
        (named[key] for key in wanted if key in named), next(iter(links.values()), "")
    )


def _licence_files(found: metadata.Distribution) -> list[Path]:
    """In the metadata's folder, and at the top of the packages."""
    files = []
    for file in found.files or ():
        inside = ".dist-info" in file.parts[0]
        if (
            _LICENCE_FILE.search(file.name)
            and file.suffix not in (".py", ".pyc", ".so")
            and (inside or len(file.parts) <= 2)
        ):
            files.append(Path(str(found.locate_file(file))))
    return sorted(files)


def model_parts(manifest: Path, bundled: Path) -> list[Part]:
    """Models that lie in a folder, with what the manifest says of them.

    Args:
        manifest: `models/manifest.toml`.
        bundled: The folder that is shipped.
    """
    parts = []
    for model_id, model in tomllib.loads(manifest.read_text("utf-8"))["models"].items():
        here = [variant for variant in model["variants"] if (bundled / variant["file"]).exists()]
        if not here:
            continue
        notice = bundled / here[0]["file"] / "LICENSE.txt"
        licence = str(model["licence"])
        text = _read(notice) or (_standard(licence) if licence in _SHOWN_NAME else "")
        parts.append(Part(f"Model: {model['title']}", "", licence, str(model["origin"]), (text,) if text else ()))
        if not licence:
            raise SystemExit(f"models/manifest.toml says nothing of the licence of {model_id}.")
    return parts


def host_parts(libraries: Iterable[Path]) -> list[Part]:
    """Debian's packages that libraries of the building machine come from, with their copyright files.

    Args:
        libraries: Where the libraries were collected from.
    """
    packages: dict[str, str] = {}
    for library in sorted({path.resolve() for path in libraries}):
        # dpkg knows the place from before /lib became a link to /usr/lib, or from after.
        for place in (library, Path(str(library).replace("/usr/lib/", "/lib/", 1))):
            owner = subprocess.run(["dpkg", "-S", str(place)], capture_output=True, text=True, check=False).stdout
            if owner:
                packages[owner.partition(":")[0]] = str(library)
                break
    parts = []
    for package in sorted(packages):
        asked = ["dpkg-query", "-W", "-f=${Version}\n${Homepage}", package]
        version, _, home = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.partition("\n")
        text = _read(Path("/usr/share/doc") / package / "copyright")
        parts.append(Part(f"Library: {package}", version, "see text", home, (text,) if text else ()))
    return parts


def python_itself() -> Part:
    """The interpreter."""
    places = [
        Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}",
        Path(sys.base_prefix),
    ]
    text = next(filter(None, (_read(folder / "LICENSE.txt") for folder in places)), "")
    text = text or _read(Path("/usr/share/doc/python3/copyright"))
    return Part("Python", ".".join(map(str, sys.version_info[:3])), "PSF-2.0", "https://www.python.org", (text,))


def document(parts: Sequence[Part]) -> str:
    """`THIRD_PARTY_LICENSES.txt`: a table, the note on exchanging Qt and FFmpeg, and every text once.

    Raises:
        SystemExit: A part may not be handed out.
    """
    reasons = [reason for part in parts if (reason := refused(part))]
    if reasons:
        raise SystemExit("Not to be handed out:\n  " + "\n  ".join(reasons))
    numbers: dict[str, int] = {}
    for part in parts:
        for text in part.texts:
            numbers.setdefault(text, len(numbers) + 1)
    lines = ["Software that others made and that is part of this app", "=" * 54, ""]
    for part in parts:
        where = ", ".join(str(numbers[text]) for text in part.texts)
        lines += [f"{part.name} {part.version}".rstrip(), f"    {part.licence}; text {where}"]
        lines += [f"    {part.home}"] if part.home else []
    lines += ["", "Exchanging Qt and FFmpeg", "-" * 24, "", (TEXTS / "relinking.txt").read_text("utf-8")]
    ffmpeg = (TEXTS / "LGPL-2.1.txt").read_text("utf-8")
    lines += ["FFmpeg: LGPL-2.1-or-later, text at the end.", ""]
    for text, number in numbers.items():
        lines += ["", "=" * 120, f"Text {number}", "=" * 120, "", text]
    lines += ["", "=" * 120, "Text of the LGPL 2.1 (FFmpeg)", "=" * 120, "", ffmpeg]
    return "\n".join(lines).rstrip() + "\n"


def collect(manifest: Path, models: Path, host: Iterable[Path] = ()) -> str:
    """The document for the environment that this runs in.

    Args:
        manifest: `models/manifest.toml`.
        models: The folder of models that is shipped.
        host: Libraries of this machine that are shipped.
    """
    site = [path for path in sys.path if path.endswith("site-packages")]
    return document([python_itself(), *python_parts(site), *model_parts(manifest, models), *host_parts(host)])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _short(licence: str) -> str:
    """Some makers put the whole text where the name belongs."""
    first = licence.strip().splitlines()[:1]
    return first[0][:100] if first and not first[0].lower().startswith("copyright") else ""


def _classifier(fields: metadata.PackageMetadata) -> str:
    found = [line.rpartition(" :: ")[2] for line in fields.get_all("Classifier") or () if line.startswith("License ::")]
    return " AND ".join(found) or "see text"


def _standard(key: str) -> str:
    return _read(_SHOWN_NAME.get(key, TEXTS / f"{key}.txt"))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""


if __name__ == "__main__":
    models_folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    output.write_text(collect(ROOT / "models" / "manifest.toml", models_folder, map(Path, sys.argv[3:])), "utf-8")
