"""Interface texts: gettext catalogs, one per language, made and compiled with Babel."""

import gettext
from collections.abc import Mapping
from pathlib import Path

from bot.core.languages import CODES, locale_of

DOMAIN = "kenri"


class Catalog:
    """The interface in one language. `say("text {name}", name=...)` translates first, then fills."""

    def __init__(self, lang: str, translations: gettext.NullTranslations) -> None:
        self.lang = lang
        self._translations = translations

    def say(self, message: str, /, **values: object) -> str:
        """A message in this language with its named values."""
        text = self._translations.gettext(message)
        return text.format(**values) if values else text

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A message with the plural form that `n` needs in this language."""
        return self._translations.ngettext(one, many, n).format(n=n, **values)


def catalogs(folder: Path) -> Mapping[str, Catalog]:
    """All catalogs; a language without a compiled one speaks English."""
    return {
        code: Catalog(
            code,
            gettext.translation(DOMAIN, folder, [locale_of(code)], fallback=True),
        )
        for code in CODES
    }


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name for "translate later"
    """Mark a message for extraction; it is translated where it is shown."""
    return message
