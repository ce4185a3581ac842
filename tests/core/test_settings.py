import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tryon_app.core import paths
from tryon_app.core.errors import OutputError, UsageError
from tryon_app.core.settings import Settings, load_settings, save_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder / "settings.toml"


@pytest.fixture
def said() -> list[str]:
    return []


def others(file: Path) -> list[Path]:
    return sorted(path for path in file.parent.iterdir() if path != file)


def test_no_file_means_defaults_and_writes_nothing(file, said):
    assert load_settings(file, report=said.append) == Settings()
    assert said == []
    assert list(file.parent.iterdir()) == []


def test_what_is_saved_is_loaded(tmp_path):
    changed = Settings().changed("view", language="zh_CN", theme="dark").changed("last", garment="白色", size="M")
    changed = changed.changed("capture", snapshot_folder=tmp_path / "图片", countdown_s=0)
    save_settings(changed)
    assert paths.settings_file().is_file()
    assert load_settings() == changed


def test_snapshots_are_frozen():
    with pytest.raises(ValidationError):
        Settings().view = Settings().view
    with pytest.raises(ValidationError):
        Settings().view.theme = "dark"


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("view", {"theme": "pink"}),
        ("view", {"colour": "x"}),
        ("nothing", {"x": 1}),
        ("version", {"x": 1}),
        ("live", {"target_fps": 0}),
    ],
)
def test_a_change_outside_the_limits_is_refused(section, values):
    with pytest.raises(UsageError, match=section):
        Settings().changed(section, **values)


def test_every_setting_has_a_text_and_a_valid_default():
    for name, field in Settings.model_fields.items():
        if name == "version":
            continue
        section = field.get_default()
        assert type(section).model_validate(section.model_dump()) == section
        for key, setting in type(section).model_fields.items():
            assert setting.description, f"{name}.{key}"


@pytest.mark.parametrize("content", [b"version = [", b"\xff\xfe\x00", b"version = 1\n[view\n"])
def test_a_broken_file_is_set_aside_whole(file, said, content):
    file.write_bytes(content)
    assert load_settings(file, report=said.append) == Settings()
    (aside,) = others(file)
    assert aside.read_bytes() == content
    assert aside.name in said[0]
    assert not file.exists()


def test_a_file_that_breaks_after_the_start_is_copied_before_saving(file):
    file.write_bytes(b"[[[")
    save_settings(Settings(), file)
    (copy,) = others(file)
    assert copy.read_bytes() == b"[[["
    assert load_settings(file) == Settings()


def test_one_bad_value_costs_only_itself(file, said):
    text = 'version = 1\nlive = 5\n[view]\ntheme = "pink"\nlanguage = "zh_CN"\n[camera]\nfps = 100000\nwidth = 640\n'
    file.write_text(text)
    loaded = load_settings(file, report=said.append)
    assert loaded.view.theme == "system"
    assert loaded.view.language == "zh_CN"
    assert (loaded.camera.fps, loaded.camera.width) == (30, 640)
    assert loaded.live == Settings().live
    assert len(said) == 3
    assert any("view.theme" in line and "pink" in line for line in said)
    assert file.read_text() == text
    save_settings(loaded, file)
    (copy,) = others(file)
    assert copy.read_text() == text
    assert load_settings(file) == loaded


def test_a_newer_file_is_used_and_kept(file, said):
    text = 'version = 99\n[view]\ntheme = "dark"\nhologram = true\n[teleport]\nrange = 5\n'
    file.write_text(text)
    loaded = load_settings(file, report=said.append)
    assert loaded.view.theme == "dark"
    assert "newer" in said[0]
    assert others(file) == []
    save_settings(loaded, file)
    (copy,) = others(file)
    assert copy.read_text() == text
    assert ".v99." in copy.name


def test_keys_of_others_stay(file):
    file.write_text('version = 1\n[view]\ntheme = "dark"\nplugin = 3\n[extra]\nx = 1\n')
    save_settings(load_settings(file).changed("view", theme="light"), file)
    document = tomllib.loads(file.read_text())
    assert document["view"]["theme"] == "light"
    assert document["view"]["plugin"] == 3
    assert document["extra"] == {"x": 1}
    assert others(file) == []


def test_a_setting_that_is_unset_leaves_the_file(file, tmp_path):
    save_settings(Settings().changed("capture", snapshot_folder=tmp_path), file)
    save_settings(load_settings(file).changed("capture", snapshot_folder=None), file)
    assert load_settings(file).capture.snapshot_folder is None


def test_an_older_file_is_copied_then_migrated_step_by_step(file, said):
    text = 'version = 1\n[view]\ncolours = "dark"\n'
    file.write_text(text)
    steps = {
        1: lambda document: document | {"view": {"palette": document["view"]["colours"]}},
        2: lambda document: document | {"view": {"theme": document["view"]["palette"]}},
    }
    loaded = load_settings(file, report=said.append, migrations=steps, version=3)
    assert loaded.view.theme == "dark"
    assert loaded.version == 3
    assert said == []
    (copy,) = others(file)
    assert copy.read_text() == text
    assert file.read_text() == text


def test_a_migration_that_fails_costs_no_data_and_no_start(file, said):
    text = 'version = 1\n[view]\ntheme = "dark"\n'
    file.write_text(text)
    loaded = load_settings(file, report=said.append, migrations={}, version=2)
    assert loaded.view.theme == "dark"
    assert "version 1 to 2" in said[0]
    assert others(file)[0].read_text() == text


def test_settings_that_cannot_be_read_are_not_overwritten(file, said):
    file.mkdir()
    assert load_settings(file, report=said.append) == Settings()
    assert "cannot be read" in said[0]
    with pytest.raises(OutputError):
        save_settings(Settings(), file)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SECTIONS = st.dictionaries(
    st.sampled_from(["version", "pose", "camera", "view", "capture", "live", "last", "other"]),
    VALUES | st.dictionaries(st.sampled_from(["beta", "fps", "source", "theme", "garment", "x"]), VALUES, max_size=4),
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(document=SECTIONS)
def test_no_document_stops_the_start(file, document):
    import tomli_w

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(entry) for key, entry in value.items() if entry is not None}
        if isinstance(value, list):
            return [plain(entry) for entry in value if entry is not None]
        return value

    file.write_bytes(tomli_w.dumps(plain(document)).encode("utf-8", "surrogatepass"))
    loaded = load_settings(file, report=lambda line: None)
    assert Settings.model_validate(loaded.model_dump()) == loaded
