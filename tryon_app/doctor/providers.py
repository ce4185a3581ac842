"""Which of ONNX Runtime's providers really run: the list it gives names some that cannot even be loaded."""

from collections.abc import Callable, Iterator

from tryon_app.doctor.report import Finding, Level
from tryon_app.inference.runtime import CPU, nvidia_gpu, preload_cuda, short

# Worth trying, best first. TensorRT is left out: building its engines takes minutes.
_ACCELERATORS = ("CUDAExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider")
_REMEDY_CUDA = "pip install 'onnxruntime-gpu[cuda,cudnn]', and keep the NVIDIA driver up to date."

Runs = Callable[[str], str]


def check_providers(runs: Runs | None = None, gpu_present: Callable[[], bool] | None = None) -> Iterator[Finding]:
    """Run a small network on every provider that is offered, and look where it ran.

    Args:
        runs: Provider -> "" when it ran there, else why not; ONNX Runtime itself when None.
        gpu_present: Whether there is an NVIDIA GPU; looked for when None.
    """
    import onnxruntime

    attempt = runs or _run_on
    offered: list[str] = onnxruntime.get_available_providers()
    gpu = (gpu_present or nvidia_gpu)()
    if gpu and runs is None:
        preload_cuda(onnxruntime)
    wanted = [name for name in _ACCELERATORS if name in offered and (gpu or not name.startswith("CUDA"))]
    results = {name: attempt(name) for name in (*wanted, CPU)}
    working = [short(name) for name, reason in results.items() if not reason]
    details = {"offered": offered, "working": working, "failed": {short(k): v for k, v in results.items() if v}}
    if results[CPU]:
        message = f"Networks cannot run: {results[CPU]}"
        yield Finding("providers", Level.FAIL, "Providers", message, "Install the app again.", details)
        return
    missed = [name for name in wanted if results[name]]
    if gpu and short(_ACCELERATORS[0]) not in working:
        reason = results.get(_ACCELERATORS[0], "this ONNX Runtime has no CUDA")
        message = f"There is an NVIDIA GPU, but CUDA does not run ({reason}); networks run on the CPU."
        yield Finding("providers", Level.WARN, "Providers", message, _REMEDY_CUDA, details)
    elif missed:
        message = f"{short(missed[0])} does not run ({results[missed[0]]}); networks run on: {', '.join(working)}."
        yield Finding("providers", Level.WARN, "Providers", message, "Bring the graphics driver up to date.", details)
    else:
        yield Finding("providers", Level.OK, "Providers", f"really running: {', '.join(working)}", "", details)


def _run_on(provider: str) -> str:
    """Run the small network on one provider."""
    import numpy as np
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # on Windows the variable in `tryon_app/__init__.py` does not count
    onnxruntime.set_default_logger_severity(4)  # what fails is said in the finding
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(relu_network(), options, providers=[provider])
        used = session.get_providers()
        if provider not in used:
            return f"it fell back to {', '.join(short(name) for name in used)}"
        (result,) = session.run(None, {"x": np.array([-1, 0, 1, 2], np.float32)})
    except Exception as error:  # providers raise their own kinds
        return str(error).splitlines()[0][:200]
    return "" if np.array_equal(result, [0, 0, 1, 2]) else "its result is wrong"


def relu_network() -> bytes:
    """y = max(x, 0) over four floats, as an ONNX file: written by hand, so that no package for that is needed."""

    def entry(number: int, value: bytes | int) -> bytes:  # protobuf: a length-delimited field, or a small integer
        if isinstance(value, int):
            return bytes([number << 3, value])
        return bytes([number << 3 | 2, len(value)]) + value

    tensor = entry(1, entry(1, 1) + entry(2, entry(1, entry(1, 4))))  # float, one dimension of 4
    node = entry(1, b"x") + entry(2, b"y") + entry(4, b"Relu")
    graph = entry(1, node) + entry(2, b"g")
    graph += entry(11, entry(1, b"x") + entry(2, tensor)) + entry(12, entry(1, b"y") + entry(2, tensor))
    return entry(1, 8) + entry(7, graph) + entry(8, entry(1, b"") + entry(2, 13))  # IR version, graph, operator set
