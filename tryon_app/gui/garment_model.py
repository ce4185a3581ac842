"""The garments of the strip: catalogue and freshly imported ones, filtered by category and search."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    Property,
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
    Slot,
)

from tryon_app.core.types import Category, Garment
from tryon_app.core.types import Slot as BodySlot
from tryon_app.gui.services import GarmentEntry
from tryon_app.gui.texts import Texts

ALL = "all"
MINE = "mine"

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Item:
    """One garment of the strip.

    `mine` marks one of the user's imported in this run; `kept` whether it is saved already.
    """

    id: str
    names: Mapping[str, str]
    slot: BodySlot
    category: Category
    colour: str
    thumbnail: Path
    mine: bool = False
    kept: bool = True

    @classmethod
    def from_entry(cls, entry: GarmentEntry) -> "Item":
        """From a line of the catalogue."""
        return cls(entry.id, entry.name, entry.slot, entry.category, entry.colour, Path(entry.thumbnail))

    @classmethod
    def imported(cls, garment: Garment, thumbnail: Path) -> "Item":
        """From a garment that was dropped in just now."""
        kinds = garment.slot, garment.category
        return cls(garment.id, garment.name, *kinds, garment.colour, thumbnail, mine=True, kept=False)


ROLES = {
    Qt.ItemDataRole.UserRole + 1 + number: name
    for number, name in enumerate(("garmentId", "name", "category", "thumbnail", "worn", "busy", "mine", "kept"))
}


class GarmentModel(QAbstractListModel):
    """What the strip shows; `worn` and `busy` follow the outfit and the loading garment."""

    filterChanged = Signal()
    categoriesChanged = Signal()
    countChanged = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._items: list[Item] = []
        self._visible: list[Item] = []
        self._worn: frozenset[str] = frozenset()
        self._busy = ""
        self._category = ALL
        self._search = ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """Rows shown."""
        return 0 if parent.isValid() else len(self._visible)

    def roleNames(self) -> dict[int, QByteArray]:
        """Role -> name in QML."""
        return {role: QByteArray(name.encode()) for role, name in ROLES.items()}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One value of a row."""
        if not index.isValid() or index.row() >= len(self._visible):
            return None
        item = self._visible[index.row()]
        values = {
            "garmentId": item.id,
            "name": self.name_of(item),
            "category": self._texts.get(f"category_{item.category}", item.category),
            "thumbnail": QUrl.fromLocalFile(str(item.thumbnail)),
            "worn": item.id in self._worn,
            "busy": item.id == self._busy,
            "mine": item.mine,
            "kept": item.kept,
        }
        return values.get(ROLES.get(role, ""))

    def load(self, entries: Iterable[GarmentEntry]) -> None:
        """Replace the catalogue, kind by kind; imported garments stay in front."""
        mine = [item for item in self._items if item.mine]
        order = list(Category)
        items = sorted((Item.from_entry(entry) for entry in entries), key=lambda item: order.index(item.category))
        self._items = mine + items
        self._refresh()
        self.categoriesChanged.emit()

    def add(self, items: Sequence[Item]) -> None:
        """Put garments in front, in place of those with the same ids, and show them whatever the filter was."""
        ids = {item.id for item in items}
        self._items = [item for item in self._items if item.id not in ids]
        self._category, self._search = ALL, ""
        self.filterChanged.emit()
        self.exchange(ids, items)

    def exchange(self, gone: Collection[str], items: Sequence[Item]) -> None:
        """Put garments where the first of those that go was, in front where there was none."""
        ids = {*gone, *(item.id for item in items)}
        place = next((number for number, item in enumerate(self._items) if item.id in ids), 0)
        rest = [item for item in self._items if item.id not in ids]
        self._items = [*rest[:place], *items, *rest[place:]]
        self._refresh()
        self.categoriesChanged.emit()

    def mark_kept(self, garment_id: str) -> None:
        """The imported garment is saved now."""
        self._items = [replace(item, kept=True) if item.id == garment_id else item for item in self._items]
        self._refresh()

    def item(self, garment_id: str) -> Item | None:
        """The garment with that id."""
        return next((item for item in self._items if item.id == garment_id), None)

    def neighbour(self, garment_id: str, step: int) -> str:
        """The shown garment so many steps further on, round and round; "" when none is shown."""
        if not self._visible:
            return ""
        ids = [item.id for item in self._visible]
        if garment_id not in ids:
            return ids[0 if step > 0 else -1]
        return ids[(ids.index(garment_id) + step) % len(ids)]

    def set_worn(self, ids: frozenset[str]) -> None:
        """What is worn now."""
        self._worn = ids
        self._repaint("worn")

    def set_busy(self, garment_id: str) -> None:
        """What is loading now, "" for nothing."""
        self._busy = garment_id
        self._repaint("busy")

    def clear_busy(self, garment_id: str) -> None:
        """That garment is loaded; another may be loading still."""
        if self._busy == garment_id:
            self.set_busy("")

    def retranslate(self) -> None:
        """The language changed."""
        self._refresh()
        self.categoriesChanged.emit()

    def name_of(self, item: Item) -> str:
        """Its name in the language of the moment."""
        return self._texts.name(item.names, item.id)

    @Slot(str, result=int)
    def rowOf(self, garment_id: str) -> int:
        """Row of a garment that is shown, -1 otherwise."""
        return next((row for row, item in enumerate(self._visible) if item.id == garment_id), -1)

    def _repaint(self, name: str) -> None:
        if self._visible:
            role = next(role for role, known in ROLES.items() if known == name)
            self.dataChanged.emit(self.index(0), self.index(len(self._visible) - 1), [role])

    def _refresh(self) -> None:
        words = self._search.casefold().split()
        shown = [item for item in self._items if self._passes(item, words)]
        self.beginResetModel()
        self._visible = shown
        self.endResetModel()
        self.countChanged.emit()

    def _passes(self, item: Item, words: list[str]) -> bool:
        if self._category == MINE and not item.mine:
            return False
        if self._category not in (ALL, MINE, item.category):
            return False
        category = self._texts.get(f"category_{item.category}", item.category)
        text = " ".join([*item.names.values(), item.id, item.category, category]).casefold()
        return all(word in text for word in words)

    def _get_category(self) -> str:
        return self._category

    def _set_category(self, category: str) -> None:
        if category != self._category:
            self._category = category
            self.filterChanged.emit()
            self._refresh()

    def _get_search(self) -> str:
        return self._search

    def _set_search(self, search: str) -> None:
        if search != self._search:
            self._search = search
            self.filterChanged.emit()
            self._refresh()

    def _get_categories(self) -> list[dict[str, str]]:
        present = {item.category for item in self._items}
        keys = [ALL, *(str(category) for category in Category if category in present)]
        if any(item.mine for item in self._items):
            keys.insert(1, MINE)
        return [{"key": key, "name": self._texts.get(f"category_{key}", key)} for key in keys]

    def _get_count(self) -> int:
        return len(self._visible)

    category = Property(str, _get_category, _set_category, notify=filterChanged)
    search = Property(str, _get_search, _set_search, notify=filterChanged)
    categories = Property("QVariantList", _get_categories, notify=categoriesChanged)  # type: ignore[arg-type]
    count = Property(int, _get_count, notify=countChanged)
