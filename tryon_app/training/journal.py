"""What happens during a training, as JSON lines and as a plot."""

import json
from pathlib import Path
from typing import Any

from tryon_app.core.errors import InputError
from tryon_app.core.files import atomic_write, make_folder, output_error


class Journal:
    """Adds a line for each note, and draws them.

    Args:
        path: The `.jsonl` file; what is in it already stays.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, **values: Any) -> None:
        """Add a line.

        Raises:
            OutputError: It cannot be written.
        """
        make_folder(self.path.parent)
        try:
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(values) + "\n")
        except OSError as error:
            raise output_error(self.path, error) from error

    def lines(self) -> list[dict[str, Any]]:
        """All notes; a last line that was cut off by a crash is left out.

        Raises:
            InputError: The file cannot be read.
        """
        try:
            text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        except OSError as error:
            raise InputError(f"{self.path} cannot be read.", "Check its permissions.") from error
        found = []
        for line in text.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def plot(self, path: Path) -> None:
        """Draw loss, learning rate and hold-out figures over the steps, as PNG.

        Raises:
            OutputError: It cannot be written.
        """
        from matplotlib.figure import Figure

        lines = self.lines()
        figure = Figure(figsize=(9, 7), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        losses = [line for line in lines if "loss" in line]
        for name in sorted({name for line in losses for name in line if name.endswith("_loss")}):
            shown = [line for line in losses if name in line]
            upper.plot([line["step"] for line in shown], [line[name] for line in shown], label=name)
        if losses:
            upper.set_yscale("log")
        rates = upper.twinx()
        rates.plot([line["step"] for line in losses], [line["rate"] for line in losses], ":", color="grey")
        rates.set_ylabel("learning rate (dotted)")
        checks = [line for line in lines if "loss" not in line]
        for name in sorted({name for line in checks for name in line} - {"step"}):
            shown = [line for line in checks if name in line]
            lower.plot([line["step"] for line in shown], [line[name] for line in shown], "o-", label=name)
        lower.set_xlabel("step")
        lower.set_ylim(bottom=0.0)
        lower.grid(visible=True)
        for axes in (upper, lower):
            if axes.lines:
                axes.legend()
        with atomic_write(path) as partial:
            figure.savefig(partial, dpi=90)
