"""Opens the window and runs it until it is closed."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTimer, QTranslator, QUrl
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QIcon
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow
from PySide6.QtQuickControls2 import QQuickStyle

from tryon_app.core.errors import TryOnError
from tryon_app.core.protocols import Heartbeat
from tryon_app.gui.bridge import MirrorController
from tryon_app.gui.services import Services, Start

QML = Path(__file__).parent / "qml" / "Main.qml"
INTERRUPT_CHECK_MS = 200

# Linux has no one sans serif: the first that is there. Windows and macOS bring a good default of their own.
LINUX_FONTS = ("Inter", "Adwaita Sans", "Cantarell", "Noto Sans", "Noto Sans CJK SC", "Ubuntu", "DejaVu Sans")
CHINESE_FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC")

_log = logging.getLogger(__name__)


def run(services: Services, start: Start, heart: Heartbeat | None = None) -> int:
    """Show the window until it is closed or Ctrl-C is pressed.

    Args:
        services: What the window works with.
        start: What the command line asked for.
        heart: Told that "gui" is alive.

    Returns:
        The exit code.

    Raises:
        TryOnError: The window cannot be shown, or the settings cannot be saved at the end.
    """
    application = make_application()
    with open_window(services, start), _interruptible(application, heart):
        return application.exec()


def make_application() -> QGuiApplication:
    """The application with its style and fonts; the one that exists already where there is one."""
    existing = QCoreApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    QQuickStyle.setStyle("Basic")
    application = QGuiApplication(sys.argv[:1])
    application.setApplicationName("tryon")
    application.setApplicationDisplayName("Tryon")
    application.setDesktopFileName("tryon")
    known = set(QFontDatabase.families())
    families = [name for name in (*LINUX_FONTS[:4], *CHINESE_FONTS, *LINUX_FONTS[5:]) if name in known]
    if sys.platform.startswith("linux") and families:
        font = QFont(families)
        font.setPixelSize(14)
        application.setFont(font)
    return application


@contextmanager
def open_window(services: Services, start: Start) -> Iterator[tuple[QQuickWindow, MirrorController]]:
    """The window and its controller; everything is ended and saved on leaving.

    Raises:
        TryOnError: The window cannot be shown, or the settings cannot be saved at the end.
    """
    engine = QQmlApplicationEngine()
    controller = MirrorController(services, start)
    translators = _translate_dialogs(controller)
    try:
        icon = services.icons / "app.svg"
        if icon.exists():
            QGuiApplication.setWindowIcon(QIcon(str(icon)))
        context = engine.rootContext()
        context.setContextProperty("app", controller)
        context.setContextProperty("T", controller.texts.map)
        engine.load(QUrl.fromLocalFile(str(QML)))
        roots = engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise TryOnError("The window cannot be built.", "Run `tryon doctor` to see which part of Qt is missing.")
        controller.begin()
        yield roots[0], controller
    finally:
        try:
            controller.close()
        finally:
            # The window goes before what it is bound to: the other way round its bindings meet null.
            for root in engine.rootObjects():
                root.deleteLater()
            QCoreApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
            engine.deleteLater()
            QCoreApplication.sendPostedEvents(None, 52)
            translators.deleteLater()
            controller.deleteLater()
            QCoreApplication.sendPostedEvents(None, 52)


def _translate_dialogs(controller: MirrorController) -> QObject:
    """Have Qt's own texts (file dialogs) follow the language."""
    owner = QObject()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    installed: list[QTranslator] = []

    def follow() -> None:
        for old in installed:
            QCoreApplication.removeTranslator(old)
        installed.clear()
        translator = QTranslator(owner)
        if translator.load(QLocale(controller.texts.language), "qtbase", "_", folder):
            QCoreApplication.installTranslator(translator)
            installed.append(translator)

    follow()
    preferences = controller.preferences
    preferences.languageChanged.connect(follow)  # type: ignore[attr-defined]
    owner.destroyed.connect(installed.clear)
    return owner


@contextmanager
def _interruptible(application: QGuiApplication, heart: Heartbeat | None) -> Iterator[None]:
    """Ctrl-C and a polite kill close the window: Python only sees them while its code runs, so a timer makes it run.
    The same timer is the window's heartbeat.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        application.quit()

    timer = QTimer()
    timer.timeout.connect(lambda: heart.beat("gui") if heart else None)
    timer.start(INTERRUPT_CHECK_MS)
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        timer.stop()
        if heart:
            heart.rest("gui")  # ending may take its time: a recording is finished
        for number, handler in before.items():
            signal.signal(number, handler)
