"""Dated numbers of law: a value holds from its date until the next one, never longer than it is confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Grade = Literal["official", "secondary", "unconfirmed"]
Unit = Literal[
    "yen", "percent", "years", "months", "weeks", "days", "hours", "minutes", "people", "count", "date",
    "time", "square-metres", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a law number, in force from `since` until the next one (or `until`, exclusive)."""

    since: date
    value: str
    source: str
    checked_on: date
    grade: Grade
    until: date | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class LawValue:
    """A number that law sets, with its history; `values` are sorted by `since`."""

    id: str
    about: str
    unit: Unit
    values: tuple[DatedValue, ...]
    recheck_months: int = 12

    def on(self, day: date) -> DatedValue | None:
        """The value in force on a day; None where none is known. Never the last known one."""
        current = None
        for value in self.values:
            if value.since <= day:
                current = value
        if current is None or (current.until is not None and day >= current.until):
            return None
        return current

    def next_after(self, day: date) -> DatedValue | None:
        """The first value that comes into force after a day, if one is known."""
        return next((value for value in self.values if value.since > day), None)


@dataclass(frozen=True, slots=True)
class Act:
    """A law or official guideline that entries cite; `names` by language, Japanese always present."""

    id: str
    names: Mapping[str, str]
    url: str | None = None

    def name(self, lang: str) -> str:
        """Its name in a language, else in English, else in Japanese."""
        return self.names.get(lang) or self.names.get("en") or self.names["ja"]


WageTable = Mapping[str, LawValue]
"""Regional minimum wages by prefecture code `01`-`47` (Minimum Wage Act, articles 9 and 10)."""


def wage_range(wages: WageTable, day: date) -> tuple[int, int] | None:
    """Lowest and highest regional minimum wage in force on a day; None if any prefecture is unknown."""
    found = [wage.on(day) for wage in wages.values()]
    amounts = [int(value.value) for value in found if value is not None]
    if not amounts or len(amounts) < len(found):
        return None
    return min(amounts), max(amounts)
