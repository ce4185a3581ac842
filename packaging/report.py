"""What a built app consists of: sizes by part, a list of every file with its hash, and what must not be in it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from contents import FORBIDDEN_FILES, QT_GPL_ONLY, qt_part

_LARGEST = 20


def files(app: Path) -> Iterator[Path]:
    """Files of a folder in a fixed order; links are left to what they point to."""
    return (path for path in sorted(app.rglob("*")) if path.is_file() and not path.is_symlink())


def sizes(app: Path) -> Counter[str]:
    """Bytes of each part: folders and files below the program's own folder, libraries beside a package with it."""
    parts: Counter[str] = Counter()
    for path in files(app):
        inside = path.relative_to(app).parts
        if inside[0] in ("_internal", "Contents") and len(inside) > 1:
            inside = inside[1:]
        name = inside[0] if len(inside) == 1 or inside[0] != "PySide6" else "/".join(inside[:3][:-1] or inside[:1])
        parts[name.removesuffix(".libs")] += path.stat().st_size
    return parts


def size_table(app: Path) -> str:
    """The sum and the largest parts, MB of 10^6 bytes."""
    parts = sizes(app)
    lines = [f"{sum(parts.values()) / 1e6:8.1f} MB  in all, unpacked ({sum(1 for _ in files(app))} files)"]
    lines += [f"{size / 1e6:8.1f} MB  {name}" for name, size in parts.most_common(_LARGEST)]
    return "\n".join(lines) + "\n"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_list(app: Path) -> str:
    """Hash and path of every file, as sha256sum writes and reads them: two builds are compared by it."""
    return "".join(f"{digest(path)}  {path.relative_to(app).as_posix()}\n" for path in files(app))


def check_sums(results: Iterable[Path]) -> str:
    """`SHA256SUMS` of what is handed out."""
    return "".join(f"{digest(path)}  {path.name}\n" for path in sorted(results))


def forbidden(app: Path) -> list[str]:
    """What lies in a built app and may not: GPL-only parts, what only developers need, torch, PyAV."""
    found = []
    for path in files(app):
        inside = path.relative_to(app)
        part = qt_part(path.name)
        if FORBIDDEN_FILES.fullmatch(path.name):
            found.append(f"{inside}: may not be handed out, or is of no use")
        elif part in QT_GPL_ONLY:
            found.append(f"{inside}: this part of Qt is GPL or commercial")
        elif {"torch", "av", "av.libs", "anny", "training"} & set(inside.parts):
            found.append(f"{inside}: only for training or for users' own machines")
    return found
