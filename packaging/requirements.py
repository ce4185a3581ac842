"""What an installer needs, derived from `pyproject.toml`, and its locks.

`python packaging/requirements.py` renews `requirements-{cpu,cuda,tools}.lock` with uv. The versions are those of
`requirements.lock`, so that what is shipped is what was tested; "tools" is what a release is audited with.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAVOURS = ("cpu", "cuda")

# Bundles x264 and x265, which are GPL: fine on a user's own machine, not in what we hand out.
LEFT_OUT = frozenset({"av"})
_ONNX = frozenset({"onnxruntime", "onnxruntime-gpu"})
_RUNTIME = {
    "cpu": ["onnxruntime>=1.31"],
    # CUDA and cuDNN come with it as wheels; macOS has no CUDA and so no such flavour.
    "cuda": ["onnxruntime-gpu[cuda,cudnn]>=1.31"],
}
# setuptools: pip installs the project itself without looking for its build tools on an index.
_TOOLS = ("pyinstaller>=6.22", "setuptools>=77")
_AUDIT = ("cyclonedx-bom>=7", "pip-audit>=2.9")
_COMMAND = "python packaging/requirements.py"


def lock_file(name: str) -> Path:
    """Where a lock lies: a flavour's, or that of the "tools"."""
    return ROOT / "packaging" / f"requirements-{name}.lock"


def requirements(flavour: str, project_dependencies: list[str]) -> list[str]:
    """What a flavour's environment holds.

    Args:
        flavour: One of `FLAVOURS`.
        project_dependencies: `project.dependencies` of `pyproject.toml`.
    """
    kept = [line for line in project_dependencies if distribution(line) not in LEFT_OUT | _ONNX]
    return [*kept, *_RUNTIME[flavour], *_TOOLS]


def distribution(requirement: str) -> str:
    """The normalised name in a requirement: "Foo_bar[x]>=1; marker" -> "foo-bar"."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def project() -> dict[str, object]:
    """The table `project` of `pyproject.toml`."""
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def lock(name: str, wanted: Sequence[str]) -> None:
    """Write a lock.

    Args:
        name: Of the lock: a flavour, or "tools".
        wanted: Requirements.

    Raises:
        SystemExit: There is no uv, or it finds no versions that go together.
    """
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("uv is needed to renew the locks: pip install uv")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "requirements.in"
        source.write_text("\n".join(wanted) + "\n", "utf-8")
        command = [uv, "pip", "compile", "-q", "--universal", "--generate-hashes", "--python-version", "3.11"]
        command += [
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--no-annotate",
            "--custom-compile-command",
            _COMMAND,
        ]
        command += [str(source), "-c", str(ROOT / "requirements.lock"), "-o", str(lock_file(name))]
        done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    print(f"{lock_file(name).relative_to(ROOT)}: written")


def main() -> None:
    """Renew all locks."""
    dependencies = project()["dependencies"]
    if not isinstance(dependencies, list):
        sys.exit("pyproject.toml has no list of dependencies")
    for flavour in FLAVOURS:
        lock(flavour, requirements(flavour, dependencies))
    lock("tools", _AUDIT)


if __name__ == "__main__":
    main()
