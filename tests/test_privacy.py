"""Nothing that is installed reports home on its own."""

import subprocess
import sys


def test_onnx_runtime_keeps_no_id_and_no_queue(tmp_path):
    """Its reporting leaves a session id and an offline queue in the temporary folder as soon as it is imported."""
    script = """
import tryon_app.doctor.providers as providers
assert providers._run_on("CPUExecutionProvider") == ""
"""
    folder = tmp_path / "tmp"
    folder.mkdir()
    environment = {"TMPDIR": str(folder), "HOME": str(tmp_path / "home"), "PATH": ""}
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120, env=environment)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == []
