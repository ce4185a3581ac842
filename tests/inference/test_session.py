"""A network on providers that do what the test says, and on ONNX Runtime itself."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.inference.onnx_files import doubling, parsing_like
from tryon_app.core.errors import ModelError
from tryon_app.inference import runtime as runtime_module
from tryon_app.inference.choices import Choices
from tryon_app.inference.manifest import Contract
from tryon_app.inference.runtime import CPU, CUDA, PREFERRED, TENSORRT, OnnxRuntime, usual_threads
from tryon_app.inference.session import Network

DML = "DmlExecutionProvider"
SHAPE = (1, 4)
CONTRACT = Contract(inputs={"x": SHAPE}, outputs={"y": SHAPE})
INPUT = {"x": np.array([[1, 2, 3, 4]], np.float32)}
DOUBLED = [[2, 4, 6, 8]]


def tensor(name: str, shape: Sequence[Any] = SHAPE, kind: str = "tensor(float)") -> SimpleNamespace:
    return SimpleNamespace(name=name, shape=list(shape), type=kind)


@dataclass
class FakeSession:
    """Doubles; takes the time of its provider, and dies, lies or stutters when told to."""

    world: "FakeRuntime"
    provider: str
    coarse: bool = False

    def get_providers(self) -> list[str]:
        return [self.world.instead.get(self.provider, self.provider), CPU]

    def get_inputs(self) -> list[SimpleNamespace]:
        return self.world.inputs

    def get_outputs(self) -> list[SimpleNamespace]:
        return [tensor("y")]

    def run(self, names: Sequence[str], feeds: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        self.world.runs.append(self.provider)
        self.world.now_s += self.world.seconds.get(self.provider, 1 / 128)  # adds up without rounding
        if self.provider in self.world.dead:
            raise RuntimeError(f"device {self.provider} was removed\nand a long trace")
        factor = self.world.factors.get(self.provider, 2.0) * (1.2 if self.coarse else 1.0)
        return [feeds["x"] * np.float32(factor)]


@dataclass
class FakeRuntime:
    offered: tuple[str, ...] = (CUDA, DML, CPU)
    version: str = "1.0"
    seconds: dict[str, float] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)
    instead: dict[str, str] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    factors: dict[str, float] = field(default_factory=dict)
    inputs: list[SimpleNamespace] = field(default_factory=lambda: [tensor("x")])
    loaded: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    coarse: tuple[bytes, ...] = ()
    runs: list[str] = field(default_factory=list)
    now_s: float = 0.0

    def candidates(self) -> tuple[str, ...]:
        return self.offered

    def session(self, network: bytes, provider: str, threads: int) -> FakeSession:
        self.loaded.append(provider)
        self.files.append((provider, network))
        if provider in self.refuses:
            raise RuntimeError("no such device")
        return FakeSession(self, provider, network in self.coarse)

    def clock(self) -> float:
        return self.now_s


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Network]:
    """A network on a runtime, with the choices of this machine."""
    file = tmp_path / "net.onnx"
    file.write_bytes(b"a network")

    def build(world: FakeRuntime, remember: bool = True) -> Network:
        choices = Choices(tmp_path / "cache" / "providers.json") if remember else None
        return Network("net", lambda: file, CONTRACT, choices, world, threads=1, clock=world.clock)

    return build


Make = Callable[..., Network]


def test_the_fastest_that_runs_is_taken_and_remembered(make: Make, tmp_path: Path) -> None:
    world = FakeRuntime(seconds={CUDA: 0.004, DML: 0.002, CPU: 0.008})
    network = make(world)
    network.open()
    assert (network.provider, network.runs_on) == (DML, "ONNX Runtime DirectML")
    assert network.run(INPUT)["y"].tolist() == DOUBLED
    assert world.loaded == [CPU, CUDA, DML]
    (entry,) = json.loads((tmp_path / "cache" / "providers.json").read_text())["choices"]
    assert entry["chosen"] == DML
    assert entry["times_ms"] == {CPU: 8.0, CUDA: 4.0, DML: 2.0}
    again = FakeRuntime(seconds=world.seconds)
    second = make(again)
    second.open()
    assert second.provider == DML
    assert (again.loaded, again.runs) == ([DML], [DML])


@pytest.mark.parametrize("there", [True, False])
def test_the_cpu_has_a_copy_of_its_own_where_there_is_one(tmp_path: Path, there: bool) -> None:
    full, copy = tmp_path / "net.onnx", tmp_path / "cpu.onnx"
    full.write_bytes(b"a network")
    if there:
        copy.write_bytes(b"in 8 bits")
    world = FakeRuntime(offered=(CUDA, CPU), coarse=(b"in 8 bits",))
    network = Network("net", lambda: full, CONTRACT, None, world, 1, world.clock, cpu_model=lambda: copy)
    network.open()
    # What others say is compared with the full network's result, not with the copy's.
    assert network.provider == CUDA
    assert world.files == [
        (CPU, b"in 8 bits" if there else b"a network"),
        (CPU, b"a network"),
        (CUDA, b"a network"),
    ]
    network.close()


def test_a_cpu_alone_needs_its_own_copy_only(tmp_path: Path) -> None:
    copy = tmp_path / "cpu.onnx"
    copy.write_bytes(b"in 8 bits")
    world = FakeRuntime(offered=(CPU,))
    network = Network("net", lambda: tmp_path / "none", CONTRACT, None, world, 1, world.clock, cpu_model=lambda: copy)
    network.open()
    assert world.files == [(CPU, b"in 8 bits")]
    network.close()


def test_of_equally_fast_ones_the_preferred_is_taken(make: Make) -> None:
    network = make(FakeRuntime())
    network.open()
    assert network.provider == CUDA


def test_a_cpu_alone_is_not_timed_and_not_remembered(make: Make, tmp_path: Path) -> None:
    world = FakeRuntime(offered=(CPU,))
    network = make(world)
    network.open()
    assert (network.runs_on, world.runs) == ("ONNX Runtime (CPU, 1 thread)", [CPU])
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("change", ["version", "offered", "file"])
def test_with_anything_changed_it_is_measured_again(make: Make, tmp_path: Path, change: str) -> None:
    make(FakeRuntime()).open()
    world = FakeRuntime()
    if change == "version":
        world.version = "1.1"
    elif change == "offered":
        world.offered = (CUDA, CPU)
    else:
        (tmp_path / "net.onnx").write_bytes(b"another network")
    make(world).open()
    assert len(world.loaded) == len(world.offered)


def test_a_remembered_provider_that_is_gone(make: Make) -> None:
    make(FakeRuntime()).open()
    world = FakeRuntime(refuses={CUDA})
    network = make(world)
    network.open()
    assert network.provider == DML
    assert network.failures == {CUDA: "no such device"}
    assert network.notices == ()  # it never ran in this session: `tryon doctor` tells


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"format": 1, "choices": [3, {"chosen": 4}]}', '{"format": 9}'])
def test_broken_memories_cost_nothing_but_time(make: Make, tmp_path: Path, text: str) -> None:
    path = tmp_path / "cache" / "providers.json"
    path.parent.mkdir()
    path.write_text(text)
    network = make(FakeRuntime(seconds={DML: 0.001}))
    network.open()
    assert network.provider == DML
    assert json.loads(path.read_text())["choices"][0]["chosen"] == DML


def test_a_memory_that_cannot_be_written(make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file")
    network = make(FakeRuntime())
    network.open()
    assert network.provider == CUDA
    assert "not remembered" in caplog.text


def test_a_provider_that_was_only_listed_does_not_count(make: Make) -> None:
    network = make(FakeRuntime(instead={CUDA: CPU}, factors={DML: 3.0}))
    network.open()
    assert network.provider == CPU
    assert network.failures == {CUDA: "it was not taken, CPU and CPU was", DML: "its result is wrong"}


def test_half_precision_is_no_wrong_result(make: Make) -> None:
    network = make(FakeRuntime(offered=(CUDA, CPU), factors={CUDA: 2.004}))
    network.open()
    assert network.provider == CUDA


def test_when_a_provider_dies_the_next_takes_over_and_it_is_said(make: Make, tmp_path: Path) -> None:
    world = FakeRuntime(seconds={CUDA: 0.001, DML: 0.002, CPU: 0.003})
    network = make(world)
    network.open()
    world.dead.add(CUDA)
    assert network.run(INPUT)["y"].tolist() == DOUBLED
    assert network.provider == DML
    (notice,) = network.notices
    assert "CUDA stopped working (device CUDAExecutionProvider was removed)" in notice.message
    assert "ONNX Runtime DirectML took over" in notice.message
    assert "driver" in notice.remedy
    # The next start measures anew instead of trusting what died.
    assert json.loads((tmp_path / "cache" / "providers.json").read_text())["choices"] == []
    world.dead.add(DML)
    assert network.run(INPUT)["y"].tolist() == DOUBLED
    assert network.provider == CPU
    assert len(network.notices) == 2
    world.dead.clear()
    network.open()
    assert (network.provider, network.notices) == (CUDA, ())


def test_values_that_are_no_numbers_count_as_dying(make: Make) -> None:
    world = FakeRuntime(offered=(CUDA, CPU))
    network = make(world)
    network.open()
    world.factors[CUDA] = float("nan")
    assert network.run(INPUT)["y"].tolist() == DOUBLED
    assert network.provider == CPU


def test_when_nothing_runs_any_more(make: Make) -> None:
    world = FakeRuntime(offered=(CPU,))
    network = make(world)
    network.open()
    world.dead.add(CPU)
    with pytest.raises(ModelError, match=r"cannot run any more: CPU failed \(device .* was removed\)") as caught:
        network.run(INPUT)
    assert caught.value.remedy
    assert (network.provider, network.runs_on, network.notices) == ("", "", ())
    with pytest.raises(RuntimeError, match="open"):
        network.run(INPUT)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([tensor("z")], "takes z"),
        ([tensor("x", (1, 5))], r"\(1, 5\)"),
        ([tensor("x", ("batch", 4))], "batch"),
        ([tensor("x", kind="tensor(float16)")], "float16"),
        ([tensor("x"), tensor("y")], "y"),
    ],
)
def test_another_network_is_refused(make: Make, inputs: list[SimpleNamespace], said: str) -> None:
    network = make(FakeRuntime(inputs=inputs))
    with pytest.raises(ModelError, match=said) as caught:
        network.open()
    assert caught.value.remedy == "Install the app again."
    assert network.provider == ""


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    network = Network("net", lambda: tmp_path / "none.onnx", CONTRACT, runtime=FakeRuntime())
    with pytest.raises(ModelError, match="cannot be read"):
        network.open()
    network.close()
    network.close()


# -- ONNX Runtime itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def real(tmp_path: Path) -> Callable[..., Network]:
    def build(content: bytes, contract: Contract = CONTRACT) -> Network:
        file = tmp_path / "real.onnx"
        file.write_bytes(content)
        return Network("net", lambda: file, contract)

    return build


def test_a_real_network(real: Callable[..., Network]) -> None:
    network = real(doubling())
    for _ in range(2):
        network.open()
        assert network.run(INPUT)["y"].tolist() == DOUBLED
        assert network.runs_on.startswith("ONNX Runtime")
        network.close()


def test_a_network_of_the_parsing_kind(real: Callable[..., Network]) -> None:
    contract = Contract(
        inputs={"picture": (1, 15, 256, 192)}, outputs={"parts": (1, 15, 128, 96), "materials": (1, 9, 128, 96)}
    )
    network = real(parsing_like(), contract)
    network.open()
    picture = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 15, 256, 192)).astype(np.float32)
    outputs = network.run({"picture": picture})
    assert outputs["parts"].sum(axis=1) == pytest.approx(np.ones((1, 128, 96)), abs=1e-5)
    half = 10 * picture.reshape(1, 15, 128, 2, 96, 2).mean(axis=(3, 5))
    expected = np.exp(half) / np.exp(half).sum(axis=1, keepdims=True)
    assert outputs["parts"] == pytest.approx(expected, abs=1e-5)
    network.close()


@pytest.mark.parametrize("content", [b"", b"not a network", doubling()[:-9]])
def test_a_file_that_is_no_network(real: Callable[..., Network], content: bytes, capfd) -> None:
    with pytest.raises(ModelError, match="cannot run the network 'net'") as caught:
        real(content).open()
    assert "\n" not in caught.value.message
    assert capfd.readouterr() == ("", "")


def test_without_a_gpu_nothing_of_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: [TENSORRT, CUDA, CPU])
    monkeypatch.setattr(runtime_module, "nvidia_gpu", lambda: False)
    assert OnnxRuntime().candidates() == (CPU,)
    monkeypatch.setattr(runtime_module, "nvidia_gpu", lambda: True)
    monkeypatch.setattr(runtime_module, "_tensorrt_installed", lambda: False)
    assert OnnxRuntime().candidates() == (CUDA, CPU)
    monkeypatch.setattr(runtime_module, "_tensorrt_installed", lambda: True)
    assert OnnxRuntime().candidates() == (TENSORRT, CUDA, CPU)
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["AzureExecutionProvider", CPU])
    assert OnnxRuntime().candidates() == (CPU,)
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: list(reversed(PREFERRED)))
    assert OnnxRuntime().candidates() == PREFERRED


@pytest.mark.parametrize(
    ("provider", "wanted"),
    [(CPU, [CPU]), (CUDA, [CUDA, CPU]), (TENSORRT, [TENSORRT, CUDA, CPU]), (DML, [DML, CPU])],
)
def test_what_is_asked_of_the_library(monkeypatch, tmp_path, provider: str, wanted: list[str], capsys) -> None:
    asked: list[Any] = []

    class Loaded:
        def __init__(self, network: bytes, options: Any, providers: list[Any]) -> None:
            asked.append((options, providers))
            self.own_fallback = True

        def disable_fallback(self) -> None:
            self.own_fallback = False

    preloads: list[str] = []
    monkeypatch.setattr("onnxruntime.InferenceSession", Loaded)
    monkeypatch.setattr("onnxruntime.preload_dlls", lambda: preloads.append("") or sys.stdout.write("not found"))
    runtime = OnnxRuntime(cache=tmp_path)
    sessions = [runtime.session(b"", provider, 2) for _ in range(2)]
    options, providers = asked[0]
    assert [entry if isinstance(entry, str) else entry[0] for entry in providers] == wanted
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (2, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert options.enable_mem_pattern == (provider != DML)
    assert not any(session.own_fallback for session in sessions)
    assert len(preloads) == (provider in (CUDA, TENSORRT)), "once"
    assert capsys.readouterr().out == ""
    if provider == TENSORRT:
        assert Path(providers[0][1]["trt_engine_cache_path"]).parent == tmp_path


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 1), (7, 1), (8, 2), (16, 4), (64, 4)])
def test_threads_leave_room_for_the_rest(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    monkeypatch.setattr(runtime_module.os, "sched_getaffinity", lambda process: set(range(cores)), raising=False)
    assert usual_threads() == threads


def test_a_runtime_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, real: Callable[..., Network]) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="ONNX Runtime cannot be loaded") as caught:
        real(doubling()).open()
    assert "doctor" in caught.value.remedy


def test_it_is_imported_only_when_a_network_is_opened() -> None:
    code = "import sys, tryon_app.inference.session, tryon_app.perception.parsing_network as p; p.CONTRACT; "
    code += "sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
