"""Where things lie: what ships with the app, and the folders of the user.

What ships (`resources/`, `models/`) is found in a source checkout, in an installed wheel (`tryon_app/_share`) and in a
frozen app (PyInstaller's bundle). The user's folders follow the platform's custom, or lie together under `TRYON_HOME`
(kiosks, tests, portable installations). No function here creates anything.
"""

import os
import sys
from pathlib import Path

import platformdirs

APP_NAME = "tryon"
ENV_HOME = "TRYON_HOME"
ENV_MODELS = "TRYON_MODELS"

_PACKAGE = Path(__file__).resolve().parent.parent


def resources_dir() -> Path:
    """Icons, style, translations and the built-in garments."""
    return _shipped("resources")


def models_dir() -> Path:
    """`manifest.toml` and the weights that ship with the app."""
    return _shipped("models")


def user_data_dir() -> Path:
    """What the user made and wants to keep."""
    return _user("data", platformdirs.user_data_path(APP_NAME, appauthor=False))


def user_garments_dir() -> Path:
    """The user's own garments, one folder each."""
    return user_data_dir() / "garments"


def cache_dir() -> Path:
    """What can be made or fetched again."""
    return _user("cache", platformdirs.user_cache_path(APP_NAME, appauthor=False))


def models_cache_dir() -> Path:
    """Fetched models and the sample pack; `TRYON_MODELS` names another folder."""
    override = os.environ.get(ENV_MODELS)
    return Path(override).expanduser() if override else cache_dir() / "models"


def settings_file() -> Path:
    """The settings, TOML."""
    return _user("config", platformdirs.user_config_path(APP_NAME, appauthor=False)) / "settings.toml"


def log_dir() -> Path:
    """Log files."""
    return _user("logs", platformdirs.user_log_path(APP_NAME, appauthor=False))


def pictures_dir() -> Path:
    """Where snapshots go unless the settings say otherwise."""
    return _user("pictures", platformdirs.user_pictures_path() / "Tryon")


def videos_dir() -> Path:
    """Where recordings go unless the settings say otherwise."""
    return _user("videos", platformdirs.user_videos_path() / "Tryon")


def _user(name: str, platform_path: Path) -> Path:
    home = os.environ.get(ENV_HOME)
    return Path(home).expanduser() / name if home else platform_path


def _shipped(name: str) -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / name
    installed = _PACKAGE / "_share" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
