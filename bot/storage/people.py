"""People who write to the bot: a sealed chat, a language, a prefecture, and the state of the dialogue."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.storage import erase
from bot.storage.engine import Tx
from bot.storage.tables import dialogue, people

_SEEN_STEP = timedelta(minutes=1)
"""`last_seen` is no finer than this: enough for retention, and most updates need no write."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the steps of a conversation need them."""

    id: int
    chat_id: int
    lang: str | None
    confirmed: bool
    prefecture: str | None
    neutral: bool
    last_seen: datetime


def _person(tx: Tx, row: sa.Row[Any]) -> Person:
    return Person(
        id=row.id,
        chat_id=int(tx.box.open(row.chat)),
        lang=row.lang,
        confirmed=row.confirmed,
        prefecture=row.prefecture,
        neutral=row.neutral,
        last_seen=row.last_seen,
    )


async def find(tx: Tx, chat_id: int) -> Person | None:
    """The person of a private chat; None for somebody unknown or forgotten."""
    row = (await tx.conn.execute(sa.select(people).where(people.c.chat_hash == tx.box.hash(chat_id)))).first()
    return None if row is None else _person(tx, row)


async def get(tx: Tx, person_id: int) -> Person | None:
    """A person by the id of their row."""
    row = (await tx.conn.execute(sa.select(people).where(people.c.id == person_id))).first()
    return None if row is None else _person(tx, row)


async def find_or_create(tx: Tx, chat_id: int, lang: str | None, now: datetime) -> Person:
    """The person of a private chat, made at their first word; `lang` is a guess and used only then."""
    person = await find(tx, chat_id)
    if person is None:
        new = tx.insert(people).values(
            chat_hash=tx.box.hash(chat_id), chat=tx.box.seal(str(chat_id)), lang=lang, created=now, last_seen=now
        )
        await tx.conn.execute(new.on_conflict_do_nothing())
        person = await find(tx, chat_id)
        if person is None:  # only where another process forgets them in the same instant
            raise LookupError("a person was deleted while being made")
        return person
    if now - person.last_seen >= _SEEN_STEP:
        await touched(tx, person.id, now)
    return person


async def _set(tx: Tx, person_id: int, **values: Any) -> None:
    await tx.conn.execute(sa.update(people).where(people.c.id == person_id).values(**values))


async def touched(tx: Tx, person_id: int, now: datetime) -> None:
    """The person was here: retention counts from now."""
    await _set(tx, person_id, last_seen=now)


async def set_language(tx: Tx, person_id: int, lang: str, *, confirmed: bool) -> None:
    """Remember a language; confirmed: chosen by the person, not guessed."""
    await _set(tx, person_id, lang=lang, confirmed=confirmed)


async def set_prefecture(tx: Tx, person_id: int, code: str | None) -> None:
    """Remember a prefecture."""
    await _set(tx, person_id, prefecture=code)


async def set_neutral(tx: Tx, person_id: int, neutral: bool) -> None:
    """Whether notifications must show nothing at a glance."""
    await _set(tx, person_id, neutral=neutral)


async def set_safe_hours(tx: Tx, person_id: int, start: int | None, end: int | None) -> None:
    """When it is safe to write to the person: minutes after midnight in Japan; None for any time."""
    await _set(tx, person_id, safe_from=start, safe_until=end)


async def safe_hours(tx: Tx, person_id: int) -> tuple[int, int] | None:
    """The hours in which it is safe to write to the person, if they gave any."""
    found = sa.select(people.c.safe_from, people.c.safe_until).where(people.c.id == person_id)
    row = (await tx.conn.execute(found)).first()
    return None if row is None or row.safe_from is None or row.safe_until is None else (row.safe_from, row.safe_until)


async def recall(tx: Tx, person_id: int) -> dict[str, Any]:
    """The state of the dialogue; empty at first."""
    found = sa.select(dialogue.c.state).where(dialogue.c.person_id == person_id)
    sealed = (await tx.conn.execute(found)).scalar()
    if sealed is None:
        return {}
    state: dict[str, Any] = json.loads(tx.box.open(sealed))
    return state


async def remember(tx: Tx, person_id: int, state: dict[str, Any]) -> None:
    """Keep the state of the dialogue, sealed."""
    sealed = tx.box.seal(json.dumps(state, ensure_ascii=False))
    new = tx.insert(dialogue).values(person_id=person_id, state=sealed)
    await tx.conn.execute(new.on_conflict_do_update(index_elements=["person_id"], set_={"state": sealed}))


async def forget(tx: Tx, person_id: int, now: datetime) -> dict[str, int]:
    """Delete every row of a person; an open case becomes `withdrawn` with nothing personal. Rows per table."""
    return await erase.people_and_all(tx, [person_id], now)
