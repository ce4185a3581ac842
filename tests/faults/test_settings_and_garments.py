"""Settings that are broken, old or from the future, and garments edited under a running app."""

import shutil

import pytest

from tryon_app import app
from tryon_app.commands.mirror import services
from tryon_app.core import paths
from tryon_app.core.errors import GarmentError
from tryon_app.core.settings import SETTINGS_VERSION, load_settings, save_settings

BROKEN = [b"", b"\xff\xfe\x00garbage", b"[view\nlanguage", b"\0" * 4096, b"version = 'new'", b'view = 3\nlast = "x"']


@pytest.mark.parametrize("content", BROKEN)
def test_the_window_gets_settings_whatever_the_file_holds_and_nothing_is_lost(content) -> None:
    path = paths.settings_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    settings = services().settings
    assert settings.version == SETTINGS_VERSION
    save_settings(settings.changed("view", language="zh_CN"))
    assert load_settings().view.language == "zh_CN"
    copies = [file.read_bytes() for file in path.parent.iterdir() if file != path]
    assert content in copies or not content


def test_settings_of_a_newer_version_are_used_and_kept() -> None:
    path = paths.settings_file()
    path.parent.mkdir(parents=True)
    text = f'version = {SETTINGS_VERSION + 7}\n[view]\nlanguage = "zh_CN"\ntheme = "hologram"\n[mirror_3d]\ndepth = 2\n'
    path.write_text(text, "utf-8")
    settings = services().settings
    assert settings.view.language == "zh_CN"
    assert settings.view.theme == "system"
    save_settings(settings)
    assert text in [file.read_text("utf-8") for file in path.parent.iterdir() if file != path]


@pytest.fixture
def own_garment():
    """A garment of the user's, as the catalogue found it when the window opened."""
    source = paths.resources_dir() / "garments" / "tee-white"
    folder = paths.user_garments_dir() / "my-tee"
    folder.parent.mkdir(parents=True)
    shutil.copytree(source, folder)
    assert "my-tee" in [entry.id for entry in services().entries()]
    return folder


def remove(folder):
    shutil.rmtree(folder)


def half_written(folder):
    text = (folder / "garment.toml").read_text("utf-8")
    (folder / "garment.toml").write_text(text[: len(text) // 2], "utf-8")


def picture_cut_short(folder):
    for picture in folder.glob("*.png"):
        picture.write_bytes(picture.read_bytes()[:500])


def picture_gone(folder):
    for picture in folder.glob("front.*"):
        picture.unlink()


@pytest.mark.parametrize("edit", [remove, half_written, picture_cut_short, picture_gone])
def test_a_garment_edited_while_the_window_is_open_is_refused_in_words(own_garment, edit) -> None:
    edit(own_garment)
    with pytest.raises(GarmentError) as caught:
        services().load_garment("my-tee")
    assert caught.value.remedy
    others = [entry.id for entry in services().entries()]
    assert "tee-white" in others
    assert services().load_garment("tee-white").id == "tee-white"


def test_a_garment_put_right_again_can_be_worn(own_garment) -> None:
    text = (own_garment / "garment.toml").read_text("utf-8")
    half_written(own_garment)
    with pytest.raises(GarmentError):
        services().load_garment("my-tee")
    (own_garment / "garment.toml").write_text(text, "utf-8")
    assert services().load_garment("my-tee").id == "my-tee"


def test_a_garment_that_is_worn_stays_worn_when_its_folder_goes(own_garment) -> None:
    garment = app.load_garment("my-tee")
    remove(own_garment)
    assert garment.front.rgba.any()  # its pictures were read, not mapped
