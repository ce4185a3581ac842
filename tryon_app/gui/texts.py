"""Every visible string, in the language of the moment.

QML binds to `T.name`; changing the language changes each value, and so the window, at once. Messages of other rooms are
English sentences with names in them; they are matched against templates ("{} cannot be read.") and translated too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QLocale, QObject
from PySide6.QtQml import QQmlPropertyMap

LANGUAGES = ("en", "zh_CN")
MESSAGES = "messages"


def resolve_language(setting: str) -> str:
    """ "system", "en" or "zh_CN" -> the language to show."""
    if setting in LANGUAGES:
        return setting
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


class Texts:
    """The string table of the window.

    Args:
        folder: Holds `<language>.json`: name -> text, and under "messages" template -> translation.
        parent: Owner of the map.
    """

    def __init__(self, folder: Path, parent: QObject) -> None:
        self._folder = folder
        self.map = QQmlPropertyMap.create(parent)
        self.language = ""
        self._strings: Mapping[str, str] = {}
        self._templates: list[tuple[re.Pattern[str], str]] = []

    def use(self, language: str) -> None:
        """Switch to one of `LANGUAGES`."""
        if language == self.language:
            return
        self.language = language
        strings, messages = read_table(self._folder, language)
        self._strings = strings
        # Longest first: the most literal template wins.
        ordered = sorted(messages.items(), key=lambda item: len(item[0]), reverse=True)
        self._templates = [(template_pattern(english), text) for english, text in ordered]
        for name, text in strings.items():
            self.map.insert(name, text)

    def __getitem__(self, name: str) -> str:
        return self._strings[name]

    def get(self, name: str, default: str) -> str:
        """The text, or `default` where there is none."""
        return self._strings.get(name, default)

    def message(self, english: str) -> str:
        """A message of another room in the language of the moment; as it is where no template fits."""
        for pattern, text in self._templates:
            match = pattern.fullmatch(english)
            if match:
                return _filled(text, [self.message(part) for part in match.groups()])
        return english

    def name(self, names: Mapping[str, str], fallback: str) -> str:
        """A garment's name in the language of the moment."""
        return names.get(self.language) or names.get("en") or next(iter(names.values()), fallback)


@lru_cache(maxsize=4)
def read_table(folder: Path, language: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """(name -> text, English template -> translation) of a language."""
    table = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    messages = table.pop(MESSAGES, {})
    return table, messages


def template_pattern(template: str) -> re.Pattern[str]:
    """ "{} cannot be read." -> a pattern with a group for each {}."""
    return re.compile("(.+?)".join(re.escape(part) for part in template.split("{}")), re.DOTALL)


def _filled(text: str, parts: Sequence[str]) -> str:
    """The parts put in: {} stands for the next one, {2} for the second, where a language turns the order round."""
    remaining = iter(parts)
    return re.sub(r"\{(\d*)\}", lambda hole: parts[int(hole[1]) - 1] if hole[1] else next(remaining), text)
