"""Entry of `tryon` and `python -m tryon_app`: one place turns failures into a line and an exit code."""

import logging
import sys
from collections.abc import Sequence

from tryon_app.core.errors import TryOnError
from tryon_app.core.logs import LOG_NAME, logging_to_file
from tryon_app.core.paths import log_dir


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command and exit.

    Args:
        argv: Arguments without the program's name; those of the process when None.

    Raises:
        SystemExit: Always: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that cannot show a name must not turn a result into a failure.
            stream.reconfigure(errors="backslashreplace")
    with logging_to_file():
        sys.exit(_run(list(sys.argv[1:] if argv is None else argv)))


def _run(arguments: list[str]) -> int:
    from tryon_app.cli import command

    log = logging.getLogger("tryon_app")
    try:
        command().main(args=arguments or ["mirror"], prog_name="tryon")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except KeyboardInterrupt:
        return 130
    except TryOnError as error:
        log.info("%s: %s", type(error).__name__, error, exc_info=error)
        return _fail(str(error), error.exit_code)
    except MemoryError:
        log.exception("Out of memory")
        return _fail("There is not enough free memory. Close other programs, or use a smaller picture or video.", 1)
    except Exception as error:
        log.exception("Unexpected")
        where = log_dir() / LOG_NAME
        return _fail(
            f"Something unexpected went wrong ({type(error).__name__}: {error}). The details are in {where}.", 1
        )
    return 0


def _fail(text: str, exit_code: int) -> int:
    sys.stderr.write(f"error: {' '.join(text.split())}\n")
    return exit_code


if __name__ == "__main__":
    main()
