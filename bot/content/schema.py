"""The shape of each YAML file, as pydantic models; JSON Schemas for editors are made from the same."""

import datetime as dt
import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, StringConstraints

from bot.core.entries import Level
from bot.core.languages import LANGUAGES
from bot.core.law import Grade, Unit

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PHONE = re.compile(r"[#+]?[0-9][0-9-]*\Z")


def _phone(value: str) -> str:
    if not _PHONE.match(value):
        raise ValueError(f'"{value}": not a phone number (digits, hyphens, a leading + or #)')
    return value


def _level(value: Any) -> Any:
    return Level.of(value) if isinstance(value, str) else value


def _language(value: str) -> str:
    if value not in LANGUAGES and value not in OTHER_LANGUAGES:
        raise ValueError(f'"{value}": not a language code')
    return value


def _prefecture(value: str) -> str:
    if not (value.isdigit() and len(value) == 2 and 1 <= int(value) <= 47):
        raise ValueError(f'"{value}": not a prefecture code (01 to 47)')
    return value


def _days(value: Any) -> Any:
    """`mon-fri`, `tue, thu` or `mon-wed, sat` as numbers of weekdays, 0 is Monday."""
    if not isinstance(value, str):
        return value
    found: list[int] = []
    for piece in value.replace(" ", "").split(","):
        first, _, last = piece.partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            raise ValueError(f'"{value}": not weekdays (write mon-fri or tue, thu)')
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found.extend(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return tuple(dict.fromkeys(found))


def _span(value: Any) -> Any:
    """`11:00-19:00` as two times; 24:00 is midnight."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", value.strip())
    if not match:
        raise ValueError(f'"{value}": not a time (write 11:00-19:00)')
    h1, m1, h2, m2 = map(int, match.groups())
    if h1 > 23 or h2 > 24 or m1 > 59 or m2 > 59:
        raise ValueError(f'"{value}": not a time (write 11:00-19:00)')
    return time(h1, m1), time(h2 % 24, m2)


OTHER_LANGUAGES = ("ko", "pt", "es", "si", "bn", "ru", "fr", "uz", "lo", "ur", "hi", "ar", "ta")
"""Spoken on some lines; kept so that a contact's record is whole."""

Phone = Annotated[str, AfterValidator(_phone)]
LevelWord = Annotated[Level, BeforeValidator(_level)]
LanguageCode = Annotated[str, AfterValidator(_language)]
PrefectureCode = Annotated[str, AfterValidator(_prefecture)]
Days = Annotated[tuple[int, ...], BeforeValidator(_days)]
TimeSpan = Annotated[tuple[time, time], BeforeValidator(_span)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]
ValueId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Strict(BaseModel):
    """Unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SourceFile(Strict):
    """A source of an entry."""

    act: Slug | None = None
    articles: tuple[str, ...] = ()
    page: Words | None = None
    url: HttpUrl | None = None
    date: str | None = None
    checked_on: dt.date
    grade: Grade


class EntryFile(Strict):
    """`knowledge/entries/<topic>.yaml`, one key per entry."""

    level: LevelWord
    related: tuple[EntryId, ...] = ()
    contacts: tuple[Slug, ...] = ()
    sources: Annotated[tuple[SourceFile, ...], Field(min_length=1)]
    care: Words | None = None
    since: dt.date | None = Field(None, alias="from")
    until: dt.date | None = None


class ChangeFile(Strict):
    """Fields of a text replaced from a date on."""

    since: dt.date = Field(alias="from")
    answer: Words | None = None
    steps: tuple[Words, ...] | None = None
    more: tuple[Words, ...] | None = None
    here: Words | None = None


class TextFile(Strict):
    """`knowledge/<lang>/<topic>.yaml`, one key per entry."""

    title: Annotated[str, StringConstraints(min_length=2, max_length=60, strip_whitespace=True)]
    answer: Words
    here: Words | None = None
    steps: Annotated[tuple[Words, ...], Field(min_length=1)]
    more: tuple[Words, ...] = ()
    changes: tuple[ChangeFile, ...] = ()
    status: Literal["draft", "reviewed"] = "draft"
    reviewed_by: Words | None = None
    made_from: dict[str, str] | None = None


class PhrasingFile(Strict):
    """A phrasing whose own words make it more or less urgent than its entry."""

    text: Words
    level: LevelWord


Phrasing = Words | PhrasingFile


class PhrasingsFile(Strict):
    """`knowledge/<lang>/phrasings/<topic>.yaml`, one key per entry."""

    plain: tuple[Phrasing, ...] = ()
    casual: tuple[Phrasing, ...] = ()
    story: tuple[Phrasing, ...] = ()
    mixed: tuple[Phrasing, ...] = ()


class ExamplesFile(Strict):
    """`knowledge/<lang>/danger.yaml`: danger by group, harmless look-alikes by entry, foreign subjects."""

    danger: dict[Slug, tuple[Words, ...]] = {}
    calm: dict[str, tuple[Words, ...]] = {}
    other: dict[Literal["greeting", "small-talk", "foreign", "everyday"], tuple[Words, ...]] = {}


class DatedFile(Strict):
    """One value of a law number."""

    since: dt.date = Field(alias="from")
    until: dt.date | None = None
    value: Annotated[str, StringConstraints(min_length=1)]
    source: Words
    url: HttpUrl | None = None
    checked_on: dt.date
    grade: Grade


class LawFile(Strict):
    """`knowledge/law/*.yaml`, one key per value."""

    about: Words
    unit: Unit
    values: Annotated[tuple[DatedFile, ...], Field(min_length=1)]
    recheck_months: Annotated[int, Field(ge=1, le=60)] = 12


class WageRowFile(Strict):
    """A regional minimum wage from a date on, yen per hour."""

    since: dt.date = Field(alias="from")
    yen: Annotated[int, Field(ge=500, le=5000)]
    scheduled: bool = False


class WagesFile(Strict):
    """`knowledge/law/minimum_wage.yaml`."""

    checked_on: dt.date
    recheck_months: Annotated[int, Field(ge=1, le=24)] = 6
    sources: dict[str, Words]
    prefectures: dict[PrefectureCode, Annotated[tuple[WageRowFile, ...], Field(min_length=1)]]


class ActFile(Strict):
    """`knowledge/law/acts.yaml`, one key per act or guideline; names in other languages are in terms.yaml."""

    ja: Words
    url: HttpUrl | None = None


class HoursFile(Strict):
    """Opening hours on some weekdays."""

    days: Days
    time: TimeSpan


class LineFile(Strict):
    """One number or address of a contact. Without `hours` its hours are not known."""

    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)]
    phone: Phone | None = None
    url: HttpUrl | None = None
    email: str | None = None
    press: str | None = None
    label: Words | None = None
    cost: Literal["free", "call", "paid"] | None = None
    confirmed: bool = True
    always: bool = False
    every_day: bool = False
    on_holidays: TimeSpan | None = None
    varies: bool = False
    hours: tuple[HoursFile, ...] = ()


class ContactFile(Strict):
    """`knowledge/contacts/*.yaml`, one key per contact."""

    name: dict[str, Words]
    kind: Literal[
        "emergency", "hotline", "government", "medical", "mental-health", "legal", "ngo", "union", "embassy",
    ]  # fmt: skip
    lines: tuple[LineFile, ...] = ()
    via: Slug | None = None
    prefectures: tuple[PrefectureCode, ...] = ()
    topics: tuple[Slug, ...] = ()
    cost: Literal["free", "call", "paid"] | None = None
    confirmed: bool
    only_for: tuple[EntryId, ...] = ()
    checked_on: dt.date | None = None
    recheck_months: Annotated[int, Field(ge=1, le=24)] = 6
    as_of: str = ""
    source: str | None = None
    note: str | None = None


class PrefectureFile(Strict):
    """`knowledge/prefectures.yaml`, one key per code: names by language, other spellings, large cities."""

    names: dict[LanguageCode, Words]
    also: tuple[Words, ...] = ()


class DatedName(Strict):
    """A name from a date on."""

    since: dt.date = Field(alias="from")
    name: Words


class TermsFile(Strict):
    """`knowledge/<lang>/terms.yaml`: names of acts, organizations, topics and contacts in one language."""

    topics: dict[Slug, Words]
    acts: dict[Slug, Words]
    names: dict[ValueId, tuple[DatedName, ...]]
    contacts: dict[Slug, Words] = {}
    say: dict[Slug, Words] = {}


class GroupFile(Strict):
    """A group of danger examples: what it is, how grave, and the entry that answers it."""

    about: Words
    level: LevelWord
    kinds: tuple[Slug, ...]
    entry: EntryId


class KindFile(Strict):
    """A kind of danger: whom to show first and which Japanese sentences to say."""

    contacts: tuple[Slug, ...]
    say: tuple[Slug, ...] = ()
    entries: tuple[EntryId, ...] = ()


class DangerFile(Strict):
    """`knowledge/danger.yaml`."""

    kinds: dict[Slug, KindFile]
    groups: dict[Slug, GroupFile]


class SentenceFile(Strict):
    """`knowledge/phrasebook/say.yaml`: a Japanese sentence to say or show, with its reading."""

    ja: Words
    kana: Words
    romaji: Words
    number: Literal["police", "ambulance"] | None = None


class DangerWordsFile(Strict):
    """`knowledge/<lang>/words.yaml`: words and phrases that are dangerous by themselves, by kind."""

    emergency: dict[Slug, tuple[Words, ...]] = {}
    urgent: dict[Slug, tuple[Words, ...]] = {}
    greeting: tuple[Words, ...] = ()
    thanks: tuple[Words, ...] = ()
