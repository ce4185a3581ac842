"""What the window is given to work with: callables and small values, so that it runs on fakes as well as on the app."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tryon_app.core.protocols import Camera, Recorder
from tryon_app.core.settings import Settings
from tryon_app.core.types import Category, Garment, Outfit, Slot, UInt8
from tryon_app.gui.ways import Way, ways_of

Progress = Callable[[str, float], None]
"""Told what is being done and how much of it is (0..1; below 0: not known)."""

AUTO_SOURCE = "auto"
SAMPLES_SOURCE = "samples"


class GarmentEntry(Protocol):
    """One line of the catalogue, without its big pictures."""

    @property
    def id(self) -> str:
        """Folder name."""

    @property
    def name(self) -> Mapping[str, str]:
        """Language code -> name."""

    @property
    def slot(self) -> Slot:
        """Where it goes."""

    @property
    def category(self) -> Category:
        """What it is."""

    @property
    def colour(self) -> str:
        """Main colour, "#rrggbb" or empty."""

    @property
    def thumbnail(self) -> Path:
        """A picture to show."""


class Session(Protocol):
    """The part of `runtime.live.LiveSession` that the window uses."""

    def start(self, camera: Camera) -> None:
        """Begin with a source; what goes wrong later is said through `on_status`."""

    def switch(self, camera: Camera) -> None:
        """Change the source."""

    def set_outfit(self, outfit: Outfit) -> None:
        """What to wear from the next frame on."""

    def take(self) -> Any:
        """The newest `LiveFrame`, or None."""

    def full_size(self, live: Any) -> UInt8:
        """The picture of a taken `LiveFrame` at the source's full resolution, uint8 RGB; slow, on a worker."""

    def stats(self) -> Any:
        """`LiveStats` of the last seconds."""

    def stop(self, timeout_s: float = 5.0) -> Any:
        """End all threads; may be called twice."""


SessionFactory = Callable[[Callable[[], None], Callable[[Any], None]], Session]
"""(on_frame, on_status) -> a session that is not started yet."""


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """A camera that may be picked: what `open_source` takes, and what a person calls it."""

    spec: str
    name: str


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the window needs and does not build itself.

    Attributes:
        settings: Settings at start.
        save_settings: Writes them; raises `OutputError`.
        prepare: Fetches and checks models and builds the pipeline; slow, called on a worker; raises `TryOnError`.
        open_source: Source spec -> a camera that is not opened yet; may fetch the sample pack (slow, on a worker).
        cameras: The cameras connected now; slow, on a worker.
        entries: The catalogue.
        load_garment: Id -> garment with its pictures; slow, on a worker.
        import_photo: Product photo or model, where it is worn (None = found out) -> garment; slow, on a worker; raises
            `GarmentError`, `InputError`.
        ways: Photo or model, its garment -> ways to offer; slow, on a worker; raises the same.
        keep_garment: Saves an imported garment to the user's own; slow, on a worker.
        save_snapshot: (uint8 RGB, folder, mirrored) -> file written; slow, on a worker; raises `OutputError`.
        make_recorder: (file, (width, height), frames a second) -> recorder; used on one thread.
        translations: Folder of `en.json`, `zh_CN.json`.
        icons: Folder of `*.svg`.
    """

    settings: Settings
    save_settings: Callable[[Settings], None]
    prepare: Callable[[Settings, Progress], SessionFactory]
    open_source: Callable[[str, Settings, Progress], Camera]
    cameras: Callable[[], Sequence[CameraChoice]]
    entries: Callable[[], Sequence[GarmentEntry]]
    load_garment: Callable[[str], Garment]
    import_photo: Callable[[Path, Slot | None], Garment]
    keep_garment: Callable[[Garment], None]
    save_snapshot: Callable[[UInt8, Path, bool], Path]
    make_recorder: Callable[[Path, tuple[int, int], float], Recorder]
    translations: Path
    icons: Path
    ways: Callable[[Path, Garment], tuple[Way, ...]] = ways_of


@dataclass(frozen=True, slots=True)
class Start:
    """What the command line asked for.

    Attributes:
        source: Source spec, "" for the setting's.
        garments: Catalogue ids and photo paths to wear at start; empty for the last one.
        size: Size for the first of them, "" for its usual one.
        fullscreen: Start without a frame.
        language: "en" or "zh_CN" for this run, "" for the setting's.
    """

    source: str = ""
    garments: tuple[str, ...] = ()
    size: str = ""
    fullscreen: bool = False
    language: str = ""
