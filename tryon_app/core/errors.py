"""Errors a user may meet. Each says what happened and what to do about it."""


class TryOnError(Exception):
    """A failure with a remedy.

    Args:
        message: What happened, one line, naming the file or part.
        remedy: What the user can do, one line.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(TryOnError):
    """The call itself is wrong: a bad option, a missing column (exit code 2)."""

    exit_code = 2


class InputError(TryOnError):
    """A file that was given cannot be used: unreadable, empty, too large, not what it says it is."""


class NoPersonError(InputError):
    """A photo in which nobody is found."""


class GarmentError(InputError):
    """A garment or its photo cannot be used."""


class ModelError(TryOnError):
    """A model is missing, damaged or cannot run."""


class CameraError(TryOnError):
    """A camera cannot be opened or stopped delivering."""


class OutputError(TryOnError):
    """A result cannot be written: no access, no space, no encoder."""
