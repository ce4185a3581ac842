"""What is worn: choosing, taking off, sizes, and garments made from a photo or 3-D model that was dropped in."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot

from tryon_app.core.settings import LastSettings, WornSettings
from tryon_app.core.types import Garment, Outfit, Worn
from tryon_app.core.types import Slot as BodySlot
from tryon_app.gui import outfit as outfits
from tryon_app.gui.garment_model import GarmentModel, Item
from tryon_app.gui.imports import Imports, Made, Source
from tryon_app.gui.outfit_rows import rows_of, way_of
from tryon_app.gui.tools import Tools
from tryon_app.gui.ways import Way

LOADED_GARMENTS = 12
BANNER = "garment"
SEPARATOR = "/"
"""Between the ids of garments that are kept together: none has it in it."""


class Wardrobe(QObject):
    """The garments and the outfit.

    Args:
        tools: Shared parts.
        wear: Told the outfit whenever it changes.
    """

    outfitChanged = Signal()
    importingChanged = Signal()
    shown = Signal(str)

    def __init__(self, tools: Tools, wear: Callable[[Outfit], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._wear = wear
        self._model = GarmentModel(tools.texts, self)
        self._outfit: Outfit = ()
        self._loaded: OrderedDict[str, Garment] = OrderedDict()
        self._asked = 0
        self._latest: dict[BodySlot, int] = {}
        self._current = ""
        self._imports = Imports(tools, self._wear_imported, self._imports_changed, self._import_failed)
        self._restoring: set[str] = set()

    @property
    def outfit(self) -> Outfit:
        """What is worn now."""
        return self._outfit

    def load(self, wanted: tuple[str, ...], size: str) -> None:
        """Read the catalogue, then put on what was asked for, what was worn last, or the first garment."""

        def done(entries: Any) -> None:
            self._model.load(entries)
            known = [entry.id for entry in entries]
            last = self._tools.preferences.settings.last
            if wanted:
                photos = [Path(spec) for spec in wanted if spec not in known and Path(spec).is_file()]
                for spec in wanted:
                    if Path(spec) not in photos:
                        self.wear(spec, size)
                self._imports.add(photos)
            elif last.garment in known or any(worn.garment in known for worn in last.outfit):
                self._wear_again(last, known)
            elif known:
                self.wear(self._model.neighbour("", 1))
            if self._current:
                self.shown.emit(self._current)

        self._tools.tasks.run(self._tools.services.entries, done, self._failed)

    def _wear_again(self, last: LastSettings, known: list[str]) -> None:
        """Put on what was worn when the window closed; garments that are gone meanwhile are left out."""
        outfit = {worn.garment: worn.size for worn in last.outfit if worn.garment in known}
        if last.garment in known:  # chosen last: what goes on last is the one that is marked
            outfit[last.garment] = outfit.pop(last.garment, last.size)
        self._restoring = set(outfit)
        for garment_id, size in outfit.items():
            self.wear(garment_id, size)

    def retranslate(self) -> None:
        """The language changed."""
        self._model.retranslate()
        self.outfitChanged.emit()

    def name_of(self, garment_id: str) -> str:
        """A garment's name in the language of the moment, "" where it is not known."""
        item = self._model.item(garment_id)
        return self._model.name_of(item) if item else ""

    def close(self) -> None:
        """Remove the pictures made for this run."""
        self._imports.close()

    def wear(self, garment_id: str, size: str = "") -> None:
        """Put a garment on as soon as it is loaded; a later choice for the same part of the body wins."""
        self._current = garment_id
        item = self._model.item(garment_id)
        number = self._ask(item.slot) if item else self._asked
        garment = self._imports.garment(garment_id) or self._loaded.get(garment_id)
        if garment:
            self._put_on(garment, size)
            return
        self._model.set_busy(garment_id)

        def done(garment: Garment) -> None:
            self._loaded[garment_id] = garment
            while len(self._loaded) > LOADED_GARMENTS:
                self._loaded.popitem(last=False)
            self._restoring.discard(garment_id)
            if self._latest.get(garment.slot, 0) <= number:
                self._put_on(garment, size)
            else:
                self._remember()

        def failed(error: Exception) -> None:
            self._restoring.discard(garment_id)
            self._failed(error)
            self._remember()

        self._tools.tasks.run(lambda: self._tools.services.load_garment(garment_id), done, failed)

    def _ask(self, slot: BodySlot) -> int:
        """A number for a choice; older ones that it replaces are void."""
        self._asked += 1
        for replaced in outfits.REPLACES[slot]:
            self._latest[replaced] = self._asked
        return self._asked

    @Slot(str)
    def toggle(self, garment_id: str) -> None:
        """A tap: put it on, or take it off where it is worn."""
        if any(worn.garment.id == garment_id for worn in self._outfit):
            self.takeOff(garment_id)
        else:
            self.wear(garment_id)

    @Slot(str)
    def takeOff(self, garment_id: str) -> None:
        """Take a garment off."""
        self._set_outfit(outfits.take_off(self._outfit, garment_id))

    @Slot()
    def takeOffAll(self) -> None:
        """Take everything off."""
        self._set_outfit(())

    @Slot(str, str)
    def setSize(self, garment_id: str, size: str) -> None:
        """Wear it in another size."""
        self._set_outfit(outfits.resize(self._outfit, garment_id, size))

    @Slot(int)
    def step(self, step: int) -> None:
        """Put on the next or previous garment of the strip."""
        garment_id = self._model.neighbour(self._current, step)
        if garment_id:
            self.wear(garment_id)
            self.shown.emit(garment_id)

    @Slot("QVariantList")
    def importPhotos(self, urls: list[QUrl]) -> None:
        """Make garments of product photos and 3-D models, and wear them."""
        self._imports.add([Path(QUrl(url).toLocalFile()) for url in urls])

    @Slot(str)
    def keep(self, garment_ids: str) -> None:
        """Save imported garments, `SEPARATOR` between their ids, to the user's own."""
        for garment_id in garment_ids.split(SEPARATOR):
            self._keep(garment_id)

    def _keep(self, garment_id: str) -> None:
        garment = self._imports.garment(garment_id)
        if garment is None:
            return

        def done(_: None) -> None:
            self._model.mark_kept(garment_id)
            self.outfitChanged.emit()  # nobody needs to be asked again
            self._tools.notices.toast(self._tools.texts["toast_kept"], self._name(garment))
            self._remember()

        self._tools.tasks.run(lambda: self._tools.services.keep_garment(garment), done, self._failed)

    @Slot(str, str)
    def wearAs(self, garment_id: str, way: str) -> None:
        """Wear the file that a garment was made of another way: "top", "bottom", "both", "dress" or "outer"."""
        source = self._imports.source(garment_id)
        if source is not None and way in source.ways:
            self._imports.choose(source, Way(way))

    @Slot()
    def stepWay(self) -> None:
        """Wear the next way what was chosen last or, where that has one way only, what is on top of those with more."""
        worn = [each.garment.id for each in reversed(self._outfit)]
        worn.sort(key=lambda garment_id: garment_id != self._current)
        sources = [self._imports.source(garment_id) for garment_id in worn]
        source = next((source for source in sources if source is not None and source.ways), None)
        if source is not None:
            now, ways = way_of(source, self._outfit, self._imports), source.ways
            self._imports.choose(source, ways[(ways.index(now) + 1) % len(ways) if now in ways else 0])

    def _wear_imported(self, source: Source, made: list[Made], dropped: bool) -> None:
        """Put on what was made of a file, instead of what was made of it before."""
        garments = [each.garment for each in made]
        items = [Item.imported(each.garment, each.thumbnail) for each in reversed(made)]  # what is on top in front
        if dropped:
            self._model.add(items)
        else:
            known = (self._model.item(garment_id) for garment_id in source.ids)
            kept = {item.id for item in known if item is not None and item.kept}
            self._model.exchange(source.ids - kept, [item for item in items if item.id not in kept])
        self._current = garments[-1].id
        for garment in garments:
            self._ask(garment.slot)
        sizes = [outfits.shown_size(worn) for worn in self._outfit if worn.garment.id in source.ids]
        new = [Worn(garment, _known_size(garment, sizes[0] if sizes else "")) for garment in garments]
        self._tools.notices.clear(BANNER)
        outfit, source.displaced = outfits.exchange(self._outfit, source.ids, new, source.displaced)
        self._set_outfit(outfit)
        self.shown.emit(self._current)
        self._offer_to_keep([item for item in items if not self._lasts(item.id)])

    def _offer_to_keep(self, items: list[Item]) -> None:
        if not items:
            return
        texts = self._tools.texts
        self._tools.notices.toast(
            texts["toast_imported"].replace("%1", self._model.name_of(items[0])),
            texts["toast_imported_text"],
            action=f"keep:{SEPARATOR.join(item.id for item in items)}",
            action_text=texts["keep"],
            picture=QUrl.fromLocalFile(str(items[0].thumbnail)).toString(),
        )

    def _imports_changed(self) -> None:
        self.importingChanged.emit()
        self.outfitChanged.emit()

    def _import_failed(self, path: Path, error: Exception) -> None:
        self._failed(error, self._tools.texts["banner_import"].replace("%1", path.name))

    def _put_on(self, garment: Garment, size: str) -> None:
        self._tools.notices.clear(BANNER)
        self._model.clear_busy(garment.id)
        new = [Worn(garment, _known_size(garment, size))]
        outfit, displaced = outfits.exchange(self._outfit, {garment.id}, new)
        source = self._imports.source(garment.id)
        if source is not None and source.ids.isdisjoint(worn.garment.id for worn in self._outfit):
            source.displaced = displaced
        self._set_outfit(outfit)

    def _set_outfit(self, outfit: Outfit) -> None:
        self._outfit = outfit
        self._model.set_worn(frozenset(worn.garment.id for worn in outfit))
        self._wear(outfit)
        self.outfitChanged.emit()
        self._remember()

    def _remember(self) -> None:
        if self._restoring:  # half of the last outfit must not take the place of the whole
            return
        lasting = [worn for worn in self._outfit if self._lasts(worn.garment.id)]
        chosen = next((worn for worn in lasting if worn.garment.id == self._current), lasting[-1] if lasting else None)
        self._tools.preferences.update(
            "last",
            garment=chosen.garment.id if chosen else "",
            size=outfits.shown_size(chosen) if chosen else "",
            outfit=tuple(WornSettings(garment=worn.garment.id, size=outfits.shown_size(worn)) for worn in lasting),
        )

    def _lasts(self, garment_id: str) -> bool:
        item = self._model.item(garment_id)
        return item is not None and item.kept

    def _failed(self, error: Exception, title: str = "") -> None:
        self._model.set_busy("")
        self._tools.report(BANNER, title or self._tools.texts["banner_garment"], error)

    def _name(self, garment: Garment) -> str:
        return self._tools.texts.name(garment.name, garment.id)

    def _get_outfit(self) -> list[dict[str, Any]]:
        return rows_of(self._outfit, self._model, self._imports, self._tools.texts)

    def _get_current(self) -> str:
        return self._current

    def _get_importing(self) -> str:
        return self._imports.current

    def _get_model(self) -> GarmentModel:
        return self._model

    worn = Property("QVariantList", _get_outfit, notify=outfitChanged)  # type: ignore[arg-type]
    current = Property(str, _get_current, notify=outfitChanged)
    importing = Property(str, _get_importing, notify=importingChanged)
    model = Property(QObject, _get_model, constant=True)


def _known_size(garment: Garment, size: str) -> str | None:
    """A size by name where the garment has it, else None for its usual one."""
    return size if size in [known.name for known in garment.sizes] else None
