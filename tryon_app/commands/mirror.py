"""`tryon mirror`: the window."""

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tryon_app.commands.showing import LANGUAGES, Garments, Language, Size, Source
from tryon_app.core.errors import UsageError

if TYPE_CHECKING:
    from tryon_app.core.protocols import Camera, Recorder
    from tryon_app.core.settings import Settings
    from tryon_app.gui.services import CameraChoice, Progress, Services, Session, SessionFactory
    from tryon_app.supervision.heart import Heart


def mirror(
    source: Source = "",
    garment: Garments = None,
    size: Size = "",
    fullscreen: Annotated[bool, typer.Option("--fullscreen", help="Fill the screen.")] = False,
    language: Language = "",
    no_networks: Annotated[
        bool, typer.Option("--no-networks", help="Go by geometry alone: faster, with coarser edges.")
    ] = False,
) -> None:
    """See yourself in a garment, live.

    Drag a product photo or a 3-D model (GLB, glTF, OBJ) onto the window to wear it. `?` lists the keys.

    **Examples**

    - `tryon mirror`

    - `tryon mirror --source samples --garment tee-white --size L`

    - `tryon mirror --source dance.mp4 --garment shop/shirt.jpg --fullscreen`
    """
    if language and language not in LANGUAGES:
        raise UsageError(f"--language cannot be {language!r}.", f"Use one of {', '.join(LANGUAGES)}.")
    from tryon_app.gui.display import check_display

    check_display()
    if sys.platform == "win32" and not no_networks:
        # Qt brings an older C++ runtime along; whichever is loaded first serves both.
        with contextlib.suppress(ImportError, OSError):
            importlib.import_module("onnxruntime")
    from tryon_app.gui.services import Start
    from tryon_app.gui.window import run

    start = Start(source, tuple(garment or ()), size, fullscreen, language)
    with _heart() as heart:
        code = run(services(not no_networks, heart), start, heart)
    raise typer.Exit(code)


@contextlib.contextmanager
def _heart() -> "Iterator[Heart | None]":
    """Heartbeats for `tryon kiosk`, and what each thread was doing where it had to be killed; None without it."""
    import faulthandler

    from tryon_app.supervision.heart import Heart

    heart = Heart.of_this_process()
    if heart is None:
        yield None
        return
    if sys.stderr is not None:  # a windowed program of Windows may have none
        faulthandler.enable()
    heart.start()
    try:
        yield heart
    finally:
        heart.stop()


def services(networks: bool = True, heart: "Heart | None" = None) -> "Services":
    """What the window works with, taken from the app.

    Args:
        networks: Whether our own networks are used, if the settings want them.
        heart: Told that the processing threads are alive.
    """
    from tryon_app import app
    from tryon_app.core import paths
    from tryon_app.core.settings import load_settings, save_settings
    from tryon_app.gui.services import Services
    from tryon_app.outputs.snapshot import save_snapshot

    return Services(
        settings=load_settings(),
        save_settings=save_settings,
        prepare=lambda settings, progress: _prepare(settings, progress, networks, heart),
        open_source=_open_source,
        cameras=_cameras,
        entries=lambda: app.catalogue().entries(),
        load_garment=lambda garment_id: app.load_garment(garment_id),
        import_photo=app.import_photo,
        keep_garment=_keep,
        save_snapshot=save_snapshot,
        make_recorder=_make_recorder,
        translations=paths.resources_dir() / "translations",
        icons=paths.resources_dir() / "icons",
    )


def _prepare(settings: "Settings", progress: "Progress", networks: bool, heart: "Heart | None") -> "SessionFactory":
    """Have the models here before the window says that it is ready, then build the pipeline; without models the window
    shows the plain picture and what to do.
    """
    from tryon_app import app
    from tryon_app.core import paths
    from tryon_app.core.errors import TryOnError
    from tryon_app.core.pipeline import Pipeline
    from tryon_app.outputs.leftovers import remove_leftovers
    from tryon_app.runtime.live import LiveSession
    from tryon_app.runtime.unavailable import UnavailablePipeline

    capture = settings.capture
    remove_leftovers((capture.snapshots, capture.recordings, paths.settings_file().parent))
    pipeline: Pipeline
    try:
        store = app.model_store()
        for model in app.MODELS:
            store.ensure(model, _download(progress))
        pipeline = app.build_pipeline(settings, networks=networks)
    except TryOnError as error:
        pipeline = UnavailablePipeline(error)

    def make(on_frame: Callable[[], None], on_status: Callable[[Any], None]) -> "Session":
        return LiveSession(
            pipeline,
            on_frame=on_frame,
            on_status=on_status,
            target_fps=settings.live.target_fps,
            adaptive=settings.live.adaptive,
            still=lambda: app.build_pipeline(settings, networks=False),  # what was seen is taken over
            heart=heart,
        )

    return make


def _open_source(spec: str, settings: "Settings", progress: "Progress") -> "Camera":
    """A source for the window: unlike a video, a slideshow may take the shape of its pictures, and tall ones then fill
    the view in full height.
    """
    from tryon_app import app
    from tryon_app.core.stills import STILL_SUFFIXES

    path = Path(spec).expanduser()
    if spec == app.SAMPLES:
        path = app.model_store().ensure(app.SAMPLES, _download(progress)) / "people"
    elif spec == "synthetic" or not (path.is_dir() or (path.is_file() and path.suffix.lower() in STILL_SUFFIXES)):
        return app.open_source(spec, settings, _download(progress))
    from tryon_app.cameras.images import ImageFolderCamera

    return ImageFolderCamera(path, size=_shape(path))


def _shape(path: Path) -> tuple[int, int]:
    """Frame size within 1280x720 in the shape of the first picture; between 9:16 and 16:9, both sides even."""
    from tryon_app.core.errors import TryOnError
    from tryon_app.core.stills import STILL_SUFFIXES, read_image

    pictures = sorted(path.iterdir()) if path.is_dir() else [path]
    for picture in pictures:
        if picture.suffix.lower() in STILL_SUFFIXES:
            try:
                height, width = read_image(picture).shape[:2]
            except TryOnError:  # the slideshow leaves it out too
                continue
            aspect = min(max(width / height, 9 / 16), 16 / 9)
            scale = min(1280 / aspect, 720.0)
            return round(scale * aspect / 2) * 2, round(scale / 2) * 2
    return 1280, 720


def _download(progress: "Progress") -> Callable[[str, int, int], None]:
    """Bytes as the share that the window shows."""

    def tell(what: str, done: int, total: int) -> None:
        progress(f"Fetching {what}, needed once.", done / total if total > 0 else -1.0)

    return tell


def _cameras() -> "tuple[CameraChoice, ...]":
    from tryon_app.cameras.discovery import list_cameras
    from tryon_app.gui.services import CameraChoice

    return tuple(CameraChoice(f"camera:{camera.id}", camera.name) for camera in list_cameras())


def _keep(garment: Any) -> None:
    from tryon_app.core import paths
    from tryon_app.garments.importing import save_new

    save_new(garment, paths.user_garments_dir())


def _make_recorder(path: Path, size: tuple[int, int], rate: float) -> "Recorder":
    from tryon_app.outputs.recorder import VideoRecorder

    return VideoRecorder(path, size, rate, realtime=True)
