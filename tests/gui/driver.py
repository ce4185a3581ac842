"""Drives the window as a person does: by what is on screen, with mouse and keys."""

import json
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickWindow
from PySide6.QtTest import QTest

from tryon_app.gui.bridge import MirrorController

# Items are found in JavaScript: PySide may mistake the wrapper of one for that of a freed value at its address.
FIND = """
(function(name, expression) {
    var root = contentItem;
    while (root.parent) root = root.parent;
    var waiting = [root];
    while (waiting.length) {
        var item = waiting.pop();
        if (!item.visible) continue;
        if (item.objectName === name) {
            var at = item.mapToItem(root, 0, 0);
            return JSON.stringify(expression ? eval("item." + expression) : [at.x, at.y, item.width, item.height]);
        }
        for (var i = 0; i < item.children.length; i++) waiting.push(item.children[i]);
    }
    return "null";
})(%s, %s)
"""


def live(milliseconds: int) -> None:
    """Let the window run for a while; unlike `QTest.qWait`, other threads run too."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Driver:
    """One open window."""

    def __init__(self, window: QQuickWindow, app: MirrorController) -> None:
        self.window = window
        self.app = app

    def until(
        self,
        condition: Callable[[], Any],
        what: str,
        timeout_s: float = 15.0,
        instead: Callable[[], object] | None = None,
    ) -> None:
        """Let the window live until something holds; `instead` tells what is there where it never does."""
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > end:
                found = f"; there is {instead()}" if instead else ""
                raise AssertionError(f"waited in vain: {what}{found} (window active: {self.window.isActive()})")
            live(20)

    def box(self, name: str) -> list[float] | None:
        """[x, y, width, height] in the window of a visible item, None where none is visible."""
        return self._ask(name, "")

    def read(self, name: str, expression: str) -> Any:
        """A property of a visible item, None where it is not visible."""
        return self._ask(name, expression)

    def shows(self, name: str) -> bool:
        """Whether an item is visible."""
        return self.box(name) is not None

    def click(self, name: str) -> None:
        """A click into the middle of an item, as soon as it is there and stands still."""
        last: list[float] | None = None

        def settled() -> bool:
            nonlocal last
            before, last = last, self.box(name)
            return last is not None and last == before

        self.until(settled, f"{name} to click on")
        assert last is not None
        QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, pos=self._point(last, 0.5, 0.5))

    def drag(self, name: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move and release; positions are shares of the item.

        Done again where the window did not stay the active one: Qt ends a press then, as for a person, who drags anew.
        """
        self.until(lambda: self._dragged(name, start, end), f"{name} to be dragged in the active window")

    def _dragged(self, name: str, start: tuple[float, float], end: tuple[float, float]) -> bool:
        self._focused()
        box = self.box(name)
        assert box is not None
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(self.window, left, pos=self._point(box, *start))
        for step in (0.25, 0.5, 0.75, 1.0):
            at = (start[0] + (end[0] - start[0]) * step, start[1] + (end[1] - start[1]) * step)
            QTest.mouseMove(self.window, self._point(box, *at), 10)
        stayed: bool = self.window.isActive()
        QTest.mouseRelease(self.window, left, pos=self._point(box, *end))
        return stayed

    def key(self, key: Qt.Key) -> None:
        """Press a key."""
        self._focused()
        QTest.keyClick(self.window, key)

    def type(self, text: str) -> None:
        """Type letters."""
        for letter in text:
            self._focused()
            QTest.keyClick(self.window, letter)

    def _focused(self) -> None:
        """Keys and drags need the active window; another program's may have come to the fore."""
        if not self.window.isActive():
            self.window.requestActivate()
            self.until(self.window.isActive, "the window to be active")

    def grab(self) -> QImage:
        """What is on screen."""
        return self.window.grabWindow()

    def colour(self, name: str, across: float, down: float) -> tuple[int, int, int]:
        """The colour on screen at a place of an item (shares of its size)."""
        box = self.box(name)
        assert box is not None
        colour: QColor = self.grab().pixelColor(self._point(box, across, down))
        return colour.red(), colour.green(), colour.blue()

    def until_colour(self, name: str, across: float, down: float, wanted: tuple[int, int, int]) -> None:
        """Wait until that place shows a colour (video is converted twice: a few steps off is the same)."""

        def close() -> bool:
            if not self.shows(name):
                return False
            return all(abs(a - b) <= 6 for a, b in zip(self.colour(name, across, down), wanted, strict=True))

        place = (name, across, down)
        self.until(close, f"{wanted} at {place}", instead=lambda: self.shows(name) and self.colour(*place))

    def _ask(self, name: str, expression: str) -> Any:
        code = FIND % (json.dumps(name), json.dumps(expression))
        asked = QQmlExpression(qmlContext(self.window), self.window, code)
        value = asked.evaluate()
        answer = value[0] if isinstance(value, tuple) else value
        assert not asked.hasError(), asked.error().toString()
        return json.loads(answer)

    @staticmethod
    def _point(box: list[float], across: float, down: float) -> QPoint:
        return QPoint(round(box[0] + box[2] * across), round(box[1] + box[3] * down))
