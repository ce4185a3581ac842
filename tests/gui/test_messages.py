"""Failures that the window may show are said in Chinese too."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import tryon_app
from tryon_app.core import paths
from tryon_app.gui.texts import template_pattern

ROOT = Path(tryon_app.__file__).parent
ROOMS = ("cameras", "runtime", "garments", "inference/store.py", "core/files.py", "core/stills.py")
ROOMS += ("core/reading.py", "inference/runtime.py", "inference/session.py", "perception/parsing_network.py")
RAISED = ("CameraError", "GarmentError", "InputError", "ModelError", "OutputError", "LiveStatus", "Notice")
RAISED += ("kind", "too_much", "expect_file", "_say", "_trouble", "_camera_trouble", "_on_trouble", "_on_failed")


def templates(node: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    """The sentences an expression may become, names in them as {}."""
    if isinstance(node, ast.Name) and node.id in constants:
        return templates(constants[node.id], {})
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return templates(node.body, constants) + templates(node.orelse, constants)
    return []


def raised(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    assigned = (node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name))
    constants = {node.targets[0].id: node.value for node in assigned}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in RAISED:
            continue
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            yield from (sentence for sentence in templates(argument, constants) if " " in sentence)


@pytest.mark.parametrize("room", ROOMS)
def test_failures_are_translated(room):
    table = json.loads((paths.resources_dir() / "translations" / "zh_CN.json").read_text("utf-8"))["messages"]
    patterns = [template_pattern(english) for english in table]
    place = ROOT / room
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    missing = [
        sentence
        for file in files
        for sentence in raised(file.read_text("utf-8"))
        # A sentence made of other sentences alone is translated part by part.
        if sentence.replace("{}", "").strip(" :.,()") and not any(p.fullmatch(sentence) for p in patterns)
    ]
    assert not missing
