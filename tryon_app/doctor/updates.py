"""Whether there is a newer version: looked up when somebody asks, at the address they give, and never otherwise.

The address holds a small JSON document that whoever hands out the app keeps: `{"version": "1.4.0", "page": "https://..."}`.
It is read with one plain GET that says nothing of this machine, not even the version that is installed.
"""

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tryon_app import __version__
from tryon_app.doctor.report import Finding, Level

_TITLE = "Updates"
_MOST_BYTES = 64_000
_TIMEOUT_S = 15
_ANONYMOUS = {"User-Agent": "tryon", "Accept": "application/json"}
_ASK = "Ask whoever gave you the address, or check by hand."


class Newest(BaseModel):
    """What the document says; keys it may gain later are passed over.

    Attributes:
        version: Numbers with points between them.
        page: Where people get it.
    """

    model_config = ConfigDict(frozen=True)
    version: Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,6}){0,3}$")]
    page: Annotated[str, Field(pattern=r"^https?://[^\s\x00-\x1f]*$", max_length=500)] = ""


def check_updates(address: str, installed: str = __version__) -> Iterator[Finding]:
    """Compare with the newest version.

    Args:
        address: http(s) address or path of the document.
        installed: The version that runs.

    Yields:
        One finding; that it cannot be read is a warning, as the app works all the same.
    """
    try:
        newest = Newest.model_validate_json(_read(address))
    except ValidationError:
        yield Finding("updates", Level.WARN, _TITLE, f"{address} does not say what the newest version is.", _ASK)
        return
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        remedy = "Check the address and the network connection."
        yield Finding("updates", Level.WARN, _TITLE, f"{address} cannot be read: {reason}.", remedy)
        return
    details = {"installed": installed, "newest": newest.version, "page": newest.page}
    if _numbers(newest.version) > _numbers(installed):
        remedy = f"Get it from {newest.page}." if newest.page else "Get it from where this one came from."
        message = f"Version {newest.version} is out; this is {installed}."
        yield Finding("updates", Level.WARN, _TITLE, message, remedy, details)
        return
    yield Finding("updates", Level.OK, _TITLE, f"{installed} is the newest version.", "", details)


def _read(address: str) -> bytes:
    if not re.match(r"https?://", address):
        with Path(address).expanduser().open("rb") as file:
            return file.read(_MOST_BYTES)
    request = urllib.request.Request(address, headers=_ANONYMOUS)  # noqa: S310  http or https, seen above
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
        return bytes(response.read(_MOST_BYTES))


def _numbers(version: str) -> tuple[int, ...]:
    """For comparison; what follows the numbers ("1.2.0.dev3") does not count. 1.2 is 1.2.0."""
    found = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(number) for number in found[0].split(".")] if found else []
    return tuple(numbers + [0] * (4 - len(numbers)))
