"""The settings page, generated from the settings: a row for each field, its control chosen by the field's type."""

import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from tryon_app.core.settings import Settings
from tryon_app.gui.texts import Texts

SECTIONS = ("view", "capture", "camera", "live", "pose")
"""Sections of the page in order; what was worn last is no setting that a person edits."""


def form(settings: Settings, texts: Texts) -> list[dict[str, Any]]:
    """Rows for QML, a heading in front of each section.

    A row is `{kind: heading|switch|choice|number|text|folder, section, key, label, help, value, ...}`; choices have
    `options` ({value, name}), numbers `minimum`, `maximum`, `step`, `decimals`.
    """
    rows: list[dict[str, Any]] = []
    for section in SECTIONS:
        model = getattr(settings, section)
        rows.append(
            {"kind": "heading", "section": section, "key": "", "label": texts.get(f"section_{section}", section)}
        )
        rows.extend(
            _row(section, key, field, getattr(model, key), texts) for key, field in type(model).model_fields.items()
        )
    return rows


def parse(settings: Settings, section: str, key: str, value: Any) -> Any:
    """A control's value in the field's type: QML knows one kind of number, and paths as text."""
    annotation = type(getattr(settings, section)).model_fields[key].annotation
    kinds = _kinds(annotation)
    if Path in kinds:
        return Path(value) if value else None
    if bool in kinds:
        return bool(value)
    if int in kinds:
        return round(float(value))
    return value


def _row(section: str, key: str, field: FieldInfo, value: Any, texts: Texts) -> dict[str, Any]:
    name = f"{section}_{key}"
    row: dict[str, Any] = {
        "section": section,
        "key": key,
        "label": texts.get(f"setting_{name}", key.replace("_", " ").capitalize()),
        "help": texts.get(f"help_{name}", field.description or ""),
        "value": str(value) if isinstance(value, Path) else value,
    }
    kinds = _kinds(field.annotation)
    if get_origin(field.annotation) is Literal:
        options = [str(option) for option in get_args(field.annotation)]
        named = [{"value": option, "name": texts.get(f"option_{key}_{option}", option)} for option in options]
        return row | {"kind": "choice", "options": named}
    if Path in kinds:
        return row | {"kind": "folder", "value": "" if value is None else str(value)}
    if bool in kinds:
        return row | {"kind": "switch"}
    if kinds & {int, float}:
        low, high = _limits(field.metadata)
        whole = int in kinds
        return row | {
            "kind": "number",
            "minimum": low,
            "maximum": high,
            "step": 1 if whole else 0.1,
            "decimals": 0 if whole else 2,
        }
    return row | {"kind": "text"}


def _kinds(annotation: Any) -> set[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        return set(get_args(annotation))
    return {annotation}


def _limits(metadata: Iterable[Any]) -> tuple[float, float]:
    low, high = 0.0, 1e6
    for limit in metadata:
        if isinstance(limit, annotated_types.Ge):
            low = float(limit.ge)  # type: ignore[arg-type]
        elif isinstance(limit, annotated_types.Gt):
            low = float(limit.gt) + 0.01  # type: ignore[arg-type]
        elif isinstance(limit, annotated_types.Le):
            high = float(limit.le)  # type: ignore[arg-type]
    return low, high
