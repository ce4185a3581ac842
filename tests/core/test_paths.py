import sys
from pathlib import Path

import pytest

from tryon_app.core import paths

USER = (
    paths.user_data_dir,
    paths.user_garments_dir,
    paths.cache_dir,
    paths.settings_file,
    paths.log_dir,
    paths.pictures_dir,
    paths.videos_dir,
)


def test_what_ships_is_found_in_the_checkout():
    assert (paths.resources_dir() / "garments").is_dir()
    assert paths.models_dir().is_dir()
    assert paths.models_dir().parent == paths.resources_dir().parent


def test_a_frozen_app_looks_into_its_bundle(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources_dir() == tmp_path / "resources"
    assert paths.models_dir() == tmp_path / "models"


def test_an_installed_wheel_looks_into_the_package(monkeypatch, tmp_path):
    package = tmp_path / "site-packages" / "tryon_app"
    (package / "_share" / "resources").mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", package)
    assert paths.resources_dir() == package / "_share" / "resources"


@pytest.mark.parametrize("folder", USER)
def test_one_variable_moves_all_user_folders(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("TRYON_HOME", str(tmp_path / "kiosk"))
    assert folder().is_relative_to(tmp_path / "kiosk")
    assert not (tmp_path / "kiosk").exists()


@pytest.mark.parametrize("folder", USER)
def test_without_it_they_lie_where_the_platform_wants_them(folder, monkeypatch):
    monkeypatch.delenv("TRYON_HOME")
    assert folder().is_absolute()
    assert "tryon" in str(folder()).lower()


def test_the_models_may_lie_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("TRYON_MODELS", str(tmp_path / "shared"))
    assert paths.models_cache_dir() == tmp_path / "shared"
    monkeypatch.setenv("TRYON_MODELS", "~/models")
    assert paths.models_cache_dir() == Path("~/models").expanduser()
    monkeypatch.delenv("TRYON_MODELS")
    assert paths.models_cache_dir().is_relative_to(paths.cache_dir())
