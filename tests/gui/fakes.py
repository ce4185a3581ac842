"""A session, garments and services for the window that need no camera, no model and no file of the catalogue."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from tryon_app.core import paths
from tryon_app.core.errors import CameraError, GarmentError
from tryon_app.core.settings import Settings
from tryon_app.core.types import Category, Composite, Frame, Garment, GarmentView, Rect, Size, Slot, UInt8, Worn
from tryon_app.gui.services import CameraChoice, Services
from tryon_app.gui.ways import Way
from tryon_app.outputs.recorder import VideoRecorder
from tryon_app.outputs.snapshot import save_snapshot

PLAIN = (200, 60, 40)
MARK = (20, 30, 220)
NOTHING_WORN = (40, 160, 60)


class State(StrEnum):
    PREPARING = "preparing"
    RUNNING = "running"
    RECONNECTING = "reconnecting"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Status:
    state: State
    epoch: int = 0
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Shown:
    frame: Frame
    composite: Composite
    full_size: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Stats:
    fps: float
    latency_ms: float
    stages_ms: dict[str, float]
    frames: int
    dropped: int
    width: int
    height: int
    quality: float
    providers: dict[str, str]
    failures: int = 0


def colour_of(garment_id: str) -> tuple[int, int, int]:
    """What the fake pipeline paints for a garment: a different flat colour for each."""
    seed = np.random.default_rng([ord(letter) for letter in garment_id])
    red, green, blue = seed.integers(60, 256, 3)
    return int(red), int(green), int(blue)


@dataclass
class FakeCamera:
    """A source of one flat picture with a mark at its left edge."""

    name: str = "Fake camera"
    mirrored: bool = False
    live: bool = True
    rate: float = 30.0
    broken: bool = False
    person: bool = True
    messages: tuple[str, ...] = ()
    size: tuple[int, int] = (320, 180)
    full_size: tuple[int, int] | None = None
    picture: Callable[[tuple[Worn, ...]], tuple[UInt8, UInt8]] | None = None

    def open(self) -> None:
        if self.broken:
            raise CameraError("The camera is unplugged.", "Plug it in again.")

    def read(self) -> Frame | None:
        return Frame(self.plain())

    def close(self) -> None:
        pass

    def plain(self) -> UInt8:
        width, height = self.size
        image = np.full((height, width, 3), PLAIN, np.uint8)
        image[:, : width // 8] = MARK
        return image


class FakeSession:
    """Paints the outfit's colour over the camera's picture on a thread of its own; same calls as `LiveSession`."""

    def __init__(self, on_frame: Callable[[], None], on_status: Callable[[Status], None]) -> None:
        self._on_frame, self._on_status = on_frame, on_status
        self._lock = threading.Lock()
        self._latest: Shown | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.camera: FakeCamera | None = None
        self.outfit: tuple[Worn, ...] = ()
        self.epoch = 0
        self.stills = 0
        self.doubles = False

    def start(self, camera: FakeCamera) -> None:
        self.camera = camera
        self._thread = threading.Thread(target=self._run, name="fake-session")
        self._thread.start()

    def switch(self, camera: FakeCamera) -> None:
        self.epoch += 1
        self.camera = camera

    def set_outfit(self, outfit: tuple[Worn, ...]) -> None:
        self.outfit = outfit

    def take(self) -> Shown | None:
        with self._lock:
            latest, self._latest = self._latest, None
        return latest

    def full_size(self, live: Shown) -> UInt8:
        self.stills += 1
        return (
            np.repeat(np.repeat(live.composite.image, 2, axis=0), 2, axis=1) if self.doubles else live.composite.image
        )

    def stats(self) -> Stats:
        return Stats(
            fps=29.6,
            latency_ms=34.2,
            stages_ms={"capture": 2.1, "pose": 13.4, "parse": 2.2, "fit": 4.8, "composite": 9.3},
            frames=1284,
            dropped=17,
            width=1280,
            height=720,
            quality=1.0,
            providers={"pose": "XNNPACK (CPU)"},
        )

    def stop(self, timeout_s: float = 5.0) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(timeout_s)

    def _say(self, state: State, message: str = "", remedy: str = "") -> None:
        self._on_status(Status(state, self.epoch, message, remedy))

    def _run(self) -> None:
        state = State.PREPARING
        self._say(state)
        while not self._stop.wait(0.02):
            camera = self.camera
            wanted = State.RECONNECTING if camera.broken else State.RUNNING
            if wanted is not state:
                state = wanted
                lost = state is State.RECONNECTING
                self._say(state, "The camera is unplugged." if lost else "", "Plug it in again." if lost else "")
            if not camera.broken:
                self._put(self._frame(camera))
        self._say(State.STOPPED)

    def _put(self, shown: Shown) -> None:
        with self._lock:
            was_empty, self._latest = self._latest is None, shown
        if was_empty:
            self._on_frame()

    def _frame(self, camera: FakeCamera) -> Shown:
        plain, dressed = camera.picture(self.outfit) if camera.picture else self._paint(camera)
        composite = Composite(dressed, Rect(0, 0, *camera.size), messages=camera.messages, person=camera.person)
        frame = Frame(plain, captured_s=time.perf_counter())
        return Shown(frame, composite, camera.full_size or (frame.width, frame.height))

    def _paint(self, camera: FakeCamera) -> tuple[UInt8, UInt8]:
        plain = camera.plain()
        dressed = plain.copy()
        width = camera.size[0]
        dressed[:, width // 8 :] = colour_of(self.outfit[-1].garment.id) if self.outfit else NOTHING_WORN
        return plain, dressed


@dataclass(frozen=True)
class FakeEntry:
    id: str
    name: dict[str, str]
    slot: Slot
    category: Category
    colour: str
    thumbnail: Path


WARDROBE = (
    ("navy-tee", "Navy tee", "藏青T恤", Slot.TOP, Category.TEE),
    ("striped-longsleeve", "Striped long sleeve", "条纹长袖", Slot.TOP, Category.LONGSLEEVE),
    ("red-dress", "Red wrap dress", "红色裹身裙", Slot.DRESS, Category.DRESS),
    ("blue-jeans", "Blue jeans", "蓝色牛仔裤", Slot.BOTTOM, Category.TROUSERS),
    ("pleated-skirt", "Pleated skirt", "百褶裙", Slot.BOTTOM, Category.SKIRT),
    ("bomber", "Bomber jacket", "飞行员夹克", Slot.OUTER, Category.JACKET),
)

SUIT = tuple(Way)
"""Ways to wear whatever has "suit" in its name; as an outer garment it is refused."""


@dataclass
class FakeWorld:
    """Everything the window talks to, and a record of what it asked for."""

    folder: Path
    settings: Settings = field(default_factory=Settings)
    cameras: list[CameraChoice] = field(default_factory=lambda: [CameraChoice("camera:one", "Fake camera")])
    sources: dict[str, FakeCamera] = field(default_factory=dict)
    saved: list[Settings] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    loading: threading.Event = field(default_factory=threading.Event)
    importing: threading.Event = field(default_factory=threading.Event)
    imported: list[Slot | None] = field(default_factory=list)
    session: FakeSession | None = None
    prepare_error: Exception | None = None

    def __post_init__(self) -> None:
        self.loading.set()
        self.importing.set()
        self.sources.setdefault("camera:one", FakeCamera(mirrored=True))
        self.sources.setdefault("samples", FakeCamera("Sample people"))
        self.sources.setdefault("synthetic", FakeCamera("Test figure"))

    def services(self) -> Services:
        return Services(
            settings=self.settings,
            save_settings=self.saved.append,
            prepare=self._prepare,
            open_source=self._open,
            cameras=lambda: tuple(self.cameras),
            entries=self._entries,
            load_garment=self._load,
            import_photo=self._import,
            ways=lambda path, garment: SUIT if "suit" in path.name else (),
            keep_garment=lambda garment: self.kept.append(garment.id),
            save_snapshot=save_snapshot,
            make_recorder=lambda path, size, rate: VideoRecorder(path, size, rate, realtime=True),
            translations=paths.resources_dir() / "translations",
            icons=paths.resources_dir() / "icons",
        )

    def _prepare(self, settings: Settings, progress: Callable[[str, float], None]) -> Callable[..., FakeSession]:
        progress("Loading", 0.5)
        if self.prepare_error:
            raise self.prepare_error

        def make(on_frame: Callable[[], None], on_status: Callable[[Status], None]) -> FakeSession:
            self.session = FakeSession(on_frame, on_status)
            return self.session

        return make

    def _open(self, spec: str, settings: Settings, progress: Callable[[str, float], None]) -> FakeCamera:
        if spec not in self.sources:
            raise CameraError(f"There is no source {spec!r}.", "Choose another one.")
        return self.sources[spec]

    def _entries(self) -> list[FakeEntry]:
        return [
            FakeEntry(key, {"en": english, "zh_CN": chinese}, slot, category, "", self._thumbnail(key))
            for key, english, chinese, slot, category in WARDROBE
        ]

    def _thumbnail(self, key: str) -> Path:
        path = self.folder / f"{key}.png"
        if not path.exists():
            red, green, blue = colour_of(key)
            picture = QImage(60, 80, QImage.Format.Format_RGB32)
            picture.fill(red << 16 | green << 8 | blue)
            picture.save(str(path))
        return path

    def _load(self, garment_id: str) -> Garment:
        self.loading.wait(5)
        for key, english, chinese, slot, category in WARDROBE:
            if key == garment_id:
                return make_garment(key, {"en": english, "zh_CN": chinese}, slot, category)
        raise GarmentError(f"There is no garment called {garment_id!r}.", "Choose another one.")

    def _import(self, path: Path, slot: Slot | None) -> Garment:
        self.importing.wait(5)
        self.imported.append(slot)
        return self._found(path) if slot is None else self._as(path, slot)

    def _found(self, path: Path) -> Garment:
        if not {"garment", "suit"} & set(path.stem.split()):
            raise GarmentError(f"No garment is found in {path.name}.", "Take one garment on a plain background.")
        sizes = ("S", "M", "L") if "suit" in path.name else ()
        return make_garment(path.stem, {"en": path.stem}, Slot.TOP, Category.TEE, sizes)

    def _as(self, path: Path, slot: Slot) -> Garment:
        if slot is Slot.OUTER:
            raise GarmentError(f"{path.name} does not look like something worn as {slot}.", "Choose another slot.")
        categories = {Slot.TOP: Category.TEE, Slot.BOTTOM: Category.TROUSERS, Slot.DRESS: Category.DRESS}
        return make_garment(path.stem, {"en": path.stem}, slot, categories[slot], sizes=("S", "M", "L"))


def make_garment(
    garment_id: str,
    names: dict[str, str],
    slot: Slot,
    category: Category,
    sizes: tuple[str, ...] = ("S", "M", "L", "XL"),
) -> Garment:
    rgba = np.zeros((80, 60, 4), np.uint8)
    rgba[8:-8, 8:-8] = (*colour_of(garment_id), 255)
    return Garment(
        id=garment_id,
        name=names,
        slot=slot,
        category=category,
        front=GarmentView(rgba, {}),
        layer=30 if slot is Slot.OUTER else 10,
        sizes=tuple(Size(name) for name in sizes),
        default_size="M" if sizes else "",
    )
