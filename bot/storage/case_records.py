"""Cases as records, opened from their rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.entries import Level
from bot.core.languages import SOURCE
from bot.storage import members
from bot.storage.engine import Tx
from bot.storage.tables import cases, people


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case begins with; `shared` is exactly what the person agreed to send."""

    lang: str
    level: Level
    danger: tuple[str, ...]
    entry: str | None
    score: float
    prefecture: str | None
    shared: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands; person, chat and words are gone from one whose person was forgotten."""

    number: int
    person_id: int | None
    chat_id: int | None
    state: str
    lang: str
    level: Level
    danger: tuple[str, ...]
    entry: str | None
    score: float
    prefecture: str | None
    shared: str
    alias: str | None
    desk_chat: int | None
    thread_id: int | None
    card_id: int | None
    created: datetime
    changed: datetime
    claimed_at: datetime | None
    raised_at: datetime | None
    raised_count: int
    answered_at: datetime | None
    closed_at: datetime | None
    last_word: datetime
    desk: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a case: when, by whom (role and alias), what, and the state after."""

    at: datetime
    role: str
    alias: str | None
    action: str
    state: str


def _case(tx: Tx, row: sa.Row[Any]) -> Case:
    return Case(
        number=row.number,
        person_id=row.person_id,
        chat_id=_number(tx, row.chat),
        state=row.state,
        lang=row.lang or SOURCE,
        level=Level(row.level),
        danger=tuple(row.danger.split(",")) if row.danger else (),
        entry=row.entry,
        score=row.score or 0.0,
        prefecture=row.prefecture,
        shared=tx.box.open(row.shared) if row.shared else "",
        alias=members.alias(row.claimer_id),
        desk_chat=_number(tx, row.desk_chat),
        thread_id=row.thread_id,
        card_id=row.card_id,
        created=row.created,
        changed=row.changed,
        claimed_at=row.claimed_at,
        raised_at=row.raised_at,
        raised_count=row.raised_count,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        last_word=row.last_word,
        desk=row.desk,
    )


def _number(tx: Tx, sealed: bytes | None) -> int | None:
    return None if sealed is None else int(tx.box.open(sealed))


async def found(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Case]:
    """The cases that meet conditions, the gravest first, then the oldest."""
    query = sa.select(cases, people.c.chat).select_from(cases.outerjoin(people)).where(*where)
    rows = await tx.conn.execute(query.order_by(cases.c.level.desc(), cases.c.created, cases.c.number))
    return [_case(tx, row) for row in rows]
