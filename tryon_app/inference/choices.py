"""Which provider was fastest for a network on this machine, remembered between starts."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tryon_app.core.errors import OutputError
from tryon_app.core.files import write_text

_log = logging.getLogger(__name__)
_FORMAT = 1
_KEPT = 32
_FIELDS = ("network", "runtime", "machine", "providers")


@dataclass(frozen=True, slots=True)
class Situation:
    """What a choice holds for; with any of it changed, it is measured again.

    Attributes:
        network: SHA-256 of the file.
        runtime: Version of the runtime.
        machine: Of this computer, as home folders may be shared.
        providers: Candidates, best first.
    """

    network: str
    runtime: str
    machine: str
    providers: tuple[str, ...]


class Choices:
    """A small JSON file. One that cannot be read or written costs a measurement at the next start, nothing else.

    Args:
        path: The file; made when there is something to remember.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, situation: Situation) -> str | None:
        """The provider that was fastest, or None when that is not known."""
        for entry in self._entries():
            if _matches(entry, situation):
                chosen = entry.get("chosen")
                return chosen if chosen in situation.providers else None
        return None

    def remember(self, situation: Situation, chosen: str, times_ms: dict[str, float]) -> None:
        """Keep a choice, the latest first.

        Args:
            situation: What it holds for.
            chosen: The provider.
            times_ms: Provider -> median milliseconds, for whoever opens the file.
        """
        entry = asdict(situation) | {"chosen": chosen, "times_ms": times_ms}
        self._write([entry, *self._others(situation)][:_KEPT])

    def forget(self, situation: Situation) -> None:
        """Measure again next time."""
        others = self._others(situation)
        if len(others) != len(self._entries()):
            self._write(others)

    def _others(self, situation: Situation) -> list[dict[str, Any]]:
        return [entry for entry in self._entries() if not _matches(entry, situation)]

    def _entries(self) -> list[dict[str, Any]]:
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # not there, or not JSON
            return []
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            return []
        entries = document.get("choices")
        return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []

    def _write(self, entries: list[dict[str, Any]]) -> None:
        try:
            write_text(self._path, json.dumps({"format": _FORMAT, "choices": entries}, indent=2) + "\n")
        except OutputError as error:
            _log.warning("The choice of providers is not remembered: %s", error)


def _matches(entry: dict[str, Any], situation: Situation) -> bool:
    wanted = asdict(situation) | {"providers": list(situation.providers)}
    return all(entry.get(name) == wanted[name] for name in _FIELDS)
