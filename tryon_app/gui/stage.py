"""What is on stage: the source, the session that dresses it, and how they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, QUrl, Signal, Slot

from tryon_app.core.errors import TryOnError
from tryon_app.core.protocols import Camera
from tryon_app.core.types import Outfit, UInt8
from tryon_app.gui.services import AUTO_SOURCE, SAMPLES_SOURCE, CameraChoice, Session, SessionFactory
from tryon_app.gui.tools import Tools
from tryon_app.gui.video_item import FramePump

SYNTHETIC_SOURCE = "synthetic"
FIGURES_EVERY_MS = 500
NO_CAMERA, SOURCE, MODELS, PART = "no-camera", "source", "models", "part"
BANNERS = (NO_CAMERA, SOURCE, MODELS, PART)


class WindowClosedError(Exception):
    """Ends work on a worker that nobody waits for any more."""


class Stage(QObject):
    """Starts and switches sources; `state` is preparing, running, reconnecting, failed or stopped."""

    changed = Signal()
    progressChanged = Signal()
    camerasChanged = Signal()
    figuresChanged = Signal()

    def __init__(self, tools: Tools, pump: FramePump, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._pump = pump
        self._session: Session | None = None
        self._outfit: Outfit = ()
        self._state = "preparing"
        self._spec = ""
        self._name = ""
        self._wanted = AUTO_SOURCE
        self._epoch = self._status_epoch = 0
        self._is_mirror = False
        self._flipped = False
        self._cameras: tuple[CameraChoice, ...] = ()
        self._progress: tuple[str, float] = ("", -1.0)
        self._figures: dict[str, Any] = {}
        self._closed = False
        self._preparing = False
        self._timer = QTimer(self, interval=FIGURES_EVERY_MS)
        self._timer.timeout.connect(self._measure)

    @property
    def mirrored(self) -> bool:
        """Whether the view is shown as in a mirror."""
        mirrors = self._is_mirror and self._tools.preferences.settings.view.mirror
        return bool(mirrors != self._flipped)

    @property
    def rate(self) -> float:
        """Frames a second shown."""
        return float(self._session.stats().fps) if self._session else 0.0

    def full_size(self, live: Any) -> UInt8:
        """A shown frame at the source's full resolution, uint8 RGB; slow, for a worker."""
        session = self._session
        image: UInt8 = live.composite.image
        return session.full_size(live) if session else image

    def begin(self, source: str) -> None:
        """Prepare the models, then open the source; "" for the setting's."""
        self._wanted = source or self._tools.preferences.settings.camera.source
        self._prepare()

    def set_outfit(self, outfit: Outfit) -> None:
        """What to wear, also for a session that is still to come."""
        self._outfit = outfit
        if self._session:
            self._session.set_outfit(outfit)

    def close(self) -> None:
        """End the session and its threads."""
        self._closed = True
        self._timer.stop()
        if self._session:
            self._session.stop()
            self._session = None

    @Slot(str)
    def refresh_settings(self, section: str) -> None:
        """A setting changed: what a camera is asked for needs opening it again."""
        if section == "camera" and self._session and self._spec.startswith("camera:"):
            self.pick(self._spec)
        self.changed.emit()

    def retranslate(self) -> None:
        """The language changed."""
        self.changed.emit()
        self.progressChanged.emit()
        self._measure()

    @Slot(str)
    def pick(self, spec: str) -> None:
        """Show another source."""
        self._wanted = spec
        if self._session and self._state == "failed":
            self._begin_again(self._session)
        elif self._session:
            self._open(spec)
        elif not self._preparing:
            self._prepare()

    @Slot(QUrl)
    def openFile(self, url: QUrl) -> None:
        """Show a photo, a video or a folder of photos."""
        self.pick(str(Path(url.toLocalFile())))

    @Slot()
    def retry(self) -> None:
        """Try again what failed."""
        self.pick(self._wanted)

    @Slot()
    def refreshCameras(self) -> None:
        """Look which cameras are connected now."""

        def done(cameras: Any) -> None:
            self._cameras = tuple(cameras)
            self.camerasChanged.emit()

        self._tools.tasks.run(
            self._tools.services.cameras,
            done,
            lambda error: self._tools.report(SOURCE, self._tools.texts["banner_cameras"], error),
        )

    @Slot()
    def toggleMirror(self) -> None:
        """Mirror the view, or not: remembered for cameras, for other sources just now."""
        if self._is_mirror:
            self._tools.preferences.update("view", mirror=not self._tools.preferences.settings.view.mirror)
        else:
            self._flipped = not self._flipped
            self.changed.emit()

    def _begin_again(self, failed: Session) -> None:
        """A session whose models failed cannot go on: end it, then start from the beginning."""
        self._session = None
        self._preparing = True
        self._set_state("preparing")
        self._tools.tasks.run(failed.stop, lambda _: self._prepare(), lambda _: self._prepare())

    def _prepare(self) -> None:
        self._preparing = True
        self._set_state("preparing")
        self._clear_banners()
        settings = self._tools.preferences.settings

        def done(factory: SessionFactory) -> None:
            self._preparing = False
            self._set_progress("", -1.0)
            self._session = self._make(factory)
            self._session.set_outfit(self._outfit)
            self._pump.connect_source(self._session.take)
            self._timer.start()
            self._open(self._wanted, first=True)

        def failed(error: Exception) -> None:
            self._preparing = False
            self._set_state("failed")
            texts = self._tools.texts
            self._tools.report(MODELS, texts["banner_models"], error, "retry", texts["retry"])

        self._tools.tasks.run(lambda: self._tools.services.prepare(settings, self._say), done, failed)

    def _make(self, factory: SessionFactory) -> Session:
        """A session whose news come on the GUI thread, and only while it is the one on stage."""
        made: list[Session] = []
        self._status_epoch = 0
        made.append(
            factory(
                self._pump.frame_ready,
                lambda status: self._tools.mailbox.post(lambda: self._status(made[0], status)),
            )
        )
        return made[0]

    def _open(self, spec: str, first: bool = False) -> None:
        self._epoch += 1
        epoch = self._epoch
        settings = self._tools.preferences.settings
        services = self._tools.services

        def work() -> tuple[Camera, str, bool]:
            if spec != AUTO_SOURCE:
                return services.open_source(spec, settings, self._say), spec, False
            cameras = tuple(services.cameras())
            self._tools.mailbox.post(lambda: self._set_cameras(cameras))
            if cameras:
                return services.open_source(cameras[0].spec, settings, self._say), cameras[0].spec, False
            try:
                return services.open_source(SAMPLES_SOURCE, settings, self._say), SAMPLES_SOURCE, True
            except TryOnError:  # no network to fetch the sample people with: the drawn figure needs nothing
                return services.open_source(SYNTHETIC_SOURCE, settings, self._say), SYNTHETIC_SOURCE, True

        def done(result: tuple[Camera, str, bool]) -> None:
            if epoch != self._epoch or self._session is None:
                return
            camera, found, fallback = result
            self._show(camera, found, first)
            if fallback:
                texts = self._tools.texts
                shown = texts["source_" + found]
                self._tools.notices.banner(
                    NO_CAMERA,
                    texts["banner_no_camera"],
                    texts["banner_no_camera_text"].replace("%1", shown),
                    texts["banner_no_camera_remedy"],
                    kind="info",
                    action="auto",
                    action_text=texts["look_again"],
                )

        def failed(error: Exception) -> None:
            if epoch == self._epoch:
                if first:
                    self._set_state("failed")
                texts = self._tools.texts
                self._tools.report(SOURCE, texts["banner_source"], error, "retry", texts["retry"])

        self._tools.tasks.run(work, done, failed)

    def _show(self, camera: Camera, spec: str, first: bool) -> None:
        self._clear_banners()
        self._spec, self._name = spec, camera.name
        self._is_mirror, self._flipped = camera.mirrored, False
        self._pump.forget()
        if self._session:
            start: Callable[[Camera], None] = self._session.start if first else self._session.switch
            start(camera)
        self.changed.emit()

    def _status(self, session: Session, status: Any) -> None:
        if self._closed or session is not self._session or status.epoch < self._status_epoch:
            return
        self._status_epoch = status.epoch
        before, texts, notices = self._state, self._tools.texts, self._tools.notices
        self._set_state(str(status.state))
        message, remedy = texts.message(status.message), texts.message(status.remedy)
        if self._state == "running":
            if notices.clear(SOURCE) and before == "reconnecting":
                notices.toast(texts["toast_back"], self._get_name())
            if message:  # a stage failed on a frame and was left out
                notices.banner(PART, texts["banner_part"], message, remedy, "warning")
            else:
                notices.clear(PART)
        elif self._state == "reconnecting":
            notices.banner(
                SOURCE, texts["banner_reconnecting"], message, remedy, "warning", "pick", texts["choose_source"]
            )
        elif self._state == "failed":
            notices.banner(MODELS, texts["banner_models"], message, remedy, "error", "retry", texts["retry"])
        elif self._state == "stopped" and message:
            if remedy:  # a file that cannot be read does not come back by itself
                notices.banner(SOURCE, texts["banner_source"], message, remedy, "error", "retry", texts["retry"])
            else:
                notices.banner(SOURCE, message, "", "", "info", "retry", texts["play_again"])

    def _say(self, what: str, share: float) -> None:
        """Progress, from a worker; a download ends here when the window is closed."""
        if self._closed:
            raise WindowClosedError
        self._tools.mailbox.post(lambda: self._set_progress(what, share))

    def _set_progress(self, what: str, share: float) -> None:
        self._progress = (what, share)
        self.progressChanged.emit()

    def _set_cameras(self, cameras: tuple[CameraChoice, ...]) -> None:
        self._cameras = cameras
        self.camerasChanged.emit()

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()

    def _clear_banners(self) -> None:
        for key in BANNERS:
            self._tools.notices.clear(key)

    @Slot()
    def _measure(self) -> None:
        if self._session is None or not self._tools.preferences.settings.view.diagnostics:
            return
        stats, texts = self._session.stats(), self._tools.texts
        total = max(sum(stats.stages_ms.values()), 1e-6)
        self._figures = {
            "fps": f"{stats.fps:.0f}",
            "latency": f"{stats.latency_ms:.0f}",
            "size": f"{stats.width} × {stats.height}",
            "dropped": f"{stats.dropped} / {stats.dropped + stats.frames}",
            "quality": f"{stats.quality:.0%}",
            "failures": str(stats.failures) if stats.failures else "",
            "reduced": stats.quality < 1,
            "providers": [
                {"model": texts.get(f"model_{model}", model), "provider": provider}
                for model, provider in stats.providers.items()
            ],
            "stages": [
                {"name": texts.get(f"stage_{name}", name), "ms": f"{value:.1f}", "share": value / total}
                for name, value in stats.stages_ms.items()
            ],
        }
        self.figuresChanged.emit()

    def _get_state(self) -> str:
        return self._state

    def _get_name(self) -> str:
        return self._tools.texts.get(f"source_{self._spec}", self._name)

    def _get_spec(self) -> str:
        return self._spec

    def _get_cameras(self) -> list[dict[str, str]]:
        return [{"spec": camera.spec, "name": camera.name} for camera in self._cameras]

    def _get_progress_text(self) -> str:
        return self._tools.texts.message(self._progress[0])

    def _get_progress(self) -> float:
        return self._progress[1]

    def _get_mirrored(self) -> bool:
        return self.mirrored

    def _get_figures(self) -> dict[str, Any]:
        return self._figures

    state = Property(str, _get_state, notify=changed)
    sourceName = Property(str, _get_name, notify=changed)
    sourceSpec = Property(str, _get_spec, notify=changed)
    isMirrored = Property(bool, _get_mirrored, notify=changed)
    cameras = Property("QVariantList", _get_cameras, notify=camerasChanged)  # type: ignore[arg-type]
    progressText = Property(str, _get_progress_text, notify=progressChanged)
    progress = Property(float, _get_progress, notify=progressChanged)
    figures = Property("QVariantMap", _get_figures, notify=figuresChanged)  # type: ignore[arg-type]
