"""What is worn, as the window lists it."""

from typing import Any

from PySide6.QtCore import QUrl

from tryon_app.core.types import Outfit
from tryon_app.gui.garment_model import GarmentModel
from tryon_app.gui.imports import Imports, Source
from tryon_app.gui.outfit import shown_size
from tryon_app.gui.texts import Texts
from tryon_app.gui.ways import Way


def rows_of(outfit: Outfit, model: GarmentModel, imports: Imports, texts: Texts) -> list[dict[str, Any]]:
    """A row for each garment, the one on top first.

    Returns:
        `{garmentId, name, thumbnail, sizes, size, kept, file, ways}`; `file` is the name of the one that was dropped
        in, without suffix, and `ways` holds `{way, name, chosen}` on its uppermost garment if it has more than one.
    """
    rows = []
    asked: list[Source] = []
    for worn in reversed(outfit):
        garment = worn.garment
        item, source = model.item(garment.id), imports.source(garment.id)
        ways: list[dict[str, Any]] = []
        if source is not None and source not in asked:
            asked.append(source)
            now = way_of(source, outfit, imports)
            ways = [{"way": str(way), "name": texts[f"way_{way}"], "chosen": way is now} for way in source.ways]
        rows.append(
            {
                "garmentId": garment.id,
                "name": texts.name(garment.name, garment.id),
                "thumbnail": QUrl.fromLocalFile(str(item.thumbnail)) if item else QUrl(),
                "sizes": [size.name for size in garment.sizes],
                "size": shown_size(worn),
                "kept": item is None or item.kept,
                "file": source.path.stem if source else "",
                "ways": ways,
            }
        )
    return rows


def way_of(source: Source, outfit: Outfit, imports: Imports) -> Way | None:
    """The way that a file is worn, or about to be."""
    slots = [worn.garment.slot for worn in outfit if worn.garment.id in source.ids]
    return imports.pending(source) or Way.of(slots)
