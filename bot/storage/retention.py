"""What is deleted by time: never while a case is open or soon after the trainee's last word in it."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.cases import ENDED
from bot.storage import erase
from bot.storage.engine import Tx
from bot.storage.tables import IS_OPEN, cases, inbox, messages, outbox, people, seen_updates

AFTER_LAST_WORD = timedelta(days=14)
_HIDEABLE = timedelta(days=3)
"""Telegram lets a bot delete messages of the last two days; ids of older ones are of no use."""
_REDELIVERED = timedelta(days=7)
"""Telegram keeps an update for a day; a week is enough to know it again."""


async def purge(tx: Tx, now: datetime, days: int) -> dict[str, int]:
    """Delete people not seen for `days` and the words of cases closed that long ago; rows per table."""
    old = now - timedelta(days=days)
    counts = await erase.people_and_all(tx, await _people(tx, now, old), now)
    erase.add(counts, await erase.case_contents(tx, await _cases(tx, now, old), now))
    erase.add(counts, await _traces(tx, now))
    return counts


async def _people(tx: Tx, now: datetime, old: datetime) -> list[int]:
    busy = IS_OPEN | (cases.c.last_word >= now - AFTER_LAST_WORD)
    kept = sa.select(cases.c.number).where(cases.c.person_id == people.c.id, busy).exists()
    rows = await tx.conn.execute(sa.select(people.c.id).where(people.c.last_seen < old, ~kept))
    return list(rows.scalars())


async def _cases(tx: Tx, now: datetime, old: datetime) -> list[int]:
    ended = (cases.c.state.in_(ENDED), cases.c.closed_at < old, cases.c.last_word < now - AFTER_LAST_WORD)
    rows = await tx.conn.execute(sa.select(cases.c.number).where(cases.c.person_id.is_not(None), *ended))
    return list(rows.scalars())


async def _traces(tx: Tx, now: datetime) -> dict[str, int]:
    """What only served delivery."""
    open_case = sa.select(cases.c.number).where(cases.c.number == outbox.c.case_number, IS_OPEN).exists()
    week, fortnight = now - _REDELIVERED, now - AFTER_LAST_WORD
    over = {
        messages: messages.c.at < now - _HIDEABLE,
        seen_updates: seen_updates.c.at < week,
        inbox: inbox.c.state.in_(("done", "dead")) & (inbox.c.created < week),
        outbox: outbox.c.state.in_(("sent", "failed", "uncertain")) & (outbox.c.created < fortnight) & ~open_case,
    }
    return {table.name: (await tx.conn.execute(sa.delete(table).where(what))).rowcount for table, what in over.items()}
