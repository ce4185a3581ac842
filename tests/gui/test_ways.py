"""A suit that is dropped on the window: chosen by tap and key what of it is worn, and kept so."""

import pytest
from PySide6.QtCore import Qt, QUrl

from tryon_app.core.types import Slot

fakes = __import__("sys").modules["fakes"]

DRESSED = (0.6, 0.3)
NAMES = ("top", "bottom", "both", "dress", "outer")


def worn(mirror):
    return [row["garmentId"] for row in mirror.app.wardrobe.worn]


def chosen(mirror):
    """Chips that are marked."""
    return [way for way in NAMES if mirror.read(f"way_suit_{way}", "chosen")]


@pytest.fixture
def suit(mirror, tmp_path):
    """The window with a suit just dropped on it."""
    path = tmp_path / "suit.glb"
    path.write_bytes(b"a model")
    mirror.app.drop([QUrl.fromLocalFile(str(path))])
    mirror.until(lambda: chosen(mirror) == ["top"], "the ways, the top chosen")
    return mirror


def test_what_can_be_worn_one_way_only_asks_nothing(mirror, tmp_path):
    path = tmp_path / "garment.png"
    path.write_bytes(b"a picture")
    mirror.app.drop([QUrl.fromLocalFile(str(path))])
    mirror.until(lambda: worn(mirror) == ["garment"], "the garment")
    mirror.key(Qt.Key.Key_W)
    assert mirror.app.wardrobe.importing == ""
    assert not mirror.shows("ways")


def test_one_tap_wears_the_trousers_and_brings_back_what_the_top_had_replaced(suit, world):
    assert worn(suit) == ["suit"]
    suit.click("size_suit_L")
    world.importing.clear()
    suit.click("way_suit_bottom")
    suit.until(lambda: suit.shows("importing"), "the progress")
    suit.until(lambda: chosen(suit) == ["bottom"], "the chip")
    world.importing.set()
    suit.until(lambda: set(worn(suit)) == {"navy-tee", "suit-bottom"}, "trousers below the tee of before")
    by_slot = {each.garment.slot: each for each in world.session.outfit}
    assert by_slot[Slot.BOTTOM].size == "L"  # still of the same size
    suit.until(lambda: suit.shows("garment_suit-bottom") and not suit.shows("garment_suit"), "one card for the file")
    suit.click("way_suit_top")
    suit.until(lambda: worn(suit) == ["suit"], "the top again")
    assert world.imported == [None, Slot.BOTTOM]  # made once each


def test_both_wears_the_whole_suit_and_keeps_two_garments(suit, world):
    suit.click("way_suit_both")
    suit.until(lambda: worn(suit) == ["suit", "suit-bottom"], "the whole suit")
    suit.until(lambda: chosen(suit) == ["both"], "the chip")
    assert world.imported == [None, Slot.BOTTOM]  # the top is there already
    suit.until(lambda: suit.shows("garment_suit") and suit.shows("garment_suit-bottom"), "a card for each")
    suit.click("toastAction")
    suit.until(lambda: sorted(world.kept) == ["suit", "suit-bottom"], "both kept")
    suit.until(lambda: not suit.shows("keep_suit") and not suit.shows("keep_suit-bottom"), "no offer to keep them")
    suit.click("takeOff_suit")
    suit.until(lambda: chosen(suit) == ["bottom"], "the trousers alone")
    suit.click("way_suit_dress")
    suit.until(lambda: worn(suit) == ["suit-dress"], "the dress alone")
    assert suit.shows("garment_suit-bottom")  # what was kept stays among the garments


def test_the_key_walks_through_the_ways_and_the_latest_counts(suit, world):
    world.importing.clear()
    for _ in range(3):
        suit.key(Qt.Key.Key_W)
    suit.until(lambda: chosen(suit) == ["dress"], "the last of them marked")
    world.importing.set()
    suit.until(lambda: worn(suit) == ["suit-dress"], "the dress")
    suit.until(lambda: not suit.shows("importing"), "the end")
    assert Slot.TOP not in world.imported  # "both" was skipped
    suit.key(Qt.Key.Key_Slash)
    suit.type("w")
    suit.until(lambda: chosen(suit) == ["dress"], "the chip")


def test_tab_and_space_choose_and_stay_where_they_are(suit):
    def focused():
        return next((way for way in NAMES if suit.read(f"way_suit_{way}", "visualFocus")), None)

    for _ in range(40):
        if focused() == "dress":
            break
        suit.key(Qt.Key.Key_Tab)
    suit.key(Qt.Key.Key_Space)
    suit.until(lambda: worn(suit) == ["suit-dress"], "the dress")
    assert focused() == "dress"
    suit.key(Qt.Key.Key_Backtab)
    suit.key(Qt.Key.Key_Space)
    suit.until(lambda: worn(suit) == ["suit", "suit-bottom"], "top and trousers")
    suit.key(Qt.Key.Key_Slash)
    suit.app.wardrobe.takeOff("suit")
    suit.type("b")
    assert suit.read("search", "text") == "b"  # whoever went elsewhere is left in peace


def test_what_cannot_be_worn_so_is_said_in_the_language_and_stays_as_it_was(suit):
    suit.app.preferences.put("view", "language", "zh_CN")
    suit.until(lambda: suit.read("way_suit_bottom", "text") == "下装", "Chinese chips")
    suit.click("way_suit_outer")
    suit.until(lambda: suit.shows("banner_garment"), "the banner")
    assert suit.app.notices.banners[0]["text"] == "suit.glb 看起来不能作为外套来穿。"
    assert worn(suit) == ["suit"]
    suit.until(lambda: chosen(suit) == ["top"], "the chip")


def test_a_file_that_is_dropped_again_is_worn_as_it_was_chosen(suit, tmp_path):
    suit.click("way_suit_bottom")
    suit.until(lambda: "suit-bottom" in worn(suit), "the trousers")
    suit.click("takeOff_suit-bottom")
    suit.app.drop([QUrl.fromLocalFile(str(tmp_path / "suit.glb"))])
    suit.until(lambda: "suit-bottom" in worn(suit), "the trousers again")
    suit.until(lambda: chosen(suit) == ["bottom"], "their chip")


def test_another_file_of_that_name_takes_its_place_and_leaves_the_trousers_of_the_first(suit, tmp_path):
    suit.click("way_suit_both")
    suit.until(lambda: worn(suit) == ["suit", "suit-bottom"], "the whole suit")
    other = tmp_path / "other"
    other.mkdir()
    (other / "suit.obj").write_bytes(b"another model")
    suit.app.drop([QUrl.fromLocalFile(str(other / "suit.obj"))])
    suit.until(lambda: suit.app.wardrobe.importing == "suit.obj", "the other suit")
    suit.until(lambda: suit.app.wardrobe.importing == "", "its top")
    suit.click("takeOff_suit-bottom")
    suit.app.wardrobe.toggle("suit-bottom")
    suit.until(lambda: worn(suit) == ["suit", "suit-bottom"], "trousers of the first suit")
    assert not suit.shows("banner_garment")


@pytest.mark.parametrize("size", [(640, 520), (1280, 800), (1080, 1920)])
def test_chips_are_large_enough_to_touch_and_inside_the_window(suit, size):
    suit.window.resize(*size)
    suit.click("way_suit_both")
    suit.until(lambda: len(worn(suit)) == 2, "two rows")

    def fits():
        boxes = [suit.box(f"way_suit_{way}") for way in NAMES[:3]]
        return all(
            box is not None and min(box[2:]) >= 44 and box[0] + box[2] <= size[0] and box[1] + box[3] <= size[1]
            for box in boxes
        )

    suit.until(fits, "chips inside")
