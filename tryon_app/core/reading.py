"""What can be wrong with a file that somebody gave us, each thing in the same words."""

from pathlib import Path
from typing import TypeVar

from tryon_app.core.errors import InputError

_SPELLING = "Check the spelling of the path."
E = TypeVar("E", bound=InputError)


def expect_file(path: Path, remedy: str = _SPELLING) -> None:
    """Refuse what is not there, and what is no file.

    Args:
        path: The file.
        remedy: For what is there and no file.

    Raises:
        InputError: It is.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist.", _SPELLING)
    if not path.is_file():
        raise InputError(f"{path} is not a file.", remedy)


def read_at_most(path: Path, most: int) -> bytes:
    """The first bytes of a file, at least one.

    Raises:
        InputError: It cannot be read, or is empty.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}).", "Check its access rights and the disk."
        ) from error
    if not data:
        raise InputError(f"{path.name} is empty (0 bytes).", "Copy it again from where it came from.")
    return data


def damaged(path: Path, why: str, remedy: str, kind: type[E]) -> E:
    """The refusal of a file that is not what it says it is."""
    return kind(f"{path.name} is damaged or cut short ({why}).", remedy)


def too_much(path: Path, remedy: str, kind: type[E]) -> E:
    """The refusal of a file for which there is no memory."""
    return kind(f"{path.name} does not fit into the free memory.", remedy)


def one_line(why: object, most: int | None = None) -> str:
    """What went wrong, on one line of so many characters; the name of its type where it says nothing."""
    return " ".join(str(why).split())[:most] or type(why).__name__
