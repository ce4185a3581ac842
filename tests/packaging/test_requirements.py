"""The locks that installers are built from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(path):
    found = {}
    for name, version in PIN.findall(path.read_text("utf-8")):
        found.setdefault(name.lower().replace("_", "-"), set()).add(version)
    return found


def lock(name):
    return ROOT / "packaging" / f"requirements-{name}.lock"


@pytest.mark.parametrize("name", ["cpu", "cuda", "tools"])
def test_locks_name_no_host_and_hash_everything(name):
    text = lock(name).read_text("utf-8")
    assert not re.search(r"https?:|file:|index-url|find-links|@ |^-e|^\s*/", text, re.MULTILINE)
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 25
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", ["cpu", "cuda"])
def test_what_is_shipped_is_what_was_tested(name):
    tested, shipped = pins(ROOT / "requirements.lock"), pins(lock(name))
    assert {pin: shipped[pin] for pin in shipped if pin in tested and not pin.startswith("onnxruntime")} == {
        pin: tested[pin] for pin in shipped if pin in tested and not pin.startswith("onnxruntime")
    }


@pytest.mark.parametrize(("name", "runtime"), [("cpu", "onnxruntime"), ("cuda", "onnxruntime-gpu")])
def test_each_flavour_has_one_runtime_and_no_gpl(name, runtime):
    shipped = pins(lock(name))
    assert {pin for pin in shipped if pin.startswith("onnxruntime")} == {runtime}
    assert not {"av", "torch", "anny", "pytest", "matplotlib"} & set(shipped)
    assert ("nvidia-cudnn-cu13" in shipped) == (name == "cuda")
    assert "pyinstaller" in shipped


def test_the_locks_hold_everything_the_app_asks_for(script):
    requirements = script("requirements")
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for flavour in requirements.FLAVOURS:
        wanted = {requirements.distribution(line) for line in requirements.requirements(flavour, dependencies)}
        assert wanted <= set(pins(lock(flavour)))
        assert "av" not in wanted
        assert {requirements.distribution(line) for line in dependencies} - wanted <= {
            "av",
            "onnxruntime",
            "onnxruntime-gpu",
        }


def test_names_of_requirements(script):
    distribution = script("requirements").distribution
    assert distribution("Foo_Bar.baz[x]>=1; sys_platform == 'darwin'") == "foo-bar-baz"
    assert distribution("# a comment") == ""
