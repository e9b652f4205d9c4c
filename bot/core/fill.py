"""Placeholders: `{claim_years}` becomes the value in force, in the reader's language; unknown ones are refused."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from bot.core.languages import locale_of
from bot.core.law import Unit

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
Resolve = Callable[[str], str | None]

_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩၀၁၂၃၄၅၆၇၈၉०१२३४५६७८९๐๑๒๓๔๕๖๗๘๙", "0123456789" * 4)


def placeholders(text: str) -> list[str]:
    """The placeholders of a text, sorted, with repeats: translations must have the same ones."""
    return sorted(PLACEHOLDER.findall(text))


def fill(text: str, resolve: Resolve) -> str | None:
    """The text with every placeholder filled, or None if a value is not in force."""
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        value = resolve(match.group(1))
        missing = missing or value is None
        return value or ""

    filled = PLACEHOLDER.sub(replace, text)
    return None if missing else filled


def number(value: Decimal | int, lang: str) -> str:
    """A number with the grouping of a language, in Western digits: they are what is printed on pay slips."""
    return format_decimal(value, locale=locale_of(lang), numbering_system="latn")


def day_text(day: date, lang: str) -> str:
    """A date in full in a language, in Western digits."""
    return format_date(day, "long", locale=locale_of(lang)).translate(_DIGITS)


def weekday_time(moment: datetime, lang: str) -> str:
    """Short weekday and time, as `Tue 11:00`."""
    weekday = format_datetime(moment, "EEE", locale=locale_of(lang))
    return f"{weekday} {clock(moment.time())}"


def clock(moment: time) -> str:
    """Hours and minutes on the 24-hour clock used in Japan."""
    return format_time(moment, "HH:mm", locale="en")


def show(value: str, unit: Unit, lang: str) -> str:
    """A value of law without its unit word, which the text itself has."""
    if unit == "date":
        return day_text(date.fromisoformat(value), lang)
    if unit in ("time", "text"):
        return value
    return number(Decimal(value), lang)
