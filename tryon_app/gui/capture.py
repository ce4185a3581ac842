"""Snapshots with a countdown, and recordings with a timer."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, QUrl, Signal, Slot

from tryon_app.core.types import UInt8
from tryon_app.gui.recording import Recording
from tryon_app.gui.tools import Tools
from tryon_app.gui.video_item import FramePump

SNAPSHOT_BANNER = "snapshot"
RECORDING_BANNER = "recording"


class Capture(QObject):
    """Takes pictures of what is shown.

    Args:
        tools: Shared parts.
        pump: Where the pictures come from.
        full_size: Makes a shown frame at the source's full resolution; slow.
        mirrored: Whether the view is mirrored now.
        rate: Frames a second shown now.
    """

    countdownChanged = Signal()
    recordingChanged = Signal()
    flashed = Signal()

    def __init__(
        self,
        tools: Tools,
        pump: FramePump,
        full_size: Callable[[Any], UInt8],
        mirrored: Callable[[], bool],
        rate: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tools = tools
        self._pump = pump
        self._full_size = full_size
        self._mirrored = mirrored
        self._rate = rate
        self._countdown = 0
        self._recording: Recording | None = None
        self._finishing: list[Recording] = []
        self._countdown_timer = QTimer(self, interval=1000)
        self._countdown_timer.timeout.connect(self._count)
        self._clock = QTimer(self, interval=250)
        self._clock.timeout.connect(self.recordingChanged)

    @Slot()
    def snapshot(self) -> None:
        """Start the countdown; a second call stops it."""
        if self._countdown:
            self.cancel()
            return
        if self._pump.composite is None:
            return
        self._countdown = self._tools.preferences.settings.capture.countdown_s
        if not self._countdown:
            self._take()
            return
        self._countdown_timer.start()
        self.countdownChanged.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop the countdown."""
        self._countdown_timer.stop()
        self._countdown = 0
        self.countdownChanged.emit()

    @Slot()
    def toggleRecording(self) -> None:
        """Start or end a recording."""
        if self._recording:
            self._pump.listen(None)
            self._clock.stop()
            self._recording.finish()
            self._finishing.append(self._recording)
            self._recording = None
            self.recordingChanged.emit()
            return
        if self._pump.composite is None:
            return
        folder = self._tools.preferences.settings.capture.recordings
        self._recording = Recording(
            _free_name(folder, {recording.path for recording in self._finishing}),
            self._rate() or 30.0,
            self._as_seen(),
            self._tools.services.make_recorder,
            lambda path, error: self._tools.mailbox.post(lambda: self._ended(path, error)),
        )
        self._pump.listen(self._recording.offer)
        self._clock.start()
        self.recordingChanged.emit()

    def close(self) -> None:
        """End a recording that runs; returns when its file is complete."""
        self.cancel()
        self._clock.stop()
        self._pump.listen(None)
        if self._recording:
            self._recording.finish()
            self._finishing.append(self._recording)
            self._recording = None
        for recording in self._finishing:
            recording.join()

    @Slot()
    def _count(self) -> None:
        self._countdown -= 1
        if self._countdown <= 0:
            self._countdown_timer.stop()
            self._take()
        self.countdownChanged.emit()

    def _take(self) -> None:
        live = self._pump.live
        if live is None:
            return
        self.flashed.emit()
        folder, mirrored = self._tools.preferences.settings.capture.snapshots, self._as_seen()
        texts, notices = self._tools.texts, self._tools.notices

        def done(path: Path) -> None:
            notices.clear(SNAPSHOT_BANNER)
            notices.toast(
                texts["toast_snapshot"],
                str(path.name),
                action=f"folder:{path.parent}",
                action_text=texts["open_folder"],
                picture=QUrl.fromLocalFile(str(path)).toString(),
            )

        self._tools.tasks.run(
            lambda: self._tools.services.save_snapshot(self._full_size(live), folder, mirrored),
            done,
            lambda error: self._tools.report(SNAPSHOT_BANNER, texts["banner_snapshot"], error),
        )

    def _ended(self, path: Path, error: Exception | None) -> None:
        self._finishing = [recording for recording in self._finishing if recording.path != path]
        if self._recording and self._recording.path == path:  # it ended by itself: the disk is full
            self._pump.listen(None)
            self._clock.stop()
            self._recording = None
            self.recordingChanged.emit()
        if error:
            self._tools.report(RECORDING_BANNER, self._tools.texts["banner_recording"], error)
            return
        texts = self._tools.texts
        self._tools.notices.clear(RECORDING_BANNER)
        self._tools.notices.toast(
            texts["toast_recording"],
            path.name,
            action=f"folder:{path.parent}",
            action_text=texts["open_folder"],
        )

    def _as_seen(self) -> bool:
        return self._mirrored() and not self._tools.preferences.settings.capture.unmirror_snapshots

    def _get_countdown(self) -> int:
        return self._countdown

    def _get_recording(self) -> bool:
        return self._recording is not None

    def _get_elapsed(self) -> str:
        if self._recording is None:
            return ""
        minutes, seconds = divmod(int(time.monotonic() - self._recording.started), 60)
        return f"{minutes:02d}:{seconds:02d}"

    countdown = Property(int, _get_countdown, notify=countdownChanged)
    recording = Property(bool, _get_recording, notify=recordingChanged)
    elapsed = Property(str, _get_elapsed, notify=recordingChanged)


def _free_name(folder: Path, taken: set[Path]) -> Path:
    """A name that no file has, nor one that is still being finished."""
    stem = time.strftime("tryon-%Y%m%d-%H%M%S")
    path, count = folder / f"{stem}.mp4", 1
    while path.exists() or path in taken:
        count += 1
        path = folder / f"{stem}-{count}.mp4"
    return path
