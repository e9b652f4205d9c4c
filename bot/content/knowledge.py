"""The whole knowledge base in memory, checked once and then only read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.contacts import Contact
from bot.core.danger import DangerWords, Group, Kind, Sentence
from bot.core.entries import Entry, Level, Text
from bot.core.languages import SOURCE
from bot.core.law import Act, LawValue, WageTable
from bot.core.prefectures import Prefecture


@dataclass(frozen=True, slots=True)
class Terms:
    """Names in one language: topics, acts, contacts, meanings of sentences to say, organizations by date."""

    topics: Mapping[str, str]
    acts: Mapping[str, str]
    contacts: Mapping[str, str]
    say: Mapping[str, str]
    names: Mapping[str, tuple[tuple[date, str], ...]]

    def name_on(self, name_id: str, day: date) -> str | None:
        """An organization's name on a day (OTIT has a successor from 2027-04-01)."""
        current = None
        for since, name in self.names.get(name_id, ()):
            if since <= day:
                current = name
        return current


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question as a trainee types it, or a danger, calm or foreign example (then `part` says which)."""

    lang: str
    text: str
    entry: str | None
    level: Level
    manner: str
    part: str = "questions"
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything maintainers wrote. `texts` holds each language's words by entry id."""

    root: Path
    entries: Mapping[str, Entry]
    texts: Mapping[str, Mapping[str, Text]]
    terms: Mapping[str, Terms]
    law: Mapping[str, LawValue]
    wages: WageTable
    acts: Mapping[str, Act]
    contacts: Mapping[str, Contact]
    prefectures: Mapping[str, Prefecture]
    kinds: Mapping[str, Kind]
    groups: Mapping[str, Group]
    sentences: Mapping[str, Sentence]
    words: Mapping[str, DangerWords]

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics of the menu, in the order in which `en/terms.yaml` lists them."""
        return tuple(self.terms[SOURCE].topics)

    def text(self, entry: str, lang: str, day: date) -> tuple[Text, str]:
        """An entry's words in a language on a day, and the language they are in (English where missing)."""
        own = self.texts.get(lang, {}).get(entry)
        if own is not None:
            return own.on(day), lang
        return self.texts[SOURCE][entry].on(day), SOURCE

    def in_force(self, entry: str, day: date) -> bool:
        """Whether an entry is offered on a day."""
        found = self.entries[entry]
        return (found.since is None or found.since <= day) and (found.until is None or day < found.until)

    def term(self, lang: str) -> Terms:
        """The names in a language, in English where it has none."""
        return self.terms.get(lang) or self.terms[SOURCE]
