"""Who can be called, in which language, and whether they are open at a given moment (Asia/Tokyo)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
IsHoliday = Callable[[date], bool]
Cost = Literal["free", "call", "paid"]

_LOOK_AHEAD_DAYS = 21


@dataclass(frozen=True, slots=True)
class Span:
    """Open on one weekday (0 is Monday) from `start` until `end`; an `end` not after `start` is next day."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of one line; no spans means that hours are not known.

    `always`: round the clock. `every_day`: holidays and the year's end are like other days.
    `on_holidays`: the hours on a national holiday that falls on one of its weekdays; None means closed.
    `varies`: the spans are the outer bounds; inside them the language may still be missing.
    """

    spans: tuple[Span, ...] = ()
    always: bool = False
    every_day: bool = False
    on_holidays: tuple[time, time] | None = None
    varies: bool = False

    @property
    def known(self) -> bool:
        """Whether a maintainer has confirmed any hours."""
        return self.always or bool(self.spans)


@dataclass(frozen=True, slots=True)
class Line:
    """One way to reach a contact: a number or an address, the languages spoken there and its hours."""

    languages: tuple[str, ...]
    phone: str | None = None
    url: str | None = None
    hours: Hours = Hours()
    email: str | None = None
    press: str | None = None
    label: str | None = None
    cost: Cost | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """A place that helps. `prefectures` empty means nationwide; unconfirmed ones are never shown."""

    id: str
    kind: str
    names: Mapping[str, str]
    lines: tuple[Line, ...]
    prefectures: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    cost: Cost | None = None
    confirmed: bool = False
    checked_on: date | None = None
    as_of: str = ""
    source: str | None = None
    recheck_months: int = 6
    via: str | None = None
    only_for: frozenset[str] = frozenset()

    def name(self, lang: str) -> str:
        """Its name in a language, else in English."""
        return self.names.get(lang) or self.names["en"]

    def covers(self, prefecture: str | None) -> bool:
        """Whether it serves a prefecture; a regional one is not offered to somebody whose place is unknown."""
        return not self.prefectures or (prefecture is not None and prefecture in self.prefectures)


@dataclass(frozen=True, slots=True)
class State:
    """Whether a line is open at a moment: `open` is None when its hours are not known."""

    open: bool | None
    until: datetime | None = None
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One line of one contact as it is shown to a person, with its state at that moment."""

    id: str
    contact: Contact
    line: Line
    lang: str
    state: State


def year_end(day: date) -> bool:
    """29 December to 3 January, when offices in Japan are closed."""
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


def _spans_of(hours: Hours, day: date, is_holiday: IsHoliday) -> list[tuple[datetime, datetime]]:
    times = sorted({(span.start, span.end) for span in hours.spans if span.weekday == day.weekday()})
    if not hours.every_day:
        if year_end(day):
            return []
        if times and is_holiday(day):
            times = [hours.on_holidays] if hours.on_holidays else []
    return [
        (
            datetime.combine(day, start, TOKYO),
            datetime.combine(day if end > start else day + timedelta(days=1), end, TOKYO),
        )
        for start, end in times
    ]


def state_at(hours: Hours, moment: datetime, is_holiday: IsHoliday) -> State:
    """Open or closed at a moment, until when, and the next opening within three weeks."""
    if hours.always:
        return State(open=True)
    if not hours.spans:
        return State(open=None)
    now = moment.astimezone(TOKYO)
    upcoming = [
        span
        for offset in range(-1, _LOOK_AHEAD_DAYS)
        for span in _spans_of(hours, now.date() + timedelta(days=offset), is_holiday)
    ]
    until = None
    for start, end in upcoming:
        if until is not None and start <= until < end:
            until = end  # 09:00-12:00 followed at once by 12:00-17:00 is one opening
        elif until is None and start <= now < end:
            until = end
    if until is not None:
        return State(open=None if hours.varies else True, until=until)
    return State(open=False, opens=next((start for start, _ in upcoming if start > now), None))


def best_line(contact: Contact, lang: str, moment: datetime, is_holiday: IsHoliday) -> Listing | None:
    """The line of a contact for a language: that language, else Japanese or English, open ones first."""
    for wanted in dict.fromkeys((lang, "ja", "en")):
        lines = [line for line in contact.lines if line.confirmed and wanted in line.languages]
        if lines:
            states = [(state_at(line.hours, moment, is_holiday), line) for line in lines]
            state, line = min(states, key=lambda pair: rank(pair[0]))
            return Listing(_shown_id(contact, line, wanted), contact, line, wanted, state)
    return None


def _shown_id(contact: Contact, line: Line, lang: str) -> str:
    """`otit-vi` where each language has a number of its own, else the contact's id."""
    per_language = len(contact.lines) > 1 and len({other.languages for other in contact.lines}) == len(contact.lines)
    return f"{contact.id}-{lang}" if per_language and len(line.languages) == 1 else contact.id


def rank(state: State) -> tuple[int, float]:
    """Sort key: open now, then those of unknown hours, then by the time until they open."""
    if state.open:
        return (0, 0.0)
    if state.open is None:
        return (1, 0.0)
    return (2, state.opens.timestamp()) if state.opens else (3, 0.0)


def listings(
    contacts: Iterable[Contact],
    lang: str,
    prefecture: str | None,
    moment: datetime,
    is_holiday: IsHoliday,
    entry: str | None = None,
) -> list[Listing]:
    """Confirmed contacts that serve a place, each by its best line, in the order given.

    Contacts that may frighten (the embassy of a military government) come only for the entries they name.
    """
    found = []
    for contact in contacts:
        wanted = not contact.only_for or entry in contact.only_for
        if wanted and contact.confirmed and contact.covers(prefecture):
            listing = best_line(contact, lang, moment, is_holiday)
            if listing is not None:
                found.append(listing)
    return found


def by_usefulness(found: Iterable[Listing], lang: str) -> list[Listing]:
    """Lines in the person's language first, of these the open ones; the given order breaks ties."""
    return sorted(found, key=lambda item: (item.lang != lang and not item.line.hours.always, rank(item.state)[0]))


def by_opening(found: Iterable[Listing]) -> list[Listing]:
    """Open ones first, then what opens next."""
    return sorted(found, key=lambda item: rank(item.state))
