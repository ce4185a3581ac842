"""All checks, in the order a person reads them."""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from tryon_app.doctor.report import Check, Finding


def all_checks(open_store: Callable[[], Any], updates: str = "") -> tuple[Check, ...]:
    """Everything a user may lack.

    Args:
        open_store: Makes the `ModelStore`, and says which models the app cannot do without.
        updates: Where the newest version is written down; "" = nobody asked.
    """
    asked = (_check("updates", "Updates", "updates", "check_updates", updates),) if updates else ()
    return (
        *asked,
        _check("python", "Python", "python_checks", "check_python"),
        _check("packages", "Packages", "python_checks", "check_packages"),
        _check("libraries", "System libraries", "libraries", "check_libraries"),
        _check("opengl", "OpenGL driver", "libraries", "check_opengl"),
        _check("display", "Display", "system", "check_display"),
        _check("fonts", "Fonts", "system", "check_fonts"),
        _check("camera", "Camera", "devices", "check_cameras"),
        _check("camera.permission", "Camera permission", "devices", "check_camera_permission"),
        _check("models", "Models", "model_checks", "check_models", open_store),
        _check("networks", "Networks", "network_checks", "check_networks", open_store),
        _check("providers", "Providers", "providers", "check_providers"),
        _check("memory", "Memory", "system", "check_memory"),
        _check("folders", "Folders", "folders", "check_folders"),
        _check("settings", "Settings", "folders", "check_settings"),
    )


def _check(check_id: str, title: str, module: str, function: str, *arguments: Any) -> Check:
    """A check whose module is imported only when it looks: a missing package then costs that check alone."""

    def look() -> Iterable[Finding]:
        findings: Iterable[Finding] = getattr(importlib.import_module(f"tryon_app.doctor.{module}"), function)(
            *arguments
        )
        return findings

    return Check(check_id, title, look)
