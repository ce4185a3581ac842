"""Ships `resources/` and `models/`, which lie beside the package in the checkout, inside the wheel."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SHIPPED = ("resources", "models")
# Fetched models, the script that drew the garments, pictures for the README.
UNSHIPPED = shutil.ignore_patterns("cache", "draw", "screenshots", "__pycache__", ".*")


class BuildWithShared(build_py):
    """Adds `tryon_app/_share/{resources,models}`; `tryon_app.core.paths` looks there first."""

    def run(self) -> None:
        """Copy what ships, except in an editable installation, which reads the checkout itself."""
        super().run()
        if self.editable_mode:
            return
        for name in SHIPPED:
            target = Path(self.build_lib) / "tryon_app" / "_share" / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / name, target, ignore=UNSHIPPED)


setup(cmdclass={"build_py": BuildWithShared})
