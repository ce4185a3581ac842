"""What QML talks to: the parts of the window put together, and the few things that concern them all."""

from pathlib import Path

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from tryon_app.gui.capture import Capture
from tryon_app.gui.notices import Notices
from tryon_app.gui.preferences import Preferences
from tryon_app.gui.services import AUTO_SOURCE, Services, Start
from tryon_app.gui.stage import Stage
from tryon_app.gui.tasks import Mailbox, Tasks
from tryon_app.gui.texts import Texts
from tryon_app.gui.tools import Tools
from tryon_app.gui.video_item import FramePump
from tryon_app.gui.wardrobe import Wardrobe

VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv"})


class MirrorController(QObject):
    """The window's other half.

    Args:
        services: What it works with.
        start: What the command line asked for.
    """

    hintsChanged = Signal()
    sourcePickerWanted = Signal()

    def __init__(self, services: Services, start: Start, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = start
        self._closed = False
        self.mailbox = Mailbox(self)
        self._tasks = Tasks(self.mailbox)
        self.texts = Texts(services.translations, self)
        self._notices = Notices(self)
        self._preferences = Preferences(
            services.settings, services.save_settings, self.texts, self._notices, self._tasks, start.language, self
        )
        tools = Tools(services, self.texts, self._notices, self.mailbox, self._tasks, self._preferences)
        self._pump = FramePump(self)
        self._stage = Stage(tools, self._pump, self)
        self._wardrobe = Wardrobe(tools, self._stage.set_outfit, self)
        self._capture = Capture(
            tools,
            self._pump,
            self._stage.full_size,
            lambda: self._stage.mirrored,
            lambda: self._stage.rate,
            self,
        )
        self._preferences.languageChanged.connect(self._retranslate)
        self._preferences.sectionChanged.connect(self._stage.refresh_settings)
        self._pump.messagesChanged.connect(self.hintsChanged)

    def begin(self) -> None:
        """Open the source and read the catalogue, in the background."""
        self._wardrobe.load(self._start.garments, self._start.size)
        self._stage.begin(self._start.source)

    def close(self) -> None:
        """End everything: recording, session, workers; settings are saved. May be called twice.

        Raises:
            OutputError: The settings cannot be written.
        """
        if self._closed:
            return
        self._closed = True
        self._capture.close()
        self._stage.close()
        self._pump.detach()
        self._tasks.close()
        self.mailbox.close()
        self._wardrobe.close()
        self._preferences.flush()

    @Slot(str)
    def act(self, action: str) -> None:
        """What the button of a banner or toast stands for: "retry", "auto", "pick", "keep:ID" or "folder:PATH"."""
        name, _, argument = action.partition(":")
        if name == "retry":
            self._stage.retry()
        elif name == "auto":
            self._stage.pick(AUTO_SOURCE)
        elif name == "pick":
            self.sourcePickerWanted.emit()
        elif name == "keep":
            self._wardrobe.keep(argument)
        elif name == "folder":
            QDesktopServices.openUrl(QUrl.fromLocalFile(argument))

    @Slot(str)
    def dismiss(self, key: str) -> None:
        """Take a banner away."""
        self._notices.clear(key)

    @Slot()
    def dismissToast(self) -> None:
        """Take the toast away."""
        self._notices.clear_toast()

    @Slot("QVariantList")
    def drop(self, urls: list[QUrl]) -> None:
        """Files were dropped: a video or folder is shown, photos and 3-D models become garments."""
        paths = [Path(QUrl(url).toLocalFile()) for url in urls if QUrl(url).isLocalFile()]
        sources = [path for path in paths if path.is_dir() or path.suffix.lower() in VIDEO_SUFFIXES]
        photos = [path for path in paths if path not in sources]
        if sources:
            self._stage.pick(str(sources[0]))
        if photos:
            self._wardrobe.importPhotos([QUrl.fromLocalFile(str(path)) for path in photos])
        if not paths:
            self._notices.banner(
                "drop", self.texts["banner_drop"], self.texts["banner_drop_text"], self.texts["banner_drop_remedy"]
            )

    @Slot()
    def _retranslate(self) -> None:
        self._stage.retranslate()
        self._wardrobe.retranslate()
        self.hintsChanged.emit()

    def _get_hints(self) -> list[str]:
        return [self._hint(message) for message in self._pump.messages]

    def _hint(self, message: str) -> str:
        """ "tee-white: turned too far sideways" -> the same with the garment's name, in the language of the moment."""
        garment_id, colon, reason = message.partition(": ")
        name = self._wardrobe.name_of(garment_id) if colon else ""
        if not name:
            return self.texts.message(message)
        return self.texts["hint"].replace("%1", name).replace("%2", self.texts.message(reason))

    def _get_stage(self) -> QObject:
        return self._stage

    def _get_wardrobe(self) -> QObject:
        return self._wardrobe

    def _get_capture(self) -> QObject:
        return self._capture

    def _get_preferences(self) -> QObject:
        return self._preferences

    def _get_notices(self) -> QObject:
        return self._notices

    def _get_pump(self) -> QObject:
        return self._pump

    def _get_fullscreen(self) -> bool:
        return self._start.fullscreen

    hints = Property("QStringList", _get_hints, notify=hintsChanged)  # type: ignore[arg-type]
    stage = Property(QObject, _get_stage, constant=True)
    wardrobe = Property(QObject, _get_wardrobe, constant=True)
    capture = Property(QObject, _get_capture, constant=True)
    preferences = Property(QObject, _get_preferences, constant=True)
    notices = Property(QObject, _get_notices, constant=True)
    pump = Property(QObject, _get_pump, constant=True)
    fullscreen = Property(bool, _get_fullscreen, constant=True)
