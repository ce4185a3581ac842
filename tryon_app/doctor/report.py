"""What a check finds, and running checks so that a missing thing is a finding and never a crash."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_log = logging.getLogger(__name__)


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        id: Stable name for programs, "camera.permission".
        level: FAIL = something the app is for does not work; WARN = less than there could be.
        title: What was looked at, a few words.
        message: What was found.
        remedy: What to do; "" when all is well.
        details: Plain values for programs.
    """

    id: str
    level: Level
    title: str
    message: str
    remedy: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "id": self.id,
            "level": self.level.value,
            "title": self.title,
            "message": self.message,
            "remedy": self.remedy,
            "details": dict(self.details),
        }


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at.

    Attributes:
        id: Beginning of its findings' ids.
        title: For the case that the check itself breaks.
        look: Does it.
    """

    id: str
    title: str
    look: Callable[[], Iterable[Finding]]


def run_checks(checks: Iterable[Check]) -> Iterator[Finding]:
    """Findings in the order of the checks, each as soon as it is known."""
    for check in checks:
        try:
            yield from check.look()
        except Exception as error:  # looking at broken installations is what this is for
            _log.warning("The check %s broke", check.id, exc_info=True)
            yield Finding(
                check.id,
                Level.FAIL,
                check.title,
                f"This could not be checked: {type(error).__name__}: {error}",
                "Install the app again; if that does not help, report this line.",
            )
