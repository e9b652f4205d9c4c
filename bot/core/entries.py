"""Entries of the knowledge base: what is language-neutral, and the words in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from bot.core.law import Grade


class Level(IntEnum):
    """How urgent a message is; ordered, so that the graver of two is their maximum."""

    NORMAL = 0
    SERIOUS = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def word(self) -> str:
        """As it is written in files and reported: `normal`, `serious`, `urgent`, `emergency`."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Level":
        """The level for its written word; ValueError for any other word."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"{word!r} is not a level (normal, serious, urgent, emergency)") from None


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry's facts stand: an act with articles, or an official page with its date."""

    checked_on: date
    grade: Grade
    act: str | None = None
    articles: tuple[str, ...] = ()
    page: str | None = None
    url: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the contract: `id` is `topic/slug`. `care` tells maintainers what is not settled."""

    id: str
    level: Level
    related: tuple[str, ...]
    contacts: tuple[str, ...]
    sources: tuple[Source, ...]
    care: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def topic(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of a text that are replaced from a date on."""

    since: date
    answer: str | None = None
    steps: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None
    here: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """The words of an entry in one language; `here` replaces `answer` where the prefecture is known."""

    title: str
    answer: str
    steps: tuple[str, ...]
    more: tuple[str, ...] = ()
    here: str | None = None
    changes: tuple[Change, ...] = ()
    status: str = "draft"
    reviewed_by: str | None = None
    made_from: Mapping[str, str] | None = None

    def on(self, day: date) -> "Text":
        """The words in force on a day: each change replaces the fields that it names."""
        current = self
        for change in self.changes:
            if change.since <= day:
                current = Text(
                    title=current.title,
                    answer=change.answer if change.answer is not None else current.answer,
                    steps=change.steps if change.steps is not None else current.steps,
                    more=change.more if change.more is not None else current.more,
                    here=change.here if change.here is not None else current.here,
                    changes=current.changes,
                    status=current.status,
                    reviewed_by=current.reviewed_by,
                    made_from=current.made_from,
                )
        return current
