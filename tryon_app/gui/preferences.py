"""Settings as the window sees them: read, changed, applied and saved."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from tryon_app.core.errors import TryOnError
from tryon_app.core.settings import Settings
from tryon_app.gui import settings_form
from tryon_app.gui.notices import Notices
from tryon_app.gui.tasks import Tasks
from tryon_app.gui.texts import Texts, resolve_language

SAVE_AFTER_MS = 400
BANNER = "settings"


class Preferences(QObject):
    """Holds the settings of the moment.

    Args:
        settings: Settings at start.
        save: Writes them.
        texts: Switched when the language changes.
        notices: Told when saving fails.
        tasks: Saving runs there.
        language: Language for this run only, "" for the setting's.
    """

    changed = Signal()
    languageChanged = Signal()
    sectionChanged = Signal(str)

    def __init__(
        self,
        settings: Settings,
        save: Callable[[Settings], None],
        texts: Texts,
        notices: Notices,
        tasks: Tasks,
        language: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._saved = settings
        self._save = save
        self._texts = texts
        self._notices = notices
        self._tasks = tasks
        self._timer = QTimer(self, interval=SAVE_AFTER_MS, singleShot=True)
        self._timer.timeout.connect(self._save_soon)
        self._language = language
        texts.use(language or resolve_language(settings.view.language))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    @property
    def settings(self) -> Settings:
        """The settings of the moment."""
        return self._settings

    def update(self, section: str, **values: Any) -> bool:
        """Change settings of a section; False, with a banner, where a value is outside its limits."""
        try:
            settings = self._settings.changed(section, **values)
        except TryOnError as error:
            self._notices.banner(BANNER, self._texts["settings_refused"], self._texts.message(error.message))
            return False
        if settings == self._settings:
            return True
        self._settings = settings
        self._notices.clear(BANNER)
        self._timer.start()
        if "language" in values:
            self._language = ""
            self._texts.use(resolve_language(settings.view.language))
            self.languageChanged.emit()
        self.changed.emit()
        self.sectionChanged.emit(section)
        return True

    def flush(self) -> None:
        """Save now what waits to be saved.

        Raises:
            OutputError: The file cannot be written.
        """
        self._timer.stop()
        if self._settings != self._saved:
            self._save(self._settings)
            self._saved = self._settings

    @Slot(str, str, "QVariant", result=bool)
    def put(self, section: str, key: str, value: Any) -> bool:
        """Change one setting from a control."""
        try:
            parsed = settings_form.parse(self._settings, section, key, value)
        except (TypeError, ValueError):
            return False
        return self.update(section, **{key: parsed})

    @Slot()
    def toggleDiagnostics(self) -> None:
        """Show or hide the figures over the picture."""
        self.update("view", diagnostics=not self._settings.view.diagnostics)

    @Slot()
    def toggleTheme(self) -> None:
        """Change between light and dark."""
        self.update("view", theme="light" if self._get_dark() else "dark")

    @Slot()
    def _save_soon(self) -> None:
        settings = self._settings

        def done(_: None) -> None:
            self._saved = settings

        def failed(error: Exception) -> None:
            remedy = error.remedy if isinstance(error, TryOnError) else ""
            message = error.message if isinstance(error, TryOnError) else str(error)
            self._notices.banner(
                BANNER, self._texts["settings_not_saved"], self._texts.message(message), self._texts.message(remedy)
            )

        self._tasks.run(lambda: self._save(settings), done, failed)

    @Slot()
    def _scheme_changed(self) -> None:
        self.changed.emit()

    def _get_dark(self) -> bool:
        theme = self._settings.view.theme
        if theme == "system":
            return bool(QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark)
        return theme == "dark"

    def _get_language(self) -> str:
        return self._texts.language

    def _get_diagnostics(self) -> bool:
        return self._settings.view.diagnostics

    def _get_rows(self) -> list[dict[str, Any]]:
        return settings_form.form(self._settings, self._texts)

    dark = Property(bool, _get_dark, notify=changed)
    language = Property(str, _get_language, notify=changed)
    diagnostics = Property(bool, _get_diagnostics, notify=changed)
    rows = Property("QVariantList", _get_rows, notify=changed)  # type: ignore[arg-type]
