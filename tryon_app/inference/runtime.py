"""ONNX Runtime behind the few calls that a `Network` makes; imported when the first network is opened, not before."""

import contextlib
import ctypes
import importlib.util
import io
import os
import platform
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tryon_app.core import paths
from tryon_app.core.errors import ModelError
from tryon_app.core.files import make_folder
from tryon_app.core.types import Float32

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
DIRECTML = "DmlExecutionProvider"
PREFERRED = (
    TENSORRT,
    CUDA,
    DIRECTML,
    "CoreMLExecutionProvider",
    "OpenVINOExecutionProvider",
    CPU,
)
"""Providers in the order in which they are tried; the first of equally fast ones is taken."""

_QUIET = 4
"""Log level "fatal": what fails is caught, judged and told by us, once and readably."""


class Session(Protocol):
    """A network that was loaded: the part of `onnxruntime.InferenceSession` that is used."""

    def get_providers(self) -> list[str]:
        """What really runs it, the most important first."""

    def get_inputs(self) -> Sequence[Any]:
        """Each with `name`, `shape` and `type`."""

    def get_outputs(self) -> Sequence[Any]:
        """Each with `name`, `shape` and `type`."""

    def run(self, names: Sequence[str], feeds: Mapping[str, Float32]) -> list[Float32]:
        """The outputs of these names."""


class Runtime(Protocol):
    """Where sessions come from; tests bring their own."""

    @property
    def version(self) -> str:
        """Of the library."""

    def candidates(self) -> tuple[str, ...]:
        """Providers worth trying on this machine, best first; the CPU is always the last."""

    def session(self, network: bytes, provider: str, threads: int) -> Session:
        """Load a network for a provider, with others for what that cannot do. Whether it was taken,
        `get_providers` says; raises whatever the provider raises.
        """


class OnnxRuntime:
    """Implements `Runtime`.

    Args:
        cache: Folder for what providers compile; made when needed.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._preloaded = False

    @property
    def version(self) -> str:
        """See `Runtime`."""
        return str(_library().__version__)

    def candidates(self) -> tuple[str, ...]:
        """See `Runtime`. That a provider is offered says nothing: the wheels for CUDA offer it on every machine, and
        finding out by loading it costs a second. So NVIDIA's two are candidates only where there is such a GPU, and
        TensorRT, which brings no library of its own, only where somebody installed that.
        """
        offered = set(_library().get_available_providers())
        if not nvidia_gpu():
            offered -= {CUDA, TENSORRT}
        elif TENSORRT in offered and not _tensorrt_installed():
            offered.discard(TENSORRT)
        return tuple(name for name in PREFERRED if name in offered or name == CPU)

    def session(self, network: bytes, provider: str, threads: int) -> Session:
        """See `Runtime`."""
        library = _library()
        if provider in (CUDA, TENSORRT) and not self._preloaded:
            preload_cuda(library)
            self._preloaded = True
        options = library.SessionOptions()
        options.log_severity_level = _QUIET
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait would take the cores from MediaPipe and from the other half of the pipeline.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_mem_pattern = provider != DIRECTML  # which cannot have it
        wanted: list[Any] = [(provider, self._options(provider))]
        wanted += [CUDA] if provider == TENSORRT else []
        wanted += [CPU] if provider != CPU else []
        session = library.InferenceSession(network, options, providers=wanted)
        # Its own fallback would hide that a provider died.
        session.disable_fallback()
        found: Session = session
        return found

    def _options(self, provider: str) -> dict[str, Any]:
        if provider == CUDA:
            # The default, an exhaustive search for the fastest convolutions, takes many seconds.
            return {"cudnn_conv_algo_search": "HEURISTIC"}
        if provider == TENSORRT:
            folder = (self._cache or paths.cache_dir()) / "tensorrt"
            make_folder(folder)
            # Building an engine takes up to minutes: once.
            return {"trt_engine_cache_enable": True, "trt_engine_cache_path": str(folder), "trt_fp16_enable": True}
        return {}


def short(provider: str) -> str:
    """ "CUDAExecutionProvider" -> "CUDA"; DirectML by its full name."""
    name = provider.removesuffix("ExecutionProvider")
    return {"Dml": "DirectML", "Tensorrt": "TensorRT"}.get(name, name)


def usual_threads() -> int:
    """Threads for one network beside the rest of the pipeline.

    MediaPipe and the thread that fits and draws keep two cores busy all the time: up to four cores, a second thread of
    ours makes the network a little quicker and everything else slower. Beyond, a quarter of the cores, at most four:
    networks of this size gain nothing from more.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(4, cores // 4))


def nvidia_gpu() -> bool:
    """Whether there is an NVIDIA GPU with its driver."""
    if sys.platform.startswith("linux"):
        # The last is Windows' driver as Linux under Windows sees it.
        signs = ("/proc/driver/nvidia/gpus", "/dev/nvidia0", "/usr/lib/wsl/lib/libcuda.so.1")
        return any(Path(sign).exists() for sign in signs)
    return sys.platform == "win32" and shutil.which("nvidia-smi") is not None


def machine() -> str:
    """What a choice of provider depends on besides the software, where a home folder is shared between machines."""
    return f"{platform.node()} {platform.machine()}"


def _tensorrt_installed() -> bool:
    if importlib.util.find_spec("tensorrt_libs") is not None:
        return True
    name = "nvinfer_10.dll" if sys.platform == "win32" else "libnvinfer.so.10"
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _library() -> Any:
    """The package, told to be quiet and to send nothing.

    Raises:
        ModelError: It cannot be loaded.
    """
    try:
        import onnxruntime
    except (ImportError, OSError) as error:  # a missing system library is an ImportError on Linux, an OSError elsewhere
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"ONNX Runtime cannot be loaded ({reason}).", "Run `tryon doctor`.") from error
    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(_QUIET)
    return onnxruntime


def preload_cuda(library: Any) -> None:
    """Find the CUDA libraries of pip packages, before the first session that needs them."""
    if hasattr(library, "preload_dlls"):
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what it does not find
            library.preload_dlls()
