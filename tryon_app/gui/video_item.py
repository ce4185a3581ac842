"""Takes finished frames from the session and shows them: one push per output, nothing else, on the GUI thread."""

import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PySide6.QtCore import Property, QObject, QSize, Qt, Signal, Slot
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat, QVideoSink

from tryon_app.core.types import UInt8

NOBODY_AFTER_S = 1.5
"""How long nobody must be seen before the view says so: a single missed frame is no reason to."""

STEADY_MESSAGE_S = 1.0
"""How long a message must stand before it is shown."""

Listener = Callable[[UInt8, tuple[int, int]], None]
"""Takes a picture and its size at full quality."""


def to_video_frame(image: UInt8) -> QVideoFrame:
    """A frame for a video sink from uint8 RGB, H x W x 3."""
    height, width = image.shape[:2]
    frame = QVideoFrame(QVideoFrameFormat(QSize(width, height), QVideoFrameFormat.PixelFormat.Format_RGBX8888))
    frame.map(QVideoFrame.MapMode.WriteOnly)
    stride = frame.bytesPerLine(0) // 4
    pixels = np.frombuffer(frame.bits(0), np.uint8)[: height * stride * 4].reshape(height, stride, 4)
    cv2.cvtColor(image, cv2.COLOR_RGB2RGBA, dst=pixels[:, :width])
    frame.unmap()
    return frame


class FramePump(QObject):
    """Between the session's slot and the two video outputs (the composite, and the plain frame for before/after)."""

    pictureChanged = Signal()
    personChanged = Signal()
    messagesChanged = Signal()
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take: Callable[[], Any] = lambda: None
        self._sinks: tuple[QVideoSink | None, QVideoSink | None] = (None, None)
        self._live: Any = None
        self._composite: UInt8 | None = None
        self._plain: UInt8 | None = None
        self._comparing = False
        self._seen = time.monotonic()
        self._nobody = False
        self._messages: tuple[str, ...] = ()
        self._pending: tuple[tuple[str, ...], float] = ((), 0.0)
        self._listener: Listener | None = None
        self._arrived.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def frame_ready(self) -> None:
        """To be called from any thread when the slot goes from empty to full."""
        self._arrived.emit()

    def connect_source(self, take: Callable[[], Any]) -> None:
        """Where frames come from."""
        self._take = take

    def listen(self, listener: Listener | None) -> None:
        """Have each shown composite handed on (to a recording), with its size at full quality; it must return at
        once.
        """
        self._listener = listener

    @property
    def live(self) -> Any:
        """The `LiveFrame` that is shown now, or None before the first."""
        return self._live

    @property
    def composite(self) -> UInt8 | None:
        """The picture that is shown now, uint8 RGB, or None before the first."""
        return self._composite

    @property
    def plain(self) -> UInt8 | None:
        """The frame that the shown picture was made of, uint8 RGB, or None before the first."""
        return self._plain

    @property
    def messages(self) -> tuple[str, ...]:
        """What the picture's stages have to say, once it has stood for a while."""
        return self._messages

    def forget(self) -> None:
        """A new source: what was seen before says nothing about it."""
        self._seen = time.monotonic()
        self._set_nobody(False)
        self._set_messages(())

    @Slot(QObject, QObject)
    def attach(self, composite: QVideoSink, plain: QVideoSink) -> None:
        """The sinks of the two outputs."""
        self._sinks = (composite, plain)
        self._push()

    @Slot()
    def detach(self) -> None:
        """The window goes away."""
        self._sinks = (None, None)

    @Slot()
    def _show(self) -> None:
        live = self._take()
        if live is None:
            return
        first = self._composite is None
        before = None if first else self._composite.shape  # type: ignore[union-attr]
        self._live, self._composite, self._plain = live, live.composite.image, live.frame.image
        self._push()
        if self._listener:
            self._listener(self._composite, live.full_size)
        self._look_for_person(live.composite.person)
        self._look_for_messages(live.composite.messages)
        if first or before != self._composite.shape:
            self.pictureChanged.emit()

    def _push(self) -> None:
        composite, plain = self._sinks
        if composite is not None and self._composite is not None:
            composite.setVideoFrame(to_video_frame(self._composite))
        if plain is not None and self._plain is not None and self._comparing:
            plain.setVideoFrame(to_video_frame(self._plain))

    def _look_for_person(self, person: bool) -> None:
        now = time.monotonic()
        if person:
            self._seen = now
        self._set_nobody(now - self._seen > NOBODY_AFTER_S)

    def _set_nobody(self, nobody: bool) -> None:
        if nobody != self._nobody:
            self._nobody = nobody
            self.personChanged.emit()

    def _look_for_messages(self, messages: tuple[str, ...]) -> None:
        now = time.monotonic()
        if messages != self._pending[0]:
            self._pending = (messages, now)
        elif now - self._pending[1] > STEADY_MESSAGE_S:
            self._set_messages(messages)

    def _set_messages(self, messages: tuple[str, ...]) -> None:
        if messages != self._messages:
            self._messages = messages
            self.messagesChanged.emit()

    def _get_comparing(self) -> bool:
        return self._comparing

    def _set_comparing(self, comparing: bool) -> None:
        if comparing != self._comparing:
            self._comparing = comparing
            self._push()
            self.comparingChanged.emit()

    def _get_aspect(self) -> float:
        if self._composite is None:
            return 16 / 9
        return float(self._composite.shape[1] / self._composite.shape[0])

    def _get_has_picture(self) -> bool:
        return self._composite is not None

    def _get_nobody(self) -> bool:
        return self._nobody

    comparingChanged = Signal()
    comparing = Property(bool, _get_comparing, _set_comparing, notify=comparingChanged)
    aspect = Property(float, _get_aspect, notify=pictureChanged)
    hasPicture = Property(bool, _get_has_picture, notify=pictureChanged)
    nobody = Property(bool, _get_nobody, notify=personChanged)
