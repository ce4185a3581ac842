"""Training a network: a step count or a time budget, resumable, with a journal."""

import logging
import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from tryon_app.core.errors import InputError
from tryon_app.inference.threads import opencv_alone
from tryon_app.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tryon_app.training.journal import Journal
from tryon_app.training.learner import Learner, Losses
from tryon_app.training.networks import parameter_count
from tryon_app.training.settings import TrainSettings

_log = logging.getLogger(__name__)
Report = Callable[[str], None]


class Task(Protocol):
    """What one network has to learn."""

    kind: str
    """Name of the network, and of its checkpoint, journal and plot."""

    def network(self) -> Any:
        """The network, untrained: a torch module whose outputs are a tuple."""

    def losses(self, network: Callable[[Any], tuple[Any, ...]], batch: Any) -> Losses:
        """How wrong the network is about a batch."""

    def batches(self, first: int) -> Generator[Any, None, None]:
        """Batches from a step on, without end: the same step, the same batch."""

    def refresh(self) -> int:
        """Look for new data: how many examples came."""

    @property
    def count(self) -> int:
        """Examples there are."""

    @property
    def shards(self) -> tuple[str, ...]:
        """Names of the shards in use."""

    def score(self, network: Any) -> Mapping[str, float]:
        """Figures on the hold-out, with the averaged network; empty where there is none."""


MakeTask = Callable[[TrainSettings], Task]


def train(make: MakeTask, settings: TrainSettings, output: Path, report: Report = _log.info) -> Checkpoint:
    """Train a network from nothing.

    Shards that appear while it runs are used from the next line of the journal on. Ctrl-C saves and stops.

    Args:
        make: Of the task.
        settings: How.
        output: Folder for checkpoint, journal and plot.
        report: Told about the progress, one line at a time.

    Raises:
        InputError: There is no data, or a shard is damaged.
        OutputError: The folder cannot be written.
    """
    return _train(make(settings), settings, output, None, report)


def resume(
    make: MakeTask, kind: str, output: Path, report: Report = _log.info, minutes: float = 0.0, steps: int = 0
) -> Checkpoint:
    """Go on where a training in `output` was left: the same step, schedule and order.

    Args:
        make: Of the task.
        kind: Its name.
        output: Folder of the training.
        report: Told about the progress.
        minutes: A new time budget, the time already spent included; 0 = as it was.
        steps: A new number of steps, those already done included; 0 = as it was.

    Raises:
        InputError: There is no usable checkpoint, no data, or a shard is damaged.
        OutputError: The folder cannot be written.
    """
    found = load_checkpoint(output / f"{kind}.json", kind)
    try:
        settings = TrainSettings(**found.settings)
    except TypeError as error:
        raise InputError(f"{output / kind}.json was written by another version.", "Train anew.") from error
    if minutes or steps:
        settings = replace(settings, minutes=minutes or settings.minutes, steps=steps)
    return _train(make(settings), settings, output, found, report)


def schedule(settings: TrainSettings, step: int, elapsed_s: float) -> tuple[float, float]:
    """Progress of the whole (0..1) and the learning rate: a warm-up, then half a cosine to a hundredth."""
    done = step / settings.steps if settings.steps else elapsed_s / (60.0 * settings.minutes)
    done = min(done, 1.0)
    low = 0.01
    shape = low + (1.0 - low) * 0.5 * (1.0 + math.cos(math.pi * done))
    return done, settings.rate * shape * min(1.0, (step + 1) / max(settings.warm_up, 1))


def _train(task: Task, settings: TrainSettings, output: Path, begun: Checkpoint | None, report: Report) -> Checkpoint:
    learner = Learner(task.network, settings)
    if begun is not None:
        learner.restore(begun.tensors)
    elif settings.start:
        learner.begin(load_checkpoint(Path(settings.start), task.kind).tensors)
    report(f"{parameter_count(learner.network) / 1e6:.2f} M parameters, {task.count} frames")
    with _threads(settings.threads):
        return _Run(task, settings, output, learner, report, begun).go()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """torch with that many threads; OpenCV with none of its own, since it runs beside."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with opencv_alone():
            yield
    finally:
        torch.set_num_threads(before)


class _Run:
    """The loop, with its clock, its journal and its checkpoints."""

    def __init__(
        self,
        task: Task,
        settings: TrainSettings,
        output: Path,
        learner: Learner,
        report: Report,
        begun: Checkpoint | None,
    ) -> None:
        self._task, self._settings, self._learner = task, settings, learner
        self._report = report
        self._checkpoint, self._plot = output / f"{task.kind}.json", output / f"{task.kind}.png"
        self._journal = Journal(output / f"{task.kind}.jsonl")
        self._step = begun.step if begun else 0
        self._before_s = begun.elapsed_s if begun else 0.0
        self._start = self._saved = self._logged = time.perf_counter()
        self._losses: list[dict[str, float]] = []
        self._waited = 0.0

    def go(self) -> Checkpoint:
        """Train to the end of the schedule, or until Ctrl-C."""
        with closing(self._task.batches(self._step)) as coming:
            try:
                while self._one(coming):
                    self._between()
            except KeyboardInterrupt:
                self._report("stopped; `tryon train resume` goes on from here")
        return self._save()

    def _elapsed(self) -> float:
        return self._before_s + time.perf_counter() - self._start

    def _one(self, coming: Iterator[Any]) -> bool:
        done, rate = schedule(self._settings, self._step, self._elapsed())
        if done >= 1.0:
            return False
        begin = time.perf_counter()
        batch = next(coming)
        self._waited += time.perf_counter() - begin
        losses = self._learner.step(lambda network: self._task.losses(network, batch), self._step, rate)
        if not all(map(math.isfinite, losses.values())):
            raise InputError(f"The loss is no number at step {self._step}.", "Resume with a lower --rate.")
        self._losses.append(losses)
        self._step += 1
        return True

    def _between(self) -> None:
        if self._step % self._settings.log_steps == 0:
            self._note()
        if time.perf_counter() - self._saved > self._settings.every_s:
            self._save()

    def _note(self) -> None:
        now = time.perf_counter()
        done, rate = schedule(self._settings, self._step, self._elapsed())
        means = {name: float(np.mean([losses[name] for losses in self._losses])) for name in self._losses[0]}
        per_step = (now - self._logged) / len(self._losses)
        values = {
            "step": self._step,
            "elapsed_s": round(self._elapsed(), 1),
            "done": round(done, 4),
            "loss": round(sum(means.values()), 4),
            **{f"{name}_loss": round(value, 4) for name, value in means.items()},
            "rate": round(rate, 7),
            "ms_a_step": round(1000.0 * per_step, 1),
            "waited": round(self._waited / max(now - self._logged, 1e-9), 3),
            "frames": self._task.count,
        }
        self._journal.note(**values)
        said = "  ".join(f"{name} {value:.3f}" for name, value in means.items())
        pace = f"{1000 * per_step:.0f} ms a step  {self._task.count} frames"
        self._report(f"{100 * done:5.1f} %  step {self._step}  {said}  {pace}")
        self._losses, self._waited, self._logged = [], 0.0, now
        if added := self._task.refresh():
            self._report(f"{added} new frames")

    def _save(self) -> Checkpoint:
        saved = Checkpoint(
            kind=self._task.kind,
            step=self._step,
            elapsed_s=self._elapsed(),
            settings=asdict(self._settings),
            shards=self._task.shards,
            tensors=self._learner.tensors(),
        )
        save_checkpoint(self._checkpoint, saved)
        if figures := self._task.score(self._learner.average):
            values = {name: round(value, 4) for name, value in figures.items()}
            self._journal.note(step=self._step, **values)
            self._report(f"step {self._step}: hold-out {values}")
        self._journal.plot(self._plot)
        # Looking and writing are no training: the budget does not pay for them.
        self._saved = time.perf_counter()
        return saved
