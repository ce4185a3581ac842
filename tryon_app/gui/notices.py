"""Banners (something is wrong, with a remedy) and toasts (something was done)."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Property, QObject, Signal

Notice = Mapping[str, Any]


class Notices(QObject):
    """At most one banner for each cause, newest first; one toast.

    A banner is `{key, kind, title, text, remedy, action, actionText}`; kind is "error", "warning" or "info".
    """

    changed = Signal()
    toastChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._banners: dict[str, Notice] = {}
        self._toast: Notice = {}
        self._toasts = 0

    def banner(
        self,
        key: str,
        title: str,
        text: str = "",
        remedy: str = "",
        kind: str = "error",
        action: str = "",
        action_text: str = "",
    ) -> None:
        """Show a banner, in place of an earlier one of the same cause."""
        notice = {
            "key": key,
            "kind": kind,
            "title": title,
            "text": text,
            "remedy": remedy,
            "action": action,
            "actionText": action_text,
        }
        if self._banners.get(key) == notice:
            return
        self._banners.pop(key, None)
        self._banners = {key: notice, **self._banners}
        self.changed.emit()

    def clear(self, key: str) -> bool:
        """Take a banner away; whether there was one."""
        if self._banners.pop(key, None) is None:
            return False
        self.changed.emit()
        return True

    def toast(self, title: str, text: str = "", *, action: str = "", action_text: str = "", picture: str = "") -> None:
        """Say that something was done; goes away by itself."""
        self._toasts += 1
        self._toast = {
            "id": self._toasts,
            "title": title,
            "text": text,
            "action": action,
            "actionText": action_text,
            "picture": picture,
        }
        self.toastChanged.emit()

    def clear_toast(self) -> None:
        """Take the toast away."""
        self._toast = {}
        self.toastChanged.emit()

    def _get_banners(self) -> list[dict[str, Any]]:
        return [dict(notice) for notice in self._banners.values()]

    def _get_toast(self) -> dict[str, Any]:
        return dict(self._toast)

    banners = Property("QVariantList", _get_banners, notify=changed)  # type: ignore[arg-type]
    toastData = Property("QVariantMap", _get_toast, notify=toastChanged)  # type: ignore[arg-type]
