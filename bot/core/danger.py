"""Noticing danger: kinds of danger, whom to show first, and words that are dangerous by themselves."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.entries import Level
from bot.core.normalize import fold

_JOINERS = "\u200b\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of danger: contacts in order, ids of Japanese sentences to say, entries that imply it."""

    id: str
    contacts: tuple[str, ...]
    say: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A group of danger examples, for training: its level, kinds and the entry that answers it."""

    id: str
    level: Level
    kinds: tuple[str, ...]
    entry: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A Japanese sentence to say or show; `number` says to whom (`police`, `ambulance`)."""

    id: str
    ja: str
    kana: str
    romaji: str
    meaning: Mapping[str, str]
    number: str | None = None


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Words of one language that are dangerous by themselves, by kind; and greetings and thanks."""

    emergency: Mapping[str, tuple[str, ...]]
    urgent: Mapping[str, tuple[str, ...]]
    greeting: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spotted:
    """What the words alone say about a message."""

    level: Level
    kinds: tuple[str, ...]
    words: tuple[str, ...]


class Lexicon:
    """Spots danger words of all languages at once: people mix languages most when they are afraid."""

    def __init__(self, by_language: Mapping[str, DangerWords]) -> None:
        self._phrases: list[tuple[str, Level, str]] = []
        for found in by_language.values():
            for level, table in ((Level.EMERGENCY, found.emergency), (Level.URGENT, found.urgent)):
                for kind, phrases in table.items():
                    self._phrases += [(_phrase_key(phrase), level, kind) for phrase in phrases]

    def spot(self, text: str) -> Spotted:
        """The gravest level of the danger words in a message, with their kinds."""
        key = _key(text)
        hits = [(level, kind, phrase) for phrase, level, kind in self._phrases if phrase in key]
        return Spotted(
            level=max((level for level, _, _ in hits), default=Level.NORMAL),
            kinds=_unique(kind for _, kind, _ in sorted(hits, key=lambda hit: -hit[0])),
            words=_unique(phrase.strip() for _, _, phrase in hits),
        )


def _key(text: str) -> str:
    """Folded, punctuation as spaces, with a space at both ends."""
    folded = "".join(
        " " if unicodedata.category(char)[0] in "PSZ" else char for char in fold(text) if char not in _JOINERS
    )
    return f" {' '.join(folded.split())} "


def _phrase_key(phrase: str) -> str:
    """Scripts with spaces match whole words; in the others a phrase is found anywhere."""
    found = _key(phrase)
    return found if all(ord(char) < 0x0E00 for char in found) else found.strip()


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def kinds_of(entry: str | None, kinds: Mapping[str, Kind]) -> tuple[str, ...]:
    """The kinds of danger that an entry implies."""
    return tuple(kind.id for kind in kinds.values() if entry in kind.entries)
