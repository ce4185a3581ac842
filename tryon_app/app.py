"""Composition root: builds every part and hands it over. Rooms are imported when a part of theirs is wanted."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tryon_app.core import paths
from tryon_app.core.errors import CameraError, GarmentError, InputError, ModelError
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.protocols import Camera, Parser, Refiner
from tryon_app.core.settings import Settings, load_settings
from tryon_app.core.stills import STILL_SUFFIXES
from tryon_app.core.types import Garment, Mode, Slot, UInt8

if TYPE_CHECKING:
    from tryon_app.garments.catalogue import Catalogue
    from tryon_app.garments.worn import Box
    from tryon_app.inference.session import Network
    from tryon_app.inference.store import ModelStore

Progress = Callable[[str, int, int], None]
"""Called with what is fetched, bytes so far, and bytes in all."""

MODELS = ("pose",)
"""What the pipeline cannot do without."""
SAMPLES = "samples"
_log = logging.getLogger(__name__)


def model_store() -> "ModelStore":
    """The models that ship with the app and those fetched by the user.

    Raises:
        ModelError: The list of models is missing or not valid.
    """
    from tryon_app.inference.manifest import load_manifest
    from tryon_app.inference.store import ModelStore

    return ModelStore(load_manifest(), paths.models_cache_dir(), bundled=(paths.models_dir(),))


def build_pipeline(
    settings: Settings, progress: Progress | None = None, networks: bool = True, thorough: bool = False
) -> Pipeline:
    """All stages, not opened yet. Models that are missing are fetched when it is opened.

    Args:
        settings: Smoothing of the landmarks, and whether networks are wanted.
        progress: Told about downloads.
        networks: False leaves our own networks out, whatever the settings say.
        thorough: Nothing waits for the picture: no short cuts for speed.

    Raises:
        ModelError: The list of models is missing or not valid.
    """
    from tryon_app.compositing.compositor import GarmentCompositor
    from tryon_app.fitting.flat import FlatFitter
    from tryon_app.perception.mediapipe_pose import MediaPipePose
    from tryon_app.perception.silhouette import SilhouetteParser

    store = model_store()
    refiner: Refiner | None = None
    pose = MediaPipePose(
        lambda: store.ensure("pose", progress), min_cutoff=settings.pose.min_cutoff, beta=settings.pose.beta
    )
    parser: Parser = SilhouetteParser()
    if networks and settings.live.networks:
        parser, refiner = _with_network(parser, store, thorough), _refiner(store, thorough)
    return Pipeline(pose, parser, FlatFitter(), GarmentCompositor(thorough), refiner)


def _with_network(outline: Parser, store: "ModelStore", thorough: bool) -> Parser:
    """The outline with the parsing network's labels, where this version has that network."""
    from tryon_app.perception.parsing_network import MODEL, NetworkParser

    network = _network(MODEL, store)
    return outline if network is None else NetworkParser(outline, network, thorough, mirrored=thorough)


def _refiner(store: "ModelStore", thorough: bool) -> Refiner | None:
    """What mends the fit, where this version has the warp network."""
    from tryon_app.fitting.refine import MODEL, NetworkRefiner

    network = _network(MODEL, store)
    return None if network is None else NetworkRefiner(network, thorough)


def _network(model: str, store: "ModelStore") -> "Network | None":
    """A network that ships with this version, with the copy of it that is made for CPUs; not loaded yet."""
    from tryon_app.inference.choices import Choices
    from tryon_app.inference.session import Network

    declared = store.manifest.models.get(model)
    if declared is None or declared.tensors is None:
        return None
    choices = Choices(paths.cache_dir() / "providers.json")
    copy = f"{model}-cpu"
    cpu_model = (lambda: store.ensure(copy)) if copy in store.manifest.models else None
    return Network(model, lambda: store.ensure(model), declared.tensors, choices, cpu_model=cpu_model)


@contextmanager
def opened_pipeline(mode: Mode, progress: Progress | None = None, networks: bool = True) -> Iterator[Pipeline]:
    """The pipeline with the user's settings, open while the block runs.

    Args:
        mode: "video" follows a person from frame to frame, "image" looks at each picture afresh.
        progress: Told about downloads.
        networks: See `build_pipeline`.

    Raises:
        ModelError: A model is missing and cannot be fetched, or is damaged.
    """
    pipeline = build_pipeline(load_settings(), progress, networks, thorough=True)
    try:
        pipeline.open(mode)
        yield pipeline
    finally:
        pipeline.close()


def open_video(path: Path) -> Camera:
    """A video file to be read once, frame by frame; not opened yet."""
    return _film(path, loop=False)


def _film(path: Path, loop: bool) -> Camera:
    """Through PyAV where it is there; installers go without, as its builds hold GPL encoders."""
    if find_spec("av") is None:
        from tryon_app.cameras.video_file_cv import CvVideoFileCamera

        return CvVideoFileCamera(path, loop=loop)
    from tryon_app.cameras.video_file import VideoFileCamera

    return VideoFileCamera(path, loop=loop)


def open_source(spec: str, settings: Settings, progress: Progress | None = None) -> Camera:
    """A source of frames, not opened yet.

    Args:
        spec: "camera:ID", "camera" for the first one, a video, a picture or a folder of pictures, "samples",
            "synthetic", or "auto": the first camera, the sample people where there is none.
        settings: Size and rate to ask a camera for.
        progress: Told about the download of the sample pack.

    Raises:
        CameraError: There is no such source.
        ModelError: The sample pack is missing and cannot be fetched.
    """
    if spec == "auto":
        from tryon_app.cameras.discovery import list_cameras

        spec = "camera" if list_cameras() else SAMPLES
    if spec == "camera" or spec.startswith("camera:"):
        from tryon_app.cameras.opencv import OpenCVCamera

        wanted = settings.camera
        return OpenCVCamera(
            spec.removeprefix("camera").removeprefix(":"), size=(wanted.width, wanted.height), rate=wanted.fps
        )
    if spec == "synthetic":
        from tryon_app.cameras.synthetic import SyntheticCamera

        return SyntheticCamera()
    if spec == SAMPLES:
        from tryon_app.cameras.images import ImageFolderCamera

        return ImageFolderCamera(model_store().ensure(SAMPLES, progress) / "people")
    return _open_path(Path(spec).expanduser())


def _open_path(path: Path) -> Camera:
    if not path.exists():
        raise CameraError(
            f"There is no source {str(path)!r}.", "Give camera:ID, a video, a picture, a folder, samples or synthetic."
        )
    if path.is_dir() or path.suffix.lower() in STILL_SUFFIXES:
        from tryon_app.cameras.images import ImageFolderCamera

        return ImageFolderCamera(path)
    return _film(path, loop=True)


def catalogue() -> "Catalogue":
    """The built-in garments and the user's own."""
    from tryon_app.garments.catalogue import Catalogue

    return Catalogue((paths.resources_dir() / "garments", paths.user_garments_dir()))


def find_person(image: UInt8) -> "Box | None":
    """Where a person's face is in a product photo; nobody is looked for where the models are not there.

    Args:
        image: uint8 RGB.
    """
    from tryon_app.perception.people import PersonFinder

    try:
        store = model_store()
        return PersonFinder(store.path("pose"), store.path("face"))(image)
    except ModelError as error:
        _log.warning("Whether the photo shows a person is not checked: %s", error)
        return None


def import_photo(photo: Path, slot: Slot | None = None) -> Garment:
    """The garment in a product photo; a photo seen before is not cut out again.

    Raises:
        GarmentError: No garment is found in it.
        InputError: It cannot be read.
    """
    from tryon_app.garments.importing import import_photo as import_anew
    from tryon_app.garments.photo_cache import PhotoCache
    from tryon_app.garments.storage import load_garment as load_folder
    from tryon_app.garments.storage import save_garment

    cache = PhotoCache(
        paths.cache_dir() / "garments",
        lambda path, wanted: import_anew(path, slot=wanted, find_person=find_person),
        save_garment,
        load_folder,
    )
    return cache.garment(photo, slot)


def load_garment(spec: str, slot: Slot | None = None) -> Garment:
    """A garment by name or picture.

    Args:
        spec: An id of the catalogue, a product photo, or a folder with a `garment.toml`.
        slot: Where it must go; found out when None.

    Raises:
        GarmentError: There is no such garment, it goes elsewhere, or the photo shows none.
        InputError: The photo cannot be read.
    """
    path = Path(spec).expanduser()
    if path.is_file():
        return import_photo(path, slot)
    if path.is_dir() and (path / "garment.toml").is_file():
        from tryon_app.garments.storage import load_garment as load_folder

        garment = load_folder(path)
    else:
        garment = _from_catalogue(spec)
    if slot is not None and not _goes_to(garment.slot, slot):
        raise GarmentError(f"{spec} is worn as {garment.slot}, not as {slot}.", "Leave the slot out.")
    return garment


def _from_catalogue(spec: str) -> Garment:
    known = catalogue()
    if spec in known.ids():
        return known.load(spec)
    if Path(spec).suffix or "/" in spec or "\\" in spec:
        raise InputError(f"There is no picture {spec!r}.", "Check the spelling of the path.")
    from difflib import get_close_matches

    close = get_close_matches(spec, known.ids(), n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}?" if close else "`tryon garments list` shows what there is."
    raise GarmentError(f"There is no garment called {spec!r}.", hint)


def _goes_to(slot: Slot, wanted: Slot) -> bool:
    return slot is wanted or {slot, wanted} == {Slot.TOP, Slot.OUTER}
