"""Our own networks: whether they load, what runs them here, and how fast."""

import time
from collections.abc import Callable, Collection, Iterator

import numpy as np

from tryon_app.core.errors import TryOnError
from tryon_app.doctor.report import Finding, Level
from tryon_app.inference.manifest import Contract
from tryon_app.inference.runtime import Runtime, short
from tryon_app.inference.session import Network
from tryon_app.inference.store import ModelState, ModelStore

_RUNS = 9


def check_networks(
    open_store: Callable[[], tuple[ModelStore, Collection[str]]], runtime: Runtime | None = None
) -> Iterator[Finding]:
    """Load each network that is whole, on every provider of this machine, and run it. Says nothing where there is none.

    Args:
        open_store: Makes the store.
        runtime: ONNX Runtime when None.
    """
    try:
        store, _ = open_store()
    except TryOnError:  # the check of the models says it
        return
    for model_id, model in store.manifest.models.items():
        # A damaged file is a finding of the models' check already.
        if model.tensors is not None and store.verify([model_id])[0].state is ModelState.OK:
            yield _check(model_id, model.tensors, store, runtime)


def _check(model_id: str, contract: Contract, store: ModelStore, runtime: Runtime | None) -> Finding:
    title, finding_id = f"Network {model_id}", f"networks.{model_id}"
    network = Network(model_id, lambda: store.path(model_id), contract, runtime=runtime)
    try:
        network.open()
        milliseconds = round(1000 * _median_s(network), 1)
        message = f"{network.runs_on}, {milliseconds} ms"
        failures = {short(name): reason for name, reason in network.failures.items()}
        details = {"provider": network.provider, "ms": milliseconds, "failed": failures}
    except TryOnError as error:
        return Finding(finding_id, Level.WARN, title, error.message, error.remedy)
    finally:
        network.close()
    message += "".join(f"; {name} does not run it ({reason})" for name, reason in failures.items())
    return Finding(finding_id, Level.OK, title, message, "", details)


def _median_s(network: Network) -> float:
    inputs = {name: np.zeros(shape, np.float32) for name, shape in network.contract.inputs.items()}
    times = []
    for _ in range(_RUNS):
        begin = time.perf_counter()
        network.run(inputs)
        times.append(time.perf_counter() - begin)
    return float(np.median(times))
