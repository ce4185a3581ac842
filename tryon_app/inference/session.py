"""A network, run by whatever runs it fastest on this machine, and by something else when that dies."""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tryon_app.core.errors import ModelError
from tryon_app.core.types import Float32, Notice
from tryon_app.inference.choices import Choices, Situation
from tryon_app.inference.manifest import Contract
from tryon_app.inference.runtime import CPU, OnnxRuntime, Runtime, Session, machine, short, usual_threads

_log = logging.getLogger(__name__)
_WARM_UPS = 2
_TIMED = 7
_AGREES = 0.02
"""Mean difference from the CPU's result, as a share of its spread, that half precision does not reach."""
_REINSTALL = "Install the app again."
_DRIVER = "Bring the graphics driver up to date; `tryon doctor` says more."


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    session: Session
    provider: str
    outputs: dict[str, Float32]
    median_s: float


class Network:
    """One network of fixed shapes.

    On a machine with nothing but a CPU it is loaded, run once and ready: some milliseconds. Where there is a choice,
    each provider is loaded, checked against the CPU's result and timed, once: the fastest is remembered. A provider
    that fails later is left for the next one, and `notices` says so.

    Args:
        model_id: Its name in the manifest.
        model: Gives the verified ONNX file; called on opening.
        cpu_model: Gives a copy that is quicker on CPUs, in 8 bits; where that cannot be had, `model` runs there too.
        contract: Names and shapes that the file must have; all float32.
        choices: Remembers what was fastest; None = measured at every opening.
        runtime: ONNX Runtime when None.
        threads: Of the CPU; `usual_threads()` when None.
        clock: Seconds, for timing.
    """

    def __init__(
        self,
        model_id: str,
        model: Callable[[], Path],
        contract: Contract,
        choices: Choices | None = None,
        runtime: Runtime | None = None,
        threads: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
        cpu_model: Callable[[], Path] | None = None,
    ) -> None:
        self.model_id = model_id
        self._model = model
        self._cpu_model = cpu_model
        self._contract = contract
        self._choices = choices
        self._runtime = runtime or OnnxRuntime()
        self._threads = threads or usual_threads()
        self._clock = clock
        self._files: dict[bool, bytes] = {}
        self._situation: Situation | None = None
        self._session: Session | None = None
        self._provider = ""
        self._failures: dict[str, str] = {}
        self._died: list[str] = []

    @property
    def contract(self) -> Contract:
        """What it takes and gives."""
        return self._contract

    @property
    def provider(self) -> str:
        """What runs it, "CUDAExecutionProvider"; "" while closed."""
        return self._provider

    @property
    def runs_on(self) -> str:
        """The same for people; "" while closed."""
        if not self._provider:
            return ""
        if self._provider != CPU:
            return f"ONNX Runtime {short(self._provider)}"
        return f"ONNX Runtime (CPU, {self._threads} thread{'s' if self._threads > 1 else ''})"

    @property
    def failures(self) -> Mapping[str, str]:
        """Provider -> why it does not run the network, of all that were tried and did not."""
        return dict(self._failures)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know: a provider stopped working while it was in use, and another has taken over."""
        if not self._provider:
            return ()
        return tuple(
            Notice(f"{short(name)} stopped working ({self._failures[name]}), {self.runs_on} took over.", _DRIVER)
            for name in self._died
        )

    def open(self) -> None:
        """Load it.

        Raises:
            ModelError: The file is missing or damaged, is not the network that is wanted, or nothing can run it.
        """
        self.close()
        self._failures.clear()
        self._died.clear()
        candidates = self._runtime.candidates()
        digest = hashlib.sha256(b"".join(map(self._content, candidates))).hexdigest()
        self._situation = Situation(digest, self._runtime.version, machine(), candidates)
        if candidates == (CPU,):
            self._use(self._tried(CPU, timed=False))
            return
        known = self._choices.recall(self._situation) if self._choices else None
        if known is not None:
            try:
                self._use(self._tried(known, timed=False))
            except ModelError as error:
                _log.warning("%s ran the network %s before: %s", short(known), self.model_id, error.message)
            else:
                return
        self._choose(candidates)

    def close(self) -> None:
        """Free it; may be called twice."""
        self._session = None
        self._provider = ""
        self._files.clear()

    def run(self, inputs: Mapping[str, Float32]) -> dict[str, Float32]:
        """The outputs by name, of the contract's shapes.

        Args:
            inputs: By name, of the contract's shapes.

        Raises:
            ModelError: Nothing can run it any more.
            RuntimeError: Not open.
        """
        if self._session is None:
            raise RuntimeError("open() comes first")
        while True:
            try:
                return self._ran(self._session, inputs)
            except Exception as error:  # providers raise their own kinds
                self._replace(error)

    def _content(self, provider: str, exact: bool = False) -> bytes:
        """The file that a provider runs; `exact`: never the copy for CPUs.

        Raises:
            ModelError: It is missing or damaged.
        """
        on_cpu = provider == CPU and not exact
        if on_cpu not in self._files:
            self._files[on_cpu] = self._cpu_copy() if on_cpu else _read(self._model())
        return self._files[on_cpu]

    def _cpu_copy(self) -> bytes:
        if self._cpu_model is not None:
            try:
                return _read(self._cpu_model())
            except ModelError as error:
                _log.warning("The CPU runs the larger file: %s", error.message)
        return self._files.get(False) or _read(self._model())

    # -- choosing ------------------------------------------------------------------------------------------------------

    def _choose(self, candidates: tuple[str, ...]) -> None:
        """Try all, take the fastest."""
        # The CPU first: it says whether the file is in order at all, and what its result is.
        working = {CPU: self._tried(CPU)}
        # Of noise, which is all there is to compare with, 8 bits say something else.
        reference = working[CPU] if self._cpu_model is None else self._tried(CPU, timed=False, exact=True)
        for provider in candidates:
            if provider == CPU:
                continue
            try:
                tried = self._tried(provider)
            except ModelError:
                continue
            if self._agree(tried.outputs, reference.outputs):
                working[provider] = tried
            else:
                self._failed(provider, "its result is wrong")
        best = min((working[name] for name in candidates if name in working), key=lambda tried: tried.median_s)
        times = {name: round(1000 * tried.median_s, 3) for name, tried in working.items()}
        _log.info("Network %s: %s, milliseconds of each: %s", self.model_id, short(best.provider), times)
        if self._choices and self._situation:
            self._choices.remember(self._situation, best.provider, times)
        self._use(best)

    def _tried(self, provider: str, timed: bool = True, exact: bool = False) -> _Tried:
        """A session on a provider that has run the network.

        Raises:
            ModelError: It does not run there, or the file breaks the contract.
        """
        try:
            session = self._runtime.session(self._content(provider, exact), provider, self._threads)
            used = session.get_providers()
            if provider not in used[:1]:
                # ONNX Runtime gives another one without a word.
                raise ValueError(f"it was not taken, {' and '.join(map(short, used))} was")  # noqa: TRY301
            self._check(session)
            outputs = self._ran(session, self._probe())
            times = self._times(session) if timed else [0.0]
        except ModelError as error:
            self._failed(provider, error.message)
            raise
        except Exception as error:  # providers raise their own kinds
            self._failed(provider, _reason(error))
            raise ModelError(
                f"{short(provider)} cannot run the network {self.model_id!r} ({_reason(error)}).", _REINSTALL
            ) from error
        return _Tried(session, provider, outputs, float(np.median(times)))

    def _times(self, session: Session) -> list[float]:
        probe = self._probe()
        for _ in range(_WARM_UPS):
            self._ran(session, probe)
        times = []
        for _ in range(_TIMED):
            begin = self._clock()
            self._ran(session, probe)
            times.append(self._clock() - begin)
        return times

    def _probe(self) -> dict[str, Float32]:
        """The same noise every time."""
        random = np.random.default_rng(0)
        return {
            name: random.uniform(-0.5, 0.5, shape).astype(np.float32) for name, shape in self._contract.inputs.items()
        }

    def _agree(self, outputs: Mapping[str, Float32], reference: Mapping[str, Float32]) -> bool:
        return all(
            float(np.abs(outputs[name] - expected).mean()) <= _AGREES * max(float(np.ptp(expected)), 1e-6)
            for name, expected in reference.items()
        )

    def _check(self, session: Session) -> None:
        """That the file is the network that is wanted.

        Raises:
            ModelError: It is not.
        """
        for what, found, wanted in (
            ("takes", session.get_inputs(), self._contract.inputs),
            ("gives", session.get_outputs(), self._contract.outputs),
        ):
            there = {tensor.name: (tensor.type, tuple(tensor.shape)) for tensor in found}
            if there != {name: ("tensor(float)", shape) for name, shape in wanted.items()}:
                message = (
                    f"The network {self.model_id!r} is another one (it {what} {_words(there)}, not {_words(wanted)})."
                )
                raise ModelError(message, _REINSTALL)

    def _use(self, tried: _Tried) -> None:
        self._session, self._provider = tried.session, tried.provider

    # -- running -------------------------------------------------------------------------------------------------------

    def _ran(self, session: Session, inputs: Mapping[str, Float32]) -> dict[str, Float32]:
        names = list(self._contract.outputs)
        outputs = dict(zip(names, session.run(names, inputs), strict=True))
        for name, values in outputs.items():
            if values.shape != self._contract.outputs[name]:
                raise ValueError(f"{name} has the shape {values.shape}")
            if not np.isfinite(values.sum()):  # a driver that is about to go often says so like this
                raise ValueError(f"{name} holds what is no number")
        return outputs

    def _replace(self, error: Exception) -> None:
        """Go on with the best provider that has not failed.

        Raises:
            ModelError: There is none.
        """
        dead, self._session, self._provider = self._provider, None, ""
        self._failed(dead, _reason(error))
        self._died.append(dead)
        candidates: tuple[str, ...] = ()
        if self._situation:
            candidates = self._situation.providers
            if self._choices:
                self._choices.forget(self._situation)
        for provider in candidates:
            if provider in self._failures:
                continue
            try:
                self._use(self._tried(provider, timed=False))
            except ModelError:
                continue
            return
        raise ModelError(
            f"The network {self.model_id!r} cannot run any more: {short(dead)} failed ({self._failures[dead]}).",
            "Start the app again; `tryon doctor` says more.",
        ) from error

    def _failed(self, provider: str, reason: str) -> None:
        self._failures[provider] = reason
        _log.warning("%s does not run the network %s: %s", short(provider), self.model_id, reason)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from error


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(" .:")


def _words(tensors: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in tensors.items())
