"""Counters per day without any identity or word, and how often an answer helped."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.storage.engine import Tx
from bot.storage.tables import stats, votes

HEADER = ("day", "what", "lang", "entry", "level", "count")


async def count(tx: Tx, day: date, what: str, lang: str, entry: str | None, level: str) -> None:
    """One more of something on a day."""
    row = tx.insert(stats).values(day=day, kind=what, lang=lang, entry=entry or "", level=level, count=1)
    key = ["day", "kind", "lang", "entry", "level"]
    await tx.conn.execute(row.on_conflict_do_update(index_elements=key, set_={"count": stats.c.count + 1}))


async def vote(tx: Tx, day: date, lang: str, entry: str, up: bool) -> None:
    """Somebody found an answer helpful, or not."""
    row = tx.insert(votes).values(day=day, lang=lang, entry=entry, up=int(up), down=int(not up))
    more = {"up": votes.c.up + int(up), "down": votes.c.down + int(not up)}
    await tx.conn.execute(row.on_conflict_do_update(index_elements=["day", "lang", "entry"], set_=more))


async def rows(tx: Tx) -> list[tuple[Any, ...]]:
    """Everything counted, the header first, by day; votes as `vote up` and `vote down`."""
    found: list[tuple[Any, ...]] = []
    for row in await tx.conn.execute(sa.select(stats)):
        found.append((row.day.isoformat(), row.kind, row.lang, row.entry, row.level, row.count))
    for row in await tx.conn.execute(sa.select(votes)):
        for what, number in (("vote up", row.up), ("vote down", row.down)):
            if number:
                found.append((row.day.isoformat(), what, row.lang, row.entry, "", number))
    return [HEADER, *sorted(found)]
