"""Dated values of law: the one in force, never the last known one."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.knowledge import Knowledge
from bot.core.fill import fill, number, placeholders, show
from bot.core.languages import CODES
from bot.core.law import DatedValue, LawValue, wage_range


def _value(since: str, value: str, until: str | None = None) -> DatedValue:
    end = date.fromisoformat(until) if until else None
    return DatedValue(date.fromisoformat(since), value, "test", date(2026, 11, 22), "official", end)


LAW = LawValue("x", "about", "yen", (_value("2025-01-01", "1"), _value("2026-01-01", "2", until="2027-01-01")))


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2024-12-31", None),
        ("2025-01-01", "1"),
        ("2025-12-31", "1"),
        ("2026-01-01", "2"),
        ("2026-12-31", "2"),
        ("2027-01-01", None),
    ],
)
def test_value_in_force(day: str, value: str | None) -> None:
    """A value holds from its date until the next one or its end; outside there is none."""
    found = LAW.on(date.fromisoformat(day))
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("prefecture", "day", "yen"),
    [
        ("47", "2026-11-22", "1023"), ("47", "2026-12-01", "1023"), ("47", "2026-12-02", "1086"),
        ("03", "2026-11-30", "1031"), ("03", "2026-12-01", "1090"), ("13", "2026-09-30", "1226"),
        ("13", "2026-10-01", "1280"), ("20", "2026-09-01", "1061"), ("45", "2026-12-31", "1085"),
    ],
)  # fmt: skip
def test_minimum_wage_of_the_prefecture_on_the_day(knowledge: Knowledge, prefecture: str, day: str, yen: str) -> None:
    """The regional minimum wage follows each prefecture's own date."""
    found = knowledge.wages[prefecture].on(date.fromisoformat(day))
    assert found is not None
    assert found.value == yen


def test_wage_range_is_unknown_before_the_table(knowledge: Knowledge) -> None:
    """Where any prefecture has no value, no range is given."""
    assert wage_range(knowledge.wages, date(2024, 9, 1)) is None
    assert wage_range(knowledge.wages, date(2026, 12, 31)) == (1085, 1280)


@pytest.mark.parametrize("lang", CODES)
def test_numbers_have_western_digits_in_every_language(lang: str) -> None:
    """Pay slips have Western digits, so answers have them too."""
    assert (
        number(Decimal("1023"), lang).replace(",", "").replace(".", "").replace("\u00a0", "").replace("\u202f", "")
        == "1023"
    )
    assert any(char.isdigit() and char.isascii() for char in show("2027-04-01", "date", lang))


def test_an_unknown_placeholder_refuses_the_whole_passage() -> None:
    """A passage with a value that is not in force is not shown at all."""
    assert fill("{a} yen and {b} days", {"a": "5", "b": None}.get) is None
    assert fill("{a} yen", {"a": "5"}.get) == "5 yen"


@given(st.text())
def test_text_without_placeholders_is_untouched(text: str) -> None:
    """Filling changes nothing else."""
    if not placeholders(text):
        assert fill(text, lambda _: None) == text
