import json
import re
from pathlib import Path

import av
import numpy as np
import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from tryon_app.core import paths
from tryon_app.core.errors import ModelError

fakes = __import__("sys").modules["fakes"]

DRESSED = (0.6, 0.3)  # a place in the picture that the garment covers
EDGE = (0.05, 0.3)  # left edge of the camera's own picture, where its mark is
OTHER_EDGE = (0.95, 0.3)


def test_all_that_qml_knows_has_the_meta_object_of_its_class(mirror):
    """A connected method that is no `Slot` gives its instance a meta object of its own, freed with it; QML remembers
    types by address, so that the next window may take one object for another.
    """
    own = [item for item in mirror.app.findChildren(QObject) if type(item).__module__.startswith("tryon_app.")]
    assert len(own) > 5
    for item in [mirror.app, *own]:
        found, expected = (shiboken6.getCppPointer(part) for part in (item.metaObject(), type(item).staticMetaObject))
        assert found == expected, type(item).__name__


def test_shows_the_dressed_picture_mirrored_for_a_camera(mirror):
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("navy-tee"))
    mirror.until_colour("picture", *OTHER_EDGE, fakes.MARK)


def test_mirror_button_and_key_turn_the_picture(mirror):
    mirror.click("mirrorButton")
    mirror.until_colour("picture", *EDGE, fakes.MARK)
    mirror.key(Qt.Key.Key_M)
    mirror.until_colour("picture", *OTHER_EDGE, fakes.MARK)


def test_choosing_a_garment_wears_it_and_a_second_tap_takes_it_off(mirror):
    mirror.click("garment_red-dress")
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("red-dress"))
    assert [worn["garmentId"] for worn in mirror.app.wardrobe.worn] == ["red-dress"]
    mirror.click("garment_red-dress")
    mirror.until_colour("picture", *DRESSED, fakes.NOTHING_WORN)
    assert mirror.shows("wearingNothing")


def test_top_and_bottom_go_together_and_a_dress_replaces_both(mirror):
    mirror.app.wardrobe.toggle("blue-jeans")
    mirror.until(lambda: len(mirror.app.wardrobe.worn) == 2, "two garments")
    mirror.click("garment_red-dress")
    mirror.until(lambda: [w["garmentId"] for w in mirror.app.wardrobe.worn] == ["red-dress"], "the dress alone")


def test_arrows_walk_through_the_strip(mirror):
    mirror.key(Qt.Key.Key_Right)
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("striped-longsleeve"))
    mirror.key(Qt.Key.Key_Left)
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("navy-tee"))


def test_a_later_choice_wins_over_one_that_is_still_loading(mirror, world):
    world.loading.clear()
    mirror.click("garment_striped-longsleeve")
    mirror.click("garment_red-dress")
    world.loading.set()
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("red-dress"))
    assert [worn["garmentId"] for worn in mirror.app.wardrobe.worn] == ["red-dress"]


def test_an_outfit_from_the_command_line_is_worn_whole(open_window, world):
    window = open_window(garments=("navy-tee", "blue-jeans"), size="L")
    window.until(lambda: len(window.app.wardrobe.worn) == 2, "both garments")
    assert {(worn["garmentId"], worn["size"]) for worn in window.app.wardrobe.worn} == {
        ("navy-tee", "L"),
        ("blue-jeans", "L"),
    }


def test_size_chips_change_what_the_session_wears(mirror, world):
    mirror.click("size_navy-tee_XL")
    mirror.until(lambda: world.session.outfit[0].size == "XL", "XL")
    mirror.key(Qt.Key.Key_Down)
    mirror.until(lambda: world.session.outfit[0].size == "L", "one size smaller")


def test_search_and_categories_filter_the_strip(mirror):
    mirror.key(Qt.Key.Key_Slash)
    mirror.type("jeans")
    mirror.until(lambda: not mirror.shows("garment_navy-tee"), "the tee filtered away")
    assert mirror.shows("garment_blue-jeans")
    mirror.type("zz")
    mirror.until(lambda: mirror.shows("nothingFound"), "the empty state")
    mirror.key(Qt.Key.Key_Escape)
    mirror.until(lambda: mirror.shows("garment_navy-tee"), "all garments again")
    mirror.click("category_tee")
    mirror.until(lambda: mirror.app.wardrobe.model.count == 1, "tees alone")


def test_letters_typed_into_the_search_are_no_shortcuts(mirror):
    mirror.click("search")
    mirror.type("rbd m")
    assert not mirror.app.capture.recording
    assert not mirror.app.pump.comparing
    assert not mirror.app.preferences.diagnostics
    assert mirror.app.stage.isMirrored


def test_slider_uncovers_the_plain_picture_left_of_the_divider(mirror):
    mirror.click("compareButton")
    mirror.until_colour("picture", 0.25, 0.3, fakes.PLAIN)
    mirror.until_colour("picture", 0.7, 0.3, fakes.colour_of("navy-tee"))
    mirror.drag("picture", (0.5, 0.5), (0.8, 0.5))
    mirror.until_colour("picture", 0.7, 0.3, fakes.PLAIN)
    mirror.drag("picture", (0.8, 0.5), (0.1, 0.5))
    mirror.until_colour("picture", 0.25, 0.3, fakes.colour_of("navy-tee"))
    mirror.key(Qt.Key.Key_B)
    mirror.until(lambda: not mirror.shows("compareHandle"), "the slider gone")


def test_snapshot_counts_down_and_saves_what_is_seen(mirror):
    mirror.key(Qt.Key.Key_Space)
    mirror.until(lambda: mirror.shows("countdown"), "the countdown")
    mirror.until(lambda: list(paths.pictures_dir().glob("*.png")), "the file")
    mirror.until(lambda: mirror.shows("toastAction"), "the toast")
    (file,) = paths.pictures_dir().glob("*.png")
    image = np.asarray(Image.open(file).convert("RGB"))
    assert tuple(image[90, 200]) == fakes.colour_of("navy-tee")
    assert tuple(image[90, 310]) == fakes.MARK  # as in the mirror


def test_snapshot_as_others_see_it(mirror):
    mirror.app.preferences.put("capture", "unmirror_snapshots", True)
    mirror.app.preferences.put("capture", "countdown_s", 0)
    mirror.click("snapshotButton")
    mirror.until(lambda: mirror.shows("toastAction"), "the toast")
    (file,) = paths.pictures_dir().glob("*.png")
    assert tuple(np.asarray(Image.open(file).convert("RGB"))[90, 10]) == fakes.MARK


def test_countdown_is_cancelled_by_escape(mirror):
    mirror.app.preferences.put("capture", "countdown_s", 9)
    mirror.click("snapshotButton")
    mirror.until(lambda: mirror.shows("countdown"), "the countdown")
    mirror.key(Qt.Key.Key_Escape)
    mirror.until(lambda: not mirror.shows("countdown"), "no countdown")
    assert not list(paths.pictures_dir().glob("*"))


def test_a_folder_that_cannot_be_written_is_a_banner(mirror, tmp_path):
    (tmp_path / "taken").write_text("a file")
    mirror.app.preferences.put("capture", "snapshot_folder", str(tmp_path / "taken" / "here"))
    mirror.app.preferences.put("capture", "countdown_s", 0)
    mirror.click("snapshotButton")
    mirror.until(lambda: mirror.shows("banner_snapshot"), "the banner")
    assert mirror.app.notices.banners[0]["remedy"]


def test_recording_writes_a_readable_film(mirror):
    mirror.click("recordButton")
    mirror.until(lambda: mirror.read("recordTime", "text") == "00:01", "a second on the timer")
    mirror.click("recordButton")
    mirror.until(lambda: list(paths.videos_dir().glob("tryon*.mp4")), "the file")
    assert not mirror.shows("recordTimer")
    (file,) = paths.videos_dir().glob("tryon*.mp4")
    with av.open(str(file)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) > 5
    wanted = np.array(fakes.colour_of("navy-tee"))
    assert np.abs(frames[-1][90, 200].astype(int) - wanted).max() < 24  # 4:2:0 and compression


def test_closing_while_recording_finishes_the_film(open_window, world):
    window = open_window()
    window.until(lambda: window.app.pump.hasPicture, "the first picture")
    window.key(Qt.Key.Key_R)
    window.until(lambda: window.read("recordTime", "text") == "00:01", "a second on the timer")
    window.app.close()
    (file,) = paths.videos_dir().glob("tryon*.mp4")
    with av.open(str(file)) as film:
        assert sum(1 for _ in film.decode(video=0)) > 5


def test_an_unplugged_camera_is_said_and_comes_back(mirror, world):
    world.sources["camera:one"].broken = True
    mirror.until(lambda: mirror.shows("banner_source"), "the banner")
    assert mirror.app.notices.banners[0]["remedy"] == "Plug it in again."
    world.sources["camera:one"].broken = False
    mirror.until(lambda: not mirror.shows("banner_source"), "the banner gone")
    mirror.until(lambda: mirror.shows("toast"), "the good news")
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("navy-tee"))


def test_without_a_camera_the_sample_people_are_shown_and_said(open_window, world):
    world.cameras = []
    window = open_window()
    window.until(lambda: window.shows("banner_no-camera"), "the banner")
    assert window.read("sourceName", "text") == "Sample people"
    world.cameras = [fakes.CameraChoice("camera:one", "Fake camera")]
    window.click("bannerAction")
    window.until(lambda: window.read("sourceName", "text") == "Fake camera", "the camera")
    assert not window.shows("banner_no-camera")


def test_picker_lists_cameras_by_name_and_switches(mirror, world):
    world.cameras.append(fakes.CameraChoice("camera:two", "Second camera"))
    world.sources["camera:two"] = fakes.FakeCamera("Second camera")
    mirror.click("sourceButton")
    mirror.click("source_camera:two")
    mirror.until(lambda: mirror.read("sourceName", "text") == "Second camera", "the second camera")
    mirror.until_colour("picture", *EDGE, fakes.MARK)  # it is no mirror


def test_a_source_that_cannot_be_opened_keeps_the_picture(mirror):
    mirror.app.stage.pick("nowhere.mp4")
    mirror.until(lambda: mirror.shows("banner_source"), "the banner")
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("navy-tee"))


def test_models_that_cannot_be_had_are_said_and_tried_again(open_window, world):
    world.prepare_error = ModelError("The pose model cannot be fetched.", "Connect to the internet.")
    window = open_window()
    window.until(lambda: window.shows("banner_models"), "the banner")
    world.prepare_error = None
    window.click("retryButton")
    window.until(lambda: window.app.pump.hasPicture, "the picture")
    assert not window.shows("banner_models")


def test_nobody_in_the_picture_shows_where_to_stand(mirror, world):
    world.sources["camera:one"].person = False
    mirror.until(lambda: mirror.shows("stanceGuide"), "the guide")
    world.sources["camera:one"].person = True
    mirror.until(lambda: not mirror.shows("stanceGuide"), "no guide")


def test_what_the_fit_has_to_say_is_shown_with_the_garments_name(mirror, world):
    world.sources["camera:one"].messages = ("navy-tee: the shoulders are not in the picture",)
    mirror.until(lambda: mirror.app.hints == ["Navy tee: the shoulders are not in the picture"], "the hint")
    mirror.app.preferences.put("view", "language", "zh_CN")
    mirror.until(lambda: mirror.app.hints == ["藏青T恤：肩部不在画面中"], "the hint in Chinese")


def test_language_switches_at_once_and_everywhere(mirror, world):
    mirror.click("settingsButton")
    mirror.click("option_zh_CN")
    table = json.loads((paths.resources_dir() / "translations" / "zh_CN.json").read_text(encoding="utf-8"))
    mirror.until(lambda: mirror.read("category_tee", "text") == table["category_tee"], "Chinese chips")
    assert mirror.app.wardrobe.worn[0]["name"] == "藏青T恤"
    mirror.click("closeSettings")
    mirror.until(lambda: any(saved.view.language == "zh_CN" for saved in world.saved), "the setting saved")


def test_theme_switches_at_once_and_is_saved(mirror, world):
    before = mirror.grab().pixelColor(4, 400).lightness()
    mirror.click("themeButton")
    mirror.until(lambda: mirror.grab().pixelColor(4, 400).lightness() < before / 3, "a dark window")
    mirror.until(lambda: any(saved.view.theme == "dark" for saved in world.saved), "the setting saved")


def test_settings_page_changes_numbers_and_switches(mirror, world):
    mirror.click("settingsButton")
    mirror.until(lambda: mirror.shows("setting_capture_countdown_s"), "the row")
    mirror.click("more_countdown_s")
    mirror.until(lambda: mirror.app.preferences.settings.capture.countdown_s == 2, "one second more")
    assert all(row["label"] for row in mirror.app.preferences.rows)


def test_diagnostics_show_measured_figures(mirror):
    mirror.key(Qt.Key.Key_D)
    mirror.until(lambda: mirror.read("diagnosticsFps", "text") == "30", "frames a second")
    mirror.key(Qt.Key.Key_D)
    mirror.until(lambda: not mirror.shows("diagnostics"), "no figures")


def drag_onto(window, path):
    """What the window system does when a file is dragged in and dropped."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, copy = QPointF(400, 300), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at.toPoint(), copy, data, left, none)
    QCoreApplication.sendEvent(window, enter)
    yield enter.isAccepted()
    drop = QDropEvent(at, copy, data, left, none)
    QCoreApplication.sendEvent(window, drop)
    yield drop.isAccepted()


def test_a_dropped_photo_is_worn_added_and_kept(mirror, world, tmp_path):
    photo = tmp_path / "garment photo.png"
    photo.write_bytes(b"a picture")
    world.importing.clear()
    dragging = drag_onto(mirror.window, photo)
    assert next(dragging)
    mirror.until(lambda: mirror.shows("dropOverlay"), "the invitation to drop")
    assert next(dragging)
    mirror.until(lambda: mirror.shows("importing"), "the progress")
    world.importing.set()
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("garment photo"))
    assert mirror.shows("garment_garment photo")
    mirror.click("toastAction")
    mirror.until(lambda: world.kept == ["garment photo"], "the garment kept")


def test_a_dropped_photo_without_a_garment_is_a_banner(mirror, tmp_path):
    photo = tmp_path / "holiday.png"
    photo.write_bytes(b"a picture")
    mirror.app.drop([QUrl.fromLocalFile(str(photo))])
    mirror.until(lambda: mirror.shows("banner_garment"), "the banner")
    notice = mirror.app.notices.banners[0]
    assert "holiday.png" in notice["title"]
    assert notice["remedy"]


def test_a_dropped_film_becomes_the_picture(mirror, world, tmp_path):
    film = tmp_path / "dance.mp4"
    film.write_bytes(b"a film")
    world.sources[str(film)] = fakes.FakeCamera("dance.mp4")
    mirror.app.drop([QUrl.fromLocalFile(str(film))])
    mirror.until(lambda: mirror.read("sourceName", "text") == "dance.mp4", "the film")


def test_shortcuts_sheet_opens_and_closes(mirror):
    mirror.key(Qt.Key.Key_Question)
    mirror.until(lambda: mirror.shows("closeShortcuts"), "the sheet")
    mirror.key(Qt.Key.Key_Escape)
    mirror.until(lambda: not mirror.shows("closeShortcuts"), "no sheet")


def test_what_was_worn_is_worn_again(open_window, world):
    world.settings = world.settings.changed("last", garment="red-dress", size="L")
    window = open_window()
    window.until(lambda: world.session and world.session.outfit, "the outfit")
    assert world.session.outfit[0].garment.id == "red-dress"
    assert world.session.outfit[0].size == "L"


@pytest.mark.parametrize("size", [(900, 600), (1080, 1920), (640, 520)])
def test_controls_are_large_enough_and_inside_the_window(mirror, size):
    mirror.window.resize(*size)
    mirror.until(lambda: (mirror.window.width(), mirror.window.height()) == size, "the size")
    names = ("sourceButton", "settingsButton", "compareButton", "snapshotButton", "recordButton", "addPhoto", "search")

    def outside() -> list[str]:
        boxes = {name: mirror.box(name) for name in names}
        return [
            name
            for name, (x, y, width, height) in boxes.items()
            if min(width, height) < 44 or x < 0 or y < 0 or x + width > size[0] + 1 or y + height > size[1] + 1
        ]

    mirror.until(lambda: not outside(), "every control inside")


def test_closing_while_models_are_prepared_leaves_nothing(open_window):
    open_window().app.close()


def test_every_text_is_there_in_both_languages():
    folder = paths.resources_dir() / "translations"
    english, chinese = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("en", "zh_CN"))
    assert set(english) == set(chinese) - {"messages"}
    qml = "".join(
        path.read_text("utf-8") for path in (Path(fakes.__file__).parents[2] / "tryon_app/gui/qml").glob("*.qml")
    )
    used = set(re.findall(r"\bT\.([a-z_]+)", qml))
    assert used <= set(english)


def test_a_snapshot_has_the_sources_full_size(mirror, world):
    world.session.doubles = True
    mirror.app.preferences.put("capture", "countdown_s", 0)
    mirror.click("snapshotButton")
    mirror.until(lambda: mirror.shows("toastAction"), "the toast")
    (file,) = paths.pictures_dir().glob("*.png")
    image = np.asarray(Image.open(file).convert("RGB"))
    assert image.shape == (360, 640, 3)
    assert tuple(image[180, 620]) == fakes.MARK  # still as in the mirror


def test_a_recording_keeps_one_size_whatever_the_quality_and_the_source(mirror, world):
    camera = world.sources["camera:one"]
    camera.full_size = (640, 360)  # the quality is lowered: the picture has half of it
    world.sources["tall"] = fakes.FakeCamera("Tall", size=(120, 240))
    mirror.click("recordButton")
    mirror.until(lambda: mirror.read("recordTime", "text") == "00:01", "a second on the timer")
    mirror.app.stage.pick("tall")
    mirror.until(lambda: mirror.app.pump.aspect == pytest.approx(0.5), "the tall picture")
    mirror.until(lambda: mirror.read("recordTime", "text") == "00:02", "another second")
    mirror.click("recordButton")
    mirror.until(lambda: list(paths.videos_dir().glob("tryon*.mp4")), "the file")
    (file,) = paths.videos_dir().glob("tryon*.mp4")
    with av.open(str(file)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert {frame.shape for frame in frames} == {(360, 640, 3)}
    last = frames[-1].astype(int)
    assert last[180, 20].max() < 30  # black beside it instead of stretched
    assert np.abs(last[180, 340] - fakes.colour_of("navy-tee")).max() < 24


def test_the_whole_outfit_is_worn_again(open_window, world):
    outfit = [{"garment": "blue-jeans", "size": "L"}, {"garment": "navy-tee", "size": "S"}, {"garment": "gone"}]
    world.settings = world.settings.changed("last", garment="blue-jeans", size="L", outfit=outfit)
    window = open_window()
    window.until(lambda: world.session and len(world.session.outfit) == 2, "both garments")
    assert {(worn.garment.id, worn.size) for worn in world.session.outfit} == {("blue-jeans", "L"), ("navy-tee", "S")}
    assert window.app.wardrobe.current == "blue-jeans"
    window.app.wardrobe.toggle("bomber")
    window.until(lambda: len(world.session.outfit) == 3, "the jacket over it")
    window.app.close()
    last = world.saved[-1].last
    assert [(worn.garment, worn.size) for worn in last.outfit] == [
        ("blue-jeans", "L"),
        ("navy-tee", "S"),
        ("bomber", "M"),
    ]
    assert last.garment == "bomber"


def test_an_outfit_that_was_half_loaded_is_not_forgotten(open_window, world):
    outfit = [{"garment": "navy-tee"}, {"garment": "blue-jeans"}]
    world.settings = world.settings.changed("last", garment="navy-tee", outfit=outfit)
    world.loading.clear()
    window = open_window()
    window.until(lambda: window.app.pump.hasPicture, "the first picture")
    window.app.wardrobe.toggle("pleated-skirt")  # instead of the jeans, which are still loading
    assert len(window.app.preferences.settings.last.outfit) == 2
    world.loading.set()
    window.until(lambda: len(window.app.preferences.settings.last.outfit) == 2, "the outfit")
    window.until(
        lambda: {worn.garment for worn in window.app.preferences.settings.last.outfit} == {"navy-tee", "pleated-skirt"},
        "the new outfit remembered",
    )


def test_a_garment_that_is_gone_meanwhile_is_said_and_what_is_worn_stays(mirror):
    mirror.app.wardrobe.wear("removed-while-running")
    mirror.until(lambda: mirror.shows("banner_garment"), "the banner")
    assert mirror.app.notices.banners[0]["remedy"]
    assert [worn["garmentId"] for worn in mirror.app.wardrobe.worn] == ["navy-tee"]
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("navy-tee"))
    mirror.click("garment_red-dress")
    mirror.until_colour("picture", *DRESSED, fakes.colour_of("red-dress"))
