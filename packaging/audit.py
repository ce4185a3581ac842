"""Audit and bill of materials of what is shipped: `python packaging/audit.py [--flavour cpu] [--output FOLDER]`.

Runs pip-audit over the flavour's lock with `--strict` (without it an unreachable database reads as "no
vulnerabilities"), and writes a CycloneDX bill of materials with the models added. Needs pip-audit and cyclonedx-bom.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from requirements import FLAVOURS, ROOT, lock_file, project


def main() -> None:
    """Read the arguments, audit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flavour", choices=FLAVOURS, default="cpu")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "package" / "results")
    parser.add_argument("--no-audit", action="store_true", help="write the bill of materials only")
    wanted = parser.parse_args()
    lock = str(lock_file(wanted.flavour))
    if not wanted.no_audit:
        # Hashes and no resolving: exactly the versions that are shipped.
        command = [sys.executable, "-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes", "-r", lock]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit("The audit found something, or could not be made; neither may be released.")
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", lock, "--output-format", "JSON"]
    command += ["--output-reproducible", "--spec-version", "1.6"]
    bill = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    manifest = tomllib.loads((ROOT / "models" / "manifest.toml").read_text("utf-8"))
    with_own_parts(bill, str(project()["version"]), manifest["models"])
    wanted.output.mkdir(parents=True, exist_ok=True)
    target = wanted.output / f"tryon-{project()['version']}-{wanted.flavour}.cdx.json"
    target.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", "utf-8")
    print(target)


def with_own_parts(bill: dict[str, Any], version: str, models: dict[str, Any]) -> None:
    """Add the app itself and the models to a bill of materials."""
    bill.setdefault("metadata", {})["component"] = {
        "type": "application",
        "name": "tryon",
        "version": version,
        "bom-ref": "tryon",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    for model_id, model in models.items():
        hashes = [
            {"alg": "SHA-256", "content": variant["sha256"]} for variant in model["variants"] if "sha256" in variant
        ]
        part = {
            "type": "machine-learning-model" if model_id != "samples" else "data",
            "name": model["title"],
            "bom-ref": f"model-{model_id}",
            "supplier": {"name": model["origin"]},
            "licenses": [{"license": {"id": model["licence"]}}],
        }
        bill.setdefault("components", []).append(part | ({"hashes": hashes[:1]} if hashes else {}))


if __name__ == "__main__":
    main()
