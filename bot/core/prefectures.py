"""The 47 prefectures and how to notice one in a message."""

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.core.normalize import fold, words

_MIN_FUZZY = 6
"""Shorter names are matched exactly: one wrong letter makes Mie, Nara or Oita another word."""


@dataclass(frozen=True, slots=True)
class Prefecture:
    """A prefecture: JIS `code` `01`-`47`, names by language, and other spellings and large cities."""

    code: str
    names: Mapping[str, str]
    also: tuple[str, ...] = ()

    def name(self, lang: str) -> str:
        """Its name in a language, else in English."""
        return self.names.get(lang) or self.names["en"]


class Gazetteer:
    """Finds the prefecture that a message names, tolerating one slip in longer names."""

    def __init__(self, prefectures: Mapping[str, Prefecture]) -> None:
        self._words: dict[str, str] = {}
        self._inside: dict[str, str] = {}
        for prefecture in prefectures.values():
            for name in (*prefecture.names.values(), *prefecture.also):
                folded = fold(name)
                target = self._words if folded.isascii() or _spaced(folded) else self._inside
                target.setdefault(folded, prefecture.code)
        self._long = [name for name in self._words if len(name) >= _MIN_FUZZY]

    def find(self, text: str) -> str | None:
        """The code of the first prefecture named in a message, or None."""
        folded = fold(text)
        inside = [(at, code) for name, code in self._inside.items() if (at := folded.find(name)) >= 0]
        if inside:
            return min(inside)[1]
        tokens = words(text)
        for token in tokens:
            if token in self._words:
                return self._words[token]
        for token in tokens:
            if len(token) >= _MIN_FUZZY:
                hit = process.extractOne(token, self._long, scorer=fuzz.ratio, score_cutoff=88)
                if hit is not None and hit[0][0] == token[0]:
                    return self._words[hit[0]]
        return None


def _spaced(name: str) -> bool:
    """Whether a script writes spaces between words (Cyrillic, Devanagari), so that whole words are matched."""
    return all(not ("\u0e00" <= c <= "\u109f" or "\u1780" <= c <= "\u17ff" or c >= "\u2e80") for c in name)
