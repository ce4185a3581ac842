"""What every part of the bridge shares."""

from dataclasses import dataclass

from tryon_app.core.errors import TryOnError
from tryon_app.gui.notices import Notices
from tryon_app.gui.preferences import Preferences
from tryon_app.gui.services import Services
from tryon_app.gui.tasks import Mailbox, Tasks
from tryon_app.gui.texts import Texts


@dataclass(frozen=True, slots=True)
class Tools:
    """Services, strings, banners, workers and settings."""

    services: Services
    texts: Texts
    notices: Notices
    mailbox: Mailbox
    tasks: Tasks
    preferences: Preferences

    def report(self, key: str, title: str, error: Exception, action: str = "", action_text: str = "") -> None:
        """Show a failure as a banner, with its remedy, in the language of the moment."""
        message = error.message if isinstance(error, TryOnError) else str(error) or type(error).__name__
        remedy = error.remedy if isinstance(error, TryOnError) else ""
        self.notices.banner(
            key,
            title,
            self.texts.message(message),
            self.texts.message(remedy),
            action=action,
            action_text=action_text,
        )
