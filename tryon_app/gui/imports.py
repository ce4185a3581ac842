"""Files that were dropped in: made into garments one after the other, and into others where somebody chooses so."""

import tempfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from tryon_app.core.types import Garment, Outfit
from tryon_app.core.types import Slot as BodySlot
from tryon_app.gui.tools import Tools
from tryon_app.gui.ways import Way

THUMBNAIL_PX = 480


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A garment of a file, and its small picture."""

    garment: Garment
    thumbnail: Path


@dataclass(eq=False, slots=True)
class Source:
    """A file that was dropped in.

    Attributes:
        path: The file.
        ways: How it may be worn; empty until that is known, and where there is one way only.
        chosen: The way somebody chose; None as long as nobody did.
        made: Its garments so far. The first has the file's name for an id, the others say where they go.
        first: Where the first goes.
        displaced: What it took the place of when it was put on last.
    """

    path: Path
    ways: tuple[Way, ...] = ()
    chosen: Way | None = None
    made: dict[BodySlot, Made] = field(default_factory=dict)
    first: BodySlot | None = None
    displaced: Outfit = ()

    @property
    def ids(self) -> frozenset[str]:
        """Of its garments."""
        return frozenset(made.garment.id for made in self.made.values())

    def take(self, made: Made) -> None:
        """A garment was made of it: it gets an id and a name of its own."""
        slot = made.garment.slot
        self.first = self.first or slot
        if slot is not self.first:
            garment = made.garment
            names = {**garment.name, "en": f"{garment.name['en']} ({garment.category})"}
            made = replace(made, garment=replace(garment, id=f"{garment.id}-{slot}", name=names))
        self.made[slot] = made

    def worn_as(self, way: Way | None) -> list[Made]:
        """What is worn that way, inner layers first: None is the first way; empty while some of it is not made."""
        slots = way.slots if way else tuple(self.made)[:1]
        return [self.made[slot] for slot in slots] if all(slot in self.made for slot in slots) else []


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """To wear a file a way, after it was worn another; or the usual way, when it is dropped: both None."""

    source: Source
    way: Way | None = None
    before: Way | None = None


class Imports:
    """The files, and the queue of what is to be made of them.

    Args:
        tools: Shared parts.
        made: Told of each wish that came true: source, garments, and whether it was dropped just now.
        changed: Told when `current` or a source's ways change.
        failed: Told what went wrong with a file.
    """

    def __init__(
        self,
        tools: Tools,
        made: Callable[[Source, list[Made], bool], None],
        changed: Callable[[], None],
        failed: Callable[[Path, Exception], None],
    ) -> None:
        self._tools = tools
        self._made = made
        self._changed = changed
        self._failed = failed
        self._sources: list[Source] = []
        self._queue: list[_Wish] = []
        # Made for the first imported photo: an app that is killed leaves nothing behind unless it had one.
        self._thumbnails: tempfile.TemporaryDirectory[str] | None = None

    @property
    def current(self) -> str:
        """Name of the file that is worked on, "" for none."""
        return self._queue[0].source.path.name if self._queue else ""

    def close(self) -> None:
        """Remove the pictures made for this run."""
        if self._thumbnails is not None:
            self._thumbnails.cleanup()

    def source(self, garment_id: str) -> Source | None:
        """The file a garment was made of."""
        return next((source for source in self._sources if garment_id in source.ids), None)

    def garment(self, garment_id: str) -> Garment | None:
        """A garment that was made of a file."""
        source = self.source(garment_id)
        known = source.made.values() if source else ()
        return next((made.garment for made in known if made.garment.id == garment_id), None)

    def add(self, paths: Sequence[Path]) -> None:
        """Make garments of files; one that is known is read again, and worn the way that was chosen for it."""
        known = {source.path: source for source in self._sources}
        for path in paths:
            self._wish(_Wish(known.get(path) or Source(path)))

    def pending(self, source: Source) -> Way | None:
        """The way that a file is about to be worn."""
        return next((wish.way for wish in self._queue if wish.source is source and wish.way is source.chosen), None)

    def choose(self, source: Source, way: Way) -> None:
        """Wear a file another way; a later choice takes the place of one that waits."""
        before, source.chosen = source.chosen, way
        self._queue[1:] = [wish for wish in self._queue[1:] if wish.source is not source or wish.way is None]
        ready = source.worn_as(way)
        if ready:
            self._made(source, ready, False)
        elif self.pending(source) is None:
            self._wish(_Wish(source, way, before))
        else:  # it is being made
            self._changed()

    def _wish(self, wish: _Wish) -> None:
        self._queue.append(wish)
        self._changed()
        if len(self._queue) == 1:
            self._make()

    def _make(self) -> None:
        wish = self._queue[0]
        source, way = wish.source, wish.way or wish.source.chosen
        dropped = wish.way is None
        slots = [slot for slot in way.slots if dropped or slot not in source.made] if way else [None]
        services = self._tools.services

        def work() -> list[Made]:
            garments = [services.import_photo(source.path, slot) for slot in slots]
            return [Made(garment, self._draw_thumbnail(garment)) for garment in garments]

        def done(found: list[Made]) -> None:
            if dropped:
                source.made.clear()  # the file may hold something else by now
            for made in found:
                source.take(made)
            self._remember(source)
            # Somebody may have changed their mind meanwhile: then what they chose follows.
            if source.chosen is way:
                self._made(source, source.worn_as(way), dropped)
            if dropped:
                self._look_for_ways(source, found[-1].garment)
            self._next()

        def failed(error: Exception) -> None:
            if source.chosen is way:
                source.chosen = wish.before
            self._failed(source.path, error)
            self._next()

        self._tools.tasks.run(work, done, failed)

    def _next(self) -> None:
        self._queue.pop(0)
        self._changed()
        if self._queue:
            self._make()

    def _remember(self, source: Source) -> None:
        """The latest file of a name is the one that is meant by it."""
        others = [known for known in self._sources if known is not source]
        for known in others:
            known.made = {slot: made for slot, made in known.made.items() if made.garment.id not in source.ids}
        self._sources = [*others, source]

    def _look_for_ways(self, source: Source, garment: Garment) -> None:
        def done(ways: tuple[Way, ...]) -> None:
            source.ways = ways
            self._changed()

        def failed(error: Exception) -> None:
            self._failed(source.path, error)

        self._tools.tasks.run(lambda: self._tools.services.ways(source.path, garment), done, failed)

    def _draw_thumbnail(self, garment: Garment) -> Path:
        rgba = garment.front.rgba
        height, width = rgba.shape[:2]
        picture = QImage(rgba.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
        picture = picture.scaled(
            THUMBNAIL_PX,
            THUMBNAIL_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        if self._thumbnails is None:
            self._thumbnails = tempfile.TemporaryDirectory(prefix="tryon-")
        path = Path(self._thumbnails.name) / f"{uuid.uuid4().hex}.png"
        picture.save(str(path))
        return path
