"""The one place that deletes what belongs to people, for /forget and for retention alike."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.core.cases import WITHDRAWN
from bot.storage.engine import Tx
from bot.storage.tables import (
    IS_OPEN,
    case_events,
    case_messages,
    cases,
    dialogue,
    inbox,
    links,
    messages,
    outbox,
    people,
)

BATCH = 500
_BLANK = {"person_id": None, "lang": None, "danger": "", "entry": None, "score": None, "prefecture": None}
_BLANK |= {"shared": None, "claimer_id": None}
_UNSENT_NOTICE = (outbox.c.state == "queued") & (outbox.c.purpose == "notice")
"""What still tells the desk that a case was taken back; it holds the case's number and no word of the person."""

_TABLES = ("people", "dialogue", "messages", "cases", "case_messages", "links", "outbox", "inbox")
Counts = dict[str, int]


async def people_and_all(tx: Tx, person_ids: Sequence[int], now: datetime) -> Counts:
    """Delete people with every row of theirs; rows per table."""
    counts: Counts = dict.fromkeys(_TABLES, 0)
    for start in range(0, len(person_ids), BATCH):
        add(counts, await _some_people(tx, person_ids[start : start + BATCH], now))
    return counts


async def _some_people(tx: Tx, ids: Sequence[int], now: datetime) -> Counts:
    numbers = list((await tx.conn.execute(sa.select(cases.c.number).where(cases.c.person_id.in_(ids)))).scalars())
    chats = list((await tx.conn.execute(sa.select(people.c.chat_hash).where(people.c.id.in_(ids)))).scalars())
    counts = await case_contents(tx, numbers, now)
    add(counts, {"outbox": await _delete(tx, outbox, outbox.c.chat_hash.in_(chats))})
    counts["links"] = await _delete(tx, links, links.c.chat_hash.in_(chats))
    counts["inbox"] = await _empty_inbox(tx, chats)
    counts["dialogue"] = await _delete(tx, dialogue, dialogue.c.person_id.in_(ids))
    counts["messages"] = await _delete(tx, messages, messages.c.person_id.in_(ids))
    counts["people"] = await _delete(tx, people, people.c.id.in_(ids))
    return counts


async def case_contents(tx: Tx, numbers: Sequence[int], now: datetime) -> Counts:
    """Leave of cases the number, state, level, dates and the place of the card at the desk; rows per table."""
    counts: Counts = {}
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        add(counts, {"outbox": await _delete(tx, outbox, outbox.c.case_number.in_(some) & ~_UNSENT_NOTICE)})
        add(counts, {"case_messages": await _delete(tx, case_messages, case_messages.c.number.in_(some))})
        await _withdraw(tx, some, now)
        blanked = await tx.conn.execute(sa.update(cases).where(cases.c.number.in_(some)).values(_BLANK))
        add(counts, {"cases": blanked.rowcount})
    return counts


async def _withdraw(tx: Tx, numbers: Sequence[int], now: datetime) -> None:
    """End those that are still open, with the event that says so."""
    mine = cases.c.number.in_(numbers) & IS_OPEN
    for number in (await tx.conn.execute(sa.select(cases.c.number).where(mine))).scalars().all():
        event = {"number": number, "at": now, "role": "trainee", "action": "withdraw", "state": WITHDRAWN}
        await tx.conn.execute(sa.insert(case_events).values(event))
    ended = {"state": WITHDRAWN, "changed": now, "closed_at": now}
    await tx.conn.execute(sa.update(cases).where(mine).values(ended))


async def _empty_inbox(tx: Tx, chats: Sequence[str]) -> int:
    """Updates keep their number, so that one delivered again is not handled again, and nothing else."""
    emptied = {"payload": None, "chat_hash": None, "state": "done"}
    return (await tx.conn.execute(sa.update(inbox).where(inbox.c.chat_hash.in_(chats)).values(emptied))).rowcount


async def _delete(tx: Tx, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    return (await tx.conn.execute(sa.delete(table).where(where))).rowcount


def add(counts: Counts, more: Counts) -> None:
    """Add rows per table to what was counted before."""
    for table, rows in more.items():
        counts[table] = counts.get(table, 0) + rows
