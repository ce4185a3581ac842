"""Makes the README's screenshots: the real window on the sample people (MIT, see NOTICE).

xvfb-run -a -s "-screen 0 1920x1920x24" python resources/screenshots/make.py [NAME ...]
"""

import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtQuick import QQuickWindow

from tryon_app.app import SAMPLES, model_store
from tryon_app.commands.mirror import services
from tryon_app.core.settings import Settings
from tryon_app.gui.bridge import MirrorController
from tryon_app.gui.services import Start
from tryon_app.gui.window import make_application, open_window

FOLDER = Path(__file__).parent
WAIT_S = 90.0


@dataclasses.dataclass(frozen=True)
class Shot:
    """One picture to make."""

    person: str
    garments: tuple[str, ...]
    size: tuple[int, int] = (1280, 800)
    theme: str = "light"
    language: str = "en"
    comparing: bool = False
    diagnostics: bool = False


SHOTS = {
    "mirror": Shot("4_posture.jpg", ("tee-breton", "jeans-indigo")),
    "dark": Shot("1_posture.jpg", ("jacket-bomber", "chinos-sand"), theme="dark"),
    "compare": Shot("3_posture.jpg", ("shirt-oxford", "chinos-sand"), language="zh_CN", comparing=True),
    "kiosk": Shot("2_posture.jpg", ("dress-garden",), size=(810, 1440)),
}


def make(name: str, shot: Shot) -> None:
    """Open the window, dress the person, keep what is seen."""
    person = model_store().ensure(SAMPLES) / "people" / shot.person
    settings = Settings().changed("view", theme=shot.theme, language=shot.language, diagnostics=shot.diagnostics)
    given = dataclasses.replace(services(), settings=settings, save_settings=lambda _: None)
    with open_window(given, Start(source=str(person), garments=shot.garments)) as (window, app):
        window.resize(*shot.size)
        _until(lambda: _dressed(app, len(shot.garments)), name)
        app.pump.comparing = shot.comparing
        _live(3000)  # figures settle
        _save(window, FOLDER / f"{name}.jpg")


def _dressed(app: MirrorController, garments: int) -> bool:
    composite = app.pump.composite
    plain = app.pump.plain
    if composite is None or plain is None or len(app.wardrobe.worn) != garments:
        return False
    return not np.array_equal(composite, plain)


def _until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        _live(50)


def _live(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _save(window: QQuickWindow, path: Path) -> None:
    window.grabWindow().save(str(path), "JPG", 88)


if __name__ == "__main__":
    make_application()
    for wanted in sys.argv[1:] or SHOTS:
        make(wanted, SHOTS[wanted])
