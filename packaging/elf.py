"""What the libraries of a built Linux app ask of the system: the oldest glibc, and libraries that are not inside."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_MAGIC = b"\x7fELF"
_NEEDED = re.compile(r"^\s*NEEDED\s+(\S+)", re.MULTILINE)
_CACHED = re.compile(r"^\s*(\S+) \([^)]*x86-64[^)]*\) => (\S+)", re.MULTILINE)
_VERSION = re.compile(r"\b(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)")


@dataclass(frozen=True, slots=True)
class Demand:
    """What one binary asks for.

    Attributes:
        path: The binary.
        needed: Names of libraries it is linked to.
        versions: Newest version of each symbol family: "GLIBC" -> (2, 34).
    """

    path: Path
    needed: tuple[str, ...]
    versions: dict[str, tuple[int, ...]]


def binaries(folder: Path) -> Iterator[Path]:
    """Every ELF file below a folder, each once."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _MAGIC:
                    yield path


def demand(path: Path) -> Demand:
    """Read a binary's dynamic section with objdump (binutils; PyInstaller needs it too)."""
    text = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True).stdout
    return parse(path, text)


def parse(path: Path, text: str) -> Demand:
    """What `objdump -p` says."""
    _, _, references = text.partition("Version References:")
    versions: dict[str, tuple[int, ...]] = {}
    for family, number in _VERSION.findall(references):
        version = tuple(map(int, number.split(".")))
        versions[family] = max(version, versions.get(family, ()))
    return Demand(path, tuple(_NEEDED.findall(text)), versions)


def floor(demands: Iterable[Demand], family: str = "GLIBC") -> tuple[tuple[int, ...], list[Path]]:
    """The newest version that anything asks for, which is the oldest the system may have, and who asks for it."""
    known = [(found.versions[family], found.path) for found in demands if family in found.versions]
    newest = max((version for version, _ in known), default=())
    return newest, [path for version, path in known if version == newest]


def outside(demands: Iterable[Demand]) -> dict[str, list[Path]]:
    """Libraries that must come from the system -> who needs them."""
    demands = list(demands)
    inside = {found.path.name for found in demands}
    inside |= {link.name for found in demands for link in found.path.parent.iterdir() if link.is_symlink()}
    missing: dict[str, list[Path]] = {}
    for found in demands:
        for name in found.needed:
            if name not in inside:
                missing.setdefault(name, []).append(found.path)
    return dict(sorted(missing.items()))


def system_libraries() -> dict[str, str]:
    """Libraries that this machine's loader finds: name -> path."""
    # The PATH of a user may lack the folder for administrators.
    program = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or "ldconfig"
    return dict(_CACHED.findall(subprocess.run([program, "-p"], capture_output=True, text=True, check=True).stdout))
