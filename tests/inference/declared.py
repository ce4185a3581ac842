"""A manifest with a parsing network of our own beside it."""

from pathlib import Path

from tests.inference.conftest import digest
from tests.inference.onnx_files import parsing_like
from tryon_app.inference.manifest import Manifest

FILE = "parsing.onnx"


def declare_parsing(folder: Path) -> Manifest:
    """Write the network into a folder.

    Returns:
        The manifest that declares it, and nothing else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = parsing_like()
    (folder / FILE).write_bytes(content)
    model = {
        "title": "Parsing",
        "licence": "Apache-2.0",
        "origin": "this project",
        "used_by": ["tryon_app.perception.parsing_network"],
        "input": "a crop of the frame, the person's mask, their limbs",
        "output": "body parts and materials",
        "tensors": {
            "inputs": {"picture": [1, 15, 256, 192]},
            "outputs": {"parts": [1, 15, 128, 96], "materials": [1, 9, 128, 96]},
        },
        "training": {
            "data": "make",
            "command": "train",
            "seed": 1,
            "steps": 1,
            "opset": 17,
            "evaluate": "measure",
            "quality": {"material_miou": 0.5},
        },
        "variants": [{"make": "bundled", "file": FILE, "sha256": digest(content)}],
    }
    return Manifest.model_validate({"version": 1, "downloads": {}, "models": {"parsing": model}})
