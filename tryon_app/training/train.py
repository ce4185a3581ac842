"""Training the parsing network: a step count or a time budget, resumable, with a journal."""

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from tryon_app.core.errors import InputError
from tryon_app.core.types import Float32
from tryon_app.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tryon_app.training.datasets import PARSE_MEMBERS, Batch, ParseBatches
from tryon_app.training.evaluate import score_network
from tryon_app.training.journal import Journal
from tryon_app.training.losses import parsing_loss
from tryon_app.training.networks import ParsingNetwork, parameter_count
from tryon_app.training.shards import SampleStore

_log = logging.getLogger(__name__)
KIND = "parse"
CHECKPOINT, JOURNAL, PLOT = "parse.json", "parse.jsonl", "parse.png"
_HOLDOUT_FRAMES = 200
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """How to train.

    Attributes:
        data: Folder with the shards of `tryon train synth`.
        holdout: Folder with shards that are only looked at, to see how it goes; "" = none.
        seed: Of the first weights, the order and the flaws.
        steps: Steps of the whole schedule; 0 = the budget counts.
        minutes: Time budget of the whole schedule, resumed parts together.
        batch: Examples in a step.
        rate: Highest learning rate.
        decay: Weight decay.
        warm_up: Steps until the highest learning rate.
        average: Share of the averaged weights that stays at each step.
        bf16: Multiply in bfloat16: faster where the CPU has AMX or a matrix unit, slower where not.
        threads: For torch.
        workers: Threads that prepare examples beside it.
        every_s: Seconds between checkpoints.
        log_steps: Steps between two lines of the journal.
    """

    data: str
    holdout: str = ""
    seed: int = 1
    steps: int = 0
    minutes: float = 60.0
    batch: int = 8
    rate: float = 2e-3
    decay: float = 0.02
    warm_up: int = 300
    average: float = 0.999
    bf16: bool = False
    threads: int = 2
    workers: int = 1
    every_s: float = 240.0
    log_steps: int = 50


class _Learner:
    """The network, its average and its optimiser: all that a checkpoint keeps."""

    def __init__(self, settings: ParseSettings) -> None:
        torch.manual_seed(settings.seed)
        self.network = ParsingNetwork().to(memory_format=torch.channels_last)
        self.average = ParsingNetwork().to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.network.state_dict())
        self.average.eval()
        self._settings = settings
        thick = [values for values in self.network.parameters() if values.ndim > 1]
        thin = [values for values in self.network.parameters() if values.ndim <= 1]
        groups = [{"params": thick, "weight_decay": settings.decay}, {"params": thin, "weight_decay": 0.0}]
        self._optimiser = torch.optim.AdamW(groups, lr=settings.rate, betas=(0.9, 0.99), fused=True)

    def step(self, batch: Batch, count: int, rate: float) -> tuple[float, float]:
        """One step of training: the losses of body parts and materials."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self.network.train()
        picture = torch.from_numpy(batch.picture).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._settings.bf16):
            logits = self.network(picture)
        parts, materials = parsing_loss(
            (logits[0].float(), logits[1].float()), torch.from_numpy(batch.parts), torch.from_numpy(batch.materials)
        )
        self._optimiser.zero_grad()
        (parts + materials).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self._optimiser.step()
        self._follow(count)
        return float(parts.detach()), float(materials.detach())

    def _follow(self, count: int) -> None:
        """Move the averaged weights on; in the beginning they follow more closely."""
        keep = min(self._settings.average, (1.0 + count) / (10.0 + count))
        with torch.no_grad():
            for mean, now in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(now, 1.0 - keep)
                else:
                    mean.copy_(now)

    def says(self, picture: Float32) -> tuple[Float32, Float32]:
        """Logits of the averaged network."""
        with torch.no_grad():
            parts, materials = self.average(torch.from_numpy(picture))
        return parts.numpy(), materials.numpy()

    def tensors(self) -> dict[str, Any]:
        """Everything learnt, by name."""
        found = {f"network.{name}": values for name, values in self.network.state_dict().items()}
        found |= {f"average.{name}": values for name, values in self.average.state_dict().items()}
        for index, state in self._optimiser.state_dict()["state"].items():
            found |= {f"optimiser.{index}.{name}": values for name, values in state.items()}
        return found

    def restore(self, tensors: Mapping[str, Any]) -> None:
        """Continue from what `tensors` gave.

        Raises:
            InputError: It does not fit this network.
        """
        states: dict[int, dict[str, Any]] = {}
        for name, values in tensors.items():
            owner, _, rest = name.partition(".")
            if owner == "optimiser":
                index, _, what = rest.partition(".")
                states.setdefault(int(index), {})[what] = values
        try:
            self.network.load_state_dict(_below(tensors, "network"))
            self.average.load_state_dict(_below(tensors, "average"))
            trained: list[Any] = [values for group in self._optimiser.param_groups for values in group["params"]]
            for place, state in states.items():
                # The fused optimiser walks through memory: moments must lie there as their weights do.
                like = trained[place]
                state |= {n: torch.empty_like(like).copy_(v) for n, v in state.items() if v.shape == like.shape}
            self._optimiser.load_state_dict(self._optimiser.state_dict() | {"state": states})
        except (RuntimeError, ValueError, IndexError) as error:
            raise InputError("The checkpoint is of a network of another shape.", "Train anew.") from error


def _below(tensors: Mapping[str, Any], owner: str) -> dict[str, Any]:
    prefix = f"{owner}."
    return {name.removeprefix(prefix): values for name, values in tensors.items() if name.startswith(prefix)}


def averaged_network(checkpoint: Checkpoint) -> ParsingNetwork:
    """The network of a checkpoint as it is used: averaged weights, in evaluation mode.

    Raises:
        InputError: The checkpoint is of a network of another shape.
    """
    network = ParsingNetwork()
    try:
        network.load_state_dict(_below(checkpoint.tensors, "average"))
    except RuntimeError as error:
        raise InputError("The checkpoint is of a network of another shape.", "Train anew.") from error
    network.eval()
    return network


def train_parse(settings: ParseSettings, output: Path, report: Report = _log.info) -> Checkpoint:
    """Train the parsing network from nothing.

    Shards that appear while it runs are used from the next line of the journal on. Ctrl-C saves and stops.

    Args:
        settings: How.
        output: Folder for checkpoint, journal and plot.
        report: Told about the progress, one line at a time.

    Raises:
        InputError: There is no data, or a shard is damaged.
        OutputError: The folder cannot be written.
    """
    return _train(settings, output, None, report)


def resume_parse(output: Path, report: Report = _log.info, minutes: float = 0.0, steps: int = 0) -> Checkpoint:
    """Go on where a training in `output` was left: the same step, schedule and order.

    Args:
        output: Folder of the training.
        report: Told about the progress.
        minutes: A new time budget, the time already spent included; 0 = as it was.
        steps: A new number of steps, those already done included; 0 = as it was.

    Raises:
        InputError: There is no usable checkpoint, no data, or a shard is damaged.
        OutputError: The folder cannot be written.
    """
    found = load_checkpoint(output / CHECKPOINT, KIND)
    try:
        settings = ParseSettings(**found.settings)
    except TypeError as error:
        raise InputError(f"{output / CHECKPOINT} was written by another version.", "Train anew.") from error
    if minutes or steps:
        settings = replace(settings, minutes=minutes or settings.minutes, steps=steps)
    return _train(settings, output, found, report)


def schedule(settings: ParseSettings, step: int, elapsed_s: float) -> tuple[float, float]:
    """Progress of the whole (0..1) and the learning rate: a warm-up, then half a cosine to a hundredth."""
    done = step / settings.steps if settings.steps else elapsed_s / (60.0 * settings.minutes)
    done = min(done, 1.0)
    low = 0.01
    shape = low + (1.0 - low) * 0.5 * (1.0 + math.cos(math.pi * done))
    return done, settings.rate * shape * min(1.0, (step + 1) / max(settings.warm_up, 1))


def _train(settings: ParseSettings, output: Path, begun: Checkpoint | None, report: Report) -> Checkpoint:
    store = SampleStore(Path(settings.data), PARSE_MEMBERS)
    store.refresh()
    if not len(store):
        raise InputError(f"There is no training data in {settings.data}.", "Make some with `tryon train synth`.")
    learner = _Learner(settings)
    if begun is not None:
        learner.restore(begun.tensors)
    report(f"{parameter_count(learner.network) / 1e6:.2f} M parameters, {2 * len(store)} frames")
    with _threads(settings.threads):
        run = _Run(settings, output, learner, store, report, begun)
        return run.go()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """torch with that many threads; OpenCV with none of its own, since it runs beside."""
    before, cv_before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(count)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        cv2.setNumThreads(cv_before)


class _Run:
    """The loop, with its clock, its journal and its checkpoints."""

    def __init__(
        self,
        settings: ParseSettings,
        output: Path,
        learner: _Learner,
        store: SampleStore,
        report: Report,
        begun: Checkpoint | None,
    ) -> None:
        self._settings, self._output, self._learner, self._store = settings, output, learner, store
        self._report = report
        self._journal = Journal(output / JOURNAL)
        self._step = begun.step if begun else 0
        self._before_s = begun.elapsed_s if begun else 0.0
        self._start = self._saved = self._logged = time.perf_counter()
        self._losses: list[tuple[float, float]] = []
        self._waited = 0.0

    def go(self) -> Checkpoint:
        """Train to the end of the schedule, or until Ctrl-C."""
        batches = ParseBatches(self._store, self._settings.seed, self._settings.batch, self._settings.workers)
        with closing(batches.run(self._step)) as coming:
            try:
                while self._one(coming):
                    self._between()
            except KeyboardInterrupt:
                self._report("stopped; `tryon train resume` goes on from here")
        return self._save()

    def _elapsed(self) -> float:
        return self._before_s + time.perf_counter() - self._start

    def _one(self, coming: Iterator[Batch]) -> bool:
        done, rate = schedule(self._settings, self._step, self._elapsed())
        if done >= 1.0:
            return False
        begin = time.perf_counter()
        batch = next(coming)
        self._waited += time.perf_counter() - begin
        losses = self._learner.step(batch, self._step, rate)
        if not all(map(math.isfinite, losses)):
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
        parts, materials = np.mean(self._losses, axis=0)
        per_step = (now - self._logged) / len(self._losses)
        values = {
            "step": self._step,
            "elapsed_s": round(self._elapsed(), 1),
            "done": round(done, 4),
            "loss": round(float(parts + materials), 4),
            "parts_loss": round(float(parts), 4),
            "materials_loss": round(float(materials), 4),
            "rate": round(rate, 7),
            "ms_a_step": round(1000.0 * per_step, 1),
            "waited": round(self._waited / max(now - self._logged, 1e-9), 3),
            "frames": 2 * len(self._store),
        }
        self._journal.note(**values)
        self._report(
            f"{100 * done:5.1f} %  step {self._step}  loss {parts:.3f} + {materials:.3f}  "
            f"{1000 * per_step:.0f} ms a step  {2 * len(self._store)} frames"
        )
        self._losses, self._waited, self._logged = [], 0.0, now
        if added := self._store.refresh():
            self._report(f"{2 * added} new frames")

    def _save(self) -> Checkpoint:
        saved = Checkpoint(
            kind=KIND,
            step=self._step,
            elapsed_s=self._elapsed(),
            settings=asdict(self._settings),
            shards=self._store.shards,
            tensors=self._learner.tensors(),
        )
        save_checkpoint(self._output / CHECKPOINT, saved)
        if self._settings.holdout:
            found = score_network(self._learner.says, Path(self._settings.holdout), _HOLDOUT_FRAMES)
            values = {f"{head}_miou": round(score.mean_iou(), 4) for head, score in found.items()}
            self._journal.note(step=self._step, **values)
            self._report(f"step {self._step}: hold-out mIoU {values}")
        self._journal.plot(self._output / PLOT)
        # Looking and writing are no training: the budget does not pay for them.
        self._saved = time.perf_counter()
        return saved
