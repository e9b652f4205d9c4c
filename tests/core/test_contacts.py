"""The contact clock: open now, until when, and what opens next, in Japan's calendar."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant import is_holiday
from bot.core.contacts import TOKYO, Contact, Hours, Line, Span, State, best_line, listings, state_at, year_end
from tests.conftest import tokyo

WEEKDAYS = Hours(tuple(Span(day, time(11), time(19)) for day in range(5)))
NIGHT = Hours((Span(4, time(22), time(6)),))
LUNCH = Hours((Span(0, time(10), time(12)), Span(0, time(13), time(15))))
HOTLINE = Hours(
    (*(Span(day, time(17), time(22)) for day in range(5)), Span(5, time(9), time(21))), on_holidays=(time(9), time(21))
)


@pytest.mark.parametrize(
    ("hours", "at", "open_", "until", "opens"),
    [
        (WEEKDAYS, "2026-11-25 13:05", True, "2026-11-25 19:00", None),
        (WEEKDAYS, "2026-11-25 19:00", False, None, "2026-11-26 11:00"),
        (WEEKDAYS, "2026-11-25 10:59", False, None, "2026-11-25 11:00"),
        (WEEKDAYS, "2026-11-22 23:00", False, None, "2026-11-24 11:00"),  # 23 November is a national holiday
        (WEEKDAYS, "2026-12-28 20:00", False, None, "2027-01-04 11:00"),  # closed from 29 December to 3 January
        (WEEKDAYS, "2026-09-22 12:00", False, None, "2026-09-24 11:00"),  # a day between two holidays is one
        (NIGHT, "2026-11-27 23:00", True, "2026-11-28 06:00", None),
        (NIGHT, "2026-11-28 05:59", True, "2026-11-28 06:00", None),
        (NIGHT, "2026-11-28 06:00", False, None, "2026-12-04 22:00"),
        (LUNCH, "2026-11-30 12:30", False, None, "2026-11-30 13:00"),
        (HOTLINE, "2026-11-23 10:00", True, "2026-11-23 21:00", None),  # Monday, Labour Thanksgiving Day
        (HOTLINE, "2026-11-24 10:00", False, None, "2026-11-24 17:00"),
        (HOTLINE, "2026-12-30 18:00", False, None, "2027-01-04 17:00"),
        (Hours(always=True), "2027-01-01 03:00", True, None, None),
        (Hours(WEEKDAYS.spans, every_day=True), "2027-01-01 12:00", True, "2027-01-01 19:00", None),
        (Hours(WEEKDAYS.spans, varies=True), "2026-11-25 13:05", None, "2026-11-25 19:00", None),
        (Hours(), "2026-11-25 13:05", None, None, None),
    ],
)
def test_state(hours: Hours, at: str, open_: bool | None, until: str | None, opens: str | None) -> None:
    """Each line is open or closed as its calendar says."""
    state = state_at(hours, tokyo(at), is_holiday)
    assert state == State(open_, tokyo(until) if until else None, tokyo(opens) if opens else None)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 1)))  # noqa: DTZ001 - made aware below
def test_what_opens_next_is_open_then(moment: datetime) -> None:
    """At the moment announced the line is open, and it is closed just before."""
    at = moment.replace(tzinfo=TOKYO)
    for hours in (WEEKDAYS, NIGHT, LUNCH, HOTLINE):
        state = state_at(hours, at, is_holiday)
        if state.opens is not None:
            assert state.opens > at
            assert state_at(hours, state.opens, is_holiday).open
            assert not state_at(hours, state.opens - timedelta(seconds=1), is_holiday).open
        if state.until is not None:
            assert not state_at(hours, state.until, is_holiday).open


def test_a_moment_elsewhere_is_taken_in_japan() -> None:
    """04:00 in London is 13:00 in Tokyo."""
    assert state_at(WEEKDAYS, datetime.fromisoformat("2026-11-25T04:00+00:00"), is_holiday).open


@pytest.mark.parametrize(
    ("day", "closed"), [("2026-12-28", False), ("2026-12-29", True), ("2027-01-03", True), ("2027-01-04", False)]
)
def test_year_end(day: str, closed: bool) -> None:
    """Offices close from 29 December to 3 January."""
    assert year_end(datetime.fromisoformat(day).date()) is closed


def _contact(**changes: object) -> Contact:
    lines = (
        Line(("vi",), phone="0120-000-001", hours=WEEKDAYS),
        Line(("en",), phone="0120-000-002", hours=WEEKDAYS),
        Line(("th",), phone="0120-000-003", hours=WEEKDAYS, confirmed=False),
    )
    values: dict[str, object] = {
        "id": "line",
        "kind": "hotline",
        "names": {"en": "Line"},
        "lines": lines,
        "confirmed": True,
    }
    return Contact(**{**values, **changes})  # type: ignore[arg-type]


def test_each_language_has_its_own_number() -> None:
    """A Vietnamese caller gets the Vietnamese number under its own id."""
    found = best_line(_contact(), "vi", tokyo("2026-11-25 13:00"), is_holiday)
    assert found is not None
    assert (found.id, found.line.phone) == ("line-vi", "0120-000-001")


def test_an_unconfirmed_line_is_never_shown() -> None:
    """A Thai caller gets the English line, not the unconfirmed Thai number."""
    found = best_line(_contact(), "th", tokyo("2026-11-25 13:00"), is_holiday)
    assert found is not None
    assert found.line.phone == "0120-000-002"


def test_unconfirmed_and_regional_contacts_stay_away() -> None:
    """Only confirmed contacts that serve the person's prefecture are listed."""
    at = tokyo("2026-11-25 13:00")
    contacts = [_contact(id="a", confirmed=False), _contact(id="b", prefectures=frozenset({"13"})), _contact(id="c")]
    assert [item.contact.id for item in listings(contacts, "vi", None, at, is_holiday)] == ["c"]
    assert [item.contact.id for item in listings(contacts, "vi", "13", at, is_holiday)] == ["b", "c"]
    assert [item.contact.id for item in listings(contacts, "vi", "47", at, is_holiday)] == ["c"]


def test_contacts_that_may_frighten_come_only_when_asked_for() -> None:
    """An embassy marked `only_for` is listed for its own entries alone."""
    contacts = [_contact(only_for=frozenset({"help/embassy"}))]
    at = tokyo("2026-11-25 13:00")
    assert listings(contacts, "vi", None, at, is_holiday, "abuse/violence") == []
    assert len(listings(contacts, "vi", None, at, is_holiday, "help/embassy")) == 1
